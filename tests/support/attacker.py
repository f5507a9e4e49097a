"""Somebody who reads what is shown, knows how cells hang together, and reckons what the hidden ones can be."""

from collections.abc import Hashable, Iterator, Sequence
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from campaign.disclosure.cells import Earlier, Figures


class Attacker:
    """Whole-number programs over the hidden cells of one file, or of two; shown cells enter as the numbers they are."""

    def __init__(self, figures: Figures, hidden: frozenset[Hashable], earlier: Earlier | None = None) -> None:
        self.files = {"new": (figures, hidden)} | ({"old": (earlier.figures, earlier.suppressed)} if earlier else {})
        unknown = [(name, key) for name, (its, covered) in self.files.items() for key in its.values if key in covered]
        self.places = {cell: place for place, cell in enumerate(unknown)}
        self.floor = np.array([self._floor(*cell) for cell in unknown], dtype=float)
        self.entries: list[tuple[int, int, int]] = []
        self.possible: list[np.ndarray] = []
        self.least: list[float] = []
        self.most: list[float] = []
        for least, most, terms in self._known():
            self._learn(least, most, terms)

    def interval(self, *terms: tuple[int, str, Hashable], relaxed: bool = False) -> tuple[float, float]:
        """The least and the most that a sum of cells can be; infinite where nothing bounds it."""
        known = sum(sign * self._value(name, key) for sign, name, key in terms if (name, key) not in self.places)
        goal = self._goal(terms)
        return known + self._least(goal, relaxed), known - self._least(-goal, relaxed)

    def truth(self, *terms: tuple[int, str, Hashable]) -> int:
        """What no attacker knows: for the judge alone."""
        return sum(sign * self.files[name][0].values[key] for sign, name, key in terms)

    def is_wide_enough(self, enough: float, *terms: tuple[int, str, Hashable]) -> bool:
        """Whether tables that were found on the way are so far apart already."""
        values = [table @ self._goal(terms) for table in self.possible]
        return bool(values) and max(values) - min(values) >= enough

    def _goal(self, terms: Sequence[tuple[int, str, Hashable]]) -> np.ndarray:
        goal = np.zeros(len(self.places))
        for sign, name, key in terms:
            if (name, key) in self.places:
                goal[self.places[name, key]] += sign
        return goal

    def _known(self) -> Iterator[tuple[float, float, list[tuple[int, str, Hashable]]]]:
        for name, (figures, _) in self.files.items():
            for whole, parts in figures.sums:
                yield 0, 0, [(1, name, whole), *((-1, name, part) for part in parts)]
            for lesser, greater in figures.orders:
                yield 0, np.inf, [(1, name, greater), (-1, name, lesser)]
            for more, less in figures.bounds:
                yield 0, np.inf, [*((1, name, key) for key in more), *((-1, name, key) for key in less)]
            for whole, parts in figures.unions:
                yield 0, np.inf, [*((1, name, part) for part in parts), (-1, name, whole)]
                yield from ((0, np.inf, [(1, name, whole), (-1, name, part)]) for part in parts)
        if "old" in self.files:
            old, new = self.files["old"][0].values, self.files["new"][0].values
            for key in old:
                if key in new and new[key] >= old[key]:
                    yield 0, np.inf, [(1, "new", key), (-1, "old", key)]

    def _learn(self, least: float, most: float, terms: list[tuple[int, str, Hashable]]) -> None:
        shown = sum(sign * self._value(name, key) for sign, name, key in terms if (name, key) not in self.places)
        hidden = [(self.places[name, key], sign) for sign, name, key in terms if (name, key) in self.places]
        if hidden:
            self.entries += [(len(self.least), place, sign) for place, sign in hidden]
            self.least.append(least - shown)
            self.most.append(most - shown)

    def _floor(self, name: str, key: Hashable) -> int:
        """A 0 would be shown, unless it names people; of one that was hidden all the same nobody knows."""
        figures, _ = self.files[name]
        return int(key not in figures.people and figures.values[key] > 0)

    def _value(self, name: str, key: Hashable) -> int:
        figures, covered = self.files[name]
        assert key not in covered, "only what is shown is looked up"
        return figures.values[key]

    def _least(self, goal: np.ndarray, relaxed: bool = False) -> float:
        """In whole numbers; ``relaxed`` in any, which is no more than that.

        Presolving is off: with it HiGHS gave intervals that the truth was not in. What it calls infeasible, and the truth
        is not, has no bound or is looked at again, relaxed.
        """
        rows, places, signs = zip(*self.entries, strict=True) if self.entries else ((), (), ())
        matrix = coo_array((signs, (rows, places)), shape=(len(self.least), len(goal))).tocsr()
        constraints = [LinearConstraint(matrix, self.least, self.most)] if self.least else []
        whole, bounds = np.full(len(goal), int(not relaxed)), Bounds(self.floor, np.inf)
        found = milp(goal, integrality=whole, bounds=bounds, constraints=constraints, options={"presolve": False})
        if found.status in (3, 4):  # nothing bounds it
            return -np.inf
        if found.status == 2 and not relaxed:
            return self._least(goal, relaxed=True)
        assert found.status == 0, found.message
        if not relaxed:
            self.possible.append(np.rint(found.x))
        return ceil(found.fun - 1e-6)


def narrowest_interval(
    figures: Figures, hidden: frozenset[Hashable], below: int, earlier: Earlier | None = None, enough: float = np.inf
) -> float:
    """The least width of anything that is to be in doubt: of hidden cells of both files, and of small differences.

    With ``enough`` said, what is that wide is not measured, and the search ends with the first that is not.
    """
    attacker, least_width = Attacker(figures, hidden, earlier), np.inf
    for terms in protected_sums(figures, hidden, below, earlier):
        if attacker.is_wide_enough(enough, *terms):
            continue
        least, most = attacker.interval(*terms)
        if not least <= attacker.truth(*terms) <= most:  # the solver erred, as it does in some thousand programs
            least, most = attacker.interval(*terms, relaxed=True)
        assert least <= attacker.truth(*terms) <= most
        least_width = min(least_width, most - least)
        if least_width < enough != np.inf:
            break
    return least_width


def protected_sums(
    figures: Figures, hidden: frozenset[Hashable], below: int, earlier: Earlier | None
) -> Iterator[list[tuple[int, str, Hashable]]]:
    """Everything a reader must not find out."""
    yield from ([(1, "new", key)] for key in figures.values if key in hidden)
    if earlier:
        old = earlier.figures.values
        yield from ([(1, "old", key)] for key in old if key in earlier.suppressed)
        for key, value in figures.values.items():
            if key in old and 0 < abs(value - old[key]) < below:
                yield [(1, "new", key), (-1, "old", key)]
