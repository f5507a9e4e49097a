"""Homes to be rehearsed on: how they are made, what is typed there, and all that may be wrong with one afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

import cli
from campaign.app import open_tracker
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.storage.verification import verify
from campaign.terminal.clock import now

ROOT = Path(__file__).parents[2]
BUNDLE = ROOT / "examples" / "luk-op.zip"
ENVIRON = {k: v for k, v in os.environ.items() if not k.startswith("CAMPAIGN_")} | {
    "CAMPAIGN_OFFICE": "306",
    "CAMPAIGN_CONSULTANT": "abcd",
    "PYTHONPATH": os.pathsep.join(map(str, [ROOT, ROOT / "tests", ROOT / "tests" / "support"])),
}
_LEFT = re.compile(
    r".*\.part-\d+-[0-9a-f]{8}|\.campaign-[0-9a-f]{8}\.part|views\.building-\d+\.db.*|.*\.writing\.csv|.*-journal"
)
_OURS = re.compile(
    r"(events|views|people)\.db(-wal|-shm)?|config\.toml|backups\.json|erased\.jsonl|manifest\.json|erasing\.lock"
)


class Ran(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


def ran(home: Path, *words: str, environ: dict[str, str] | None = None, answers: str = "") -> Ran:
    """Types a command, in a process of its own."""
    typed = [sys.executable, "-m", "cli", "--home", str(home), "--no-input", *words]
    found = subprocess.run(
        typed, capture_output=True, text=True, env=ENVIRON | (environ or {}), input=answers, cwd=home.parent
    )
    return Ran(found.returncode, found.stdout, found.stderr)


def typed(home: Path, *words: str, answers: str = "") -> Ran:
    """Types a command in this process, which is quicker."""
    ended = CliRunner(env=ENVIRON | {"CAMPAIGN_HOME": str(home)}).invoke(cli.main, ["--no-input", *words], answers)
    crashed = ended.exception is not None and not isinstance(ended.exception, SystemExit)
    return Ran(
        ended.exit_code, ended.stdout, f"{ended.stderr}Traceback: {ended.exception!r}" if crashed else ended.stderr
    )


def worker(*words: object) -> subprocess.Popen[str]:
    """A process of ``stress.workers``."""
    return subprocess.Popen(
        [sys.executable, "-m", "stress.workers", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRON,
    )


def a_home(path: Path, *more: Sequence[str]) -> Path:
    """A home in which a campaign is planned, and more was typed. Nobody else is in it."""
    plan = ("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    for words in (("init",), plan, *more):
        found = typed(path, *words)
        assert found.code == 0, found
    return path


def a_slice(folder: Path, every: int) -> Path:
    """The model campaign of every so many companies, as CSVs in that folder, the last row of which cannot be taken."""
    folder.mkdir()
    with zipfile.ZipFile(BUNDLE) as archive:
        read = {n: archive.read(n).decode().splitlines(keepends=True) for n in archive.namelist() if n.endswith(".csv")}
    chosen = {line.split(";")[0] for line in read["companies.csv"][1::every]}
    for name, (headings, *lines) in read.items():
        cvr = headings.strip().split(";").index("cvr") if "cvr" in headings else None
        kept = [line for line in lines if cvr is not None and line.split(";")[cvr] in chosen]
        if kept:
            wrong = ";".join(["x"] * len(headings.split(";"))) + "\r\n" if name == "calls.csv" else ""
            (folder / name).write_text(headings + "".join(kept) + wrong, encoding="utf-8")
    return folder


def copied(home: Path, to: Path) -> Path:
    """A copy of a home nobody is in."""
    shutil.copytree(home, to)
    return to


# What may be wrong


def entries(home: Path) -> list[str]:
    """The ids of all entries of the log, in the order they were recorded."""
    with closing(sqlite3.connect(f"{(home / 'events.db').as_uri()}?mode=ro", uri=True)) as log:
        return [row[0] for row in log.execute("SELECT entry FROM stored_events WHERE entry > '' ORDER BY position")]


def logged(home: Path) -> Iterator[tuple[str, str]]:
    """The name of each entry made towards a company, and the company's CVR number."""
    statement = (
        "SELECT e.topic, json_extract(CAST(o.state AS TEXT), '$.cvr') FROM stored_events e JOIN stored_events o "
        "ON o.originator_id = e.originator_id AND o.topic = 'Outreach.Opened' WHERE e.topic <> 'Outreach.Opened'"
    )
    with closing(sqlite3.connect(f"{(home / 'events.db').as_uri()}?mode=ro", uri=True)) as log:
        yield from log.execute(statement)


def faults(home: Path) -> list[str]:
    """Everything that is not whole in a home."""
    found = [f"{path} is half written" for path in home.glob("*.db") if not _is_whole(path)]
    found += [f"{path} is half written" for path in home.glob("*.json") if not _is_json(path)]
    found += [f"{path.name} is a file nobody knows" for path in home.iterdir() if not _is_known(path)]
    with open_tracker(SqliteWorkspace(home, now)) as tracker:
        fault = verify(tracker.store, tracker.mapper).fault
    return [*found, fault] if fault else found


def _is_whole(path: Path) -> bool:
    if _LEFT.fullmatch(path.name):
        return True
    try:
        with closing(sqlite3.connect(path, timeout=20)) as database:
            return bool(database.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok")
    except sqlite3.DatabaseError:
        return False


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True


def _is_known(path: Path) -> bool:
    return bool(path.name == "rejects" or _OURS.fullmatch(path.name) or _LEFT.fullmatch(path.name))


def left_behind(*folders: Path) -> list[Path]:
    """What killed commands left, under names that say it is not finished."""
    return [path for folder in folders for path in folder.rglob("*") if _LEFT.fullmatch(path.name)]


def aged(paths: Iterable[Path]) -> None:
    """Makes these files and folders look two hours old."""
    for path in paths:
        for each in (*(path.iterdir() if path.is_dir() else ()), path):
            then = each.stat().st_mtime - 7_200
            os.utime(each, (then, then))
