"""Rejects: rows that could not be taken, in the columns they came in, so they can be mended and imported again."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import IO

from campaign.importing.forms import Unreadable
from domain.identities import refuse_personal_numbers
from domain.refusals import PersonalNumber

ADDED = ("line", "column", "reason")
_FORMULA = ("=", "+", "-", "@")


class Rejects:
    """A file for the rejects of one table, made when the first comes."""

    def __init__(self, path: Path, headings: list[str]) -> None:
        self.path, self.headings = path, [h for h in headings if h not in ADDED]
        self._kept = [n for n, h in enumerate(headings) if h not in ADDED]
        self._file: IO[str] | None = None

    def add(self, line: int, cells: list[str], fault: Unreadable) -> None:
        """One row, with the line it stood on, the column at fault and the reason. Never a number in CPR form."""
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            self._write([*self.headings, *ADDED])
        kept = [_harmless(cells[n]) if n < len(cells) else "" for n in self._kept]
        self._write([*kept, str(line), fault.column, fault.reason])

    def close(self) -> Path | None:
        """The file, or None when nothing was rejected."""
        if self._file is None:
            return None
        self._file.close()
        return self.path

    def _write(self, cells: list[str]) -> None:
        csv.writer(self._file, delimiter=";", lineterminator="\r\n").writerow(cells)  # type: ignore[arg-type]


def _harmless(cell: str) -> str:
    """A cell as text: no personal number, nothing a spreadsheet would run, no control characters."""
    try:
        refuse_personal_numbers(cell)
    except PersonalNumber:
        return "[a CPR number was here]"
    shown = "".join(c if c.isprintable() else "�" for c in cell)
    return f"'{shown}" if shown.startswith(_FORMULA) and not shown[1:].replace(".", "").isdigit() else shown
