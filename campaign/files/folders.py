"""Atomic creation of a folder: built beside its place, flushed to the disk, then renamed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from campaign.errors import SettingsFault
from campaign.files.atomic import LEFT_BEHIND, flush_to_disk, translated_disk_errors
from campaign.files.temporary import PART, process_name

_OF_A_HOME = (
    "events.db*",
    "people.db*",
    "views.*",
    "config.*",
    "erased.*",
    "backups.*",
    "manifest.*",
    ".campaign-*.part",
)
_BESIDE = re.compile(r".+\.part-\d+-[0-9a-f]{8}")


def check_new_folder(place: Path) -> None:
    """Raises ``SettingsFault`` where no new folder can be put: what is there, but for an empty folder, is not ours."""
    if place.is_symlink():
        raise SettingsFault(f"{place} is a link. Write the name of a new folder.")
    if place.exists() and not place.is_dir():
        raise SettingsFault(f"{place} is a file. Write the name of a new folder.")
    if place.is_dir() and any(place.iterdir()):
        raise SettingsFault(f"{place} is not empty. Write the name of a new folder.")
    if os.path.ismount(place):
        raise SettingsFault(f"{place} is where a disk begins. Write the name of a new folder in it.")
    if not place.parent.is_dir():
        raise SettingsFault(f"There is no folder {place.parent}. Make it first.")


@contextmanager
def staging_folder(place: Path, now: datetime) -> Iterator[Path]:
    """A folder beside ``place``, for this user only; gone afterwards unless it was ``named``.

    What was left by others that were killed an hour ago or earlier is removed first, as far as it has a name that
    files of a home have. Raises ``StoreFault`` when the disk does not take it.
    """
    part = place.with_name(process_name(f"{place.name}{PART}"))
    with translated_disk_errors(place):
        _remove_left_behind(place.parent, now)
        part.mkdir(mode=0o700)
        try:
            yield part
        finally:
            remove(part)


def move_into_place(part: Path, place: Path) -> None:
    """Brings every file of a folder to the disk, then gives the folder its name, which an empty folder may have."""
    for path in part.iterdir():
        flush_to_disk(path)
    flush_to_disk(part)
    with suppress(FileNotFoundError):
        place.rmdir()
    part.rename(place)
    flush_to_disk(place.parent)


def _remove_left_behind(folder: Path, now: datetime) -> None:
    for part in folder.iterdir():
        if _BESIDE.fullmatch(part.name) and part.is_dir() and not part.is_symlink():
            with suppress(OSError):  # it was named or removed just now, or is somebody else's
                touched = max(path.stat().st_mtime for path in (part, *part.iterdir()))
                if now.timestamp() - touched > LEFT_BEHIND:
                    remove(part)


def remove(part: Path) -> None:
    """Removes the files of a home from a folder, and the folder unless it holds another."""
    for name in _OF_A_HOME:
        for path in part.glob(name):
            path.unlink(missing_ok=True)
    with suppress(OSError):
        part.rmdir()
