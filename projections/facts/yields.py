"""Yields: one row for each thing that a call or a visit brought."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from domain.outreach import Outreach
from domain.yield_kinds import KINDS
from projections.engine.projector import ReadModel, when
from projections.engine.tables import HAPPENED, WORD, fact_columns, metadata

yields = Table(
    "yields",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("cvr", WORD, nullable=False, comment="CVR number of the company"),
    Column("recorded_on", WORD, nullable=False, comment="day the yield was agreed; its contact has a day of its own"),
    Column("visit", WORD, index=True, comment="id of the visit it came from"),
    Column("call", WORD, index=True, comment="id of the call it came from"),
    Column("kind", WORD, nullable=False, comment="what it brought: ordinary-job, internship ..."),
    Column("support_class", WORD, nullable=False, comment="ordinary, supported, unpaid or other"),
    Column("positions", Integer, nullable=False, comment="how many places it brought"),
    Column("hours_per_week", Integer, comment="hours a week agreed"),
    Column("starts_on", WORD, comment="first day agreed; whether it began is another matter"),
    Column("weeks", Integer, comment="how many weeks were agreed"),
    Column("target_group", WORD, nullable=False, comment="whom it is for, where it was said"),
    Column("sector", WORD, nullable=False, comment="public or private, where it was said"),
    comment="What calls and visits brought: one row for each yield. Its contact says who brought it, and when.",
    info={HAPPENED: "recorded_on"},
)


class Yields(ReadModel):
    """Rows of yields. Who brought one, and when, is in the row of its origin."""

    fact_table = yields

    @when(Outreach.YieldRecorded)
    def yield_recorded(self, e: Outreach.YieldRecorded) -> None:
        """A yield is a row that names its origin."""
        campaign, cvr = self.batch.subject(e)
        origin = {"visit": e.visit and e.visit.hex, "call": e.call and e.call.hex}
        row = {"entry": e.entry.hex, "campaign": campaign, "cvr": cvr, "recorded_on": e.at.isoformat(), **origin}
        kind = {"kind": e.kind, "support_class": KINDS[e.kind].support_class, "positions": e.positions}
        place = {"hours_per_week": e.place.hours_per_week, "weeks": e.place.weeks}
        starts = e.place.starts_on and e.place.starts_on.isoformat()
        whom = {"starts_on": starts, "target_group": e.place.target_group, "sector": e.place.sector}
        self.batch.add(yields, row | kind | place | whom)
