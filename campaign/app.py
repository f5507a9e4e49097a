"""One method for each thing a person does: load, ask the domain, record; nothing here decides a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, PersistenceError
from msgspec.structs import replace

from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import Entry
from campaign.storage.sqlite.log import DurableDatastore, SqliteEventLog
from domain.acts import Act
from domain.campaign import Campaign, Forecast
from domain.company import Company, CompanyFacts
from domain.company_forms import is_sole_trader
from domain.facts import Erasure, Fact, Retraction, UnknownSubject
from domain.ids import campaign_id, company_id, outreach_id
from domain.outcomes import Outcome, Reason
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.refusals import CampaignExists, CampaignUnknown, ConcurrentChange, EntryOfUnknownKind, EntryUnknown
from domain.texts import quoted
from domain.visits import Status
from domain.yields import Terms

if TYPE_CHECKING:  # loaded when a personal text is kept or read
    from campaign.storage.personal_texts import Text
    from campaign.storage.sqlite.texts import SqliteTexts

_ATTEMPTS = 8
HANDED_OVER = "handed over"
"""The word that the entry of a hand-over has in its act."""
_UNDONE_AT_ONCE = 2_000
Aggregates = dict[UUID, Any]
T = TypeVar("T")


class Yielded(NamedTuple):
    """One yield as a person says it: a kind and a number of positions."""

    kind: str
    positions: int = 1
    place: Terms = Terms()


class CampaignTracker:
    """The log at ``log``, and everything a person can do with it. Its clock is the one that is handed in.

    It stands on eventsourcing's recorder and mapper directly: its Application class would bring a repository, a
    notification log and a factory read from the environment, none of which is used here, and 10 ms to every start.
    """

    def __init__(self, log: Path, clock: Callable[[], datetime]) -> None:
        self.store = SqliteEventLog(DurableDatastore(str(log)), clock)
        self.mapper = TypedMapper()
        self.folder = log.parent

    @cached_property
    def people(self) -> SqliteTexts:
        """The personal texts that belong to this log."""
        from campaign.storage.sqlite.texts import SqliteTexts

        return SqliteTexts(self.folder / "people.db")

    def create(self) -> None:
        """Makes the table of an empty log."""
        self.store.create_table()

    def close(self) -> None:
        """Closes the log."""
        self.store.datastore.close()

    def check_office(self, office: str) -> None:
        """Nothing: whoever has the home logs for every office. A database knows roles."""

    # Campaigns and companies

    def campaigns(self) -> list[Campaign]:
        """Every campaign planned here, oldest first."""
        return [c for c in self.load(self.store.campaigns()).values() if isinstance(c, Campaign)]

    def campaign(self, slug: str) -> Campaign:
        """The campaign of that name; refused with a list of those that are here."""
        found = self._find(campaign_id(slug))
        if isinstance(found, Campaign):
            return found
        there = ", ".join(c.slug for c in self.campaigns()) or "none yet"
        raise CampaignUnknown(
            f"There is no campaign {quoted(slug)} here (planned: {there}). Plan it with: campaign plan"
        )

    def company(self, cvr: str) -> Company | None:
        """What is known of the company itself; None when it is in no register that was imported."""
        found = self._find(company_id(cvr))
        return found if isinstance(found, Company) else None

    def outreach(self, slug: str, cvr: str) -> Outreach | None:
        """Everything done towards the company in that campaign; None when nothing was."""
        found = self._find(outreach_id(slug, cvr))
        return found if isinstance(found, Outreach) else None

    def plan(
        self,
        act: Act,
        slug: str,
        title: str,
        first: date,
        last: date,
        offices: Sequence[str] = (),
        keep_until: date | None = None,
    ) -> list[Fact]:
        """Plans a campaign, or enrols more offices in it. Refused when it was planned with other facts.

        ``keep_until``: the last day on which personal texts of the campaign are kept.
        """
        return self.retried(lambda: self._plan(act, slug, title, first, last, offices, keep_until))

    def _plan(
        self,
        act: Act,
        slug: str,
        title: str,
        first: date,
        last: date,
        offices: Sequence[str],
        keep_until: date | None,
    ) -> list[Fact]:
        campaign = self._find(campaign_id(slug)) or Campaign.plan(act, act.entry("plan"), slug, title, first, last)
        if (campaign.title, campaign.first, campaign.last) != (title, first, last):
            raise CampaignExists(
                f"Campaign {slug} is planned already: {campaign.title!r}, {campaign.first} to {campaign.last}."
            )
        for office in offices:
            campaign.enrol(act, act.entry("office", office), office)
        if keep_until:
            campaign.set_retention(act, act.entry("retention"), keep_until)
        return self.record(campaign)

    def set_retention(self, act: Act, slug: str, keep_until: date) -> list[Fact]:
        """Personal texts of the campaign are kept until that day."""

        def once() -> list[Fact]:
            campaign = self.campaign(slug)
            campaign.set_retention(act, act.entry("retention"), keep_until)
            return self.record(campaign)

        return self.retried(once)

    def set_target(
        self,
        act: Act,
        slug: str,
        measure: str,
        number: int,
        by_day: date | None = None,
        office: str | None = None,
        region: str | None = None,
        kind: str | None = None,
        because: str = "",
    ) -> list[Fact]:
        """Sets a number to reach, for the campaign, an office or a region, and for a kind of yield."""

        def once() -> list[Fact]:
            campaign = self.campaign(slug)
            campaign.check_not_ahead(act)
            campaign.set_target(act, act.entry("target"), measure, number, by_day, office, region, kind, because)
            return self.record(campaign)

        return self.retried(once)

    def hand_over(
        self, act: Act, slug: str, because: str, narrowed: str, entries: int, texts: int, position: int
    ) -> list[Fact]:
        """Logs that entries of the campaign leave with personal texts; ask this before any of them does."""

        def once() -> list[Fact]:
            campaign = self.campaign(slug)
            campaign.hand_over(act, act.entry(HANDED_OVER), because, narrowed, entries, texts, position)
            return self.record(campaign)

        return self.retried(once)

    def keep_forecasts(self, act: Act, slug: str, made: Sequence[Forecast]) -> list[Fact]:
        """Keeps forecasts as they were made on the day of the act; none that was kept that day already."""

        def once() -> list[Fact]:
            campaign = self.campaign(slug)
            campaign.keep_forecasts(act, act.entry("forecasts"), made)
            return self.record(campaign)

        return self.retried(once)

    def describe_company(self, act: Act, cvr: str, said: CompanyFacts, since: date | None = None) -> list[Fact]:
        """Registers a company, or changes what is said of it from ``since`` on; nothing when it holds already."""
        return self.retried(lambda: self._describe_company(act, cvr, said, since))

    def _describe_company(self, act: Act, cvr: str, said: CompanyFacts, since: date | None) -> list[Fact]:
        company = self.company(cvr)
        texts: list[Text] = []
        if said.name and not is_sole_trader(said.form):
            said = replace(said, name_apart=None)
        elif said.name:
            from campaign.personal_data.sole_traders import NamesApart

            names = NamesApart(self.people, [company] if company else [])
            said, texts = names.apart(act, cvr, company, said), names.new
        if company is None:
            return self.record(Company.register(act, act.entry("company"), cvr, said), texts=texts)
        company.change(act, act.entry("company"), said, since)
        return self.record(company, texts=texts)

    # What a consultant does; each returns the facts that were recorded

    def log_call(
        self,
        act: Act,
        slug: str,
        cvr: str,
        outcome: Outcome,
        reason: Reason | None = None,
        at_time: time | None = None,
        follow_up: date | None = None,
        visit_on: date | None = None,
        again: bool = False,
        note: str = "",
    ) -> list[Fact]:
        """A call, and the visit it booked if it did. ``note``, here as in every act, is kept apart from the log."""

        def work(campaign: Campaign, outreach: Outreach) -> None:
            call = act.entry("call")
            outreach.log_call(act, call, outcome, reason, at_time, follow_up, again=again)
            if visit_on:
                campaign.check_inside(visit_on)
                outreach.book_visit(act, act.entry("visit"), visit_on, call, again=again)

        return self._acting(act, slug, cvr, work, note)

    def book_visit(self, act: Act, slug: str, cvr: str, on: date, again: bool = False, note: str = "") -> list[Fact]:
        """A visit agreed for a day of the campaign."""

        def work(campaign: Campaign, outreach: Outreach) -> None:
            campaign.check_inside(on)
            outreach.book_visit(act, act.entry("visit"), on, again=again)

        return self._acting(act, slug, cvr, work, note)

    def move_visit(
        self, act: Act, slug: str, cvr: str, to: date, visit: UUID | None = None, note: str = ""
    ) -> list[Fact]:
        """The planned visit is to be on another day of the campaign."""

        def work(campaign: Campaign, outreach: Outreach) -> None:
            campaign.check_inside(to)
            outreach.move_visit(act, act.entry("moved"), to, visit)

        return self._acting(act, slug, cvr, work, note)

    def settle_visit(
        self,
        act: Act,
        slug: str,
        cvr: str,
        status: Status,
        visit: UUID | None = None,
        yields: Sequence[Yielded] = (),
        again: bool = False,
        note: str = "",
    ) -> list[Fact]:
        """A visit held, with what it yielded, or missed, or cancelled."""

        def work(_: Campaign, outreach: Outreach) -> None:
            entry = act.entry(status)
            if status is not Status.HELD:
                settle = outreach.miss_visit if status is Status.NO_SHOW else outreach.cancel_visit
                settle(act, entry, visit)
                return
            outreach.hold_visit(act, entry, visit, again)
            held = outreach.facts[entry].visit
            for number, y in enumerate(yields):
                outreach.record_yield(act, act.entry("yield", str(number)), y.kind, y.positions, held, None, y.place)

        return self._acting(act, slug, cvr, work, note)

    def record_yield(
        self,
        act: Act,
        slug: str,
        cvr: str,
        said: Yielded,
        visit: UUID | None = None,
        call: UUID | None = None,
        again: bool = False,
        note: str = "",
    ) -> list[Fact]:
        """What a visit or a call brought."""

        def work(_: Campaign, outreach: Outreach) -> None:
            entry = act.entry("yield")
            outreach.record_yield(act, entry, said.kind, said.positions, visit, call, said.place, again)

        return self._acting(act, slug, cvr, work, note, inside=False)

    def settle_start(
        self, act: Act, slug: str, cvr: str, began: bool, recorded: UUID | None = None, note: str = ""
    ) -> list[Fact]:
        """What a yield agreed began, or never did."""

        def work(_: Campaign, outreach: Outreach) -> None:
            outreach.settle_start(act, act.entry("start"), recorded, began)

        return self._acting(act, slug, cvr, work, note, inside=False)

    def allow_contact(self, act: Act, slug: str, cvr: str, basis: ContactBasis, note: str = "") -> list[Fact]:
        """There is a basis for contacting a company that is protected from advertising."""

        def work(_: Campaign, outreach: Outreach) -> None:
            outreach.allow_contact(act, act.entry("basis"), basis)

        return self._acting(act, slug, cvr, work, note, inside=None)

    # Taking back

    def entry_named(self, digits: str) -> Entry:
        """The one entry whose id begins with these digits; refused when there is none, or more than one."""
        plain = digits.lower().replace("-", "")
        found = self.store.entries_beginning(plain) if plain and not set(plain) - set("0123456789abcdef") else []
        if not found:
            raise EntryUnknown(
                f"There is no entry {quoted(digits)}. campaign history COMPANY lists a company's entries."
            )
        if len(found) > 1:
            raise EntryUnknown(
                f"{len(found)} entries begin with {plain}: {', '.join(e.entry.hex[:12] for e in found)}."
            )
        return found[0]

    def retract(self, act: Act, target: Entry, because: str) -> list[Fact]:
        """Takes back one entry."""
        return self.retried(lambda: self._retract(act, target.originator, [target.entry], because))

    def hanging_on(self, target: Entry) -> int:
        """How many entries that stand are of the visit that this one began: its steps, and what it yielded."""
        fact = self.fact(target)
        if not getattr(fact, "begins", False):
            return 0
        standing = self.load([target.originator])[target.originator].effective(Fact)
        return sum(getattr(other, "visit", None) == fact.visit for other in standing)

    def entries_of_act(self, target: Entry) -> list[Entry]:
        """All entries of the act that made this one."""
        fact = self.fact(target)
        return self.store.entries_with("act", fact.act)

    def entries_of_batch(self, digits: str) -> list[Entry]:
        """All entries of the one import whose id begins with these digits; refused when there is none, or more."""
        batches = self.store.batches_beginning(digits.lower().replace("-", ""))
        if len(batches) != 1:
            several = ", ".join(batch.hex[:12] for batch in batches) or "none"
            raise EntryUnknown(f"Which import is {quoted(digits)}? Batches that begin so: {several}.")
        return self.store.entries_with("batch", batches[0])

    def latest_act(self, consultant: str) -> list[Entry]:
        """What still stands of the last act this person logged by hand, leaving out what took others back."""
        acts: dict[UUID, list[Entry]] = {}
        for entry in self.store.latest_by_hand(consultant):
            fact = self.fact(entry)
            if entry.topic not in _NO_ENTRIES and not isinstance(fact, Retraction):
                acts.setdefault(fact.act, []).append(entry)
        return next(filter(None, map(self._standing, acts.values())), [])

    def _standing(self, entries: Sequence[Entry]) -> list[Entry]:
        owners = self.load({entry.originator for entry in entries})
        return [entry for entry in reversed(entries) if owners[entry.originator].is_effective(entry.entry)]

    def undo(
        self, act: Act, entries: Iterable[Entry], because: str, seen: Callable[[int], None] = lambda n: None
    ) -> int:
        """Takes back these entries, the last first, those taken back before left out. Returns how many it took back.

        A retraction among them is taken back too, so what it had taken back stands again.
        """
        by_owner: dict[UUID, list[UUID]] = {}
        for entry in sorted(entries, reverse=True):
            by_owner.setdefault(entry.originator, []).append(entry.entry)
        owners, done = list(by_owner), 0
        for start in range(0, len(owners), _UNDONE_AT_ONCE):
            some = {o: by_owner[o] for o in owners[start : start + _UNDONE_AT_ONCE]}
            done += len(self.retried(lambda some=some: self._retract_all(act, some, because)))  # type: ignore[misc]
            seen(sum(map(len, some.values())))
        return done

    def _retract_all(self, act: Act, by_owner: dict[UUID, list[UUID]], because: str) -> list[Fact]:
        loaded = self.load(by_owner)
        for owner, targets in by_owner.items():
            aggregate = loaded[owner]
            left = _replaced_since(aggregate, targets)
            for target in targets:
                if target not in left and aggregate.is_effective(target) and not _is_final(aggregate.facts[target]):
                    aggregate.retract(act, act.entry("retract", target.hex), target, because)
        return self.record(*loaded.values())

    def _retract(self, act: Act, owner: UUID, targets: list[UUID], because: str) -> list[Fact]:
        aggregate = self.load([owner])[owner]
        for target in targets:
            aggregate.retract(act, act.entry("retract", target.hex), target, because)
        return self.record(aggregate)

    # Loading and recording

    def fact(self, entry: Entry) -> Any:
        """The event that recorded this entry."""
        return self.mapper.event(entry.originator, 0, entry.topic, entry.state)

    def load(self, ids: Iterable[UUID]) -> Aggregates:
        """These aggregates as they stand, in the order asked for; those that are not here are left out."""
        wanted, loaded = list(ids), {}
        for originator, stored in self.store.streams(wanted):
            loaded[originator] = self.mapper.replay(stored)
        return {i: loaded[i] for i in wanted if i in loaded}

    def record(self, *aggregates: Any, texts: Sequence[Text] = ()) -> list[Fact]:
        """Writes what is pending in these aggregates in one transaction, and returns it. The write ends here.

        Personal texts are kept before it: an event never refers to a text that is not there.
        """
        pending = [event for aggregate in aggregates for event in aggregate.collect_events()]
        try:
            self._write(pending, texts)
        except IntegrityError:
            self._check_commutes(pending)
            raise
        return [event for event in pending if not isinstance(event, Outreach.Opened)]

    def _check_commutes(self, pending: Sequence[Any]) -> None:
        """Raises ``ConcurrentChange`` when somebody was quicker with what makes a difference to what a person says here."""
        from domain.conflicts import conflicting

        mine = [event for event in pending if event.batch is None]
        first = {event.originator_id: event.originator_version for event in reversed(mine)}
        if facts := conflicting(mine, self._since(first)):
            raise ConcurrentChange(facts)

    def _write(self, pending: Sequence[Any], texts: Sequence[Text]) -> None:
        with self._keeping(texts) if texts else nullcontext():
            self.store.insert_events([self.mapper.to_stored_event(event) for event in pending])

    @contextmanager
    def _keeping(self, texts: Sequence[Text]) -> Iterator[None]:
        """Keeps texts while what refers to them is logged; when that fails they are forgotten if the log lacks them."""
        from campaign.personal_data.references import unheld

        self.people.keep(texts)
        try:
            yield
        except PersistenceError:  # what interrupts it otherwise leaves texts that the next clean-up finds
            self.people.forget(text.id for text in unheld(self, texts))
            raise

    def _since(self, first: Mapping[UUID, int]) -> list[Any]:
        """The events of these aggregates from the version on that is named."""
        return [
            self.mapper.to_domain_event(stored)
            for originator, stream in self.store.streams(first)
            for stored in stream
            if stored.originator_version >= first[originator]
        ]

    def _acting(
        self,
        act: Act,
        slug: str,
        cvr: str,
        work: Callable[[Campaign, Outreach], None],
        note: str = "",
        inside: bool | None = True,
    ) -> list[Fact]:
        def once() -> list[Fact]:
            there = self.load([campaign_id(slug), outreach_id(slug, cvr)])
            campaign = self._known(there, campaign_id(slug)) or self.campaign(slug)
            campaign.check_happened(act, inside)
            outreach = self._known(there, outreach_id(slug, cvr)) or Outreach.open(act, slug, cvr)
            work(campaign, outreach)
            return self.record(outreach, texts=_noted(act, outreach, note) if note else [])

        return self.retried(once)

    def retried(self, work: Callable[[], T]) -> T:
        """Works again from what is there now when somebody else logged at the same moment."""
        for _ in range(_ATTEMPTS - 1):
            try:
                return work()
            except IntegrityError:
                continue
        return work()

    def _find(self, originator: UUID) -> Any:
        return self._known(self.load([originator]), originator)

    def _known(self, there: Aggregates, originator: UUID) -> Any:
        found = there.get(originator)
        if isinstance(found, UnknownSubject):
            raise EntryOfUnknownKind("That began with an entry of a kind this version does not know. Upgrade first.")
        return found


_NO_ENTRIES = frozenset({"Outreach.Opened", "Campaign.Planned", "Campaign.TextsHandedOver"})


def _replaced_since(aggregate: Any, targets: Iterable[UUID]) -> set[UUID]:
    """The retractions among these whose new entry was itself replaced later: what they took back stays so."""
    order = list(aggregate.facts.values())
    left = set()
    for n, fact in enumerate(order):
        if isinstance(fact, Retraction) and fact.entry in targets:
            same_act = (
                later for later in order[n + 1 :] if later.act == fact.act and not isinstance(later, Retraction)
            )
            new = next(same_act, None)
            if new is not None and not aggregate.is_effective(new.entry):
                left.add(fact.entry)
    return left


def _noted(act: Act, outreach: Outreach, said: str) -> list[Text]:
    """Takes a note about the first fact of the act; its text is to be kept with it. None when all of it is there."""
    from campaign.storage.personal_texts import NOTE, Text

    entry = act.entry("note")
    pending: list[Any] = [event for event in outreach.pending_events if not isinstance(event, Outreach.Opened)]
    if not pending:
        return []
    text = Text.new(act, NOTE, entry, outreach.cvr, said, outreach.slug)
    outreach.take_note(act, entry, pending[0].entry, text.kept)
    return [text]


def _is_final(fact: Fact) -> bool:
    return isinstance(fact, Campaign.Planned | Campaign.TextsHandedOver | Erasure)
