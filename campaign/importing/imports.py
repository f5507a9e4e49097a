"""One import from files to a summary: tables in the order they need each other, batch by batch."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

from eventsourcing.domain import OriginatorVersionError
from eventsourcing.persistence import IntegrityError

from campaign.app import CampaignTracker
from campaign.errors import SettingsFault
from campaign.files.temporary import DRY_RUN, process_name, remove
from campaign.gc_pause import in_bulk
from campaign.importing.rejects import ADDED, Rejects, corrector
from campaign.importing.row_importer import Chunk, ImportRun, RowOutcome, RowResult
from campaign.importing.schemas import (
    ORDER,
    TableSchema,
    Unreadable,
    matching_schema,
    mismatch,
    normalized,
    table_schemas,
)
from campaign.importing.tables import Row, Table, read_tables
from campaign.storage.sqlite.workspace import Home
from domain.ids import identity
from domain.offices import Offices

ROWS_AT_ONCE = 2_500  # a chunk holds all that was ever done towards its companies: memory grows with it
_ATTEMPTS = 8


@dataclass
class TableOutcome:
    """What became of one table: rows read, by verdict, and where its rejects are."""

    table: str
    kind: str
    encoding: str
    rows: Counter[RowOutcome] = field(default_factory=Counter)
    rejects: Path | None = None
    first_fault: str = ""

    @property
    def read(self) -> int:
        """Rows read; each has exactly one verdict."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class ImportPlan:
    """What an import will read: tables with their forms in the order they are taken, and what it leaves out."""

    tables: list[tuple[TableSchema, Table]]
    left_out: list[str]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(found.count for _, found in self.tables)


def plan_import(paths: Sequence[Path], offices: Offices) -> ImportPlan:
    """Every table and its form. Raises ``SettingsFault`` for what cannot be read; other files of a folder are left out."""
    known, chosen, left_out = table_schemas(offices), [], []
    for path in paths:
        for found in read_tables(path):
            headings = [normalized(heading) for heading in found.headings]
            form = matching_schema(headings, known)
            if form is not None:
                _check_once(found, form, headings)
                left_out += [f"column {extra} of {found.name}" for extra in form.unread(headings, ADDED)]
                chosen.append((form, replace(found, headings=headings)))
            elif path.is_file() and path.suffix.lower() not in (".zip", ".xlsx"):
                raise SettingsFault(f"{found.name} is {mismatch(headings, known)}.")
            else:
                left_out.append(f"{found.name}: {mismatch(headings, known)}")
    if not chosen:
        raise SettingsFault("Nothing here can be imported. " + "; ".join(left_out))
    return ImportPlan(sorted(chosen, key=lambda pair: ORDER.index(pair[0].kind)), left_out)


def _check_once(found: Table, form: TableSchema, headings: list[str]) -> None:
    twice = [name for name in form.readers if headings.count(name) > 1]
    if twice:
        raise SettingsFault(f"{found.name} has {' and '.join(twice)} as a heading more than once. Which column is it?")


def new_run(
    plan: ImportPlan, slug: str, source: str, by: str, office: str, recorded: datetime, today: date, update: bool
) -> ImportRun:
    """The run of these tables. Its batch is the same for the same tables, so an import begun again is one batch."""
    batch = identity("batch", slug, source, str(update), *(found.digest for _, found in plan.tables))
    return ImportRun(uuid4(), batch, slug, source, by, office, recorded, today, update)


def import_tables(
    tracker: CampaignTracker,
    plan: ImportPlan,
    run: ImportRun,
    rejects: Path,
    seen: Callable[[int], None] = lambda n: None,
) -> list[TableOutcome]:
    """Takes every row of the plan, in transactions of some thousand. ``seen`` is told the size of each.

    Safe to repeat: what is there already is recognised. Rejects go to one file a table in the folder ``rejects``.
    """
    with in_bulk():
        return [_import_table(tracker, form, found, run, rejects, seen) for form, found in plan.tables]


def _import_table(
    tracker: CampaignTracker, form: TableSchema, found: Table, run: ImportRun, folder: Path, seen: Callable[[int], None]
) -> TableOutcome:
    outcome = TableOutcome(found.name, form.kind, found.encoding)
    rejects = Rejects(folder, found.name, found.headings)
    rows = found.rows()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        for (line, cells), (verdict, fault) in zip(some, _take(tracker, form, found, run, some), strict=True):
            outcome.rows[verdict] += 1
            if fault is not None:
                rejects.add(line, cells, fault)
                outcome.first_fault = outcome.first_fault or f"line {line}: {fault}"
        seen(len(some))
    outcome.rejects = rejects.close()
    return outcome


def _take(
    tracker: CampaignTracker, form: TableSchema, found: Table, run: ImportRun, rows: list[Row]
) -> list[RowResult]:
    results: list[RowResult | None] = []
    readable: list[dict[str, Any]] = []
    read, mended = form.reader(found.headings), corrector(found.headings, [*form.readers])
    for _, cells in rows:
        try:
            readable.append(read(mended(cells) if mended else cells))
            results.append(None)
        except Unreadable as fault:
            results.append((RowOutcome.REJECTED, fault))
    taken = iter(_recorded(tracker, form.kind, run, readable))
    return [result or next(taken) for result in results]


def _recorded(tracker: CampaignTracker, kind: str, run: ImportRun, rows: list[dict[str, Any]]) -> list[RowResult]:
    """Takes and records the rows; when somebody else logged at the same moment, once more from what is there now."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _recorded_once(tracker, kind, run, rows)
        except (IntegrityError, OriginatorVersionError):
            continue
    return _recorded_once(tracker, kind, run, rows)


def _recorded_once(tracker: CampaignTracker, kind: str, run: ImportRun, rows: list[dict[str, Any]]) -> list[RowResult]:
    chunk = Chunk(tracker, tracker.campaign(run.slug), run)
    results = chunk.take(kind, rows)
    chunk.record()
    return results


@contextmanager
def dry_run_copy(home: Home) -> Iterator[Home]:
    """A home with a copy of the log, for a run that is to write nothing. It is gone afterwards.

    It lies in the home itself, so that no personal text is ever left anywhere else.
    """
    folder = home.path / process_name(DRY_RUN)
    folder.mkdir(mode=0o700)
    try:
        copy = Home(folder, home.clock)
        for source, place in ((home.log, copy.log), (home.people, copy.people)):
            if source.exists():
                with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(place)) as copied:
                    there.backup(copied)
        yield copy
    finally:
        remove(folder)
