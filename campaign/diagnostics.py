"""The checks of ``campaign doctor`` in a data directory: files, log, clock, backups, personal texts and read models."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from campaign.app import open_tracker
from campaign.backups.manifest import MANIFEST
from campaign.backups.register import registered
from campaign.errors import Fault
from campaign.personal_data.retention import due_texts, leftover_texts
from campaign.personal_data.text_check import check_texts
from campaign.settings import CONFIG, Setting
from campaign.storage.checks import Check, machine
from campaign.storage.mapper import STORED_NAMES
from campaign.storage.ports import BEFORE_ALL
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.disks import refuse_network_paths
from campaign.storage.sqlite.lookup import campaigns
from campaign.storage.sqlite.workspace import SqliteWorkspace

_LEAST_ROOM = 200_000_000  # bytes
_BACKUP_DAYS = 7
_MOST_LISTED = 3
_CLOCKS_DIFFER = timedelta(minutes=2)


def checkup(home: SqliteWorkspace, settings: Mapping[str, Setting]) -> Iterator[Check]:
    """Every check, causes before effects. Those of a data directory run only when it has a log."""
    yield from machine()
    for name, setting in settings.items():
        yield Check(f"setting {name}", True, f"{setting.value} (from {setting.source})")
    yield _guarded("home", lambda: _home(home))
    if home.log.exists():
        yield from _permissions(home)
        yield _guarded("disk", lambda: _room(home))
        yield _guarded("log", lambda: _log(home))
        yield _guarded("clock", lambda: _clock(home))
        yield _guarded("backup", lambda: _backup(home))
        yield _guarded("campaigns", lambda: _campaigns(home))
        yield from _people(home)
        yield _guarded("entries of unknown kinds", lambda: _unknown(home))
        yield _guarded("read models", lambda: _views(home))


def _guarded(subject: str, check: Callable[[], Check]) -> Check:
    """The result of the check, or the fault that prevented it."""

    try:
        return check()
    except (Fault, OSError, sqlite3.Error, UnicodeDecodeError, PersistenceError) as fault:
        return Check(subject, False, str(fault))


def _home(home: SqliteWorkspace) -> Check:
    home.require()
    refuse_network_paths(home.path)
    return Check("home", True, str(home.path))


def _permissions(home: SqliteWorkspace) -> Iterator[Check]:
    if os.name != "posix":
        return
    files = (
        home.log,
        home.people,
        home.views,
        *(home.path / name for name in (CONFIG, "backups.json", "erased.jsonl")),
    )
    modes = {home.path: 0o700} | dict.fromkeys(files, 0o600)
    for path, mode in modes.items():
        if path.exists():
            yield _permission(path, mode)


def _permission(path: Path, allowed: int) -> Check:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~allowed:
        return Check("permissions", False, f"{path} is open to others ({mode:o}); run: chmod {allowed:o} {path}")
    if not os.access(path, os.W_OK):
        return Check("permissions", False, f"{path} cannot be written to ({mode:o})")
    return Check("permissions", True, f"{path.name} {mode:o}")


def _room(home: SqliteWorkspace) -> Check:
    free = shutil.disk_usage(home.path).free
    return Check("disk", free >= _LEAST_ROOM, f"{free / 1e9:,.1f} GB free")


def _log(home: SqliteWorkspace) -> Check:
    head = log_head.head(home.log)
    last = log_head.recorded_at(home.log, head) if head else None
    if head and last is None:
        return Check("log", False, f"the last entry, position {head:,}, is gone; run: campaign verify")
    latest = f", the last recorded {last}" if last else ""
    at = log_head.at(home.log, head)
    size = f"{home.log.stat().st_size / 1e6:,.1f} MB"
    return Check("log", True, f"entries: {head:,}{latest}; {size}; head {at.hash if at else 'gone'}")


def _clock(home: SqliteWorkspace) -> Check:
    """What is logged while the clock is behind the log counts as recorded at the log's last moment."""
    head, now = log_head.head(home.log), home.clock()
    last = log_head.recorded_at(home.log, head) if head else None
    if last is None or datetime.fromisoformat(last) - now <= _CLOCKS_DIFFER:
        return Check("clock", True, f"{now:%Y-%m-%d %H:%M} (UTC), not behind the log")
    message = (
        f"{now:%Y-%m-%d %H:%M} (UTC), behind the log's last entry, recorded {last[:16]}: this clock is wrong or was"
    )
    return Check("clock", False, message)


def _backup(home: SqliteWorkspace) -> Check:
    last = next((backup for backup in reversed(registered(home)) if backup.is_usable), None)
    if last is None:
        return Check("backup", True, "none yet; make one: campaign backup FOLDER")
    if not (Path(last.path) / MANIFEST).exists():
        return Check("backup", True, f"{last.made_at[:10]} in {last.path}, which is not there now")
    days = (home.clock() - datetime.fromisoformat(last.made_at)).days
    since = log_head.head(home.log) - last.position
    late = f"; it is {days} days old: make another" if days > _BACKUP_DAYS else ""
    return Check("backup", True, f"{last.made_at[:10]} in {last.path}; logged since: {since:,}{late}")


def _campaigns(home: SqliteWorkspace) -> Check:
    listed = [f"{c.slug} ({c.first} to {c.last}{'' if c.is_open else ', closed'})" for c in campaigns(home.log)]
    return Check("campaigns", True, ", ".join(listed) or "none planned yet")


def _people(home: SqliteWorkspace) -> Iterator[Check]:
    """What is kept of people: whether it is as logged, nothing too much, and nothing too long."""
    yield _guarded("personal texts", lambda: _texts(home))
    yield _guarded("retention", lambda: _retention(home))


def _texts(home: SqliteWorkspace) -> Check:

    with open_tracker(home) as tracker:
        verdict, leftovers = check_texts(tracker), leftover_texts(tracker, home.clock())
    if verdict.faults:
        return Check("personal texts", False, "; ".join(verdict.faults[:_MOST_LISTED]))
    if leftovers:
        return Check(
            "personal texts",
            False,
            f"{len(leftovers):,} erased or never logged, left by a crash; run: campaign retention run",
        )
    return Check("personal texts", True, f"{verdict.intact:,}, as they were logged" if verdict.intact else "none kept")


def _retention(home: SqliteWorkspace) -> Check:

    with open_tracker(home) as tracker:
        rules = {campaign.slug: campaign.keep_until for campaign in tracker.campaigns()}
        over = len(due_texts(tracker, home.clock().date()).targets)
    if over:
        return Check("retention", False, f"{over:,} persons and notes are kept too long; run: campaign retention run")
    rules_text = ", ".join(f"{slug} until {day}" if day else f"{slug} for ever" for slug, day in rules.items())
    return Check("retention", True, f"kept {rules_text}")


def _unknown(home: SqliteWorkspace) -> Check:

    unknown = [(name, times) for name, times in log_head.kinds(home.log) if name not in STORED_NAMES]
    listed = ", ".join(f"{times:,} {name}" for name, times in unknown)
    return Check(
        "entries of unknown kinds", True, f"{listed}; left out of figures until you upgrade" if unknown else "0"
    )


def _views(home: SqliteWorkspace) -> Check:
    if not home.views.exists():
        return Check("read models", True, "not made yet; the next report makes them")
    with closing(sqlite3.connect(f"{home.views.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        integrity = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if integrity != "ok":
        return Check("read models", False, "damaged; run: campaign rebuild")
    position = log_head.seen_by(home.views) or BEFORE_ALL
    log_head.check_seen(home.log, position)
    behind = log_head.head(home.log) - position.position
    since = log_head.recorded_at(home.log, position.position) if position.position else None
    age = f", at {since}" if since else ""
    message = f"behind by {behind:,}: they have seen {position.position:,}{age}; the next report catches up"
    return Check("read models", True, message if behind else "up to date")
