"""`campaign rates`: hit rates per visit and per call, in total or by a dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import click

from campaign.terminal import output
from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.report_options import Asked, in_words, of_own_office, refuse_region, report, scope_of
from campaign.terminal.session import Session
from projections.measures import DIMENSIONS, PROVISIONAL_DAYS, RATES
from projections.questions.comparison import COMPARED, MARKED, compared, with_marks

if TYPE_CHECKING:
    from projections.filters import Scope

Row = dict[str, Any]


@command("rates")
@option("--by", type=click.Choice(DIMENSIONS), help="One line for each of these.")
@report
def rates(session: Session, asked: Asked, by: str | None) -> None:
    """Hit rates per visit and per call, what they are shares of, and how sure they are."""
    from campaign.terminal.drill_down import opening
    from campaign.terminal.number_format import deliver, group
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
        rows = with_marks(rows, total) if by in MARKED else rows
        marks = _marks(by, rows, asked)
        lines = [*(_grouped_line(group(by, row[by]), row, marks) for row in rows), _grouped_line("all", total, marks)]
        notes = [
            about,
            *_grouped_notes(by, rows, scope),
            *_marks_note(by, rows, total),
            *opening(session, asked, by, rows),
        ]
        shown = (_grouped_columns(by, marks), lines, notes)
    else:
        shown = (_COLUMNS, _lines(total), [about, *_notes(session, asked, total, scope)])
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
    from campaign.terminal.number_format import NOTHING, interval, number, rate
    from projections.measures import base

    lines = []
    for name in RATES:
        numerator, denominator = base(total, name)
        of = f"{number(numerator)} of {number(denominator)} {_OF[name]}"
        lines.append([name.replace("_", " "), rate(total, name), interval(total, name), of])
    ratio = total["positions_per_visit"]
    of = f"{number(total['positions_from_visits'])} from {number(total['visits_held'])} visits held"
    return [*lines, ["positions per visit", NOTHING if ratio is None else f"{ratio:.2f}", "", of]]


def _notes(session: Session, asked: Asked, total: Row, scope: Scope) -> list[str]:
    from campaign.terminal.drill_down import likewise
    from campaign.terminal.number_format import counted

    said = f"{counted(total['positions'], 'position')} in {counted(total['yields'], 'yield')}, from visits and calls."
    late = total["visits_overdue"]
    which = "" if session.home.own_region else f" Which: {likewise(session, asked, 'entries --of visits_overdue')}"
    overdue = [f"{counted(late, 'visit')} overdue.{which}"] if late else []
    return [said, *overdue, *_maturing_note([total], scope)]


class _Marks(NamedTuple):
    """How a maturing period is marked, and where it is said that a rate differs from that of all."""

    maturing: tuple[Column, str] | None
    differs: Literal["", "behind the rate", "apart"]


def _marks(by: str, rows: list[Row], asked: Asked) -> _Marks:
    """Briefly where a person reads, and only if there is anything to mark; else in columns of their own."""
    aloud = not asked.output and output.on_terminal()
    brief = (Column("*"), "*") if any(row["maturing"] for row in rows) else None
    maturing = brief if aloud else (Column("maturing"), "yes")
    differs: Literal["behind the rate", "apart"] = "behind the rate" if aloud else "apart"
    return _Marks(maturing if by in ("week", "month") else None, differs if by in MARKED else "")


def _grouped_columns(by: str, marks: _Marks) -> list[Column]:
    right = marks.differs != "behind the rate"
    return [
        Column(by, folds=True),
        *([marks.maturing[0]] if marks.maturing else []),
        Column("held", right=True),
        Column("with yield", right=True, drop=6),
        Column("visit hit rate", right),
        Column("visit 95 %", right=True, drop=3),
        Column("calls", right=True),
        Column("to a yield", right=True, drop=7),
        Column("call hit rate", right),
        Column("call 95 %", right=True, drop=4),
        Column("called", right=True, drop=2),
        Column("acceptance rate", right, drop=1),
        Column("positions", right=True, drop=5),
        *(Column(f"{rate.replace('_', ' ')} differs") for rate in COMPARED if marks.differs == "apart"),
    ]


def _grouped_line(word: str, row: Row, marks: _Marks) -> list[str]:
    from campaign.terminal.number_format import interval, marked, number, rate

    shown = marked if marks.differs == "behind the rate" else rate
    return [
        word,
        *([marks.maturing[1] if row["maturing"] else ""] if marks.maturing else []),
        number(row["visits_held"]),
        number(row["visits_with_yield"]),
        shown(row, "visit_hit_rate"),
        interval(row, "visit_hit_rate"),
        number(row["calls"]),
        number(row["calls_with_yield"]),
        shown(row, "call_hit_rate"),
        interval(row, "call_hit_rate"),
        number(row["companies_called"]),
        shown(row, "acceptance_rate"),
        number(row["positions"]),
        *(row.get(f"{rate}_differs") or "" for rate in COMPARED if marks.differs == "apart"),
    ]


def _grouped_notes(by: str, rows: list[Row], scope: Scope) -> list[str]:
    return [_SHARES, _ONCE, *(_maturing_note(rows, scope) if by in ("week", "month") else [])]


_ONCE = "Companies are counted once in every line, so the lines can add up to more than all."
_SHARES = (
    "Visit hit rate: of the visits held, those with a yield. Call hit rate: of the calls, those that led to a yield. "
    "Acceptance rate: of the companies called, those that said yes to a visit. 95 %: where the rate lies (Wilson)."
)


def _marks_note(by: str, rows: list[Row], total: Row) -> list[str]:
    """What the marks mean, and that there are none when there are none."""
    groups = [number for number in compared(rows, total) if number] if by in MARKED else []
    if not groups:
        return []
    found = any(row[f"{rate}_differs"] for row in rows for rate in COMPARED)
    said = 'Marked above or below: differs from "all"' if found else f'Nothing is marked: no {by} differs from "all"'
    family = f"{' to '.join(map(str, sorted({min(groups), max(groups)})))} {by}{'' if max(groups) == 1 else 's'}"
    return [f"{said} beyond chance. Score test (Wilson), Holm-corrected over {family}, 5 % in all for each rate."]


def _maturing_note(rows: list[Row], scope: Scope) -> list[str]:
    if not any(row["maturing"] for row in rows):
        return []
    return [f"* Maturing: less than {PROVISIONAL_DAYS} days old on {scope.day}; yields may still come."]
