"""Every failpoint: the program dies at it, nothing is lost or doubled, and the same command does it after all."""

from __future__ import annotations

import re
import signal
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from campaign.failpoints import FAILPOINTS, PLACE, REHEARSAL
from stress.findings import Found
from stress.homes import a_home, a_slice, copied, entries, faults, left_behind, logged, ran, typed
from stress.workers import company

CALLED = company(0)


class Rehearsal(NamedTuple):
    """What is typed for a failpoint to be reached, how often it is passed, and how the same ends when typed again.

    In the words, ``{there}`` is the folder beside the home, in which a backup is ``saved``, ``{tables}`` one with
    tables, ``{note}`` a note that was taken, ``{n}`` a number.
    """

    words: Sequence[str]
    passed: int = 1
    again: Sequence[int] = (0,)
    answers: str = ""
    elsewhere: str = ""  # the home, when it is another


_CALL = ("call", CALLED, "accepted", "--at", "2012-11-12", "--visit", "2012-11-14")
_NOTED = Rehearsal((*_CALL, "--note", "-"), 1, (0, 1), "They close at noon\n")
_ERASED = ("erase", "{note}", "--because", "asked")
_EXPORTED = Rehearsal(("export", "totals", "-o", "{there}/totals{n}.xlsx"), 1, (0, 2))
_SAVED = Rehearsal(("backup", "{there}/saved{n}"), 1, (0, 2))
_RESTORED = Rehearsal(("restore", "{there}/saved"), 1, (0, 2), elsewhere="{there}/restored{n}")

REHEARSALS = {
    "log": Rehearsal(_CALL, 1, (0, 1)),
    "people": _NOTED,
    "erase": Rehearsal(_ERASED, 1, (0, 1)),
    "erasures": Rehearsal(_ERASED, 2, (0, 1)),
    "seal": Rehearsal(_ERASED, 2, (0, 1)),
    "views": Rehearsal(("rates",)),
    "rebuild": Rehearsal(("rebuild",)),
    "export": _EXPORTED,
    "rejects": Rehearsal(("import", "{tables}")),
    "config": Rehearsal(("init", "--campaign", "luk-op")),
    "backup": _SAVED,
    "listing": _SAVED._replace(passed=2),
    "restore": _RESTORED,
}


def failpoints(times: int, chance: Random, folder: Path) -> Found:
    """Dies so often at every failpoint, each time in a copy of one home."""
    note = prepared(folder)
    found, ended = list[str](), 0
    for name in FAILPOINTS:
        for number in range(times):
            found += [f"{name}: {fault}" for fault in died_at(name, number, chance, folder, note)]
            ended += 1
    left = len(left_behind(folder))
    return Found(ended, f"{len(FAILPOINTS)} places x {times}, each reached; left under their own names: {left}", found)


def prepared(folder: Path) -> str:
    """Makes the home, the tables and the backup the runs begin with. Returns a note that is there."""
    tables = a_slice(folder / "tables", 800)
    home = a_home(folder / "model", ("import", str(tables)), ("rates",))
    told = typed(home, "call", company(1), "busy", "--at", "2012-11-12", "--note", "-", answers="They open at nine\n")
    for number in range(2, 6):
        typed(home, "call", company(number), "busy", "--at", "2012-11-12")
    saved = typed(home, "backup", str(folder / "saved"))
    assert saved.code == 0, saved
    return re.search(r"note (\w+)", told.out)[1]  # type: ignore[index]


def died_at(name: str, number: int, chance: Random, folder: Path, note: str) -> list[str]:
    """What was wrong after the program died at this place and the same was typed again."""
    run = REHEARSALS[name.partition(".")[0]]
    place = folder / f"{name}-{number}"
    place.mkdir()
    home = copied(folder / "model", place / "home")
    copied(folder / "saved", place / "saved")
    listed = (home / "backups.json").read_text(encoding="utf-8")
    (home / "backups.json").write_text(listed.replace(str(folder / "saved"), str(place / "saved")), encoding="utf-8")
    fill = {"there": str(place), "tables": str(folder / "tables"), "note": note, "n": f"{name}{number}"}
    words = [word.format(**fill) for word in run.words]
    at = Path(run.elsewhere.format(**fill)) if run.elsewhere else home
    before, environ = entries(home), {REHEARSAL: "1", PLACE: f"{name}:{chance.randint(1, run.passed)}"}
    death = ran(at, *words, environ=environ, answers=run.answers)
    if death.code != -signal.SIGKILL:
        return [f"was not reached: exit {death.code}, {death.err}"]
    found = _lost(home, before) + faults(home)
    again = typed(at, *words, answers=run.answers)
    if again.code not in run.again or "Traceback" in again.err:
        found.append(f"typed again it ends with {again.code}: {again.err}")
    found += _lost(home, before) + faults(home) + (faults(at) if at != home else [])
    return found + _as_it_should(name, home, note, run)


def _lost(home: Path, before: list[str]) -> list[str]:
    there = entries(home)
    found = [] if there[: len(before)] == before else ["entries are lost"]
    return found if len(set(there)) == len(there) else [*found, "entries are there twice"]


def _as_it_should(name: str, home: Path, note: str, run: Rehearsal) -> list[str]:
    """Whether it was done once, and the figures are as they were."""
    found = []
    if run.words[0] == "call":
        made = Counter(logged(home))
        for kind in ("CallLogged", "VisitBooked", *(["NoteTaken"] if run.answers else [])):
            if made[f"Outreach.{kind}", CALLED] != 1:
                found.append(f"{kind} is there {made[f'Outreach.{kind}', CALLED]} times")
    if run.words[0] == "erase" and b"They open at nine" in b"".join(
        path.read_bytes() for path in home.parent.rglob("*.db")
    ):
        found.append("what was erased is still there")
    figures = typed(home, "rates", "--json")
    return found if figures.code == 0 else [*found, f"no figures after that: {figures.err}"]
