"""`campaign funnel`: from letters to positions, each step with its share of the one before."""

from __future__ import annotations

from campaign.terminal.options import command
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session


@command("funnel")
@report()
def funnel(session: Session, request: ReportRequest) -> None:
    """From letters mailed to positions found: each step with its share of the one before."""
    from campaign.reports.funnel import funnel_report
    from campaign.terminal.report_output import deliver
    from projections.questions.funnel import funnel as funnel_steps

    with session.read() as connection:
        scope = scope_of(session, connection, request)
        table = funnel_report(funnel_steps(connection, scope), scope)
    deliver(session, request, table, [in_words(scope, request), *table.notes])
