"""Read models of things that change from day to day: each fact is a step, the steps make rows by valid days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import msgspec
from sqlalchemy import Column, Table, select

from projections.engine.projector import Flip, ReadModel, flip_rows
from projections.engine.rows import end_rows, is_among
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
    said: dict[str, Any]
    stands: bool


class Version(NamedTuple):
    """A row that holds by what is known now: what it says, and the row itself with its positions."""

    said: dict[str, Any]
    row: dict[str, Any]


class Thing(NamedTuple):
    """A thing's steps in the order of the log, and its rows that hold."""

    steps: list[Step]
    rows: list[Version]


class Timeline(ReadModel):
    """A read model whose rows say from which day to which something was so, as known from one position to another."""

    facts = steps
    table: ClassVar[Table]
    thing: ClassVar[str]

    def periods(self, said: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The rows that these standing steps make, without the log positions."""
        raise NotImplementedError

    def load(self, names: Iterable[str]) -> None:
        """Reads these things as they are known now. What is said of them after is not in the table yet."""
        self._since = self.batch.position
        self.things: dict[str, Thing] = {name: Thing([], []) for name in names}
        connection, key, wanted = self.batch.connection, self.table.c[self.thing], list(self.things)
        self._closed: list[tuple[Any, ...]] = []
        for row in connection.execute(
            select(steps).where(is_among(steps.c.thing, wanted)).order_by(steps.c.known_from)
        ):
            self._remember(row)
        open_rows = select(self.table).where(is_among(key, wanted), self.table.c.known_to == STILL_KNOWN)
        for told in connection.execute(open_rows).mappings():
            said = {name: value for name, value in told.items() if name not in ("known_from", "known_to")}
            self.things[told[self.thing]].rows.append(Version(said, dict(told)))

    def _remember(self, row: Any) -> None:
        known, stands = self.things[row.thing].steps, row.known_to == STILL_KNOWN
        earlier = next((step for step in known if step.entry == row.entry), None)
        if earlier:
            earlier.stands = stands
        else:
            known.append(Step(row.entry, msgspec.json.decode(row.said), stands))

    def step(self, entry: str, name: str, said: dict[str, Any]) -> None:
        """One more fact of the thing of that name."""
        self.batch.add(steps, {"entry": entry, "thing": name, "said": msgspec.json.encode(said).decode()})
        self.things[name].steps.append(Step(entry, said, True))
        self._tell(name)

    def flip(self, flips: Sequence[Flip]) -> None:
        """Facts of things that do not stand any more, or again."""
        concerned = select(steps.c.entry, steps.c.thing).where(is_among(steps.c.entry, (f.entry for f in flips)))
        names = {row.entry: row.thing for row in self.batch.connection.execute(concerned)}
        self.load(self._mine(names.values()))
        mine = [one for one in flips if names.get(one.entry) in self.things]
        flip_rows(self.batch.connection, steps, mine)
        for one in mine:
            self._flip(names[one.entry], one)
        self.end()
        self.batch.write()

    def _mine(self, names: Iterable[str]) -> Iterable[str]:
        return {name for name in names if self.owns(name)}

    def owns(self, name: str) -> bool:
        """Whether a thing of that name is of this read model."""
        raise NotImplementedError

    def _flip(self, name: str, one: Flip) -> None:
        next(step for step in self.things[name].steps if step.entry == one.entry).stands = one.stands
        self.batch.position = one.position
        self._tell(name)

    def _tell(self, name: str) -> None:
        """Ends the thing's rows that do not hold any more, and adds those that do now."""
        thing = self.things[name]
        told = list(self.periods([step.said for step in thing.steps if step.stands]))
        if not thing.rows:
            thing.rows.extend(map(self._open, told))
            return
        kept = [row for row in thing.rows if row.said in told]
        for row in thing.rows:
            if row.said not in told:
                self._close(row)
        there = [row.said for row in kept]
        thing.rows[:] = kept + [self._open(said) for said in told if said not in there]

    def _open(self, said: dict[str, Any]) -> Version:
        return Version(said, self.batch.add(self.table, dict(said)))

    def _close(self, version: Version) -> None:
        row = version.row
        row["known_to"] = self.batch.position
        if row["known_from"] < self._since:
            self._closed.append((row[self.thing], row["valid_from"], row["known_from"], row["known_to"]))

    def end(self) -> None:
        """Ends the rows that are in the table already; those of this batch are written as ended."""
        self.batch.write()
        if self._closed:
            end_rows(self.batch.connection, self.table, (self.thing, "valid_from", "known_from"), self._closed)
        self._closed = []
