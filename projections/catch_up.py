"""Catching up: feeds every read model the events it has not seen, with the position in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Retraction
from domain.outreach import Outreach
from projections.calls import Calls, Invitations
from projections.campaigns import Enrolments
from projections.companies import Companies
from projections.read_model import Batch, ReadModel, Recorded
from projections.retractions import flips
from projections.tables import days, metadata, progress
from projections.visits import Visits
from projections.yields import Yields

MODELS: tuple[type[ReadModel], ...] = (Companies, Enrolments, Calls, Invitations, Visits, Yields)
BATCH = 5_000

Read = Callable[[int, int], Sequence[Recorded]]
RegionOf = Callable[[str, date], str]


def catch_up(
    engine: Engine, read: Read, region_of: RegionOf, batch: int = BATCH, seen: Callable[[int], None] = lambda n: None
) -> int:
    """Feeds what ``read(after, limit)`` gives, batch by batch, until there is nothing more. Returns the position.

    Two that catch up at once wait for each other, and the later finds nothing left to do.
    """
    while True:
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            after = position(connection)
            events = read(after, batch)
            if not events:
                return after
            feed(connection, events, region_of)
        seen(len(events))


def position(connection: Connection) -> int:
    """The position of the last event the tables have seen; 0 before the first."""
    return connection.execute(select(progress.c.position)).scalar() or 0


def feed(connection: Connection, events: Sequence[Recorded], region_of: RegionOf) -> None:
    """What these events do to every read model, and that they were seen."""
    batch = Batch(connection, region_of)
    for retracting, run in groupby(events, lambda e: isinstance(e.event, Retraction)):
        same = list(run)
        if retracting:
            _retract(batch, same)
        else:
            _tell(batch, same)
    _remember(connection, events)


def _tell(batch: Batch, events: Sequence[Recorded]) -> None:
    batch.position = events[0].position
    by_kind: dict[type, list[Any]] = {}
    for _, _, event in events:
        by_kind.setdefault(type(event), []).append(event)
    _meet(batch, by_kind)
    models = [model(batch) for model in MODELS]
    clauses = {kind: clause.__get__(model) for model in models for kind, clause in model.clauses.items()}
    for model in models:
        model.begin([event for kind in model.clauses for event in by_kind.get(kind, ())])
    for batch.position, _, event in events:
        if clause := clauses.get(type(event)):
            clause(event)
    for model in models:
        model.end()
    batch.write()


def _meet(batch: Batch, by_kind: dict[type, list[Any]]) -> None:
    for event in by_kind.get(Outreach.Opened, ()):
        batch.meet(event.originator_id, event.slug, event.cvr)
    for event in by_kind.get(Company.Registered, ()):
        batch.meet(event.originator_id, "", event.cvr)
    for event in by_kind.get(Campaign.Planned, ()):
        batch.meet(event.originator_id, event.slug, "")
    batch.know_subjects({event.originator_id for events in by_kind.values() for event in events})


def _retract(batch: Batch, events: Sequence[Recorded]) -> None:
    batch.position = events[0].position
    make_indexes(batch.connection)
    changes = flips(batch.connection, events)
    for model in (model(batch) for model in MODELS):
        model.flip(changes)


def _remember(connection: Connection, events: Sequence[Recorded]) -> None:
    last = {copenhagen_day(e.recorded_at): e.position for e in events}
    rows = [{"day": day, "position": at} for day, at in last.items()]
    statement = insert(days)
    newest = statement.on_conflict_do_update(index_elements=["day"], set_={"position": statement.excluded.position})
    connection.execute(newest, rows)
    seen = {"only": 1, "position": events[-1].position, "recorded_at": events[-1].recorded_at}
    connection.execute(insert(progress).values(seen).on_conflict_do_update(index_elements=["only"], set_=seen))


def make_tables(engine: Engine, indexes: bool = True) -> None:
    """Makes every table that is not there; ``indexes=False`` leaves those to ``make_indexes``, after the rows."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
        if indexes:
            make_indexes(connection)


def make_indexes(connection: Connection) -> None:
    """Makes every index that is not there."""
    if connection.info.setdefault("indexes", False):
        return
    for index in (index for table in metadata.sorted_tables for index in table.indexes):
        connection.execute(CreateIndex(index, if_not_exists=True))
    connection.info["indexes"] = True


def copenhagen_day(moment: str) -> str:
    """The day in Copenhagen of a moment in UTC (ISO 8601)."""
    return _day_of_hour(moment[:13])


@lru_cache(maxsize=1_000)
def _day_of_hour(hour: str) -> str:
    utc = datetime.fromisoformat(f"{hour}:00:00+00:00")
    return utc.astimezone(ZoneInfo("Europe/Copenhagen")).date().isoformat()
