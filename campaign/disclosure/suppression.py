"""The choice of the cells to hide: small ones, quick partners, what a proof shows to be missing, less what it can spare."""

from __future__ import annotations

from collections.abc import Callable

from campaign.disclosure.audit import Intervals, components, is_protected, unprotected
from campaign.disclosure.cells import Earlier, Figures, Key
from campaign.disclosure.cleanup import without_redundant
from campaign.disclosure.constraints import Constraints, constraints_of
from campaign.disclosure.first_secondary import quick_secondary

_FEW = 60
"""With so few cells to choose from, other choices are tried too: the quick one may be some cells from the best."""


def suppressed(figures: Figures, below: int, earlier: Earlier | None = None) -> frozenset[Key]:
    """The keys of the cells that are not to be shown: small ones, and others so that no reader computes a small one.

    A reader knows every shown cell, every relation, that cells are whole numbers, and of a hidden one that it is no 0,
    which would be shown (but where it names people); whatever he reckons,
    each hidden cell can for him be two values that are at least ``below`` apart. Hidden are all values above 0 and under
    ``below``, 0 too where it names people; with ``earlier`` also cells that differ from there by less than ``below``,
    and he finds neither a hidden cell of either file nor such a difference any closer, although he has both files and
    supposes, where it is so, that no cell became less. Below 2 nothing is small, and nothing hidden.

    The same figures, in the same order, give the same keys with the same version of the solver. Raises
    ``CannotBeProtected`` when hiding everything is not enough, as with an earlier file that told too much.
    """
    if below <= 1:
        return frozenset()
    constraints = constraints_of(figures, below, earlier)
    if not (constraints.primary or constraints.always_free):
        return frozenset()
    chosen = _primary_and_secondary(constraints, below)
    return frozenset(constraints.keys[cell] for cell in chosen)


def disclosed(
    figures: Figures, suppressed: frozenset[Key], below: int, earlier: Earlier | None = None
) -> frozenset[Key]:
    """The keys of the cells that a file tells of which hides just these: nothing, when it keeps what ``suppressed`` promises.

    A small cell that it shows, and a hidden one for which no two values so far apart were found.
    """
    constraints = constraints_of(figures, below, earlier)
    free = {cell for cell in range(len(figures.values)) if constraints.keys[cell] in suppressed} | set(
        constraints.always_free
    )
    intervals = Intervals(len(constraints.values))
    exposed = [cell for cell in constraints.primary if cell not in free]
    derivable = [
        cell
        for cell in _unprotected(constraints, free, intervals, below)
        if not is_protected(constraints, cell, free, intervals, below)
    ]
    return frozenset(constraints.keys[cell] for cell in [*exposed, *derivable])


def _primary_and_secondary(constraints: Constraints, below: int) -> list[int]:
    """The small cells, and the least costly choice beside them that leaves every free cell wide."""
    starts = (quick_secondary, _no_secondary) if len(constraints.costs) <= _FEW else (quick_secondary,)
    choices = [_secondary(constraints, start, below) for start in starts]
    return [*constraints.primary, *min(choices, key=lambda choice: sum(constraints.cost(cell) for cell in choice))]


def _no_secondary(constraints: Constraints, free: set[int], below: int) -> list[int]:
    """No quick choice at all: every cell is hidden where a proof shows that one is missing."""
    return []


def _secondary(
    constraints: Constraints, start: Callable[[Constraints, set[int], int], list[int]], below: int
) -> list[int]:
    """A quick choice, what it lacks, less what turns out to be too much, the dearest first."""
    free = {*constraints.primary, *constraints.always_free}
    chosen = start(constraints, free, below)
    intervals = Intervals(len(constraints.values))
    while narrow := _unprotected(constraints, free, intervals, below):
        chosen += _protect(constraints, free, narrow, intervals, below)
    return without_redundant(
        constraints, free, sorted(chosen, key=lambda cell: (-constraints.cost(cell), cell)), intervals, below
    )


def _unprotected(constraints: Constraints, free: set[int], intervals: Intervals, below: int) -> list[int]:
    return [
        cell for group in components(constraints, free) for cell in unprotected(constraints, group, intervals, below)
    ]


def _protect(
    constraints: Constraints, free: set[int], narrow: list[int], intervals: Intervals, below: int
) -> list[int]:
    from campaign.disclosure.secondary import protect

    chosen: list[int] = []
    for cell in narrow:
        if intervals.width(cell) < below and not is_protected(constraints, cell, free, intervals, below):
            chosen += protect(constraints, free, cell, intervals, below)
    return chosen
