"""Targets: how far a campaign has come with each number to reach, and what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple

from sqlalchemy import Connection, select

from projections.engine.projector import first_logged
from projections.facts.targets import targets_set
from projections.filters import Scope
from projections.questions.campaign_periods import CampaignPeriod, campaign_period
from projections.questions.series import Amounts, per_day_achieved
from projections.statistics import Forecast, forecast
from projections.working_days import latest_working_days, working_days

PACE_DAYS = 20
"""The pace is that of so many working days, about four weeks."""

NO_PACE = ("visits_planned", "visits_overdue")
"""Counts of a state, which come and go: nothing of them adds up day by day."""


class Setting(NamedTuple):
    """One time a number was set, by whom, when and why. ``by_day`` is None where the campaign's last day is meant."""

    number: int
    by_day: date | None
    set_on: date
    set_by: str
    because: str
    entry: str


class Target(NamedTuple):
    """A number to reach, and how far it has come on the day the report speaks of, or on ``by_day`` once that is over.

    It is of one office, else of one region, else of the campaign; of one kind of yield, or of all. ``reached`` is the
    count of measures.md. ``expected``: what a steady pace from the campaign's first day to ``by_day`` would have given
    by then. ``gone`` and ``left``: working days of these. ``pace``: a working day, of the last ``pace_days`` of them;
    ``needed``: a working day, to reach the number. ``forecast``, ``low``, ``high``: what is to be there on ``by_day``
    if the pace stays, with its 95 % interval. None where there is no such figure. ``history``: all settings up to the
    day, the one that counts last.
    """

    measure: str
    office: str | None
    region: str | None
    kind: str | None
    number: int
    by_day: date
    set_on: date
    set_by: str
    because: str
    entry: str
    reached: int
    expected: float | None
    gone: int
    left: int
    pace: float | None
    pace_days: int
    needed: float | None
    forecast: int | None
    low: int | None
    high: int | None
    history: tuple[Setting, ...]


class TargetSubject(NamedTuple):
    """What a number is of."""

    measure: str
    office: str | None
    region: str | None
    kind: str | None

    @property
    def level(self) -> str | None:
        """The dimension it is one group of; None for the campaign."""
        return "office" if self.office else "region" if self.region else None

    @property
    def word(self) -> str:
        """Its group of that dimension."""
        return self.office or self.region or ""


class TargetRow(NamedTuple):
    """A row of the table ``targets``; days are text, and the region of an office is the one it is in."""

    campaign: str
    measure: str
    office: str | None
    region: str | None
    kind: str | None
    number: int
    by_day: str | None
    because: str
    set_on: str
    set_by: str
    entry: str
    known_from: int
    known_to: int

    @property
    def subject(self) -> TargetSubject:
        """What the number is of."""
        return TargetSubject(self.measure, self.office, None if self.office else self.region, self.kind)


def targets(connection: Connection, scope: Scope) -> list[Target]:
    """The targets that were valid on the day the report speaks of, the campaign's before regions' and offices'.

    The offices, regions and kinds of the scope say whose targets are wanted; its period does not matter.
    """
    scope = scope.not_after_today
    campaign = campaign_period(connection, scope)
    if campaign is None:
        return []
    valid = _settings(connection, scope)
    counts = dict(_counted(connection, replace(scope, first=None, last=None), campaign, valid))
    return [_target(s, history, campaign, scope.day, counts[s]) for s, history in valid.items()]


History = tuple[Setting, ...]


def _settings(connection: Connection, scope: Scope) -> dict[TargetSubject, History]:
    """Every subject with its settings up to the day, in the order in which they came to count."""
    c = targets_set.c
    query = select(*(c[name] for name in TargetRow._fields)).where(
        c.campaign == scope.campaign, c.set_on <= str(scope.day)
    )
    query = query.where(*scope.known_at(targets_set)).order_by(c.set_on, first_logged(targets_set))
    rows_by_subject: dict[TargetSubject, list[TargetRow]] = {}
    for row in map(TargetRow._make, connection.execute(query)):
        rows_by_subject.setdefault(row.subject, []).append(row)
    last_rows = {subject: rows[-1] for subject, rows in rows_by_subject.items()}
    subjects = [subject for subject, row in last_rows.items() if scope.admits(row.office, row.region, row.kind)]
    return {subject: tuple(map(_setting, rows_by_subject[subject])) for subject in sorted(subjects, key=_place)}


def _setting(row: TargetRow) -> Setting:
    by_day = date.fromisoformat(row.by_day) if row.by_day else None
    return Setting(row.number, by_day, date.fromisoformat(row.set_on), row.set_by, row.because, row.entry)


def _place(subject: TargetSubject) -> tuple[str, ...]:
    level = {None: "0", "region": "1", "office": "2"}[subject.level]
    return level, subject.word, subject.measure, subject.kind or ""


class Counted(NamedTuple):
    """What was counted of a subject: in all, up to the day, and on each of the last working days."""

    reached: int
    lately: list[int]


def _counted(
    connection: Connection, scope: Scope, campaign: CampaignPeriod, valid: Mapping[TargetSubject, History]
) -> Iterator[tuple[TargetSubject, Counted]]:
    """One question for all subjects that differ by their group alone."""

    def question(subject: TargetSubject) -> tuple[str, str, str, date]:
        return subject.measure, subject.kind or "", subject.level or "", _until(valid[subject], campaign, scope.day)

    for (measure, kind, level, until), run in groupby(sorted(valid, key=question), question):
        alike = list(run)
        narrowed = replace(_of_level(scope, level, alike), kinds=(kind,) if kind else ())
        narrowed = narrowed if until == scope.day else replace(narrowed, as_of=until)
        groups = per_day_achieved(connection, narrowed, measure, level or None)
        lately = [] if measure in NO_PACE else latest_working_days(until, campaign.first, PACE_DAYS)
        for subject in alike:
            amounts = groups.get(subject.word, {})
            yield subject, Counted(sum(amounts.values()), list(_on(lately, until, amounts)))


def _of_level(scope: Scope, level: str, alike: Sequence[TargetSubject]) -> Scope:
    """A campaign's number is of all of it, a region's of all of its offices, whoever's targets are wanted."""
    words = tuple(subject.word for subject in alike)
    return replace(scope, offices=words if level == "office" else (), regions=words if level == "region" else ())


def _until(history: History, campaign: CampaignPeriod, day: date) -> date:
    """The day a target is judged on: the one the report speaks of, or its own once that is over."""
    return min(day, history[-1].by_day or campaign.last)


def _on(days: list[date], until: date, amounts: Amounts) -> Iterator[int]:
    """The amount of each of these working days, with that of the free days behind it."""
    for day, following in pairwise([*days, until + timedelta(days=1)]):
        yield sum(amounts.get(day + timedelta(days=n), 0) for n in range((following - day).days))


def _target(subject: TargetSubject, history: History, campaign: CampaignPeriod, day: date, counted: Counted) -> Target:
    valid = history[-1]
    by_day, until = valid.by_day or campaign.last, _until(history, campaign, day)
    ahead_from = max(until + timedelta(days=1), campaign.first)
    days_passed, days_left = working_days(campaign.first, until), working_days(ahead_from, by_day)
    ahead = forecast(counted.reached, counted.lately, days_left) if counted.lately else Forecast(None, None, None, None)
    return Target(
        **subject._asdict(),
        number=valid.number,
        by_day=by_day,
        set_on=valid.set_on,
        set_by=valid.set_by,
        because=valid.because,
        entry=valid.entry,
        reached=counted.reached,
        expected=valid.number * days_passed / (days_passed + days_left)
        if days_passed + days_left and subject.measure not in NO_PACE
        else None,
        gone=days_passed,
        left=days_left,
        pace_days=len(counted.lately),
        needed=max(0, valid.number - counted.reached) / days_left
        if days_left and subject.measure not in NO_PACE
        else None,
        **ahead._asdict(),
        history=history,
    )


def expected_on(target: Target, campaign: CampaignPeriod, day: date) -> float | None:
    """What a steady pace from the campaign's first day on to the number valid on that day would have given by then.

    The target valid on a day is the one whose setting came last by then; None before any was set.
    """
    valid = [setting for setting in target.history if setting.set_on <= day]
    if not valid:
        return None
    by_day = valid[-1].by_day or campaign.last_on(day)
    all_days = working_days(campaign.first, by_day)
    return valid[-1].number * working_days(campaign.first, min(day, by_day)) / all_days if all_days else None


def expected_line(target: Target, campaign: CampaignPeriod, days: Iterable[date]) -> list[tuple[date, float]]:
    """The target's line over these days, as far as a target was set by each of them."""
    expected = ((day, expected_on(target, campaign, day)) for day in days)
    return [(day, amount) for day, amount in expected if amount is not None]
