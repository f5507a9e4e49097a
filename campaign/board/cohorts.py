"""The cohort view: how soon the calls of each week led to visits, and its visits to yields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from campaign.board.sheets import Cell, DrillDown, Heading, Line, Sheet
from campaign.reports.texts import number, percent
from projections.filters import Scope
from projections.measures import LEAST_BASE
from projections.questions.cohorts import HORIZONS, Cohort, Triangle, cohorts
from projections.questions.cohorts import Cell as Share

if TYPE_CHECKING:
    from sqlalchemy import Connection

Triangles = tuple[Triangle, Triangle]


def ask_cohorts(connection: Connection, scope: Scope, _: str) -> Triangles:
    """The calls of each week and the visits they led to; the visits of each week and the yields they led to."""
    return cohorts(connection, replace(scope, kinds=()), "calls"), cohorts(connection, scope, "visits")


def draw_cohorts(scope: Scope, _: str, triangles: Triangles) -> Sheet:
    """A line for all, a line with the bases of its shares, and a line for each week."""
    by_week = [{row.period: row for row in triangle.rows} for triangle in triangles]
    weeks = sorted(set().union(*by_week))
    lines = [Line(week, (Cell(week), *_week(scope.within("week", week), week, by_week))) for week in weeks]
    return Sheet(
        _HEADINGS, (_all(scope, triangles), _bases(triangles), *lines), tuple(_notes(scope, triangles)), pinned=2
    )


_HEADINGS = (
    Heading("\nweek"),
    *(
        heading
        for contacts, led in (("calls", "to a visit"), ("visits\nheld", "to a yield"))
        for heading in (
            Heading(contacts if "\n" in contacts else f"\n{contacts}", is_number=True),
            *(
                column
                for weeks in HORIZONS
                for column in (
                    Heading(f"{led}\n{weeks} week{'' if weeks == 1 else 's'}", is_number=True),
                    Heading("\n95 %", is_number=True),
                )
            ),
        )
    ),
)
_COUNTS = ("calls", "visits_held")


def _week(scope: Scope, week: str, by_week: list[dict[str, Cohort]]) -> Iterator[Cell]:
    for count, rows in zip(_COUNTS, by_week, strict=True):
        row = rows.get(week)
        yield Cell(number(row.base if row else 0), DrillDown((count,), scope))
        for place in range(len(HORIZONS)):
            yield from _share(row.cells[place]) if row else (Cell(""), Cell(""))


def _all(scope: Scope, triangles: Triangles) -> Line:
    cells = [Cell("all")]
    for count, triangle in zip(_COUNTS, triangles, strict=True):
        cells.append(Cell(number(sum(row.base for row in triangle.rows)), DrillDown((count,), scope)))
        cells += [cell for share in triangle.total for cell in _share(share)]
    return Line("all", tuple(cells))


def _bases(triangles: Triangles) -> Line:
    cells = [Cell("of so many")]
    for triangle in triangles:
        cells.append(Cell(""))
        cells += [cell for share in triangle.total for cell in (Cell(f"{number(share.base)} "), Cell(""))]
    return Line("of so many", tuple(cells))


def _share(share: Share) -> tuple[Cell, Cell]:
    """A share, followed by its mark or a blank, and its interval."""
    few = 0 < share.base < LEAST_BASE
    text = f"{share.reached} of {share.base}" if few else percent(share.share)
    interval = "" if few or share.low is None else f"{share.low:.1%}–{percent(share.high)}".replace("%–", "–")
    return Cell(f"{text}{'*' if share.maturing else ' '}"), Cell(interval)


def _notes(scope: Scope, triangles: Triangles) -> Iterator[str]:
    yield "Of the contacts of a week, those that led to something within so many weeks."
    yield "All: of the contacts that are so old; the line below says how many these are."
    if any(cell.maturing for triangle in triangles for row in triangle.rows for cell in row.cells):
        yield f"* Maturing: not all of them were so many weeks old on {scope.day}; more may come."
    if scope.kinds:
        yield "The kinds say which yields count; visits count for calls whatever they brought."
