"""The cells of one or two files by number, and as rows of plus and minus what holds between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, log

from campaign.disclosure.cells import Earlier, Figures, Key

DETAIL = 1.0
"""What it costs to hide a cell that no other is a part of."""

PER_LOG = 0.02
"""What each unit of log(1 + value) adds: of two cells the smaller one is missed less."""

TOTAL = 0.3
"""What it adds that a cell is a total, which more readers look for."""


@dataclass(frozen=True)
class Row:
    """A sum of cells with signs: no move may change it, or, with ``slack``, lower it by more than that."""

    cells: tuple[int, ...]
    signs: tuple[int, ...]
    slack: int | None = None


@dataclass
class Relations:
    """Cells by number and rows between them. A move adds to cells, and keeps every row.

    ``values`` is None for a difference of two cells, which may move below 0 as well. ``small``: to be hidden
    whatever else is. ``given``: free to a reader in any case (what the earlier file hides, and differences to it).
    ``can_be_nothing``: hidden, it can be a 0; of all other cells a reader knows that a 0 would be shown.
    ``costs`` has what may be hidden besides; ``last_resort`` is what may be, at those costs, if nothing else helps.
    """

    values: list[int | None] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rows_of: list[list[int]] = field(default_factory=list)
    signs_of: list[list[int]] = field(default_factory=list)
    small: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    can_be_nothing: set[int] = field(default_factory=set)
    costs: dict[int, float] = field(default_factory=dict)
    last_resort: dict[int, float] = field(default_factory=dict)

    def add_cell(self, key: Key, value: int | None) -> int:
        """The number of a new cell."""
        self.keys.append(key)
        self.values.append(value)
        self.rows_of.append([])
        self.signs_of.append([])
        return len(self.values) - 1

    def add_row(self, plus: Sequence[int], minus: Sequence[int], slack: int | None = None) -> None:
        """What the ``plus`` cells are together less the ``minus`` cells is kept, or lowered by ``slack`` at most."""
        row = Row((*plus, *minus), (1,) * len(plus) + (-1,) * len(minus), slack)
        for cell, sign in zip(row.cells, row.signs, strict=True):
            self.rows_of[cell].append(len(self.rows))
            self.signs_of[cell].append(sign)
        self.rows.append(row)

    def cost(self, cell: int) -> float:
        """What hiding it costs."""
        return self.costs[cell] if cell in self.costs else self.last_resort[cell]

    def entries_of(self, cell: int) -> Iterator[tuple[int, int]]:
        """The rows of a cell, each with its sign there."""
        return zip(self.rows_of[cell], self.signs_of[cell], strict=True)

    def beside(self, cell: int) -> Iterator[int]:
        """The cells of all its rows."""
        for n in self.rows_of[cell]:
            yield from self.rows[n].cells

    def allow(self, move: Mapping[int, int]) -> bool:
        """Whether a move keeps every row and leaves no figure below what it can be: counted in whole numbers, with no tolerance."""
        sums: dict[int, int] = {}
        for cell, change in move.items():
            for n, sign in self.entries_of(cell):
                sums[n] = sums.get(n, 0) + sign * change
        kept = all(
            self.rows[n].slack is not None if change > 0 else -change <= (self.rows[n].slack or 0)
            for n, change in sums.items()
        )
        return kept and all(change >= self.lowest(cell) for cell, change in move.items())

    def lowest(self, cell: int) -> float:
        """How far a cell can move down at most, 0 or less: to 1, and to 0 where that would be hidden as well."""
        value = self.values[cell]
        return -inf if value is None else -value if cell in self.can_be_nothing else 1 - value


def relations(figures: Figures, below: int, earlier: Earlier | None) -> Relations:
    """The cells of both files and their rows; common cells are linked where the later one is not less in truth."""
    found = Relations()
    new = _numbered(found, figures)
    old = _numbered(found, earlier.figures) if earlier else {}
    differing = [key for key in new if key in old and 0 < abs(_change(found, new[key], old[key])) < below]
    tells_by_zero = {key for key in figures.people if key in new}
    small = {
        new[key] for key, value in figures.values.items() if 0 < value < below or (key in tells_by_zero and not value)
    }
    small |= {new[key] for key in differing}
    found.small = sorted(small)
    _cost(found, figures, new)
    if earlier:
        hidden = [key for key in old if key in earlier.hidden]
        found.given = [old[key] for key in hidden]
        _link(found, new, old)
        _watch(found, [(new[key], old[key]) for key in differing if key in earlier.hidden])
    return found


def _numbered(found: Relations, figures: Figures) -> dict[Key, int]:
    numbers = {key: found.add_cell(key, value) for key, value in figures.values.items()}
    for whole, parts in figures.sums:
        found.add_row([numbers[whole]], [numbers[part] for part in parts])
    for lesser, greater in _at_most(figures):
        _add_order(found, numbers[lesser], numbers[greater])
    for more, less in figures.bounds:
        slack = sum(figures.values[key] for key in more) - sum(figures.values[key] for key in less)
        found.add_row([numbers[key] for key in more], [numbers[key] for key in less], slack)
    found.can_be_nothing |= {n for key, n in numbers.items() if key in figures.people or not figures.values[key]}
    for whole, parts in figures.unions:
        slack = sum(figures.values[part] for part in parts) - figures.values[whole]
        found.add_row([numbers[part] for part in parts], [numbers[whole]], slack)
    return numbers


def _at_most(figures: Figures) -> Iterator[tuple[Key, Key]]:
    yield from figures.orders
    for whole, parts in figures.unions:
        yield from ((part, whole) for part in parts)


def _add_order(found: Relations, lesser: int, greater: int) -> None:
    found.add_row([greater], [lesser], _change(found, greater, lesser))


def _change(found: Relations, new: int, old: int) -> int:
    return (found.values[new] or 0) - (found.values[old] or 0)


def _cost(found: Relations, figures: Figures, new: dict[Key, int]) -> None:
    """What hiding a cell costs: 0 is worth showing, and hidden only when nothing else hides a group of people."""
    wholes = {whole for whole, _ in figures.sums}
    small = set(found.small)
    for key, cell in new.items():
        value = figures.values[key]
        cost = DETAIL + PER_LOG * log(1 + value) + (TOTAL if key in wholes else 0)
        if cell not in small:
            (found.costs if value else found.last_resort)[cell] = cost


def _link(found: Relations, new: dict[Key, int], old: dict[Key, int]) -> None:
    for key, cell in new.items():
        if key in old and _change(found, cell, old[key]) >= 0:
            _add_order(found, old[key], cell)


def _watch(found: Relations, pairs: Sequence[tuple[int, int]]) -> None:
    """A cell for each difference of two hidden ones."""
    for new, old in pairs:
        difference = found.add_cell((found.keys[new], "change"), None)
        found.add_row([new], [old, difference])
        found.given.append(difference)
