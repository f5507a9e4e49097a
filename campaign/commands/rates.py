"""`campaign rates`: hit rates per visit and per call, in total or by a dimension."""

from __future__ import annotations

from typing import Any

import click

from campaign.access import refuse_region
from campaign.reports.texts import counted
from campaign.terminal.drill_down import likewise, opening
from campaign.terminal.options import command, option
from campaign.terminal.report_options import of_own_office, report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session
from projections.measures import DIMENSIONS


@command("rates")
@option("--by", type=click.Choice(DIMENSIONS), help="One line for each of these.")
@report()
def rates(session: Session, request: ReportRequest, by: str | None) -> None:
    """Hit rates per visit and per call, with their bases and 95 % intervals."""
    from campaign.reports.rates import grouped_report, total_report
    from campaign.terminal.report_output import deliver
    from projections.questions.hit_rates import hit_rates, total_of

    if by == "consultant":
        refuse_region(session.home.access, "who did what")
        request = of_own_office(session, request, "By consultant, figures are shown")
    if by == "industry":
        refuse_region(session.home.access, "the industry of a company")
    with session.read() as connection:
        scope = scope_of(session, connection, request, all_campaigns=by == "campaign")
        rows = hit_rates(connection, scope, by)
        total = total_of(connection, scope, rows) if by else rows[0]
    about = in_words(scope, request)
    if by:
        table = grouped_report(rows, total, by, scope)
        deliver(session, request, table, [about, *table.notes, *opening(session, request, by, rows)])
    else:
        table = total_report(total, scope)
        sources, *provisional = table.notes
        deliver(session, request, table, [about, sources, *_overdue(session, request, total), *provisional])


def _overdue(session: Session, request: ReportRequest, total: dict[str, Any]) -> list[str]:
    """How many visits are overdue, and the command that lists them for those who may see single entries."""
    late = total["visits_overdue"]
    hint = "" if session.home.access.region else f" Which: {likewise(session, request, 'entries --of visits_overdue')}"
    return [f"{counted(late, 'visit')} overdue.{hint}"] if late else []
