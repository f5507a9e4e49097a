"""Erasure in backups: in those of the register, and in one that is being restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from campaign.app import CampaignTracker, open_tracker
from campaign.backups.manifest import LOG, MANIFEST, PEOPLE, erasing_in
from campaign.backups.register import registered
from campaign.errors import Fault, SettingsFault, StoreFault
from campaign.files import temporary
from campaign.personal_data.erasure_log import ERASED, ErasureRecord, erasures, read_list, write_list
from campaign.personal_data.references import erase_subject, erased_texts
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.texts import SqliteTexts
from domain.acts import Act
from domain.refusals import NothingToErase

if TYPE_CHECKING:
    from campaign.storage.ports import DataFiles
    from campaign.storage.sqlite.workspace import SqliteWorkspace


class BackupErasures(NamedTuple):
    """The backups that were erased in, and those that could not be, with why."""

    erased: list[Path]
    unreached: list[tuple[Path, str]]


def erase_in_backups(home: DataFiles, tracker: CampaignTracker, lines: Sequence[ErasureRecord]) -> BackupErasures:
    """Deletes erased texts from every backup whose list of erasures is outdated, and updates the list."""
    erasures = BackupErasures([], [])
    for path in _registered(home, erasures):
        for part in temporary.leftovers_beside(path):
            temporary.remove(part)
        try:
            if is_outdated(path, lines):
                erase_in_backup(path, tracker, lines)
                erasures.erased.append(path)
        except (OSError, sqlite3.Error, Fault) as fault:
            erasures.unreached.append((path, str(fault)))
    return erasures


def _registered(home: DataFiles, erasures: BackupErasures) -> list[Path]:
    try:
        return [Path(backup.path) for backup in registered(home)]
    except StoreFault as fault:
        erasures.unreached.append((home.path, str(fault)))
        return []


def is_outdated(backup: Path, lines: Sequence[ErasureRecord]) -> bool:
    """Whether there is an erasure the backup does not know of. Raises ``StoreFault`` when it is not there."""
    if not lines:
        return False
    if not (backup / MANIFEST).exists():
        raise StoreFault("it is not there")
    try:
        recorded = {line.entry for line in read_list(backup)}
    except SettingsFault:
        (backup / ERASED).unlink()
        return True
    return not {line.entry for line in lines} <= recorded


def erase_in_backup(backup: Path, tracker: CampaignTracker, lines: Sequence[ErasureRecord]) -> None:
    """Deletes in one backup what these erasures are of, and leaves them in its list."""
    with erasing_in(backup):
        SqliteTexts(backup / PEOPLE).forget(erased_texts(tracker, [line.owner for line in lines]))
        write_list(backup, lines)


# Restoring


def repeat_erasures(home: SqliteWorkspace, sources: Sequence[Path]) -> int:
    """Erases in a restored home what its log, these lists, and those of its backups beside the first say was erased.

    Orphaned texts go, too: no other process writes to this data directory. Returns how many texts went. A list
    beside that is damaged, or of another home, counts for nothing. Raises ``SettingsFault`` for one that was named
    and is none.
    """
    lines = {line.entry: line for source in sources for line in _read_source(source, source is sources[0])}
    for path in sibling_backups(home, sources[0]):
        lines |= {line.entry: line for line in _readable_list(path)}
    with open_tracker(home) as tracker:
        for line in lines.values():
            _repeat(tracker, line)
        erased = tracker.people.forget(text.id for text in tracker.orphaned_texts(tracker.people.all()))
        lines |= {line.entry: line for line in erasures(tracker)}
    if lines:
        write_list(home.path, lines.values())
    return erased


def _read_source(source: Path, may_lack: bool) -> list[ErasureRecord]:
    if not may_lack and source.is_dir() and not (source / ERASED).exists():
        raise SettingsFault(f"{source} has no list of erasures ({ERASED}).")
    return read_list(source)


def _readable_list(source: Path) -> list[ErasureRecord]:
    try:
        return read_list(source)
    except SettingsFault:
        return []


def sibling_backups(home: DataFiles, source: Path) -> list[Path]:
    """Backups in the folder of the one that is restored that are of this log, earlier or later."""
    siblings = (path for path in sorted(source.resolve().parent.iterdir()) if (path / MANIFEST).is_file())
    return [path for path in siblings if _is_same_log(home, path)]


def _is_same_log(home: DataFiles, backup: Path) -> bool:
    """Whether one of the two logs goes on where the other ends."""
    try:
        end = min(log_head.head(home.log), log_head.head(backup / LOG))
        own_head = log_head.at(home.log, end)
        return own_head is not None and own_head == log_head.at(backup / LOG, end)
    except Fault:
        return False


def _repeat(tracker: CampaignTracker, line: ErasureRecord) -> None:
    """Records the erasure in a log that does not know of it yet."""
    owner = tracker.load([line.owner]).get(line.owner)
    if owner is None or line.entry in owner.facts:
        return
    now = tracker.store.clock()
    act = Act(line.entry, line.at, line.by, line.office, now, now.date())
    try:
        erase_subject(owner, act, line.entry, line.subject, line.because)
    except NothingToErase:
        return
    tracker.record(owner)
