"""How far targets are reached, and what the pace of the last days makes of them, worked out again from the events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from math import ceil, floor, sqrt
from statistics import variance
from typing import Any

from campaign_builder import region_of as region_told
from holidays import country_holidays
from reference_rates import ReferenceFilters, ReferenceView, Visit
from scipy.stats import t

from domain.campaign import Campaign
from domain.outcomes import Status
from projections.engine.projector import RecordedEvent

WINDOW = 20
"""So many working days make the pace."""

WITHOUT_PACE = ("visits_planned", "visits_overdue")
"""Counts of what is so on a day. They go up and down, so what they were tells nothing of what they will be."""


def reference_targets(
    recorded: Iterable[RecordedEvent],
    campaign: str,
    day: date,
    known: int | None = None,
    region_of: Callable[[str, date], str] = region_told,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """What ``reckoned_target`` says of every target of the campaign, by measure, office, region and kind."""
    recorded = list(recorded)
    seen = ReferenceView(recorded, day, as_of=day, known=known, region_of=region_of)
    facts = [fact for fact in seen.facts if seen.campaign_of.get(fact.originator_id) == campaign and fact.at <= day]
    (planned,) = [fact for fact in facts if isinstance(fact, Campaign.Planned)]
    extended = [fact for fact in facts if isinstance(fact, Campaign.Extended)]
    last = latest(extended).last if extended else planned.last
    targets: dict[tuple[Any, ...], list[Any]] = {}
    for fact in facts:
        if isinstance(fact, Campaign.TargetSet):
            whose = fact.measure, fact.target_office, fact.target_region, fact.target_kind
            targets.setdefault(whose, []).append(fact)
    valid = {whose: latest(said) for whose, said in targets.items()}
    found = {}
    for whose, said in valid.items():
        by_day = said.by_day or last
        judged = ReferenceView(recorded, min(day, by_day), as_of=min(day, by_day), known=known, region_of=region_of)
        scope = scope_of(campaign, *whose[1:])
        found[whose] = reference_target(judged, scope, said.measure, said.number, planned.first, by_day)
    return found


def latest(facts: Sequence[Any]) -> Any:
    """The one of the latest day; of several of that day the one logged last."""
    return max(enumerate(facts), key=lambda numbered: (numbered[1].at, numbered[0]))[1]


def scope_of(campaign: str, office: str | None, region: str | None, kind: str | None) -> ReferenceFilters:
    """The contacts and kinds a target is of, of all days."""
    return ReferenceFilters(
        campaign,
        offices=[office] if office else [],
        regions=[region] if region else [],
        kinds=[kind] if kind else [],
    )


def reference_target(
    seen: ReferenceView, scope: ReferenceFilters, measure: str, number: int, first: date, by_day: date
) -> dict[str, Any]:
    """How things are with a number to reach by a day, in a campaign that began on ``first``, on the day that is seen.

    Days are working days: ``gone`` so far, ``left`` after the day. ``expected`` by now, were each day worth the same;
    ``needed`` on each day left. ``pace`` is what came a day in the last ``days`` of them, and ``forecast`` what there
    will be at that pace, in 95 of 100 cases between ``low`` and ``high``, were one day like another.
    """
    reached = seen.rows(None, scope)[0][measure]
    gone, total = working_days(first, min(seen.day, by_day)), working_days(first, by_day)
    left = len(working_days(seen.day + timedelta(days=1), by_day))
    row = {
        "number": number,
        "by_day": by_day,
        "reached": reached,
        "gone": len(gone),
        "total": len(total),
        "expected": number * len(gone) / len(total) if total else None,
        "left": left,
        "needed": max(0, number - reached) / left if left else None,
    }
    if measure in WITHOUT_PACE:
        row |= {"expected": None, "needed": None}
    daily = daily_amounts(seen, scope, measure, working_days(first, seen.day)[-WINDOW:])
    return row | forecast(reached, [] if measure in WITHOUT_PACE else daily, left)


def forecast(reached: int, daily: Sequence[int], left: int) -> dict[str, Any]:
    """What there will be after so many days more, each like one of these; ``None`` of fewer than two.

    What comes in the days left is a sum of ``left`` draws, and the mean it is foretold from one of ``n``: its variance
    is s^2 (left + left^2 / n), the prediction interval of a normal sample with Student's t (Hahn and Meeker,
    *Statistical Intervals*, 1991, section 4.7). The variance of a day is at least that of a count by chance, to which
    one more is added. Less than is reached already it cannot be.
    """
    n = len(daily)
    if n < 2:
        return {"days": n, "pace": sum(daily) / n if n else None, "forecast": None, "low": None, "high": None}
    middle = reached + Fraction(sum(daily), n) * left
    by_chance = Fraction(sum(daily) + 1, n)
    half = t.ppf(0.975, n - 1) * sqrt(max(variance(daily), by_chance)) * sqrt(left + left * left / n)
    return {
        "days": n,
        "pace": sum(daily) / n,
        "forecast": floor(middle + Fraction(1, 2)),
        "low": max(reached, floor(float(middle) - half)),
        "high": ceil(float(middle) + half),
    }


def daily_amounts(seen: ReferenceView, scope: ReferenceFilters, measure: str, days: Sequence[date]) -> list[int]:
    """What of a count came on each of these working days; what came on a day off belongs to the working day before."""
    amounts = dict.fromkeys(days, 0)
    for day, amount in dated_amounts(seen, scope, measure):
        before = [one for one in days if one <= day <= seen.day]
        if before:
            amounts[before[-1]] += amount
    return list(amounts.values())


def dated_amounts(seen: ReferenceView, scope: ReferenceFilters, measure: str) -> Iterator[tuple[date, int]]:
    """What a count is made of, each part with its day and how much it adds.

    A contact has its own day, a visit as booked the day it was agreed, a yield the day it was recorded; a company the
    first day it counted.
    """
    letters, calls, visits = ([c for c in of if scope.accepts(c)] for of in (seen.letters, seen.calls, seen.visits))
    of_kind = [y for y in seen.yields if scope.accepts_kind(y.kind)]
    yields = [y for y in of_kind if scope.accepts(y.origin)]
    hits = {y.origin.id for y in of_kind} | {y.origin.call for y in of_kind if isinstance(y.origin, Visit)}
    contacts = {
        "companies_mailed": letters,
        "calls": calls,
        "calls_reached": [c for c in calls if c.reached],
        "calls_accepted": [c for c in calls if c.accepted],
        "companies_called": calls,
        "companies_reached": [c for c in calls if c.reached],
        "companies_accepted": [c for c in calls if c.accepted],
        "calls_with_yield": [c for c in calls if c.id in hits],
        "visits_with_yield": [v for v in visits if v.id in hits],
        **{f"visits_{name}": [v for v in visits if v.status is status] for name, status in STATUSES.items()},
    }
    if measure == "visits_booked":
        yield from ((visit.booked_on, 1) for visit in visits)
    elif measure == "yields":
        yield from ((y.day, 1) for y in yields)
    elif measure == "positions":
        yield from ((y.day, y.positions) for y in yields)
    elif measure == "positions_from_visits":
        yield from ((y.day, y.positions) for y in yields if isinstance(y.origin, Visit))
    elif measure.startswith("companies"):
        for cvr in {contact.cvr for contact in contacts[measure]}:
            yield min(contact.day for contact in contacts[measure] if contact.cvr == cvr), 1
    elif measure not in WITHOUT_PACE:
        yield from ((contact.day, 1) for contact in contacts[measure])


STATUSES = {"held": Status.HELD, "no_show": Status.NO_SHOW, "cancelled": Status.CANCELLED}


def working_days(first: date, last: date) -> list[date]:
    """Mondays to Fridays that are no public holidays in Denmark, both ends included."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if day.weekday() < 5 and day not in _holidays(day.year)]


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(country_holidays("DK", years=year))
