"""`campaign cohorts`: how soon the calls of a week led to visits, and the visits to yields."""

from __future__ import annotations

import click

from campaign.terminal.options import command, option
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session


@command("cohorts")
@option(
    "--of",
    type=click.Choice(("calls", "visits")),
    default="calls",
    show_default=True,
    help="Calls that led to a held visit, or held visits that led to a yield.",
)
@option(
    "--by",
    type=click.Choice(("week", "month")),
    default="week",
    show_default=True,
    help="One line for the contacts of each of these.",
)
@report()
def cohorts(session: Session, request: ReportRequest, of: str, by: str) -> None:
    """How soon calls led to visits, or visits to yields: the share of each week's within 1, 2, 4 and 8 weeks."""
    from campaign.reports.cohorts import cohorts_report
    from campaign.terminal.report_output import deliver
    from projections.questions.cohorts import cohorts as triangle_of

    if of == "calls" and request.kinds:
        raise click.UsageError("Kinds are of yields, and calls lead to visits here. For yields say --of visits.")
    with session.read() as connection:
        scope = scope_of(session, connection, request)
        table = cohorts_report(triangle_of(connection, scope, of, by), scope)
    deliver(session, request, table, [in_words(scope, request), *table.notes])
