"""Tables found in files: CSV in any usual dress, XLSX, folders and zips of them, checked before a row is read."""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from campaign.errors import SettingsFault
from campaign.importing.workbooks import MOST_COLUMNS, sheets
from domain.cpr import refuse_personal_numbers
from domain.refusals import PersonalNumber

MOST_BYTES = 50_000_000
MOST_ROWS = 1_000_000
_MOST_LINES = 2 * MOST_ROWS  # of which some are blank
MOST_IN_ZIP = 1_000
MOST_RATIO = 100
_LEAST_PACKED = 10_000  # bytes; what a smaller part unpacks to fits anywhere
_LONGEST_HEADINGS = 100_000
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".zip")

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """A table: its name, its headings as they were written, how many rows it has, and a way to read them.

    ``rows`` gives the line a row begins on (from 1, the headings' line counted) and its cells as text. ``encoding``
    is said back when it was not UTF-8. ``digest``: SHA-256 of all cells, the same for the same table.
    """

    name: str
    headings: list[str]
    count: int
    rows: Callable[[], Iterator[Row]]
    encoding: str = ""
    digest: str = ""


def read_tables(path: Path) -> Iterator[Table]:
    """The tables in a file, a folder or a zip. Raises ``SettingsFault`` for what is no readable table."""
    try:
        mode = path.stat().st_mode
        files = sorted(path.iterdir()) if S_ISDIR(mode) else []
        content = path.read_bytes() if S_ISREG(mode) and path.stat().st_size <= MOST_BYTES else b""
    except FileNotFoundError as fault:
        raise SettingsFault(f"There is no file {path}.") from fault
    except (OSError, ValueError) as fault:  # the latter: no file can have such a name
        raise SettingsFault(f"{path} cannot be read: {getattr(fault, 'strerror', fault)}.") from fault
    if S_ISDIR(mode):
        yield from _inside(path, files)
    elif not S_ISREG(mode):
        raise SettingsFault(f"{path} is no file but a pipe or a device. Save it as a file first.")
    else:
        if path.stat().st_size > MOST_BYTES:
            raise SettingsFault(
                f"{path.name} has {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} are read. Split it."
            )
        yield from _tables_of(path.name, content)


def _inside(folder: Path, files: list[Path]) -> Iterator[Table]:
    inside = [file for file in files if file.suffix.lower() in ENDINGS and not file.name.startswith((".", "~"))]
    if not inside:
        raise SettingsFault(f"The folder {folder} has no file to import (CSV, XLSX or zip).")
    for file in inside:
        yield from read_tables(file)


def _tables_of(name: str, content: bytes) -> Iterator[Table]:
    _refuse_personal(name, "The name of a file or of a sheet")
    if not content.strip():
        raise SettingsFault(f"{name} is empty.")
    ending = Path(name).suffix.lower()
    if ending == ".zip":
        yield from _zipped(name, content)
    elif ending == ".xlsx":
        for title, rows in sheets(name, content, _opened_zip):
            _refuse_personal(title, "The name of a file or of a sheet")
            yield _checked_table(f"{name}[{title}]", lambda rows=rows: enumerate(rows, 1))  # type: ignore[misc]
    elif ending in ENDINGS:
        yield _text(name, content)
    else:
        raise SettingsFault(f"{name} is no table: write a CSV, an XLSX, or a folder or zip of them.")


def _refuse_personal(text: str, place: str) -> None:
    try:
        refuse_personal_numbers(text)
    except PersonalNumber as refusal:
        raise PersonalNumber(
            f"{place} holds a number in the form of a CPR number. Change it; none is stored."
        ) from refusal


def _zipped(name: str, content: bytes) -> Iterator[Table]:
    empty = True
    with _opened_zip(name, content) as archive:
        for inside in sorted(archive.infolist(), key=lambda file: file.filename):
            file = Path(inside.filename.replace("\\", "/"))
            if inside.is_dir() or file.name.startswith(".") or "__MACOSX" in inside.filename:
                continue
            if file.suffix.lower() == ".zip":
                raise SettingsFault(f"{name} holds another zip inside. Unpack it first.")
            _refuse_personal(inside.filename, "The name of a file or of a sheet")
            if file.suffix.lower() in ENDINGS:
                empty = False
                if inside.file_size > MOST_BYTES:
                    raise SettingsFault(
                        f"{file.name} has {inside.file_size:,} bytes; at most {MOST_BYTES:,} are read. Split it."
                    )
                yield from _tables_of(file.name, archive.read(inside))
    if empty:
        raise SettingsFault(f"{name} has no file to import (CSV or XLSX).")


class _Zip(zipfile.ZipFile):
    """A zip whose damaged parts are a fault of the file, whichever way they are damaged."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        """All that a part unpacks to, which is as long as the zip's directory says, or the zip is damaged."""
        part = copy(name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name))
        declared, part.file_size = part.file_size, part.file_size + 1  # the library would cut a longer one off, unseen
        try:
            with self.open(part) as file:
                content = file.read(part.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, *_DAMAGE) as fault:
            raise _damaged(Path(self.filename or "").name) from fault
        if len(content) != declared:
            raise _damaged(Path(self.filename or "").name)
        return content


_DAMAGE = (OSError, ValueError, OverflowError, struct.error)


def _damaged(name: str) -> SettingsFault:
    return SettingsFault(f"{name} is no whole file of its kind. Was it cut short on its way?")


def _opened_zip(name: str, content: bytes) -> zipfile.ZipFile:
    try:
        archive = _Zip(io.BytesIO(content))
        archive.filename = name
        files = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, *_DAMAGE) as fault:
        raise _damaged(name) from fault
    size = sum(file.file_size for file in files)
    if len(files) > MOST_IN_ZIP or size > MOST_RATIO * max(1, len(content)) or size > 4 * MOST_BYTES:
        raise SettingsFault(f"{name} unpacks to {size:,} bytes in {len(files):,} files; that is not read.")
    for file in files:
        _check_part(name, file)
    if any(file.flag_bits & 1 for file in files):
        raise SettingsFault(f"{name} is locked with a password. Unpack it first.")
    return archive


def _check_part(name: str, file: zipfile.ZipInfo) -> None:
    """Refuses a part that would fill the memory, or that is packed so that nobody can say beforehand if it would."""
    if not file.filename:
        raise _damaged(name)
    if file.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise SettingsFault(f"{name} is packed in a way that is not read here. Pack it as an ordinary zip.")
    if file.file_size > MOST_RATIO * max(file.compress_size, _LEAST_PACKED):
        raise SettingsFault(f"A part of {name} unpacks to {file.file_size:,} bytes; that is not read.")


def _text(name: str, content: bytes) -> Table:
    encoding = _encoding(name, content)
    first = re.sub(rb"\s*([^\r\n]*).*", rb"\1", content[:_LONGEST_HEADINGS], flags=re.DOTALL)
    delimiter = max((b";", b",", b"\t"), key=first.count).decode()

    def read() -> Iterator[Row]:
        lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        before, row, width = 0, [], 0
        try:
            for row in reader:
                yield before + 1, row
                before, width = reader.line_num, width or len(row)
        except csv.Error as fault:
            raise SettingsFault(f"{name} line {before + 1} cannot be read: {_csv_fault(fault)}.") from fault
        if len(row) < width and not content.endswith((b"\n", b"\r")):
            raise SettingsFault(
                f"{name} breaks off in its last line, {before}, after {len(row)} of {width} columns. "
                "Was it cut short on its way?"
            )

    return _checked_table(name, read, "Windows-1252" if encoding == "cp1252" else "")


def _csv_fault(fault: csv.Error) -> str:
    sentences = {
        "unexpected end of data": "a quotation mark opens a cell and none closes it",
        "field larger than field limit": f"a cell has more than {csv.field_size_limit():,} characters",
        "expected after": "text follows the quotation mark that closes a cell; a mark inside a cell is written twice",
    }
    return next((sentence for sign, sentence in sentences.items() if sign in str(fault)), str(fault))


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


def _checked_table(name: str, read: Callable[[], Iterator[Row]], encoding: str = "") -> Table:
    """Reads the whole table once, so that nothing of a table that cannot be read is ever taken."""
    headings: list[str] | None = None
    count, digest = 0, sha256()
    for number, (line, row) in enumerate(read()):
        if len(row) > MOST_COLUMNS:
            raise SettingsFault(f"{name} line {line} has {len(row):,} columns; at most {MOST_COLUMNS} are read.")
        blank = not any(map(str.strip, row))
        if number > _MOST_LINES or (count == MOST_ROWS and not blank):
            raise SettingsFault(f"{name} has more than {MOST_ROWS:,} rows; no more are read. Split it.")
        if blank:
            continue
        if headings is None:
            headings = [heading.strip() for heading in row]
        else:
            count += 1
        digest.update("\x1f".join((str(line), *row)).encode())
    _refuse_personal("\n".join(headings or []), f"A heading of {name}")

    def rows() -> Iterator[Row]:
        filled = (row for row in read() if any(map(str.strip, row[1])))
        next(filled, None)
        return filled

    return Table(name, headings or [], count, rows, encoding, digest.hexdigest())
