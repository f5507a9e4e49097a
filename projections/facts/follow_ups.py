"""Follow-ups: the days on which companies are to be called again, one row for each."""

from __future__ import annotations

from sqlalchemy import Column, Table

from domain.outreach import Outreach
from projections.engine.projector import ReadModel, when
from projections.engine.tables import HAPPENED, WORD, dimension_columns, fact_columns, metadata

follow_ups = Table(
    "follow_ups",
    metadata,
    *fact_columns(),
    Column("call", WORD, nullable=False, index=True, comment="id of the call in which the day was agreed"),
    *dimension_columns(),
    Column("due", WORD, nullable=False, comment="day on which the company is to be called again"),
    comment="Days on which companies are to be called again; the contact is the call in which that was agreed.",
    info={HAPPENED: "day"},
)


class FollowUps(ReadModel):
    """Rows of days to call again."""

    fact_table = follow_ups

    @when(Outreach.FollowUpSet)
    def follow_up_set(self, e: Outreach.FollowUpSet) -> None:
        """A day to call again is a row that names its call."""
        dimensions = self.batch.dimensions(*self.batch.subject(e), e.office, e.by, e.at)
        row = {"entry": e.entry.hex, "call": e.call.hex, **dimensions, "due": e.due.isoformat()}
        self.batch.add(follow_ups, row)
