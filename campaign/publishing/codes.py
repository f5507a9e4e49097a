"""Codes and names of the words of every dimension: offices, periods, kinds of yields and so on."""

from __future__ import annotations

import re
from collections.abc import Callable

from campaign.errors import SettingsFault
from campaign.publishing.totals.table import ALL
from campaign.reference import industries, offices
from campaign.translations import Message, text
from domain.texts import quoted
from domain.yield_kinds import KINDS, SUPPORT_CLASSES
from projections.measures import UNKNOWN

TOTAL = "TOT"
"""The code of the total of a dimension."""


def code(by: str, word: str) -> str:
    """The code of a word in files: ``2013M04`` for ``2013-04``, ``085`` for ``Sjælland``. ``word`` is the inverse.

    Months, quarters and weeks are written as in StatBank Denmark (M, K, U), and regions by the numbers that ISO
    3166-2:DK gives them too (DK-85), with a leading zero. The word of an office is its municipality's code already.
    """
    if word == ALL:
        return TOTAL
    if by in _PERIODS:
        return word.replace(*_PERIODS[by])
    return _REGIONS.get(word, word) if by == "region" else re.sub(rf"^({TOTAL}'*)$", r"\1'", word)


def word(by: str, code: str) -> str:
    """The word with that code; ``ALL`` for ``TOT``. Raises ``SettingsFault`` for an unknown code."""
    if by in _SHAPES and code == TOTAL:
        return ALL
    if by not in _SHAPES or not re.fullmatch(_SHAPES[by], code, re.DOTALL):
        raise SettingsFault(f"{quoted(code)} is no code of a {by.replace('_', ' ')}, so this is no file of ours.")
    if by in _PERIODS:
        between, letter = _PERIODS[by]
        return code.replace(letter, between)
    return _REGION_OF.get(code, code) if by == "region" else re.sub(rf"^({TOTAL}'*)'$", r"\1", code)


def name(by: str, word: str, language: str) -> str:
    """The name of a word in ``en`` or ``da``. Offices and industries have one name for both."""
    if word in (ALL, UNKNOWN):
        return text(language, _TOTAL if word == ALL else _UNKNOWN)
    namer = _NAMES.get(by)
    return namer(word, language) if namer else word


def labelled(by: str, word: str, language: str) -> str:
    """The name, after the code where people know the code: ``306 Odsherred``."""
    label = name(by, word, language)
    return label if by not in _CODES_SHOWN or word in (ALL, UNKNOWN) else f"{code(by, word)} {label}"


# Codes

_PERIODS = {"month": ("-", "M"), "quarter": ("-Q", "K"), "week": ("-W", "U")}
_REGIONS = {"Nordjylland": "081", "Midtjylland": "082", "Syddanmark": "083", "Hovedstaden": "084", "Sjælland": "085"}
_REGION_OF = {number: region for region, number in _REGIONS.items()}
_CODES_SHOWN = ("office", "region", "industry")

_SHAPES = {
    "office": r"[0-9]{3}",
    "region": "|".join([*_REGION_OF, UNKNOWN]),
    "month": r"[0-9]{4}M(0[1-9]|1[0-2])",
    "quarter": r"[0-9]{4}K[1-4]",
    "week": r"[0-9]{4}U(0[1-9]|[1-4][0-9]|5[0-3])",
    "industry": rf"[0-9]{{2}}|{UNKNOWN}",
    "kind": "|".join([*KINDS, UNKNOWN]),
    "support_class": "|".join([*SUPPORT_CLASSES, UNKNOWN]),
    **dict.fromkeys(("size", "sector", "target_group", "campaign"), ".+"),
}
"""The pattern of the codes of every dimension that is published."""


# Names


def _kind(word: str, language: str) -> str:
    if word not in KINDS:
        return word
    return KINDS[word].name_da if language == "da" else KINDS[word].name_en


def _size(word: str, language: str) -> str:
    if word == "1":
        return text(language, "1 employee")
    if not re.fullmatch(r"[0-9]+(-[0-9]*|\+)?", word):
        return word
    return text(language, "{size} employees").format(size=word)


def _month(word: str, language: str) -> str:
    year, number = word.split("-")
    return f"{text(language, _MONTHS[int(number) - 1])} {year}"


def _quarter(word: str, language: str) -> str:
    year, number = word.split("-Q")
    return text(language, _QUARTERS[int(number) - 1]).format(year=year)


def _week(word: str, language: str) -> str:
    year, number = word.split("-W")
    return text(language, "Week {number}, {year}").format(number=int(number), year=year)


def _listed(names: dict[str, Message]) -> Callable[[str, str], str]:
    return lambda word, language: text(language, names[word]) if word in names else word


_TOTAL, _UNKNOWN = Message("Total"), Message("unknown")
_QUARTERS = (
    Message("1st quarter {year}"),
    Message("2nd quarter {year}"),
    Message("3rd quarter {year}"),
    Message("4th quarter {year}"),
)
_MONTHS = (
    Message("January"),
    Message("February"),
    Message("March"),
    Message("April"),
    Message("May"),
    Message("June"),
    Message("July"),
    Message("August"),
    Message("September"),
    Message("October"),
    Message("November"),
    Message("December"),
)
_CLASSES = {
    "ordinary": Message("ordinary"),
    "supported": Message("supported"),
    "unpaid": Message("unpaid"),
    "other": Message("other"),
}
_SECTORS = {
    "public": Message("public"),
    "private": Message("private"),
    "municipal": Message("municipal"),
    "regional": Message("regional"),
    "state": Message("state"),
}
_NAMES: dict[str, Callable[[str, str], str]] = {
    "office": lambda word, language: offices().name(word),
    "region": lambda word, language: f"Region {word}",
    "month": _month,
    "quarter": _quarter,
    "week": _week,
    "industry": lambda word, language: industries().get(word, word),
    "size": _size,
    "kind": _kind,
    "support_class": _listed(_CLASSES),
    "sector": _listed(_SECTORS),
}
