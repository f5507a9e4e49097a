"""Cohorts: how soon the calls of a period led to visits, and its visits to yields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from campaign.reports.report import Cell, Column, DrillDown, Line, Report, Share
from campaign.reports.texts import counted

if TYPE_CHECKING:  # both load SQLAlchemy
    from projections.filters import Scope
    from projections.questions.cohorts import Cell as Within
    from projections.questions.cohorts import Triangle

CONTACTS = {"calls": ("call", "calls"), "visits": ("visit held", "visits held")}
_COUNTS = {"calls": "calls", "visits": "visits_held"}


def cohorts_report(triangle: Triangle, scope: Scope) -> Report:
    """A line for each cohort, one of all, and one of how many contacts the shares of all are of."""
    bases = [cell for share in triangle.total for cell in (Cell(share.base), Cell(""))]
    lines = [
        _cohort(row.period, row.base, row.cells, triangle, scope.within(triangle.by, row.period))
        for row in triangle.rows
    ]
    every = _cohort("all", sum(row.base for row in triangle.rows), triangle.total, triangle, scope)
    last = Line("of so many", (Cell("of so many"), Cell(""), *bases, Cell("")), "base")
    return Report(_columns(triangle), (*lines, every, last), tuple(_notes(triangle, scope)), _document(triangle))


def _columns(triangle: Triangle) -> tuple[Column, ...]:
    """Where there is no room, intervals are left out before shares, and early weeks before late ones."""
    columns = [Column(triangle.by, triangle.by), Column("base", CONTACTS[triangle.of][1], "count")]
    horizons = len(triangle.total)
    for place, cell in enumerate(triangle.total):
        last, heading = horizons - 1 - place, _weeks(cell)
        columns.append(Column(f"share_{cell.weeks}", heading, "share", drop=last, marks="asterisks"))
        columns.append(Column(f"interval_{cell.weeks}", f"{heading} 95 %", "interval", drop=horizons + last))
    return (*columns, Column("maturing", "maturing from", "mark", medium="file"))


def _weeks(cell: Within) -> str:
    return "1 week" if cell.weeks == 1 else f"{cell.weeks} weeks"


def _cohort(period: str, base: int, cells: Sequence[Within], triangle: Triangle, scope: Scope) -> Line:
    shares = [Share(c.reached, c.base, c.share, c.low, c.high, "*" if c.maturing else "") for c in cells]
    figures = [cell for share in shares for cell in (Cell(share), Cell(share.interval))]
    provisional_from = next((_weeks(cell) for cell in cells if cell.maturing), "")
    contacts = Cell(base, DrillDown((_COUNTS[triangle.of],), scope))
    return Line(period, (Cell(period), contacts, *figures, Cell(provisional_from)), "total" if period == "all" else "")


def _document(triangle: Triangle) -> dict[str, Any]:
    return {
        "of": triangle.of,
        "by": triangle.by,
        "rows": [
            {triangle.by: row.period, "base": row.base, "cells": [cell._asdict() for cell in row.cells]}
            for row in triangle.rows
        ],
        "total": [cell._asdict() for cell in triangle.total],
        "times": triangle.times._asdict(),
    }


_LED = {
    "calls": "Of the calls, those that led to a held visit within so many weeks.",
    "visits": "Of the visits held, those that led to a yield within so many weeks.",
}
_WILSON = "95 %: where the share lies (Wilson)."
_DAYS = {"calls": ("Days from call to visit", "call"), "visits": ("Days from visit to yield", "visit")}


def _notes(triangle: Triangle, scope: Scope) -> list[str]:
    singular, plural = CONTACTS[triangle.of]
    every = (
        f"All: of the {plural} that were so many weeks old on {scope.day}; the line below it says how many these are."
    )
    young = (
        f"* Maturing: not every {singular} in that {triangle.by} was so many weeks old on {scope.day}; more may come."
    )
    any_provisional = any(cell.maturing for row in triangle.rows for cell in row.cells)
    return [f"{_LED[triangle.of]} {_WILSON}", every, *([young] if any_provisional else []), _duration(triangle)]


def _duration(triangle: Triangle) -> str:
    (name, contact), times = _DAYS[triangle.of], triangle.times
    if times.median is None:
        return f"{name}: no {contact} led to one."
    quartiles = f"median {times.median:g}, quartiles {times.lower:g} and {times.upper:g}"
    return f"{name}: {quartiles} (of {counted(times.number, contact)} that led to one)."
