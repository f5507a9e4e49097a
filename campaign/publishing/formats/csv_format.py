"""Totals as separated text: CSV for programs, CSV for Danish Excel, and tab-separated lines."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.publishing.formats.columns import SUPPRESSED_SIGN, group_cells, group_columns, split
from campaign.publishing.formats.contents import decoded
from campaign.publishing.formats.formula_injection import guarded
from campaign.publishing.totals.table import SUPPRESSED, Row, Table
from campaign.publishing.wording import column

if TYPE_CHECKING:
    from campaign.publishing.formats.contents import Contents, Figures
    from campaign.publishing.totals.publication import Publication

_DIGITS = 6
Line = list[str]


class Dialect(NamedTuple):
    """How lines are written. ``bom``: Excel needs it to see that the text is UTF-8.

    ``for_people``: headings and signs are in a language; otherwise headings are the names of measures.md.
    """

    delimiter: str
    line_end: str
    decimal: str
    bom: bool = False
    for_people: bool = False


DIALECTS = {
    "csv": Dialect(",", "\r\n", "."),  # RFC 4180
    "excel-csv": Dialect(";", "\r\n", ",", bom=True, for_people=True),
    "tsv": Dialect("\t", "\n", "."),
}


def write(publication: Publication) -> bytes:
    """The bytes of the file of the first table, in the dialect that its request names.

    Wide: a line of headings and a line for each row, its suppressed figures named in the last column. Long: a line for
    each figure with its group, its name, its value and a note, ``hidden`` or ``no base``.
    """
    table, request = publication.tables[0], publication.request
    dialect = DIALECTS[request.form]
    text = io.StringIO(newline="")
    lines = csv.writer(text, delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    lines.writerows((_long if request.long else _wide)(table, dialect, request.language))
    return text.getvalue().encode("utf-8-sig" if dialect.bom else "utf-8")


def _wide(table: Table, dialect: Dialect, language: str) -> Iterator[Line]:
    yield _headings([*group_columns(table.dimensions), *table.figures, "maturing", "hidden"], dialect, language)
    for row in table.rows:
        figures = [_cell(value, note, dialect) for _, value, note in table.figures_of(row)]
        provisional = "true" if row["maturing"] else "false"
        yield [*_group(table, row, language), *figures, provisional, " ".join(row["hidden"])]


def _long(table: Table, dialect: Dialect, language: str) -> Iterator[Line]:
    names = ["measure", *(["measure_name"] if dialect.for_people else []), "value", "note"]
    yield _headings([*group_columns(table.dimensions), *names], dialect, language)
    for row in table.rows:
        group = _group(table, row, language)
        for figure, value, note in table.figures_of(row):
            label = [column(figure, language)] if dialect.for_people else []
            yield [*group, figure, *label, _cell(value, "", dialect), note]


def _headings(names: Iterable[str], dialect: Dialect, language: str) -> Line:
    return [column(name, language) if dialect.for_people else name for name in names]


def _group(table: Table, row: Row, language: str) -> Line:
    return [guarded(cell) for cell in group_cells(table, row, language)]


def _cell(value: Any, note: str, dialect: Dialect) -> str:
    if value is None:
        return SUPPRESSED_SIGN if note == "hidden" and dialect.for_people else ""
    return f"{value:.{_DIGITS}f}".replace(".", dialect.decimal) if isinstance(value, float) else str(value)


# Reading


def read(file: Contents) -> Figures:
    """The figures of the file. Raises ``CheckFault`` where it is not UTF-8."""
    dialect, table = DIALECTS[file.request.form], file.table
    text = io.StringIO(decoded(file.path, file.content), newline="")
    for line in list(csv.reader(text, delimiter=dialect.delimiter))[1:]:
        yield from (_of_long if file.request.long else _of_wide)(table, line, dialect)


def _of_wide(table: Table, line: Line, dialect: Dialect) -> Figures:
    group, cells = split(table, line)
    suppressed = set(cells[len(table.figures) + 1].split())
    for name, cell in zip(table.figures, cells, strict=False):
        yield (table.name, group, name), SUPPRESSED if name in suppressed else _number(cell, name, table, dialect)


def _of_long(table: Table, line: Line, dialect: Dialect) -> Figures:
    group, (name, *_, cell, note) = split(table, line)
    yield (table.name, group, name), SUPPRESSED if note == "hidden" else _number(cell, name, table, dialect)


def _number(cell: str, name: str, table: Table, dialect: Dialect) -> int | float | None:
    if not cell or cell == SUPPRESSED_SIGN:
        return None
    return int(cell) if name in table.counts else float(cell.replace(dialect.decimal, "."))
