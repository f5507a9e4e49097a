"""Temporary folders of processes that no longer run, and an exclusive lock on a data directory."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from time import time

PART = ".part-"
DRY_RUN, DRAFT = "rehearsal-", "note-"
LOCK = "erasing.lock"
_WAIT_SECONDS = 60
_NUMBER = re.compile(r".*?-(\d+)-[0-9a-f]{8}")
_LONG_AGO = 86_400  # seconds; where it cannot be asked whether a process lives


def process_name(start: str) -> str:
    """A name that begins so, that nobody else has, and that says which process gave it."""
    return f"{start}{os.getpid()}-{token_hex(4)}"


@contextmanager
def exclusive(home: Path) -> Iterator[None]:
    """Holds an exclusive lock on the home; others wait. It is SQLite's, so it ends with the process."""
    os.close(os.open(home / LOCK, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(home / LOCK, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")


def leftovers_in(home: Path) -> Iterator[Path]:
    """Rehearsals and drafts of notes in a home whose process is gone."""
    for start in (DRY_RUN, DRAFT):
        yield from filter(_is_dead, home.glob(f"{start}*"))


def leftovers_beside(place: Path) -> Iterator[Path]:
    """Unfinished folders that were to become ``place``, whose process is gone."""
    if place.parent.is_dir():
        yield from (
            path for path in place.parent.iterdir() if path.name.startswith(place.name + PART) and _is_dead(path)
        )


def remove(path: Path) -> None:
    """Removes it, with all that is in it; what cannot be removed stays."""
    if path.is_dir() and not path.is_symlink():
        import shutil  # slow to load, and most commands remove nothing

        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def _is_dead(path: Path) -> bool:
    match = _NUMBER.fullmatch(path.name)
    if match is None:
        return False
    if os.name != "posix":
        return time() - path.stat().st_mtime > _LONG_AGO
    try:
        os.kill(int(match[1]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False
