"""The company: a CVR number, and the facts a report groups by, as they were on every day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from eventsourcing.domain import BaseAggregate, CanInitAggregate
from msgspec import Struct

from domain.acts import Act
from domain.facts import Erasure, Fact, FactHistory, Retraction
from domain.ids import company_id, identity, short
from domain.refusals import EntryUnknown, NothingToErase
from domain.text_reference import TextReference


class CompanyFacts(Struct, frozen=True):
    """What the register says of a company; empty text where it says nothing. Industry codes name their list.

    The name of a sole trader is not here but kept apart, as ``name_apart`` says.
    """

    name: str = ""
    municipality: str = ""
    industry: str = ""
    industry_scheme: str = ""
    size_band: str = ""
    advertising_protected: bool = False
    form: str = ""
    name_apart: TextReference | None = None


def _say_no_form(state: dict[str, Any]) -> None:
    if isinstance(state.get("said"), dict):  # what is not is refused right after
        state["said"] |= {"form": "", "name_apart": None}


class Company(FactHistory, BaseAggregate[UUID]):
    """One company, known by its CVR number; no campaign owns it."""

    class Event(Fact, frozen=True):
        """A fact of a company."""

    class Registered(Event, CanInitAggregate[UUID], frozen=True):
        """The company became known here. What is said of it holds for all days until changed."""

        cvr: str
        said: CompanyFacts
        originator_topic: str
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """The first version knew no forms of company, and kept no name apart."""
            _say_no_form(state)

    class FactsChanged(Event, frozen=True):
        """From ``since`` on other facts hold; ``None``: for all days."""

        said: CompanyFacts
        since: date | None
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """As of ``Registered``."""
            _say_no_form(state)

    class ContactNamed(Event, frozen=True):
        """Somebody can be spoken to at the company; ``person`` names the contact, who it is lies apart."""

        person: UUID
        kept: TextReference

    class ContactChanged(Event, frozen=True):
        """Other things are said of the contact."""

        person: UUID
        kept: TextReference

    class PersonErased(Event, Erasure, frozen=True):
        """All that was kept of a contact was erased, or of the sole trader whose name the company has."""

        person: UUID

    class EntryRetracted(Event, Retraction, frozen=True):
        """What was said of the company was registered in error."""

    def __init__(self, cvr: str) -> None:
        super().__init__()
        self.cvr = cvr

    @staticmethod
    def create_id(cvr: str) -> UUID:
        """The id every machine gives the company of that CVR number."""
        return company_id(cvr)

    @classmethod
    def register(cls, act: Act, entry: UUID, cvr: str, facts: CompanyFacts) -> Company:
        """A company that was not known here; ``cvr`` is a number that exists."""
        return cls._create(cls.Registered, id=company_id(cvr), entry=entry, cvr=cvr, said=facts, **act.fields)

    @property
    def now(self) -> CompanyFacts | None:
        """What was said to hold from the latest day on; ``None`` when all of it was taken back."""
        versions = self._said
        return versions[max(versions)] if versions else None

    def on(self, day: date | None) -> CompanyFacts | None:
        """What holds on that day; without a day as ``now``."""
        began = [first for first in self._said if day is None or first <= day]
        return self._said[max(began)] if began else None

    def registered_facts(self) -> list[Company.Registered | Company.FactsChanged]:
        """The effective events that describe the company, in the order they were logged."""
        return [f for f in self.effective_facts() if isinstance(f, Company.Registered | Company.FactsChanged)]

    @property
    def _said(self) -> dict[date, CompanyFacts]:
        """The facts by the first day they are valid for. Facts for all days replace all before."""
        versions: dict[date, CompanyFacts] = {}
        for fact in self.registered_facts():
            since = fact.since if isinstance(fact, Company.FactsChanged) else None
            versions = {**versions, since: fact.said} if since else {date.min: fact.said}
        return versions

    def change(self, act: Act, entry: UUID, facts: CompanyFacts, since: date | None) -> bool:
        """Other facts hold from ``since`` on, or for all days. False, and nothing changes, when they do already."""
        holding = [self.on(since)] if since else list(self._said.values())
        if holding and all(current == facts for current in holding):
            return False
        self.trigger_event(Company.FactsChanged, entry=entry, said=facts, since=since, **act.fields)
        return True

    @property
    def owner(self) -> UUID:
        """The person whose name the company has, if it is a sole trader."""
        return identity("owner", self.cvr)

    @property
    def contacts(self) -> dict[UUID, TextReference]:
        """What is kept of each contact that stands and was not erased, in the order they were named."""
        references = {fact.person: fact.kept for fact in self.effective(Company.ContactNamed)}
        for change in self.effective(Company.ContactChanged):
            if change.person in references:
                references[change.person] = change.kept
        return {person: text for person, text in references.items() if person not in self.erased}

    @property
    def names_apart(self) -> list[TextReference]:
        """Every name of a sole trader that was kept apart and not erased, taken back or not, oldest first."""
        names: list[TextReference] = []
        erased: set[UUID] = set()
        for fact in self.facts.values():
            if isinstance(fact, Company.PersonErased) and fact.person == self.owner:
                erased |= {reference.text for reference in names}
                names.clear()
            elif (reference := _name_in(fact)) and reference.text not in erased:
                names.append(reference)
        return names

    @property
    def texts(self) -> set[UUID]:
        """The ids of all personal texts that are to be kept: of facts that stand or not, of nobody who was erased."""
        erased = self.erased
        contact_texts = {
            f.kept.text for f in self.facts.values() if isinstance(f, _OF_CONTACTS) and f.person not in erased
        }
        return contact_texts | {reference.text for reference in self.names_apart}

    @property
    def texts_ever(self) -> set[UUID]:
        """The ids of all personal texts that were ever kept."""
        contact_texts = {f.kept.text for f in self.facts.values() if isinstance(f, _OF_CONTACTS)}
        return contact_texts | {reference.text for reference in map(_name_in, self.facts.values()) if reference}

    def texts_of(self, person: UUID) -> set[UUID]:
        """Those of them that are to be kept and belong to one person."""
        if person == self.owner:
            return {reference.text for reference in self.names_apart}
        return self.texts & {
            f.kept.text for f in self.facts.values() if isinstance(f, _OF_CONTACTS) and f.person == person
        }

    @property
    def erased(self) -> set[UUID]:
        """The persons that were erased."""
        return {fact.person for fact in self.effective(Company.PersonErased)}

    def name_contact(self, act: Act, entry: UUID, reference: TextReference) -> None:
        """Somebody can be spoken to; the entry is the contact's id from now on."""
        self.trigger_event(Company.ContactNamed, entry=entry, person=entry, kept=reference, **act.fields)

    def change_contact(self, act: Act, entry: UUID, person: UUID, reference: TextReference) -> None:
        """Other things are said of the contact. Refused for one that is not here, or not any more."""
        if person not in self.contacts:
            raise EntryUnknown(f"There is no contact {short(person)} at this company.")
        self.trigger_event(Company.ContactChanged, entry=entry, person=person, kept=reference, **act.fields)

    def erase_person(self, act: Act, entry: UUID, person: UUID, because: str) -> None:
        """All that was kept of a contact, or of the owner, was erased. Refused when nothing was kept, or no more."""
        if person == self.owner:
            exists = bool(self.names_apart)
        else:
            exists = person not in self.erased and isinstance(self.facts.get(person), Company.ContactNamed)
        if not exists:
            raise NothingToErase(f"Nothing is kept of a person {short(person)} at company {self.cvr}.")
        self.trigger_event(Company.PersonErased, entry=entry, person=person, because=because, **act.fields)

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Takes back what was said in error; what was said before holds again."""
        self.check_retractable(target)
        self.trigger_event(Company.EntryRetracted, entry=entry, target=target, because=because, **act.fields)


_OF_CONTACTS = (Company.ContactNamed, Company.ContactChanged)


def _name_in(fact: Any) -> TextReference | None:
    """The name kept apart that a fact says."""
    return fact.said.name_apart if isinstance(fact, Company.Registered | Company.FactsChanged) else None
