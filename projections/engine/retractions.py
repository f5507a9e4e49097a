"""Retractions: which entry retracted which, so that retracting a retraction restores its target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Column, Connection, Table, select

from domain.facts import Retraction
from projections.engine.expressions import in_list
from projections.engine.projector import RecordedEvent, RetractionChange
from projections.engine.rows import insert_rows
from projections.engine.tables import POSITION, WORD, Row, metadata

retractions = Table(
    "retractions",
    metadata,
    Column("entry", WORD, primary_key=True, comment="id of the retraction"),
    Column("target", WORD, nullable=False, comment="the entry it took back"),
    Column("position", POSITION, nullable=False, comment="its position in the log"),
    comment="Which entry took back which.",
)
reasons = Table(
    "reasons",
    metadata,
    Column("entry", WORD, primary_key=True, comment="id of the retraction"),
    Column("office", WORD, nullable=False, comment="code of the office that took it back"),
    Column("consultant", WORD, nullable=False, comment="who took it back"),
    Column("because", WORD, nullable=False, comment="why"),
    comment="Why entries were taken back: one row for each retraction, which an office reads of its own.",
)


def retraction_changes(connection: Connection, events: Sequence[RecordedEvent]) -> list[RetractionChange]:
    """Stores these retractions, and returns the changes they make to other facts, in order."""
    targets = {e.event.entry.hex: e.event.target.hex for e in events if isinstance(e.event, Retraction)}
    earlier = select(retractions).where(in_list(retractions.c.entry, targets.values()))
    target_of = {row.entry: row.target for row in connection.execute(earlier)} | targets
    rows = [{"entry": e.event.entry.hex, "target": e.event.target.hex, "position": e.position} for e in events]
    insert_rows(connection, retractions, rows)
    insert_rows(connection, reasons, [_reason(e.event) for e in events])
    return list(_changes(events, target_of))


def _reason(e: Retraction) -> Row:
    return {"entry": e.entry.hex, "office": e.office, "consultant": e.by, "because": e.because}


def _changes(events: Sequence[RecordedEvent], target_of: dict[str, str]) -> Iterator[RetractionChange]:
    for e in events:
        target = e.event.target.hex
        yield RetractionChange(e.position, target_of.get(target, target), target in target_of)
