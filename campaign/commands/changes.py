"""`campaign changes`: why a total differs from what was known on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.access import refuse_region
from campaign.reports.texts import counted
from campaign.terminal import completion, output
from campaign.terminal.options import command, option
from campaign.terminal.parameters import Day, MeasureName
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.reports.revisions import Revisions

OF = ("calls", "visits_held", "visits_with_yield", "yields", "positions")
"""The counts that are explained by default."""
MOST = 40
"""The number of lines shown on a terminal, shared by the counts."""


@command("changes")
@option("--since", type=Day(), required=True, metavar="DAY", help="Against what was known at the end of that day.")
@option(
    "--of",
    type=MeasureName(),
    metavar="COUNT",
    multiple=True,
    default=OF,
    show_default=True,
    shell_complete=completion.measures,
    help="The count to explain, by its name in campaign rates --json; repeat it for more.",
)
@report()
def changes(session: Session, request: ReportRequest, since: date, of: tuple[str, ...]) -> None:
    """Why a total has changed since a day: entries logged late, corrected, taken back or new.

    It compares the report as known at the end of that day with the report as known now, or with --known-on.
    """
    from campaign.reports.revisions import Revisions, all_lines_report
    from campaign.terminal.report_output import deliver
    from projections.questions.revisions import revised_counts
    from projections.questions.revisions import revisions as revisions_since

    refuse_region(session.home.access, "a single entry")
    _check(session, request, since)
    names = tuple(dict.fromkeys(of))
    with session.read() as connection:
        scope = scope_of(session, connection, request)
        lines = revisions_since(connection, scope, since, names)
        counts = revised_counts(connection, scope, names, lines)
    revisions = Revisions(counts, lines, since, request.known_on or session.today)
    notes = [in_words(scope, request), f"Against the same report as known on {since}."]
    if output.on_terminal() and not session.json and not request.output:
        _show(session, revisions, notes)
    else:
        deliver(session, request, all_lines_report(revisions), notes)


def _check(session: Session, request: ReportRequest, since: date) -> None:
    for name, day in (("--known-on", request.known_on), ("today", session.today)):
        if day and since > day:
            raise click.UsageError(f"--since {since} comes after {name} {day}: nothing can have changed since.")


def _show(session: Session, revisions: Revisions, notes: Sequence[str]) -> None:
    """The sums, then the first lines that make them."""
    from campaign.reports.revisions import first_lines, shown_report, sums_report
    from campaign.terminal.report_output import show

    show(sums_report(revisions), (), on_screen=True)
    lines = first_lines(revisions, MOST)
    if revisions.lines:
        output.show("")
        show(shown_report(lines), (), on_screen=True)
    hidden = len(revisions.lines) - len(lines)
    more = [f"{counted(hidden, 'line')} more: --json or -o FILE has them all, --of COUNT those of one count."]
    for note in [*notes, *(more if hidden > 0 else [])]:
        session.note(note)
