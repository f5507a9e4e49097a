"""Retractions: which entry took back which, so that taking a retraction back lets its target stand again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Connection, Integer, String, Table, insert, select

from domain.facts import Retraction
from projections.read_model import Flip, Recorded, among
from projections.tables import metadata

retractions = Table(
    "retractions",
    metadata,
    Column("entry", String, primary_key=True, comment="id of the retraction"),
    Column("target", String, nullable=False, comment="the entry it took back"),
    Column("position", Integer, nullable=False, comment="its position in the log"),
)


def flips(connection: Connection, events: Sequence[Recorded]) -> list[Flip]:
    """What these retractions do to the facts, in their order; and remembers them."""
    targets = {e.event.entry.hex: e.event.target.hex for e in events if isinstance(e.event, Retraction)}
    earlier = select(retractions).where(retractions.c.entry.in_(among(targets.values())))
    known = {row.entry: row.target for row in connection.execute(earlier)} | targets
    rows = [{"entry": e.event.entry.hex, "target": e.event.target.hex, "position": e.position} for e in events]
    connection.execute(insert(retractions), rows)
    return list(_flips(events, known))


def _flips(events: Sequence[Recorded], known: dict[str, str]) -> Iterator[Flip]:
    for e in events:
        target = e.event.target.hex
        yield Flip(e.position, known.get(target, target), target in known)
