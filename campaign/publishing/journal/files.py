"""Entries as files: a workbook, separated lines or JSON, written while the entries are read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from campaign.errors import SettingsFault
from campaign.publishing.formats.formula_injection import guarded
from campaign.publishing.journal.journal import REPLACED, RETRACTED, STANDS, Line
from campaign.translations import Message, text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from campaign.publishing.formats.csv_format import Dialect

MOST_ROWS = 1_048_575
"""Entries that a sheet takes below its headings."""
PERSONAL = ("note", "contact")
"""Columns of personal texts, which are in the file only on request."""
_OF_PEOPLE = frozenset({"author", "company", "because", *PERSONAL})
"""Columns of free text, in which a cell could be a formula."""


class Column(NamedTuple):
    """A column: its heading, its width in characters, and what its cells say, in English."""

    heading: Message
    width: int
    says: str


COLUMNS = {
    "date": Column(Message("date"), 11, "the day it happened"),
    "theme": Column(Message("theme"), 36, "what it is about, in a few words"),
    "author": Column(Message("author"), 12, "who logged it"),
    "reference": Column(Message("reference"), 34, "the id of the entry; campaign history lists its first 8 digits"),
    "concerns": Column(Message("concerns"), 34, "the id of the entry, call or visit that it is about"),
    "campaign": Column(Message("campaign"), 14, "empty for a contact, who is of no single campaign"),
    "cvr": Column(Message("cvr"), 10, "the company's CVR number"),
    "company": Column(Message("company"), 30, "its name as registered; a sole trader's is a person's"),
    "office": Column(Message("office"), 9, "the code of the office that logged it"),
    "recorded_at": Column(Message("recorded at"), 19, "the moment it was logged, Danish time"),
    "status": Column(Message("status"), 12, "stands, retracted, or replaced by another entry of the same act"),
    "because": Column(Message("because"), 30, "why it was taken back, or why a text was erased"),
    "taken_back_in": Column(Message("taken back in"), 34, "the id of the entry that took it back"),
    "note": Column(Message("note"), 60, "what was noted; empty when it was erased"),
    "contact": Column(Message("contact"), 30, "who was named, and as what; empty when erased"),
}
_STATUSES = {STANDS: Message("stands"), RETRACTED: Message("retracted"), REPLACED: Message("replaced")}


class Form(NamedTuple):
    """How entries are written: the language, whether with personal texts, and the description of the file."""

    language: str
    with_people: bool
    about: dict[str, str]

    @property
    def columns(self) -> list[str]:
        """The names of the columns, in their order."""
        return [name for name in COLUMNS if self.with_people or name not in PERSONAL]

    @property
    def headings(self) -> list[str]:
        """The headings of the columns."""
        return [text(self.language, COLUMNS[name].heading) for name in self.columns]

    def status(self, word: str) -> str:
        """The word for a status."""
        return text(self.language, _STATUSES[word])


# Separated lines and JSON


def write_separated(file: BinaryIO, lines: Iterable[Line], form: Form, dialect: Dialect) -> None:
    """Writes a line of headings and a line for each entry; moments with their distance from UTC."""
    file.write(b"\xef\xbb\xbf" if dialect.bom else b"")
    writer = csv.writer(_Encoded(file), delimiter=dialect.delimiter, lineterminator=dialect.line_end)
    writer.writerow(form.headings)
    writer.writerows(_texts(lines, form))


def _texts(lines: Iterable[Line], form: Form) -> Iterator[list[str]]:
    guards = [(at, name in _OF_PEOPLE) for at, name in _places(form)]
    for line in lines:
        translated = line._replace(status=form.status(line.status))
        yield [guarded(_plain(translated[at])) if free else _plain(translated[at]) for at, free in guards]


def _places(form: Form) -> list[tuple[int, str]]:
    return [(Line._fields.index(name), name) for name in form.columns]


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else str(value.isoformat())


def _Encoded(file: BinaryIO) -> Any:  # noqa: N802 - it stands for a file of text
    """A text file over a file of bytes, which it leaves open."""
    return SimpleNamespace(write=lambda text: file.write(text.encode()))


def write_json(file: BinaryIO, lines: Iterable[Line], form: Form) -> None:
    """Writes ``{"about": ..., "rows": [...]}``, a row on each line; its fields have the names of ``Line``."""
    file.write(f'{{"about": {_json(form.about)},\n"rows": ['.encode())
    for number, line in enumerate(lines):
        row = {name: _as_json(getattr(line, name)) for name in form.columns}
        file.write(f"{',' if number else ''}\n{_json(row)}".encode())
    file.write(b"\n]}\n")


def _as_json(value: Any) -> str | None:
    return _plain(value) or None


def _json(value: Any) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return written if written.isprintable() else json.dumps(value)


# A workbook


def write_workbook(file: BinaryIO, lines: Iterable[Line], form: Form, made_on: date) -> None:
    """Writes an .xlsx: the sheet Entries with real days and moments, and one about the file.

    ``made_on``: the day that the file says it was made on; the same entries and the same day give the same bytes.
    Raises ``SettingsFault`` for more entries than a sheet takes.
    """
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": datetime.combine(max(made_on, date(1980, 1, 1)), time(), UTC)})
        _add_entries(book, lines, form)
        _add_about(book, form)


def _add_entries(book: Workbook, lines: Iterable[Line], form: Form) -> None:
    sheet = book.add_worksheet(text(form.language, "Entries"))
    heading = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    for column, name in enumerate(form.columns):
        sheet.set_column(column, column, COLUMNS[name].width)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.write_row(0, 0, form.headings, heading)
    sheet.autofilter(0, 0, _write_rows(book, sheet, lines, form), len(form.columns) - 1)


def _write_rows(book: Workbook, sheet: Worksheet, lines: Iterable[Line], form: Form) -> int:
    """Writes a row for each entry below the headings, nothing for what is empty. Returns the number of the last."""
    cells, row = _cells(book, sheet, form), 0
    for row, line in enumerate(lines, start=1):
        if row > MOST_ROWS:
            raise SettingsFault(f"A sheet takes {MOST_ROWS:,} entries. Narrow the period, or write a .csv.")
        for column, at, convert, write, cell_format in cells:
            if value := line[at]:
                write(row, column, convert(value) if convert else value, cell_format)
    return row


def _cells(book: Workbook, sheet: Worksheet, form: Form) -> list[tuple[int, int, Any, Any, Any]]:
    """For each column: its number, its place in a line, what its values are shown as, and how that is written."""
    # Not by way of write_string and write_number, which ask of each cell whether it was named as A1: 5 % of all.
    text, words, numbers = book.add_format({"num_format": "@"}), sheet._write_string, sheet._write_number
    written: dict[str, tuple[Any, Any, Any]] = {
        "date": (_serial, numbers, book.add_format({"num_format": "yyyy-mm-dd"})),
        "recorded_at": (_moment, numbers, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})),
        "status": (form.status, words, text),
        **dict.fromkeys(_OF_PEOPLE, (_in_a_sheet, words, text)),
    }
    otherwise = (None, words, text)
    return [(column, at, *written.get(name, otherwise)) for column, (at, name) in enumerate(_places(form))]


@lru_cache(maxsize=4_000)
def _in_a_sheet(text: str) -> str:
    """As ``guarded``; a text that looks like the XML of a cell is not taken for it, as XlsxWriter would."""
    return f"'{text}" if text.startswith("<r>") else guarded(text)


_FIRST_DAY = date(1899, 12, 30).toordinal()
_SECONDS = 86_400


@lru_cache(maxsize=4_000)
def _serial(day: date) -> int:
    """The day as a spreadsheet counts it: from 30 December 1899 on (ECMA-376, 18.17.4.1)."""
    return day.toordinal() - _FIRST_DAY


@lru_cache(maxsize=4_000)
def _moment(moment: datetime) -> float:
    seconds = moment.hour * 3_600 + moment.minute * 60 + moment.second
    return moment.toordinal() - _FIRST_DAY + seconds / _SECONDS


def _add_about(book: Workbook, form: Form) -> None:
    sheet = book.add_worksheet(text(form.language, "About the figures"))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    explained = [(heading, COLUMNS[name].says) for heading, name in zip(form.headings, form.columns, strict=True)]
    for row, cells in enumerate([("what", "is"), *form.about.items(), *explained]):
        for column, cell in enumerate(cells):
            sheet.write_string(row, column, guarded(cell))
