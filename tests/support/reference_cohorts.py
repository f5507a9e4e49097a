"""How long contacts take to lead to something, worked out again from the events alone: by week or month, and in total."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from statistics import quantiles
from typing import Any, NamedTuple

from reference_rates import Call, ReferenceFilters, ReferenceView, Visit, interval, period_end

from domain.outcomes import Status
from projections.engine.projector import RecordedEvent

WEEKS = (1, 2, 4, 8)


class Delayed(NamedTuple):
    """A call or a held visit, and after how many days it led to something first; None: it did not."""

    contact: Call | Visit
    days: int | None

    def led_within(self, weeks: int) -> bool:
        """It led to something by the end of that many weeks."""
        return self.days is not None and self.days <= 7 * weeks


def reference_cohorts(
    recorded: Iterable[RecordedEvent],
    today: date,
    of: str = "calls",
    by: str = "week",
    as_of: date | None = None,
    known: int | None = None,
    **chosen: Any,
) -> dict[str, Any]:
    """``rows``: of each period its base and a cell for each number of weeks; ``total``: a cell each; ``times``.

    A call leads to the first visit that was held and names it as the call that booked it, on the day of the visit.
    A visit that was held leads to its first yield, on the day that was recorded. Filters choose the contacts, and of
    yields the kinds.
    """
    seen = ReferenceView(recorded, today, as_of, known)
    asked = ReferenceFilters(**chosen)
    delayed = booking_delays(seen, asked) if of == "calls" else yield_delays(seen, asked)
    periods = sorted({getattr(one.contact, by) for one in delayed})
    ends = {period: min(period_end(by, period) or date.max, asked.last or date.max) for period in periods}
    return {
        "rows": [_row(p, [d for d in delayed if getattr(d.contact, by) == p], ends[p], seen) for p in periods],
        "total": [_overall_cell(weeks, delayed, seen) for weeks in WEEKS],
        "times": delay_quartiles([one.days for one in delayed if one.days is not None]),
    }


def booking_delays(seen: ReferenceView, asked: ReferenceFilters) -> list[Delayed]:
    """The calls asked for, with the days until the first held visit that each of them booked."""
    found = []
    for call in filter(asked.accepts, seen.calls):
        days = [v.day for v in seen.visits if v.status is Status.HELD and v.call == call.id]
        found.append(Delayed(call, _days(call, days)))
    return found


def yield_delays(seen: ReferenceView, asked: ReferenceFilters) -> list[Delayed]:
    """The held visits asked for, with the days until the first yield that was recorded of each of them."""
    found = []
    for visit in filter(asked.accepts, seen.visits):
        if visit.status is Status.HELD:
            days = [y.day for y in seen.yields if y.origin.id == visit.id and asked.accepts_kind(y.kind)]
            found.append(Delayed(visit, _days(visit, days)))
    return found


def _days(contact: Call | Visit, days: Sequence[date]) -> int | None:
    return (min(days) - contact.day).days if days else None


def _row(period: str, delayed: Sequence[Delayed], ends: date, seen: ReferenceView) -> dict[str, Any]:
    """A period is maturing until the last of its days that are asked for has had its weeks."""
    cells = [_cell(weeks, delayed) | {"maturing": ends + timedelta(days=7 * weeks) > seen.latest} for weeks in WEEKS]
    return {"period": period, "base": len(delayed), "cells": cells}


def _overall_cell(weeks: int, delayed: Sequence[Delayed], seen: ReferenceView) -> dict[str, Any]:
    """Of all periods: contacts that have had their weeks, whatever the others of their period."""
    had = [one for one in delayed if one.contact.day + timedelta(days=7 * weeks) <= seen.latest]
    return _cell(weeks, had) | {"maturing": False}


def _cell(weeks: int, delayed: Sequence[Delayed]) -> dict[str, Any]:
    reached, base = len([one for one in delayed if one.led_within(weeks)]), len(delayed)
    low, high = interval(reached, base)
    return {"weeks": weeks, "reached": reached, "base": base, "share": reached / base if base else None} | {
        "low": low,
        "high": high,
    }


def delay_quartiles(days: Sequence[int]) -> dict[str, Any]:
    """How many led to something at all, and the quartiles of their days; of one alone its days are all three."""
    lower, median, upper = quantiles(days, n=4, method="inclusive") if len(days) > 1 else (days or [None]) * 3
    return {"number": len(days), "lower": lower, "median": median, "upper": upper}
