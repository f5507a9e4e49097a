"""The choice of suppressions: primary ones, quick secondary ones, those that the audit demands, less the redundant."""

from __future__ import annotations

from collections.abc import Callable

from campaign.disclosure.audit import Intervals, components, is_protected, unprotected
from campaign.disclosure.cells import Earlier, Figures, Key
from campaign.disclosure.cleanup import without_redundant
from campaign.disclosure.constraints import Constraints, constraints_of
from campaign.disclosure.first_secondary import quick_secondary
from campaign.disclosure.secondary import protect

_FEW = 60
"""With up to so many candidates a choice without quick secondary suppressions is tried as well."""


def suppressed(figures: Figures, below: int, earlier: Earlier | None = None) -> frozenset[Key]:
    """The keys of the cells to suppress: small ones, and secondary ones so that no reader can derive a small one.

    Small are values from 1 to ``below`` - 1, and 0 for a group of people; with ``earlier`` also cells that differ by
    less than ``below`` from that file. A reader knows the cells shown, all constraints, that values are whole numbers,
    and that a suppressed value is not 0 (except of people); with ``earlier`` both files, and that no cell decreased
    where none did. The feasibility interval of every suppressed cell and of every small difference is then at least
    ``below`` wide. Nothing is suppressed for ``below`` under 2.

    The same figures in the same order give the same keys with the same version of the solver. Raises
    ``CannotBeProtected`` when suppressing everything is not enough, as with an earlier file that discloses too much.
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
    """The keys of the cells that are disclosed when exactly ``suppressed`` is suppressed; none for a protected file.

    A cell is disclosed when it is small and shown, or when its feasibility interval was not found to be wide enough.
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
    """The primary suppressions and the cheapest secondary ones that protect every suppressed cell."""
    starts = (quick_secondary, _no_secondary) if len(constraints.costs) <= _FEW else (quick_secondary,)
    choices = [_secondary(constraints, start, below) for start in starts]
    return [*constraints.primary, *min(choices, key=lambda choice: sum(constraints.cost(cell) for cell in choice))]


def _no_secondary(constraints: Constraints, free: set[int], below: int) -> list[int]:
    """No quick choice: the audit demands every secondary suppression."""
    return []


def _secondary(
    constraints: Constraints, start: Callable[[Constraints, set[int], int], list[int]], below: int
) -> list[int]:
    """A quick choice and what the audit demands besides, without the redundant ones, the most expensive first."""
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
    chosen: list[int] = []
    for cell in narrow:
        if intervals.width(cell) < below and not is_protected(constraints, cell, free, intervals, below):
            chosen += protect(constraints, free, cell, intervals, below)
    return chosen
