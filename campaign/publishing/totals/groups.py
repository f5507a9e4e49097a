"""Groups of a table: which combinations of words are possible, and reports narrowed to one."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from campaign.reference import offices
from domain.yield_kinds import KINDS, with_children
from projections.periods import PERIODS, Period

if TYPE_CHECKING:
    from projections.filters import Scope


def fits(group: Mapping[str, str]) -> bool:
    """Whether the words are compatible: the office is in the region, the periods overlap, and so on."""
    return all(_are_compatible(group, first, second) for first, second in combinations(group, 2))


def _are_compatible(group: Mapping[str, str], first: str, second: str) -> bool:
    if first in PERIODS and second in PERIODS:
        return _overlap(group[first], group[second])
    if {first, second} == {"office", "region"}:
        return group["region"] in offices().regions_of(group["office"])
    if {first, second} == {"kind", "support_class"}:
        return any(KINDS[kind].support_class == group["support_class"] for kind in with_children(group["kind"]))
    return True


def _overlap(first: str, second: str) -> bool:
    return Period.named(first).overlaps(Period.named(second))


def narrowed(scope: Scope, group: Mapping[str, str]) -> Scope:
    """The scope of that group alone. Raises ``KeyError`` for a dimension that no report can be narrowed by."""
    for by, word in group.items():
        scope = scope.within(by, word)
    return scope
