"""`campaign yields`: positions by kind, parents with their "of which" lines, and totals of leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.report_options import Asked, in_words, report, scope_of
from campaign.terminal.session import Session
from projections.measures import BASES

if TYPE_CHECKING:
    from projections.questions.yields_by_kind import KindRow, YieldTree


@command("yields")
@option(
    "--basis",
    type=click.Choice(BASES),
    default=BASES[0],
    show_default=True,
    help="The period is that of the contact a yield came from, or of the day the yield was recorded.",
)
@report
def yields(session: Session, asked: Asked, basis: str) -> None:
    """Positions by kind: a parent with the kinds below it, then totals in which each position is once."""
    from campaign.terminal.number_format import deliver
    from projections.questions.yields_by_kind import yields_by_kind

    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        tree = yields_by_kind(connection, scope, basis)
    deliver(session, asked, as_json(tree), _COLUMNS, _lines(tree), [in_words(scope, asked), _NOTES[basis], _ONCE])


_COLUMNS = [
    Column("kind", folds=True),
    Column("positions", right=True),
    Column("yields", right=True),
    Column("class", drop=1),
]
_NOTES = {
    "contact": "A yield counts on the day of the visit or call it came from.",
    "recorded": "A yield counts on the day it was recorded.",
}
_ONCE = 'Lines "of which" are in the line above them already; each total holds every position once.'


def as_json(tree: YieldTree) -> dict[str, Any]:
    """The rows, the total and the totals by support class."""
    return {
        "rows": [row._asdict() for row in tree.rows],
        "total": tree.total._asdict(),
        "by_support_class": {word: amount._asdict() for word, amount in tree.by_support_class.items()},
    }


def _lines(tree: YieldTree) -> list[list[str]]:
    from campaign.reports.formats import number

    kinds = [[_named(r), number(r.positions), number(r.yields), r.support_class] for r in tree.rows]
    classes = [
        [f"all {word}", number(amount.positions), number(amount.yields), word]
        for word, amount in tree.by_support_class.items()
        if amount.yields
    ]
    return [*kinds, *classes, ["all", number(tree.total.positions), number(tree.total.yields), ""]]


def _named(row: KindRow) -> str:
    return f"{'  ' * row.depth}of which {row.kind}" if row.depth else row.kind
