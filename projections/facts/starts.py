"""Starts: whether what a yield agreed has begun, one row for each yield of which that was said."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Table

from domain.outreach import Outreach
from projections.engine.projector import ReadModel, when
from projections.engine.tables import HAPPENED, WORD, dimension_columns, fact_columns, metadata

starts = Table(
    "starts",
    metadata,
    *fact_columns(),
    Column("recorded", WORD, nullable=False, index=True, comment="id of the entry of the yield"),
    *dimension_columns(),
    Column("began", Boolean, nullable=False, comment="it began on that day; else it never will"),
    comment="Whether what a yield agreed has begun; the day is that of the first day, or of when it was called off.",
    info={HAPPENED: "day"},
)


class Starts(ReadModel):
    """Rows of starts that are settled."""

    fact_table = starts

    @when(Outreach.StartSettled)
    def start_settled(self, e: Outreach.StartSettled) -> None:
        """A settled start is a row that names its yield."""
        dimensions = self.batch.dimensions(*self.batch.subject(e), e.office, e.by, e.at)
        self.batch.add(starts, {"entry": e.entry.hex, "recorded": e.recorded.hex, **dimensions, "began": e.began})
