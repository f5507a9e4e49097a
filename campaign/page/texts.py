"""The texts and the number formats of a page, in English and in Danish."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from string import Formatter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal

from campaign.page.phrases import PHRASES
from campaign.reports.report import Share
from campaign.translations import text
from campaign.translations.names import measure
from domain.yield_kinds import KINDS
from projections.measures import LEAST_BASE

_LOCALES = {"en": "en_GB", "da": "da_DK"}
NOTHING = "–"
"""Shown in place of a missing value."""


class Figure(NamedTuple):
    """A number as it is shown, with its value and the name it has in every report.

    ``name`` is a path: ``rates.office.306.visit_hit_rate`` is a figure of ``campaign rates --by office``.
    """

    name: str
    value: float | None
    text: str


Sentence = list["str | Figure"]
"""A sentence as a list of text and figures."""


def plain(sentence: Sentence) -> str:
    """A sentence as plain text."""
    return "".join(part.text if isinstance(part, Figure) else part for part in sentence)


class Words:
    """The sentences, names and formats of one language."""

    def __init__(self, language: str) -> None:
        self.language, self._locale = language, _LOCALES[language]

    def word(self, key: str) -> str:
        """The text of a key of ``PHRASES``."""
        return text(self.language, PHRASES[key])

    def sentence(self, key: str, **parts: str | Figure) -> Sentence:
        """The sentence of a key, with ``parts`` in place of its placeholders."""
        return list(_filled(self.word(key), parts))

    def say(self, key: str, **parts: str | Figure) -> str:
        """The sentence of a key as plain text."""
        return plain(self.sentence(key, **parts))

    def measure(self, name: str) -> str:
        """The name of a count or a rate within a sentence."""
        return measure(name, self.language)

    def kind(self, name: str) -> str:
        """The name of a kind of yield."""
        kind = KINDS[name]
        return kind.name_da if self.language == "da" else kind.name_en

    # Numbers and days

    def number(self, value: float, decimals: int = 0) -> str:
        """1,234 or 1.234; with decimals 1,234.5 or 1.234,5; rounded as on the terminal."""
        rounded = Decimal(f"{value:.{decimals}f}")
        return format_decimal(rounded, f"#,##0{'.' if decimals else ''}{'0' * decimals}", self._locale)

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """A share 0..1: 48.2 % or 48,2 %."""
        return NOTHING if share is None else f"{self.number(share * 100, decimals)}\N{NO-BREAK SPACE}%"

    def day(self, day: date) -> str:
        """2 April 2013, 2. april 2013."""
        return format_date(day, "d. MMMM y" if self.language == "da" else "d MMMM y", self._locale)

    def short_day(self, day: date) -> str:
        """30 Jun, 30. jun."""
        return format_date(day, "d. MMM" if self.language == "da" else "d MMM", self._locale)

    def month(self, day: date) -> str:
        """Apr 2013, apr. 2013."""
        return format_date(day, "MMM y", self._locale)

    def moment(self, moment: datetime) -> str:
        """2 April 2013, 12:00, in Danish time."""
        local = moment.astimezone(ZoneInfo("Europe/Copenhagen"))
        return f"{self.day(local.date())}, {local:%H:%M}"

    def week(self, week: str) -> str:
        """The ISO week 2013-W01 as people write it, without its year."""
        return self.say("week", number=week[6:].lstrip("0"))

    def period(self, period: str) -> str:
        """The month 2013-02 or the week 2013-W07 as people write it."""
        if "W" in period:
            return f"{self.week(period)} {period[:4]}"
        return self.month(date.fromisoformat(f"{period}-01"))

    def within(self, weeks: int) -> str:
        """Within 4 weeks, inden 4 uger."""
        return self.say("cohorts.week" if weeks == 1 else "cohorts.weeks", number=self.number(weeks))

    # Figures

    def count(self, name: str, value: int) -> Figure:
        """A number of calls, visits, companies, positions."""
        return Figure(name, value, self.number(value))

    def share(self, name: str, value: float | None) -> Figure:
        """A share of a whole, in percent."""
        return Figure(name, value, self.percent(value))

    def share_of(self, name: str, share: Share) -> Figure:
        """A share in percent, or as "3 of 4" when its base is under five."""
        if 0 < share.denominator < LEAST_BASE:
            x, y = self.number(share.numerator), self.number(share.denominator)
            return Figure(name, share.value, self.say("x_of_y", x=x, y=y))
        return self.share(name, share.value)

    def ratio(self, name: str, value: float | None) -> Figure:
        """A ratio, which can exceed 1, with two decimals."""
        return Figure(name, value, NOTHING if value is None else self.number(value, 2))


def _filled(text: str, parts: dict[str, Any]) -> Iterator[str | Figure]:
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            yield literal
        if name is not None:
            yield parts[name]
