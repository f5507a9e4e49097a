"""Single edits of exports and of the log they were made from: each is found, and the cell or the position is named."""

from __future__ import annotations

import io
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random

from campaign.publishing.totals.request import FORMATS
from stress.findings import Found
from stress.homes import typed

ENDINGS = {form: form for form in FORMATS} | {"excel-csv": "csv"}
LOG_EDITS = (
    "DELETE FROM stored_events WHERE position = ?",
    "UPDATE stored_events SET recorded_at = '2012-11-12T12:00:01.000000+00:00' WHERE position = ?",
    "UPDATE stored_events SET topic = 'Outreach.CallLogged2' WHERE position = ?",
    "UPDATE stored_events SET state = replace(CAST(state AS TEXT), '2', '3') WHERE position = ?",
)
_FOUND = (2, 4)
"""Exit codes: it cannot be what it was, or it is not."""
_TIMBER, _BAKERY = "26099382", "72287029"


def edited(form: str, content: bytes, chance: Random) -> bytes:
    """The file with one edit: a bit, a line that is gone or stands twice; in a workbook a digit of one of its parts."""
    if form == "xlsx":
        return _workbook_edited(content, chance)
    lines, at = content.splitlines(keepends=True), chance.randrange(len(content))
    number = chance.randrange(1, len(lines))
    return chance.choice(
        [
            content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
            b"".join(lines[:number] + lines[number + 1 :]),
            b"".join([*lines[:number], lines[number], *lines[number:]]),
        ]
    )


def _workbook_edited(content: bytes, chance: Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        there = {name: parts.read(name) for name in parts.namelist()}
    name = chance.choice([name for name in there if "sheet" in name or "Strings" in name or "core" in name])
    digits = [at for at, byte in enumerate(there[name]) if chr(byte).isdigit() and at > 200]
    at = chance.choice(digits or [len(there[name]) // 2])
    other = b"7" if there[name][at : at + 1] != b"7" else b"8"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as parts:
        for each, part in (there | {name: there[name][:at] + other + there[name][at + 1 :]}).items():
            parts.writestr(each, part)
    return packed.getvalue()


def alter(log: Path, statement: str, position: int) -> bool:
    """Writes into the log behind the program's back; False when the statement changed nothing there."""
    with closing(sqlite3.connect(log)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (trigger,) in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        before = connection.execute("SELECT * FROM stored_events ORDER BY position").fetchall()
        connection.execute(statement, (position,))
        connection.commit()
        return before != connection.execute("SELECT * FROM stored_events ORDER BY position").fetchall()


def edits(times: int, chance: Random, folder: Path) -> Found:
    """So many edits of files of every format, and as many of the log."""
    home = folder / "home"
    _a_campaign(home)
    faults = [*_of_files(times, chance, folder, home), *_of_logs(times, chance, folder, home)]
    return Found(2 * times, f"{times} of files in {len(FORMATS)} formats, {times} of the log", faults)


def _a_campaign(home: Path) -> None:
    typed(home, "init")
    typed(home, "plan", "winter", "--title", "Winter", "--from", "2026-01-01", "--to", "2099-12-31")
    for cvr in (_TIMBER, _BAKERY):
        typed(home, "company", cvr, "--name", f"Company {cvr}")
        for _ in range(4):
            typed(home, "call", cvr, "no-answer", "--again")
        typed(home, "visit", cvr, "held", "--yield", "wage-subsidy:9", "--yield", "acute-job:7")


def _exported(folder: Path, home: Path, form: str) -> Path:
    path = folder / f"totals.{ENDINGS[form]}"
    typed(home, "export", "totals", "--by", "office,month", "--format", form, "-o", str(path), "--force")
    return path


def _of_files(times: int, chance: Random, folder: Path, home: Path) -> Iterator[str]:
    for number in range(times):
        form = FORMATS[number % len(FORMATS)]
        path = _exported(folder, home, form)
        whole = path.read_bytes()
        while (content := edited(form, whole, chance)) == whole:
            pass
        path.write_bytes(content)
        said = typed(home, "export", "verify", str(path))
        if said.code not in _FOUND or str(path) not in said.err:
            yield f"edit {number} of {form} was not found: exit {said.code}, {said.err[-200:]}"


def _of_logs(times: int, chance: Random, folder: Path, home: Path) -> Iterator[str]:
    path = _exported(folder, home, "json")
    with closing(sqlite3.connect(home / "events.db")) as log:
        last = log.execute("SELECT max(position) FROM stored_events").fetchone()[0]
    for number in range(times):
        altered = folder / f"altered-{number}"
        shutil.copytree(home, altered)
        while not alter(altered / "events.db", chance.choice(LOG_EDITS), position := chance.randrange(1, last + 1)):
            pass
        said = typed(altered, "export", "verify", str(path))
        if said.code not in (3, 4) or not {f"osition {position:,}", f"osition {position + 1:,}"} & _named(said.err):
            yield f"edit {number} of the log at {position} was not found: exit {said.code}, {said.err[-200:]}"
        shutil.rmtree(altered)


def _named(said: str) -> set[str]:
    """Every two words of what was said, without what stands behind a number."""
    words = [word.strip(":.,;").removeprefix("P").removeprefix("p") for word in said.split()]
    return {f"{one} {other}" for one, other in pairwise(words)}
