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
from campaign.files.temporary import REHEARSAL, ours, remove
from campaign.gc_pause import in_bulk
from campaign.importing.rejects import ADDED, Rejects, mender
from campaign.importing.row_importer import Chunk, Result, Run, Verdict
from campaign.importing.schemas import ORDER, Form, Unreadable, form_of, forms, missing, normal
from campaign.importing.tables import Found, Row, tables
from campaign.storage.sqlite.workspace import Home
from domain.ids import identity
from domain.offices import Offices

ROWS_AT_ONCE = 2_500  # a chunk holds all that was ever done towards its companies: memory grows with it
_ATTEMPTS = 8


@dataclass
class Outcome:
    """What became of one table: rows read, by verdict, and where its rejects are."""

    table: str
    kind: str
    encoding: str
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    rejects: Path | None = None
    first_fault: str = ""

    @property
    def read(self) -> int:
        """Rows read; each has exactly one verdict."""
        return sum(self.verdicts.values())


@dataclass(frozen=True)
class Plan:
    """What an import will read: tables with their forms in the order they are taken, and what it leaves out."""

    tables: list[tuple[Form, Found]]
    left_out: list[str]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(found.count for _, found in self.tables)


def planned(paths: Sequence[Path], offices: Offices) -> Plan:
    """Every table and its form. Raises ``SettingsFault`` for what cannot be read; other files of a folder are left out."""
    known, chosen, left_out = forms(offices), [], []
    for path in paths:
        for found in tables(path):
            headings = [normal(heading) for heading in found.headings]
            form = form_of(headings, known)
            if form is not None:
                _check_once(found, form, headings)
                left_out += [f"column {extra} of {found.name}" for extra in form.unread(headings, ADDED)]
                chosen.append((form, replace(found, headings=headings)))
            elif path.is_file() and path.suffix.lower() not in (".zip", ".xlsx"):
                raise SettingsFault(f"{found.name} is {missing(headings, known)}.")
            else:
                left_out.append(f"{found.name}: {missing(headings, known)}")
    if not chosen:
        raise SettingsFault("Nothing here can be imported. " + "; ".join(left_out))
    return Plan(sorted(chosen, key=lambda pair: ORDER.index(pair[0].kind)), left_out)


def _check_once(found: Found, form: Form, headings: list[str]) -> None:
    twice = [name for name in form.readers if headings.count(name) > 1]
    if twice:
        raise SettingsFault(f"{found.name} has {' and '.join(twice)} as a heading more than once. Which column is it?")


def new_run(
    plan: Plan, slug: str, source: str, by: str, office: str, recorded: datetime, today: date, update: bool
) -> Run:
    """The run of these tables. Its batch is the same for the same tables, so an import begun again is one batch."""
    batch = identity("batch", slug, source, str(update), *(found.digest for _, found in plan.tables))
    return Run(uuid4(), batch, slug, source, by, office, recorded, today, update)


def import_tables(
    tracker: CampaignTracker, plan: Plan, run: Run, rejects: Path, seen: Callable[[int], None] = lambda n: None
) -> list[Outcome]:
    """Takes every row of the plan, in transactions of some thousand. ``seen`` is told the size of each.

    Safe to repeat: what is there already is recognised. Rejects go to one file a table in the folder ``rejects``.
    """
    with in_bulk():
        return [_import_table(tracker, form, found, run, rejects, seen) for form, found in plan.tables]


def _import_table(
    tracker: CampaignTracker, form: Form, found: Found, run: Run, folder: Path, seen: Callable[[int], None]
) -> Outcome:
    outcome = Outcome(found.name, form.kind, found.encoding)
    rejects = Rejects(folder, found.name, found.headings)
    rows = found.rows()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        for (line, cells), (verdict, fault) in zip(some, _take(tracker, form, found, run, some), strict=True):
            outcome.verdicts[verdict] += 1
            if fault is not None:
                rejects.add(line, cells, fault)
                outcome.first_fault = outcome.first_fault or f"line {line}: {fault}"
        seen(len(some))
    outcome.rejects = rejects.close()
    return outcome


def _take(tracker: CampaignTracker, form: Form, found: Found, run: Run, rows: list[Row]) -> list[Result]:
    results: list[Result | None] = []
    readable: list[dict[str, Any]] = []
    read, mended = form.reader(found.headings), mender(found.headings, [*form.readers])
    for _, cells in rows:
        try:
            readable.append(read(mended(cells) if mended else cells))
            results.append(None)
        except Unreadable as fault:
            results.append((Verdict.REJECTED, fault))
    taken = iter(_recorded(tracker, form.kind, run, readable))
    return [result or next(taken) for result in results]


def _recorded(tracker: CampaignTracker, kind: str, run: Run, rows: list[dict[str, Any]]) -> list[Result]:
    """Takes and records the rows; when somebody else logged at the same moment, once more from what is there now."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return _recorded_once(tracker, kind, run, rows)
        except (IntegrityError, OriginatorVersionError):
            continue
    return _recorded_once(tracker, kind, run, rows)


def _recorded_once(tracker: CampaignTracker, kind: str, run: Run, rows: list[dict[str, Any]]) -> list[Result]:
    chunk = Chunk(tracker, tracker.campaign(run.slug), run)
    results = chunk.take(kind, rows)
    chunk.record()
    return results


@contextmanager
def rehearsal(home: Home) -> Iterator[Home]:
    """A home with a copy of the log, for a run that is to write nothing. It is gone afterwards.

    It lies in the home itself, so that no personal text is ever left anywhere else.
    """
    folder = home.path / ours(REHEARSAL)
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
