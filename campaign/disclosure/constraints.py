"""The constraints between the cells of one or two files, as rows of signed cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, log

from campaign.disclosure.cells import Earlier, Figures, Key

DETAIL = 1.0
"""The cost of suppressing a cell that is not a total."""

PER_LOG = 0.02
"""The cost added for each unit of log(1 + value): larger cells are missed more."""

TOTAL = 0.3
"""The cost added for a total, which more readers look for."""


@dataclass(frozen=True)
class Row:
    """A sum of signed cells that no move may change or, with ``slack``, lower by more than that."""

    cells: tuple[int, ...]
    signs: tuple[int, ...]
    slack: int | None = None


@dataclass
class Constraints:
    """Cells by number, and the rows between them. A move is a change of cells that keeps every row.

    ``values`` is None for a difference of two cells, which may become negative. ``primary``: the primary suppressions.
    ``always_free``: cells unknown to a reader in any case, those that the earlier file suppresses and differences to it.
    ``may_be_zero``: cells that a reader cannot know to be above 0. ``costs``: the candidates for secondary suppression;
    ``last_resort``: candidates, at those costs, if nothing else helps.
    """

    values: list[int | None] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    rows_of: list[list[int]] = field(default_factory=list)
    signs_of: list[list[int]] = field(default_factory=list)
    primary: list[int] = field(default_factory=list)
    always_free: list[int] = field(default_factory=list)
    may_be_zero: set[int] = field(default_factory=set)
    costs: dict[int, float] = field(default_factory=dict)
    last_resort: dict[int, float] = field(default_factory=dict)

    def add_cell(self, key: Key, value: int | None) -> int:
        """Adds a cell and returns its number."""
        self.keys.append(key)
        self.values.append(value)
        self.rows_of.append([])
        self.signs_of.append([])
        return len(self.values) - 1

    def add_row(self, plus: Sequence[int], minus: Sequence[int], slack: int | None = None) -> None:
        """Adds a row: the sum of ``plus`` less the sum of ``minus`` is kept, or lowered by ``slack`` at most."""
        row = Row((*plus, *minus), (1,) * len(plus) + (-1,) * len(minus), slack)
        for cell, sign in zip(row.cells, row.signs, strict=True):
            self.rows_of[cell].append(len(self.rows))
            self.signs_of[cell].append(sign)
        self.rows.append(row)

    def cost(self, cell: int) -> float:
        """The cost of suppressing a candidate."""
        return self.costs[cell] if cell in self.costs else self.last_resort[cell]

    def entries_of(self, cell: int) -> Iterator[tuple[int, int]]:
        """The rows of a cell, each with its sign in it."""
        return zip(self.rows_of[cell], self.signs_of[cell], strict=True)

    def neighbours(self, cell: int) -> Iterator[int]:
        """The cells of all its rows."""
        for n in self.rows_of[cell]:
            yield from self.rows[n].cells

    def permits(self, move: Mapping[int, int]) -> bool:
        """Whether a move keeps every row and every lower limit, in whole numbers without a tolerance."""
        sums: dict[int, int] = {}
        for cell, change in move.items():
            for n, sign in self.entries_of(cell):
                sums[n] = sums.get(n, 0) + sign * change
        keeps_rows = all(
            self.rows[n].slack is not None if change > 0 else -change <= (self.rows[n].slack or 0)
            for n, change in sums.items()
        )
        return keeps_rows and all(change >= self.lowest(cell) for cell, change in move.items())

    def lowest(self, cell: int) -> float:
        """The lowest change of a cell, 0 or less: down to 1, or to 0 where that would be suppressed as well."""
        value = self.values[cell]
        return -inf if value is None else -value if cell in self.may_be_zero else 1 - value


def constraints_of(figures: Figures, below: int, earlier: Earlier | None) -> Constraints:
    """The constraints of both files; a cell in both is known not to have decreased where it did not."""
    constraints = Constraints()
    new = _add_figures(constraints, figures)
    old = _add_figures(constraints, earlier.figures) if earlier else {}
    changed = [key for key in new if key in old and 0 < abs(_change(constraints, new[key], old[key])) < below]
    disclosed_by_zero = {key for key in figures.people if key in new}
    small = {
        new[key]
        for key, value in figures.values.items()
        if 0 < value < below or (key in disclosed_by_zero and not value)
    }
    small |= {new[key] for key in changed}
    constraints.primary = sorted(small)
    _set_costs(constraints, figures, new)
    if earlier:
        suppressed = [key for key in old if key in earlier.suppressed]
        constraints.always_free = [old[key] for key in suppressed]
        _add_growth(constraints, new, old)
        _add_differences(constraints, [(new[key], old[key]) for key in changed if key in earlier.suppressed])
    return constraints


def _add_figures(constraints: Constraints, figures: Figures) -> dict[Key, int]:
    numbers = {key: constraints.add_cell(key, value) for key, value in figures.values.items()}
    for total, parts in figures.sums:
        constraints.add_row([numbers[total]], [numbers[part] for part in parts])
    for lesser, greater in _at_most(figures):
        _add_order(constraints, numbers[lesser], numbers[greater])
    for more, less in figures.bounds:
        slack = sum(figures.values[key] for key in more) - sum(figures.values[key] for key in less)
        constraints.add_row([numbers[key] for key in more], [numbers[key] for key in less], slack)
    constraints.may_be_zero |= {n for key, n in numbers.items() if key in figures.people or not figures.values[key]}
    for total, parts in figures.unions:
        slack = sum(figures.values[part] for part in parts) - figures.values[total]
        constraints.add_row([numbers[part] for part in parts], [numbers[total]], slack)
    return numbers


def _at_most(figures: Figures) -> Iterator[tuple[Key, Key]]:
    yield from figures.orders
    for total, parts in figures.unions:
        yield from ((part, total) for part in parts)


def _add_order(constraints: Constraints, lesser: int, greater: int) -> None:
    constraints.add_row([greater], [lesser], _change(constraints, greater, lesser))


def _change(constraints: Constraints, new: int, old: int) -> int:
    return (constraints.values[new] or 0) - (constraints.values[old] or 0)


def _set_costs(constraints: Constraints, figures: Figures, new: dict[Key, int]) -> None:
    """Sets the costs; a 0 is suppressed only as a last resort, to protect a group of people."""
    totals = {total for total, _ in figures.sums}
    small = set(constraints.primary)
    for key, cell in new.items():
        value = figures.values[key]
        cost = DETAIL + PER_LOG * log(1 + value) + (TOTAL if key in totals else 0)
        if cell not in small:
            (constraints.costs if value else constraints.last_resort)[cell] = cost


def _add_growth(constraints: Constraints, new: dict[Key, int], old: dict[Key, int]) -> None:
    for key, cell in new.items():
        if key in old and _change(constraints, cell, old[key]) >= 0:
            _add_order(constraints, old[key], cell)


def _add_differences(constraints: Constraints, pairs: Sequence[tuple[int, int]]) -> None:
    """Adds a cell for each difference of two suppressed ones."""
    for new, old in pairs:
        difference = constraints.add_cell((constraints.keys[new], "change"), None)
        constraints.add_row([new], [old, difference])
        constraints.always_free.append(difference)
