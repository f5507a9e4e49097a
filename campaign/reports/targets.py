"""Targets and forecasts: how far each number has come, and how kept forecasts compare with the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from campaign.reports.formats import group
from campaign.reports.report import Cell, Column, DrillDown, Interval, Line, Report, Value
from campaign.reports.texts import counted, day_with_weekday, number, percent

if TYPE_CHECKING:  # all load SQLAlchemy
    from projections.filters import Scope
    from projections.questions.forecasts import ScoredForecast
    from projections.questions.targets import Setting, Target

_COLUMNS = (
    Column("target", "target", folds=True),
    Column("number", "number", "count"),
    Column("by_day", "by", "day", drop=4),
    Column("reached", "reached", "count"),
    Column("share", "of it", "share", drop=7),
    Column("expected", "expected", "amount"),
    Column("left", "days left", "count", drop=6),
    Column("pace", "pace", "amount", drop=3),
    Column("needed", "needed", "amount", drop=2),
    Column("forecast", "forecast", "count"),
    Column("interval", "95 %", "interval", drop=1),
    Column("set_on", "set on", "day", drop=8),
    Column("set_by", "set by", drop=9),
)
NO_TARGET = "No target was set by then. Set one: campaign target SLUG MEASURE N --by DAY"
_TERMS = (
    "Expected: what a steady pace from the campaign's first day would have given by now. Pace: a working day, of the "
    "last 20; needed: a working day from now on. Forecast: if the pace stays, with the interval it lies in 95 of 100 times."
)


def targets_report(targets: Sequence[Target], scope: Scope) -> Report:
    """A line for each target; below, every setting of a target that was changed."""
    lines = tuple(_target(target, scope) for target in targets)
    notes = (*_changed(targets), _TERMS if targets else NO_TARGET)
    return Report(_COLUMNS, lines, notes, {"rows": [_as_row(target) for target in targets]})


def _as_row(target: Target) -> dict[str, Any]:
    return target._asdict() | {"history": [setting._asdict() for setting in target.history]}


def _target(target: Target, scope: Scope) -> Line:
    name = subject_name(target)
    values: tuple[Value, ...] = (
        percent(target.reached / target.number if target.number else None),
        None if target.expected is None else round(target.expected),
        target.left,
        None if target.pace is None else round(target.pace, 1),
        None if target.needed is None else round(target.needed, 1),
        target.forecast,
        _interval(target.low, target.high),
        target.set_on,
        target.set_by,
    )
    counted_entries = Cell(target.reached, DrillDown((target.measure,), counted_in(target, scope)))
    return Line(name, (Cell(name), Cell(target.number), Cell(target.by_day), counted_entries, *map(Cell, values)))


def _interval(low: int | None, high: int | None) -> Interval | str:
    return "" if low is None or high is None else Interval(low, high, of_share=False)


def counted_in(target: Target, scope: Scope) -> Scope:
    """What a target counts: the contacts of its office, region or campaign, up to the day it is judged on."""
    kinds = (target.kind,) if target.kind else ()
    everyone = replace(
        scope, first=None, last=None, offices=(), regions=(), consultants=(), industries=(), sizes=(), kinds=kinds
    )
    if target.office:
        everyone = everyone.within("office", target.office)
    elif target.region:
        everyone = everyone.within("region", target.region)
    return everyone if target.by_day >= scope.day else replace(everyone, as_of=target.by_day)


def subject_name(target: Target | ScoredForecast) -> str:
    """The count, its kind, and the office or region whose it is; the campaign's are named by neither."""
    kind = f" {target.kind}" if target.kind else ""
    office = f", {group('office', target.office)}" if target.office else ""
    return f"{target.measure.replace('_', ' ')}{kind}{office}{f', {target.region}' if target.region else ''}"


def _changed(targets: Iterable[Target]) -> list[str]:
    return [f"{subject_name(t)}: {'; '.join(map(_setting, t.history))}." for t in targets if len(t.history) > 1]


def _setting(setting: Setting) -> str:
    by = f" by {setting.by_day}" if setting.by_day else ""
    why = f" ({setting.because})" if setting.because else ""
    return f"{number(setting.number)}{by}, set on {day_with_weekday(setting.set_on)} by {setting.set_by}{why}"


# Scored forecasts


_SCORED = (
    Column("made_on", "made on", "day"),
    Column("forecast_of", "forecast of", folds=True),
    Column("by_day", "by", "day", drop=3),
    Column("forecast", "forecast", "count", drop=4),
    Column("interval", "95 %", "interval", drop=5),
    Column("until", "until", "day"),
    Column("meant", "meant", "count"),
    Column("came", "came", "count"),
    Column("error", "off", "amount", drop=2),
    Column("inside", "inside"),
)
_INSIDE = {True: "yes", False: "no", None: None}


def scored_report(scored: Sequence[ScoredForecast]) -> Report:
    """A line for each forecast that was kept; the note counts those whose interval holds the outcome."""
    lines = tuple(_scored(forecast) for forecast in scored)
    return Report(_SCORED, lines, (_accuracy(scored),), {"rows": [forecast._asdict() for forecast in scored]})


def _scored(s: ScoredForecast) -> Line:
    values: tuple[Value, ...] = (s.made_on, subject_name(s), s.by_day, s.forecast, _interval(s.low, s.high))
    outcome: tuple[Value, ...] = (s.until, round(s.meant), s.came, f"{round(s.error):+,}", _INSIDE[s.inside])
    return Line(s.entry, tuple(map(Cell, values + outcome)))


def _accuracy(scored: Sequence[ScoredForecast]) -> str:
    if not scored:
        return "No forecast was kept by then. Keep today's: campaign targets --keep"
    judged = [s for s in scored if s.inside is not None]
    if not judged:
        return "No working day has passed since these were kept."
    inside, over = sum(bool(s.inside) for s in judged), sum(s.is_over for s in judged)
    return (
        f"What came lies in the interval of {inside} of {counted(len(judged), 'forecast')}; 95 of 100 are meant to. "
        f"The day of {over} is over; of the others, what they meant for today is held against today."
    )
