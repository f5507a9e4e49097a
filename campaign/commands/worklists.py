"""`campaign today` and `campaign overdue`: what is agreed for today, and what should have happened and has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from campaign.access import refuse_region
from campaign.reports.worklists import ITEM_NAMES
from campaign.terminal import completion, output
from campaign.terminal.drill_down import likewise
from campaign.terminal.options import command, option
from campaign.terminal.parameters import OneOf
from campaign.terminal.report_options import of_own_office, report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.reports.report import Report


@command("today")
@option("--all", "everybody", is_flag=True, help="Of all consultants, not only yours.")
@report()
def today(session: Session, request: ReportRequest, everybody: bool) -> None:
    """Your appointments, call-backs and starts of today; --all, --office or --consultant: those of others."""
    from campaign.reports.worklists import today_report
    from projections.questions.worklists import due_on, overdue_counts

    refuse_region(session.home.access, "what is to be done")
    mine = not (everybody or request.consultants or request.regions or _named_offices(session, request))
    me = (session.consultant,) if mine else request.consultants
    with session.read() as connection:
        scope = replace(scope_of(session, connection, request), consultants=me)
        due, late = due_on(connection, scope), overdue_counts(connection, scope)
    request = replace(request, consultants=me)
    table = today_report(due, late, scope)
    summary, *left_out = table.notes
    _show(session, request, table, [in_words(scope, request), summary, *_more(session, request, late), *left_out])


@command("overdue")
@option("--all", "everywhere", is_flag=True, help="Of all offices, not only yours.")
@option("--by", type=click.Choice(["consultant", "office"]), help="One line of numbers for each of these.")
@option(
    "--what",
    "item_kinds",
    multiple=True,
    type=OneOf("kind of overdue work", tuple(ITEM_NAMES)),
    metavar="WORK",
    shell_complete=completion.words(tuple(ITEM_NAMES)),
    help=f"Only these; can be repeated: {', '.join(ITEM_NAMES)}.",
)
@report()
def overdue(
    session: Session, request: ReportRequest, everywhere: bool, by: str | None, item_kinds: tuple[str, ...]
) -> None:
    """What should have happened and has not, in your office or others."""
    from campaign.reports.worklists import grouped_overdue_report, overdue_report
    from projections.questions.worklists import overdue as overdue_on

    refuse_region(session.home.access, "what is overdue")
    request = _of_own_office(session, request, everywhere, by)
    with session.read() as connection:
        scope = scope_of(session, connection, request)
        late = overdue_on(connection, scope)
    late = late._replace(items=[item for item in late.items if item.what in (item_kinds or ITEM_NAMES)])
    table = grouped_overdue_report(late, item_kinds, by, scope) if by else overdue_report(late, item_kinds, scope)
    _show(session, request, table, [in_words(scope, request), *table.notes])


def _named_offices(session: Session, request: ReportRequest) -> set[str]:
    """The offices of the command line; a role in a database has its own anyway."""
    return set(request.offices) - {session.home.access.office}


def _of_own_office(session: Session, request: ReportRequest, everywhere: bool, by: str | None) -> ReportRequest:
    """The request narrowed to the office that is set, unless the command line names others or says ``--all``."""
    if by == "consultant":
        if everywhere:
            raise click.UsageError("By consultant, numbers are of your own office only. Leave --all out.")
        return of_own_office(session, request, "By consultant, figures are shown")
    is_narrowed = request.offices or request.regions or request.consultants
    is_own = not (is_narrowed or everywhere or by) and session.setting("office")
    return replace(request, offices=(session.office,)) if is_own else request


def _show(session: Session, request: ReportRequest, table: Report, notes: list[str]) -> None:
    """As any report; on a terminal an empty list is its notes, without headings of nothing."""
    from campaign.terminal.report_output import deliver

    if table.lines or request.output or session.json or not output.on_terminal():
        deliver(session, request, table, notes)
        return
    for note in notes:
        session.note(note)


def _more(session: Session, request: ReportRequest, late: Mapping[str, int]) -> list[str]:
    more = sum(late.values())
    if not more:
        return []
    words = "overdue" if request.consultants or request.offices or request.regions else "overdue --all"
    return [f"{more:,} more {'is' if more == 1 else 'are'} overdue: {likewise(session, request, words)}"]
