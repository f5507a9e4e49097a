"""`campaign yields`: positions by kind, parents with their "of which" lines, and totals of leaves."""

from __future__ import annotations

import click

from campaign.terminal.options import command, option
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session
from projections.measures import BASES


@command("yields")
@option(
    "--basis",
    type=click.Choice(BASES),
    default=BASES[0],
    show_default=True,
    help="The day that puts a yield into the period: that of its contact, or that it was recorded on.",
)
@report()
def yields(session: Session, request: ReportRequest, basis: str) -> None:
    """Positions by kind: a parent with the kinds below it, then totals in which each position is once."""
    from campaign.reports.yields import yields_report
    from campaign.terminal.report_output import deliver
    from projections.questions.yields_by_kind import yields_by_kind

    with session.read() as connection:
        scope = scope_of(session, connection, request)
        table = yields_report(yields_by_kind(connection, scope, basis), scope, basis)
    deliver(session, request, table, [in_words(scope, request), *table.notes])
