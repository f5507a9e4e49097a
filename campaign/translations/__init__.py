"""Texts in English and Danish, from one gettext catalogue whose message ids are the English texts."""

# ``da.po`` has the Danish and ``da.mo`` is what that compiles to. ``scripts/translations`` keeps both up to date: it
# finds the string literals in calls of ``text``, ``plural`` and ``Message``, and names those without Danish.
#
#     text(language, "As of {day}").format(day=day)
#     text(language, "regional", "sector")  # with a context, where one English text has two Danish ones
#     plural(language, "{number} visit", "{number} visits", count).format(number=count)
#     HEADINGS = {"office": Message("office")}  # a text for later: text(language, HEADINGS["office"])

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import NamedTuple

LANGUAGES = ("en", "da")
_CATALOGUE = Path(__file__).with_name("da.mo")


class Message(NamedTuple):
    """A text of the catalogue, by its English and, where that alone is ambiguous, a context."""

    english: str
    context: str = ""


def text(language: str, message: str | Message, context: str = "") -> str:
    """The text in ``en`` or ``da``, its ``{placeholders}`` not filled in; English where the catalogue has no Danish."""
    english, context = message if isinstance(message, Message) else (message, context)
    return _catalogue(language).pgettext(context, english) if context else _catalogue(language).gettext(english)


def plural(language: str, singular: str, plural: str, number: int) -> str:
    """The form of the text that goes with ``number``."""
    return _catalogue(language).ngettext(singular, plural, number)


def capitalized(text: str) -> str:
    """The text with a capital first letter; the rest is left as it is."""
    return text[:1].upper() + text[1:]


@cache
def _catalogue(language: str) -> NullTranslations:
    if language == LANGUAGES[0]:
        return NullTranslations()
    with _CATALOGUE.open("rb") as file:
        return GNUTranslations(file)
