"""Tables found in files: CSV in any usual dress, XLSX, folders and zips of them, checked before a row is read."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from campaign.faults import SettingsFault

MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
MOST_IN_ZIP = 1_000
MOST_RATIO = 100
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".zip")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Found:
    """A table: its name, its headings as they were written, how many rows it has, and a way to read them.

    ``rows`` gives line numbers (from 1, the headings' line counted) and cells as text. ``encoding`` is said back
    when it was not UTF-8.
    """

    name: str
    headings: list[str]
    count: int
    rows: Callable[[], Iterator[Row]]
    encoding: str = ""


def tables(path: Path) -> Iterator[Found]:
    """The tables in a file, a folder or a zip. Raises ``SettingsFault`` for what is no readable table."""
    if path.is_dir():
        inside = sorted(p for p in path.iterdir() if p.suffix.lower() in ENDINGS and not p.name.startswith((".", "~")))
        if not inside:
            raise SettingsFault(f"The folder {path} has no file to import (CSV, XLSX or zip).")
        for file in inside:
            yield from tables(file)
        return
    if not path.is_file():
        raise SettingsFault(f"There is no file {path}.")
    if path.stat().st_size > MOST_BYTES:
        raise SettingsFault(
            f"{path.name} has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read. Split it."
        )
    yield from _tables(path.name, path.read_bytes())


def _tables(name: str, content: bytes) -> Iterator[Found]:
    if not content.strip():
        raise SettingsFault(f"{name} is empty.")
    ending = Path(name).suffix.lower()
    if ending == ".zip":
        yield from _zipped(name, content)
    elif ending == ".xlsx":
        yield from _sheets(name, content)
    elif ending in ENDINGS:
        yield _text(name, content)
    else:
        raise SettingsFault(f"{name} is no table: write a CSV, an XLSX, or a folder or zip of them.")


def _zipped(name: str, content: bytes) -> Iterator[Found]:
    with _opened_zip(name, content) as archive:
        for inside in sorted(archive.namelist()):
            file = Path(inside)
            if file.suffix.lower() in ENDINGS[:-1] and not file.name.startswith(".") and "__MACOSX" not in inside:
                yield from _tables(file.name, archive.read(inside))


def _opened_zip(name: str, content: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        files = archive.infolist()
    except (zipfile.BadZipFile, OSError) as fault:
        raise SettingsFault(f"{name} is no whole file of its kind: {fault}. Was it cut short on its way?") from fault
    size = sum(file.file_size for file in files)
    if len(files) > MOST_IN_ZIP or size > MOST_RATIO * max(1, len(content)) or size > 4 * MOST_BYTES:
        raise SettingsFault(f"{name} unpacks to {size:,} bytes in {len(files):,} files; that is not read.")
    if any(file.flag_bits & 1 for file in files):
        raise SettingsFault(f"{name} is locked with a password. Unpack it first.")
    return archive


def _sheets(name: str, content: bytes) -> Iterator[Found]:
    from python_calamine import CalamineError, CalamineWorkbook

    _opened_zip(name, content).close()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(title, book.get_sheet_by_name(title).to_python()) for title in book.sheet_names]
    except (CalamineError, ValueError) as fault:
        raise SettingsFault(f"{name} cannot be read as a workbook: {fault}.") from fault
    for title, cells in sheets:
        rows = [[_cell(cell) for cell in row] for row in cells]
        yield _found(f"{name}[{title}]", lambda rows=rows: enumerate(rows, 1))  # type: ignore[misc]


def _cell(cell: Any) -> str:
    """A cell as it would be written in a CSV; whole numbers without a point, days in ISO form."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes") if cell.time() != cell.time().min else cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _text(name: str, content: bytes) -> Found:
    encoding = _encoding(name, content)
    delimiter = max(";,\t", key=content.partition(b"\n")[0].decode(encoding).count)

    def read() -> Iterator[Row]:
        lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            for row in reader:
                yield reader.line_num, row
        except csv.Error as fault:
            raise SettingsFault(f"{name} line {reader.line_num + 1} cannot be read: {fault}.") from fault

    return _found(name, read, "Windows-1252" if encoding == "cp1252" else "")


def _encoding(name: str, content: bytes) -> str:
    """UTF-8 with or without its mark, else Windows-1252; never a guess that replaces what it cannot read."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SettingsFault(f"{name} is written in UTF-16. Save it as CSV UTF-8.")
    if b"\0" in content:
        raise SettingsFault(f"{name} holds binary data, not a table. Save it as CSV UTF-8 or XLSX.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise SettingsFault(f"{name} is in no encoding that is known here. Save it as CSV UTF-8.")


def _found(name: str, read: Callable[[], Iterator[Row]], encoding: str = "") -> Found:
    """Reads the whole table once, so that nothing of a table that cannot be read is ever taken."""
    headings: list[str] | None = None
    count = 0
    for line, row in read():
        if len(row) > MOST_COLUMNS:
            raise SettingsFault(f"{name} line {line} has {len(row):,} columns; at most {MOST_COLUMNS} are read.")
        if headings is None:
            headings = [heading.strip() for heading in row]
        elif any(row):
            count += 1
    if count > MOST_ROWS:
        raise SettingsFault(f"{name} has {count:,} rows; at most {MOST_ROWS:,} are read. Split it.")

    def rows() -> Iterator[Row]:
        whole = read()
        next(whole, None)
        return (row for row in whole if any(row[1]))

    return Found(name, headings or [], count, rows, encoding)
