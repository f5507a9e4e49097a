"""Bitemporal read models: each entry is a step of a subject, and its steps make rows by valid days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import msgspec
from sqlalchemy import Column, Table, select

from projections.engine.expressions import in_list
from projections.engine.projector import ReadModel, RetractionChange, apply_to_rows
from projections.engine.rows import end_rows
from projections.engine.tables import STILL_KNOWN, WORD, Ending, Row, fact_columns, metadata

steps = Table(
    "steps",
    metadata,
    *fact_columns(),
    Column("thing", WORD, nullable=False, index=True, comment="the visit or the company the step is of"),
    Column("said", WORD, nullable=False, comment="what the step says, JSON"),
    comment="Single facts of visits and companies, which their rows are made of.",
)


Content = TypeVar("Content")
"""What a step says: a struct with the tag field ``kind``, of its read model's ``content_type``."""


class Step(msgspec.Struct, Generic[Content]):
    """One entry about a subject; ``effective``: it is not retracted."""

    entry: str
    content: Content
    effective: bool


class Version(NamedTuple):
    """A row that is known now: its values, and the row itself with its log positions."""

    values: Row
    row: Row


class Subject(NamedTuple, Generic[Content]):
    """The steps of one visit or company in the order of the log, and its rows that are known now."""

    steps: list[Step[Content]]
    rows: list[Version]


class _Kind(msgspec.Struct):
    kind: str


class BitemporalModel(ReadModel, Generic[Content]):
    """A read model whose rows have a valid time, in days, and a transaction time, in log positions.

    ``kind`` is the tag of its ``content_type``; ``subject_column`` names the column of ``table`` with the subject.
    """

    fact_table = steps
    table: ClassVar[Table]
    kind: ClassVar[str]
    subject_column: ClassVar[str]
    content_type: ClassVar[type[Any]]

    def versions(self, contents: Sequence[Content]) -> Iterator[Row]:
        """The rows that the effective steps of one subject make, without the log positions."""
        raise NotImplementedError

    def load(self, subjects: Iterable[str]) -> None:
        """Reads the steps and rows of these subjects that earlier batches wrote."""
        self._since = self.batch.position
        self.subjects: dict[str, Subject[Content]] = {name: Subject([], []) for name in subjects}
        self._ended: list[Ending] = []
        connection, names, key = self.batch.connection, list(self.subjects), self.table.c[self.subject_column]
        for row in connection.execute(select(steps).where(in_list(steps.c.thing, names)).order_by(steps.c.known_from)):
            self._load_step(row)
        open_rows = select(self.table).where(in_list(key, names), self.table.c.known_to == STILL_KNOWN)
        for mapping in connection.execute(open_rows).mappings():
            values = {name: value for name, value in mapping.items() if name not in ("known_from", "known_to")}
            self.subjects[mapping[self.subject_column]].rows.append(Version(values, dict(mapping)))

    def _load_step(self, row: Any) -> None:
        """A step that was retracted and restored has several rows, of which the last says whether it is effective."""
        subject_steps, effective = self.subjects[row.thing].steps, row.known_to == STILL_KNOWN
        earlier = next((step for step in subject_steps if step.entry == row.entry), None)
        if earlier:
            earlier.effective = effective
        else:
            content = msgspec.json.decode(row.said, type=self.content_type)
            subject_steps.append(Step(row.entry, content, effective))

    def add_step(self, entry: str, name: str, content: Content) -> None:
        """Adds a step of that subject, and brings its rows up to date."""
        self.batch.add(steps, {"entry": entry, "thing": name, "said": msgspec.json.encode(content).decode()})
        self.subjects[name].steps.append(Step(entry, content, True))
        self._rebuild_rows(name)

    def apply_retractions(self, changes: Sequence[RetractionChange]) -> None:
        """Marks steps of this model as retracted or restored, and brings the rows of their subjects up to date."""
        query = select(steps.c.entry, steps.c.thing, steps.c.said)
        rows = self.batch.connection.execute(query.where(in_list(steps.c.entry, (change.entry for change in changes))))
        names = {row.entry: row.thing for row in rows if self._is_own(row.said)}
        self.load(set(names.values()))
        own_changes = [change for change in changes if change.entry in names]
        apply_to_rows(self.batch.connection, steps, own_changes)
        for change in own_changes:
            self._apply_retraction(names[change.entry], change)
        self.end()
        self.batch.write()

    def _is_own(self, content: str) -> bool:
        return msgspec.json.decode(content, type=_Kind).kind == self.kind

    def _apply_retraction(self, name: str, change: RetractionChange) -> None:
        next(step for step in self.subjects[name].steps if step.entry == change.entry).effective = change.effective
        self.batch.position = change.position
        self._rebuild_rows(name)

    def _rebuild_rows(self, name: str) -> None:
        """Ends the rows that the effective steps no longer make, and adds those that they now do."""
        subject = self.subjects[name]
        versions = list(self.versions([step.content for step in subject.steps if step.effective]))
        if not subject.rows:
            subject.rows.extend(map(self._add_version, versions))
            return
        unchanged = [row for row in subject.rows if row.values in versions]
        for row in subject.rows:
            if row.values not in versions:
                self._end_version(row)
        existing = [row.values for row in unchanged]
        subject.rows[:] = unchanged + [self._add_version(values) for values in versions if values not in existing]

    def _add_version(self, values: Row) -> Version:
        return Version(values, self.batch.add(self.table, dict(values)))

    def _end_version(self, version: Version) -> None:
        row = version.row
        row["known_to"] = self.batch.position
        if row["known_from"] < self._since:
            self._ended.append((row[self.subject_column], row["valid_from"], row["known_from"], row["known_to"]))

    def end(self) -> None:
        """Ends the rows of earlier batches; those of this batch are written as ended."""
        self.batch.write()
        if self._ended:
            end_rows(self.batch.connection, self.table, (self.subject_column, "valid_from", "known_from"), self._ended)
        self._ended = []
