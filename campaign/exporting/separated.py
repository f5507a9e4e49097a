"""Totals as separated text: CSV as programs read it, CSV as Danish Excel opens it, and tab-separated lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, NamedTuple

from campaign.exporting.cells import guarded
from campaign.exporting.totals import Totals, figure_headings, group_cells, group_headings

_DIGITS = 6


class Dialect(NamedTuple):
    """How the lines are written. ``bom``: Excel needs it to see that the text is UTF-8."""

    delimiter: str
    line_end: str
    decimal: str
    bom: bool = False


DIALECTS = {
    "csv": Dialect(",", "\r\n", "."),  # RFC 4180
    "excel-csv": Dialect(";", "\r\n", ",", bom=True),
    "tsv": Dialect("\t", "\n", "."),
}


def separated(totals: Totals, dialect: Dialect) -> bytes:
    """A line of headings, named as in measures.md, and a line for each row. A rate of nothing is an empty cell."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    lines.writerow([*group_headings(totals), *figure_headings()])
    for row in totals.rows:
        figures = [_cell(row[name], dialect) for name in figure_headings()]
        lines.writerow([*map(guarded, group_cells(totals, row)), *figures])
    return text.getvalue().encode("utf-8-sig" if dialect.bom else "utf-8")


def _cell(value: Any, dialect: Dialect) -> str:
    write: Callable[[Any], str] = _WRITTEN[type(value)]
    return write(value).replace(".", dialect.decimal) if isinstance(value, float) else write(value)


_WRITTEN: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: lambda value: f"{value:.{_DIGITS}f}",
}
