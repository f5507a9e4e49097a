"""`campaign cohorts`: how soon the calls of a week led to visits, and the visits to yields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.terminal import output
from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.report_options import Asked, in_words, report, scope_of
from campaign.terminal.session import Session
from projections.measures import LEAST_BASE

if TYPE_CHECKING:
    from projections.filters import Scope
    from projections.questions.cohorts import Cell, Triangle


@command("cohorts")
@option(
    "--of",
    type=click.Choice(("calls", "visits")),
    default="calls",
    show_default=True,
    help="Calls that led to a held visit, or held visits that led to a yield.",
)
@option(
    "--by",
    type=click.Choice(("week", "month")),
    default="week",
    show_default=True,
    help="One line for the contacts of each of these.",
)
@report
def cohorts(session: Session, asked: Asked, of: str, by: str) -> None:
    """How soon calls led to visits, or visits to yields: the share of each week's within 1, 2, 4 and 8 weeks."""
    from campaign.terminal.number_format import deliver
    from projections.questions.cohorts import cohorts as triangle_of

    if of == "calls" and asked.kinds:
        raise click.UsageError("Kinds are of yields, and calls lead to visits here. For yields say --of visits.")
    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        triangle = triangle_of(connection, scope, of, by)
    drawn = output.on_terminal() and not asked.output
    notes = [in_words(scope, asked), *_notes(triangle, scope)]
    deliver(session, asked, as_json(triangle), _columns(triangle, drawn), _lines(triangle, drawn), notes)


def as_json(triangle: Triangle) -> dict[str, Any]:
    """The cohorts, the cells of all and the days it took."""
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


_CONTACTS = {"calls": ("call", "calls"), "visits": ("visit held", "visits held")}
_SHARES = 2
"""The first column of a share; its interval follows, and then those of later weeks."""


def _columns(triangle: Triangle, drawn: bool) -> list[Column]:
    """Where there is no room intervals go before shares, and early weeks before late ones."""
    columns, horizons = [Column(triangle.by), Column(_CONTACTS[triangle.of][1], right=True)], len(triangle.total)
    for place, cell in enumerate(triangle.total):
        last = horizons - 1 - place
        columns += [Column(_heading(cell), drop=last), Column(f"{_heading(cell)} 95 %", True, drop=horizons + last)]
    return columns if drawn else [*columns, Column("maturing from")]


def _heading(cell: Cell) -> str:
    return "1 week" if cell.weeks == 1 else f"{cell.weeks} weeks"


def _lines(triangle: Triangle, drawn: bool) -> list[list[str]]:
    """A line for each cohort, one for all, and one that says of how many contacts the shares of all are."""
    from campaign.reports.formats import number

    every = sum(row.base for row in triangle.rows)
    bases = [text for cell in triangle.total for text in (number(cell.base), "")]
    lines = [_line(row.period, row.base, row.cells, drawn) for row in triangle.rows]
    lines += [_line("all", every, triangle.total, drawn), ["of so many", "", *bases, *([] if drawn else [""])]]
    if drawn:
        for place, cell in enumerate(triangle.total):
            _align(lines, _SHARES + 2 * place, len(_heading(cell)))
    return lines


def _line(word: str, base: int, cells: list[Cell], drawn: bool) -> list[str]:
    from campaign.reports.formats import number

    maturing = next((_heading(cell) for cell in cells if cell.maturing), "")
    shares = [text for cell in cells for text in (_share(cell) + _mark(cell, drawn), _interval(cell))]
    return [word, number(base), *shares, *([] if drawn else [maturing])]


def _share(cell: Cell) -> str:
    from campaign.reports.formats import percent

    return f"{cell.reached} of {cell.base}" if 0 < cell.base < LEAST_BASE else percent(cell.share)


def _interval(cell: Cell) -> str:
    if cell.low is None or cell.high is None or cell.base < LEAST_BASE:
        return ""
    return f"{cell.low:.1%}–{cell.high:.1%}".replace("%–", "–").replace("%", " %")


def _mark(cell: Cell, drawn: bool) -> str:
    return "*" if drawn and cell.maturing else ""


def _align(lines: list[list[str]], place: int, least: int) -> None:
    """Puts the numbers of a column flush right with its heading; a mark stands behind them."""
    width = max(least, *(len(line[place].rstrip("*")) for line in lines))
    for line in lines:
        line[place] = " " * (width - len(line[place].rstrip("*"))) + line[place]


_LED = {
    "calls": "Of the calls, those that led to a held visit within so many weeks.",
    "visits": "Of the visits held, those that led to a yield within so many weeks.",
}
_WILSON = "95 %: where the share lies (Wilson)."
_DAYS = {"calls": ("Days from call to visit", "call"), "visits": ("Days from visit to yield", "visit")}


def _notes(triangle: Triangle, scope: Scope) -> list[str]:
    one, several = _CONTACTS[triangle.of]
    every = (
        f"All: of the {several} that were so many weeks old on {scope.day}; the line below it says how many these are."
    )
    young = f"* Maturing: not every {one} in that {triangle.by} was so many weeks old on {scope.day}; more may come."
    maturing = any(cell.maturing for row in triangle.rows for cell in row.cells)
    return [f"{_LED[triangle.of]} {_WILSON}", every, *([young] if maturing else []), _took(triangle)]


def _took(triangle: Triangle) -> str:
    from campaign.reports.formats import counted

    (what, one), times = _DAYS[triangle.of], triangle.times
    if times.median is None:
        return f"{what}: no {one} led to one."
    quartiles = f"median {times.median:g}, quartiles {times.lower:g} and {times.upper:g}"
    return f"{what}: {quartiles} (of {counted(times.number, one)} that led to one)."
