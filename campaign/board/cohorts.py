"""The cohort view: how soon the calls of each week led to visits, and its visits to yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from campaign.board.rendering import sheet_of
from campaign.board.sheets import Sheet
from campaign.reports.cohorts import cohorts_report
from campaign.reports.report import Cell, Column, DrillDown, Line, Report
from projections.filters import Scope
from projections.questions.cohorts import Triangle, cohorts

Triangles = tuple[Triangle, Triangle]


def ask_cohorts(connection: Connection, scope: Scope, _: str) -> Triangles:
    """The calls of each week and the visits they led to; the visits of each week and the yields they led to."""
    return cohorts(connection, replace(scope, kinds=()), "calls"), cohorts(connection, scope, "visits")


def draw_cohorts(scope: Scope, _: str, triangles: Triangles) -> Sheet:
    """A line for all, a line with the bases of its shares, and a line for each week."""
    calls, visits = (cohorts_report(triangle, scope) for triangle in triangles)
    columns = (calls.columns[0], *_columns(calls, "to a visit"), *_columns(visits, "to a yield"))
    weeks = sorted({line.key for report in (calls, visits) for line in report.lines if not line.role})
    lines = [
        Line(key, (Cell(key), *_cells(calls, key, "calls", scope), *_cells(visits, key, "visits_held", scope)))
        for key in (*weeks, "all", "of so many")
    ]
    return sheet_of(Report(columns, tuple(lines), (), {}), _notes(scope, triangles), pinned=2)


def _columns(report: Report, result: str) -> Iterator[Column]:
    for column in report.columns[1:]:
        yield replace(column, heading=f"{result}\n{column.heading}") if column.kind == "share" else column


def _cells(report: Report, key: str, count: str, scope: Scope) -> tuple[Cell, ...]:
    """The cells of a cohort after its name; a week without contacts has a base of 0 and no shares."""
    line = next((line for line in report.lines if line.key == key), None)
    if line:
        return line.cells[1:]
    return Cell(0, DrillDown((count,), scope.within("week", key))), *[Cell("")] * len(report.columns[2:])


def _notes(scope: Scope, triangles: Triangles) -> Iterator[str]:
    yield "Of the contacts of a week, those that led to something within so many weeks."
    yield "All: of the contacts that are so old; the line below says how many these are."
    if any(cell.maturing for triangle in triangles for row in triangle.rows for cell in row.cells):
        yield f"* Maturing: not all of them were so many weeks old on {scope.day}; more may come."
    if scope.kinds:
        yield "The kinds say which yields count; visits count for calls whatever they brought."
