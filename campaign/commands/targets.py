"""`campaign targets`: how far each number to reach has come, the pace it needs, and what to expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from campaign.reports.texts import counted
from campaign.terminal.options import command, option
from campaign.terminal.report_options import PERIOD, report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session
from domain.ids import short

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.questions.targets import Target


_NOT_OF_TARGETS = (*PERIOD, "--consultant", "--industry", "--size")
"""A target is of the campaign, a region, an office or a kind, and judged from the campaign's first day on."""


@command("targets", omit=_NOT_OF_TARGETS)
@option("--keep", is_flag=True, help="Store today's forecasts, to be scored later.")
@option("--scored", is_flag=True, help="Compare stored forecasts with the outcome.")
@report(omit=_NOT_OF_TARGETS)
def targets(session: Session, request: ReportRequest, keep: bool, scored: bool) -> None:
    """Each target with its deadline, progress, expected progress and forecast."""
    _check(request, keep, scored)
    if scored:
        _show_scored(session, request)
    else:
        _show(session, request, keep)


def _check(request: ReportRequest, keep: bool, scored: bool) -> None:
    if keep and scored:
        raise click.UsageError("Say --keep or --scored, not both.")
    if keep and (request.as_of or request.known_on):
        raise click.UsageError("A forecast is kept as it is made today: leave --as-of and --known-on out.")


def _show(session: Session, request: ReportRequest, keep: bool) -> None:
    from campaign.reports.targets import targets_report
    from campaign.terminal.report_output import deliver
    from projections.questions.targets import targets as targets_of

    with session.read() as connection:
        scope = scope_of(session, connection, request)
        rows = targets_of(connection, scope)
    table = targets_report(rows, scope)
    deliver(session, request, table, [in_words(scope, request), *table.notes])
    if keep:
        _keep(session, rows)


def _keep(session: Session, rows: Sequence[Target]) -> None:
    from domain.campaign import Forecast

    forecasts = [
        Forecast(t.measure, t.office, t.region, t.kind, t.number, t.by_day, t.reached, t.forecast, t.low, t.high, days)
        for t in rows
        if t.left and t.forecast is not None and t.low is not None and t.high is not None and (days := t.pace_days)
    ]
    if not forecasts:
        session.note("There is nothing to forecast: no target lies ahead, or the campaign is too young for a pace.")
        return
    with session.tracker() as tracker:
        act = session.act(anywhere=True)
        facts: list[Any] = tracker.keep_forecasts(act, session.slug, forecasts)
    if not facts:
        session.note("Today's forecasts are kept already; nothing was changed.")
        return
    session.note(f"Kept: {counted(len(facts[0].made), 'forecast')}. Undo: campaign undo {short(facts[0].entry)}")


def _show_scored(session: Session, request: ReportRequest) -> None:
    from campaign.reports.targets import scored_report
    from campaign.terminal.report_output import deliver
    from projections.questions.forecasts import scored_forecasts

    with session.read() as connection:
        scope = scope_of(session, connection, request)
        table = scored_report(scored_forecasts(connection, scope))
    deliver(session, request, table, [in_words(scope, request), *table.notes])
