"""The outreach: everything done towards one company in one campaign, and the rules for what can be said of it."""

from __future__ import annotations

from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.domain import Aggregate

from domain.acts import Act
from domain.facts import Erasure, Fact, FactHistory, Retraction
from domain.ids import identity, outreach_id, short
from domain.outcomes import Outcome, Reason
from domain.permissions import ContactBasis
from domain.refusals import (
    CallNotAccepted,
    EntryReplaced,
    EntryUnknown,
    FollowUpMissing,
    FollowUpTooEarly,
    NothingToErase,
    OriginUnknown,
    PositionsOutOfRange,
    ReasonMissing,
    ReasonOutOfPlace,
    SameActLogged,
    StartSettledAlready,
    StartTooEarly,
    VisitNotBooked,
    VisitNotHeld,
    VisitOutOfOrder,
    VisitUnclear,
    YieldUnclear,
)
from domain.text_reference import TextReference
from domain.visits import Status, Visit, visits_of
from domain.yield_kinds import kind_named
from domain.yields import MOST_POSITIONS, Terms


class Outreach(Aggregate, FactHistory):
    """One company in one campaign."""

    class Event(Fact):
        """A fact of an outreach."""

    class Opened(Event, Aggregate.Created):
        """The first thing was done towards the company."""

        slug: str
        cvr: str

        def apply(self, aggregate: Any) -> None:
            """Nothing to remember: it is no entry of its own."""

    class InvitationSent(Event):
        """A letter invited the company to take part."""

    class CallLogged(Event):
        """One attempt by phone. ``call`` names the call whatever correction of it stands."""

        call: UUID
        outcome: Outcome
        reason: Reason | None
        time: time | None

    class FollowUpSet(Event):
        """The company is to be called again on ``due``."""

        call: UUID
        due: date

    class ContactRefused(Event):
        """The company asked not to be contacted."""

        call: UUID

    class ContactAllowed(Event):
        """There is a basis for contacting the company, although the register protects it from advertising."""

        basis: ContactBasis

    class VisitBooked(Event):
        """A visit was agreed, for day ``on``; ``call`` is the call that booked it."""

        visit: UUID
        on: date
        call: UUID | None
        begins: ClassVar[bool] = True
        status: ClassVar[Status] = Status.PLANNED

    class VisitMoved(Event):
        """The visit was agreed to be on another day."""

        visit: UUID
        on: date
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.PLANNED

    class VisitHeld(Event):
        """The visit took place, on the day of the fact. ``begins``: it had not been booked."""

        visit: UUID
        begins: bool
        call: UUID | None
        status: ClassVar[Status] = Status.HELD

        @property
        def on(self) -> date:
            """The day it was held."""
            return self.at

    class VisitMissed(Event):
        """The consultant came, and nobody was there."""

        visit: UUID
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.NO_SHOW
        on: ClassVar[None] = None

    class VisitCancelled(Event):
        """The visit was called off; the day it was planned for stays its day."""

        visit: UUID
        begins: ClassVar[bool] = False
        status: ClassVar[Status] = Status.CANCELLED
        on: ClassVar[None] = None

    class YieldRecorded(Event):
        """A visit or a call brought something: exactly one of ``visit`` and ``call`` is its origin."""

        visit: UUID | None
        call: UUID | None
        kind: str
        positions: int
        place: Terms

    class StartSettled(Event):
        """The first day of what a yield agreed has come: it ``began``, or it never did. ``recorded``: the yield's entry."""

        recorded: UUID
        began: bool

    class NoteTaken(Event):
        """Something was noted about the fact of entry ``about``; ``note`` names the note, its text lies apart."""

        note: UUID
        about: UUID
        kept: TextReference

    class NoteErased(Event, Erasure):
        """The text of a note was erased."""

        note: UUID

    class EntryRetracted(Event, Retraction):
        """A fact of the outreach was registered in error."""

    def __init__(self, slug: str, cvr: str) -> None:
        self.facts: dict[UUID, Any] = {}
        self.retractions: dict[UUID, UUID] = {}
        self.slug, self.cvr = slug, cvr

    @staticmethod
    def create_id(slug: str, cvr: str) -> UUID:
        """The id every machine gives this company in this campaign."""
        return outreach_id(slug, cvr)

    @classmethod
    def open(cls, act: Act, slug: str, cvr: str) -> Outreach:
        """Nothing was done towards the company before."""
        own = outreach_id(slug, cvr)
        return cls._create(cls.Opened, id=own, entry=own, slug=slug, cvr=cvr, **act.fields)

    # What is known, as it stands

    @property
    def calls(self) -> dict[UUID, Any]:
        """The calls that stand, oldest entry first."""
        return {fact.call: fact for fact in self.effective(Outreach.CallLogged)}

    @property
    def visits(self) -> dict[UUID, Visit]:
        """The visits that stand, in the order they became known."""
        return visits_of(self.effective(*_STEPS))

    @property
    def refuses_contact(self) -> bool:
        """The company asked not to be contacted."""
        return bool(self.effective(Outreach.ContactRefused))

    @property
    def bases(self) -> list[ContactBasis]:
        """The bases for contacting the company that were recorded."""
        return [fact.basis for fact in self.effective(Outreach.ContactAllowed)]

    @property
    def notes(self) -> dict[UUID, TextReference]:
        """The notes whose text was not erased, taken back or not."""
        erased = {fact.note for fact in self.effective(Outreach.NoteErased)}
        taken = (fact for fact in self.facts.values() if isinstance(fact, Outreach.NoteTaken))
        return {fact.note: fact.kept for fact in taken if fact.note not in erased}

    @property
    def texts(self) -> set[UUID]:
        """The ids of all personal texts that are to be kept."""
        return {kept.text for kept in self.notes.values()}

    @property
    def texts_ever(self) -> set[UUID]:
        """The ids of all personal texts that were ever kept."""
        return {fact.kept.text for fact in self.facts.values() if isinstance(fact, Outreach.NoteTaken)}

    def texts_of(self, note: UUID) -> set[UUID]:
        """The id of the text of that note, if it is to be kept."""
        return {kept.text for named, kept in self.notes.items() if named == note}

    def yields_of(self, origin: UUID) -> list[Any]:
        """The yields that stand and came from this call or visit."""
        return [y for y in self.effective(Outreach.YieldRecorded) if origin in (y.visit, y.call)]

    # What a person says

    def invite(self, act: Act, entry: UUID) -> bool:
        """A letter was sent. False when this entry is there already."""
        if self.already_logged(entry, {"at": act.at, "by": act.by, "office": act.office}):
            return False
        self.trigger_event(Outreach.InvitationSent, entry=entry, **act.fields)
        return True

    def log_call(
        self,
        act: Act,
        entry: UUID,
        outcome: Outcome,
        reason: Reason | None = None,
        at_time: time | None = None,
        follow_up: date | None = None,
        call: UUID | None = None,
        again: bool = False,
    ) -> bool:
        """One attempt by phone. False when this entry is there already.

        By hand, an outcome that needs a reason or a day to call again is refused without it, and so is the
        same outcome by the same consultant on the same day, unless ``again``.
        """
        call = call or entry
        said = {"call": call, "outcome": outcome, "reason": reason, "time": at_time}
        if self.already_logged(entry, {**said, "at": act.at, "by": act.by, "office": act.office}):
            return False
        _check_follow_up(act.at, follow_up)
        if act.by_hand:
            _check_complete(act.at, outcome, reason, follow_up)
            self._check_not_twice(act, again, f"call {outcome}", Outreach.CallLogged, outcome=outcome)
        self.trigger_event(Outreach.CallLogged, entry=entry, **said, **act.fields)
        if follow_up:
            self._set_follow_up(act, entry, call, follow_up)
        if outcome.ends_contact:
            refusal = identity(entry.hex, "contact-refused")
            self.trigger_event(Outreach.ContactRefused, entry=refusal, call=call, **act.fields)
        return True

    def book_visit(
        self, act: Act, entry: UUID, on: date, call: UUID | None = None, visit: UUID | None = None, again: bool = False
    ) -> bool:
        """A visit was agreed for day ``on``. False when this entry is there already.

        Without ``call`` it counts as booked by the latest accepted call that has no visit yet.
        """
        said = {"visit": visit or entry, "on": on}
        if self.already_logged(entry, {**said, "at": act.at, "by": act.by, "office": act.office}):
            return False
        if on < act.at:
            raise VisitOutOfOrder(f"A visit booked on {act.at} cannot be planned for {on}, a day before.")
        if act.by_hand:
            self._check_not_twice(act, again, f"booking for {on}", Outreach.VisitBooked, on=on)
        call = self._booking_call(act.at, call)
        booking = self.calls.get(call) if call else None
        if act.by_hand and booking and not booking.outcome.accepted:
            raise CallNotAccepted(f"A call {booking.outcome} books no visit. Log it as accepted, or leave --visit out.")
        self.trigger_event(Outreach.VisitBooked, entry=entry, **said, call=call, **act.fields)
        return True

    def move_visit(self, act: Act, entry: UUID, to: date, visit: UUID | None = None) -> bool:
        """The planned visit was agreed to be on another day. False when this entry is there already."""
        if self.already_logged(entry, {"on": to, "at": act.at}):
            return False
        if to < act.at:
            raise VisitOutOfOrder(f"A visit moved on {act.at} cannot be planned for {to}, a day before.")
        self._step(Outreach.VisitMoved, act, entry, self._planned(act, visit, "moved"), on=to)
        return True

    def hold_visit(self, act: Act, entry: UUID, visit: UUID | None = None, again: bool = False) -> bool:
        """The visit took place on the day of the act, booked before or not. False when this entry is there already."""
        if self.already_logged(entry, {"at": act.at, "by": act.by, "office": act.office}):
            return False
        if act.by_hand:
            self._check_not_twice(act, again, "visit held", Outreach.VisitHeld)
        if visit is None and not self.planned_visits:
            return self._hold_unbooked(act, entry, None)
        if act.batch and visit and visit not in self.visits:
            return self._hold_unbooked(act, entry, visit)
        planned = self._planned(act, visit, "held")
        self._step(Outreach.VisitHeld, act, entry, planned, begins=False, call=planned.call)
        return True

    def miss_visit(self, act: Act, entry: UUID, visit: UUID | None = None) -> bool:
        """Nobody was there. False when this entry is there already; refused without a planned visit."""
        if self.already_logged(entry, {"at": act.at}):
            return False
        planned = self._planned(act, visit, "missed")
        if act.at < planned.on:
            raise VisitOutOfOrder(f"The visit is planned for {planned.on}; nobody can have missed it on {act.at}.")
        self._step(Outreach.VisitMissed, act, entry, planned)
        return True

    def cancel_visit(self, act: Act, entry: UUID, visit: UUID | None = None) -> bool:
        """The planned visit was called off. False when this entry is there already."""
        if self.already_logged(entry, {"at": act.at}):
            return False
        self._step(Outreach.VisitCancelled, act, entry, self._planned(act, visit, "cancelled"))
        return True

    def record_yield(
        self,
        act: Act,
        entry: UUID,
        kind: str,
        positions: int = 1,
        visit: UUID | None = None,
        call: UUID | None = None,
        place: Terms = Terms(),
        again: bool = False,
    ) -> bool:
        """What a call or a held visit brought. False when this entry is there already.

        Without an origin it came from the latest held visit, else from the latest call that reached somebody.
        """
        kind = kind_named(kind).name
        origin = {"visit": visit, "call": call} if visit or call else {}
        said: dict[str, Any] = {"kind": kind, "positions": positions, "place": place}
        if self.already_logged(entry, {**said, **origin, "at": act.at, "by": act.by, "office": act.office}):
            return False
        if not origin:
            visit, call = self._latest_origin(act.at)
        if not 1 <= positions <= MOST_POSITIONS:
            raise PositionsOutOfRange(f"{positions} positions in one yield? Write a number from 1 to {MOST_POSITIONS}.")
        self._check_origin(act.at, visit, call)
        if act.by_hand:
            kind_named(kind, place.starts_on or act.at)
            self._check_not_twice(
                act, again, f"yield {kind}", Outreach.YieldRecorded, kind=kind, visit=visit, call=call
            )
        self.trigger_event(Outreach.YieldRecorded, entry=entry, visit=visit, call=call, **said, **act.fields)
        return True

    def settle_start(self, act: Act, entry: UUID, recorded: UUID | None, began: bool) -> bool:
        """What a yield agreed began, on the day of the act, or never will. False when this entry is there already.

        Without ``recorded`` it is the only yield that is not settled. Refused when there is none, or several.
        """
        named = {"recorded": recorded} if recorded else {}
        if self.already_logged(entry, {**named, "began": began, "at": act.at}):
            return False
        agreed = self._unsettled(recorded) if recorded else self._only_unsettled()
        if act.at < agreed.at:
            raise StartTooEarly(
                f"Yield {short(agreed.entry)} was agreed on {agreed.at}; nobody knew on {act.at} whether it began."
            )
        self.trigger_event(Outreach.StartSettled, entry=entry, recorded=agreed.entry, began=began, **act.fields)
        return True

    @property
    def unsettled_yields(self) -> list[Any]:
        """The yields of which nobody has said whether they began."""
        settled = {fact.recorded for fact in self.effective(Outreach.StartSettled)}
        return [each for each in self.effective(Outreach.YieldRecorded) if each.entry not in settled]

    def _unsettled(self, recorded: UUID) -> Any:
        agreed = self.facts.get(recorded)
        if not isinstance(agreed, Outreach.YieldRecorded) or not self.is_effective(recorded):
            raise EntryUnknown(f"There is no yield {short(recorded)} at this company.")
        if agreed not in self.unsettled_yields:
            raise StartSettledAlready(f"Yield {short(recorded)} is settled already. Was that an error? Undo it first.")
        return agreed

    def _only_unsettled(self) -> Any:
        unsettled = self.unsettled_yields
        if not unsettled:
            raise EntryUnknown("No yield at this company is still to begin.")
        if len(unsettled) > 1:
            listed = ", ".join(f"{short(y.entry)} {y.positions} x {y.kind}" for y in unsettled)
            raise YieldUnclear(f"{len(unsettled)} yields are to begin: {listed}. Say which with --yield ENTRY.")
        return unsettled[0]

    def allow_contact(self, act: Act, entry: UUID, basis: ContactBasis) -> bool:
        """There is a basis for contacting the company. False when this entry is there already."""
        if self.already_logged(entry, {"basis": basis, "at": act.at}):
            return False
        self.trigger_event(Outreach.ContactAllowed, entry=entry, basis=basis, **act.fields)
        return True

    def take_note(self, act: Act, entry: UUID, about: UUID, kept: TextReference) -> None:
        """Something was noted about the fact of entry ``about``."""
        self.trigger_event(Outreach.NoteTaken, entry=entry, note=entry, about=about, kept=kept, **act.fields)

    def erase_note(self, act: Act, entry: UUID, note: UUID, because: str) -> None:
        """The text of the note was erased. Refused when it was before."""
        if note not in self.notes:
            raise NothingToErase(f"There is no note {short(note)} here whose text is kept.")
        self.trigger_event(Outreach.NoteErased, entry=entry, note=note, because=because, **act.fields)

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Takes a fact back: it leaves every figure, with what hangs on it, and stays in the history.

        With a call go the day to call again and the wish for no contact that were said in it.
        """
        self.check_retractable(target)
        for along in self._said_with(self.facts[target]):
            back = identity(entry.hex, along.hex)
            self.trigger_event(Outreach.EntryRetracted, entry=back, target=along, because=because, **act.fields)
        self.trigger_event(Outreach.EntryRetracted, entry=entry, target=target, because=because, **act.fields)

    def check_retractable(self, target: UUID) -> None:
        """As of any fact; and refuses to let a call or a visit stand again that another entry has told anew since."""
        super().check_retractable(target)
        fact = self.facts[target]
        if isinstance(fact, Retraction) and (anew := self._told_anew(self.facts.get(fact.target))):
            raise EntryReplaced(
                f"Entry {short(fact.target)} was corrected: entry {short(anew.entry)} says it now. Take that back first."
            )

    def _told_anew(self, fact: Any) -> Any:
        """The fact that stands and tells of the same call, or of how the same visit began; None of any other fact."""
        if isinstance(fact, Outreach.CallLogged):
            return self.calls.get(fact.call)
        began = (each for each in self.effective(*_STEPS) if each.begins and each.visit == getattr(fact, "visit", None))
        return next(began, None) if getattr(fact, "begins", False) else None

    def _said_with(self, fact: Any) -> list[UUID]:
        """What is taken back with a call; with the retraction of one, the retractions of what went with it."""
        if isinstance(fact, Retraction) and isinstance(call := self.facts.get(fact.target), Outreach.CallLogged):
            gone = [each for each in self.effective(Outreach.EntryRetracted) if each.act == fact.act]
            return [each.entry for each in gone if self._is_said_in(self.facts.get(each.target), call)]
        if not isinstance(fact, Outreach.CallLogged):
            return []
        return [said.entry for said in self.effective(*_SAID_IN_A_CALL) if self._is_said_in(said, fact)]

    @staticmethod
    def _is_said_in(fact: Any, call: Any) -> bool:
        return isinstance(fact, _SAID_IN_A_CALL) and fact.call == call.call

    # Rules

    @property
    def planned_visits(self) -> list[Visit]:
        """The visits that are booked and not settled."""
        return [visit for visit in self.visits.values() if not visit.is_settled]

    def _planned(self, act: Act, visit: UUID | None, word: str) -> Visit:
        planned = self._named(visit, word) if visit else self._only_planned(word)
        if act.at < planned.last_step:
            raise VisitOutOfOrder(
                f"The visit was agreed on {planned.last_step}; it cannot have been {word} on {act.at}, before that."
            )
        return planned

    def _named(self, visit: UUID, word: str) -> Visit:
        named = self.visits.get(visit)
        if named is None:
            raise EntryUnknown(f"There is no visit {short(visit)} at this company.")
        if named.is_settled:
            raise VisitNotBooked(
                f"Visit {short(visit)} was {named.status} on {named.on}; it cannot be {word} as well. "
                "Was that an error? Undo it first."
            )
        return named

    def _only_planned(self, word: str) -> Visit:
        planned = self.planned_visits
        if not planned:
            raise VisitNotBooked(f"No visit is planned at this company, so none can be {word}. Book one first.")
        if len(planned) > 1:
            listed = ", ".join(f"{short(v.id)} for {v.on}" for v in planned)
            raise VisitUnclear(f"{len(planned)} visits are planned: {listed}. Say which with --visit ENTRY.")
        return planned[0]

    def _booking_call(self, day: date, named: UUID | None) -> UUID | None:
        """The call that booked a visit agreed on ``day``: the one named, or the latest accepted one still without."""
        if named:
            return named
        taken = {visit.call for visit in self.visits.values()}
        free = [c for c in self.calls.values() if c.outcome.accepted and c.call not in taken and c.at <= day]
        return max(free, key=lambda c: (c.at, c.time or time.min)).call if free else None

    def _latest_origin(self, day: date) -> tuple[UUID | None, UUID | None]:
        held = [v for v in self.visits.values() if v.status is Status.HELD and v.on <= day]
        if held:
            return max(held, key=lambda v: v.on).id, None
        reached = [c for c in self.calls.values() if c.outcome.reached and c.at <= day]
        if reached:
            return None, max(reached, key=lambda c: (c.at, c.time or time.min)).call
        raise OriginUnknown("A yield comes from a held visit or a call; log that first, then what it brought.")

    def _check_origin(self, day: date, visit: UUID | None, call: UUID | None) -> None:
        if visit and call:
            raise OriginUnknown("A yield has one origin: a visit or a call, not both.")
        began = self._held_day(visit) if visit else self._call_day(call)
        if day < began:
            raise OriginUnknown(f"The {'visit' if visit else 'call'} was on {began}; it cannot yield on {day}.")

    def _held_day(self, visit: UUID) -> date:
        found = self.visits.get(visit)
        if found is None:
            raise OriginUnknown(f"There is no visit {short(visit)} at this company.")
        if found.status is not Status.HELD:
            raise VisitNotHeld(f"Visit {short(visit)} is {found.status}; a yield comes from a visit that was held.")
        return found.on

    def _call_day(self, call: UUID | None) -> date:
        found = self.calls.get(call) if call else None
        if found is None:
            raise OriginUnknown(f"There is no call {short(call) if call else ''} at this company.")
        day: date = found.at
        return day

    def _check_not_twice(self, act: Act, again: bool, what: str, fact: type[Fact], **same: Any) -> None:
        same |= {"at": act.at, "by": act.by}
        for earlier in () if again else self.effective(fact):
            if earlier.act != act.id and all(getattr(earlier, name) == value for name, value in same.items()):
                raise SameActLogged(
                    f"{act.by} logged the same {what} for {act.at} already (entry {short(earlier.entry)}). "
                    "Say --again if it happened twice."
                )

    # Remembering

    def _step(self, kind: type[Fact], act: Act, entry: UUID, visit: Visit, **said: Any) -> None:
        self.trigger_event(kind, entry=entry, visit=visit.id, **said, **act.fields)

    def _hold_unbooked(self, act: Act, entry: UUID, visit: UUID | None) -> bool:
        said = {"visit": visit or entry, "begins": True, "call": self._booking_call(act.at, None)}
        self.trigger_event(Outreach.VisitHeld, entry=entry, **said, **act.fields)
        return True

    def _set_follow_up(self, act: Act, logged: UUID, call: UUID, due: date) -> None:
        entry = identity(logged.hex, "follow-up", act.id.hex)
        self.trigger_event(Outreach.FollowUpSet, entry=entry, call=call, due=due, **act.fields)


_SAID_IN_A_CALL = (Outreach.FollowUpSet, Outreach.ContactRefused)
_STEPS = (
    Outreach.VisitBooked,
    Outreach.VisitMoved,
    Outreach.VisitHeld,
    Outreach.VisitMissed,
    Outreach.VisitCancelled,
)


def _check_follow_up(day: date, due: date | None) -> None:
    if due and due < day:
        raise FollowUpTooEarly(f"A call on {day} cannot be followed up on {due}, a day before.")


def _check_complete(day: date, outcome: Outcome, reason: Reason | None, follow_up: date | None) -> None:
    if reason and not outcome.needs_reason:
        raise ReasonOutOfPlace(f"A call {outcome} has no reason for a no. Leave --reason out.")
    if outcome.needs_reason and reason is None:
        raise ReasonMissing(f"A call {outcome} needs a reason: --reason, one of {', '.join(Reason)}.")
    if outcome.needs_follow_up and follow_up is None:
        proposed = outcome.next_call(day)
        raise FollowUpMissing(f"A call {outcome} needs a day to call again: --follow-up {proposed}, or another day.")
