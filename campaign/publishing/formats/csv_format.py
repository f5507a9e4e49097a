"""Totals as separated text: CSV as programs read it, CSV as Danish Excel opens it, and tab-separated lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, NamedTuple

from campaign.publishing.codes import code, name
from campaign.publishing.formats.formula_injection import guarded
from campaign.publishing.totals.table import Row, Table
from campaign.publishing.wording import NAMED, column

SUPPRESSED_SIGN = ".."
"""What stands for a hidden figure where people read: the sign of Danmarks Statistik."""
_DIGITS = 6
Line = list[str]


class Dialect(NamedTuple):
    """How the lines are written. ``bom``: Excel needs it to see that the text is UTF-8.

    ``aloud``: headings and signs are for people; else headings are the names of measures.md, and no figure is a word.
    """

    delimiter: str
    line_end: str
    decimal: str
    bom: bool = False
    aloud: bool = False


DIALECTS = {
    "csv": Dialect(",", "\r\n", "."),  # RFC 4180
    "excel-csv": Dialect(";", "\r\n", ",", bom=True, aloud=True),
    "tsv": Dialect("\t", "\n", "."),
}


def separated(table: Table, dialect: Dialect, language: str, long: bool = False) -> bytes:
    """Wide: a line of headings, and a line for each row, its hidden figures named in the last column.

    Long: a line for each figure: its group, its name, its value and a note, ``hidden`` or ``no base``.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    lines.writerows((_long if long else _wide)(table, dialect, language))
    return text.getvalue().encode("utf-8-sig" if dialect.bom else "utf-8")


def _wide(table: Table, dialect: Dialect, language: str) -> Iterator[Line]:
    names = [*table.figures, "maturing", "hidden"]
    yield [*_group_headings(table, dialect, language), *(_said(each, dialect, language) for each in names)]
    for row in table.rows:
        figures = [_cell(value, note, dialect) for _, value, note in table.figures_of(row)]
        yield [*_group(table, row, language), *figures, _truth(row["maturing"]), " ".join(row["hidden"])]


def _long(table: Table, dialect: Dialect, language: str) -> Iterator[Line]:
    names = ["measure", *(["measure_name"] if dialect.aloud else []), "value", "note"]
    yield [*_group_headings(table, dialect, language), *(_said(each, dialect, language) for each in names)]
    for row in table.rows:
        group = _group(table, row, language)
        for figure, value, note in table.figures_of(row):
            named = [column(figure, language)] if dialect.aloud else []
            yield [*group, figure, *named, _cell(value, "", dialect), note]


def _group_headings(table: Table, dialect: Dialect, language: str) -> Line:
    """A column for the codes of each dimension, and one for their names where they have any."""
    return [
        each
        for by in table.dimensions
        for each in (_said(by, dialect, language), *([_said(f"{by}_name", dialect, language)] if by in NAMED else []))
    ]


def _group(table: Table, row: Row, language: str) -> Line:
    words = zip(table.dimensions, table.group(row), strict=True)
    return [
        guarded(each)
        for by, word in words
        for each in (code(by, word), *([name(by, word, language)] if by in NAMED else []))
    ]


def _said(name: str, dialect: Dialect, language: str) -> str:
    return column(name, language) if dialect.aloud else name


def _cell(value: Any, note: str, dialect: Dialect) -> str:
    if value is None:
        return SUPPRESSED_SIGN if note == "hidden" and dialect.aloud else ""
    return f"{value:.{_DIGITS}f}".replace(".", dialect.decimal) if isinstance(value, float) else str(value)


def _truth(value: bool) -> str:
    return "true" if value else "false"
