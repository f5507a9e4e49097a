"""Campaigns: which are planned, which offices take part, and which targets were set."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from domain.campaign import Campaign
from projections.read_model import ReadModel, when
from projections.tables import WORD, fact_columns, metadata

enrolments = Table(
    "enrolments",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("office", WORD, nullable=False, comment="code of an office that takes part, or has a target"),
    Column("region", WORD, nullable=False, comment="region of that office on that day"),
    Column("measure", WORD, comment="count of measures.md the target is for; empty: it only takes part"),
    Column("number", Integer, comment="the number to reach"),
    Column("by_day", WORD, comment="day it is to be reached by"),
    comment="Offices that take part in a campaign, and the numbers they are to reach.",
)


class Enrolments(ReadModel):
    """Rows of offices that a report names although nothing was logged there."""

    facts = enrolments

    @when(Campaign.OfficeEnrolled)
    def office_enrolled(self, e: Campaign.OfficeEnrolled) -> None:
        """An office that takes part is a row."""
        self._row(e, e.enrolled)

    @when(Campaign.TargetSet)
    def target_set(self, e: Campaign.TargetSet) -> None:
        """An office with a target is a row too; a target for all is none."""
        if e.target_office:
            by_day = e.by_day.isoformat() if e.by_day else None
            self._row(e, e.target_office, e.measure, e.number, by_day)

    def _row(
        self,
        e: Campaign.Event,
        office: str,
        measure: str | None = None,
        number: int | None = None,
        by: str | None = None,
    ) -> None:
        whose = {"campaign": self.batch.subject(e)[0], "office": office, "region": self.batch.region_of(office, e.at)}
        said = {"measure": measure, "number": number, "by_day": by}
        self.batch.add(enrolments, {"entry": e.entry.hex, **whose, **said})
