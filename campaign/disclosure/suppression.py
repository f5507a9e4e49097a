"""The choice of the cells to hide: small ones, quick partners, what a proof shows to be missing, less what it can spare."""

from __future__ import annotations

from collections.abc import Callable

from campaign.disclosure.audit import Seen, components, unproven, walked
from campaign.disclosure.cells import Earlier, Figures, Key
from campaign.disclosure.cleanup import spare
from campaign.disclosure.constraints import Relations, relations
from campaign.disclosure.first_secondary import partners

_FEW = 60
"""With so few cells to choose from, other choices are tried too: the quick one may be some cells from the best."""


def hidden(figures: Figures, below: int, earlier: Earlier | None = None) -> frozenset[Key]:
    """The keys of the cells that are not to be shown: small ones, and others so that no reader computes a small one.

    A reader knows every shown cell, every relation, that cells are whole numbers, and of a hidden one that it is no 0,
    which would be shown (but where it names people); whatever he reckons,
    each hidden cell can for him be two values that are at least ``below`` apart. Hidden are all values above 0 and under
    ``below``, 0 too where it names people; with ``earlier`` also cells that differ from there by less than ``below``,
    and he finds neither a hidden cell of either file nor such a difference any closer, although he has both files and
    supposes, where it is so, that no cell became less. Below 2 nothing is small, and nothing hidden.

    The same figures, in the same order, give the same keys with the same version of the solver. Raises
    ``CannotBeHidden`` when hiding everything is not enough, as with an earlier file that told too much.
    """
    if below <= 1:
        return frozenset()
    known = relations(figures, below, earlier)
    if not (known.small or known.given):
        return frozenset()
    chosen = _protected(known, below)
    return frozenset(known.keys[cell] for cell in chosen)


def told_of(figures: Figures, hidden: frozenset[Key], below: int, earlier: Earlier | None = None) -> frozenset[Key]:
    """The keys of the cells that a file tells of which hides just these: nothing, when it keeps what ``hidden`` promises.

    A small cell that it shows, and a hidden one for which no two values so far apart were found.
    """
    known = relations(figures, below, earlier)
    free = {cell for cell in range(len(figures.values)) if known.keys[cell] in hidden} | set(known.given)
    seen = Seen(len(known.values))
    shown = [cell for cell in known.small if cell not in free]
    found = [cell for cell in _unproven(known, free, seen, below) if not walked(known, cell, free, seen, below)]
    return frozenset(known.keys[cell] for cell in [*shown, *found])


def _protected(known: Relations, below: int) -> list[int]:
    """The small cells, and the least costly choice beside them that leaves every free cell wide."""
    starts = (partners, _nobody) if len(known.costs) <= _FEW else (partners,)
    choices = [_chosen(known, start, below) for start in starts]
    return [*known.small, *min(choices, key=lambda choice: sum(known.cost(cell) for cell in choice))]


def _nobody(known: Relations, free: set[int], below: int) -> list[int]:
    """No quick choice at all: every cell is hidden where a proof shows that one is missing."""
    return []


def _chosen(known: Relations, start: Callable[[Relations, set[int], int], list[int]], below: int) -> list[int]:
    """A quick choice, what it lacks, less what turns out to be too much, the dearest first."""
    free = {*known.small, *known.given}
    chosen = start(known, free, below)
    seen = Seen(len(known.values))
    while left := _unproven(known, free, seen, below):
        chosen += _repair(known, free, left, seen, below)
    return spare(known, free, sorted(chosen, key=lambda cell: (-known.cost(cell), cell)), seen, below)


def _unproven(known: Relations, free: set[int], seen: Seen, below: int) -> list[int]:
    return [cell for group in components(known, free) for cell in unproven(known, group, seen, below)]


def _repair(known: Relations, free: set[int], left: list[int], seen: Seen, below: int) -> list[int]:
    from campaign.disclosure.secondary import repair

    chosen: list[int] = []
    for cell in left:
        if seen.width(cell) < below and not walked(known, cell, free, seen, below):
            chosen += repair(known, free, cell, seen, below)
    return chosen
