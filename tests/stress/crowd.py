"""Sixteen log at once in one home while reports and backups are made: nothing lost or doubled, nobody told to wait."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from subprocess import Popen

from campaign.backups.manifest import Manifest, read_manifest
from stress.findings import Found
from stress.homes import a_home, faults, logged, typed, worker
from stress.workers import company

PROCESSES = 16
_LOGGED = re.compile(r"Logged: call .*?\b(\d{8})\b", re.MULTILINE)
_APART = 800  # companies, so that no two processes call the same


def crowd(times: int, chance: Random, folder: Path, processes: int = PROCESSES) -> Found:
    """So many acts by each of the processes."""
    home = a_home(folder / "home")
    others = [worker("repeat", 0, "--home", home, "rates", "--json"), _backups(home, folder)]
    begun = [_once(process) for process in others]  # before the crowd comes
    loggers = [worker("log", home, p * _APART, p * _APART + times) for p in range(processes)]
    found = _logged_by(loggers, times)
    told, wrong = _ended(others, begun)
    found += wrong + _miscounted(home, times, processes) + faults(home)
    made = sorted(folder.glob("saved*"), key=lambda path: path.stat().st_mtime_ns)
    whole = [path for path in made if (path / "manifest.json").exists()]
    for saved in chance.sample(whole, min(2, len(whole))):
        found += unlike(home, saved, folder)
    if not whole:
        found.append("no backup was made meanwhile")
    said = f"{processes} processes x {times} acts; {told}; {len(whole)} backups"
    return Found(processes * times, said, found)


def _backups(home: Path, folder: Path) -> Popen[str]:
    return worker("repeat", 0, "--home", home, "backup", f"{folder}/saved{{n}}")


def _logged_by(loggers: list[Popen[str]], times: int) -> list[str]:
    found = []
    for number, process in enumerate(loggers):
        out, err = process.communicate()
        acknowledged = _LOGGED.findall(out)
        if acknowledged != [company(number * _APART + n) for n in range(times)]:
            found.append(f"process {number} was told of {len(acknowledged)} acts of {times}: {err[-300:]}")
        if re.search(r"(?i)busy:|locked|Traceback", err):
            found.append(f"process {number} was told: {err[-300:]}")
    return found


def _once(process: Popen[str]) -> str:
    """What it said until it had done what it does once."""
    said = ""
    while process.stdout and (line := process.stdout.readline()):
        said += line
        if line.startswith("Ended:"):
            return said
    return said


def _ended(others: list[Popen[str]], begun: list[str]) -> tuple[str, list[str]]:
    """How often each of the others did what it does, and what went wrong there."""
    done, found = [], []
    for process, before in zip(others, begun, strict=True):
        process.kill()
        out, err = process.communicate()
        codes = Counter(re.findall(r"^Ended: (\d+)$", before + out, re.MULTILINE))
        done.append(codes["0"])
        if set(codes) != {"0"} or re.search(r"(?i)busy:|locked|Traceback", err):
            found.append(f"exit codes {dict(codes)} while others log: {err[-300:]}")
    return f"{done[0]} reports meanwhile", found


def _miscounted(home: Path, times: int, processes: int) -> list[str]:
    there = Counter(logged(home))
    expected = Counter[tuple[str, str]]()
    for number in (p * _APART + n for p in range(processes) for n in range(times)):
        expected["Outreach.CallLogged", company(number)] = 1
        if number % 2:
            expected["Outreach.VisitBooked", company(number)] = 1
    lost, doubled = (expected - there).total(), (there - expected).total()
    return [f"{lost} entries are lost, {doubled} are doubled"] if lost or doubled else []


def unlike(home: Path, saved: Path, folder: Path) -> list[str]:
    """How a home restored from a backup differs from the one that was saved, as it was then."""
    manifest, restored = read_manifest(saved), folder / f"restored-{saved.name}"
    then = _as_it_was(home, manifest, folder / f"then-{saved.name}")
    ended = typed(restored, "restore", str(saved))
    if ended.code:
        return [f"{saved} is not restored: {ended.err}"]
    found = faults(restored)
    for words in (("rates", "--by", "office", "--json"), ("entries", "--json"), ("verify", "--json")):
        if typed(restored, *words) != typed(then, *words):
            found.append(f"{' '.join(words)} says something else in the home restored from {saved}")
    return found


def _as_it_was(home: Path, manifest: Manifest, then: Path) -> Path:
    """A copy of the home whose log ends where that of the backup ends."""
    then.mkdir()
    with (
        closing(sqlite3.connect(home / "events.db")) as log,
        closing(sqlite3.connect(then / "events.db")) as copy,
    ):
        log.backup(copy)
    for path in home.glob("people.db"):
        shutil.copy(path, then)
    with closing(sqlite3.connect(then / "events.db")) as log, log:
        log.execute("DELETE FROM stored_events WHERE position > ?", (manifest.position,))
        log.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'stored_events'", (manifest.position,))
    return then
