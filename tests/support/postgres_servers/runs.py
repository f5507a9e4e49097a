"""The folder of one run: whatever servers a process starts is below it, and goes when the process does."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock

_ONE_AT_A_TIME = Lock()
_NUMBERS = count(1)
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30  # bytes: fifty servers before they have written anything


def new_folder(name: str, on_disk: bool = False) -> Path:
    """A new folder of this run, which every account can pass."""
    folder = run_folder(on_disk) / f"{name}-{next(_NUMBERS)}"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def run_folder(on_disk: bool = False) -> Path:
    """The folder of this run, in memory where there is enough, since a database is hundreds of files.

    It is deleted, and servers in it are ended, when this process ends, however it ends.
    """
    with _ONE_AT_A_TIME:
        return _run_folder(on_disk)


@cache
def _run_folder(on_disk: bool) -> Path:
    where = None if on_disk or not _enough_memory() else _MEMORY
    folder = Path(tempfile.mkdtemp(prefix="servers-", dir=where)).resolve()
    folder.chmod(0o755)
    atexit.register(_dismiss, _guard(folder), os.getpid())
    return folder


def _enough_memory() -> bool:
    return os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM


def _guard(folder: Path) -> subprocess.Popen[bytes]:
    """A process that outlives ours by as long as it takes to clear up; our death closes the pipe that it reads."""
    guards = Path(__file__).with_name("guards.py")
    return subprocess.Popen(
        [sys.executable, "-P", guards, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _dismiss(guard: subprocess.Popen[bytes], whose: int) -> None:
    """Has the guard clear up and waits for it; a fork of the process leaves the servers to the process."""
    if os.getpid() == whose:
        guard.communicate()
