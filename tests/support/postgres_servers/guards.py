"""Ends servers the hard way: one at a time, or all of a run as soon as the process that started them is gone."""

import ctypes
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

_REMOVE_AT_ONCE = 0  # IPC_RMID
_already_gone = suppress(psutil.Error, OSError)


def end(folder: Path) -> None:
    """Kills every process of a server whose data are in this folder, and returns when all are gone."""
    while left := list(_processes(folder)):
        for process in left:
            with _already_gone:
                process.kill()
        time.sleep(0.001)


def discard(folder: Path) -> None:
    """Ends the servers in this folder and leaves nothing behind of them or it, in memory or on disk."""
    end(folder)
    for state in [*folder.glob("data/postmaster.pid"), *folder.glob("*/data/postmaster.pid")]:
        _forget_shared_memory(state)
    shutil.rmtree(folder, ignore_errors=True)


def _processes(folder: Path) -> Iterator[psutil.Process]:
    """By where they work: that is right from the first moment on, and no number that a stranger may have by now."""
    for process in psutil.process_iter():
        with _already_gone:
            if (
                process.name() == "postgres"
                and process.status() != psutil.STATUS_ZOMBIE
                and Path(process.cwd()).is_relative_to(folder)
            ):
                yield process


def _forget_shared_memory(state: Path) -> None:
    """A server that was killed leaves a few bytes of shared memory, whose number is the last of this line."""
    memory = state.read_text().splitlines()[6:7]
    if memory and memory[0].split():
        ctypes.CDLL(None).shmctl(int(memory[0].split()[-1]), _REMOVE_AT_ONCE, None)


def main() -> None:
    """Waits until the pipe from the process that starts servers is closed, whatever the reason, then clears up."""
    sys.stdin.read()
    discard(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
