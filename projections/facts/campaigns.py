"""Campaigns: from when to when each is, and which offices take part."""

from __future__ import annotations

from sqlalchemy import Column, Table

from domain.campaign import Campaign
from projections.engine.projector import Batch, ReadModel, when
from projections.engine.tables import WORD, fact_columns, metadata

enrolments = Table(
    "enrolments",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("office", WORD, nullable=False, comment="code of an office that takes part, or has a target"),
    Column("region", WORD, nullable=False, comment="region of that office on that day"),
    comment="Offices that take part in a campaign.",
)
plans = Table(
    "plans",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("first", WORD, comment="its first day; empty where it was extended"),
    Column("last", WORD, nullable=False, comment="its last day"),
    Column("since", WORD, nullable=False, comment="day from which this was so; of the plan itself its first day"),
    comment="From when to when each campaign is: its plan, and a row for each time it was extended.",
)


def enrol(batch: Batch, e: Campaign.Event, office: str) -> None:
    """A row that says that the office takes part."""
    row = {"campaign": batch.subject(e)[0], "office": office, "region": batch.region_of(office, e.at)}
    batch.add(enrolments, {"entry": e.entry.hex, **row})


class Enrolments(ReadModel):
    """Rows of offices that a report names although nothing was logged there."""

    fact_table = enrolments

    @when(Campaign.OfficeEnrolled)
    def office_enrolled(self, e: Campaign.OfficeEnrolled) -> None:
        """An office that takes part is a row."""
        enrol(self.batch, e, e.enrolled)


class Plans(ReadModel):
    """Rows of a campaign's period."""

    fact_table = plans

    @when(Campaign.Planned)
    def planned(self, e: Campaign.Planned) -> None:
        """The plan says both days, whenever it was logged."""
        days = {"first": e.first.isoformat(), "last": e.last.isoformat(), "since": e.first.isoformat()}
        self.batch.add(plans, {"entry": e.entry.hex, "campaign": e.slug, **days})

    @when(Campaign.Extended)
    def extended(self, e: Campaign.Extended) -> None:
        """An extension says another last day, from its own day on."""
        days = {"first": None, "last": e.last.isoformat(), "since": e.at.isoformat()}
        self.batch.add(plans, {"entry": e.entry.hex, "campaign": self.batch.subject(e)[0], **days})
