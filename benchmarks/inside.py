"""What is measured inside a process of its own: an import, a rebuild, an export, and the bare library each is compared with."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from benchmarks.model import FIRST, LAST, SLUG

_AT_ONCE = 10_000  # rows of a batch of the bare rebuild, as the rebuild's own
_NOW = datetime(2013, 6, 30, 12, tzinfo=UTC)
_DRAFT = ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000")
_DURABLE = ("journal_mode=WAL", "synchronous=FULL")


def take_in(home: str, folder: str) -> dict[str, Any]:
    """Imports the folder into a new home. Seconds from the first look at the files to the last commit."""
    from campaign.importing.imports import import_tables, new_run, plan_import
    from campaign.reference import offices
    from domain.acts import Act

    now, today = datetime.now(UTC), datetime.now(UTC).date()
    made = _home(home)
    made.create()
    from campaign.app import open_tracker

    with open_tracker(made) as tracker:
        act = Act(uuid4(), date.fromisoformat(FIRST), "bench", "", now, today)
        tracker.plan(act, SLUG, "Bench", date.fromisoformat(FIRST), date.fromisoformat(LAST))
        began = _clocks()
        plan = plan_import([Path(folder)], offices())
        run = new_run(plan, SLUG, "", "bench", "", now, today, False)
        outcomes = import_tables(tracker, plan, run, made.path / "rejects")
        took = _since(began)
        verdicts = {verdict.value for outcome in outcomes for verdict in outcome.rows}
        assert verdicts == {"taken"}, verdicts
        return {**took, "rows": plan.rows, "events": tracker.store.head()[0]}


def insert_log(home: str) -> dict[str, Any]:
    """Inserts the rows of a finished log into an empty copy of its table, in the transactions they were recorded in."""
    with closing(sqlite3.connect(_home(home).log)) as log:
        rows = log.execute("SELECT * FROM stored_events ORDER BY position").fetchall()
        recorded = [column[1] for column in log.execute("PRAGMA table_info(stored_events)")].index("recorded_at")
        made = _definitions(log)
    batches = [list(batch) for _, batch in groupby(rows, key=lambda row: row[recorded])]
    with _new_database(made, _DURABLE) as copy:
        began = _clocks()
        for batch in batches:
            copy.execute("BEGIN IMMEDIATE")
            copy.executemany(_insert("stored_events", len(batch[0])), batch)
            copy.execute("COMMIT")
        return {**_since(began), "events": len(rows), "transactions": len(batches)}


def rebuild(home: str) -> dict[str, Any]:
    """Makes the read models anew from the whole log. The program is loaded before the clock runs, as for an import."""
    import campaign.app
    import campaign.storage.read_models  # noqa: F401

    made = _home(home)
    began = _clocks()
    events = made.rebuild()
    return {**_since(began), "events": events}


def follow_singly(home: str, companies: str) -> dict[str, Any]:
    """Feeds all that was logged of some companies to new read models, one commit an event, as if each were read alone."""
    from campaign.reference import offices
    from projections.engine.catch_up import catch_up
    from projections.engine.sqlite import make_tables, open_database
    from projections.read_models import MODELS

    events = _some_events(home, int(companies))
    with TemporaryDirectory() as folder:
        engine = open_database(Path(folder) / "views.db")
        make_tables(engine)
        coming = iter(events)
        began = _clocks()
        catch_up(engine, MODELS, lambda *said: list(islice(coming, said[-1])), offices().region, 1)
        took = _since(began)
        engine.dispose()
    return {**took, "events": len(events)}


def insert_facts(home: str) -> dict[str, Any]:
    """Reads the log, parses its JSON and inserts the finished rows of every read model, indexes in place."""
    made = _home(home)
    with closing(sqlite3.connect(made.views)) as views:
        tables = [name for (name,) in views.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        facts = {name: views.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
        definitions = _definitions(views)
    with _new_database(definitions, _DRAFT) as copy, closing(sqlite3.connect(made.log)) as log:
        began = _clocks()
        events = _parse(log)
        copy.execute("BEGIN IMMEDIATE")
        for name, rows in facts.items():
            if rows:
                copy.executemany(_insert(name, len(rows[0])), rows)
        copy.execute("COMMIT")
        took = _since(began)
    return {**took, "events": events, "facts": sum(map(len, facts.values()))}


def log_entries(home: str, entries: str) -> dict[str, Any]:
    """Makes a home with so many entries of one office: of each company a call, a visit booked and held, and a yield."""
    from domain.acts import Act
    from domain.calls import Call
    from domain.outcomes import Outcome
    from domain.outreach import Outreach
    from domain.yields import Yield

    first, today = date.fromisoformat(FIRST), date.fromisoformat(LAST)
    made = _home(home)
    made.create()
    from campaign.app import open_tracker

    with open_tracker(made) as tracker:
        tracker.plan(Act(uuid4(), first, "bench", "", _NOW, today), SLUG, "Bench", first, today)
        for start in range(0, int(entries) // 4, 1_000):
            opened = []
            for number in range(start, min(start + 1_000, int(entries) // 4)):
                act = Act(uuid4(), first, "abcd", "306", _NOW, today)
                outreach = Outreach.open(act, SLUG, f"{10_000_000 + number}")
                outreach.log_call(act, act.entry("call"), Call(Outcome.ACCEPTED))
                outreach.book_visit(act, act.entry("visit"), first)
                outreach.hold_visit(act, act.entry("held"))
                outreach.record_yield(act, act.entry("yield"), Yield("internship", 2))
                opened.append(outreach)
            tracker.record(*opened)
    with made.read():
        return {"events": made.head()}


def hand_over(home: str, file: str) -> dict[str, Any]:
    """Exports every entry of the office with the command itself; the program is loaded before the clock runs."""
    from importlib import import_module

    from cli import main

    for name in ("campaign.app", "campaign.storage.sqlite.views", "campaign.publishing.journal.files", "xlsxwriter"):
        import_module(name)
    words = ["--home", home, "--office", "306", "export", "entries", "-o", file, "--force", "--quiet"]
    began, code = _clocks(), None
    try:
        main(words)
    except SystemExit as end:
        code = end.code
    took = _since(began)
    assert code == 0, f"the export ended with {code}"
    return took


def write_cells(home: str, file: str) -> dict[str, Any]:
    """The same cells, read before, written by a loop over XlsxWriter's own functions; into the system's folder."""
    import xlsxwriter

    rows = _cells(home, Path(file))
    began = _clocks()
    with xlsxwriter.Workbook(f"{file}.bare.xlsx", {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value, text)
                elif isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, moment)
                elif value is not None:
                    sheet.write_datetime(number, column, value, day)
    return {**_since(began), "rows": len(rows), "cells": sum(value is not None for row in rows for value in row)}


def _cells(home: str, file: Path) -> list[list[Any]]:
    """The cells of the export: words, days and moments; None for an empty one."""
    beside = file.with_name(f"{file.name}.json")
    hand_over(home, str(beside))
    rows = json.loads(beside.read_text(encoding="utf-8"))["rows"]
    return [[_value(name, said) for name, said in row.items()] for row in rows]


def _value(name: str, said: str | None) -> Any:
    if said is None:
        return None
    if name == "recorded_at":
        return datetime.fromisoformat(said).replace(tzinfo=None)
    return date.fromisoformat(said) if name == "date" else said


def _parse(log: sqlite3.Connection) -> int:
    events = 0
    cursor = log.execute("SELECT position, originator_id, topic, state, entry, recorded_at FROM stored_events")
    while rows := cursor.fetchmany(_AT_ONCE):
        events += len([json.loads(row[3]) for row in rows])
    return events


def _some_events(home: str, companies: int) -> list[Any]:
    """The events of evenly chosen companies and of what was done towards them, as they would be read."""
    from campaign.app import open_tracker
    from projections.engine.projector import RecordedEvent

    with open_tracker(_home(home)) as tracker:
        rows = tracker.store.rows(0, 10_000_000)
        numbers = [json.loads(row[4])["cvr"] for row in rows if row[3] == "Company.Registered"]
        chosen = set(numbers[:: max(1, len(numbers) // companies)])
        mine = {row[1] for row in rows if row[3] in _OPENING and json.loads(row[4]).get("cvr", "") in {*chosen, ""}}
        event = tracker.mapper.event  # type: ignore[attr-defined]
        return [RecordedEvent(r[0], r[6], event(UUID(r[1]), r[2], r[3], r[4])) for r in rows if r[1] in mine]


_OPENING = ("Campaign.Planned", "Company.Registered", "Outreach.Opened")


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(began: tuple[float, float]) -> dict[str, float]:
    """Seconds since then, and those the processor worked for this process."""
    seconds, work = (now - then for now, then in zip(_clocks(), began, strict=True))
    return {"seconds": seconds, "work": work}


def _home(path: str) -> Any:
    from campaign.storage.sqlite.workspace import SqliteWorkspace

    return SqliteWorkspace(Path(path), lambda: datetime.now(UTC))


def _definitions(database: sqlite3.Connection) -> list[str]:
    """What makes its tables and indexes; SQLite makes its own."""
    made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type = 'index'"
    return [sql for (sql,) in database.execute(made)]


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({','.join('?' * columns)})"


@contextmanager
def _new_database(definitions: Sequence[str], settings: Sequence[str]) -> Iterator[sqlite3.Connection]:
    """An empty database of these tables on the disk, gone afterwards."""
    with TemporaryDirectory() as folder, closing(sqlite3.connect(Path(folder) / "bare.db")) as connection:
        connection.isolation_level = None
        for statement in [*(f"PRAGMA {setting}" for setting in settings), *definitions]:
            connection.execute(statement)
        yield connection


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    part.__name__: part
    for part in (take_in, insert_log, rebuild, follow_singly, insert_facts, log_entries, hand_over, write_cells)
}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(PARTS[sys.argv[1]](*sys.argv[2:])))
