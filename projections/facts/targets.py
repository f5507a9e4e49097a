"""Targets: the numbers to reach, one row for each time one was set."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Column, Integer, Table

from domain.campaign import Campaign
from domain.campaign import Forecast as ForecastSaid
from projections.engine.projector import Batch, ReadModel, when
from projections.engine.tables import WORD, Columns, fact_columns, metadata
from projections.facts.campaigns import enrol


def subject_columns() -> Columns:
    """The columns of whatever is said of a count: which, of which office, region and kind."""
    return [
        Column("measure", WORD, nullable=False, comment="count of measures.md that is meant"),
        Column("office", WORD, comment="code of the office it is for; empty: not for one office"),
        Column("region", WORD, comment="region it is for, or the office lies in; empty: for the campaign"),
        Column("kind", WORD, comment="kind of yield it is for; empty: all"),
    ]


def subject_of(batch: Batch, target: Campaign.TargetSet | ForecastSaid, day: date) -> dict[str, str | None]:
    """These columns of a target that was set on that day, or of a forecast that was made on it."""
    office = target.target_office
    region = batch.region_of(office, day) if office else target.target_region
    return {"measure": target.measure, "office": office, "region": region, "kind": target.target_kind}


targets_set = Table(
    "targets",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    *subject_columns(),
    Column("number", Integer, nullable=False, comment="the number to reach"),
    Column("by_day", WORD, comment="day it is to be reached by; empty: the campaign's last"),
    Column("because", WORD, nullable=False, comment="why, where it was said"),
    Column("set_on", WORD, nullable=False, comment="day it was decided"),
    Column("set_by", WORD, nullable=False, comment="who set it"),
    comment="Numbers to reach: one row for each time one was set. The latest of the same subject counts.",
)


class Targets(ReadModel):
    """Rows of targets."""

    fact_table = targets_set

    @when(Campaign.TargetSet)
    def target_set(self, e: Campaign.TargetSet) -> None:
        """Each time a number is set is a row; an office that has one takes part."""
        subject = subject_of(self.batch, e, e.at)
        goal = {"number": e.number, "by_day": e.by_day and e.by_day.isoformat()}
        if e.target_office:
            enrol(self.batch, e, e.target_office)
        setting = {"because": e.because, "set_on": e.at.isoformat(), "set_by": e.by}
        self.batch.add(
            targets_set, {"entry": e.entry.hex, "campaign": self.batch.subject(e)[0], **goal, **subject, **setting}
        )
