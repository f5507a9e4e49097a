"""Entries of kinds this version does not know: one row for each, with what it is called."""

from __future__ import annotations

from sqlalchemy import Column, Table

from domain.facts import Fact, UnknownFact
from projections.engine.projector import ReadModel, when
from projections.engine.tables import WORD, fact_columns, metadata

unknown_entries = Table(
    "unknown_entries",
    metadata,
    *fact_columns(),
    Column("topic", WORD, nullable=False, comment="the name the entry is stored under; a later version knows it"),
    comment="Entries of kinds this version of the program does not know: no figure counts them.",
)


class UnknownEntries(ReadModel):
    """A row for each entry of an unknown kind, whatever it is about."""

    fact_table = unknown_entries

    @when(UnknownFact)
    def logged(self, e: Fact) -> None:
        """Only its name is known. An event of a known kind is here when its aggregate began with an unknown one."""
        topic = e.topic if isinstance(e, UnknownFact) else type(e).__qualname__
        self.batch.add(unknown_entries, {"entry": e.entry.hex, "topic": topic})
