"""Catching up: feeds every read model the events it has not seen, with the position in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert

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
    _meet(batch, events)
    models = [model(batch) for model in MODELS]
    clauses = {kind: (model, clause) for model in models for kind, clause in model.clauses.items()}
    for model in models:
        model.begin(events)
    for batch.position, _, event in events:
        if type(event) in clauses:
            model, clause = clauses[type(event)]
            clause(model, event)
    for model in models:
        model.end()
    batch.write()


def _meet(batch: Batch, events: Sequence[Recorded]) -> None:
    for _, _, event in events:
        if isinstance(event, Outreach.Opened):
            batch.meet(event.originator_id, event.slug, event.cvr)
        elif isinstance(event, Company.Registered):
            batch.meet(event.originator_id, "", event.cvr)
        elif isinstance(event, Campaign.Planned):
            batch.meet(event.originator_id, event.slug, "")
    batch.know_subjects(events)


def _retract(batch: Batch, events: Sequence[Recorded]) -> None:
    batch.position = events[0].position
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


def make_tables(engine: Engine) -> None:
    """Makes every table that is not there."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        metadata.create_all(connection)


def copenhagen_day(moment: str) -> str:
    """The day in Copenhagen of a moment in UTC (ISO 8601)."""
    return _day_of_hour(moment[:13])


@lru_cache(maxsize=1_000)
def _day_of_hour(hour: str) -> str:
    utc = datetime.fromisoformat(f"{hour}:00:00+00:00")
    return utc.astimezone(ZoneInfo("Europe/Copenhagen")).date().isoformat()
