"""Putting a file in its place: written beside and then named, so that there is all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from campaign.faults import SettingsFault, StoreFault


def put(path: Path, content: bytes, force: bool = False) -> None:
    """Writes ``content`` to ``path``. Never over a file that is there, unless ``force``; never through a link.

    Raises ``SettingsFault`` when the path cannot be meant, ``StoreFault`` when the disk does not take it; there is
    no half file then, and what was there before still is.
    """
    check_target(path, force)
    beside = path.with_name(f".{os.getpid()}.part")
    with _told(path), _gone_after(beside):
        _write(beside, content)
        if force:
            beside.replace(path)
        else:
            os.link(beside, path)  # unlike a rename it fails when somebody made the file meanwhile


def check_target(path: Path, force: bool) -> None:
    """Refuses what no file can be written to, before any work is done for it."""
    with _told(path):
        if path.is_symlink():
            raise SettingsFault(f"{path} is a link. Write the name of the file itself.")
        if path.is_dir():
            raise SettingsFault(f"{path} is a folder. Write the name of a file in it.")
        if path.exists() and not path.is_file():
            raise SettingsFault(f"{path} is no ordinary file. For stdout write: -o -")
        if (path.parent / "events.db").exists() and path.name.startswith(("events.", "views.", "config.")):
            raise SettingsFault(f"{path} lies in a home, whose own files are never replaced. Choose another folder.")
        if path.exists() and not force:
            raise SettingsFault(f"{path} is there already. Choose another name, or say --force to replace it.")
        if not path.parent.is_dir():
            raise SettingsFault(f"There is no folder {path.parent}. Make it first.")


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _gone_after(path: Path) -> Iterator[None]:
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as fault:
        raise SettingsFault(f"{path} is there already. Choose another name, or say --force to replace it.") from fault
    except (OSError, ValueError) as fault:
        said = getattr(fault, "strerror", None) or str(fault)
        raise StoreFault(f"{path} cannot be written: {said}. Nothing was written.") from fault
