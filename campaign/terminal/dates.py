"""Days, moments and periods as people write them, in English and Danish; nothing here knows what day it is."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from enum import Enum

from domain.texts import folded, quoted


class Lean(Enum):
    """Which of several days a word means: the latest that has come, or the next that is ahead."""

    BACK = "back"
    AHEAD = "ahead"


class DayUnclear(ValueError):
    """The words are no day; ``str()`` says what to write."""


_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EXAMPLES = "Write it like 2012-11-12, 12/11, 15. nov. 2012, yesterday, monday, -3d"
_NEAR = {
    "today": 0, "i dag": 0, "idag": 0, "yesterday": -1, "i gar": -1, "igar": -1, "tomorrow": 1, "i morgen": 1,
    "imorgen": 1, "i forgars": -2, "forgars": -2, "i overmorgen": 2, "overmorgen": 2,
}  # fmt: skip
_WEEKDAYS = {
    word: number
    for number, words in enumerate((
        "mon monday man mandag", "tue tues tuesday tir tirs tirsdag", "wed wednesday ons onsdag",
        "thu thur thurs thursday tor tors torsdag", "fri friday fre fredag", "sat saturday lor lordag",
        "sun sunday son sondag",
    ))
    for word in words.split()
}  # fmt: skip
_MONTHS = {
    word: number
    for number, words in enumerate((
        "jan january januar", "feb february februar", "mar march marts", "apr april", "may maj",
        "jun june juni", "jul july juli", "aug august", "sep sept september", "oct october okt oktober",
        "nov november", "dec december",
    ), start=1)
    for word in words.split()
}  # fmt: skip

# Patterns stay text: most commands name a day without reading one, and compiling them all takes a while.
_ISO = r"(\d{4})-(\d{1,2})-(\d{1,2})"
_DANISH = r"(\d{1,2})\s*[-./]\s*(\d{1,2})(?:\s*[-./ ]\s*(\d{4}|\d{2}))?\.?"
_WORDED = r"(\d{1,2})\.?\s*([a-z]+)\.?,?(?:\s*(\d{4}))?"
_OFFSET = r"([+-])\s*(\d{1,4})\s*([dwu])[a-z]*"
_NAMED = r"([a-z]+)\.?,?\s+(?:d\.|den)?\s*(.*\d.*)"
_LATE = r"(?:^|(?<=\d)t|[\s,]+)(?:(?:kl\.?|at)\s*(\d{1,2})(?:[:.](\d{2}))?|(\d{1,2}):(\d{2}))(?::\d{2})?$"

_WEEK = r"(?:(\d{4})-?w(\d{1,2})|(?:uge|week|u|w)\s*(\d{1,2})(?:[\s,]+(\d{4}))?|(\d{4}) (?:uge|week) (\d{1,2}))"
_MONTH = r"(\d{4})-(\d{1,2})|([a-z]+)\.?(?:\s+(\d{4}))?"
_QUARTER = r"(\d{4})[- ]?[qk]([1-4])|(?:[qk]([1-4])|([1-4])\.? kvartal)(?:\s+(\d{4}))?"
_YEAR = r"(\d{4})"


def day(text: str, today: date, lean: Lean = Lean.BACK) -> date:
    """The day these words mean, seen from ``today``.

    Without a year ``12/11`` is the latest such day that has come, or the next one, as ``lean`` says; so are the names
    of weekdays. Ahead, a weekday is never today. Raises ``DayUnclear``.
    """
    plain = _plain(text)
    result = (
        _near(plain, today)
        or _weekday(plain, today, lean)
        or _numbered(plain, today, lean)
        or _named(plain, today, lean)
    )
    if result is None and period(text, today, lean):
        raise DayUnclear(f"{quoted(text)} is more than one day. {_EXAMPLES}.")
    if result is None:
        raise DayUnclear(f"{quoted(text)} is no day. {_EXAMPLES}.")
    return result


def moment(text: str, today: date) -> tuple[date, time | None]:
    """When something happened: a day, and a time of day if one was said (``yesterday 14:05``, ``i går kl 14``)."""
    plain = _plain(text)
    late = re.search(_LATE, plain)
    if late is None:
        return day(text, today), None
    hour, minute = int(late[1] or late[3]), int(late[2] or late[4] or 0)
    if hour > 23 or minute > 59:
        raise DayUnclear(f"{quoted(text)} has no time of day in it: hours go to 23, minutes to 59.")
    before = plain[: late.start()].strip(" ,")
    return day(before, today) if before else today, time(hour, minute)


def period(text: str, today: date, lean: Lean = Lean.BACK) -> tuple[date, date] | None:
    """First and last day of a week, month, quarter or year; None when the words are no period."""
    plain = _plain(text)
    return _week(plain, today, lean) or _month(plain, today, lean) or _quarter(plain, today, lean) or _year(plain)


def edge(text: str, today: date, last: bool, lean: Lean = Lean.BACK) -> date:
    """A day, or the first or the last day of a period. Raises ``DayUnclear``."""
    span = period(text, today, lean)
    return span[last] if span else day(text, today, lean)


def week(text: str, today: date) -> tuple[date, date]:
    """Monday and Sunday of a week: ``2013-W07``, ``uge 7``. Raises ``DayUnclear``."""
    if span := _week(_plain(text), today, Lean.BACK):
        return span
    raise DayUnclear(f"{quoted(text)} is no week. Write it like 2013-W07, uge 7, week 7 2013.")


def month(text: str, today: date) -> tuple[date, date]:
    """First and last day of a month: ``2013-02``, ``feb. 2013``. Raises ``DayUnclear``."""
    if span := _month(_plain(text), today, Lean.BACK):
        return span
    raise DayUnclear(f"{quoted(text)} is no month. Write it like 2013-02, feb 2013, februar.")


def _plain(text: str) -> str:
    return " ".join(folded(text).split())


def _near(plain: str, today: date) -> date | None:
    if plain in _NEAR:
        return today + timedelta(days=_NEAR[plain])
    if offset := re.fullmatch(_OFFSET, plain):
        days = int(offset[2]) * (1 if offset[3] == "d" else 7)
        return today + timedelta(days=days if offset[1] == "+" else -days)
    return None


def _weekday(plain: str, today: date, lean: Lean) -> date | None:
    if plain.startswith("i ") and plain.endswith("s") and plain[2:-1] in _WEEKDAYS:  # i mandags
        plain, lean = plain[2:-1], Lean.BACK
        today -= timedelta(days=1)
    weekday = _WEEKDAYS.get(plain.removeprefix("pa ").removeprefix("on "))
    if weekday is None:
        return None
    if lean is Lean.BACK and not plain.startswith("pa "):
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _named(plain: str, today: date, lean: Lean) -> date | None:
    """A date behind the name of its weekday; the name has to fit."""
    match = re.fullmatch(_NAMED, plain)
    if match is None or match[1] not in _WEEKDAYS | {"d": 0, "den": 0}:
        return None
    day = _numbered(match[2], today, lean)
    if day and _WEEKDAYS.get(match[1], day.weekday()) != day.weekday():
        raise DayUnclear(f"{quoted(plain)} is no day: {day} is a {_LONG[day.weekday()]}.")
    return day


def _numbered(plain: str, today: date, lean: Lean) -> date | None:
    if iso := re.fullmatch(_ISO, plain):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if danish := re.fullmatch(_DANISH, plain):
        return _dated(int(danish[1]), int(danish[2]), danish[3], today, lean)
    worded = re.fullmatch(_WORDED, plain)
    if worded and worded[2] in _MONTHS:
        return _dated(int(worded[1]), _MONTHS[worded[2]], worded[3], today, lean)
    return None


def _dated(number: int, month: int, year: str | None, today: date, lean: Lean) -> date:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, number)
    step = -1 if lean is Lean.BACK else 1
    for years in range(0, 8 * step + step, step):  # 29 February comes every fourth, or eighth, year
        try:
            day = date(today.year + years, month, number)
        except ValueError:
            continue
        if (day <= today) if lean is Lean.BACK else (day >= today):
            return day
    raise DayUnclear(f"There is no day {number}/{month}. {_EXAMPLES}.")


def _date(year: int, month: int, number: int) -> date:
    try:
        return date(year, month, number)
    except ValueError as fault:
        raise DayUnclear(f"There is no day {number}/{month} {year}. {_EXAMPLES}.") from fault


def _week(plain: str, today: date, lean: Lean) -> tuple[date, date] | None:
    match = re.fullmatch(_WEEK, plain)
    if match is None:
        return None
    number, year = int(match[2] or match[3] or match[6]), match[1] or match[4] or match[5]
    if year is None:
        this, now, _ = today.isocalendar()
        year = this - (number > now) if lean is Lean.BACK else this + (number < now)
    try:
        first = date.fromisocalendar(int(year), number, 1)
        return first, first + timedelta(days=6)
    except (ValueError, OverflowError) as fault:  # the calendar ends in the last week of 9999
        raise DayUnclear(f"{year} has no week {number}.") from fault


def _month(plain: str, today: date, lean: Lean) -> tuple[date, date] | None:
    match = re.fullmatch(_MONTH, plain)
    if match is None or (match[3] and match[3] not in _MONTHS):
        return None
    number = int(match[2]) if match[2] else _MONTHS[match[3]]
    if not 1 <= number <= 12:
        raise DayUnclear(f"There is no month {number}. Write it like 2013-02, feb 2013, februar.")
    return _months(_year_of(match[1] or match[4], number, today.month, today, lean), number, 1)


def _quarter(plain: str, today: date, lean: Lean) -> tuple[date, date] | None:
    match = re.fullmatch(_QUARTER, plain)
    if match is None:
        return None
    number = int(match[2] or match[3] or match[4])
    year = _year_of(match[1] or match[5], number, (today.month + 2) // 3, today, lean)
    return _months(year, number * 3 - 2, 3)


def _year(plain: str) -> tuple[date, date] | None:
    return _months(int(plain), 1, 12) if re.fullmatch(_YEAR, plain) else None


def _year_of(year: str | None, number: int, now: int, today: date, lean: Lean) -> int:
    if year:
        return int(year)
    return today.year - (number > now) if lean is Lean.BACK else today.year + (number < now)


def _months(year: int, first: int, length: int) -> tuple[date, date]:
    begins = _date(year, first, 1)
    next_month = year * 12 + first - 1 + length
    return begins, _date(next_month // 12, next_month % 12 + 1, 1) - timedelta(days=1)
