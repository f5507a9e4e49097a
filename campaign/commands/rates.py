"""`campaign rates`: hit rates per visit and per call, in total or by a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.terminal import output
from campaign.terminal.declaring import command, option
from campaign.terminal.output import Column
from campaign.terminal.scopes import Asked, in_words, refuse_region, report, scope_of
from campaign.terminal.session import Session
from projections.measures import DIMENSIONS, MATURING_DAYS, RATES

if TYPE_CHECKING:
    from projections.scope import Scope

Row = dict[str, Any]


@command("rates")
@option("--by", type=click.Choice(DIMENSIONS), help="One line for each of these.")
@report
def rates(session: Session, asked: Asked, by: str | None) -> None:
    """Hit rates per visit and per call, what they are shares of, and how sure they are."""
    from campaign.terminal.figures import deliver, group
    from projections.hit_rates import hit_rates, total_of

    if by == "consultant":
        refuse_region(session, "who did what")
    if by == "industry":
        refuse_region(session, "the industry of a company")
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns=by == "campaign")
        rows = hit_rates(connection, scope, by)
        total = total_of(connection, scope, rows) if by else rows[0]
    about = in_words(scope, asked)
    if by:
        mark = _mark(by, rows, asked)
        lines = [*(_grouped_line(group(by, row[by]), row, mark) for row in rows), _grouped_line("all", total, mark)]
        shown = (_grouped_columns(by, mark), lines, [about, *_grouped_notes(rows, scope)])
    else:
        shown = (_COLUMNS, _lines(total), [about, *_notes(total, scope)])
    deliver(session, asked, {"rows": rows, "total": total}, *shown)


_COLUMNS = [Column("rate"), Column("share", right=True), Column("95 %", right=True), Column("of", folds=True)]
_OF = {
    "visit_hit_rate": "visits held",
    "call_hit_rate": "calls",
    "acceptance_rate": "companies called",
    "reach_rate": "calls",
    "accepted_per_reached": "companies reached",
    "held_rate": "visits settled",
    "no_show_rate": "visits held or missed",
}


def _lines(total: Row) -> list[list[str]]:
    from campaign.terminal.figures import NOTHING, interval, number, rate
    from projections.measures import base

    lines = []
    for name in RATES:
        numerator, denominator = base(total, name)
        of = f"{number(numerator)} of {number(denominator)} {_OF[name]}"
        lines.append([name.replace("_", " "), rate(total, name), interval(total, name), of])
    ratio = total["positions_per_visit"]
    of = f"{number(total['positions_from_visits'])} from {number(total['visits_held'])} visits held"
    return [*lines, ["positions per visit", NOTHING if ratio is None else f"{ratio:.2f}", "", of]]


def _notes(total: Row, scope: Scope) -> list[str]:
    from campaign.terminal.figures import counted

    said = f"{counted(total['positions'], 'position')} in {counted(total['yields'], 'yield')}, from visits and calls."
    late = total["visits_overdue"]
    overdue = [f"{counted(late, 'visit')} overdue. Which: campaign entries --of visits_overdue"] if late else []
    return [said, *overdue, *_maturing_note([total], scope)]


def _mark(by: str, rows: list[Row], asked: Asked) -> tuple[Column, str] | None:
    """How a maturing period is marked: briefly where a person reads, and only if there is one."""
    if by not in ("week", "month"):
        return None
    if asked.output or not output.on_terminal():
        return Column("maturing"), "yes"
    return (Column("*"), "*") if any(row["maturing"] for row in rows) else None


def _grouped_columns(by: str, mark: tuple[Column, str] | None) -> list[Column]:
    return [
        Column(by, folds=True),
        *([mark[0]] if mark else []),
        Column("held", right=True),
        Column("with yield", right=True, drop=6),
        Column("visit hit rate", right=True),
        Column("visit 95 %", right=True, drop=3),
        Column("calls", right=True),
        Column("to a yield", right=True, drop=7),
        Column("call hit rate", right=True),
        Column("call 95 %", right=True, drop=4),
        Column("called", right=True, drop=2),
        Column("acceptance rate", right=True, drop=1),
        Column("positions", right=True, drop=5),
    ]


def _grouped_line(word: str, row: Row, mark: tuple[Column, str] | None) -> list[str]:
    from campaign.terminal.figures import interval, number, rate

    return [
        word,
        *([mark[1] if row["maturing"] else ""] if mark else []),
        number(row["visits_held"]),
        number(row["visits_with_yield"]),
        rate(row, "visit_hit_rate"),
        interval(row, "visit_hit_rate"),
        number(row["calls"]),
        number(row["calls_with_yield"]),
        rate(row, "call_hit_rate"),
        interval(row, "call_hit_rate"),
        number(row["companies_called"]),
        rate(row, "acceptance_rate"),
        number(row["positions"]),
    ]


def _grouped_notes(rows: list[Row], scope: Scope) -> list[str]:
    return [_SHARES, _ONCE, *_maturing_note(rows, scope)]


_ONCE = "Companies are counted once in every line, so the lines can add up to more than all."
_SHARES = (
    "Visit hit rate: of the visits held, those with a yield. Call hit rate: of the calls, those that led to a yield. "
    "Acceptance rate: of the companies called, those that said yes to a visit. 95 %: where the rate lies (Wilson)."
)


def _maturing_note(rows: list[Row], scope: Scope) -> list[str]:
    if not any(row["maturing"] for row in rows):
        return []
    return [f"* Maturing: less than {MATURING_DAYS} days old on {scope.day}; yields may still come."]
