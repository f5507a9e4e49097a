"""Working days: Monday to Friday without the public holidays of Denmark."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import islice
from typing import Any

_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether offices work: not on Saturdays, Sundays and public holidays (package ``holidays``)."""
    return day.weekday() < 5 and day not in _holidays()


def working_days(first: date, last: date) -> int:
    """The number of working days from the first to the last day, both included; 0 when the last is earlier."""
    return sum(map(is_working_day, _days(first, last)))


def latest_working_days(day: date, not_before: date, most: int) -> list[date]:
    """The latest working days up to and including that day, oldest first: at most ``most``, none before ``not_before``."""
    back = (day - n * _DAY for n in range((day - not_before).days + 1))
    return list(islice(filter(is_working_day, back), most))[::-1]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * _DAY for n in range((last - first).days + 1))


@cache
def _holidays() -> Any:
    """The public holidays of every year, each worked out when it is first asked for."""
    from holidays.countries.denmark import Denmark

    return Denmark()  # type: ignore[no-untyped-call]
