"""Calls and letters: one row for each attempt to reach a company."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table

from domain.outreach import Outreach
from projections.engine.projector import ReadModel, when
from projections.engine.tables import HAPPENED, WORD, dimension_columns, fact_columns, metadata

_DAY = {HAPPENED: "day"}

calls = Table(
    "calls",
    metadata,
    *fact_columns(),
    Column("call", WORD, nullable=False, index=True, comment="id of the call, the same however often corrected"),
    *dimension_columns(),
    Column("time", WORD, comment="time of day, HH:MM, where it was said"),
    Column("outcome", WORD, nullable=False, comment="what came of it: accepted, declined, no-answer ..."),
    Column("reached", Boolean, nullable=False, comment="somebody was spoken to"),
    Column("accepted", Boolean, nullable=False, comment="the company said yes to a visit"),
    Column("reason", WORD, comment="why it said no"),
    comment="Calls: one row for each attempt to reach a company.",
    info=_DAY,
)
# Distinct companies are counted in the order of this index alone, without a look at the rows.
_c = calls.c
Index("ix_calls_companies", _c.cvr, _c.day, _c.known_to, _c.campaign, _c.reached, _c.accepted)

_LETTERS = "Letters that were sent: one row for each."
invitations = Table("invitations", metadata, *fact_columns(), *dimension_columns(), comment=_LETTERS, info=_DAY)


class Calls(ReadModel):
    """Rows of calls."""

    fact_table = calls

    @when(Outreach.CallLogged)
    def call_logged(self, e: Outreach.CallLogged) -> None:
        """A call is a row; what its outcome means is written out."""
        outcome = {"outcome": e.outcome.value, "reached": e.outcome.reached, "accepted": e.outcome.accepted}
        reason, at_time = e.reason and e.reason.value, e.time and e.time.isoformat("minutes")
        dimensions = self.batch.dimensions(*self.batch.subject(e), e.office, e.by, e.at)
        row = {"entry": e.entry.hex, "call": e.call.hex, **dimensions, "time": at_time, **outcome, "reason": reason}
        self.batch.add(calls, row)


class Invitations(ReadModel):
    """Rows of letters that were sent."""

    fact_table = invitations

    @when(Outreach.InvitationSent)
    def invitation_sent(self, e: Outreach.InvitationSent) -> None:
        """A letter is a row."""
        dimensions = self.batch.dimensions(*self.batch.subject(e), e.office, e.by, e.at)
        self.batch.add(invitations, {"entry": e.entry.hex, **dimensions})
