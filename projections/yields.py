"""Yields: what calls and visits brought, by kind, as a tree with its totals."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table

from domain.outreach import Outreach
from domain.schemes import KINDS
from projections.read_model import ReadModel, when
from projections.tables import fact_columns, metadata

yields = Table(
    "yields",
    metadata,
    *fact_columns(),
    Column("campaign", String, nullable=False, comment="slug of the campaign"),
    Column("cvr", String, nullable=False, comment="CVR number of the company"),
    Column("recorded_on", String, nullable=False, comment="day the yield was agreed; its contact has a day of its own"),
    Column("visit", String, index=True, comment="id of the visit it came from"),
    Column("call", String, index=True, comment="id of the call it came from"),
    Column("kind", String, nullable=False),
    Column("support_class", String, nullable=False, comment="ordinary, supported, unpaid or other"),
    Column("positions", Integer, nullable=False),
    Column("hours_per_week", Integer),
    Column("starts_on", String, comment="first day agreed; whether it began is another matter"),
    Column("weeks", Integer),
    Column("target_group", String, nullable=False),
    Column("sector", String, nullable=False),
)


class Yields(ReadModel):
    """Rows of yields. Who brought one, and when, is said by its origin's row."""

    facts = yields

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
