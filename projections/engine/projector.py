"""The projector: batches of events, read models with a clause for each event, and retractions of their rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Connection, Insert, ScalarSelect, Table, bindparam, func, insert, literal, select

from domain.facts import Fact
from projections.engine.expressions import in_list
from projections.engine.rows import end_rows, insert_rows
from projections.engine.tables import STILL_KNOWN, WORD, Row, metadata
from projections.periods import day_names

subjects = Table(
    "subjects",
    metadata,
    Column("originator", WORD, primary_key=True, comment="id of an aggregate"),
    Column("campaign", WORD, nullable=False, comment="slug of its campaign; empty for a company"),
    Column("cvr", WORD, nullable=False, comment="CVR number of its company; empty for a campaign"),
    comment="What each aggregate of the log is about.",
    sqlite_with_rowid=False,
)


class RecordedEvent(NamedTuple):
    """An event with its place in the log, the moment it was recorded (UTC, ISO 8601) and its hash there, if any."""

    position: int
    recorded_at: str
    event: Any
    head: str = ""


class RetractionChange(NamedTuple):
    """From ``position`` on the fact of this entry is effective again, or retracted."""

    position: int
    entry: str
    effective: bool


class Batch:
    """A batch of events and the rows they make. ``region_of(office, day)`` is the region of an office on a day."""

    def __init__(self, connection: Connection, region_of: Callable[[str, date], str]) -> None:
        self.connection, self.region_of = connection, region_of
        self.rows: dict[Table, list[Row]] = {}
        self.subjects: dict[UUID, tuple[str, str]] = {}
        self.position = 0

    def load_subjects(self, originators: Iterable[UUID]) -> None:
        """Looks up the subjects of these aggregates that earlier batches registered."""
        unknown = {i.hex for i in originators if i not in self.subjects}
        query = select(subjects).where(in_list(subjects.c.originator, unknown))
        self.subjects |= {UUID(r.originator): (r.campaign, r.cvr) for r in self.connection.execute(query)}

    def register_subject(self, originator: UUID, campaign: str, cvr: str) -> None:
        """Registers the campaign and the company that an aggregate is about."""
        self.subjects[originator] = campaign, cvr
        self.rows.setdefault(subjects, []).append({"originator": originator.hex, "campaign": campaign, "cvr": cvr})

    def add(self, table: Table, row: Row) -> Row:
        """Adds a row that is known from this event on, and returns it; it can change until the batch is written."""
        row["known_from"], row["known_to"] = self.position, STILL_KNOWN
        self.rows.setdefault(table, []).append(row)
        return row

    def subject(self, fact: Fact) -> tuple[str, str]:
        """The campaign and the CVR number an event is about; empty text where there is none."""
        return self.subjects[fact.originator_id]

    def dimensions(self, campaign: str, cvr: str, office: str, consultant: str, day: date) -> Row:
        """What a report groups a contact on ``day`` by."""
        iso, week, month = day_names(day)
        return {
            "campaign": campaign,
            "cvr": cvr,
            "office": office,
            "region": self.region_of(office, day),
            "consultant": consultant,
            "day": iso,
            "week": week,
            "month": month,
        }

    def write(self) -> None:
        """Writes the rows gathered so far."""
        for table, rows in self.rows.items():
            insert_rows(self.connection, table, rows)
        self.rows.clear()


class ReadModel:
    """A table and its projection. A method marked ``@when(Event)`` is the clause for that event."""

    fact_table: ClassVar[Table]
    clauses: ClassVar[dict[type[Fact], Callable[[Any, Any], None]]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        marked = [(f.kinds, f) for f in vars(cls).values() if hasattr(f, "kinds")]
        cls.clauses = {kind: clause for kinds, clause in marked for kind in kinds}

    def __init__(self, batch: Batch) -> None:
        self.batch = batch

    def begin(self, events: Sequence[Any]) -> None:
        """Reads the earlier rows that these events, all of kinds this model has clauses for, depend on."""

    def apply_retractions(self, changes: Sequence[RetractionChange]) -> None:
        """Ends the rows of facts that were retracted, and adds again those of facts that were restored."""
        apply_to_rows(self.batch.connection, self.fact_table, changes)

    def end(self) -> None:
        """Writes what depends on all events of the batch."""


def when(*kinds: type[Fact]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Marks the clause of a read model for these events."""

    def mark(clause: Callable[..., None]) -> Callable[..., None]:
        clause.kinds = kinds  # type: ignore[attr-defined]
        return clause

    return mark


def first_logged(table: Table) -> ScalarSelect[int]:
    """The position at which a row's entry was logged, however often it was retracted and restored since."""
    any_time = table.alias()
    logged = select(func.min(any_time.c.known_from)).where(any_time.c.entry == table.c.entry)
    return logged.correlate(table).scalar_subquery()


def apply_to_rows(connection: Connection, table: Table, changes: Sequence[RetractionChange]) -> None:
    """Ends the open rows of each retracted entry, and repeats the last ones of each restored entry.

    In order: one batch can retract an entry, restore it and retract it again.
    """
    for effective, run in groupby(changes, lambda change: change.effective):
        if effective:
            restored = [{"restored_entry": change.entry, "restored_at": change.position} for change in run]
            connection.execute(_restored_rows(table), restored)
        else:
            end_rows(connection, table, ("entry",), [(change.entry, change.position) for change in run])


@cache
def _restored_rows(table: Table) -> Insert:
    """Repeats the last rows of ``restored_entry`` from position ``restored_at`` on."""
    names = [c.name for c in table.c]
    position_type = table.c.known_to.type
    entry = bindparam("restored_entry", type_=table.c.entry.type)
    new = {
        "known_from": bindparam("restored_at", type_=position_type),
        "known_to": literal(STILL_KNOWN, position_type),
    }
    any_time = table.alias()
    last = select(func.max(any_time.c.known_to)).where(any_time.c.entry == entry).scalar_subquery()
    rows = select(*(new.get(c.name, c) for c in table.c)).where(table.c.entry == entry, table.c.known_to == last)
    return insert(table).from_select(names, rows)
