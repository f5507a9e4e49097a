"""One import from files to a summary: tables in the order they need each other, batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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
from campaign.gc_pause import in_bulk
from campaign.importing.company_rows import CompanyRows
from campaign.importing.contact_rows import CallRows, InvitationRows, VisitRows, YieldRows
from campaign.importing.rejects import ADDED, Rejects, corrector
from campaign.importing.row_importer import ImportRun, RowImporter, RowOutcome, RowResult
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
from domain.ids import identity
from domain.offices import Offices

_IMPORTERS: dict[str, type[RowImporter]] = {
    "companies": CompanyRows,
    "invitations": InvitationRows,
    "calls": CallRows,
    "visits": VisitRows,
    "yields": YieldRows,
}
ROWS_AT_ONCE = 2_500  # an importer loads all that was ever done towards its companies: memory grows with it
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
        return sum(table.count for _, table in self.tables)


def plan_import(paths: Sequence[Path], offices: Offices) -> ImportPlan:
    """Every table and its form. Raises ``SettingsFault`` for what cannot be read; other files of a folder are left out."""
    schemas, chosen, left_out = table_schemas(offices), [], []
    for path in paths:
        for table in read_tables(path):
            headings = [normalized(heading) for heading in table.headings]
            schema = matching_schema(headings, schemas)
            if schema is not None:
                _check_once(table, schema, headings)
                left_out += [f"column {extra} of {table.name}" for extra in schema.unread(headings, ADDED)]
                chosen.append((schema, replace(table, headings=headings)))
            elif path.is_file() and path.suffix.lower() not in (".zip", ".xlsx"):
                raise SettingsFault(f"{table.name} is {mismatch(headings, schemas)}.")
            else:
                left_out.append(f"{table.name}: {mismatch(headings, schemas)}")
    if not chosen:
        raise SettingsFault("Nothing here can be imported. " + "; ".join(left_out))
    return ImportPlan(sorted(chosen, key=lambda pair: ORDER.index(pair[0].kind)), left_out)


def _check_once(table: Table, schema: TableSchema, headings: list[str]) -> None:
    twice = [name for name in schema.readers if headings.count(name) > 1]
    if twice:
        raise SettingsFault(f"{table.name} has {' and '.join(twice)} as a heading more than once. Which column is it?")


def new_run(
    plan: ImportPlan, slug: str, source: str, by: str, office: str, recorded: datetime, today: date, update: bool
) -> ImportRun:
    """The run of these tables. Its batch is the same for the same tables, so an import begun again is one batch."""
    batch = identity("batch", slug, source, str(update), *(table.digest for _, table in plan.tables))
    return ImportRun(uuid4(), batch, slug, source, by, office, recorded, today, update)


def import_tables(
    tracker: CampaignTracker,
    plan: ImportPlan,
    run: ImportRun,
    rejects: Path,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[TableOutcome]:
    """Takes every row of the plan, in transactions of some thousand, and reports (rows done, rows in all) after each.

    Safe to repeat: what is there already is recognised. Rejects go to one file a table in the folder ``rejects``.
    """
    outcomes = [TableOutcome(table.name, schema.kind, table.encoding) for schema, table in plan.tables]
    with in_bulk():
        for (schema, table), outcome in zip(plan.tables, outcomes, strict=True):
            for _ in _import_batches(tracker, schema, table, run, rejects, outcome):
                on_progress(sum(outcome.read for outcome in outcomes), plan.rows)
    return outcomes


def _import_batches(
    tracker: CampaignTracker, schema: TableSchema, table: Table, run: ImportRun, folder: Path, outcome: TableOutcome
) -> Iterator[None]:
    """Adds the rows of a table to its outcome; yields after each transaction."""
    rejects = Rejects(folder, table.name, table.headings)
    rows = table.rows()
    while batch := list(islice(rows, ROWS_AT_ONCE)):
        for (line, cells), (row_outcome, fault) in zip(batch, _take(tracker, schema, table, run, batch), strict=True):
            outcome.rows[row_outcome] += 1
            if fault is not None:
                rejects.add(line, cells, fault)
                outcome.first_fault = outcome.first_fault or f"line {line}: {fault}"
        yield
    outcome.rejects = rejects.close()


def _take(
    tracker: CampaignTracker, schema: TableSchema, table: Table, run: ImportRun, rows: list[Row]
) -> list[RowResult]:
    results: list[RowResult | None] = []
    readable: list[dict[str, Any]] = []
    read, correct = schema.reader(table.headings), corrector(table.headings, [*schema.readers])
    for _, cells in rows:
        try:
            readable.append(read(correct(cells) if correct else cells))
            results.append(None)
        except Unreadable as fault:
            results.append((RowOutcome.REJECTED, fault))
    recorded = iter(_recorded(tracker, schema.kind, run, readable))
    return [result or next(recorded) for result in results]


def _recorded(tracker: CampaignTracker, kind: str, run: ImportRun, rows: list[dict[str, Any]]) -> list[RowResult]:
    """Takes and records the rows; when somebody else logged at the same moment, once more from what is there now."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _recorded_once(tracker, kind, run, rows)
        except (IntegrityError, OriginatorVersionError):
            continue
    return _recorded_once(tracker, kind, run, rows)


def _recorded_once(tracker: CampaignTracker, kind: str, run: ImportRun, rows: list[dict[str, Any]]) -> list[RowResult]:
    importer = _IMPORTERS[kind](tracker, tracker.campaign(run.slug), run)
    results = importer.take(rows)
    importer.record()
    return results
