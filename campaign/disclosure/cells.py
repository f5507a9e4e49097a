"""What a reader of totals is told and knows besides: the cells, and the relations between them that are no secret."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.refusals import Refusal

Key = Hashable


@dataclass(frozen=True)
class Figures:
    """All cells of one file with their true values, whole numbers from 0, and what everybody knows of them.

    ``sums``: a whole and the parts it is the sum of. ``orders``: a lesser cell and one that is at least as much.
    ``unions``: a whole and its parts, where the whole is at most their sum and no part is more than the whole.
    ``bounds``: cells that together are at least as much as other cells together. ``people``: cells that name a group of people, where a 0 tells as much as a 3. Every key named is one of ``values``.
    """

    values: Mapping[Key, int]
    sums: Sequence[tuple[Key, tuple[Key, ...]]] = ()
    orders: Sequence[tuple[Key, Key]] = ()
    unions: Sequence[tuple[Key, tuple[Key, ...]]] = ()
    bounds: Sequence[tuple[tuple[Key, ...], tuple[Key, ...]]] = ()
    people: frozenset[Key] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Earlier:
    """A file that is published already: its true values, and which of its cells it did not show."""

    figures: Figures
    suppressed: frozenset[Key]


class CannotBeProtected(Refusal):
    """Even with every cell hidden a reader could tell a small one."""
