"""The events of an outreach: what can be logged towards one company in one campaign."""

from __future__ import annotations

from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.domain import CanInitAggregate

from domain.facts import Erasure, Fact, Retraction
from domain.outcomes import Outcome, Reason, Status
from domain.permissions import ContactBasis
from domain.terms import Terms
from domain.text_reference import TextReference


class Outreach:
    """The events of an outreach. They are stored under their qualified names, such as ``Outreach.CallLogged``."""

    class Event(Fact, frozen=True):
        """A fact of an outreach."""

    class Opened(Event, CanInitAggregate[UUID], frozen=True):
        """The first thing was done towards the company."""

        slug: str
        cvr: str
        originator_topic: str

        def apply(self, aggregate: Any) -> None:
            """Nothing to remember: it is no entry of its own."""

    class InvitationSent(Event, frozen=True):
        """A letter invited the company to take part."""

    class CallLogged(Event, frozen=True):
        """One attempt by phone. ``call`` names the call whatever correction of it stands."""

        call: UUID
        outcome: Outcome
        reason: Reason | None
        time: time | None

    class FollowUpSet(Event, frozen=True):
        """The company is to be called again on ``due``."""

        call: UUID
        due: date

    class ContactRefused(Event, frozen=True):
        """The company asked not to be contacted."""

        call: UUID

    class ContactAllowed(Event, frozen=True):
        """There is a basis for contacting the company, although the register protects it from advertising."""

        basis: ContactBasis

    class VisitBooked(Event, frozen=True):
        """A visit was agreed, for day ``on``; ``call`` is the call that booked it."""

        visit: UUID
        on: date
        call: UUID | None
        begins: ClassVar[bool] = True
        status: ClassVar[Status] = Status.PLANNED

    class VisitMoved(Event, frozen=True):
        """The visit was agreed to be on another day."""

        visit: UUID
        on: date
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.PLANNED

    class VisitHeld(Event, frozen=True):
        """The visit took place, on the day of the fact. ``begins``: it had not been booked."""

        visit: UUID
        begins: bool
        call: UUID | None
        status: ClassVar[Status] = Status.HELD

        @property
        def on(self) -> date:
            """The day it was held."""
            return self.at

    class VisitMissed(Event, frozen=True):
        """The consultant came, and nobody was there."""

        visit: UUID
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.NO_SHOW
        on: ClassVar[None] = None

    class VisitCancelled(Event, frozen=True):
        """The visit was called off; the day it was planned for stays its day."""

        visit: UUID
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.CANCELLED
        on: ClassVar[None] = None

    class YieldRecorded(Event, frozen=True):
        """A visit or a call brought something: exactly one of ``visit`` and ``call`` is its origin."""

        visit: UUID | None
        call: UUID | None
        kind: str
        positions: int
        place: Terms

    class StartSettled(Event, frozen=True):
        """The first day of what a yield agreed has come: it ``began``, or it never did. ``recorded``: the yield's entry."""

        recorded: UUID
        began: bool

    class NoteTaken(Event, frozen=True):
        """Something was noted about the fact of entry ``about``; ``note`` names the note, its text lies apart."""

        note: UUID
        about: UUID
        kept: TextReference

    class NoteErased(Event, Erasure, frozen=True):
        """The text of a note was erased."""

        note: UUID

    class EntryRetracted(Event, Retraction, frozen=True):
        """A fact of the outreach was registered in error."""


VisitStep = (
    Outreach.VisitBooked | Outreach.VisitMoved | Outreach.VisitHeld | Outreach.VisitMissed | Outreach.VisitCancelled
)
"""An event of a visit. ``begins``: it is the first one; a visit of which no first event is effective does not exist.

``on`` is the day the visit was held or is planned for, ``None`` where the event does not change it.
"""
