"""A campaign of any number of times the size of the model campaign, as the CSV files an import reads."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

BUNDLE = Path(__file__).parents[1] / "examples" / "luk-op.zip"
TABLES = ("companies", "calls", "visits", "yields")
EVENTS = 66_681  # in the log after the model campaign was planned and imported
SLUG, FIRST, LAST = "luk-op", "2012-09-03", "2013-06-30"

_SEED = 20130402
_REFERENCES = ("ref", "call_ref", "visit_ref")
_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)  # of modulus 11; the check digit's own weight is 1


def write_campaign(folder: Path, times: float) -> None:
    """Writes the four files, row by row, the same for the same ``times``.

    Once is the model itself. Every further time each company comes again with all its rows, under another CVR number
    and other references; of a part of a time, that share of the companies. So offices, days, outcomes and what belongs
    together stay the model's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = _numbers_by_company(times)
    with zipfile.ZipFile(BUNDLE) as bundle:
        for table in TABLES:
            name = f"{table}.csv"
            with bundle.open(name) as packed, (folder / name).open("w", encoding="utf-8", newline="") as out:
                _write_table(io.TextIOWrapper(packed, encoding="utf-8", newline=""), out, numbers)


def _write_table(model: TextIO, out: TextIO, numbers: dict[str, list[str]]) -> None:
    rows = csv.reader(model, delimiter=";")
    written = csv.writer(out, delimiter=";", lineterminator="\n")
    headings = next(rows)
    written.writerow(headings)
    cvr, names = headings.index("cvr"), [n for n, h in enumerate(headings) if h in _REFERENCES]
    for row in rows:
        for number in numbers[row[cvr]]:
            again = list(row)
            if number != row[cvr]:
                again[cvr] = number
                for n in names:
                    again[n] = row[n] and f"{row[n]}-{number}"
            written.writerow(again)


def _numbers_by_company(times: float) -> dict[str, list[str]]:
    chance = random.Random(_SEED)
    whole, part = divmod(times, 1)
    companies = _companies()
    fresh = _fresh_numbers(chance, set(companies))
    numbers = {}
    for cvr in companies:
        copies = int(whole) + (chance.random() < part)
        numbers[cvr] = [cvr, *islice(fresh, max(0, copies - 1))][:copies]
    return numbers


def _companies() -> list[str]:
    with zipfile.ZipFile(BUNDLE) as bundle, bundle.open("companies.csv") as packed:
        return [row["cvr"] for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8"), delimiter=";")]


def _fresh_numbers(chance: random.Random, taken: set[str]) -> Iterator[str]:
    """CVR numbers that can exist, each once, none of those taken."""
    while True:
        digits = str(chance.randrange(1_000_000, 10_000_000))
        check = -sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True)) % 11
        number = f"{digits}{check}"
        if check < 10 and number not in taken:
            taken.add(number)
            yield number
