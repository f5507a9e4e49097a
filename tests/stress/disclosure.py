"""Tables at random, of which an attacker pins no hidden cell, and small ones beside the best choice there is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from random import Random
from typing import NamedTuple

from attacker import narrowest_interval

from campaign.disclosure.cells import Earlier, Figures
from campaign.disclosure.suppression import suppressed
from stress.findings import Found

ALL = "all"
BELOW = 5
_ENUMERATED = 2
"""One in so many tables is a small one besides, of which every choice is tried."""

_TRIED = 12
"""Up to so many cells that could be hidden besides the small ones, of which every choice is tried."""

_MOST = 1.5
"""How many times the cells of the best choice may be hidden."""

Leaves = dict[tuple[str, ...], int]


@dataclass(frozen=True)
class Weeks:
    """A table as it was, and as it is a week later: the same cells, mostly with more in them."""

    first: Figures
    second: Figures


def weeks(chance: Random, kind: str, size: int = 6) -> Weeks:
    """A table of a kind of ``KINDS``, with at most ``size`` words in a dimension."""
    shape = KINDS[kind](chance, size)
    leaves = {group: _count(chance) for group in shape.groups}
    later = {group: max(0, count + _increment(chance)) for group, count in leaves.items()}
    return Weeks(shape.figures(leaves), shape.figures(later))


@dataclass(frozen=True)
class Shape:
    """The groups whose counts are drawn, and the figures that are made of them."""

    groups: list[tuple[str, ...]]
    figures: Callable[[Leaves], Figures]


def _count(chance: Random) -> int:
    """A quarter nothing, a third small, the others up to some hundreds."""
    drawn = chance.random()
    if drawn < 0.25:
        return 0
    return chance.randint(1, BELOW - 1) if drawn < 0.6 else int(BELOW * 2 ** (chance.random() * 6))


def _increment(chance: Random) -> int:
    drawn = chance.random()
    if drawn < 0.5:
        return 0
    if drawn < 0.55:
        return -chance.randint(1, 4)
    return chance.randint(1, 4) if drawn < 0.85 else chance.randint(5, 40)


def _words(letter: str, number: int) -> list[str]:
    return [f"{letter}{n}" for n in range(number)]


def _cross(chance: Random, size: int, dimensions: int) -> Shape:
    axes = [_words(letter, chance.randint(2, size)) for letter in "abc"[:dimensions]]
    people = axes[0][0] if chance.random() < 0.2 else None

    def figures(leaves: Leaves) -> Figures:
        values, sums = with_margins(leaves, axes)
        return Figures(values, sums, people=frozenset(key for key in values if key[0] == people))

    return Shape(list(product(*axes)), figures)


def with_margins(
    leaves: Mapping[tuple[str, ...], int], axes: list[list[str]]
) -> tuple[dict[Hashable, int], list[tuple[Hashable, tuple[Hashable, ...]]]]:
    """The cells of a cross table with all its margins, and each sum along one axis."""
    values: dict[Hashable, int] = dict(leaves)
    sums: list[tuple[Hashable, tuple[Hashable, ...]]] = []
    for n, axis in enumerate(axes):
        others = [[*words, ALL] if k < n else words for k, words in enumerate(axes)]
        others[n] = [ALL]
        for whole in product(*others):
            parts = tuple((*whole[:n], word, *whole[n + 1 :]) for word in axis)
            values[whole] = sum(values[part] for part in parts)
    for whole in values:
        for n, axis in enumerate(axes):
            if whole[n] == ALL:
                sums.append((whole, tuple((*whole[:n], word, *whole[n + 1 :]) for word in axis)))
    return values, sums


TREE = {"all": ("ordinary", "subsidy", "temporary"), "ordinary": ("ordinary itself", "acute", "seasonal")}


def _tree(chance: Random, size: int) -> Shape:
    """Positions by office and kind, where a kind has others under it."""
    offices = _words("o", chance.randint(2, size))
    kinds = ["subsidy", "temporary", "ordinary itself", "acute", "seasonal"]

    def figures(leaves: Leaves) -> Figures:
        values: dict[Hashable, int] = dict(leaves)
        sums: list[tuple[Hashable, tuple[Hashable, ...]]] = []
        for kind in kinds:
            sums.append(((ALL, kind), tuple((office, kind) for office in offices)))
        for kind in ("ordinary", "all"):
            sums += [((office, kind), tuple((office, part) for part in TREE[kind])) for office in (*offices, ALL)]
        for whole, parts in sums:
            values[whole] = sum(values[part] for part in parts)
        sums += [((ALL, kind), tuple((office, kind) for office in offices)) for kind in TREE]
        return Figures(values, sums)

    return Shape(list(product(offices, kinds)), figures)


def _measures(chance: Random, size: int) -> Shape:
    """Calls, those that reached somebody, those accepted, and companies, which a total counts once."""
    axes = [_words("o", chance.randint(2, size)), _words("m", chance.randint(1, 2))]
    shares = {group: (chance.random(), chance.random(), chance.random()) for group in product(*axes)}
    of_all = chance.random()

    def figures(leaves: Leaves) -> Figures:
        reached = {group: round(count * shares[group][0]) for group, count in leaves.items()}
        accepted = {group: round(count * shares[group][1]) for group, count in reached.items()}
        companies = {g: min(count, max(int(count > 0), round(count * shares[g][2]))) for g, count in leaves.items()}
        return _counted({"calls": leaves, "reached": reached, "accepted": accepted}, companies, axes, of_all)

    return Shape(list(product(*axes)), figures)


def _counted(counts: dict[str, Leaves], companies: Leaves, axes: list[list[str]], of_all: float) -> Figures:
    values: dict[Hashable, int] = {}
    sums: list[tuple[Hashable, tuple[Hashable, ...]]] = []
    for name, leaves in counts.items():
        cells, its = with_margins(leaves, axes)
        values |= {(*key, name): value for key, value in cells.items()}
        sums += [((*whole, name), tuple((*part, name) for part in parts)) for whole, parts in its]
    groups = [key[:-1] for key in values if key[-1] == "calls"]
    unions = []
    for group in groups:
        if ALL not in group:
            values[(*group, "companies")] = companies[group]
            continue
        parts = [g for g in companies if all(w in (ALL, word) for word, w in zip(g, group, strict=True))]
        most, least = sum(companies[g] for g in parts), max(companies[g] for g in parts)
        values[(*group, "companies")] = least + int((most - least) * of_all)
        unions.append(((*group, "companies"), tuple((*g, "companies") for g in parts)))
    orders = [((*g, lesser), (*g, greater)) for g in groups for lesser, greater in ORDERS]
    return Figures(values, sums, orders, unions)


ORDERS = (("reached", "calls"), ("accepted", "reached"), ("companies", "calls"))

KINDS: dict[str, Callable[[Random, int], Shape]] = {
    "two dimensions": lambda chance, size: _cross(chance, size, 2),
    "three dimensions": lambda chance, size: _cross(chance, max(2, size // 2 + 1), 3),
    "of which": _tree,
    "orders and unions": _measures,
}


def disclosure(times: int, chance: Random, folder: Path) -> Found:
    """Two weeks of a random table each; and small ones of which all choices are tried."""
    tried = [_attacked(chance, [*KINDS][n % len(KINDS)]) for n in range(times)]
    faults = [fault for one in tried for fault in one.faults]
    small = [one for n in range(times // _ENUMERATED) for one in _beside_the_best(chance, [*KINDS][n % len(KINDS)])]
    ours, best = sum(one[0] for one in small), sum(one[1] for one in small)
    worst = max((mine / least for mine, least in small), default=1.0)
    if best and ours / best > _MOST:
        faults.append(f"{ours} cells are hidden where {best} would do")
    shares = [sum(one.hidden[n] for one in tried) / sum(one.cells for one in tried) for n in (0, 1)]
    told = (
        f"{sum(one.narrowest < 1 for one in tried)} pinned; narrowest {min(one.narrowest for one in tried):g}; "
        f"hidden {shares[0]:.0%}, with an earlier file {shares[1]:.0%}; "
        f"{ours / max(1, best):.3f} times the best choice of {len(small)}, at worst {worst:.2f}"
    )
    return Found(times, told, faults)


class Attacked(NamedTuple):
    """A table and a week later: cells, how many each week hides, and the narrowest interval an attacker finds."""

    cells: int
    hidden: tuple[int, int]
    narrowest: float
    faults: list[str]


def _attacked(chance: Random, kind: str) -> Attacked:
    table = weeks(chance, kind, chance.choice([3, 4, 5]))
    first = suppressed(table.first, BELOW)
    earlier = Earlier(table.first, first)
    second = suppressed(table.second, BELOW, earlier)
    width = min(narrowest_interval(table.first, first, BELOW), narrowest_interval(table.second, second, BELOW, earlier))
    faults = [f"{kind}: a hidden cell is known to within {width:g}"] if width < BELOW else []
    return Attacked(len(table.first.values), (len(first), len(second)), width, faults)


def _beside_the_best(chance: Random, kind: str) -> Iterator[tuple[int, int]]:
    """How many cells are hidden of a small table, and the fewest that would do; nothing of one that is too large."""
    figures = weeks(chance, kind, 3).first
    small = frozenset(key for key, value in figures.values.items() if _is_small(figures, key, value))
    others = [key for key, value in figures.values.items() if value and key not in small]
    if small and len(others) <= _TRIED:
        ours = len(suppressed(figures, BELOW))
        yield ours, _fewest(figures, small, others, ours)


def _is_small(figures: Figures, key: Hashable, value: int) -> bool:
    return 0 < value < BELOW or (key in figures.people and not value)


def _fewest(figures: Figures, small: frozenset[Hashable], others: list[Hashable], ours: int) -> int:
    for size in range(ours - len(small)):
        for more in combinations(others, size):
            if narrowest_interval(figures, small.union(more), BELOW, enough=BELOW) >= BELOW:
                return len(small) + size
    return ours
