"""Verification of a backup: its databases intact, its log as it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from campaign.backups.manifest import DATABASES, LOG, PEOPLE
from campaign.errors import CheckFault
from campaign.storage.mapper import TypedMapper
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.log import DurableDatastore, SqliteEventLog
from campaign.storage.sqlite.texts import SqliteTexts
from campaign.storage.verification import verify

OnProgress = Callable[[int, int], None]
"""Receives how many rows are verified, of how many."""


def verified_head(folder: Path, on_progress: OnProgress) -> tuple[int, str]:
    """Verifies the databases in ``folder``; returns the position and the hash of the last row of the log.

    Writes nothing to the folder. Raises ``CheckFault`` when a database is damaged or altered.
    """
    for name in DATABASES:
        if (folder / name).exists():
            _check_integrity(folder / name)
    texts = SqliteTexts(folder / PEOPLE)
    store = SqliteEventLog(DurableDatastore(_read_only(folder / LOG)), lambda: datetime.min.replace(tzinfo=UTC), texts)
    verified, total = 0, log_head.head(folder / LOG)

    def report_progress(rows: int) -> None:
        nonlocal verified
        verified += rows
        on_progress(verified, total)

    try:
        store.check_version()
        verdict = verify(store, TypedMapper(), report_progress)
    finally:
        store.datastore.close()
    if verdict.fault:
        raise CheckFault(f"{folder / LOG} is not as it was written: position {verdict.position}: {verdict.fault}.")
    return verdict.events, verdict.head.hex()


def _check_integrity(path: Path) -> None:
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            result = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        result = str(fault)
    if result != "ok":
        raise CheckFault(f"{path} is damaged: {result}.")


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?immutable=1"
