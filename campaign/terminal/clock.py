"""The clock: the one place that asks what time it is, which tests replace."""

from __future__ import annotations

from datetime import UTC, date, datetime, time


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def copenhagen_time(moment: datetime) -> time:
    """The time of day it is in Denmark at that moment."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Europe/Copenhagen")).time()


def copenhagen_day(moment: datetime) -> date:
    """The day it is in Denmark at that moment."""
    from zoneinfo import ZoneInfo

    return moment.astimezone(ZoneInfo("Europe/Copenhagen")).date()
