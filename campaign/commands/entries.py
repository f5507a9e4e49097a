"""`campaign entries`: the calls, visits, yields or letters behind a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from campaign.terminal import completion
from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.parameters import MeasureName
from campaign.terminal.report_options import Asked, in_words, refuse_region, report, scope_of
from campaign.terminal.session import Session
from projections.measures import BASES, COUNTS

if TYPE_CHECKING:
    from projections.questions.entries import Entry


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
    help="As in campaign yields: the period of yields is that of their contact, or of the day they were recorded.",
)
@option("--all-campaigns", is_flag=True, help="Of every campaign, as campaign rates --by campaign counts in all.")
@report
def entries(session: Session, asked: Asked, of: str, basis: str, all_campaigns: bool) -> None:
    """The entries behind a figure: exactly those that it counted, by day."""
    from campaign.terminal.number_format import deliver
    from projections.questions.entries import entries as entries_of

    refuse_region(session, "a single entry")
    if basis != BASES[0] and of not in _OF_YIELDS:
        raise click.UsageError(f"--basis {basis} goes with --of {', '.join(_OF_YIELDS)} alone.")
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns)
        listed = entries_of(connection, scope, of, basis)
    said = f"{of}: {COUNTS[of]}. {_amount(of, listed)}."
    value = {"of": of, "rows": [entry._asdict() for entry in listed]}
    deliver(session, asked, value, _columns(of), [_line(entry) for entry in listed], [in_words(scope, asked), said])


_OF_YIELDS = ("yields", "positions", "positions_from_visits")
_COLUMNS = [
    Column("entry"),
    Column("day"),
    Column("what", drop=5),
    Column("said"),
    Column("positions", right=True, drop=6),
    Column("company", folds=True),
    Column("cvr", drop=1),
    Column("office", drop=3),
    Column("consultant", drop=4),
]


def _columns(of: str) -> list[Column]:
    """Of yields the positions stay, however narrow it is."""
    return [c._replace(drop=0) if c.heading == "positions" and of in _OF_YIELDS else c for c in _COLUMNS]


def _line(entry: Entry) -> list[str]:
    positions = "" if entry.positions is None else str(entry.positions)
    what = (entry.entry[:8], entry.day, entry.what, entry.said or "", positions)
    return [*what, entry.company or "", entry.cvr, entry.office, entry.consultant]


def _amount(of: str, listed: list[Entry]) -> str:
    from campaign.reports.formats import counted

    found = counted(len(listed), "entry", "entries")
    if of.startswith("companies_"):
        return f"{counted(len({entry.cvr for entry in listed}), 'company', 'companies')} in {found}"
    if of.startswith("positions"):
        return f"{counted(sum(entry.positions or 0 for entry in listed), 'position')} in {found}"
    return found
