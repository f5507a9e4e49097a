"""`campaign entries`: the calls, visits, yields or letters behind a figure."""

from __future__ import annotations

import click

from campaign.access import refuse_region
from campaign.terminal import completion
from campaign.terminal.options import command, option
from campaign.terminal.parameters import MeasureName
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session
from projections.measures import BASES


@command("entries")
@option(
    "--of",
    type=MeasureName(),
    metavar="COUNT",
    default="visits_with_yield",
    show_default=True,
    shell_complete=completion.measures,
    help="The count to open, by its name in campaign rates --json.",
)
@option(
    "--basis",
    type=click.Choice(BASES),
    default=BASES[0],
    show_default=True,
    help="As in campaign yields: the day that puts a yield into the period.",
)
@option("--all-campaigns", is_flag=True, help="Of every campaign, as campaign rates --by campaign counts them.")
@report()
def entries(session: Session, request: ReportRequest, of: str, basis: str, all_campaigns: bool) -> None:
    """The entries behind a figure: exactly those that it counted, by day."""
    from campaign.reports.entries import OF_YIELDS, entries_report
    from campaign.terminal.report_output import deliver
    from projections.questions.entries import entries as entries_of

    refuse_region(session.home.access, "a single entry")
    if basis != BASES[0] and of not in OF_YIELDS:
        raise click.UsageError(f"--basis {basis} goes with --of {', '.join(OF_YIELDS)} alone.")
    with session.read() as connection:
        scope = scope_of(session, connection, request, all_campaigns)
        table = entries_report(entries_of(connection, scope, of, basis), of)
    deliver(session, request, table, [in_words(scope, request), *table.notes])
