"""The target of the model campaign calculated by hand: its held visits counted in the file, its working days written out."""

import csv
import io
import zipfile
from datetime import date
from math import ceil, floor, sqrt
from statistics import fmean, stdev

from import_fixtures import BUNDLE

BY = date(2013, 6, 30)
FEBRUARY = [(2, n) for n in (1, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27, 28)]
MARCH = [
    (3, n) for n in (1, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 18, 19, 20, 21, 22, 25, 26, 27)
]  # Easter is on the 31st
WINDOWS = {
    date(2013, 3, 1): [date(2013, *d) for d in [*FEBRUARY[1:], MARCH[0]]],
    date(2013, 4, 2): [date(2013, *d) for d in [*MARCH, (4, 2)]],
}
WORKING_DAYS = {
    "sep": 20,
    "oct": 23,
    "nov": 22,
    "dec": 19,
    "jan": 22,
    "feb": 20,
    "mar": 19,
    "apr": 20,
    "may": 21,
    "jun": 20,
}
DAYS_ELAPSED = {
    date(2013, 3, 1): 20 + 23 + 22 + 19 + 22 + 20 + 1,
    date(2013, 4, 2): 20 + 23 + 22 + 19 + 22 + 20 + 19 + 1,
}
TARGET_NUMBER = {date(2013, 3, 1): 8000, date(2013, 4, 2): 10000}


def held_days() -> list[date]:
    """The days of all held visits, straight from the file."""
    with zipfile.ZipFile(BUNDLE) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("visits.csv").decode("utf-8-sig")), delimiter=";")
        return [date.fromisoformat(row["held_on"]) for row in rows if row["status"] == "held"]


def hand_calculated_targets(day: date) -> dict[str, object]:
    """What `campaign targets` has to say of the model campaign on that day."""
    held = [each for each in held_days() if each <= day]
    window = WINDOWS[day]
    lately = [
        sum(first <= each < after for each in held) for first, after in zip(window, [*window[1:], BY], strict=True)
    ]
    gone, whole, number = DAYS_ELAPSED[day], sum(WORKING_DAYS.values()), TARGET_NUMBER[day]
    left, middle = whole - gone, len(held) + fmean(lately) * (whole - gone)
    half = 2.0930 * stdev(lately) * sqrt(left + left * left / 20)
    return {
        "number": number,
        "reached": len(held),
        "gone": gone,
        "left": left,
        "expected": number * gone / whole,
        "pace": sum(lately) / 20,
        "pace_days": 20,
        "needed": (number - len(held)) / left,
        "forecast": floor(middle + 0.5),
        "low": max(len(held), floor(middle - half)),
        "high": ceil(middle + half),
    }
