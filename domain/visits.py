"""What is known of one visit, worked out from the facts that stand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from msgspec import Struct


class Status(StrEnum):
    """Where a visit stands; the words of the command line and of measures.md."""

    PLANNED = "planned"
    HELD = "held"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


class Visit(Struct):
    """One visit: ``on`` is the day it was held, or is planned for; ``by`` who held it, else who booked it."""

    id: UUID
    status: Status
    on: date
    booked_on: date
    call: UUID | None
    last_step: date
    by: str
    office: str

    @property
    def is_settled(self) -> bool:
        """It was held, missed or cancelled: nothing more can happen to it."""
        return self.status is not Status.PLANNED


def visits_of(steps: Iterable[Any]) -> dict[UUID, Visit]:
    """The visits these facts tell of, in the order they became known.

    A step counts only when its visit began: taking the booking back takes the whole visit back. A booking comes
    first wherever it stands in the log, since one that was corrected stands behind what happened after it.
    """
    visits: dict[UUID, Visit] = {}
    for step in sorted(steps, key=lambda step: not step.begins):
        visit = visits.get(step.visit)
        if visit is None and step.begins:
            visits[step.visit] = Visit(
                step.visit, step.status, step.on, step.at, step.call, step.at, step.by, step.office
            )
        elif visit is not None and not visit.is_settled:
            visit.status, visit.on, visit.last_step = step.status, step.on or visit.on, step.at
            if step.status is Status.HELD:
                visit.by, visit.office = step.by, step.office
    return visits
