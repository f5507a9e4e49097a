"""`campaign rates`: hit rates per visit and per call, in total or by a dimension."""

from __future__ import annotations

from typing import Any

import click

from campaign.reports.texts import counted
from campaign.terminal.drill_down import likewise, opening
from campaign.terminal.options import command, option
from campaign.terminal.report_options import Asked, in_words, of_own_office, refuse_region, report, scope_of
from campaign.terminal.session import Session
from projections.measures import DIMENSIONS


@command("rates")
@option("--by", type=click.Choice(DIMENSIONS), help="One line for each of these.")
@report
def rates(session: Session, asked: Asked, by: str | None) -> None:
    """Hit rates per visit and per call, what they are shares of, and how sure they are."""
    from campaign.reports.rates import grouped_report, total_report
    from campaign.terminal.report_output import deliver
    from projections.questions.hit_rates import hit_rates, total_of

    if by == "consultant":
        refuse_region(session, "who did what")
        asked = of_own_office(session, asked)
    if by == "industry":
        refuse_region(session, "the industry of a company")
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns=by == "campaign")
        rows = hit_rates(connection, scope, by)
        total = total_of(connection, scope, rows) if by else rows[0]
    about = in_words(scope, asked)
    if by:
        table = grouped_report(rows, total, by, scope)
        deliver(session, asked, table, [about, *table.notes, *opening(session, asked, by, rows)])
    else:
        table = total_report(total, scope)
        sources, *provisional = table.notes
        deliver(session, asked, table, [about, sources, *_overdue(session, asked, total), *provisional])


def _overdue(session: Session, asked: Asked, total: dict[str, Any]) -> list[str]:
    """How many visits are overdue, and the command that lists them for those who may see single entries."""
    late = total["visits_overdue"]
    which = "" if session.home.access.region else f" Which: {likewise(session, asked, 'entries --of visits_overdue')}"
    return [f"{counted(late, 'visit')} overdue.{which}"] if late else []
