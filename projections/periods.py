"""Periods: days from a first to a last, and the names of ISO weeks, months and quarters."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import NamedTuple

PERIODS = ("week", "month", "quarter")
"""The dimensions whose groups are periods."""


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @classmethod
    def named(cls, name: str) -> Period:
        """The days of ``2013-W07``, of ``2013-02`` or of ``2013-Q1``."""
        year = int(name[:4])
        if "W" in name:
            return cls.week(year, int(name[6:]))
        return cls.months(year, int(name[6:]) * 3 - 2, 3) if "Q" in name else cls.months(year, int(name[5:]))

    @classmethod
    def week(cls, year: int, number: int) -> Period:
        """An ISO week of an ISO year. Raises ``ValueError`` where the calendar has no such week."""
        return cls(date.fromisocalendar(year, number, 1), date.fromisocalendar(year, number, 7))

    @classmethod
    def months(cls, year: int, month: int, number: int = 1) -> Period:
        """So many months from the first day of a month on. Raises ``ValueError`` where the calendar has no such month."""
        last_year, last_month = divmod(year * 12 + month - 1 + number - 1, 12)
        return cls(date(year, month, 1), date(last_year, last_month + 1, monthrange(last_year, last_month + 1)[1]))

    def clipped(self, first: date | None, last: date | None) -> Period:
        """What of the period is in another one, which may be open at either end; ``last`` before ``first`` for nothing."""
        return Period(max(self.first, first or self.first), min(self.last, last or self.last))

    def overlaps(self, period: Period) -> bool:
        """Whether the two share a day."""
        return self.first <= period.last and period.first <= self.last

    @property
    def week_name(self) -> str | None:
        """The ISO week that the period is, such as ``2013-W07``; None for any other period."""
        is_week = self.first.weekday() == 0 and (self.last - self.first).days == 6
        return week_name(self.first) if is_week else None


def week_name(day: date) -> str:
    """The ISO week of a day, such as ``2013-W07``."""
    return day_names(day)[1]


@lru_cache(maxsize=20_000)
def day_names(day: date) -> tuple[str, str, str]:
    """A day, its ISO week with its ISO year, and its month, as the tables and reports write them."""
    year, week, _ = day.isocalendar()
    iso = day.isoformat()
    return iso, f"{year}-W{week:02}", iso[:7]
