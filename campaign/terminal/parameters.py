"""Types of parameters: days, periods, outcomes, kinds, offices, codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import TYPE_CHECKING, Any, Literal

import click

from campaign.terminal import dates
from campaign.terminal.session import Session
from domain.code_lists import one_of
from domain.texts import quoted
from domain.yield_kinds import kind_named

if TYPE_CHECKING:
    from domain.outcomes import Outcome, Reason


class Day(click.ParamType[date]):
    """A day. ``ahead``: of several days a word can mean, the next one; else the latest that has come."""

    name = "day"

    def __init__(self, ahead: bool = False) -> None:
        self.ahead = ahead

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day seen from today."""
        try:
            return value if isinstance(value, date) else self._read(value, _session(ctx).today)
        except dates.DayUnclear as fault:
            self.fail(str(fault), param, ctx)

    def _read(self, text: str, today: date) -> date:
        return dates.day(text, today, dates.Lean.AHEAD if self.ahead else dates.Lean.BACK)


class Edge(Day):
    """A day, or a week, month, quarter or year, of which the first or the last day counts."""

    def __init__(self, last: bool, ahead: bool = False) -> None:
        super().__init__(ahead)
        self.last = last

    def _read(self, text: str, today: date) -> date:
        return dates.edge(text, today, self.last, dates.Lean.AHEAD if self.ahead else dates.Lean.BACK)


class Period(click.ParamType[tuple[date, date]]):
    """A week or a month: a pair, its first and its last day."""

    def __init__(self, name: Literal["week", "month"]) -> None:
        self.name = name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, date]:
        """Its days; without a year, those of the latest that has begun."""
        read = dates.week if self.name == "week" else dates.month
        try:
            return value if isinstance(value, tuple) else read(value, _session(ctx).today)
        except dates.DayUnclear as fault:
            self.fail(str(fault), param, ctx)


class Moment(click.ParamType[tuple[date, time | None]]):
    """A day that has come, with the time of day if one is said: a pair."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[date, time | None]:
        """The day and the time, seen from today."""
        try:
            return value if isinstance(value, tuple) else dates.moment(value, _session(ctx).today)
        except dates.DayUnclear as fault:
            self.fail(str(fault), param, ctx)


class OutcomeWord(click.ParamType["Outcome"]):
    """An outcome of a call; refused with a list when there is none of that name."""

    name = "outcome"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Outcome:
        """The outcome."""
        from domain.outcomes import outcome_named

        return outcome_named(value)


class ReasonWord(click.ParamType["Reason"]):
    """A reason for a no; refused with a list when there is none of that name."""

    name = "reason"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Reason:
        """The reason."""
        from domain.outcomes import reason_named

        return reason_named(value)


class OfficeCode(click.ParamType[str]):
    """An office, by code or name; refused, naming the nearest, when there is none."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The code of the office."""
        from campaign.reference import offices

        return offices().code_of(value)


class Slug(click.ParamType[str]):
    """The short name of a campaign: small letters, digits and dashes."""

    name = "slug"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The slug as it was written."""
        if not re.fullmatch(_SLUG, value):
            self.fail(
                f"{quoted(str(value))} is no short name: write small letters a-z, digits and dashes, at most 40.",
                param,
                ctx,
            )
        return str(value)


_SLUG = "[a-z0-9][a-z0-9-]{0,39}"


class MeasureName(click.ParamType[str]):
    """A count of measures.md; refused, naming the nearest, when there is none of that name."""

    name = "measure"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The name of the count."""
        from projections.measures import COUNTS

        return one_of("count", value, COUNTS)


class OneOf(click.ParamType[str]):
    """One of some words; refused, naming the nearest, when it is another."""

    name = "word"

    def __init__(self, subject: str, words: Sequence[str]) -> None:
        self.subject, self.words = subject, words

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word as it was written."""
        return one_of(self.subject, value, self.words)


class KindOf(click.ParamType[tuple[str, int]]):
    """A kind of yield and a number of positions, ``internship:2``; without a number, one. A pair."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """The kind's name and the number; whether so many can be is the domain's to say."""
        if isinstance(value, tuple):
            return value
        word, colon, number = str(value).partition(":")
        try:
            positions = int(number) if colon else 1
        except ValueError:
            self.fail(
                f"{quoted(str(value))}: behind the colon goes a whole number of positions, as in internship:2.",
                param,
                ctx,
            )
        return kind_named(word).name, positions


class IndustryCode(click.ParamType[str]):
    """An industry code of DB07 or DB25: two to six digits, written with dots or without."""

    name = "code"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Its digits."""
        digits = str(value).replace(".", "")
        if not re.fullmatch("[0-9]{2,6}", digits):
            self.fail(f"{quoted(str(value))} is no industry code: write its 2 to 6 digits, such as 433200.", param, ctx)
        return digits


def day_in(session: Session, text: str, ahead: bool = False) -> date:
    """A day in words whose meaning hangs on another word of the command line."""
    try:
        return dates.day(text, session.today, dates.Lean.AHEAD if ahead else dates.Lean.BACK)
    except dates.DayUnclear as fault:
        raise click.BadParameter(str(fault), click.get_current_context()) from fault


def _session(ctx: click.Context | None) -> Session:
    return Session.of(ctx or click.get_current_context())
