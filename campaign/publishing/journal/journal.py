"""Journal: every entry of one office, in the order of the log, as an archive takes it in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

from campaign.publishing.journal.themes import theme
from campaign.reference import offices
from campaign.storage.mapper import as_id
from domain.company import Company
from domain.cpr import holds_personal_number
from domain.facts import Erasure, Fact, Retraction
from domain.ids import company_id
from domain.outreach import Outreach
from domain.yield_kinds import with_children
from projections.questions.company_history import (
    NOT_REGISTERED,
    RegisteredCompany,
    registered_companies,
    retracted_entries,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.app import CampaignTracker
    from campaign.storage.personal_texts import Text
    from projections.filters import Scope

AT_ONCE = 2_000
"""Rows of the log that are in memory together."""
STANDS, RETRACTED, REPLACED = STATUSES = ("stands", "retracted", "replaced")
_DENMARK = ZoneInfo("Europe/Copenhagen")
_OF_CONTACTS = (Company.ContactNamed, Company.ContactChanged)
_OPENED = "Outreach.Opened"
_OF_COMPANIES = frozenset(
    {"Company.ContactNamed", "Company.ContactChanged", "Company.PersonErased", "Company.EntryRetracted"}
)


class Line(NamedTuple):
    """One entry. ``reference`` and ``concerns`` are ids of entries, of calls and of visits, 32 hexadecimal digits.

    ``date``: the day it happened; ``recorded_at``: the moment it was logged, Danish time, whole seconds. ``concerns``
    is what the entry is about: the visit of a step, the origin of a yield, what a note is about, what was taken back.
    ``because``: why it was taken back or, of a retraction and an erasure, why it was made. ``taken_back_in`` is the
    entry that did it. ``note`` and ``contact`` are empty unless personal texts were asked for.
    """

    date: date
    theme: str
    author: str
    reference: str
    concerns: str
    campaign: str
    cvr: str
    company: str
    office: str
    recorded_at: datetime
    status: str
    because: str
    taken_back_in: str
    note: str
    contact: str


class Amount(NamedTuple):
    """How many entries there are, and how many of them refer to a personal text."""

    entries: int
    texts: int


class _Met(NamedTuple):
    """An entry that was met in the log, its id as text, and the company and the campaign (empty: of none) it is of."""

    fact: Any
    entry: str
    recorded_at: str
    slug: str
    cvr: str


@dataclass
class Journal:
    """The entries that the one office of ``scope`` logged up to position ``until``, within the filters of ``scope``.

    The period is of the entry's own day; a kind narrows yields alone; what is kept of a company's contacts is of no
    campaign and so is in the journal of each. A company of which a register tells nothing is ``unknown``.
    """

    tracker: CampaignTracker
    connection: Connection
    scope: Scope
    until: int
    language: str = "en"
    with_people: bool = False
    _subjects: dict[str, tuple[str, str]] = field(default_factory=dict)
    _contacts: set[UUID] = field(default_factory=set)

    def amount(self) -> Amount:
        """How much it is, without a text being read."""
        entries = texts = 0
        for met, _ in self._batches():
            entries += len(met)
            texts += sum(hasattr(one.fact, "kept") for one in met)
        return Amount(entries, texts)

    def lines(self) -> Iterator[Line]:
        """The entries, oldest first; no more than ``AT_ONCE`` are in memory together."""
        for met, known in self._batches():
            yield from self._told(met, known)

    # What is in it

    def _batches(self) -> Iterator[tuple[list[_Met], dict[str, RegisteredCompany]]]:
        (office,), after = self.scope.offices, 0
        while rows := self.tracker.store.rows_of(office, after, self.until, AT_ONCE):
            after = rows[-1][0]
            met = [one for one in self._met(rows) if self._is_asked_for(one)]
            known = registered_companies(self.connection, self.scope, {one.cvr for one in met})
            yield [one for one in met if self._is_of_group(one, known)], known

    def _met(self, rows: Sequence[Any]) -> list[_Met]:
        event = self.tracker.mapper.event
        facts = [(row, event(as_id(row[1]), *row[2:5])) for row in rows if _is_in_journals(row[3])]
        self._meet(facts)
        subjects = self._subjects
        return [_Met(fact, row[5], row[6], *subjects[row[1]]) for row, fact in facts if row[3] != _OPENED]

    def _meet(self, facts: Iterable[tuple[Any, Any]]) -> None:
        """Learns of which companies these are; where another office was the first, its entry says so."""
        unknown = dict[UUID, None]()
        for row, fact in facts:
            if row[3] == _OPENED:
                self._subjects[row[1]] = fact.slug, fact.cvr
            elif row[1] not in self._subjects:
                unknown[fact.originator_id] = None
            if isinstance(fact, _OF_CONTACTS):
                self._contacts.add(fact.entry)
        for id_, owner in self.tracker.load(unknown).items():
            self._subjects[id_.hex] = getattr(owner, "slug", ""), getattr(owner, "cvr", "")

    def _is_asked_for(self, one: _Met) -> bool:
        scope, fact = self.scope, one.fact
        if one.slug and scope.campaign and one.slug != scope.campaign:
            return False
        if scope.consultants and fact.by not in scope.consultants:
            return False
        if not (scope.first or fact.at) <= fact.at <= min(scope.last or fact.at, scope.as_of or fact.at):
            return False
        if isinstance(fact, Outreach.YieldRecorded) and self._kinds and fact.kind not in self._kinds:
            return False
        return self._is_of_region(fact) and self._is_no_fact_of_a_register(fact)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset[str]().union(*map(with_children, self.scope.kinds))

    def _is_of_region(self, fact: Any) -> bool:
        return not self.scope.regions or offices().region(fact.office, fact.at) in self.scope.regions

    def _is_no_fact_of_a_register(self, fact: Any) -> bool:
        """Of what was taken back of a company, only what had been said of contacts is in the journal."""
        return not isinstance(fact, Company.EntryRetracted) or fact.target in self._contacts

    def _is_of_group(self, one: _Met, known: dict[str, RegisteredCompany]) -> bool:
        if not (self.scope.industries or self.scope.sizes):
            return True
        division, size = known.get(one.cvr, NOT_REGISTERED).on(one.fact.at)
        industries, sizes = self.scope.industries or (division,), self.scope.sizes or (size,)
        return division in industries and size in sizes

    # What is said of it

    def _told(self, met: list[_Met], known: dict[str, RegisteredCompany]) -> Iterator[Line]:
        undone = self._undone(met)
        texts = self._texts(met) if self.with_people else {}
        names = self._names(known) if self.with_people else {}
        for fact, entry, moment, slug, cvr in met:
            status, because, by = undone.get(entry) or (STANDS, vars(fact).get("because", ""), "")
            note, contact = _apart(texts[entry]) if entry in texts else ("", "")
            yield Line(
                fact.at,
                theme(fact, self.language),
                fact.by,
                entry,
                _concerned(fact),
                slug,
                cvr,
                without_numbers(known.get(cvr, NOT_REGISTERED).name or names.get(cvr, "")),
                fact.office,
                _in_denmark(moment),
                status,
                because and without_numbers(because),
                by,
                note,
                contact,
            )

    @cached_property
    def _gone(self) -> dict[str, str]:
        return retracted_entries(self.connection, self.until)

    def _undone(self, met: list[_Met]) -> dict[str, tuple[str, str, str]]:
        """Of those that do not stand: what became of them, why, and in which entry."""
        gone = [one for one in met if one.entry in self._gone]
        owners, found = self.tracker.load({one.fact.originator_id for one in gone}), {}
        for one in gone:
            facts = owners[one.fact.originator_id].facts
            by = facts[UUID(self._gone[one.entry])]
            found[one.entry] = REPLACED if _told_anew(by, facts.values()) else RETRACTED, by.because, by.entry.hex
        return found

    def _texts(self, met: list[_Met]) -> dict[str, Text]:
        """The personal texts of these entries, as far as the log holds them to be kept, by entry."""
        wanted = {one.entry: one.fact for one in met if hasattr(one.fact, "kept")}
        owners = self.tracker.load({fact.originator_id for fact in wanted.values()})
        kept = {e: f.kept.text for e, f in wanted.items() if f.kept.text in owners[f.originator_id].texts}
        there = self.tracker.people.texts(kept.values()) if kept else {}
        return {entry: there[text] for entry, text in kept.items() if text in there}

    def _names(self, known: dict[str, RegisteredCompany]) -> dict[str, str]:
        """The names of sole traders, which lie apart."""
        from campaign.storage.sole_traders import company_names

        apart = [company_id(cvr) for cvr, company in known.items() if not company.name]
        return company_names(self.tracker.people, self.tracker.load(apart).values()) if apart else {}


def _is_in_journals(topic: str) -> bool:
    return topic.startswith("Outreach.") or topic in _OF_COMPANIES


def _told_anew(retraction: Any, facts: Iterable[Fact]) -> bool:
    """Whether what was taken back is said otherwise in the same act. Of another office's act a database tells nothing."""
    return bool(retraction.act.int) and any(
        fact.act == retraction.act and not isinstance(fact, Retraction | Erasure) for fact in facts
    )


def _concerned(fact: Any) -> str:
    """The id of what the fact is about, of whatever name; empty when it stands for itself."""
    for name in _named_in(fact.__class__):
        if about := getattr(fact, name):
            said: str = about.hex
            return said if about != fact.entry else ""
    return ""


@cache
def _named_in(kind: type[Fact]) -> list[str]:
    hints = get_type_hints(kind)
    return [name for name in _ABOUT if name in hints]


_ABOUT = ("target", "about", "recorded", "visit", "call", "note", "person")


def _apart(text: Text) -> tuple[str, str]:
    """What was noted, and the contact that was named: name and function, no number and no address."""
    said = text.said
    named = ", ".join(filter(None, (said.get("name", ""), said.get("role", ""))))
    return (without_numbers(text.content), "") if text.kind == "note" else ("", without_numbers(named))


@lru_cache(maxsize=2_000)
def without_numbers(text: str) -> str:
    """The text, or what stands for one in which there is a number in the form of a CPR number."""
    return "(CPR)" if holds_personal_number(text) else text


@lru_cache(maxsize=2_000)  # all of one act have the same
def _in_denmark(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(_DENMARK).replace(microsecond=0)
