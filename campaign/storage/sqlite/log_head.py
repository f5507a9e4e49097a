"""The head of a log, read with the standard library alone: how far the log is, without loading what writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from campaign.errors import CheckFault, SettingsFault, StoreFault, disk_full_message
from campaign.storage.ports import BEFORE_ALL, Head

STORE_VERSION = 1


def check_version(log: Path) -> None:
    """Raises ``SettingsFault`` when a newer version of the program wrote the log."""
    refuse_newer(int(_one(log, "PRAGMA user_version") or 0))


def refuse_newer(version: int) -> None:
    """Raises ``SettingsFault`` for the version of a store that this program does not know yet."""
    if version > STORE_VERSION:
        raise SettingsFault(
            f"A newer version wrote this data directory (store {version}, this one knows {STORE_VERSION}). Upgrade first."
        )


def head(log: Path) -> int:
    """The highest position the log has given out; 0 for an empty one.

    Raises ``StoreFault`` when it cannot be read, ``CheckFault`` when the log has rows behind it.
    """
    issued, last = _row(log, _ISSUED)
    if not isinstance(issued, int) or issued < last:
        raise CheckFault(f"The log counts {issued!s:.20} positions, but has one at {last:,}. Run: campaign verify")
    return issued


_ISSUED = (
    "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'), 0), "
    "coalesce((SELECT max(position) FROM stored_events), 0)"
)


def last(log: Path) -> Head | None:
    """The head of the log; None when its last row is gone."""
    return at(log, head(log))


def at(log: Path, position: int) -> Head | None:
    """That position with the hash of its row; None when there is no such row."""
    if position == 0:
        return BEFORE_ALL
    stored_hash = _one(log, "SELECT hash FROM stored_events WHERE position = ?", position)
    return Head(position, stored_hash.hex()) if isinstance(stored_hash, bytes) else None


def recorded_at(log: Path, position: int) -> str | None:
    """When the row at that position was recorded (UTC, ISO 8601); None when there is no such row."""
    moment = _one(log, "SELECT recorded_at FROM stored_events WHERE position = ?", position)
    return None if moment is None else str(moment)


def kinds(log: Path) -> list[tuple[str, int]]:
    """How many entries there are of each kind, by the name they are stored under; reads the whole log."""
    with _translated_errors(log), _open(log) as connection:
        return connection.execute("SELECT topic, count(*) FROM stored_events GROUP BY topic ORDER BY topic").fetchall()


def seen_by(views: Path) -> Head | None:
    """Up to where these read models have seen the log; None when they are none, or have seen nothing."""
    if not views.exists():
        return None
    try:
        with _open(views) as connection:
            row = connection.execute("SELECT position, head FROM progress").fetchone()
    except sqlite3.Error:
        return None
    return Head(*row) if row and isinstance(row[0], int) and isinstance(row[1], str) else None


def check_seen(log: Path, seen_head: Head | None) -> None:
    """Raises ``CheckFault`` when this is not the log that read models have seen, or less of it."""
    if seen_head is None or at(log, seen_head.position) == seen_head:
        return
    end = head(log)
    if end < seen_head.position:
        finding = f"The log ends at position {end:,}, but its read models have seen position {seen_head.position:,}"
        cause = "it was replaced by an older copy or by another log, or its end was cut"
    else:
        finding = f"The log has another entry at position {seen_head.position:,} than its read models have seen"
        cause = "it was replaced by another log, or rewritten"
    raise CheckFault(
        f"{finding}: {cause}. Put back your copy of it; if this was meant, take it as it is: campaign rebuild"
    )


def _one(log: Path, statement: str, *values: int) -> Any:
    row = _row(log, statement, *values)
    return row[0] if row else None


def _row(log: Path, statement: str, *values: int) -> Any:
    with _translated_errors(log), _open(log) as connection:
        return connection.execute(statement, values).fetchone()


@contextmanager
def _translated_errors(log: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError as fault:
        raise StoreFault(f"{log} is damaged: SQLite names something in it that is no text. {_COPY}") from fault
    except sqlite3.Error as fault:
        if "no such table" in str(fault):
            raise StoreFault(
                f"{log} is no log: it is empty, or of another program. Put back your copy of it."
            ) from fault
        if not isinstance(fault, sqlite3.OperationalError):
            raise StoreFault(f"{log} is damaged: {fault}. {_COPY}") from fault
        raise StoreFault(disk_full_message(fault) or f"{log} cannot be read: {fault}") from fault


_COPY = "Put back your copy of it."


def _open(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=20))
