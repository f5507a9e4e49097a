"""What is known of an outreach, folded from its events."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from domain.calls import Calls
from domain.facts import Fact, FactHistory, Retraction
from domain.ids import short
from domain.outreach_events import Outreach, VisitStep
from domain.permissions import ContactBasis
from domain.refusals import EntryUnknown, StartSettledAlready
from domain.text_reference import TextReference
from domain.visits import Visits


class OutreachHistory(Outreach, FactHistory):
    """The events of an outreach, and the calls, visits, yields, notes and permissions they give."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls(self.is_effective)
        self.visits = Visits(self.is_effective)

    def fold(self, fact: Fact) -> None:
        """Folds the call or the visit that the fact is about."""
        if isinstance(fact, Outreach.CallLogged):
            self.calls.fold(fact)
        elif isinstance(fact, VisitStep):
            self.visits.fold(fact)

    @property
    def refuses_contact(self) -> bool:
        """Whether the company asked not to be contacted."""
        return bool(self.effective(Outreach.ContactRefused))

    @property
    def bases(self) -> list[ContactBasis]:
        """The bases for contacting the company that were recorded."""
        return [fact.basis for fact in self.effective(Outreach.ContactAllowed)]

    @property
    def notes(self) -> dict[UUID, TextReference]:
        """The notes whose text was not erased, whether or not they were retracted."""
        erased = {fact.note for fact in self.effective(Outreach.NoteErased)}
        return {fact.note: fact.kept for fact in self._notes_taken() if fact.note not in erased}

    @property
    def texts(self) -> set[UUID]:
        """The ids of all personal texts that are to be stored."""
        return {reference.text for reference in self.notes.values()}

    @property
    def texts_ever(self) -> set[UUID]:
        """The ids of all personal texts that were ever stored."""
        return {fact.kept.text for fact in self._notes_taken()}

    def texts_of(self, note: UUID) -> set[UUID]:
        """The id of the text of that note, if it is to be stored."""
        return {reference.text for id_, reference in self.notes.items() if id_ == note}

    def _notes_taken(self) -> Iterator[Outreach.NoteTaken]:
        return (fact for fact in self.facts.values() if isinstance(fact, Outreach.NoteTaken))

    @property
    def unsettled_yields(self) -> list[Outreach.YieldRecorded]:
        """The effective yields of which it is not known whether they began."""
        settled = {fact.recorded for fact in self.effective(Outreach.StartSettled)}
        return [fact for fact in self.effective(Outreach.YieldRecorded) if fact.entry not in settled]

    def unsettled_yield(self, recorded: UUID) -> Outreach.YieldRecorded:
        """The yield of that entry. Refused when there is none, or when it is settled."""
        agreed = self.facts.get(recorded)
        if not isinstance(agreed, Outreach.YieldRecorded) or not self.is_effective(recorded):
            raise EntryUnknown(f"There is no yield {short(recorded)} at this company.")
        if agreed not in self.unsettled_yields:
            raise StartSettledAlready(f"Yield {short(recorded)} is settled already. Was that an error? Undo it first.")
        return agreed

    def correction(self, fact: Fact | None) -> UUID | None:
        """The entry of the effective fact that logs the same call, or begins the same visit."""
        if isinstance(fact, Outreach.CallLogged):
            call = self.calls.get(fact.call)
            return call.entry if call else None
        beginning = self.visits.beginning(fact.visit) if isinstance(fact, VisitStep) and fact.begins else None
        return beginning.entry if beginning else None

    def logged_with(self, fact: Fact) -> list[UUID]:
        """What is retracted with a call; with the retraction of a call, the retractions that came with it."""
        if isinstance(fact, Outreach.CallLogged):
            candidates = [*self.effective(Outreach.FollowUpSet), *self.effective(Outreach.ContactRefused)]
            return [consequence.entry for consequence in candidates if _follows_from(consequence, fact)]
        call = self.facts.get(fact.target) if isinstance(fact, Retraction) else None
        if not isinstance(call, Outreach.CallLogged):
            return []
        retracted = [candidates for candidates in self.effective(Outreach.EntryRetracted) if candidates.act == fact.act]
        return [candidates.entry for candidates in retracted if _follows_from(self.facts.get(candidates.target), call)]


def _follows_from(fact: Fact | None, call: Outreach.CallLogged) -> bool:
    """Whether the fact was logged with the call: the day to call again, or the wish for no contact."""
    return isinstance(fact, Outreach.FollowUpSet | Outreach.ContactRefused) and fact.call == call.call
