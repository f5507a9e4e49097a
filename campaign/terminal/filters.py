"""The values of the filters of a report: their types, their completion, and whether any data has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from campaign.terminal import completion
from campaign.terminal.session import Session
from domain.code_lists import one_of
from domain.refusals import WordUnknown
from domain.texts import folded
from domain.yield_kinds import KINDS, SUPPORT_CLASSES, kind_named
from projections.measures import UNKNOWN

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.terminal.report_request import ReportRequest


class Word(click.ParamType[str]):
    """A word of a list; ``find`` gives the word that counts, or refuses."""

    def __init__(self, name: str, find: Callable[[str], str]) -> None:
        self.name, self.find = name, find

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word that counts."""
        return self.find(value)


def _region(word: str) -> str:
    from campaign.reference import offices

    regions = {folded(region): region for region in offices().regions}
    return one_of("region", regions.get(folded(word), word), regions.values())


def _industry(word: str) -> str:
    """The first two digits of a code. Whether there is such an industry, ``_check_industries`` says."""
    digits = word.replace(".", "")
    if word.casefold() == UNKNOWN:
        return UNKNOWN
    if not (digits.isascii() and digits.isdecimal() and len(digits) > 1):
        raise _no_industry(word)
    return digits[:2]


def _no_industry(word: str) -> Exception:
    return WordUnknown(f"{word[:40]!r} is no industry. Write the first two digits of its code, such as 43.")


def _kind(word: str) -> str:
    return kind_named(word).name


def _kind_or_class(word: str) -> str:
    return word if word in SUPPORT_CLASSES else _kind(word)


REGION, INDUSTRY, KIND = Word("region", _region), Word("industry", _industry), Word("kind", _kind)
KIND_OR_CLASS = Word("kind", _kind_or_class)


@completion.offering
def regions(_: Session, typed: str) -> Iterable[completion.Offer]:
    """Regions."""
    from campaign.reference import offices

    return [(region, "") for region in offices().regions if region.casefold().startswith(typed.casefold())]


@completion.offering
def kinds_and_classes(_: Session, typed: str) -> Iterable[completion.Offer]:
    """Kinds of yield, then support classes."""
    every = [*((kind.name, kind.name_en) for kind in KINDS.values()), *((word, "") for word in SUPPORT_CLASSES)]
    return [(word, name) for word, name in every if word.startswith(typed)]


@completion.offering
def industries(_: Session, typed: str) -> Iterable[completion.Offer]:
    """Divisions of the list of industries, by code or name, and the unknown."""
    from campaign.reference import industries

    start, every = typed.casefold(), industries() | {UNKNOWN: ""}
    return [(code, name) for code, name in every.items() if code.startswith(start) or start in name.casefold()]


def check_groups(session: Session, connection: Connection, request: ReportRequest) -> None:
    """Refuses a consultant, a size or an industry that nothing here is of: a slip of the pen would look like no figures."""
    _check_industries(connection, request.industries)
    home = session.home
    for dimension, words, known_words in (
        ("consultant", request.consultants, home.consultants),
        ("size", request.sizes, home.size_bands),
    ):
        for word in words:
            if (dimension, word) != ("size", UNKNOWN):
                _check_known(dimension, word, known_words())


def _check_industries(connection: Connection, words: Sequence[str]) -> None:
    """Refuses digits that are on no list of industries, unless a company here is registered with them."""
    from sqlalchemy import select

    from campaign.reference import industries
    from projections.facts.companies import companies

    for word in set(words) - {UNKNOWN, *industries()}:
        if not connection.execute(select(companies.c.cvr).where(companies.c.division == word).limit(1)).first():
            raise _no_industry(word)


def _check_known(dimension: str, word: str, known_words: list[str]) -> None:
    from difflib import get_close_matches

    if word not in known_words:
        near = get_close_matches(word, known_words, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise WordUnknown(
            f"Nothing here is of {dimension} {word[:40]!r}.{hint} campaign rates --by {dimension} lists them."
        )
