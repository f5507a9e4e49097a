"""Visits: what each was on every day, planned, held, missed or cancelled, and as known at every position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Table

from domain.outreach import Outreach
from domain.visits import PlainStep, visit_of
from projections.engine.bitemporal import BitemporalModel
from projections.engine.projector import when
from projections.engine.tables import ALWAYS, WORD, Row, dimension_columns, metadata, version_columns

visits = Table(
    "visits",
    metadata,
    *version_columns(),
    Column("visit", WORD, nullable=False, index=True, comment="id of the visit"),
    *dimension_columns(),
    Column("status", WORD, nullable=False, comment="planned, held, no-show or cancelled"),
    Column("booked_on", WORD, nullable=False, comment="day it was agreed; of a visit held unbooked, that day"),
    Column("call", WORD, comment="id of the call that booked it"),
    comment="Visits: what each was, by the days it was so.",
)


class VisitStep(PlainStep, tag="visit", tag_field="kind"):
    """A step of a visit, with the campaign and the company it is of."""

    campaign: str
    cvr: str


class Visits(BitemporalModel[VisitStep]):
    """Rows of what a visit was, by the days it was so. ``day`` is the day it was held, or is planned for."""

    table = visits
    kind = "visit"
    subject_column = "visit"
    content_type = VisitStep

    def begin(self, events: Sequence[Any]) -> None:
        """Reads the visits these events are steps of."""
        self.load({event.visit.hex for event in events})

    @when(
        Outreach.VisitBooked,
        Outreach.VisitMoved,
        Outreach.VisitHeld,
        Outreach.VisitMissed,
        Outreach.VisitCancelled,
    )
    def step_taken(self, e: Any) -> None:
        """Every event of a visit is a step."""
        begins, call = (e.begins, e.call) if hasattr(e, "call") else (False, None)
        step = VisitStep(e.visit, e.at, e.on, e.status, e.by, e.office, begins, call, *self.batch.subject(e))
        self.add_step(e.entry.hex, e.visit.hex, step)

    def versions(self, contents: Sequence[VisitStep]) -> Iterator[Row]:
        """What the visit was after each step, from that step's day until the day of any later one."""
        ordered = sorted(contents, key=lambda step: not step.begins)
        until = ALWAYS
        for n in range(len(ordered), 0, -1):
            state, since = self._state(ordered[:n]), ordered[n - 1].at.isoformat()
            if state and since < until:
                yield {**state, "valid_from": since, "valid_to": until}
            until = min(until, since)

    def _state(self, contents: Sequence[VisitStep]) -> Row | None:
        """What is known of the visit after these steps; None when none of them begins it."""
        visit = visit_of(contents)
        if visit is None:
            return None
        first, call = contents[0], visit.call and visit.call.hex
        row = {"visit": visit.id.hex, "status": visit.status.value, "booked_on": visit.booked_on.isoformat()}
        dimensions = self.batch.dimensions(first.campaign, first.cvr, visit.office, visit.by, visit.on)
        return row | {"call": call} | dimensions
