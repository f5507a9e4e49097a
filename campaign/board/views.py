"""The views of the board: the question each asks, and the sheet that shows the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import Connection

from campaign.board.cohorts import ask_cohorts, draw_cohorts
from campaign.board.rendering import sheet_of
from campaign.board.sheets import Cell, Heading, Line, Sheet
from campaign.board.targets_view import ask_overdue, ask_targets, draw_overdue, draw_targets
from campaign.reports import report as reports
from campaign.reports.formats import text_of
from campaign.reports.funnel import NOTE, funnel_report
from campaign.reports.rates import grouped_report, provisional_note, total_report
from campaign.reports.report import Base, DrillDown
from campaign.reports.texts import number
from campaign.reports.yields import yields_report
from projections.filters import Scope
from projections.measures import BASES
from projections.questions.comparison import COMPARED
from projections.questions.funnel import FunnelStep, funnel
from projections.questions.hit_rates import hit_rates, total_of
from projections.questions.yields_by_kind import YieldTree, yields_by_kind

Row = dict[str, Any]


class View(NamedTuple):
    """``ask`` returns the rows of a scope, grouped by a dimension; ``draw`` lays them out as a sheet."""

    title: str
    ask: Callable[[Connection, Scope, str], Any]
    draw: Callable[[Scope, str, Any], Sheet]


DIMENSIONS = {"o": "office", "r": "region", "w": "week", "m": "month", "i": "industry", "s": "size"}
"""The key of each dimension. Consultants are left out on purpose: the board is not a ranking of persons."""


# Rates


def _ask_total(connection: Connection, scope: Scope, _: str) -> Row:
    return hit_rates(connection, scope)[0]


def _draw_total(scope: Scope, _: str, total: Row) -> Sheet:
    rates = map(_rate, total_report(total, scope).lines)
    counts = [_count(scope, total, name) for name in ("positions", "yields", "visits_planned", "visits_overdue")]
    return Sheet(_OF_TOTAL, (*rates, *counts), provisional_note([total], scope))


_OF_TOTAL = (
    Heading("rate"),
    Heading("share", is_number=True),
    Heading("95 %", is_number=True),
    Heading("number", is_number=True),
    Heading("of", is_number=True),
    Heading(""),
)


def _rate(line: reports.Line) -> Line:
    """The base of a rate in three columns: its numbers have different drill-downs."""
    name, share, interval, base = line.cells
    cells = (Cell(text_of(name.value)), Cell(text_of(share.value), share.drill_down), Cell(text_of(interval.value)))
    return Line(line.key, (*cells, *(_base(base.value, share, base) if isinstance(base.value, Base) else ())))


def _base(base: Base, share: reports.Cell, base_cell: reports.Cell) -> tuple[Cell, ...]:
    above, below = number(base.numerator), number(base.denominator)
    return Cell(above, share.drill_down), Cell(below, base_cell.drill_down), Cell(base.name)


def _count(scope: Scope, total: Row, name: str) -> Line:
    blank, cell = Cell(""), Cell(number(total[name]), DrillDown((name,), scope))
    return Line(name, (Cell(name.replace("_", " ")), blank, blank, cell, blank, blank))


# Groups


def _ask_groups(connection: Connection, scope: Scope, by: str) -> tuple[list[Row], Row]:
    rows = hit_rates(connection, scope, by)
    return rows, total_of(connection, scope, rows)


def _draw_groups(scope: Scope, by: str, rows_and_total: tuple[list[Row], Row]) -> Sheet:
    report = grouped_report(*rows_and_total, by, scope)
    is_marked = any(row.get(f"{name}_differs") for row in report.document["rows"] for name in COMPARED)
    notes = (_ONCE, *([_MARKS] if is_marked else []), *provisional_note(rows_and_total[0], scope))
    return sheet_of(report, notes, pinned=1)


_ONCE = "Companies count once in every line, so lines can add up to more than all."
_MARKS = 'Above, below: differs from "all" beyond chance (score test and Holm, 5 %).'


# The funnel


def _ask_steps(connection: Connection, scope: Scope, _: str) -> list[FunnelStep]:
    return funnel(connection, scope)


def _draw_steps(scope: Scope, _: str, steps: list[FunnelStep]) -> Sheet:
    return sheet_of(funnel_report(steps, scope), (NOTE,))


# Yields


def _ask_kinds(connection: Connection, scope: Scope, _: str) -> YieldTree:
    return yields_by_kind(connection, scope)


def _draw_kinds(scope: Scope, _: str, tree: YieldTree) -> Sheet:
    report = yields_report(tree, scope, BASES[0])
    return sheet_of(report, report.notes)


VIEWS = {
    "rates": View("Rates", _ask_total, _draw_total),
    "groups": View("By {by}", _ask_groups, _draw_groups),
    "funnel": View("Funnel", _ask_steps, _draw_steps),
    "yields": View("Yields", _ask_kinds, _draw_kinds),
    "targets": View("Targets", ask_targets, draw_targets),
    "overdue": View("Overdue", ask_overdue, draw_overdue),
    "cohorts": View("Cohorts", ask_cohorts, draw_cohorts),
}
"""The views in the order of their keys, 1, 2, ..."""
