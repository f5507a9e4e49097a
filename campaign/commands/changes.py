"""`campaign changes`: why a total is another than it was on the day it was told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from campaign.terminal import completion, output
from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.parameters import Day, MeasureName
from campaign.terminal.report_options import Asked, in_words, refuse_region, report, scope_of
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from projections.questions.revisions import RevisedCount, Revision

OF = ("calls", "visits_held", "visits_with_yield", "yields", "positions")
"""The counts that are explained when none is named."""
MOST = 40
"""So many lines are shown on a terminal, shared by the counts: that is as much as anybody reads there."""


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
@report
def changes(session: Session, asked: Asked, since: date, of: tuple[str, ...]) -> None:
    """Why a total changed since a day: what was logged late, corrected, taken back or happened since.

    Both are the same report: as known at the end of the day, and as known now or with --known-on.
    """
    from campaign.terminal.number_format import deliver
    from projections.questions.revisions import revised_counts as totals_of
    from projections.questions.revisions import revisions as changes_of

    refuse_region(session, "a single entry")
    _check(session, asked, since)
    named = tuple(dict.fromkeys(of))
    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        rows = changes_of(connection, scope, since, named)
        totals = totals_of(connection, scope, named, rows)
    known_on = asked.known_on or session.today
    value = {
        "since": since,
        "known_on": known_on,
        "totals": [total._asdict() for total in totals],
        "rows": [row._asdict() for row in rows],
    }
    notes = [in_words(scope, asked), f"Against the same report as known on {since}."]
    if output.on_terminal() and not session.json and not asked.output:
        _show(session, totals, rows, (since, known_on), notes)
    else:
        deliver(session, asked, value, _COLUMNS, _all_lines(totals, rows, (since, known_on)), notes)


def _check(session: Session, asked: Asked, since: date) -> None:
    for name, day in (("--known-on", asked.known_on), ("today", session.today)):
        if day and since > day:
            raise click.UsageError(f"--since {since} comes after {name} {day}: nothing can have changed since.")


_SUMS = [Column("count"), Column("number", right=True), Column("what it is", folds=True)]
_SHOWN = [
    Column("count", folds=True),
    Column("+/-", right=True),
    Column("cause"),
    Column("day"),
    Column("logged", drop=7),
    Column("said", folds=True, drop=5),
    Column("company", folds=True),
    Column("office", drop=8),
    Column("consultant", drop=9),
    Column("entry", drop=6),
]
_COLUMNS = [
    *map(Column, ("count", "effect", "cause", "day", "logged", "said", "because")),
    *map(Column, ("company", "cvr", "office", "consultant", "entry")),
]


def _show(
    session: Session,
    totals: Sequence[RevisedCount],
    rows: Sequence[Revision],
    days: tuple[date, date],
    notes: Sequence[str],
) -> None:
    """The sums, then the first lines that make them."""
    from campaign.reports.formats import counted

    output.show_table(_SUMS, [line for total in totals for line in _sums(total, rows, days)])
    first = _first(totals, rows)
    if rows:
        output.show("")
        output.show_table(_SHOWN, map(_shown, first))
    left = len(rows) - len(first)
    more = [f"{counted(left, 'line')} more: --json or -o FILE has them all, --of COUNT those of one count."]
    for note in [] if session.quiet else [*notes, *(more if left > 0 else [])]:
        output.talk(note)


def _first(totals: Sequence[RevisedCount], rows: Sequence[Revision]) -> list[Revision]:
    """As many lines as are shown: of each count the same number, and what one leaves is the others'."""
    by_count = [[row for row in rows if row.of == total.of] for total in totals]
    each, left = 0, MOST
    while left >= (more := sum(len(some) > each for some in by_count)) > 0:
        each, left = each + 1, left - more
    return [row for some in by_count for row in some[: max(1, each)]]


def _sums(total: RevisedCount, rows: Sequence[Revision], days: tuple[date, date]) -> list[list[str]]:
    """What was known then, what each cause did, and what is known now."""
    from campaign.reports.formats import number
    from projections.questions.revision_causes import CAUSES

    since, known_on = days
    of = total.of.replace("_", " ")
    targets = [["", "", f"target: {row.said}"] for row in rows if row.of == total.of and row.cause == "target"]
    causes = [["", _signed(n), f"{cause}: {CAUSES[cause]}"] for cause, n in total.by_cause.items()]
    if not causes:
        return [[of, number(total.after), f"as known on {known_on}, and on {since}"], *targets]
    before, after = f"as known on {since}", f"as known on {known_on}"
    return [[of, number(total.before), before], *causes, ["", number(total.after), after], *targets]


def _all_lines(totals: Sequence[RevisedCount], rows: Sequence[Revision], days: tuple[date, date]) -> list[list[str]]:
    """Of each count: what was known then, every line, what is known now. Each last number is the sum of those above."""
    lines = []
    for total in totals:
        lines.append(_edge(total.of, total.before, days[0]))
        lines += [_line(row) for row in rows if row.of == total.of]
        lines.append(_edge(total.of, total.after, days[1]))
    return lines


def _edge(of: str, number: int, day: date) -> list[str]:
    return [of, str(number), f"known on {day}", *[""] * (len(_COLUMNS) - 3)]


def _line(row: Revision) -> list[str]:
    what = (row.of, str(row.effect), row.cause, row.day, row.recorded_on or "", row.said, row.because)
    return [*what, row.company or "", row.cvr, row.office, row.consultant, row.entry[:8]]


def _shown(row: Revision) -> list[str]:
    what = (row.of.replace("_", " "), _signed(row.effect), row.cause, row.day, row.recorded_on or "")
    said = ": ".join(filter(None, (row.said, row.because)))
    return [*what, said, row.company or "", row.office, row.consultant, row.entry[:8]]


def _signed(effect: int) -> str:
    return f"{effect:+,}" if effect else "0"
