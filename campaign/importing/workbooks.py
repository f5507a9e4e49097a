"""Workbooks: the sheets of an XLSX as rows of text, after a look at what reading them would take."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from campaign.errors import SettingsFault

MOST_CELLS = 10_000_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767  # characters; Excel's own limit
MOST_TEXT = 4_000_000_000  # bytes if every cell held the longest text
MOST_EXACT = 10**15  # spreadsheets keep 15 digits of a number
_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_PLACE = re.compile(rb"""(?<![\w.:-])r\s*=\s*["']([A-Za-z]*)([0-9]+)""")
_TEXTS = re.compile(rb"<(?:\w+:)?si[\s>]")

Sheet = tuple[str, list[list[str]]]


def sheets(name: str, content: bytes, opened: Callable[[str, bytes], zipfile.ZipFile]) -> Iterator[Sheet]:
    """Each sheet's title and rows, from the sheet's first. ``opened`` opens a zip, or says what is wrong with it.

    Raises ``SettingsFault`` for what is no workbook, and for one that would take all memory: the reader behind makes
    room for every cell up to the farthest, and 5 kB can name a cell that is 17 billion cells away.
    """
    if content.startswith(_OLD_OR_LOCKED):
        raise SettingsFault(f"{name} is locked with a password, or an old workbook (XLS). Save it as plain XLSX.")
    with opened(name, content) as archive:
        _check_size(name, archive)
    for title, cells in _read(name, content):
        yield title, [[_text(name, title, number, cell) for cell in row] for number, row in enumerate(cells, 1)]


def _read(name: str, content: bytes) -> list[tuple[str, list[list[Any]]]]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        titles = [sheet.name for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        return [(title, book.get_sheet_by_name(title).to_python(skip_empty_area=False)) for title in titles]
    except (CalamineError, ValueError, OSError) as fault:
        raise _unreadable(name) from fault
    except BaseException as fault:  # a panic of the reader, which is written in Rust, is no Exception
        if type(fault).__name__ == "PanicException":
            raise _unreadable(name) from fault
        raise


def _unreadable(name: str) -> SettingsFault:
    return SettingsFault(f"{name} cannot be read as a workbook. Open it in a spreadsheet and save it again as XLSX.")


def _check_size(name: str, archive: zipfile.ZipFile) -> None:
    cells, longest = 0, 0
    for inside in archive.infolist():
        part = archive.read(inside)
        columns, rows = _reach(part)
        cells += columns * rows
        longest = max(longest, *map(len, _TEXTS.split(part)[1:]), 0)
        if columns > MOST_COLUMNS or cells > MOST_CELLS:
            raise SettingsFault(
                f"{name} reaches to column {columns:,} and row {rows:,}; at most {MOST_COLUMNS} columns and "
                f"{MOST_CELLS:,} cells are read. Delete what stands beside and below the table."
            )
    if longest > 8 * LONGEST_CELL or longest * cells > MOST_TEXT:
        raise SettingsFault(f"{name} holds a text of {longest:,} bytes; that is not read. Shorten it, or save a CSV.")


def _reach(part: bytes) -> tuple[int, int]:
    """The last column and the last row that a part of a workbook names."""
    columns: set[bytes] = set()
    last = 0
    for place in _PLACE.finditer(part):
        column, row = place.groups()
        columns.add(column)
        last = max(last, int(row))
    return max(map(_number, columns), default=0), last


def _number(column: bytes) -> int:
    number = 0
    for letter in column.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def _text(name: str, title: str, row: int, cell: Any) -> str:
    """A cell as it would be written in a CSV: whole numbers without a point, days and moments in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and abs(cell) >= MOST_EXACT:
        raise SettingsFault(
            f"{name}[{title}] row {row} holds a number of more than 15 digits, which spreadsheets round. "
            "Make that column text."
        )
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat() if cell.time() != cell.time().min else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
