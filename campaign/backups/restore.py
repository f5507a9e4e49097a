"""Restores a data directory from a verified backup, and repeats the erasures made since."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from campaign.backups.erasure import repeat_erasures, sibling_backups
from campaign.backups.manifest import FileDigest, Manifest, read_manifest
from campaign.backups.register import register
from campaign.backups.verification import OnProgress, verified_head
from campaign.errors import CheckFault, SettingsFault
from campaign.failpoints import reached
from campaign.files import folders
from campaign.files.atomic import write_new
from campaign.storage.ports import BEFORE_ALL, Head
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.disks import refuse_network_paths
from campaign.storage.sqlite.workspace import SqliteWorkspace


class Restored(NamedTuple):
    """The content of the backup, the number of texts erased again, and the last position of the restored log."""

    manifest: Manifest
    erased: int
    head: Head


def restore(home: SqliteWorkspace, source: Path, erased: Sequence[Path], on_progress: OnProgress) -> Restored:
    """Creates the data directory from the backup in ``source``, which stays as it is, and returns its content.

    ``erased`` are further places where it is written what was erased after the backup. The home gets its name last:
    until then nobody can read it. Raises ``SettingsFault`` where something is already, ``CheckFault`` for a backup
    that is not as it was made.
    """
    _check_place(home)
    manifest = read_manifest(source)
    with folders.staging_folder(home.path, home.clock()) as part:
        for name, digest in manifest.files.items():
            _copy(source / name, part / name, digest)
        if verified_head(part, on_progress) != (manifest.position, manifest.head):
            raise CheckFault(f"{source} is not as it was made: its log ends elsewhere than its manifest says.")
        reached("restore.before-erasing")
        new = SqliteWorkspace(part, home.clock)
        erased_again = repeat_erasures(new, [source, *erased])
        new.rebuild()
        for backup in sibling_backups(new, source):  # an erasure has to find them too
            register(new, backup, _manifest_or(backup, manifest), finished=True)
        register(new, source.resolve(), manifest, finished=True)
        reached("restore.before-name")
        folders.move_into_place(part, home.path)
        reached("restore.after-name")
    return Restored(manifest, erased_again, log_head.last(home.log) or BEFORE_ALL)


def _manifest_or(backup: Path, otherwise: Manifest) -> Manifest:
    try:
        return read_manifest(backup)
    except CheckFault:
        return otherwise


def _check_place(home: SqliteWorkspace) -> None:
    if home.log.exists():
        raise SettingsFault(
            f"There is a data directory at {home.path}, and no log is ever replaced. Choose another: --home DIR"
        )
    refuse_network_paths(home.path)
    home.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folders.check_new_folder(home.path)


def _copy(source: Path, place: Path, digest: FileDigest) -> None:
    if not source.exists() and digest.sha256:
        raise CheckFault(f"{source} is missing: the backup is not whole.")
    if source.exists():
        write_new(place, source.read_bytes())
    journal = source.with_name(f"{source.name}-journal")  # of an erasure that was cut short
    if journal.exists() and not digest.sha256:
        write_new(place.with_name(f"{place.name}-journal"), journal.read_bytes())
    if not digest.matches(place):
        raise CheckFault(f"{source} is not as it was backed up: it was altered or is damaged.")
