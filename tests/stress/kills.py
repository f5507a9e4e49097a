"""Kill -9 at random moments: what was acknowledged is there once, and every file is whole or absent."""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from campaign.backups.manifest import read_manifest
from campaign.backups.verification import verified_head
from campaign.errors import Fault
from stress.findings import Found
from stress.homes import (
    a_home,
    a_slice,
    aged,
    copied,
    entries,
    faults,
    left_behind,
    logged,
    typed,
    worker,
)
from stress.workers import company

_ROUND = 50  # kills in one home, so that looking it through stays quick
_SETTLED = re.compile(r"(?:Logged: call|Refused:).*?\b(\d{8})\b")
_EVERY = 60  # companies of the model campaign in an import


class Tally(NamedTuple):
    """What a part of the row found."""

    kills: int
    acknowledged: int
    left: int
    faults: list[str]


def kills(times: int, chance: Random, folder: Path) -> Found:
    """So many kills while logging, and a tenth as many while importing, rebuilding, backing up and exporting each."""
    tenth = max(1, times // 10)
    parts = {
        "logging": _while_logging(times, chance, folder / "logging"),
        "importing": _while_importing(tenth, chance, folder / "importing"),
        "rebuilding": _while_rebuilding(tenth, chance, folder / "rebuilding"),
        "backing up": _while_backing_up(tenth, chance, folder / "backups"),
        "exporting": _while_exporting(tenth, chance, folder / "exports"),
    }
    told = ", ".join(f"{name} {tally.kills} (left {tally.left})" for name, tally in parts.items())
    said = f"acknowledged {parts['logging'].acknowledged:,}; killed while {told}"
    return Found(
        sum(tally.kills for tally in parts.values()),
        said,
        [f"{name}: {fault}" for name, tally in parts.items() for fault in tally.faults],
    )


# Logging


def _while_logging(times: int, chance: Random, folder: Path) -> Tally:
    folder.mkdir()
    empty, found, killed, settled = a_home(folder / "empty"), list[str](), 0, 0
    while killed < times:
        home = copied(empty, folder / f"home{killed}")
        number = 0
        for _ in range(min(_ROUND, times - killed)):
            number += _killed_logging(home, number, chance)
            killed += 1
            found += _miscounted(home, number) + faults(home)
        found += [] if typed(home, "backup", str(folder / f"saved{killed}")).code == 0 else ["no backup after that"]
        settled += number
    return Tally(killed, settled, len(left_behind(folder)), found)


def _killed_logging(home: Path, first: int, chance: Random) -> int:
    """How many acts one process settled, from the act ``first`` on, before it was killed."""
    process = worker("log", home, first, first + 10_000)
    assert process.stdout is not None
    lines = [process.stdout.readline()] if chance.random() < 0.9 else []
    time.sleep(chance.uniform(0, 0.1 if lines else 0.3))
    process.kill()
    out, err = process.communicate()
    lines += out.splitlines(keepends=True)
    settled = [found[1] for line in lines if line.endswith("\n") and (found := _SETTLED.match(line))]
    expected = [company(first + n) for n in range(len(settled))]
    assert settled == expected, f"acknowledged {settled}, not {expected}; {err}"
    return len(settled)


def _miscounted(home: Path, settled: int) -> list[str]:
    """Acts that are lost, doubled or half there; the one that was under way may be there or not."""
    there = Counter(logged(home))
    found = []
    for number in range(settled + 1):
        made = [there[name, company(number)] for name in ("Outreach.CallLogged", "Outreach.VisitBooked")]
        whole = [1, number % 2]
        if made != whole and not (number == settled and made == [0, 0]):
            found.append(f"act {number} of {settled} acknowledged is there as {made}, not {whole}")
    return found


# Everything else


def _killed(home: Path, words: list[str], longest: float, chance: Random) -> bool:
    """Types a command and kills it at some moment. False when it had ended by then."""
    process = worker("repeat", 1, "--home", home, "--no-input", *words)
    try:
        process.communicate(timeout=chance.uniform(0.1, 1) * longest)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
    return process.returncode != 0


def _lasting(home: Path, *words: str) -> float:
    """How many seconds a command takes; it has to work."""
    began = time.monotonic()
    process = worker("repeat", 1, "--home", home, "--no-input", *words)
    out, err = process.communicate()
    assert "Ended: 0" in out, err
    return time.monotonic() - began


def _often(times: int, attempt: Callable[[int], tuple[bool, list[str]]]) -> tuple[int, list[str]]:
    """Tries until it was killed so often. Returns how often it was, and what was found; never more than 6 x as often."""
    killed, found = 0, list[str]()
    for number in range(6 * times):
        was_killed, wrong = attempt(number)
        killed += was_killed
        found += wrong
        if killed == times:
            return killed, found
    return killed, [*found, f"killed {killed} times only"]


def _while_importing(times: int, chance: Random, folder: Path) -> Tally:
    folder.mkdir()
    empty, tables = a_home(folder / "empty"), a_slice(folder / "tables", _EVERY)
    whole = copied(empty, folder / "whole")
    longest = _lasting(whole, "import", str(tables))
    everything, homes = set(entries(whole)), [copied(empty, folder / "home")]

    def attempt(number: int) -> tuple[bool, list[str]]:
        home, before = homes[-1], entries(homes[-1])
        was_killed = _killed(home, ["import", str(tables)], longest, chance)
        after = entries(home)
        wrong = faults(home)
        if after[: len(before)] != before or not set(after) <= everything:
            wrong.append("entries are lost, or nobody imported them")
        if len(set(after)) != len(after):
            wrong.append("entries are there twice")
        if not was_killed:
            if set(after) != everything:
                wrong.append(f"{len(everything) - len(after)} entries are missing after an import that ended")
            homes.append(copied(empty, folder / f"home{number}"))
        return was_killed, wrong

    killed, found = _often(times, attempt)
    left = left_behind(folder)
    for home in homes:
        found += [] if typed(home, "import", str(tables)).code == 0 else ["an import begun again fails"]
    return Tally(killed, 0, len(left), found + _still_there(left))


def _a_full_home(folder: Path) -> Path:
    folder.mkdir()
    return a_home(folder / "home", ("import", str(a_slice(folder / "tables", _EVERY))), ("rates",))


def _while_rebuilding(times: int, chance: Random, folder: Path) -> Tally:
    home = _a_full_home(folder)
    longest, expected, log = _lasting(home, "rebuild"), typed(home, "rates", "--json").out, entries(home)

    def attempt(number: int) -> tuple[bool, list[str]]:
        was_killed = _killed(home, ["rebuild"], longest, chance)
        wrong = faults(home)
        if number % 5 == 0 and typed(home, "rates", "--json").out != expected:
            wrong.append("the figures are others after a rebuild was killed")
        return was_killed, wrong if entries(home) == log else [*wrong, "the log is another"]

    killed, found = _often(times, attempt)
    left = left_behind(folder)
    aged(left)
    found += [] if typed(home, "rebuild").code == 0 else ["a rebuild begun again fails"]
    found += [] if typed(home, "rates", "--json").out == expected else ["the figures are others at the end"]
    return Tally(killed, 0, len(left), found + _still_there(left))


def _while_backing_up(times: int, chance: Random, folder: Path) -> Tally:
    home = _a_full_home(folder)
    saved = folder / "saved"
    longest = _lasting(home, "backup", str(saved)), _lasting(folder / "restored", "restore", str(saved))
    expected, head = typed(home, "rates", "--json").out, read_manifest(saved).head

    def attempt(number: int) -> tuple[bool, list[str]]:
        place = folder / f"place{number}"
        if number % 2:
            was_killed = _killed(place, ["restore", str(saved)], longest[1], chance)
            return was_killed, _half_restored(place, expected)
        was_killed = _killed(home, ["backup", str(place)], longest[0], chance)
        return was_killed, _half_saved(place, head) + faults(home)

    killed, found = _often(times, attempt)
    left = left_behind(folder)
    aged(left)
    found += [] if typed(home, "backup", str(folder / "last")).code == 0 else ["a backup begun again fails"]
    return Tally(killed, 0, len(left), found + _still_there(left))


def _half_saved(place: Path, head: str) -> list[str]:
    if not place.exists():
        return []
    try:
        read_manifest(place)
        return [] if verified_head(place, lambda done, of: None)[1] == head else [f"{place} holds another log"]
    except Fault as fault:
        return [f"{place} is half a backup: {fault}"]


def _half_restored(place: Path, expected: str) -> list[str]:
    if not place.exists():
        return []
    if typed(place, "rates", "--json").out != expected:
        return [f"{place} shows other figures than the home that was saved"]
    return faults(place)


def _while_exporting(times: int, chance: Random, folder: Path) -> Tally:
    home = _a_full_home(folder)
    exports = folder / "exports"
    exports.mkdir()
    endings = ("csv", "xlsx", "json")
    longest = max(_lasting(home, "export", "totals", "--by", "office", "-o", f"{folder}/x.{e}") for e in endings)
    sizes = {e: (folder / f"x.{e}").stat().st_size for e in endings}

    def attempt(number: int) -> tuple[bool, list[str]]:
        ending = endings[number % 3]
        place = exports / f"{number}.{ending}"
        was_killed = _killed(home, ["export", "totals", "--by", "office", "-o", str(place)], longest, chance)
        whole = not place.exists() or abs(place.stat().st_size - sizes[ending]) < 16  # the moment it was made is in it
        return was_killed, faults(home) + ([] if whole else [f"{place} is half written"])

    killed, found = _often(times, attempt)
    left = left_behind(folder)
    aged(left)
    found += (
        [] if typed(home, "export", "totals", "-o", f"{exports}/z.csv").code == 0 else ["an export after that fails"]
    )
    return Tally(killed, 0, len(left), found + _still_there(left))


def _still_there(left: list[Path]) -> list[str]:
    return [f"{path} was left by a killed command and is there after the next" for path in left if path.exists()]
