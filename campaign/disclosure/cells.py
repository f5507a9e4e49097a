"""The cells of published totals, and the constraints between them that every reader knows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.refusals import Refusal

Key = Hashable


@dataclass(frozen=True)
class Figures:
    """All cells of one file with their true values, whole numbers from 0, and the constraints between them.

    ``sums``: a total and the parts it is the sum of. ``orders``: a cell and one that is never smaller. ``unions``: a
    total and its parts, where the total is at most their sum and no part exceeds it. ``bounds``: cells whose sum is
    never smaller than the sum of other cells. ``people``: cells of a group of people, where a 0 discloses as much as
    a 3. Every key is one of ``values``.
    """

    values: Mapping[Key, int]
    sums: Sequence[tuple[Key, tuple[Key, ...]]] = ()
    orders: Sequence[tuple[Key, Key]] = ()
    unions: Sequence[tuple[Key, tuple[Key, ...]]] = ()
    bounds: Sequence[tuple[tuple[Key, ...], tuple[Key, ...]]] = ()
    people: frozenset[Key] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Earlier:
    """A file published before: its true values, and the cells it suppressed."""

    figures: Figures
    suppressed: frozenset[Key]


class CannotBeProtected(Refusal):
    """A small cell is disclosed even with every cell suppressed."""
