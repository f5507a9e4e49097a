"""Visits: what each was on every day, planned, held, missed or cancelled, and as known at every position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Column, Table

from domain.outcomes import Status
from domain.outreach import Outreach
from domain.visits import visit_of
from projections.engine.bitemporal import BitemporalModel
from projections.engine.projector import when
from projections.engine.tables import ALWAYS, WORD, dimension_columns, metadata, version_columns

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


class Visits(BitemporalModel):
    """Rows of what a visit was, by the days it was so. ``day`` is the day it was held, or is planned for."""

    table = visits
    subject_column = "visit"

    def begin(self, events: Sequence[Any]) -> None:
        """Reads the visits these events are steps of."""
        self.load({event.visit.hex for event in events})

    def holds_subject(self, name: str) -> bool:
        """Things named by an id are visits."""
        return len(name) == 32

    @when(
        Outreach.VisitBooked,
        Outreach.VisitMoved,
        Outreach.VisitHeld,
        Outreach.VisitMissed,
        Outreach.VisitCancelled,
    )
    def step_taken(self, e: Any) -> None:
        """Whatever happened to a visit is one step more."""
        campaign, cvr = self.batch.subject(e)
        when_and_what = {"at": e.at.isoformat(), "on": e.on and e.on.isoformat(), "status": e.status.value}
        contact = {"campaign": campaign, "cvr": cvr, "office": e.office, "by": e.by}
        begins = {"begins": e.begins, "call": e.call and e.call.hex} if hasattr(e, "call") else {"begins": False}
        self.add_step(e.entry.hex, e.visit.hex, {"visit": e.visit.hex, **when_and_what, **contact, **begins})

    def versions(self, contents: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """What the visit was after each step, from that step's day until the day of any later one."""
        steps = [SimpleNamespace(**{**step, "status": Status(step["status"])}) for step in contents]
        ordered = sorted(steps, key=lambda step: not step.begins)
        until = ALWAYS
        for n in range(len(ordered), 0, -1):
            state, since = self._state(ordered[:n]), ordered[n - 1].at
            if state and since < until:
                yield {**state, "valid_from": since, "valid_to": until}
            until = min(until, since)

    def _state(self, steps: Sequence[Any]) -> dict[str, Any] | None:
        """What is known of the visit after these steps; nothing when none of them began it."""
        visit = visit_of(steps)
        if visit is None:
            return None
        first = steps[0]
        row = {"visit": visit.id, "status": visit.status.value, "booked_on": visit.booked_on, "call": visit.call}
        return row | self.batch.dimensions(
            first.campaign, first.cvr, visit.office, visit.by, date.fromisoformat(str(visit.on))
        )
