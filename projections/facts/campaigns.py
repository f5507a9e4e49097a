"""Campaigns: from when to when each is, and which offices take part."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Column, Connection, Table, or_, select

from domain.campaign import Campaign
from projections.engine.projector import Batch, ReadModel, first_logged, when
from projections.engine.tables import WORD, fact_columns, metadata
from projections.filters import Scope

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
    whose = {"campaign": batch.subject(e)[0], "office": office, "region": batch.region_of(office, e.at)}
    batch.add(enrolments, {"entry": e.entry.hex, **whose})


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


class CampaignPeriod(NamedTuple):
    """The first and the last day of a campaign, both included. ``told``: each last day, with the day from which it was."""

    first: date
    last: date
    last_days: tuple[tuple[date, date], ...] = ()

    def last_on(self, day: date) -> date:
        """The last day as it stood on that day."""
        so_far = [last for since, last in self.last_days if since <= day]
        return so_far[-1] if so_far else self.last_days[0][1] if self.last_days else self.last


def campaign_period(connection: Connection, scope: Scope) -> CampaignPeriod | None:
    """From when to when the campaign of the scope was, as it stood on its day; None when it was not known then."""
    c = plans.c
    so_far = or_(c.first.is_not(None), c.since <= str(scope.day))
    query = select(c.first, c.last, c.since).where(c.campaign == scope.campaign, so_far, *scope.known_at(plans))
    rows = connection.execute(query.order_by(c.first.is_(None), c.since, first_logged(plans))).all()
    told = tuple((date.fromisoformat(row.since), date.fromisoformat(row.last)) for row in rows)
    return CampaignPeriod(date.fromisoformat(rows[0].first), told[-1][1], told) if rows else None
