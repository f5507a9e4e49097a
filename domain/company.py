"""The company: a CVR number, and the facts a report groups by, as they were on every day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from eventsourcing.domain import Aggregate
from msgspec import Struct

from domain.acts import Act
from domain.facts import Fact, Factual, Retraction
from domain.identities import company_id


class CompanyFacts(Struct, frozen=True):
    """What the register says of a company; empty text where it says nothing. Industry codes name their list."""

    name: str = ""
    municipality: str = ""
    industry: str = ""
    industry_scheme: str = ""
    size_band: str = ""
    advertising_protected: bool = False


class Company(Aggregate, Factual):
    """One company, known by its CVR number; no campaign owns it."""

    class Event(Fact):
        """A fact of a company."""

    class Registered(Event, Aggregate.Created):
        """The company became known here. What is said of it holds for all days until changed."""

        cvr: str
        said: CompanyFacts

    class FactsChanged(Event):
        """From ``since`` on other facts hold; ``None``: for all days."""

        said: CompanyFacts
        since: date | None

    class EntryRetracted(Event, Retraction):
        """What was said of the company was registered in error."""

    def __init__(self, cvr: str) -> None:
        self.facts: dict[UUID, Any] = {}
        self.retractions: dict[UUID, UUID] = {}
        self.cvr = cvr

    @staticmethod
    def create_id(cvr: str) -> UUID:
        """The id every machine gives the company of that CVR number."""
        return company_id(cvr)

    @classmethod
    def register(cls, act: Act, entry: UUID, cvr: str, said: CompanyFacts) -> Company:
        """A company that was not known here; ``cvr`` is a number that exists."""
        return cls._create(cls.Registered, entry=entry, cvr=cvr, said=said, **act.fields)

    @property
    def now(self) -> CompanyFacts | None:
        """What holds today, the latest said; ``None`` when all of it was taken back."""
        said = self.standing(Company.Registered, Company.FactsChanged)
        return said[-1].said if said else None

    def on(self, day: date | None) -> CompanyFacts | None:
        """What holds on that day: what was said since the latest day before, of two for one day the later logged.

        Without a day, the latest said.
        """
        if day is None:
            return self.now
        facts = self.standing(Company.Registered, Company.FactsChanged)
        said = {getattr(fact, "since", None) or date.min: fact.said for fact in facts}
        return said[max(began for began in said if began <= day)] if min(said, default=date.max) <= day else None

    def change(self, act: Act, entry: UUID, said: CompanyFacts, since: date | None) -> bool:
        """Other facts hold from ``since`` on. False, and nothing changes, when they hold already."""
        if said == self.on(since):
            return False
        self.trigger_event(Company.FactsChanged, entry=entry, said=said, since=since, **act.fields)
        return True

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Takes back what was said in error; what was said before holds again."""
        self.check_retractable(target)
        self.trigger_event(Company.EntryRetracted, entry=entry, target=target, because=because, **act.fields)
