"""Giving back cells that were hidden on the way and are not needed in the end, the dearest first."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.disclosure.audit import Seen, components, walked
from campaign.disclosure.constraints import Relations
from campaign.disclosure.first_secondary import tells

_MOST = 300
"""Components of more free cells are left as they are, or the time would grow with the square of the table."""


def spare(relations: Relations, free: set[int], chosen: Sequence[int], seen: Seen, below: int) -> list[int]:
    """The cells of ``chosen`` that are still needed when each, in that order, is shown if it can; ``free`` shrinks."""
    among = {cell: group for group in components(relations, free) if len(group) <= _MOST for cell in group}
    needed = []
    for cell in chosen:
        if cell in among and (kept := _seen_without(relations, free, cell, among[cell], seen, below)):
            seen = kept
        else:
            needed.append(cell)
    return needed


def _seen_without(
    relations: Relations, free: set[int], cell: int, group: Sequence[int], seen: Seen, below: int
) -> Seen | None:
    """Moves by which all others stay wide although the cell is shown, and it is no longer free; None if there are none."""
    free.discard(cell)
    if not any(tells(relations, n, free, below) for n in relations.rows_of[cell]):
        kept = seen.without(cell)
        if all(walked(relations, other, free, kept, below) for other in group if other in free):
            return kept
    free.add(cell)
    return None
