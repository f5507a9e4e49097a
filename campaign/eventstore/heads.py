"""The head of a log, read with the standard library alone: how far the log is, without loading what writes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from campaign.faults import SettingsFault, StoreFault

STORE_VERSION = 1


def check_version(log: Path) -> None:
    """Raises ``SettingsFault`` when a newer version of the program wrote the log."""
    refuse_newer(int(_one(log, "PRAGMA user_version", ()) or 0))


def refuse_newer(found: int) -> None:
    """Raises ``SettingsFault`` for the version of a store that this program does not know yet."""
    if found > STORE_VERSION:
        raise SettingsFault(
            f"A newer version wrote this home (store {found}, this one knows {STORE_VERSION}). Upgrade first."
        )


def head(log: Path) -> int:
    """The highest position the log has given out; 0 for an empty one. Raises ``StoreFault`` when it cannot be read."""
    return int(_one(log, "SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'", ()) or 0)


def recorded_at(log: Path, position: int) -> str | None:
    """When the row at that position was recorded (UTC, ISO 8601); None when there is no such row."""
    found = _one(log, "SELECT recorded_at FROM stored_events WHERE position = ?", (position,))
    return None if found is None else str(found)


def _one(log: Path, statement: str, values: tuple[int, ...]) -> Any:
    try:
        with closing(sqlite3.connect(f"{log.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
            row = connection.execute(statement, values).fetchone()
    except sqlite3.Error as fault:
        if "no such table" in str(fault):
            raise StoreFault(
                f"{log} is no log: it is empty, or of another program. Put back your copy of it."
            ) from fault
        raise StoreFault(f"{log} cannot be read: {fault}") from fault
    return row[0] if row else None
