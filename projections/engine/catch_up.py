"""Catching up: projects new events into every read model, with their position in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Retraction, UnknownFact
from domain.outreach import Outreach
from projections.engine.projector import Batch, ReadModel, RecordedEvent
from projections.engine.retractions import retraction_changes
from projections.engine.rows import make_indexes, replace_rows
from projections.engine.tables import days, progress

BATCH = 5_000
Read = Callable[[int, str, int], Sequence[RecordedEvent]]
RegionOf = Callable[[str, date], str]
Reached = Callable[[str], None]
Models = Sequence[type[ReadModel]]


def catch_up(
    engine: Engine,
    models: Models,
    read: Read,
    region_of: RegionOf,
    batch: int = BATCH,
    on_progress: Callable[[int], None] = lambda n: None,
    reached: Reached = lambda name: None,
) -> int:
    """Projects the events that ``read(after, head, limit)`` returns, a transaction a batch, until it returns none.

    ``head`` is the hash of the event at position ``after``, by which ``read`` can check that the next event follows it.
    Returns the last position. Two processes that catch up at once wait for each other; the later finds nothing to do.
    ``reached`` is called with the name of each failpoint.
    """
    with engine.connect().execution_options(writing=True) as connection:
        while True:
            with connection.begin():
                last_position, head = last_seen(connection)
                events = read(last_position, head, batch)
                if not events:
                    return last_position
                feed(connection, models, events, region_of, reached)
                reached("views.before-commit")
            reached("views.after-commit")
            on_progress(len(events))


def position(connection: Connection) -> int:
    """The position of the last event in the tables; 0 before the first."""
    return last_seen(connection)[0]


def last_seen(connection: Connection) -> tuple[int, str]:
    """The position of the last event in the tables, and its hash; 0 and an empty hash before the first."""
    row = connection.execute(select(progress.c.position, progress.c.head)).first()
    return (row.position, row.head) if row else (0, "")


def feed(
    connection: Connection,
    models: Models,
    events: Sequence[RecordedEvent],
    region_of: RegionOf,
    reached: Reached = lambda name: None,
) -> None:
    """Brings these events into every read model, and records that they were."""
    batch = Batch(connection, region_of)
    for retracting, run in groupby(events, lambda e: isinstance(e.event, Retraction)):
        run_events = list(run)
        if retracting:
            _apply_retractions(batch, models, run_events)
        else:
            _project(batch, models, run_events)
    reached("views.before-position")
    _save_progress(connection, events)


def _project(batch: Batch, models: Models, events: Sequence[RecordedEvent]) -> None:
    batch.position = events[0].position
    by_kind: dict[type, list[Any]] = {}
    for _, _, event, _ in events:
        by_kind.setdefault(type(event), []).append(event)
    unknown = _drop_unknown(_register_subjects(batch, by_kind), by_kind)
    projectors = [model(batch) for model in models]
    clauses = {kind: clause.__get__(model) for model in projectors for kind, clause in model.clauses.items()}
    for model in projectors:
        model.begin([event for kind in model.clauses for event in by_kind.get(kind, ())])
    for batch.position, _, event, _ in events:
        if clause := clauses.get(UnknownFact if unknown and event.originator_id in unknown else type(event)):
            clause(event)
    for model in projectors:
        model.end()
    batch.write()


def _register_subjects(batch: Batch, by_kind: dict[type, list[Any]]) -> set[UUID]:
    """Registers the subject of each new aggregate. Returns the aggregates whose subject is unknown."""
    for event in by_kind.get(Outreach.Opened, ()):
        batch.register_subject(event.originator_id, event.slug, event.cvr)
    for event in by_kind.get(Company.Registered, ()):
        batch.register_subject(event.originator_id, "", event.cvr)
    for event in by_kind.get(Campaign.Planned, ()):
        batch.register_subject(event.originator_id, event.slug, "")
    originators = {event.originator_id for events in by_kind.values() for event in events}
    batch.load_subjects(originators)
    return originators.difference(batch.subjects)


def _drop_unknown(unknown: set[UUID], by_kind: dict[type, list[Any]]) -> set[UUID]:
    """Removes the events of aggregates that began with an event of an unknown kind: all of them count as unknown."""
    if unknown:
        for events in by_kind.values():
            events[:] = [event for event in events if event.originator_id not in unknown]
    return unknown


def _apply_retractions(batch: Batch, models: Models, events: Sequence[RecordedEvent]) -> None:
    batch.position = events[0].position
    make_indexes(batch.connection)
    changes = retraction_changes(batch.connection, events)
    for model in (model(batch) for model in models):
        model.apply_retractions(changes)


def _save_progress(connection: Connection, events: Sequence[RecordedEvent]) -> None:
    last_positions = {copenhagen_day(e.recorded_at): e.position for e in events}
    replace_rows(connection, days, [{"day": day, "position": at} for day, at in last_positions.items()])
    last_event = events[-1]
    row = {"only": 1, "position": last_event.position, "recorded_at": last_event.recorded_at, "head": last_event.head}
    replace_rows(connection, progress, [row])


def copenhagen_day(moment: str) -> str:
    """The day in Copenhagen of a moment in UTC (ISO 8601)."""
    return _day_of_hour(moment[:13])


@lru_cache(maxsize=1_000)
def _day_of_hour(hour: str) -> str:
    utc = datetime.fromisoformat(f"{hour}:00:00+00:00")
    return utc.astimezone(ZoneInfo("Europe/Copenhagen")).date().isoformat()
