"""Rejects: rows that could not be imported, in their own columns, to be corrected and imported again."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Sequence
from filecmp import cmp
from itertools import count
from pathlib import Path
from typing import IO
from unicodedata import category

from campaign.failpoints import reached
from campaign.importing.schemas import Unreadable
from campaign.publishing.formats.formula_injection import guarded, unguarded
from domain.cpr import holds_personal_number
from domain.texts import HINTS, JOINERS

ADDED = ("rejected_line", "rejected_column", "rejected_reason")
REMOVED = "[a CPR number was here]"
LOST = "�"


class Rejects:
    """A file for the rejects of one table, made when the first comes. It takes no other rejects' place."""

    def __init__(self, folder: Path, table: str, headings: Sequence[str]) -> None:
        self._folder, self._stem, self._width = folder, _stem(table), len(headings)
        self._kept = [n for n, heading in enumerate(headings) if heading not in ADDED]
        self._headings = [_harmless(headings[n]) for n in self._kept]
        self._file: IO[str] | None = None

    def add(self, line: int, cells: list[str], fault: Unreadable) -> None:
        """One row, with the line it stood on, the column at fault and the reason. Never a number in CPR form.

        Cells beyond the headings follow at the end, so that nothing is lost and the row stays too long until mended.
        """
        if self._file is None:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path("writing").unlink(missing_ok=True)  # of a run that was stopped, or a link somebody planted
            handle = os.open(self._path("writing"), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
            self._write([*self._headings, *ADDED])
        cells_as_text = [_harmless(cells[n]) if n < len(cells) else "" for n in self._kept]
        beyond = [_harmless(cell) for cell in cells[self._width :]]
        self._write([*cells_as_text, str(line), fault.column, fault.reason, *beyond])

    def close(self) -> Path | None:
        """The file, or None when nothing was rejected. What is there already may be half mended: it stays."""
        if self._file is None:
            return None
        self._file.close()
        written = self._path("writing")
        names = (self._path("rejects" if n == 1 else f"rejects-{n}") for n in count(1))
        place = next(path for path in names if not os.path.lexists(path) or _is_same(written, path))
        reached("rejects.before-name")
        os.replace(written, place)
        reached("rejects.after-name")
        return place

    def _path(self, ending: str) -> Path:
        return self._folder / f"{self._stem}.{ending}.csv"

    def _write(self, cells: list[str]) -> None:
        csv.writer(self._file, delimiter=";", lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]


def _is_same(written: Path, existing: Path) -> bool:
    return existing.is_file() and cmp(written, existing, shallow=False)


def corrector(headings: Sequence[str], read: Sequence[str]) -> Callable[[list[str]], list[str]] | None:
    """A function that gives cells of a rejects file as they were in the table; None when it is no rejects file.

    It raises ``Unreadable`` for a cell of a column that is ``read`` in which what was taken out was not mended.
    """
    if not set(ADDED) <= set(headings):
        return None
    names = [heading if heading in read else "" for heading in headings]

    def mended(cells: list[str]) -> list[str]:
        for name, cell in zip(names, cells, strict=False):
            if name and (REMOVED in cell or LOST in cell):
                raise Unreadable(
                    name, f"{REMOVED if REMOVED in cell else LOST} still stands here; write what belongs here"
                )
        return [*map(unguarded, cells)]

    return mended


def _stem(table: str) -> str:
    """A name for a file from the name of a table, which a stranger may have chosen."""
    name, _, sheet = table.partition("[")
    return re.sub(r"[^\w. -]", " ", f"{Path(name).stem} {sheet[:-1]}"[:80]).strip(" .") or "table"


def _harmless(cell: str) -> str:
    """A cell as text: no personal number, nothing a spreadsheet would run, no control characters."""
    if holds_personal_number(cell):
        return REMOVED
    return guarded("".join(map(_shown, cell)))


def _shown(character: str) -> str:
    if character.isprintable() or character in JOINERS:
        return character
    return "" if character in HINTS else " " if category(character) == "Zs" else LOST
