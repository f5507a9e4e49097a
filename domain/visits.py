"""Visits: what is known of each, folded from its effective events, and what can happen to it next."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from uuid import UUID

from msgspec import Struct

from domain.ids import short
from domain.outcomes import Status
from domain.outreach_events import VisitStep
from domain.refusals import (
    EntryUnknown,
    OriginUnknown,
    VisitNotBooked,
    VisitNotHeld,
    VisitOutOfOrder,
    VisitSettled,
    VisitUnclear,
)


class Visit(Struct):
    """One visit: ``on`` is the day it was held or is planned for; ``by`` is who held it, or else who booked it."""

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
        """Whether it was held, missed or cancelled: nothing more can happen to it."""
        return self.status is not Status.PLANNED


class PlainStep(Struct):
    """What a step says of a visit, apart from the event that it was logged as."""

    visit: UUID
    at: date
    on: date | None
    status: Status
    by: str
    office: str
    begins: bool
    call: UUID | None


def visit_of(steps: Iterable[VisitStep | PlainStep]) -> Visit | None:
    """The visit that these effective steps of it give, in the order they were logged; ``None`` when none begins it.

    The step that begins it counts first wherever it is in the log: a corrected booking is logged after what followed.
    """
    visit: Visit | None = None
    for step in sorted(steps, key=lambda step: not step.begins):
        if visit is None and step.begins and step.on:
            call: UUID | None = getattr(step, "call", None)
            visit = Visit(step.visit, step.status, step.on, step.at, call, step.at, step.by, step.office)
        elif visit is not None and not visit.is_settled:
            _advance(visit, step)
    return visit


def _advance(visit: Visit, step: VisitStep | PlainStep) -> None:
    visit.status, visit.on, visit.last_step = step.status, step.on or visit.on, step.at
    if step.status is Status.HELD:
        visit.by, visit.office = step.by, step.office


class Visits(dict[UUID, Visit]):
    """The visits of one outreach by id, each folded from its effective steps."""

    def __init__(self, is_effective: Callable[[UUID], bool]) -> None:
        super().__init__()
        self._is_effective = is_effective
        self._steps: dict[UUID, dict[UUID, VisitStep]] = {}

    def fold(self, step: VisitStep) -> None:
        """Folds one visit again after a step of it was logged, retracted or made effective again."""
        self._steps.setdefault(step.visit, {})[step.entry] = step
        visit = visit_of(self._effective_steps(step.visit))
        if visit:
            self[step.visit] = visit
        else:
            self.pop(step.visit, None)

    def beginning(self, visit: UUID | None) -> VisitStep | None:
        """The effective step that began the visit."""
        steps = self._effective_steps(visit) if visit in self else []
        return next((step for step in steps if step.begins), None)

    @property
    def planned(self) -> list[Visit]:
        """The visits that are booked and not settled, in the order in which they were logged."""
        return sorted((visit for visit in self.values() if not visit.is_settled), key=self._position)

    def planned_visit(self, visit: UUID | None, day: date, word: str) -> Visit:
        """The planned visit of that id, or the only one. Refused when it is not unique or was agreed after ``day``."""
        planned = self._planned_by_id(visit, word) if visit else self._only_planned(word)
        if day < planned.last_step:
            raise VisitOutOfOrder(
                f"The visit was agreed on {planned.last_step}; it cannot have been {word} on {day}, before that."
            )
        return planned

    def latest_held(self, day: date) -> UUID | None:
        """The visit that was held last up to ``day``; of several on one day, the one that was logged first."""
        held_visits = [visit for visit in self.values() if visit.status is Status.HELD and visit.on <= day]
        last = max((visit.on for visit in held_visits), default=None)
        return min((visit for visit in held_visits if visit.on == last), key=self._position).id if held_visits else None

    def day_held(self, visit: UUID) -> date:
        """The day a visit was held. Refused for one that does not exist or was not held."""
        origin = self.get(visit)
        if origin is None:
            raise OriginUnknown(f"There is no visit {short(visit)} at this company.")
        if origin.status is not Status.HELD:
            raise VisitNotHeld(f"Visit {short(visit)} is {origin.status}; a yield comes from a visit that was held.")
        return origin.on

    def _planned_by_id(self, visit: UUID, word: str) -> Visit:
        """The planned visit of that id. Refused when it was held, missed or cancelled: a visit is settled once."""
        planned = self.get(visit)
        if planned is None:
            raise EntryUnknown(f"There is no visit {short(visit)} at this company.")
        if planned.is_settled:
            raise VisitSettled(
                f"Visit {short(visit)} was {planned.status} on {planned.on}; it cannot be {word} as well. "
                "Was that an error? Undo it first."
            )
        return planned

    def _only_planned(self, word: str) -> Visit:
        planned = self.planned
        if not planned:
            raise VisitNotBooked(f"No visit is planned at this company, so none can be {word}. Book one first.")
        if len(planned) > 1:
            visits = ", ".join(f"{short(visit.id)} for {visit.on}" for visit in planned)
            raise VisitUnclear(f"{len(planned)} visits are planned: {visits}. Say which with --visit ENTRY.")
        return planned[0]

    def _effective_steps(self, visit: UUID | None) -> list[VisitStep]:
        steps = self._steps.get(visit, {}) if visit else {}
        return [step for entry, step in steps.items() if self._is_effective(entry)]

    def _position(self, visit: Visit) -> int:
        beginning = self.beginning(visit.id)
        return beginning.originator_version if beginning else 0
