"""Checkpoints: log heads stored outside the log, in exports, backups, results of verify and text files."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from campaign.errors import SettingsFault
from campaign.storage.ports import Head

ENDING = ".anchor.json"
"""The ending of the file beside an export that holds its log head."""
ABOUT = ("About the figures", "Om tallene")
"""The name of the sheet of a workbook that describes its figures, in English and in Danish."""
POSITION, HEAD = "log position", "head"
"""The names of the two parts of a log head in the description of an export."""
_MOST = 200_000_000  # bytes
_LINE = re.compile(r"\s*(\d{1,18})[\s,;]+([0-9a-fA-F]{64})\s*")


class Checkpoint(NamedTuple):
    """A head of the log and the file it was read from."""

    head: Head
    source: str


def checkpoints_in(path: Path) -> list[Checkpoint]:
    """Every head in that file, or in the manifest of that folder. Raises ``SettingsFault`` when there is none."""
    heads = sorted(set(_heads(path / "manifest.json" if path.is_dir() else path)))
    if not heads:
        raise SettingsFault(
            f"{path} holds no head of the log. An export in JSON or XLSX, the {ENDING} beside another, what "
            "campaign verify --json said, a backup, or lines of a position and its hash do."
        )
    return [Checkpoint(head, str(path)) for head in heads]


def _heads(path: Path) -> Iterator[Head]:
    try:
        if path.stat().st_size > _MOST:
            raise SettingsFault(f"{path} is too large to hold heads of the log.")
        content = path.read_bytes()
    except (OSError, ValueError) as fault:
        raise SettingsFault(f"{path} cannot be read: {getattr(fault, 'strerror', None) or fault}.") from fault
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _of_workbook(content)
    text = content.decode("utf-8-sig", errors="replace")
    try:
        return _of_json(json.loads(text))
    except (ValueError, RecursionError):
        return _of_lines(text.splitlines())


def _of_json(content: Any) -> Iterator[Head]:
    if isinstance(content, dict):
        for at in ("position", "events", POSITION):
            yield from _head(content.get(at), content.get(HEAD))
        for inside in ("about", "manifest", "extension"):
            yield from _of_json(content.get(inside))


def _of_workbook(content: bytes) -> Iterator[Head]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = [row for name in book.sheet_names if name in ABOUT for row in book.get_sheet_by_name(name).to_python()]
    except (CalamineError, OSError, ValueError):
        return
    pairs = {row[0]: row[1] for row in rows if len(row) > 1}
    yield from _head(pairs.get(POSITION), pairs.get(HEAD))


def _of_lines(lines: Iterable[str]) -> Iterator[Head]:
    for match in filter(None, map(_LINE.fullmatch, lines)):
        yield from _head(match[1], match[2])


def _head(position: Any, hexed: Any) -> Iterator[Head]:
    if isinstance(position, int | str) and isinstance(hexed, str) and _LINE.fullmatch(f"{position} {hexed}"):
        yield Head(int(position), hexed.strip().lower())
