"""Every count and rate of docs/measures.md, worked out again from the events alone: slow, and meant to be obviously right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple
from uuid import UUID

from campaign_builder import region_of as region_told

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Retraction
from domain.outcomes import Status
from domain.outreach import Outreach
from domain.yield_kinds import with_children
from projections.engine.projector import RecordedEvent

STEPS = (
    Outreach.VisitBooked,
    Outreach.VisitMoved,
    Outreach.VisitHeld,
    Outreach.VisitMissed,
    Outreach.VisitCancelled,
)


@dataclass(frozen=True)
class Contact:
    """A letter, a call or a visit as it was seen, with all that a report groups or filters it by."""

    id: UUID
    day: date
    campaign: str
    cvr: str
    office: str
    region: str
    consultant: str
    industry: str
    size: str

    @property
    def week(self) -> str:
        """The ISO week with its ISO year."""
        return week_of(self.day)

    @property
    def month(self) -> str:
        """The calendar month."""
        return f"{self.day:%Y-%m}"


@dataclass(frozen=True)
class Call(Contact):
    """One attempt by phone."""

    reached: bool
    accepted: bool


@dataclass(frozen=True)
class Visit(Contact):
    """One visit: ``day`` is the day it was held, or is planned for; ``call`` the id of the call that booked it."""

    status: Status
    booked_on: date
    call: UUID | None


@dataclass(frozen=True)
class Yield:
    """What a call, or a visit that was held, brought; ``day`` is the day it was recorded."""

    origin: Call | Visit
    day: date
    kind: str
    positions: int


class ReferenceFilters(NamedTuple):
    """Which contacts and which kinds of yield are asked for. What is empty lets all through."""

    campaign: str | None = None
    offices: Sequence[str] = ()
    regions: Sequence[str] = ()
    consultants: Sequence[str] = ()
    industries: Sequence[str] = ()
    sizes: Sequence[str] = ()
    kinds: Sequence[str] = ()
    first: date | None = None
    last: date | None = None

    def accepts(self, contact: Contact) -> bool:
        """The contact passes every filter, and its day lies in the period."""
        asked = (
            (self.campaign and (self.campaign,), contact.campaign),
            (self.offices, contact.office),
            (self.regions, contact.region),
            (self.consultants, contact.consultant),
            (self.industries, contact.industry),
            (self.sizes, contact.size),
        )
        inside = (self.first or date.min) <= contact.day <= (self.last or date.max)
        return inside and all(word in words for words, word in asked if words)

    def accepts_kind(self, kind: str) -> bool:
        """The kind is asked for, or one above it in the tree."""
        return not self.kinds or any(kind in with_children(asked) for asked in self.kinds)


ALL = ReferenceFilters()


class ReferenceView:
    """What is to be seen when only events up to position ``known`` are read, and only what happened by ``as_of`` counts."""

    def __init__(
        self,
        recorded: Iterable[RecordedEvent],
        today: date,
        as_of: date | None = None,
        known: int | None = None,
        region_of: Callable[[str, date], str] = region_told,
    ) -> None:
        events = [r.event for r in recorded if known is None or r.position <= known]
        self.as_of, self.day, self.region_of = as_of, as_of or today, region_of
        self.latest = min(self.day, today)  # as known on a day, nothing came after it
        self._read_subjects(events)
        self.facts = effective_facts(events)
        self._read_statements()
        self.letters = [self._letter(e) for e in self._of(Outreach.InvitationSent) if self._happened(e)]
        self.calls = self._read_calls()
        self.visits = self._read_visits()
        self.yields = self._read_yields()

    def _of(self, *kinds: type) -> list[Any]:
        """The facts of these kinds that stand, in the order of the log."""
        return [fact for fact in self.facts if isinstance(fact, kinds)]

    def _happened(self, fact: Any) -> bool:
        return self.as_of is None or fact.at <= self.as_of

    def _read_subjects(self, events: Sequence[Any]) -> None:
        """Which campaign and which company each aggregate is about: its first event says it."""
        self.campaign_of: dict[UUID, str] = {}
        self.cvr_of: dict[UUID, str] = {}
        for e in events:
            if isinstance(e, Outreach.Opened | Campaign.Planned):
                self.campaign_of[e.originator_id] = e.slug
            if isinstance(e, Outreach.Opened | Company.Registered):
                self.cvr_of[e.originator_id] = e.cvr

    # Companies

    def _read_statements(self) -> None:
        """What was said of each company, with the first day it holds for; a statement for all days ends all before it."""
        self.statements: dict[str, list[tuple[date, Any]]] = {}
        for e in self._of(Company.Registered, Company.FactsChanged):
            since = e.since if isinstance(e, Company.FactsChanged) else None
            before = self.statements.get(self.cvr_of[e.originator_id], []) if since else []
            self.statements[self.cvr_of[e.originator_id]] = [*before, (since or date.min, e.said)]

    def _company(self, cvr: str, day: date) -> tuple[str, str]:
        """Industry division and size band of the company on that day: the latest of its days says it, then the log."""
        latest, industry, size = date.min, "", ""
        for since, said in self.statements.get(cvr, []):
            if latest <= since <= day:
                latest, industry, size = since, said.industry[:2], said.size_band
        return industry or "unknown", size or "unknown"

    # Contacts

    def _dimensions(self, fact: Any, day: date, office: str, by: str) -> tuple[Any, ...]:
        """What every contact says after its id: it has the region of its office, and the company's facts, on its day."""
        cvr = self.cvr_of[fact.originator_id]
        industry, size = self._company(cvr, day)
        return day, self.campaign_of[fact.originator_id], cvr, office, self.region_of(office, day), by, industry, size

    def _letter(self, e: Any) -> Contact:
        return Contact(e.entry, *self._dimensions(e, e.at, e.office, e.by))

    def _read_calls(self) -> list[Call]:
        """One for each id of a call: where several entries of it stand, the one logged last says what it was."""
        latest = {e.call: e for e in self._of(Outreach.CallLogged)}
        return [
            Call(e.call, *self._dimensions(e, e.at, e.office, e.by), e.outcome.reached, e.outcome.accepted)
            for e in latest.values()
            if self._happened(e)
        ]

    def _read_visits(self) -> list[Visit]:
        steps: dict[UUID, list[Any]] = {}
        for e in self._of(*STEPS):
            steps.setdefault(e.visit, []).append(e)
        return [visit for taken in steps.values() if (visit := self._visit(taken))]

    def _visit(self, steps: Sequence[Any]) -> Visit | None:
        """What became of a visit by the day.

        What began it comes first, wherever it stands in the log; without it there is no visit, whatever else was
        logged. The others follow as they were logged, and nothing changes a visit after it was held, missed or cancelled.

        As of a day it is what the last step of that day or an earlier one made it. A step logged before that one counts
        although it says a later day: the one who logged the later knew of it.
        """
        told = [step for step in steps if step.begins] + [step for step in steps if not step.begins]
        while told and not self._happened(told[-1]):
            told.pop()
        if not told or not told[0].begins:
            return None
        began = told[0]
        status, on, office, by = began.status, began.on, began.office, began.by
        for step in told[1:]:
            if status is not Status.PLANNED:
                break
            status, on = step.status, step.on or on
            if status is Status.HELD:
                office, by = step.office, step.by
        return Visit(began.visit, *self._dimensions(began, on, office, by), status, began.at, began.call)

    def _read_yields(self) -> list[Yield]:
        """Those whose origin is seen: a call, or a visit that was held."""
        origins: dict[UUID, Call | Visit] = {call.id: call for call in self.calls}
        origins |= {visit.id: visit for visit in self.visits if visit.status is Status.HELD}
        return [
            Yield(origins[e.visit or e.call], e.at, e.kind, e.positions)
            for e in self._of(Outreach.YieldRecorded)
            if self._happened(e) and (e.visit or e.call) in origins
        ]

    # Rows

    def rows(self, by: str | None = None, chosen: ReferenceFilters = ALL) -> list[dict[str, Any]]:
        """A row of all counts and rates for each group; without ``by`` one row, of all."""
        if by is None:
            return [self._row(chosen, None, lambda contact: True)]
        contacts = [c for c in [*self.letters, *self.calls, *self.visits] if chosen.accepts(c)]
        groups = {getattr(contact, by) for contact in contacts} | self._empty_groups(by, chosen)
        return [
            {by: group} | self._row(chosen, period_end(by, group), lambda contact, g=group: getattr(contact, by) == g)
            for group in sorted(groups)
        ]

    def _empty_groups(self, by: str, chosen: ReferenceFilters) -> set[str]:
        """Offices that take part in the campaign or have a target, and their regions, though nothing was logged there."""
        named = [(e, e.enrolled) for e in self._of(Campaign.OfficeEnrolled)]
        named += [(e, e.target_office) for e in self._of(Campaign.TargetSet) if e.target_office]
        groups = set()
        for e, office in named:
            region = self.region_of(office, e.at)
            asked = (
                (chosen.campaign and (chosen.campaign,), self.campaign_of[e.originator_id]),
                (chosen.offices, office),
                (chosen.regions, region),
            )
            if by in ("office", "region") and all(word in words for words, word in asked if words):
                groups.add({"office": office, "region": region}[by])
        return groups

    def _row(self, chosen: ReferenceFilters, ends: date | None, mine: Callable[[Contact], bool]) -> dict[str, Any]:
        def taken(contacts: Sequence[Any]) -> list[Any]:
            return [contact for contact in contacts if chosen.accepts(contact) and mine(contact)]

        counts = self._counts(taken(self.letters), taken(self.calls), taken(self.visits), chosen)
        period_ends = min([day for day in (ends, chosen.last) if day], default=None)
        return with_rates(counts) | {"maturing": period_ends is not None and (self.latest - period_ends).days < 28}

    def _counts(
        self, letters: list[Contact], calls: list[Call], visits: list[Visit], chosen: ReferenceFilters
    ) -> dict[str, int]:
        """The counts, under the names of measures.md."""
        of_kind = [y for y in self.yields if chosen.accepts_kind(y.kind)]
        hits = {y.origin.id for y in of_kind}
        booked_a_hit = {y.origin.call for y in of_kind if isinstance(y.origin, Visit)}
        contacts = {contact.id for contact in [*calls, *visits]}
        yields = [y for y in of_kind if y.origin.id in contacts]  # of whatever day and office: those of its origin
        reached, accepted = [c for c in calls if c.reached], [c for c in calls if c.accepted]
        held = [v for v in visits if v.status is Status.HELD]
        planned = [v for v in visits if v.status is Status.PLANNED]
        return {
            "companies_mailed": company_count(letters),
            "calls": len(calls),
            "calls_reached": len(reached),
            "calls_accepted": len(accepted),
            "companies_called": company_count(calls),
            "companies_reached": company_count(reached),
            "companies_accepted": company_count(accepted),
            "calls_with_yield": len([c for c in calls if c.id in hits or c.id in booked_a_hit]),
            "visits_booked": len(visits),
            "visits_held": len(held),
            "visits_no_show": len([v for v in visits if v.status is Status.NO_SHOW]),
            "visits_cancelled": len([v for v in visits if v.status is Status.CANCELLED]),
            "visits_planned": len(planned),
            "visits_overdue": len([v for v in planned if v.day < self.day]),
            "visits_with_yield": len([v for v in held if v.id in hits]),
            "yields": len(yields),
            "positions": sum(y.positions for y in yields),
            "positions_from_visits": sum(y.positions for y in yields if isinstance(y.origin, Visit)),
        }


def reference_rates(
    recorded: Iterable[RecordedEvent],
    today: date,
    as_of: date | None = None,
    known: int | None = None,
    by: str | None = None,
    **chosen: Any,
) -> list[dict[str, Any]]:
    """The rows that ``projections.questions.hit_rates`` answers with, in the order of the words; filters as ``Chosen`` has them."""
    return ReferenceView(recorded, today, as_of, known).rows(by, ReferenceFilters(**chosen))


def effective_facts(events: Sequence[Any]) -> list[Any]:
    """The facts that stand after all these events: not taken back, or taken back and the taking back was, in their order."""
    target_of: dict[UUID, UUID] = {}
    gone: set[UUID] = set()
    for e in events:
        if isinstance(e, Retraction):
            target_of[e.entry] = e.target
            if e.target in target_of:
                gone.discard(target_of[e.target])
            else:
                gone.add(e.target)
    return [e for e in events if e.entry not in gone and not isinstance(e, Retraction)]


def company_count(contacts: Iterable[Contact]) -> int:
    """How many companies; each counts once."""
    return len({contact.cvr for contact in contacts})


def week_of(day: date) -> str:
    """The week of a day: the year and number of the week its Thursday lies in, counted from the first Thursday of the year."""
    thursday = day + timedelta(days=3 - day.weekday())
    return f"{thursday.year}-W{(int(f'{thursday:%j}') + 6) // 7:02}"


def period_end(by: str, group: str) -> date | None:
    """The last day of a week or a month; other groups have none."""
    if by == "week":
        return date.fromisocalendar(int(group[:4]), int(group[6:]), 7)
    if by == "month":
        return (date.fromisoformat(f"{group}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return None


def with_rates(counts: dict[str, int]) -> dict[str, Any]:
    """The counts with the rates of measures.md, and how sure each is; None where there is nothing to be a share of."""
    held, missed, cancelled = counts["visits_held"], counts["visits_no_show"], counts["visits_cancelled"]
    rates = {
        "visit_hit_rate": (counts["visits_with_yield"], held),
        "call_hit_rate": (counts["calls_with_yield"], counts["calls"]),
        "acceptance_rate": (counts["companies_accepted"], counts["companies_called"]),
        "reach_rate": (counts["calls_reached"], counts["calls"]),
        "accepted_per_reached": (counts["companies_accepted"], counts["companies_reached"]),
        "held_rate": (held, held + missed + cancelled),
        "no_show_rate": (missed, held + missed),
    }
    row: dict[str, Any] = dict(counts)
    for name, (part, whole) in rates.items():
        row[name] = part / whole if whole else None
        row[f"{name}_low"], row[f"{name}_high"] = interval(part, whole)
    return row | {"positions_per_visit": counts["positions_from_visits"] / held if held else None}


def interval(part: int, whole: int) -> tuple[float, float] | tuple[None, None]:
    """Wilson's 95 % interval: the shares p from which ``part`` of ``whole`` lies at most z standard errors away.

    Its bounds are the roots of (part/whole - p)^2 = z^2 p (1 - p) / whole, an equation of second degree in p.
    """
    if not whole:
        return None, None
    seen, zz = part / whole, NormalDist().inv_cdf(0.975) ** 2
    a, b, c = 1 + zz / whole, -(2 * seen + zz / whole), seen * seen
    root = sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)
