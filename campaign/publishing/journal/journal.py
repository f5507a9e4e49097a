"""The journal: every entry of one office in the order of the log, for its archive."""

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
from campaign.storage.sole_traders import company_names
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
"""The number of log rows in memory at a time."""
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


class _LoggedEntry(NamedTuple):
    """An entry of the log, its id as text, and the company and the campaign (empty: of none) it is about."""

    fact: Any
    entry: str
    recorded_at: str
    slug: str
    cvr: str


@dataclass
class Journal:
    """The entries that the one office of ``scope`` logged up to position ``until``, within the filters of ``scope``.

    The period applies to the entry's own day; a kind filters yields alone; entries about a company's contacts belong to
    no campaign, so the journal of each has them. A company in no register is ``unknown``.
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
        """The number of entries and of their texts, without reading a text."""
        entries = texts = 0
        for batch, _ in self._batches():
            entries += len(batch)
            texts += sum(hasattr(entry.fact, "kept") for entry in batch)
        return Amount(entries, texts)

    def lines(self) -> Iterator[Line]:
        """The entries, oldest first; no more than ``AT_ONCE`` are in memory together."""
        for batch, companies in self._batches():
            yield from self._lines_of(batch, companies)

    # Entries

    def _batches(self) -> Iterator[tuple[list[_LoggedEntry], dict[str, RegisteredCompany]]]:
        (office,), position = self.scope.offices, 0
        while rows := self.tracker.store.rows_of_office(office, position, self.until, AT_ONCE):
            position = rows[-1][0]
            batch = [entry for entry in self._entries_of(rows) if self._is_asked_for(entry)]
            companies = registered_companies(self.connection, self.scope, {entry.cvr for entry in batch})
            yield [entry for entry in batch if self._is_of_group(entry, companies)], companies

    def _entries_of(self, rows: Sequence[Any]) -> list[_LoggedEntry]:
        event = self.tracker.mapper.event
        facts = [(row, event(as_id(row[1]), *row[2:5])) for row in rows if _is_in_journals(row[3])]
        self._learn_subjects(facts)
        subjects = self._subjects
        return [_LoggedEntry(fact, row[5], row[6], *subjects[row[1]]) for row, fact in facts if row[3] != _OPENED]

    def _learn_subjects(self, facts: Iterable[tuple[Any, Any]]) -> None:
        """Remembers the company of each aggregate; where another office opened it, its own entry names the company."""
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

    def _is_asked_for(self, entry: _LoggedEntry) -> bool:
        scope, fact = self.scope, entry.fact
        if entry.slug and scope.campaign and entry.slug != scope.campaign:
            return False
        if scope.consultants and fact.by not in scope.consultants:
            return False
        if not (scope.first or fact.at) <= fact.at <= min(scope.last or fact.at, scope.as_of or fact.at):
            return False
        if isinstance(fact, Outreach.YieldRecorded) and self._kinds and fact.kind not in self._kinds:
            return False
        return self._is_of_region(fact) and self._is_not_registered_fact(fact)

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset[str]().union(*map(with_children, self.scope.kinds))

    def _is_of_region(self, fact: Any) -> bool:
        return not self.scope.regions or offices().region(fact.office, fact.at) in self.scope.regions

    def _is_not_registered_fact(self, fact: Any) -> bool:
        """Whether it is no retraction of a registered fact; of a company the journal has retractions of contacts alone."""
        return not isinstance(fact, Company.EntryRetracted) or fact.target in self._contacts

    def _is_of_group(self, entry: _LoggedEntry, companies: dict[str, RegisteredCompany]) -> bool:
        if not (self.scope.industries or self.scope.sizes):
            return True
        division, size = companies.get(entry.cvr, NOT_REGISTERED).on(entry.fact.at)
        industries, sizes = self.scope.industries or (division,), self.scope.sizes or (size,)
        return division in industries and size in sizes

    # Lines

    def _lines_of(self, batch: list[_LoggedEntry], companies: dict[str, RegisteredCompany]) -> Iterator[Line]:
        undone = self._statuses(batch)
        texts = self._texts(batch) if self.with_people else {}
        names = self._names(companies) if self.with_people else {}
        for fact, entry, moment, slug, cvr in batch:
            status, because, by = undone.get(entry) or (STANDS, getattr(fact, "because", ""), "")
            note, contact = _note_and_contact(texts[entry]) if entry in texts else ("", "")
            yield Line(
                fact.at,
                theme(fact, self.language),
                fact.by,
                entry,
                _subject_of(fact),
                slug,
                cvr,
                without_numbers(companies.get(cvr, NOT_REGISTERED).name or names.get(cvr, "")),
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

    def _statuses(self, batch: list[_LoggedEntry]) -> dict[str, tuple[str, str, str]]:
        """The status of retracted and replaced entries, the reason, and the entry that retracted them."""
        undone = [entry for entry in batch if entry.entry in self._gone]
        owners, statuses = self.tracker.load({entry.fact.originator_id for entry in undone}), {}
        for entry in undone:
            facts = owners[entry.fact.originator_id].facts
            by = facts[UUID(self._gone[entry.entry])]
            statuses[entry.entry] = (
                REPLACED if _is_replacement(by, facts.values()) else RETRACTED,
                by.because,
                by.entry.hex,
            )
        return statuses

    def _texts(self, batch: list[_LoggedEntry]) -> dict[str, Text]:
        """The personal texts of these entries that the log still refers to, by entry."""
        facts = {logged.entry: logged.fact for logged in batch if hasattr(logged.fact, "kept")}
        owners = self.tracker.load({fact.originator_id for fact in facts.values()})
        references = {e: f.kept.text for e, f in facts.items() if f.kept.text in owners[f.originator_id].texts}
        texts = self.tracker.people.texts(references.values()) if references else {}
        return {entry: texts[text] for entry, text in references.items() if text in texts}

    def _names(self, companies: dict[str, RegisteredCompany]) -> dict[str, str]:
        """The names of sole traders, which are personal texts."""
        unregistered = [company_id(cvr) for cvr, company in companies.items() if not company.name]
        return company_names(self.tracker.people, self.tracker.load(unregistered).values()) if unregistered else {}


def _is_in_journals(topic: str) -> bool:
    return topic.startswith("Outreach.") or topic in _OF_COMPANIES


def _is_replacement(retraction: Any, facts: Iterable[Fact]) -> bool:
    """Whether the act of the retraction recorded another entry instead. A shared database shows no act of another office."""
    return bool(retraction.act.int) and any(
        fact.act == retraction.act and not isinstance(fact, Retraction | Erasure) for fact in facts
    )


def _subject_of(fact: Any) -> str:
    """The id of the entry, call or visit that the fact is about; empty when it is about itself."""
    for name in _subject_fields(fact.__class__):
        if about := getattr(fact, name):
            id_: str = about.hex
            return id_ if about != fact.entry else ""
    return ""


@cache
def _subject_fields(kind: type[Fact]) -> list[str]:
    hints = get_type_hints(kind)
    return [name for name in _ABOUT if name in hints]


_ABOUT = ("target", "about", "recorded", "visit", "call", "note", "person")


def _note_and_contact(text: Text) -> tuple[str, str]:
    """The note, and the name and function of a contact, without numbers and addresses."""
    content = text.said
    contact = ", ".join(filter(None, (content.get("name", ""), content.get("role", ""))))
    return (without_numbers(text.content), "") if text.kind == "note" else ("", without_numbers(contact))


@lru_cache(maxsize=2_000)
def without_numbers(text: str) -> str:
    """The text, or ``(CPR)`` where it has a number in the form of a CPR number."""
    return "(CPR)" if holds_personal_number(text) else text


@lru_cache(maxsize=2_000)  # all of one act have the same
def _in_denmark(moment: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(_DENMARK).replace(microsecond=0)
