"""Reading files of totals back: what each says of itself, and every figure in it, whatever its format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.codes import word
from campaign.publishing.formats.csv_format import DIALECTS, SUPPRESSED_SIGN, Dialect
from campaign.publishing.suppression import Group, Place
from campaign.publishing.totals.manifest import COLLECTED, CONTRIBUTION, WHAT, Manifest
from campaign.publishing.totals.manifest_file import manifest_path
from campaign.publishing.totals.request import Request, from_json
from campaign.publishing.totals.table import ALL, Table
from campaign.publishing.totals.totals import OF_WEEKS, empty_table, has_weeks
from campaign.publishing.wording import NAMED

SUPPRESSED = "hidden"
"""What stands in ``Read.cells`` for a figure that the file does not show."""
_MOST = 200_000_000  # bytes
Key = tuple[str, Group, str]
Cells = dict[Key, Any]
"""Every figure by the table it stands in, the words of its group, and its name; None where there is no base."""


class Read(NamedTuple):
    """A file as it was found."""

    path: Path
    content: bytes
    manifest: Manifest
    request: Request
    cells: Cells

    @property
    def suppressed(self) -> frozenset[Place]:
        """The figures the file does not show."""
        return frozenset((group, name) for (_, group, name), value in self.cells.items() if value == SUPPRESSED)


def read(path: Path) -> Read:
    """The file of totals at ``path``. Raises ``SettingsFault`` when it is none, ``CheckFault`` when it is damaged."""
    content = _content(path)
    parsed = _parsed(path, content)
    manifest = _manifest(path, content, parsed)
    if instead := _INSTEAD.get(str(manifest.get("what"))):
        raise SettingsFault(f"{path} {instead}")
    if manifest.get("what") != WHAT or not isinstance(manifest.get("request"), dict):
        raise SettingsFault(f"{path} is no export of totals, or was altered: it does not say what it is of.")
    _check_fields(path, manifest)
    request = _request(path, manifest)
    return Read(path, content, manifest, request, _cells(path, content, request, parsed))


_INSTEAD = {
    CONTRIBUTION: "is what one home contributes to a region. Add it up with others: campaign collect FILE... -o FILE; "
    "prove it in its own home: campaign export verify FILE --key-file KEY",
    COLLECTED: "was added up from several homes, and no log gives it whole. Prove each contribution it names in its "
    "own home, and add them up again: campaign collect",
}


def cells_in(path: Path, content: bytes, request: Request) -> Cells:
    """Every figure in the bytes of a file. Raises ``CheckFault`` when it is damaged."""
    return _cells(path, content, request, _parsed(path, content))


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST:
            raise SettingsFault(f"{path} is too large to be an export of totals.")
        return path.read_bytes()
    except (OSError, ValueError) as fault:
        raise SettingsFault(f"{path} cannot be read: {getattr(fault, 'strerror', None) or fault}.") from fault


def _parsed(path: Path, content: bytes) -> Any:
    """The sheets of a workbook, what JSON says, or None for text of any other kind."""
    if content.startswith(b"PK"):
        return sheets(path, content)
    return _as_manifest(path, _text(path, content)) if content.lstrip()[:1] == b"{" else None


def _manifest(path: Path, content: bytes, parsed: Any) -> Manifest:
    if isinstance(parsed, list) and (not parsed or parsed[-1].name != "manifest"):
        return {}
    if isinstance(parsed, list):
        return _as_manifest(path, str(parsed[-1].lines[0][0]) if parsed[-1].lines else "")
    if isinstance(parsed, dict):
        inside = parsed.get("manifest") or (parsed.get("extension") or {}).get("manifest")
        return inside if isinstance(inside, dict) else {}
    if content.startswith(b"CHARSET="):
        return _of_px_itself(path, content)
    beside = manifest_path(path)
    if not beside.exists():
        raise SettingsFault(f"{path} says nothing of what it is of, and there is no {beside.name} beside it.")
    return _as_manifest(beside, _text(beside, _content(beside)))


def _of_px_itself(path: Path, content: bytes) -> Manifest:
    from campaign.publishing.formats import px

    try:
        return px.manifest(content)
    except SettingsFault as fault:
        raise CheckFault(f"{path} is damaged: {fault}") from fault


def _check_fields(path: Path, manifest: Manifest) -> None:
    """Raises ``CheckFault`` for a field that is not what every manifest has there."""
    left_out, against = manifest.get("left_out"), manifest.get("against", "")
    right = all(isinstance(manifest.get(name), kind) for name, kind in _FIELDS.items())
    right = right and isinstance(left_out, dict) and all(type(number) is int for number in left_out.values())
    if not right or not (against is None or isinstance(against, str)):
        raise CheckFault(f"{path} was altered: what it says of itself is not what every export says.")


_FIELDS = {
    **dict.fromkeys(("sha256", "seal", "head", "made_by", "rule", "day"), str),
    **dict.fromkeys(("position", "hidden", "figures"), int),
    "measures": dict,
}


def _request(path: Path, manifest: Manifest) -> Request:
    try:
        return from_json(manifest["request"])
    except SettingsFault as fault:
        raise CheckFault(f"{path}: {fault}") from fault


def _as_manifest(path: Path, text: str) -> dict[str, Any]:
    try:
        said = json.loads(text)
        json.dumps(said, ensure_ascii=False).encode()  # half a sign cannot be written
    except (ValueError, RecursionError) as fault:
        raise CheckFault(f"{path} is damaged: what it says of itself cannot be read ({fault}).") from fault
    return said if isinstance(said, dict) else {}


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CheckFault(f"{path} is damaged: byte {fault.start:,} is no UTF-8.") from fault


class ASheet(NamedTuple):
    """A sheet of a workbook: its name, and its lines of cells."""

    name: str
    lines: list[list[Any]]


def sheets(path: Path, content: bytes) -> list[ASheet]:
    """Every sheet of a workbook, as calamine reads it. Raises ``CheckFault`` when it is damaged."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [ASheet(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as fault:
        raise CheckFault(f"{path} is damaged: it is no workbook that can be read ({fault}).") from fault


def _cells(path: Path, content: bytes, request: Request, parsed: Any) -> Cells:
    try:
        return dict(_READ[request.form](path, content, empty_table(request.by), request, parsed))
    except SettingsFault as fault:
        raise CheckFault(f"{path} is damaged, or was altered: {fault!s:.200}") from fault
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as fault:
        raise CheckFault(f"{path} is damaged, or was altered: a row in it is not as it was written.") from fault


def _of_json(_: Path, __: bytes, table: Table, ___: Request, rest: Any) -> Iterator[tuple[Key, Any]]:
    for row in rest["rows"]:
        group = frozenset((by, row[by]) for by in table.dimensions if by in row)
        for name in table.figures:
            yield (table.name, group, name), SUPPRESSED if name in row["hidden"] else row[name]


def _of_json_stat(_: Path, __: bytes, table: Table, ___: Request, rest: Any) -> Iterator[tuple[Key, Any]]:
    from campaign.publishing.formats import json_stat

    return _named(table, json_stat.cells(rest))


def _of_px(_: Path, content: bytes, table: Table, ___: Request, ____: Any) -> Iterator[tuple[Key, Any]]:
    from campaign.publishing.formats import px

    return _named(table, px.cells(content))


def _named(table: Table, cells: dict[tuple[tuple[str, ...], str], Any]) -> Iterator[tuple[Key, Any]]:
    for (words, name), value in cells.items():
        yield (table.name, _group(table.dimensions, words), name), value


def _group(dimensions: Iterable[str], words: Iterable[str]) -> Group:
    return frozenset((by, each) for by, each in zip(dimensions, words, strict=True) if each != ALL)


def _of_lines(path: Path, content: bytes, table: Table, request: Request, _: Any) -> Iterator[tuple[Key, Any]]:
    dialect = DIALECTS[request.form]
    lines = list(csv.reader(io.StringIO(_text(path, content), newline=""), delimiter=dialect.delimiter))[1:]
    yield from (_of_long if request.long else _of_wide)(table, lines, dialect)


def _of_wide(table: Table, lines: Sequence[list[str]], dialect: Dialect) -> Iterator[tuple[Key, Any]]:
    for line in lines:
        group, rest = _split(table, line)
        hidden = set(rest[len(table.figures) + 1].split())
        for name, cell in zip(table.figures, rest, strict=False):
            yield (table.name, group, name), SUPPRESSED if name in hidden else _number(cell, name, table, dialect)


def _of_long(table: Table, lines: Sequence[list[str]], dialect: Dialect) -> Iterator[tuple[Key, Any]]:
    for line in lines:
        group, (name, *_, cell, note) = _split(table, line)
        yield (table.name, group, name), SUPPRESSED if note == "hidden" else _number(cell, name, table, dialect)


def _split(table: Table, line: Sequence[Any]) -> tuple[Group, Sequence[Any]]:
    """The group of a line, by its codes, and what stands behind it."""
    widths = [2 if by in NAMED else 1 for by in table.dimensions]
    codes = [line[sum(widths[:number])] for number in range(len(widths))]
    words = [word(by, str(code)) for by, code in zip(table.dimensions, codes, strict=True)]
    return _group(table.dimensions, words), line[sum(widths) :]


def _number(cell: str, name: str, table: Table, dialect: Dialect) -> int | float | None:
    if not cell or cell == SUPPRESSED_SIGN:
        return None
    return int(cell) if name in table.counts else float(cell.replace(dialect.decimal, "."))


def _of_workbook(_: Path, __: bytes, table: Table, request: Request, rest: Any) -> Iterator[tuple[Key, Any]]:
    """The counts of its first sheet, and those of yields and weeks, which stand before data, about and manifest."""
    for line in rest[0].lines[1:]:
        group, cells = _split(table, line)
        for name, cell in zip(table.counts, cells, strict=True):
            yield (table.name, group, name), _shown(cell)
    for name, by, figures, before, lines in _of_sheets(table, request, rest):
        for line in lines:
            said = _group((by,), (word(by, line[0]),))
            for figure, cell in zip(figures, line[before:], strict=False):
                yield (name, said, figure), _shown(cell)


def _of_sheets(table: Table, request: Request, found: list[ASheet]) -> Iterator[tuple[Any, ...]]:
    """For yields and weeks: table, dimension, figures, how many columns stand before them, and the lines."""
    from campaign.publishing.formats.workbook import OF_YIELDS

    at = 2 if table.rates else 1
    yield "yields", "kind", OF_YIELDS[3:], 3, found[at].lines[1:]
    if has_weeks(request):
        yield "weeks", "week", OF_WEEKS, 4, found[at + 1].lines[1:]


def _shown(cell: Any) -> int | str | None:
    return SUPPRESSED if cell == SUPPRESSED_SIGN else None if cell == "" else int(cell)


_READ: dict[str, Callable[..., Iterator[tuple[Key, Any]]]] = {
    "csv": _of_lines,
    "excel-csv": _of_lines,
    "tsv": _of_lines,
    "json": _of_json,
    "json-stat": _of_json_stat,
    "px": _of_px,
    "xlsx": _of_workbook,
}
