"""Read models of things that change from day to day: each fact is a step, the steps make rows by valid days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import Column, Table, select

from projections.engine.expressions import in_list
from projections.engine.projector import ReadModel, RetractionChange, apply_to_rows
from projections.engine.rows import end_rows
from projections.engine.tables import STILL_KNOWN, WORD, fact_columns, metadata

steps = Table(
    "steps",
    metadata,
    *fact_columns(),
    Column("thing", WORD, nullable=False, index=True, comment="the visit or the company the step is of"),
    Column("said", WORD, nullable=False, comment="what the step says, JSON"),
    comment="Single facts of visits and companies, which their rows are made of.",
)


class Step(msgspec.Struct):
    """One fact of a thing's timeline; ``said`` is what its read model needs of it."""

    entry: str
    content: dict[str, Any]
    effective: bool


class Version(NamedTuple):
    """A row that holds by what is known now: what it says, and the row itself with its positions."""

    values: dict[str, Any]
    row: dict[str, Any]


class Subject(NamedTuple):
    """A thing's steps in the order of the log, and its rows that hold."""

    steps: list[Step]
    rows: list[Version]


class BitemporalModel(ReadModel):
    """A read model whose rows say from which day to which something was so, as known from one position to another."""

    fact_table = steps
    table: ClassVar[Table]
    subject_column: ClassVar[str]

    def versions(self, steps_in_force: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows that these standing steps make, without the log positions."""
        raise NotImplementedError

    def load(self, names: Iterable[str]) -> None:
        """Reads these things as they are known now. What is said of them after is not in the table yet."""
        self._since = self.batch.position
        self.subjects: dict[str, Subject] = {name: Subject([], []) for name in names}
        connection, key, wanted = self.batch.connection, self.table.c[self.subject_column], list(self.subjects)
        self._closed: list[tuple[Any, ...]] = []
        for row in connection.execute(select(steps).where(in_list(steps.c.thing, wanted)).order_by(steps.c.known_from)):
            self._load_step(row)
        open_rows = select(self.table).where(in_list(key, wanted), self.table.c.known_to == STILL_KNOWN)
        for row_values in connection.execute(open_rows).mappings():
            values = {name: value for name, value in row_values.items() if name not in ("known_from", "known_to")}
            self.subjects[row_values[self.subject_column]].rows.append(Version(values, dict(row_values)))

    def _load_step(self, row: Any) -> None:
        subject_steps, effective = self.subjects[row.thing].steps, row.known_to == STILL_KNOWN
        earlier = next((step for step in subject_steps if step.entry == row.entry), None)
        if earlier:
            earlier.effective = effective
        else:
            subject_steps.append(Step(row.entry, msgspec.json.decode(row.said), effective))

    def add_step(self, entry: str, name: str, content: dict[str, Any]) -> None:
        """One more fact of the thing of that name."""
        self.batch.add(steps, {"entry": entry, "thing": name, "said": msgspec.json.encode(content).decode()})
        self.subjects[name].steps.append(Step(entry, content, True))
        self._rebuild_rows(name)

    def apply_retractions(self, changes: Sequence[RetractionChange]) -> None:
        """Facts of things that do not stand any more, or again."""
        concerned = select(steps.c.entry, steps.c.thing).where(in_list(steps.c.entry, (f.entry for f in changes)))
        names = {row.entry: row.thing for row in self.batch.connection.execute(concerned)}
        self.load(self._own_subjects(names.values()))
        own_changes = [change for change in changes if names.get(change.entry) in self.subjects]
        apply_to_rows(self.batch.connection, steps, own_changes)
        for change in own_changes:
            self._apply_retraction(names[change.entry], change)
        self.end()
        self.batch.write()

    def _own_subjects(self, names: Iterable[str]) -> Iterable[str]:
        return {name for name in names if self.holds_subject(name)}

    def holds_subject(self, name: str) -> bool:
        """Whether a thing of that name is of this read model."""
        raise NotImplementedError

    def _apply_retraction(self, name: str, change: RetractionChange) -> None:
        next(step for step in self.subjects[name].steps if step.entry == change.entry).effective = change.effective
        self.batch.position = change.position
        self._rebuild_rows(name)

    def _rebuild_rows(self, name: str) -> None:
        """Ends the thing's rows that do not hold any more, and adds those that do now."""
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

    def _add_version(self, values: dict[str, Any]) -> Version:
        return Version(values, self.batch.add(self.table, dict(values)))

    def _end_version(self, version: Version) -> None:
        row = version.row
        row["known_to"] = self.batch.position
        if row["known_from"] < self._since:
            self._closed.append((row[self.subject_column], row["valid_from"], row["known_from"], row["known_to"]))

    def end(self) -> None:
        """Ends the rows that are in the table already; those of this batch are written as ended."""
        self.batch.write()
        if self._closed:
            end_rows(self.batch.connection, self.table, (self.subject_column, "valid_from", "known_from"), self._closed)
        self._closed = []
