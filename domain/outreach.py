"""The outreach: everything done towards one company in one campaign, and the rules for what can be logged."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from eventsourcing.domain import BaseAggregate

from domain.acts import Act
from domain.calls import Call
from domain.facts import Retraction
from domain.ids import identity, outreach_id, short
from domain.outreach_history import OutreachHistory
from domain.permissions import ContactBasis
from domain.refusals import EntryReplaced, NothingToErase, VisitOutOfOrder
from domain.text_reference import TextReference
from domain.yield_kinds import kind_named
from domain.yields import Yield, check_origin, check_start, latest_contact, only_unsettled


class Outreach(OutreachHistory, BaseAggregate[UUID]):
    """One company in one campaign."""

    Event, Opened = OutreachHistory.Event, OutreachHistory.Opened

    def __init__(self, slug: str, cvr: str) -> None:
        super().__init__()
        self.slug, self.cvr = slug, cvr

    @staticmethod
    def create_id(slug: str, cvr: str) -> UUID:
        """The id every machine gives this company in this campaign."""
        return outreach_id(slug, cvr)

    @classmethod
    def open(cls, act: Act, slug: str, cvr: str) -> Outreach:
        """An outreach to a company that was not contacted in the campaign before."""
        originator = outreach_id(slug, cvr)
        return cls._create(cls.Opened, id=originator, entry=originator, slug=slug, cvr=cvr, **act.fields)

    # What a person does. False: the entry was logged before, and nothing is added.

    def invite(self, act: Act, entry: UUID) -> bool:
        """Logs that a letter was sent."""
        if self.already_logged(entry, act.signature):
            return False
        self.trigger_event(Outreach.InvitationSent, entry=entry, **act.fields)
        return True

    def log_call(self, act: Act, entry: UUID, call: Call, call_id: UUID | None = None) -> bool:
        """Logs one attempt by phone.

        By hand, an outcome that needs a reason or a day to call again is refused without it, and so is the same
        outcome by the same consultant on the same day, unless the act says ``again``.
        """
        call_logged = call_id or entry
        fields = {"call": call_logged, "outcome": call.outcome, "reason": call.reason, "time": call.at_time}
        if self.already_logged(entry, fields | act.signature):
            return False
        call.check(act)
        self.check_not_twice(act, f"call {call.outcome}", Outreach.CallLogged, outcome=call.outcome)
        self.trigger_event(Outreach.CallLogged, entry=entry, **fields, **act.fields)
        if call.follow_up:
            follow_up = identity(entry.hex, "follow-up", act.id.hex)
            self.trigger_event(
                Outreach.FollowUpSet, entry=follow_up, call=call_logged, due=call.follow_up, **act.fields
            )
        if call.outcome.ends_contact:
            refusal = identity(entry.hex, "contact-refused")
            self.trigger_event(Outreach.ContactRefused, entry=refusal, call=call_logged, **act.fields)
        return True

    def book_visit(self, act: Act, entry: UUID, on: date, call: UUID | None = None, visit: UUID | None = None) -> bool:
        """Logs that a visit was agreed for day ``on``.

        Without ``call``, the latest accepted call that has no visit yet counts as the one that booked it.
        """
        fields = {"visit": visit or entry, "on": on}
        if self.already_logged(entry, fields | act.signature):
            return False
        if on < act.at:
            raise VisitOutOfOrder(f"A visit booked on {act.at} cannot be planned for {on}, a day before.")
        self.check_not_twice(act, f"booking for {on}", Outreach.VisitBooked, on=on)
        call = call or self._call_without_visit(act.at)
        if act.by_hand:
            self.calls.check_accepted(call)
        self.trigger_event(Outreach.VisitBooked, entry=entry, **fields, call=call, **act.fields)
        return True

    def move_visit(self, act: Act, entry: UUID, to: date, visit: UUID | None = None) -> bool:
        """Logs that the planned visit was agreed to be on another day."""
        if self.already_logged(entry, {"on": to, "at": act.at}):
            return False
        if to < act.at:
            raise VisitOutOfOrder(f"A visit moved on {act.at} cannot be planned for {to}, a day before.")
        planned = self.visits.planned_visit(visit, act.at, "moved")
        self.trigger_event(Outreach.VisitMoved, entry=entry, visit=planned.id, on=to, **act.fields)
        return True

    def hold_visit(self, act: Act, entry: UUID, visit: UUID | None = None) -> bool:
        """Logs that the visit took place on the day of the act, whether it had been booked or not."""
        if self.already_logged(entry, act.signature):
            return False
        self.check_not_twice(act, "visit held", Outreach.VisitHeld)
        fields = self._unbooked(act, visit or entry) if self._is_unbooked(act, visit) else self._booked(act, visit)
        self.trigger_event(Outreach.VisitHeld, entry=entry, **fields, **act.fields)
        return True

    def _is_unbooked(self, act: Act, visit: UUID | None) -> bool:
        return visit not in self.visits and not act.by_hand if visit else not self.visits.planned

    def _unbooked(self, act: Act, visit: UUID) -> dict[str, Any]:
        return {"visit": visit, "begins": True, "call": self._call_without_visit(act.at)}

    def _booked(self, act: Act, visit: UUID | None) -> dict[str, Any]:
        planned = self.visits.planned_visit(visit, act.at, "held")
        return {"visit": planned.id, "begins": False, "call": planned.call}

    def _call_without_visit(self, day: date) -> UUID | None:
        return self.calls.latest_accepted(day, lambda: {visit.call for visit in self.visits.values()})

    def miss_visit(self, act: Act, entry: UUID, visit: UUID | None = None) -> bool:
        """Logs that the consultant came and met no one. Refused without a planned visit, and before its day."""
        if self.already_logged(entry, {"at": act.at}):
            return False
        planned = self.visits.planned_visit(visit, act.at, "missed")
        if act.at < planned.on:
            raise VisitOutOfOrder(f"The visit is planned for {planned.on}; nobody can have missed it on {act.at}.")
        self.trigger_event(Outreach.VisitMissed, entry=entry, visit=planned.id, **act.fields)
        return True

    def cancel_visit(self, act: Act, entry: UUID, visit: UUID | None = None) -> bool:
        """Logs that the planned visit was called off."""
        if self.already_logged(entry, {"at": act.at}):
            return False
        planned = self.visits.planned_visit(visit, act.at, "cancelled")
        self.trigger_event(Outreach.VisitCancelled, entry=entry, visit=planned.id, **act.fields)
        return True

    def record_yield(self, act: Act, entry: UUID, agreed: Yield) -> bool:
        """Logs what a call or a held visit brought.

        Without an origin it came from the latest held visit, or else from the latest call that reached a person.
        """
        kind = kind_named(agreed.kind).name
        fields = {"kind": kind, "positions": agreed.positions, "place": agreed.terms}
        if self.already_logged(entry, fields | agreed.origin | act.signature):
            return False
        origin = agreed.origin or latest_contact(act.at, self.visits, self.calls)
        agreed.check(act)
        check_origin(act.at, self.visits, self.calls, **origin)
        self.check_not_twice(act, f"yield {kind}", Outreach.YieldRecorded, kind=kind, **origin)
        self.trigger_event(Outreach.YieldRecorded, entry=entry, **origin, **fields, **act.fields)
        return True

    def settle_start(self, act: Act, entry: UUID, recorded: UUID | None, began: bool) -> bool:
        """Logs that what a yield agreed began, on the day of the act, or that it never will.

        Without ``recorded`` it is the only yield that is not settled. Refused when there is none, or several.
        """
        fields = {"recorded": recorded} if recorded else {}
        if self.already_logged(entry, fields | {"began": began, "at": act.at}):
            return False
        agreed = self.unsettled_yield(recorded) if recorded else only_unsettled(self.unsettled_yields)
        check_start(agreed, act.at)
        self.trigger_event(Outreach.StartSettled, entry=entry, recorded=agreed.entry, began=began, **act.fields)
        return True

    def allow_contact(self, act: Act, entry: UUID, basis: ContactBasis) -> bool:
        """Logs a basis for contacting the company."""
        if self.already_logged(entry, {"basis": basis, "at": act.at}):
            return False
        self.trigger_event(Outreach.ContactAllowed, entry=entry, basis=basis, **act.fields)
        return True

    def take_note(self, act: Act, entry: UUID, about: UUID, reference: TextReference) -> None:
        """Logs that a note was taken about the fact of entry ``about``."""
        self.trigger_event(Outreach.NoteTaken, entry=entry, note=entry, about=about, kept=reference, **act.fields)

    def erase_note(self, act: Act, entry: UUID, note: UUID, because: str) -> None:
        """Logs that the text of a note was erased. Refused when it was erased before."""
        if note not in self.notes:
            raise NothingToErase(f"There is no note {short(note)} here whose text is kept.")
        self.trigger_event(Outreach.NoteErased, entry=entry, note=note, because=because, **act.fields)

    # Retracting

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Retracts a fact: it leaves every figure, with what depends on it, and stays in the history.

        With a call go the day to call again and the wish for no contact that were logged with it.
        """
        self.check_retractable(target)
        for dependent in self.logged_with(self.facts[target]):
            dependent_entry = identity(entry.hex, dependent.hex)
            self.trigger_event(
                Outreach.EntryRetracted, entry=dependent_entry, target=dependent, because=because, **act.fields
            )
        self.trigger_event(Outreach.EntryRetracted, entry=entry, target=target, because=because, **act.fields)

    def check_retractable(self, target: UUID) -> None:
        """As of any fact; also refuses to make a call or a visit effective again that was corrected since."""
        super().check_retractable(target)
        fact = self.facts[target]
        if isinstance(fact, Retraction) and (correction := self.correction(self.facts.get(fact.target))):
            raise EntryReplaced(
                f"Entry {short(fact.target)} was corrected: entry {short(correction)} says it now. Take that back first."
            )
