"""Groups of a table: which combinations of words can be at all, since a week has its months and an office its region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from campaign.reference import offices
from domain.yield_kinds import KINDS, with_children

if TYPE_CHECKING:
    from projections.filters import Scope

PERIODS = ("week", "month", "quarter")


def fits(group: Mapping[str, str]) -> bool:
    """Whether anything can be of all these words: an office of that region, days that are in both periods, and so on."""
    return all(_go_together(group, one, other) for one, other in combinations(group, 2))


def _go_together(group: Mapping[str, str], one: str, other: str) -> bool:
    if one in PERIODS and other in PERIODS:
        return _overlap(group[one], group[other])
    if {one, other} == {"office", "region"}:
        return group["region"] in offices().regions_of(group["office"])
    if {one, other} == {"kind", "support_class"}:
        return any(KINDS[kind].support_class == group["support_class"] for kind in with_children(group["kind"]))
    return True


def _overlap(one: str, other: str) -> bool:
    from projections.questions.hit_rates import first_day, last_day

    return first_day(one) <= last_day(other) and first_day(other) <= last_day(one)


def narrowed(scope: Scope, group: Mapping[str, str]) -> Scope:
    """The report about that group alone. Raises ``KeyError`` for a dimension that no report can be narrowed by."""
    for by, word in group.items():
        scope = _NARROWED[by](scope, word)
    return scope


def _to_period(scope: Scope, period: str) -> Scope:
    first, last = days_of(period)
    return replace(scope, first=max(first, scope.first or first), last=min(last, scope.last or last))


def _to_kind(scope: Scope, word: str) -> Scope:
    """Of that kind or support class and of those asked for already."""
    asked = frozenset[str]().union(*map(with_children, scope.kinds)) if scope.kinds else with_children(word)
    return replace(scope, kinds=tuple(sorted(with_children(word) & asked)))


_NARROWED: dict[str, Callable[[Scope, str], Scope]] = {
    **dict.fromkeys(PERIODS, _to_period),
    "office": lambda scope, word: replace(scope, offices=(word,)),
    "region": lambda scope, word: replace(scope, regions=(word,)),
    "industry": lambda scope, word: replace(scope, industries=(word,)),
    "size": lambda scope, word: replace(scope, sizes=(word,)),
    "campaign": lambda scope, word: replace(scope, campaign=word),
    "kind": _to_kind,
    "support_class": _to_kind,
}


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a week, a month or a quarter."""
    from projections.questions.hit_rates import first_day, last_day

    return first_day(period), last_day(period)
