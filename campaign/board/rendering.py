"""Renders a report as a sheet: headings in two lines, marks behind figures, and totals at the top."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from campaign.board.sheets import Cell, Heading, Line, Sheet
from campaign.reports import report as reports
from campaign.reports.formats import marked, text_of
from campaign.reports.report import Column, Report, Share, Value


def sheet_of(report: Report, notes: Iterable[str], pinned: int = 0, keys: Sequence[str] = ()) -> Sheet:
    """The report with ``notes`` in place of its own.

    ``pinned``: the number of lines at the end of the report, its totals, that move to the top and stay in sight.
    ``keys``: the columns to show, in order; all columns by default. Bars and columns of marks are left out: an asterisk
    follows the name of its line, and a mark its share.
    """
    places = _places(report.columns, keys)
    lines = [_line(report.columns, line, places) for line in report.lines]
    totals = len(lines) - pinned
    return Sheet(
        _headings([report.columns[place] for place in places]),
        (*lines[totals:], *lines[:totals]),
        tuple(notes),
        pinned,
    )


def _places(columns: Sequence[Column], keys: Sequence[str]) -> list[int]:
    if keys:
        return [next(place for place, column in enumerate(columns) if column.key == key) for key in keys]
    return [place for place, column in enumerate(columns) if column.kind not in ("mark", "bar")]


def _headings(columns: Sequence[Column]) -> tuple[Heading, ...]:
    """Headings of one line are moved down where others have two. A share that is followed by a word is left-aligned."""
    texts = ["\n95 %" if column.kind == "interval" else _heading(column) for column in columns]
    lead = "\n" if any("\n" in _heading(column) for column in columns) else ""
    return tuple(
        Heading(f"{lead}{text.strip()}" if text.count("\n") == text.startswith("\n") else text, _is_number(column))
        for text, column in zip(texts, columns, strict=True)
    )


def _heading(column: Column) -> str:
    return _HEADINGS.get(column.heading, column.heading)


_HEADINGS = {
    "with yield": "with\nyield",
    "to a yield": "to a\nyield",
    "visit hit rate": "visit\nhit rate",
    "call hit rate": "call\nhit rate",
    "called": "companies\ncalled",
    "acceptance rate": "accept-\nance rate",
    "accepted-not-booked": "accepted,\nnot booked",
    "expected": "expected\nby now",
    "days left": "days\nleft",
    "pace": "pace\na day",
    "needed": "needed\na day",
    "visits held": "visits\nheld",
}


def _is_number(column: Column) -> bool:
    return column.is_number and column.marks != "words"


def _line(columns: Sequence[Column], line: reports.Line, places: Sequence[int]) -> Line:
    asterisks = (text_of(cell.value) for cell, c in zip(line.cells, columns, strict=True) if c.medium == "screen")
    first, *cells = (cell_of(line.cells[place], columns[place]) for place in places)
    name = " ".join(filter(None, (first.text, *asterisks)))
    return Line(line.key, (Cell(name, first.drill_down), *cells))


def cell_of(cell: reports.Cell, column: Column) -> Cell:
    """The text of a cell and its drill-down; in a column with asterisks a blank stands where there is none."""
    return Cell(_text(cell.value, column), cell.drill_down)


def _text(value: Value, column: Column) -> str:
    if column.marks == "words" and isinstance(value, Share):
        return marked(value)
    text = text_of(value)
    if column.marks == "asterisks" and text:
        return text + ((isinstance(value, Share) and value.mark) or " ")
    return text
