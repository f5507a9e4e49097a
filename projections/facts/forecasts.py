"""Forecasts that were kept: each as it was made."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from domain.campaign import Campaign
from projections.engine.projector import ReadModel, when
from projections.engine.tables import WORD, fact_columns, metadata
from projections.facts.targets import subject_columns, subject_of

forecasts = Table(
    "forecasts",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("made_on", WORD, nullable=False, comment="day it was made, as of its end"),
    Column("number_in_entry", Integer, nullable=False, comment="which of the forecasts of that entry, from 0"),
    *subject_columns(),
    Column("number", Integer, nullable=False, comment="the target it was held against"),
    Column("by_day", WORD, nullable=False, comment="day it speaks of"),
    Column("reached", Integer, nullable=False, comment="the count on the day it was made"),
    Column("forecast", Integer, nullable=False, comment="what was to be there"),
    Column("low", Integer, nullable=False, comment="lower end of its 95 % interval"),
    Column("high", Integer, nullable=False, comment="upper end of its 95 % interval"),
    Column("days", Integer, nullable=False, comment="from so many working days the pace was taken"),
    comment="Forecasts that were kept, each as it was made.",
)


class Forecasts(ReadModel):
    """Rows of forecasts."""

    fact_table = forecasts

    @when(Campaign.ForecastsKept)
    def forecasts_kept(self, e: Campaign.ForecastsKept) -> None:
        """Each forecast is a row."""
        shared = {"entry": e.entry.hex, "campaign": self.batch.subject(e)[0], "made_on": e.at.isoformat()}
        for n, made in enumerate(e.made):
            figures = {name: getattr(made, name) for name in _SAID} | {"by_day": made.by_day.isoformat()}
            self.batch.add(forecasts, {**shared, "number_in_entry": n, **subject_of(self.batch, made, e.at), **figures})


_SAID = ("number", "reached", "forecast", "low", "high", "days")
