"""How areas, periods, measures and their units are written: as codes, and by their names in English and in Danish."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from campaign.errors import SettingsFault
from campaign.publishing.totals.table import ALL
from campaign.reference import industries, offices
from domain.texts import quoted
from domain.yield_kinds import KINDS, SUPPORT_CLASSES
from projections.measures import RATES, RATIOS, UNKNOWN

LANGUAGES = ("en", "da")
TOTAL = "TOT"
"""The code of all words of a dimension together."""

Both = tuple[str, str]
"""The same said in English and in Danish."""


def code(by: str, word: str) -> str:
    """A word as files have it: ``2013-04`` as ``2013M04``, ``Sjælland`` as ``085``; ``word`` is the way back.

    Months, quarters and weeks are written as in StatBank Denmark (M, K, U), and regions by the numbers that ISO
    3166-2:DK gives them too (DK-85), with a nought before them. Offices have their municipality's code already.
    """
    if word == ALL:
        return TOTAL
    if by in _PERIODS:
        return word.replace(*_PERIODS[by])
    return _REGIONS.get(word, word) if by == "region" else re.sub(rf"^({TOTAL}'*)$", r"\1'", word)


def word(by: str, code: str) -> str:
    """The word of which that is the code; ``ALL`` for ``TOT``. Raises ``SettingsFault`` when it is the code of none."""
    if by in _SHAPES and code == TOTAL:
        return ALL
    if by not in _SHAPES or not re.fullmatch(_SHAPES[by], code, re.DOTALL):
        raise SettingsFault(f"{quoted(code)} is no code of a {by.replace('_', ' ')}, so this is no file of ours.")
    if by in _PERIODS:
        between, letter = _PERIODS[by]
        return code.replace(letter, between)
    return _REGION_OF.get(code, code) if by == "region" else re.sub(rf"^({TOTAL}'*)'$", r"\1", code)


def name(by: str, word: str, language: str) -> str:
    """What a word is called in ``en`` or ``da``. Offices, and industries, which have no Danish names, are so in both."""
    place = LANGUAGES.index(language)
    if word in (ALL, UNKNOWN):
        return (_TOTAL if word == ALL else _UNKNOWN)[place]
    named: Callable[[str], Both] = _NAMES.get(by, _itself)
    return named(word)[place]


def labelled(by: str, word: str, language: str) -> str:
    """The name with the code before it where people know the code: ``306 Odsherred``; else the name alone."""
    called = name(by, word, language)
    return called if by not in _CODES_SHOWN or word in (ALL, UNKNOWN) else f"{code(by, word)} {called}"


def heading(name: str, language: str) -> str:
    """What a dimension or a figure is called at the head of its column."""
    said = _heading(name)[LANGUAGES.index(language)]
    return said[0].upper() + said[1:]


def unit(figure: str) -> str:
    """What a figure is a number of: ``number`` (whole), ``share`` (0..1), or ``ratio``."""
    return "ratio" if figure in RATIOS else "share" if _rate(figure) in RATES else "number"


def remark(key: str, language: str) -> str:
    """A remark, or the name of a unit, as files of every format have it."""
    return _SAID[key][LANGUAGES.index(language)]


def provenance(manifest: Mapping[str, Any], language: str) -> str:
    """By what the figures can be proved: a position of one log, or the contributions that were added up."""
    return remark("proof" if "contributions" not in manifest else "added up", language).format(**manifest)


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
"""What a code looks like, for every dimension an export can have."""


# Names


def _itself(word: str) -> Both:
    return word, word


def _industry(word: str) -> Both:
    return _itself(industries().get(word, word))


def _kind(word: str) -> Both:
    return (KINDS[word].name_en, KINDS[word].name_da) if word in KINDS else _itself(word)


def _size(word: str) -> Both:
    if word == "1":
        return "1 employee", "1 ansat"
    return (f"{word} employees", f"{word} ansatte") if re.fullmatch(r"[0-9]+(-[0-9]*|\+)?", word) else _itself(word)


def _month(word: str) -> Both:
    year, number = word.split("-")
    english, danish = _MONTHS[int(number) - 1]
    return f"{english} {year}", f"{danish} {year}"


def _quarter(word: str) -> Both:
    year, number = word.split("-Q")
    return f"{_ORDINALS[int(number) - 1]} quarter {year}", f"{number}. kvartal {year}"


def _week(word: str) -> Both:
    year, number = word.split("-W")
    return f"Week {int(number)}, {year}", f"uge {int(number)}, {year}"


def _listed(names: dict[str, Both]) -> Callable[[str], Both]:
    return lambda word: names.get(word, _itself(word))


_TOTAL, _UNKNOWN = ("Total", "I alt"), ("unknown", "uoplyst")
_ORDINALS = ("1st", "2nd", "3rd", "4th")
_MONTHS = (
    ("January", "januar"),
    ("February", "februar"),
    ("March", "marts"),
    ("April", "april"),
    ("May", "maj"),
    ("June", "juni"),
    ("July", "juli"),
    ("August", "august"),
    ("September", "september"),
    ("October", "oktober"),
    ("November", "november"),
    ("December", "december"),
)
_CLASSES = {
    "ordinary": ("ordinary", "ordinær"),
    "supported": ("supported", "støttet"),
    "unpaid": ("unpaid", "ulønnet"),
    "other": ("other", "andet"),
}
_SECTORS = {
    "public": ("public", "offentlig"),
    "private": ("private", "privat"),
    "municipal": ("municipal", "kommunal"),
    "regional": ("regional", "regional"),
    "state": ("state", "statslig"),
}
_NAMES: dict[str, Callable[[str], Both]] = {
    "office": lambda word: _itself(offices().name(word)),
    "region": lambda word: _itself(f"Region {word}"),
    "month": _month,
    "quarter": _quarter,
    "week": _week,
    "industry": _industry,
    "size": _size,
    "kind": _kind,
    "support_class": _listed(_CLASSES),
    "sector": _listed(_SECTORS),
}


# Headings


def _heading(name: str) -> Both:
    """The pair of a name; the phrase of the printed report where that has one, so that both say the same."""
    from campaign.page.phrases import PHRASES

    rate = _rate(name)
    if rate != name:
        return _with_limit(_heading(rate), name.removeprefix(f"{rate}_"))
    return PHRASES.get(f"measure.{name}") or _HEADINGS[name]


def _with_limit(rate: Both, end: str) -> Both:
    english, danish = _LIMITS[end]
    return f"{rate[0]}, {english}", f"{rate[1]}, {danish}"


def _rate(figure: str) -> str:
    """The rate a figure is, or is a limit of."""
    rate = figure.removesuffix("_low").removesuffix("_high")
    return rate if rate in RATES else figure


_LIMITS = {"low": ("lower 95 % limit", "nedre 95 %-grænse"), "high": ("upper 95 % limit", "øvre 95 %-grænse")}
_HEADINGS = {
    "office": ("office", "jobcenter"),
    "region": ("region", "region"),
    "week": ("week", "uge"),
    "month": ("month", "måned"),
    "quarter": ("quarter", "kvartal"),
    "kind": ("kind of yield", "art"),
    "support_class": ("support class", "støtteform"),
    "industry": ("industry", "branche"),
    "size": ("size of company", "virksomhedens størrelse"),
    "sector": ("sector", "sektor"),
    "target_group": ("target group", "målgruppe"),
    "campaign": ("campaign", "kampagne"),
    "measure": ("measure", "nøgletal"),
    "reach_rate": ("reach rate", "træfrate pr. opkald"),
    "accepted_per_reached": ("acceptance rate of companies reached", "ja-andel af virksomheder talt med"),
    "held_rate": ("held rate", "andel afholdte besøg"),
    "no_show_rate": ("no-show rate", "udeblivelsesrate"),
    "positions_per_visit": ("positions per visit", "pladser pr. besøg"),
    "yields_own": ("yields of the kind itself", "resultater af arten selv"),
    "positions_own": ("positions of the kind itself", "pladser af arten selv"),
}


# Remarks

_SAID = {
    "number": ("number", "antal"),
    "share": ("share (0–1)", "andel (0–1)"),
    "percent": ("per cent", "pct."),
    "ratio": ("per visit held", "pr. afholdt besøg"),
    "subject": ("Labour market", "Arbejdsmarked"),
    "source": ("The campaign’s log of calls, visits and yields", "Kampagnens log over opkald, besøg og resultater"),
    "hidden": (
        "the figure is hidden for confidentiality, since it is small or a small one could be computed from it",
        "tallet er skjult af diskretionshensyn, fordi det er lille, eller et lille tal kunne beregnes ud fra det",
    ),
    "no base": (
        "there is no value, since there is nothing to be a share of, or no such combination",
        "der er ingen værdi, fordi der ikke er noget at være andel af, eller kombinationen ikke findes",
    ),
    "proof": (
        "Counted at position {position} of the log, whose head is {head}. SHA-256 of the figures: {sha256}.",
        "Opgjort ved position {position} i loggen, hvis hash er {head}. Tallenes SHA-256: {sha256}.",
    ),
    "added up": (
        "Added up from the contributions of several homes, which the manifest names with position and head. "
        "SHA-256 of the figures: {sha256}.",
        "Lagt sammen af bidrag fra flere steder, som manifestet nævner med position og hash. "
        "Tallenes SHA-256: {sha256}.",
    ),
}
