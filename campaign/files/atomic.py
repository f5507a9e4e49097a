"""Atomic file writing: a file is written under a temporary name, then moved into place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EINVAL, ENOTSUP
from io import BufferedRandom
from pathlib import Path
from secrets import token_hex

from campaign.errors import SettingsFault, StoreFault
from campaign.failpoints import reached

_OF_A_HOME = (
    "events.",
    "people.",
    "views.",
    "config.",
    "erased.",
    "backups.",
    "manifest.",
    "rehearsal-",
    "note-",
    "erasing.",
)
LEFT_BEHIND = 3_600  # seconds


def write_file(path: Path, content: bytes, force: bool = False, mode: int = 0o666) -> None:
    """Writes ``content`` to ``path``. Never over a file that is there, unless ``force``; never through a link.

    ``mode``: who may read and write it, less what the system keeps back; 0o600 is for this user alone.

    Raises ``SettingsFault`` when the path cannot be meant, ``StoreFault`` when the disk does not take it; there is
    no half file then, and what was there before still is.
    """
    check_target(path, force)
    beside = _temporary_path(path)
    with translated_errors(path), _removed_afterwards(beside):
        write_new(beside, content, mode)
        _move_into_place(beside, path, force)


@contextmanager
def open_file(path: Path, force: bool = False) -> Iterator[BufferedRandom]:
    """``with open_file(path) as file``: as ``write_file``, for content too large for memory. Named when the block ends.

    An exception in the block leaves no file, and any earlier file unchanged.
    """
    check_target(path, force)
    beside = _temporary_path(path)
    with _removed_afterwards(beside):
        with translated_errors(path):
            file = os.fdopen(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666), "w+b")
        with file, translated_disk_errors(path):
            yield file
            file.flush()
            os.fsync(file.fileno())
        with translated_errors(path):
            _move_into_place(beside, path, force)


def _move_into_place(beside: Path, path: Path, force: bool) -> None:
    _remove_left_behind(beside)
    reached("export.before-name")
    if force:
        beside.replace(path)
    else:
        os.link(beside, path)  # unlike a rename it fails when somebody made the file meanwhile
    reached("export.after-name")


def replace_file(path: Path, content: bytes, failpoint: str) -> None:
    """Writes a file of ours, for this user only, in place of what was there: there is the old one or the new.

    ``failpoint`` is what the places before and after it gets its name are called by. Raises ``StoreFault`` when the
    disk does not take it.
    """
    beside = _temporary_path(path)
    with translated_errors(path), _removed_afterwards(beside):
        write_new(beside, content, 0o600)
        _remove_left_behind(beside)
        reached(f"{failpoint}.before-name")
        beside.replace(path)
        flush_to_disk(path.parent)
        reached(f"{failpoint}.after-name")


def flush_to_disk(path: Path) -> None:
    """Waits until the file is on the disk, or what the folder lists, as far as folders can be waited for there."""
    if not path.is_dir():
        _fsync(path, os.O_RDWR)
    elif os.name == "posix":  # elsewhere a folder cannot be opened
        try:
            _fsync(path, os.O_RDONLY)
        except OSError as fault:
            if fault.errno not in (EINVAL, ENOTSUP):  # some network drives say so
                raise


def _fsync(path: Path, mode: int) -> None:
    handle = os.open(path, mode)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_target(path: Path, force: bool) -> None:
    """Refuses what no file can be written to, before any work is done for it."""
    with translated_errors(path):
        if path.is_symlink():
            raise SettingsFault(f"{path} is a link. Write the name of the file itself.")
        if path.is_dir():
            raise SettingsFault(f"{path} is a folder. Write the name of a file in it.")
        if path.exists() and not path.is_file():
            raise SettingsFault(f"{path} is no ordinary file. For stdout write: -o -")
        if (path.parent / "events.db").exists() and path.name.startswith(_OF_A_HOME):
            raise SettingsFault(f"{path} lies in a home, whose own files are never replaced. Choose another folder.")
        if path.exists() and not force:
            raise SettingsFault(f"{path} is there already. Choose another name, or say --force to replace it.")
        if not path.parent.is_dir():
            raise SettingsFault(f"There is no folder {path.parent}. Make it first.")
        if not os.access(path.parent, os.W_OK):
            raise StoreFault(f"{path} cannot be written: nobody lets you write in its folder. Nothing was written.")


def _remove_left_behind(beside: Path) -> None:
    """Removes what exports that were killed left here, once it is so old that nobody can be at it any more."""
    now = beside.stat().st_mtime
    for path in beside.parent.glob(".campaign-*.part"):
        with suppress(OSError):  # it was named or removed just now, or is somebody else's
            if now - path.stat().st_mtime > LEFT_BEHIND:
                path.unlink()


def _temporary_path(path: Path) -> Path:
    return path.with_name(f".campaign-{token_hex(4)}.part")


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Creates the file and flushes it to the disk. Raises ``FileExistsError`` when it exists."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _removed_afterwards(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Raises ``SettingsFault`` for a file that exists, ``StoreFault`` for one that cannot be written."""
    try:
        yield
    except FileExistsError as fault:
        raise SettingsFault(f"{path} is there already. Choose another name, or say --force to replace it.") from fault
    except (OSError, ValueError) as fault:
        raise _write_fault(path, fault) from fault


@contextmanager
def translated_disk_errors(path: Path) -> Iterator[None]:
    """Raises ``StoreFault`` for what cannot be written."""
    try:
        yield
    except OSError as fault:
        raise _write_fault(path, fault) from fault


def _write_fault(path: Path, fault: Exception) -> StoreFault:
    reason = getattr(fault, "strerror", None) or str(fault)
    return StoreFault(f"{path} cannot be written: {reason}. Nothing was written.")
