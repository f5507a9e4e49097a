"""How the rows of each form become facts: logged once, recognised when they come again, changed only when told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from campaign.app import CampaignTracker
from campaign.importing.forms import Unreadable
from domain.acts import Act
from domain.campaign import Campaign
from domain.company import Company, CompanyFacts
from domain.identities import company_id, identity, outreach_id
from domain.outreach import Outreach
from domain.refusals import Refusal
from domain.visits import Status
from domain.yields import Place


class Verdict(Enum):
    """What became of a row."""

    TAKEN = "taken"
    THERE = "there already"
    CHANGED = "changed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Run:
    """One import: whose it is, which batch its facts belong to, and whether changed rows are taken."""

    act: UUID
    batch: UUID
    slug: str
    source: str
    by: str
    office: str
    recorded: datetime
    today: date
    update: bool

    def acting(self, at: date, by: str | None = None, office: str | None = None) -> Act:
        """The act behind one row."""
        by, office = by or self.by, office or self.office
        return Act(self.act, at, by, office, self.recorded, self.today, self.batch)

    def entry(self, kind: str, ref: str, cvr: str = "", revision: int = 0) -> UUID:
        """The id of what a reference stands for; each correction of it, for its company, has an id of its own."""
        words = ("import", self.slug, self.source, kind, ref)
        return identity(*words, cvr, str(revision)) if revision else identity(*words)


Result = tuple[Verdict, Unreadable | None]


class Chunk:
    """Rows of one form on their way into the log, with the aggregates they concern, recorded together."""

    def __init__(self, tracker: CampaignTracker, campaign: Campaign, run: Run) -> None:
        self.tracker, self.campaign, self.run = tracker, campaign, run
        self.loaded: dict[UUID, Any] = {}
        self.owners: dict[UUID, UUID] = {}
        self.touched: dict[UUID, Any] = {}

    def take(self, kind: str, rows: Sequence[dict[str, Any]]) -> list[Result]:
        """What becomes of each row. Nothing is written before ``record``."""
        self._load(kind, rows)
        take = getattr(self, f"_{kind}")
        return [self._tried(take, row) for row in rows]

    def record(self) -> None:
        """Writes what was taken in one transaction."""
        self.tracker.record(*self.touched.values())

    def _load(self, kind: str, rows: Sequence[dict[str, Any]]) -> None:
        if kind == "companies":
            self.loaded = self.tracker.load({company_id(row["cvr"]) for row in rows})
            return
        for row in rows:
            row["outreach"], row["entry"] = outreach_id(self.run.slug, row["cvr"]), self.run.entry(kind, row["ref"])
        self.owners = self.tracker.store.owners({row["entry"] for row in rows})
        self.loaded = self.tracker.load({row["outreach"] for row in rows}.union(self.owners.values()))

    def _tried(self, take: Callable[[dict[str, Any]], Verdict], row: dict[str, Any]) -> Result:
        outreach = self.loaded.get(row.get("outreach"))
        pending = len(outreach.pending_events) if outreach else 0
        try:
            return take(row), None
        except Unreadable as unreadable:
            fault = unreadable
        except Refusal as refusal:
            fault = Unreadable(_COLUMN_OF.get(type(refusal).__name__, "ref"), str(refusal))
        self._forget(row, pending)
        return Verdict.REJECTED, fault

    def _forget(self, row: dict[str, Any], pending: int) -> None:
        """Puts the outreach back to what it was before the row, since a row goes in whole or not at all."""
        outreach = self.loaded.pop(row.get("outreach"), None)
        if outreach is None:
            return
        kept = outreach.pending_events[:pending]
        again = self.tracker.load([outreach.id]).get(outreach.id)
        for event in kept:
            again = event.mutate(again)
            again.pending_events.append(event)
        self.touched.pop(outreach.id, None)
        if again is not None:
            self.loaded[outreach.id] = again
        if kept:
            self.touched[outreach.id] = again

    # One method for each form

    def _companies(self, row: dict[str, Any]) -> Verdict:
        cvr, said, act = row["cvr"], _company_facts(row), self.run.acting(self.run.today)
        company = self.loaded.get(company_id(cvr))
        if company is None:
            self._touch(Company.register(act, self.run.entry("companies", cvr), cvr, said))
            return Verdict.TAKEN
        if company.now == said:
            return Verdict.THERE
        if company.now is None:
            company.change(act, act.entry("company", cvr), said, None)
            self._touch(company)
            return Verdict.TAKEN
        if self.run.update:
            self._change_company(company, act, said, row["valid_from"])
        return Verdict.CHANGED

    def _change_company(self, company: Company, act: Act, said: CompanyFacts, since: date | None) -> None:
        """From a day on when the row names one; else what was said before was an error, and is retracted."""
        if since is None:
            for fact in company.standing(Company.Registered, Company.FactsChanged):
                company.retract(act, act.entry("retract", fact.entry.hex), fact.entry, "imported anew")
        company.change(act, act.entry("company", company.cvr, str(since)), said, since)
        self._touch(company)

    def _invitations(self, row: dict[str, Any]) -> Verdict:
        act = self._act(row, "sent_on", row["sent_on"], row["consultant"], row["office"])
        return self._once("invitations", row, act, {}, lambda o, entry: o.invite(act, entry))

    def _calls(self, row: dict[str, Any]) -> Verdict:
        day, at_time = row["called_at"]
        act = self._act(row, "called_at", day, row["consultant"], row["office"])
        said = {"outcome": row["outcome"], "reason": row["reason"], "time": at_time}

        def log(outreach: Outreach, entry: UUID) -> None:
            outreach.log_call(act, entry, row["outcome"], row["reason"], at_time, row["follow_up"], row["entry"])

        return self._once("calls", row, act, said, log)

    def _visits(self, row: dict[str, Any]) -> Verdict:
        booked, settled = self._booked(row), self._settled(row)
        if booked is None:
            if settled is None or row["status"] is not Status.HELD:
                raise Unreadable("booked_on", "a visit that was not held needs the day it was booked on")
            return self._settle("visits", row, settled)
        if settled and settled.at < booked.at:
            raise Unreadable("held_on", f"a visit booked on {booked.at} cannot have been {row['status']} before")
        verdict = self._book(row, booked)
        if verdict is Verdict.CHANGED and not self.run.update:
            return verdict
        if settled is None:
            return self._unsettle(row, booked) or verdict
        if verdict is Verdict.THERE and not self.run.update and self._is_planned(row):
            return Verdict.CHANGED
        after = self._settle("visits settled", row, settled)
        return (
            Verdict.CHANGED if verdict is Verdict.THERE and after is Verdict.TAKEN else max(verdict, after, key=_WEIGHT)
        )

    def _book(self, row: dict[str, Any], act: Act) -> Verdict:
        call = self._call_of(row)
        said = {"on": row["planned_on"], **({"call": call} if call else {})}

        def book(outreach: Outreach, entry: UUID) -> None:
            if entry != row["entry"]:
                self._unsettle(row, act)
            outreach.book_visit(act, entry, row["planned_on"], call, row["entry"])

        return self._once("visits", row, act, said, book)

    def _settle(self, kind: str, row: dict[str, Any], act: Act) -> Verdict:
        status, visit = row["status"], row["entry"]

        def settle(outreach: Outreach, entry: UUID) -> None:
            if status is Status.HELD:
                outreach.hold_visit(act, entry, visit)
            else:
                (outreach.miss_visit if status is Status.NO_SHOW else outreach.cancel_visit)(act, entry, visit)

        return self._once(kind, row, act, {"status": status}, settle)

    def _unsettle(self, row: dict[str, Any], act: Act) -> Verdict | None:
        """Takes back that the visit was settled, if that stands; what the row says now is another thing."""
        outreach = self._outreach(row, act)
        entry, was = self._current("visits settled", row, outreach)
        if was is None:
            return None
        if self.run.update:
            self._retracted(outreach, act, entry)
        return Verdict.CHANGED

    def _yields(self, row: dict[str, Any]) -> Verdict:
        if bool(row["visit_ref"]) == bool(row["call_ref"]):
            raise Unreadable("visit_ref", "a yield names one origin: write a visit_ref or a call_ref")
        visit = self.run.entry("visits", row["visit_ref"]) if row["visit_ref"] else None
        call = self.run.entry("calls", row["call_ref"]) if row["call_ref"] else None
        origin = self._origin(row, visit, call)
        act = self._act(row, "recorded_on", row["recorded_on"], origin.by, origin.office)
        said = {"visit": visit, "call": call, "kind": row["kind"], "positions": row["positions"], "place": _place(row)}
        return self._once("yields", row, act, said, lambda o, entry: o.record_yield(act, entry, **said))

    # What they share

    def _once(
        self, kind: str, row: dict[str, Any], act: Act, said: dict[str, Any], log: Callable[[Outreach, UUID], Any]
    ) -> Verdict:
        """Logs what the row says unless it is there; takes other content only when told to update."""
        outreach = self._outreach(row, act)
        entry, was = self._current(kind, row, outreach)
        holder = self._elsewhere(row, outreach) if was is None and not kind.endswith("settled") else outreach
        if was is not None and _same(was, act, said):
            return Verdict.THERE
        if was is None and holder is outreach:
            log(outreach, entry)
            self._touch(outreach)
            return Verdict.TAKEN
        if self.run.update:
            self._retracted(holder, act, self._current(kind, row, holder)[0])
            log(outreach, self._current(kind, row, outreach)[0])
            self._touch(outreach)
        return Verdict.CHANGED

    def _current(self, kind: str, row: dict[str, Any], aggregate: Any) -> tuple[UUID, Any]:
        """The entry the row's reference stands for now and its fact, or the next free entry and None."""
        settled = kind == "visits settled"
        revision, entry = 0, self.run.entry(kind, row["ref"]) if settled else row["entry"]
        while entry in aggregate.facts or self.owners.get(entry, aggregate.id) != aggregate.id:
            if aggregate.stands(entry):
                return entry, aggregate.facts[entry]
            revision += 1
            entry = self.run.entry(kind, row["ref"], aggregate.cvr, revision)
        return entry, None

    def _elsewhere(self, row: dict[str, Any], outreach: Outreach) -> Outreach:
        """The outreach of another company in which the row's reference stands, or else the one given."""
        holder = self.loaded.get(self.owners.get(row["entry"], outreach.id), outreach)
        return holder if holder is not outreach and holder.stands(row["entry"]) else outreach

    def _retracted(self, aggregate: Any, act: Act, entry: UUID) -> None:
        aggregate.retract(act, act.entry("retract", entry.hex), entry, "imported anew")
        self._touch(aggregate)

    def _act(self, row: dict[str, Any], column: str, day: date, by: str, office: str) -> Act:
        act = self.run.acting(day, by, office)
        try:
            self.campaign.check_happened(act)
        except Refusal as refusal:
            raise Unreadable(column, str(refusal)) from refusal
        return act

    def _booked(self, row: dict[str, Any]) -> Act | None:
        if row["booked_on"] is None:
            return None
        act = self._act(row, "booked_on", row["booked_on"], row["consultant"], row["office"])
        self._check_planned(row)
        return act

    def _check_planned(self, row: dict[str, Any]) -> None:
        try:
            self.campaign.check_inside(row["planned_on"])
        except Refusal as refusal:
            raise Unreadable("planned_on", str(refusal)) from refusal
        if row["planned_on"] < row["booked_on"]:
            raise Unreadable("planned_on", f"a visit booked on {row['booked_on']} cannot be planned for a day before")

    def _settled(self, row: dict[str, Any]) -> Act | None:
        """The act that settled the visit. A table names no day for a no-show or a cancellation: the planned day."""
        status, who = row["status"], (row["consultant"], row["office"])
        if status is Status.PLANNED:
            return None
        if status is Status.HELD:
            if row["held_on"] is None:
                raise Unreadable("held_on", "a visit that was held needs the day it was held on")
            return self._act(row, "held_on", row["held_on"], *who)
        day = row["planned_on"] if status is Status.NO_SHOW else min(row["planned_on"], self.run.today)
        return self._act(row, "planned_on", day, *who)

    def _is_planned(self, row: dict[str, Any]) -> bool:
        visit = self.loaded[row["outreach"]].visits.get(row["entry"])
        return visit is not None and visit.status is Status.PLANNED

    def _call_of(self, row: dict[str, Any]) -> UUID | None:
        if row["call_ref"] is None:
            return None
        call, outreach = self.run.entry("calls", row["call_ref"]), self.loaded.get(row["outreach"])
        if outreach is None or call not in outreach.calls:
            raise Unreadable(
                "call_ref", f"no call {row['call_ref']} of company {row['cvr']} was taken; import it first"
            )
        return call

    def _origin(self, row: dict[str, Any], visit: UUID | None, call: UUID | None) -> Any:
        outreach = self.loaded.get(row["outreach"])
        found = outreach and (outreach.visits.get(visit) if visit else outreach.calls.get(call))
        if not found:
            column = "visit_ref" if visit else "call_ref"
            raise Unreadable(column, f"no {row[column]} of company {row['cvr']} was taken; import it first")
        return found

    def _outreach(self, row: dict[str, Any], act: Act) -> Outreach:
        outreach = self.loaded.get(row["outreach"])
        if outreach is None:
            outreach = self.loaded[row["outreach"]] = Outreach.open(act, self.run.slug, row["cvr"])
        return outreach

    def _touch(self, aggregate: Any) -> None:
        self.touched[aggregate.id] = self.loaded[aggregate.id] = aggregate


def _same(was: Any, act: Act, said: dict[str, Any]) -> bool:
    """Whether a fact says what a row says, on the same day by the same people."""
    if (was.at, was.by, was.office) != (act.at, act.by, act.office):
        return False
    return all(getattr(was, name) == value for name, value in said.items())


def _company_facts(row: dict[str, Any]) -> CompanyFacts:
    return CompanyFacts(
        name=row["name"],
        municipality=row["municipality_code"] or "",
        industry=row["industry_code"] or "",
        industry_scheme=row["industry_scheme"] or "",
        size_band=row["size_band"] or "",
        advertising_protected=bool(row["advertising_protected"]),
    )


def _place(row: dict[str, Any]) -> Place:
    words = {"target_group": row["target_group"] or "", "sector": row["sector"] or ""}
    return Place(hours_per_week=row["hours_per_week"], starts_on=row["starts_on"], weeks=row["weeks"], **words)


_WEIGHT = {Verdict.THERE: 0, Verdict.TAKEN: 1, Verdict.CHANGED: 2, Verdict.REJECTED: 3}.__getitem__
_COLUMN_OF = {
    "PositionsAbsurd": "positions",
    "OriginUnknown": "recorded_on",
    "VisitNotHeld": "visit_ref",
    "VisitOutOfOrder": "planned_on",
    "VisitNotBooked": "status",
}
