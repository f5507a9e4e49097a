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
        return cls._create(cls.Registered, id=company_id(cvr), entry=entry, cvr=cvr, said=said, **act.fields)

    @property
    def now(self) -> CompanyFacts | None:
        """What was said to hold from the latest day on; ``None`` when all of it was taken back."""
        said = self._said
        return said[max(said)] if said else None

    def on(self, day: date | None) -> CompanyFacts | None:
        """What holds on that day; without a day as ``now``."""
        began = [first for first in self._said if day is None or first <= day]
        return self._said[max(began)] if began else None

    @property
    def _said(self) -> dict[date, CompanyFacts]:
        """What was said, by the first day it holds for. What is said for all days takes the place of all before."""
        said: dict[date, CompanyFacts] = {}
        for fact in self.standing(Company.Registered, Company.FactsChanged):
            since = getattr(fact, "since", None)
            said = {**said, since: fact.said} if since else {date.min: fact.said}
        return said

    def change(self, act: Act, entry: UUID, said: CompanyFacts, since: date | None) -> bool:
        """Other facts hold from ``since`` on, or for all days. False, and nothing changes, when they do already."""
        holding = [self.on(since)] if since else list(self._said.values())
        if holding and all(held == said for held in holding):
            return False
        self.trigger_event(Company.FactsChanged, entry=entry, said=said, since=since, **act.fields)
        return True

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Takes back what was said in error; what was said before holds again."""
        self.check_retractable(target)
        self.trigger_event(Company.EntryRetracted, entry=entry, target=target, because=because, **act.fields)
