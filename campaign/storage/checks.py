"""The result of one check of ``campaign doctor``, and the checks of the machine."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version
from typing import NamedTuple

_LEAST_PYTHON = (3, 11)
_LEAST_SQLITE = (3, 35, 0)  # RETURNING, and the JSON functions read models use
_LIBRARIES = ("eventsourcing", "SQLAlchemy", "click", "rich", "msgspec")


class Check(NamedTuple):
    """What was checked, whether it is right, and the result in words."""

    subject: str
    ok: bool
    result: str

    @property
    def as_json(self) -> dict[str, str | bool]:
        """The check as ``doctor --json`` prints it."""
        return {"what": self.subject, "ok": self.ok, "found": self.result}


def machine() -> Iterator[Check]:
    """The checks of Python, SQLite and the libraries."""
    yield _python()
    yield _sqlite()
    yield Check("libraries", True, ", ".join(f"{name} {version(name)}" for name in _LIBRARIES))


def _python() -> Check:
    running = ".".join(map(str, sys.version_info[:3]))
    return Check("Python", sys.version_info >= _LEAST_PYTHON, f"{running} at {sys.executable}")


def _sqlite() -> Check:
    with closing(sqlite3.connect(":memory:")) as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
        safe = connection.execute("PRAGMA synchronous").fetchone()[0]
    notable = sorted(o for o in options if o.startswith(("THREADSAFE", "DEFAULT_SYNCHRONOUS", "OMIT_JSON")))
    fits = sqlite3.sqlite_version_info >= _LEAST_SQLITE and "OMIT_JSON" not in options
    return Check("SQLite", fits, f"{sqlite3.sqlite_version}, synchronous {safe} by default; {', '.join(notable)}")
