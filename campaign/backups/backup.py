"""Makes a backup: a consistent copy of the data directory, verified and registered."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from campaign import __version__
from campaign.app import open_tracker
from campaign.backups.erasure import erase_in_backup, is_outdated
from campaign.backups.manifest import FILES, LOG, PEOPLE, PLAIN, Manifest, digests, read_manifest, write_manifest
from campaign.backups.register import register
from campaign.backups.verification import OnProgress, verified_head
from campaign.errors import Fault, SettingsFault
from campaign.failpoints import reached
from campaign.files import folders
from campaign.files.atomic import write_new
from campaign.personal_data.erasure_log import erasures
from campaign.storage.ports import BEFORE_ALL
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.workspace import SqliteWorkspace

_WAIT_SECONDS = 20


def back_up(home: SqliteWorkspace, to: Path, on_progress: OnProgress) -> Manifest:
    """Copies the data directory to the new folder ``to`` and returns its manifest; others may write at the same time.

    The copy is verified before the folder appears. Raises ``SettingsFault`` when ``to`` cannot hold a backup,
    ``CheckFault`` when the copy is damaged, ``StoreFault`` when the disk is full or failing.
    """
    home.require()
    log_head.check_seen(home.log, log_head.seen_by(home.views))
    to = Path(os.path.abspath(to))
    _check_place(home, to)
    with folders.staging_folder(to, home.clock()) as part:
        reached("backup.before-listing")
        register(
            home, to, _begun(home), finished=False
        )  # first, so that an erasure finds it even if this is interrupted
        _copy(home, part)
        manifest = _manifest(home, part, on_progress)
        write_manifest(part, manifest)
        reached("backup.before-name")
        folders.move_into_place(part, to)
        reached("backup.after-name")
    try:
        _erase_concurrent(home, to)
        register(home, to, manifest, finished=True)
    except (Fault, OSError, sqlite3.Error, PersistenceError):
        folders.remove(to)  # so that the same command can be repeated
        raise
    return read_manifest(to)


def _erase_concurrent(home: SqliteWorkspace, to: Path) -> None:
    """Erases in the new backup what was erased while it was made, when no erasure could find it."""
    with open_tracker(home) as tracker:
        records = list(erasures(tracker))
        if is_outdated(to, records):
            erase_in_backup(to, tracker, records)


def _check_place(home: SqliteWorkspace, to: Path) -> None:
    folders.check_new_folder(to)
    if to.resolve().is_relative_to(home.path.resolve()):
        raise SettingsFault(f"{to} is in the data directory to back up. Choose another folder, best on another disk.")


def _copy(home: SqliteWorkspace, part: Path) -> None:
    """Copies the log before the texts: a text is stored before the log refers to it, so none is missing."""
    copy_database(home.log, part / LOG)
    if home.people.exists():
        copy_database(home.people, part / PEOPLE)
    for name in PLAIN:
        if (home.path / name).exists():
            write_new(part / name, (home.path / name).read_bytes())


def copy_database(source: Path, place: Path) -> None:
    """Copies a database as of one moment into a single file, readable by this user only."""
    write_new(place, b"")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as original,
        closing(sqlite3.connect(place)) as copied,
    ):
        copied.execute("PRAGMA locking_mode=EXCLUSIVE")  # a write-ahead log is not safe on a network drive otherwise
        original.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")


def _begun(home: SqliteWorkspace) -> Manifest:
    """The manifest of a backup of which nothing is copied yet."""
    return Manifest(home.clock().isoformat(timespec="seconds"), __version__, log_head.STORE_VERSION, *BEFORE_ALL, {})


def _manifest(home: SqliteWorkspace, folder: Path, on_progress: OnProgress) -> Manifest:
    position, head = verified_head(folder, on_progress)
    return _begun(home)._replace(position=position, head=head, files=digests(folder, FILES))
