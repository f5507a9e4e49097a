"""The words import tests are told in: a home with a campaign, tables as files, and what became of them."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import terminal_user

import cli
from campaign.app import open_tracker
from campaign.importing.imports import ImportRun, TableOutcome, import_tables, new_run, plan_import
from campaign.reference import offices
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.storage.verification import verify
from campaign.undo import entries_of_batch, undo
from domain.acts import Act
from projections.engine.tables import STILL_KNOWN
from projections.filters import Scope
from projections.questions.hit_rates import hit_rates
from projections.questions.yields_by_kind import YieldTree, yields_by_kind
from projections.read_models import TABLES

BUNDLE = Path(__file__).parents[2] / "examples" / "luk-op.zip"
FILES = ("companies.csv", "calls.csv", "visits.csv", "yields.csv")
SLUG, TODAY = "luk-op", date(2013, 7, 1)
BAKERY, HARBOUR, SCHOOL, GARAGE = "26099382", "72287029", "97383979", "26382114"

COMPANIES = ("cvr", "name", "municipality_code", "industry_code", "industry_scheme", "size_band", "valid_from")
INVITATIONS = ("ref", "cvr", "sent_on", "consultant", "office")
CALLS = ("ref", "cvr", "called_at", "consultant", "office", "outcome", "reason", "follow_up")
VISITS = ("ref", "cvr", "booked_on", "planned_on", "held_on", "status", "consultant", "office", "call_ref")
YIELDS = ("ref", "cvr", "visit_ref", "call_ref", "recorded_on", "kind", "positions", "hours_per_week", "target_group")

A_CALL = ("c1", BAKERY, "2012-11-05T09:30", "anna", "306", "accepted")
A_VISIT = ("v1", BAKERY, "2012-11-05", "2012-11-20", "2012-11-20", "held", "anna", "306", "c1")
A_YIELD = ("y1", BAKERY, "v1", "", "2012-11-20", "internship", "2", "37", "")


def noon_of(today: date) -> datetime:
    """Noon of that day, UTC."""
    return datetime.combine(today, time(12), tzinfo=UTC)


def workspace_at(path: Path, today: date = TODAY) -> SqliteWorkspace:
    """The home at that place, on a clock that stands; with ``--store postgres`` the database made for that place."""
    if terminal_user.database_factory:
        return terminal_user.open_database_for(path, lambda: noon_of(today))
    return SqliteWorkspace(path, lambda: noon_of(today))


def new_workspace(
    path: Path, today: date = TODAY, first: date = date(2012, 9, 3), last: date = date(2013, 6, 30)
) -> SqliteWorkspace:
    """A home in which the campaign is planned, on a clock that stands."""
    home = workspace_at(path, today)
    home.create()
    with open_tracker(home) as tracker:
        tracker.plan(Act(UUID(int=7), first, "abcd", "306", noon_of(today), today), SLUG, "Luk op", first, last)
    return home


def table(path: Path, headings: Sequence[str], *rows: Sequence[str], delimiter: str = ";") -> Path:
    """A CSV with these rows; cells a row does not name are empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(headings)
        writer.writerows([*row, *[""] * (len(headings) - len(row))] for row in rows)
    return path


def model_slice(folder: Path, every: int) -> Path:
    """The model campaign of every so many companies, with all that was done towards them, as CSVs in that folder."""
    with zipfile.ZipFile(BUNDLE) as archive:
        read = {name: archive.read(name).decode().splitlines(keepends=True) for name in FILES}
    chosen = {line.split(";")[0] for line in read["companies.csv"][1::every]}
    for name, (headings, *lines) in read.items():
        cvr = 0 if name == "companies.csv" else 1
        kept = [line for line in lines if line.split(";")[cvr] in chosen]
        (folder / name).write_text(headings + "".join(kept), encoding="utf-8")
    return folder


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV, by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


class Import:
    """What one import said: its run, and one outcome a table."""

    def __init__(self, run: ImportRun, outcomes: list[TableOutcome]) -> None:
        self.run, self.outcomes = run, outcomes

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, all tables together; verdicts that nothing got are left out."""
        counted = sum((outcome.rows for outcome in self.outcomes), Counter[Any]())
        return {verdict.value: number for verdict, number in counted.items() if number}

    @property
    def rejects(self) -> list[Path]:
        """The rejects files."""
        return [outcome.rejects for outcome in self.outcomes if outcome.rejects]

    @property
    def reasons(self) -> list[str]:
        """Why rows were rejected, with their columns: the first of each table."""
        return [outcome.first_fault for outcome in self.outcomes if outcome.first_fault]


def run_import(
    home: SqliteWorkspace, *paths: Path, update: bool = False, source: str = "", today: date = TODAY, dry: bool = False
) -> Import:
    """Imports these files, without the terminal; ``dry`` into a copy of the log."""
    if dry:
        with home.dry_run() as copy:
            return run_import(copy, *paths, update=update, source=source, today=today)
    plan = plan_import(paths, offices())
    run = new_run(plan, SLUG, source, "import", "", noon_of(today), today, update)
    with open_tracker(home) as tracker:
        return Import(run, import_tables(tracker, plan, run, home.path / "rejects" / run.batch.hex[:8]))


def undo_import(home: SqliteWorkspace, batch: UUID, today: date = TODAY) -> int:
    """Takes a whole import back. Returns how many entries."""
    with open_tracker(home) as tracker:
        act = Act(UUID(int=noon_of(today).toordinal()), today, "abcd", "306", noon_of(today), today)
        return undo(act, tracker, entries_of_batch(tracker, batch.hex), "undone")


def event_count(home: SqliteWorkspace) -> int:
    """How many events the log holds."""
    with open_tracker(home) as tracker:
        return tracker.store.head()[0]


def log_of(home: SqliteWorkspace) -> list[Any]:
    """All that is in the log."""
    with open_tracker(home) as tracker:
        return tracker.store.chained_rows(0, 1_000_000)


def entry_ids(home: SqliteWorkspace) -> set[str | None]:
    """The ids of all entries of the log."""
    with open_tracker(home) as tracker:
        return {row[5] for row in tracker.store.rows(0, 1_000_000)}


def log_fault(home: SqliteWorkspace) -> str | None:
    """What is wrong with the log; None when it is intact."""
    with open_tracker(home) as tracker:
        return verify(tracker.store, tracker.mapper).fault  # type: ignore[arg-type]


def figures(home: SqliteWorkspace, by: str | None = None, today: date = TODAY) -> list[dict[str, Any]]:
    """Every count and rate, in total or by a dimension."""
    with home.read() as connection:
        return hit_rates(connection, Scope(today=today, campaign=SLUG), by)


def kinds(home: SqliteWorkspace, offices: Iterable[str] = (), regions: Iterable[str] = ()) -> YieldTree:
    """What was found, by kind."""
    with home.read() as connection:
        scope = Scope(today=TODAY, campaign=SLUG, offices=tuple(offices), regions=tuple(regions))
        return yields_by_kind(connection, scope)


def current_facts(home: SqliteWorkspace) -> dict[str, list[str]]:
    """All that the read models hold to be so now, without when and how it became known: what figures are made of."""
    left_out = {"known_from", "known_to", "entry"}
    facts = [t for t in TABLES if "known_to" in t.c and t.name not in ("steps", "entries")]
    with home.read() as connection:
        return {
            t.name: sorted(
                json.dumps({k: v for k, v in row.items() if k not in left_out}, default=str)
                for row in connection.execute(t.select().where(t.c.known_to == STILL_KNOWN)).mappings()
            )
            for t in facts
        }


def run_at_terminal(capsys: Any, *words: object) -> tuple[int, str, str]:
    """Runs the program with these words: its exit code, its stdout and its stderr."""
    capsys.readouterr()
    said = [str(word) for word in words]
    with pytest.raises(SystemExit) as left, terminal_user.in_database_for(said):
        cli.main.main(said)
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err
