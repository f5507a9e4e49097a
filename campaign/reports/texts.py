"""Numbers, percentages and days as English text."""

from __future__ import annotations

from datetime import date

NOTHING = "-"
"""The text where there is no value."""
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def number(value: float) -> str:
    """A number with commas between thousands: ``1,234``."""
    return f"{value:,}"


def counted(amount: int, singular: str, plural: str = "") -> str:
    """A number with its noun: ``1 entry``, ``1,234 entries``."""
    return f"{number(amount)} {singular if amount == 1 else plural or f'{singular}s'}"


def percent(share: float | None) -> str:
    """A share 0..1 in percent, with one decimal: ``12.5 %``."""
    return NOTHING if share is None else f"{share:.1%}".replace("%", " %")


def day_with_weekday(day: date) -> str:
    """A day with its weekday: ``Mon 2012-11-12``."""
    return f"{_WEEKDAYS[day.weekday()]} {day}"
