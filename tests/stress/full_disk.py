"""A disk that is full, at every level: a clear line, exit code 3, what was logged before intact, and on it goes with room."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from campaign.backups.manifest import read_manifest
from campaign.backups.verification import verified_head
from campaign.errors import Fault
from stress.findings import Found
from stress.homes import Ran, a_home, a_slice, copied, entries, faults, logged, ran, typed, worker
from stress.workers import company

_SIZE = 32_000_000  # bytes of the small disk
_CLEAR = re.compile(r"The disk is full.*Make room|No space left on device|File too large")
_CALL = ("call", company(0), "accepted", "--at", "2012-11-12", "--visit", "2012-11-14")

Type = Callable[[Path, tuple[str, ...]], Ran]


def full_disk(times: int, chance: Random, folder: Path) -> Found:
    """So many fill levels of a small disk, from no room at all to enough; of a limit on files where none can be made."""
    with _small_disk(folder / "disk") as disk:
        return _on_a_small_disk(times, chance, folder, disk) if disk else limited(times, chance, folder)


def limited(times: int, chance: Random, folder: Path) -> Found:
    """So many limits on how large a file can get, from nothing to enough."""
    model, tables = _prepared(folder)
    enough = 2 * max(path.stat().st_size for path in model.iterdir())
    found, told = list[str](), Counter[int]()
    for number in range(times):
        size = enough * number**2 // times**2  # most limits are low ones

        def type_limited(home: Path, words: tuple[str, ...], size: int = size) -> Ran:
            process = worker("limited", size, "--home", home, "--no-input", *words)
            out, err = process.communicate()
            return Ran(process.returncode, out, err)

        place = folder / f"limit{number}"
        place.mkdir()
        home = copied(model, place / "home")
        found += [f"{size:,} bytes: {fault}" for fault in _tried(home, tables, chance, type_limited, told, _no_more)]
        shutil.rmtree(place)
    return Found(times, f"limits to {enough:,} bytes; exit codes {dict(sorted(told.items()))}", found)


def _on_a_small_disk(times: int, chance: Random, folder: Path, disk: Path) -> Found:
    model, tables = _prepared(folder)
    enough = 4 * sum(path.stat().st_size for path in model.iterdir())
    found, told = list[str](), Counter[int]()
    for number in range(times):
        place, ballast = disk / f"level{number}", disk / "ballast"
        place.mkdir()
        home = copied(model, place / "home")
        room = enough * number**2 // times**2  # most levels are low ones
        _fill(ballast, room)

        def type_there(home: Path, words: tuple[str, ...]) -> Ran:
            return ran(home, *words, environ={"TMPDIR": str(home.parent), "SQLITE_TMPDIR": str(home.parent)})

        wrong = _tried(home, tables, chance, type_there, told, ballast.unlink)
        found += [f"{room:,} bytes free: {fault}" for fault in wrong]
        shutil.rmtree(place)
    return Found(times, f"0 to {enough:,} bytes free; exit codes {dict(sorted(told.items()))}", found)


def _prepared(folder: Path) -> tuple[Path, Path]:
    tables = a_slice(folder / "tables", 400)
    model = a_home(folder / "model", ("import", str(tables)), ("rates",))
    return model, a_slice(folder / "more", 150)


def _no_more() -> None:
    """Nothing has to be done for a limit to end."""


def _tried(
    home: Path, tables: Path, chance: Random, typing: Type, told: Counter[int], make_room: Callable[[], None]
) -> list[str]:
    """Types every kind of command while there is no room, then looks, then goes on with room."""
    before, export, saved = entries(home), home.parent / "totals.xlsx", home.parent / "saved"
    commands = {
        "call": _CALL,
        "import": ("import", str(tables), "--rejects", str(home.parent / "rejects")),
        "rebuild": ("rebuild",),
        "export": ("export", "totals", "-o", str(export)),
        "backup": ("backup", str(saved)),
        "rates": ("rates",),
    }
    ended, found = dict[str, Ran](), list[str]()
    for name in chance.sample(list(commands), len(commands)):
        ended[name] = typing(home, commands[name])
        found += _unclear(name, ended[name])
        told[ended[name].code] += 1
    make_room()
    if ended["call"].code == 0 and not _called(home):
        found.append("a call that was acknowledged is lost")
    found += faults(home) + ([] if entries(home)[: len(before)] == before else ["earlier entries are not intact"])
    found += _half_there(export, saved, ended)
    for words, codes in ((_CALL, (0, 1)), (commands["import"], (0,)), (commands["rates"], (0,))):
        after = typed(home, *words)
        if after.code not in codes:
            found.append(f"with room again {words[0]} ends with {after.code}: {after.err}")
    found += [] if _called(home) == 1 else [f"the call is there {_called(home)} times"]
    return found + faults(home)


def _called(home: Path) -> int:
    return Counter(logged(home))["Outreach.CallLogged", company(0)]


def _unclear(name: str, ended: Ran) -> list[str]:
    lines = ended.err.strip().splitlines()
    if ended.code == 0:
        return []
    if ended.code != 3 or "Traceback" in ended.err:
        return [f"{name} ends with {ended.code}: {ended.err[-300:]}"]
    return [] if _CLEAR.search(lines[-1] if lines else "") else [f"{name} says only: {ended.err}"]


def _half_there(export: Path, saved: Path, ended: dict[str, Ran]) -> list[str]:
    found = []
    for name, path in (("export", export), ("backup", saved)):
        if path.exists() != (ended[name].code == 0):
            found.append(f"{name} ended with {ended[name].code}, and {path} is {'' if path.exists() else 'not '}there")
    if saved.exists():
        try:
            read_manifest(saved)
            verified_head(saved, lambda done, of: None)
        except Fault as fault:
            found.append(f"half a backup: {fault}")
    return found


# The disk


@contextmanager
def _small_disk(place: Path) -> Iterator[Path | None]:
    """A disk in memory; none where that is not allowed."""
    place.mkdir()
    mounted = _ran("mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(place))
    try:
        yield place if mounted else None
    finally:
        if mounted:
            _ran("umount", "--lazy", str(place))


def _ran(*words: str) -> bool:
    try:
        return subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _fill(ballast: Path, room: int) -> None:
    """Leaves only so much room on the disk."""
    with ballast.open("wb") as file:
        there = os.statvfs(ballast.parent)
        os.posix_fallocate(file.fileno(), 0, max(1, there.f_bavail * there.f_bsize - room))
