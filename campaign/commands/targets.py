"""`campaign targets`: how far each number to reach has come, the pace it needs, and what to expect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.report_options import Asked, in_words, report, scope_of
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from projections.questions.forecasts import ScoredForecast
    from projections.questions.targets import Setting, Target


@command("targets")
@option("--keep", is_flag=True, help="Keep today's forecasts, so that they can be scored later.")
@option("--scored", is_flag=True, help="How forecasts that were kept came out.")
@report
def targets(session: Session, asked: Asked, keep: bool, scored: bool) -> None:
    """What was to be reached by when, what is, what a steady pace would have given, and what to expect."""
    _check(asked, keep, scored)
    if scored:
        _show_scored(session, asked)
    else:
        _show(session, asked, keep)


def _check(asked: Asked, keep: bool, scored: bool) -> None:
    if keep and scored:
        raise click.UsageError("Say --keep or --scored, not both.")
    if keep and (asked.as_of or asked.known_on):
        raise click.UsageError("A forecast is kept as it is made today: leave --as-of and --known-on out.")
    if asked.first or asked.last:
        raise click.UsageError("A target is judged from the campaign's first day on: leave the period out.")
    if asked.consultants or asked.industries or asked.sizes:
        raise click.UsageError("Targets are for the campaign, a region, an office or a kind: leave other filters out.")


# As they stand


def _show(session: Session, asked: Asked, keep: bool) -> None:
    from campaign.terminal.number_format import deliver
    from projections.questions.targets import targets as targets_of

    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        found = targets_of(connection, scope)
    notes = [in_words(scope, asked), *_settings(found), *(_NOTES if found else [_NONE])]
    deliver(session, asked, {"rows": [as_row(t) for t in found]}, _COLUMNS, [_line(t) for t in found], notes)
    if keep:
        _keep(session, found)


_COLUMNS = [
    Column("target", folds=True),
    Column("number", right=True),
    Column("by", drop=4),
    Column("reached", right=True),
    Column("of it", right=True, drop=7),
    Column("expected", right=True),
    Column("days left", right=True, drop=6),
    Column("pace", right=True, drop=3),
    Column("needed", right=True, drop=2),
    Column("forecast", right=True),
    Column("95 %", right=True, drop=1),
    Column("set on", drop=8),
    Column("set by", drop=9),
]
_NONE = "No target was set by then. Set one: campaign target SLUG MEASURE N --by DAY"
_NOTES = (
    "Expected: what a steady pace from the campaign's first day would have given by now. Pace: a working day, of the "
    "last 20; needed: a working day from now on. Forecast: if the pace stays, with the interval it lies in 95 of 100 times.",
)


def as_row(target: Target) -> dict[str, Any]:
    """A target as JSON has it: its fields, the history as a list of settings."""
    return target._asdict() | {"history": [setting._asdict() for setting in target.history]}


def _line(target: Target) -> list[str]:
    from campaign.reports.formats import NOTHING, number, percent

    def amount(value: float | None) -> str:
        return NOTHING if value is None else number(round(value, 1))

    ahead = NOTHING if target.forecast is None else number(target.forecast)
    sure = "" if target.low is None or target.high is None else f"{number(target.low)}–{number(target.high)}"
    return [
        named(target),
        number(target.number),
        str(target.by_day),
        number(target.reached),
        percent(target.reached / target.number if target.number else None),
        NOTHING if target.expected is None else number(round(target.expected)),
        number(target.left),
        amount(target.pace),
        amount(target.needed),
        ahead,
        sure,
        str(target.set_on),
        target.set_by,
    ]


def named(target: Target | ScoredForecast) -> str:
    """What a target is of: its count, its kind, and whose it is where it is not the campaign's."""
    from campaign.reference import offices

    kind = f" {target.kind}" if target.kind else ""
    whose = f", {target.office} {offices().name(target.office)}" if target.office else ""
    return f"{target.measure.replace('_', ' ')}{kind}{whose}{f', {target.region}' if target.region else ''}"


def _settings(found: Iterable[Target]) -> list[str]:
    """Of each target that was changed, every time it was set."""
    return [f"{named(t)}: {'; '.join(map(_told, t.history))}." for t in found if len(t.history) > 1]


def _told(setting: Setting) -> str:
    from campaign.reports.formats import number
    from campaign.terminal.dates import shown

    by = f" by {setting.by_day}" if setting.by_day else ""
    why = f" ({setting.because})" if setting.because else ""
    return f"{number(setting.number)}{by}, set on {shown(setting.set_on)} by {setting.set_by}{why}"


# Kept and scored


def _keep(session: Session, found: Sequence[Target]) -> None:
    from campaign.reports.formats import counted
    from domain.campaign import Forecast
    from domain.ids import short

    made = [
        Forecast(t.measure, t.office, t.region, t.kind, t.number, t.by_day, t.reached, t.forecast, t.low, t.high, days)
        for t in found
        if t.left and t.forecast is not None and t.low is not None and t.high is not None and (days := t.pace_days)
    ]
    if not made:
        session.note("There is nothing to forecast: no target lies ahead, or the campaign is too young for a pace.")
        return
    with session.tracker() as tracker:
        act = session.act(anywhere=True)
        facts: list[Any] = tracker.keep_forecasts(act, session.slug, made)
    if not facts:
        session.note("Today's forecasts are kept already; nothing was changed.")
        return
    session.note(f"Kept: {counted(len(facts[0].made), 'forecast')}. Undo: campaign undo {short(facts[0].entry)}")


def _show_scored(session: Session, asked: Asked) -> None:
    from campaign.terminal.number_format import deliver
    from projections.questions.forecasts import scored_forecasts

    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        found = scored_forecasts(connection, scope)
    lines = [_scored_line(s) for s in found]
    value = {"rows": [s._asdict() for s in found]}
    deliver(session, asked, value, _SCORED, lines, [in_words(scope, asked), *_verdict(found)])


_SCORED = [
    Column("made on"),
    Column("forecast of", folds=True),
    Column("by", drop=3),
    Column("forecast", right=True, drop=4),
    Column("95 %", right=True, drop=5),
    Column("until"),
    Column("meant", right=True),
    Column("came", right=True),
    Column("off", right=True, drop=2),
    Column("inside"),
]


def _scored_line(s: ScoredForecast) -> list[str]:
    from campaign.reports.formats import number

    sure = f"{number(s.low)}–{number(s.high)}"
    ends = [str(s.by_day), number(s.forecast), sure, str(s.until)]
    came = [number(round(s.meant)), number(s.came), f"{round(s.error):+,}"]
    return [str(s.made_on), named(s), *ends, *came, _INSIDE[s.inside]]


_INSIDE = {True: "yes", False: "no", None: "-"}


def _verdict(found: Sequence[ScoredForecast]) -> list[str]:
    from campaign.reports.formats import counted

    if not found:
        return ["No forecast was kept by then. Keep today's: campaign targets --keep"]
    told = [s for s in found if s.inside is not None]
    inside, over = sum(map(bool, (s.inside for s in told))), sum(s.is_over for s in told)
    if not told:
        return ["No working day has passed since these were kept."]
    return [
        f"What came lies in the interval of {inside} of {counted(len(told), 'forecast')}; 95 of 100 are meant to. "
        f"The day of {over} is over; of the others, what they meant for today is held against today."
    ]
