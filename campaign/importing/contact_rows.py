"""Contact rows: each reference is logged once, recognised when imported again, changed only on update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from campaign.importing.row_importer import Fields, RowImporter, RowOutcome
from campaign.importing.schemas import Unreadable
from domain.acts import Act
from domain.calls import Call
from domain.ids import outreach_id
from domain.outcomes import Status
from domain.outreach import Outreach
from domain.refusals import Refusal
from domain.terms import Terms
from domain.yields import Yield


class ContactRows(RowImporter):
    """Finds the entry that a reference stands for, retracts it when its content changed, and logs it once."""

    kind: str

    def _load(self, rows: Sequence[Fields]) -> None:
        for row in rows:
            row["outreach"], row["entry"] = (
                outreach_id(self.run.slug, row["cvr"]),
                self.run.entry(self.kind, row["ref"]),
            )
        first = {row["entry"]: row["ref"] for row in rows}
        self.owners = self.tracker.store.originators_of(first)
        self.loaded = self.tracker.load({row["outreach"] for row in rows}.union(self.owners.values()))
        self._load_corrections(self.kind, first)

    def _load_corrections(self, kind: str, entries: dict[UUID, str]) -> None:
        """References whose entry was taken back, or is to be, may have later ones, at whatever company: finds them."""
        revision = 1
        while going := [ref for entry, ref in entries.items() if self._goes_on(entry)]:
            entries = {self.run.entry(kind, ref, revision): ref for ref in going}
            self._add_owners(self.tracker.store.originators_of(entries))
            revision += 1

    def _add_owners(self, owners: dict[UUID, UUID]) -> None:
        self.owners |= owners
        self.loaded |= self.tracker.load(set(owners.values()) - self.loaded.keys())

    def _goes_on(self, entry: UUID) -> bool:
        owner = self.owners.get(entry)
        return owner is not None and (self.run.update or not self.loaded[owner].is_effective(entry))

    def _once(
        self,
        kind: str,
        row: Fields,
        act: Act,
        fields: dict[str, Any],
        log: Callable[[Outreach, UUID], Any],
        is_same: Callable[[Outreach], bool] = lambda outreach: True,
    ) -> RowOutcome:
        """Logs what the row says unless it is there; takes other content only when told to update.

        It is there when the fact of this company says so too, and ``is_same`` holds.
        """
        outreach = self._outreach(row, act)
        holder, entry, existing = self._current(kind, row)
        if existing is not None:
            if holder is outreach and _same(existing, act.at, fields) and is_same(outreach):
                return RowOutcome.EXISTING
            if not self.run.update:
                return RowOutcome.CHANGED
            self._retracted(holder, entry)
            entry = self._current(kind, row)[1]
        log(outreach, entry)
        self.owners[entry] = outreach.id
        self._touch(outreach)
        return RowOutcome.TAKEN if existing is None else RowOutcome.CHANGED

    def _current(self, kind: str, row: Fields) -> tuple[Any, UUID, Any]:
        """Whose outreach the row's reference stands in now, as which entry, and its fact; or the next free entry."""
        revision, entry = 0, self.run.entry(kind, row["ref"]) if kind == "visits settled" else row["entry"]
        while entry in self.owners:
            holder = self.loaded[self.owners[entry]]
            if holder.is_effective(entry):
                return holder, entry, holder.facts[entry]
            revision += 1
            entry = self.run.entry(kind, row["ref"], revision)
        return None, entry, None

    def _retracted(self, outreach: Outreach, entry: UUID) -> None:
        """Takes an entry back, by whoever imports and on the day of the import."""
        self._before.setdefault(outreach.id, len(outreach.pending_events))
        now = self.run.acting(self.run.today)
        outreach.retract(now, now.entry("retract", entry.hex), entry, "imported anew")
        self._touch(outreach)

    def _act(self, row: Fields, column: str, day: date, by: str, office: str, inside: bool = True) -> Act:
        self.tracker.store.access.check_office(office)
        act = self.run.acting(day, by, office)
        try:
            self.campaign.check_happened(act, inside)
        except Refusal as refusal:
            raise Unreadable(column, str(refusal)) from refusal
        return act

    def _outreach(self, row: Fields, act: Act) -> Outreach:
        outreach = self.loaded.get(row["outreach"])
        if outreach is None:
            outreach = self.loaded[row["outreach"]] = Outreach.open(act, self.run.slug, row["cvr"])
        return outreach


class InvitationRows(ContactRows):
    """Imports invitations."""

    kind = "invitations"

    def _take(self, row: Fields) -> RowOutcome:
        act = self._act(row, "sent_on", row["sent_on"], row["consultant"], row["office"])
        return self._once("invitations", row, act, _who(act), lambda o, entry: o.invite(act, entry))


class CallRows(ContactRows):
    """Imports calls with their follow-ups."""

    kind = "calls"

    def _take(self, row: Fields) -> RowOutcome:
        day, at_time = row["called_at"]
        act = self._act(row, "called_at", day, row["consultant"], row["office"])
        call = Call(row["outcome"], row["reason"], at_time, row["follow_up"])
        fields = {"outcome": row["outcome"], "reason": row["reason"], "time": at_time, **_who(act)}

        def log(outreach: Outreach, entry: UUID) -> None:
            outreach.log_call(act, entry, call, row["entry"])

        def is_followed_up_so(outreach: Outreach) -> bool:
            due = [f.due for f in outreach.effective(Outreach.FollowUpSet) if f.call == row["entry"]]
            return due == ([row["follow_up"]] if row["follow_up"] else [])

        return self._once("calls", row, act, fields, log, is_followed_up_so)


class VisitRows(ContactRows):
    """Imports visits: a row books a visit, settles it, or both."""

    kind = "visits"

    def _load(self, rows: Sequence[Fields]) -> None:
        super()._load(rows)
        settled = {self.run.entry("visits settled", row["ref"]): row["ref"] for row in rows}
        self._add_owners(self.tracker.store.originators_of(settled))
        self._load_corrections("visits settled", settled)

    def _take(self, row: Fields) -> RowOutcome:
        booked, settled = self._booked(row), self._settled(row)
        if booked is None:
            if settled is None or row["status"] is not Status.HELD:
                raise Unreadable("booked_on", "a visit that was not held needs the day it was booked on")
            return self._settle("visits", row, settled)
        if settled and settled.at < booked.at:
            raise Unreadable("held_on", f"a visit booked on {booked.at} cannot have been {row['status']} before")
        booking = self._book(row, booked)
        if booking is RowOutcome.CHANGED and not self.run.update:
            return booking
        if settled is None:
            return self._unsettle(row, booked) or booking
        if booking is RowOutcome.EXISTING and not self.run.update and self._is_planned(row):
            return RowOutcome.CHANGED
        settling = self._settle("visits settled", row, settled)
        return (
            RowOutcome.CHANGED
            if booking is RowOutcome.EXISTING and settling is RowOutcome.TAKEN
            else max(booking, settling, key=_WEIGHT)
        )

    def _book(self, row: Fields, act: Act) -> RowOutcome:
        call = self._call_of(row)
        fields = {"status": Status.PLANNED, "on": row["planned_on"], **({"call": call} if call else {}), **_who(act)}

        def book(outreach: Outreach, entry: UUID) -> None:
            if entry != row["entry"]:
                self._unsettle(row, act)
            outreach.book_visit(act, entry, row["planned_on"], call, row["entry"])

        return self._once("visits", row, act, fields, book)

    def _settle(self, kind: str, row: Fields, act: Act) -> RowOutcome:
        status, visit = row["status"], row["entry"]
        act = self._as_cancelled_before(row, act) if status is Status.CANCELLED else act

        def settle(outreach: Outreach, entry: UUID) -> None:
            if kind == "visits" and entry != visit:
                self._unsettle(row, act)
            if status is Status.HELD:
                outreach.hold_visit(act, entry, visit)
            else:
                (outreach.miss_visit if status is Status.NO_SHOW else outreach.cancel_visit)(act, entry, visit)

        return self._once(kind, row, act, {"status": status, **_who(act)}, settle)

    def _as_cancelled_before(self, row: Fields, act: Act) -> Act:
        """The act on the day on which the log has it that the visit was cancelled; a table names no such day."""
        _, _, was = self._current("visits settled", row)
        cancelled = was is not None and was.status is Status.CANCELLED and was.at < act.at
        return act._replace(at=was.at) if cancelled else act

    def _unsettle(self, row: Fields, act: Act) -> RowOutcome | None:
        """Takes back that the visit was settled, if that stands; what the row says now is another thing."""
        holder, entry, was = self._current("visits settled", row)
        if was is None:
            return None
        if self.run.update:
            self._retracted(holder, entry)
        return RowOutcome.CHANGED

    def _booked(self, row: Fields) -> Act | None:
        if row["booked_on"] is None:
            return None
        act = self._act(row, "booked_on", row["booked_on"], row["consultant"], row["office"])
        self._check_planned(row)
        return act

    def _check_planned(self, row: Fields) -> None:
        try:
            self.campaign.check_inside(row["planned_on"])
        except Refusal as refusal:
            raise Unreadable("planned_on", str(refusal)) from refusal
        if row["planned_on"] < row["booked_on"]:
            raise Unreadable("planned_on", f"a visit booked on {row['booked_on']} cannot be planned for a day before")

    def _settled(self, row: Fields) -> Act | None:
        """The act that settled the visit. A table names no day for a no-show or a cancellation: the planned day."""
        status, actor = row["status"], (row["consultant"], row["office"])
        if status is Status.PLANNED:
            return None
        if status is Status.HELD:
            if row["held_on"] is None:
                raise Unreadable("held_on", "a visit that was held needs the day it was held on")
            return self._act(row, "held_on", row["held_on"], *actor)
        day = row["planned_on"] if status is Status.NO_SHOW else min(row["planned_on"], self.run.today)
        return self._act(row, "planned_on", day, *actor)

    def _is_planned(self, row: Fields) -> bool:
        visit = self.loaded[row["outreach"]].visits.get(row["entry"])
        return visit is not None and visit.status is Status.PLANNED

    def _call_of(self, row: Fields) -> UUID | None:
        if row["call_ref"] is None:
            return None
        call, outreach = self.run.entry("calls", row["call_ref"]), self.loaded.get(row["outreach"])
        if outreach is None or call not in outreach.calls:
            raise Unreadable(
                "call_ref", f"no call {row['call_ref']} of company {row['cvr']} was taken; import it first"
            )
        return call


class YieldRows(ContactRows):
    """Imports yields, each of a visit or a call."""

    kind = "yields"

    def _take(self, row: Fields) -> RowOutcome:
        if bool(row["visit_ref"]) == bool(row["call_ref"]):
            raise Unreadable("visit_ref", "a yield names one origin: write a visit_ref or a call_ref")
        visit = self.run.entry("visits", row["visit_ref"]) if row["visit_ref"] else None
        call = self.run.entry("calls", row["call_ref"]) if row["call_ref"] else None
        origin = self._origin(row, visit, call)
        act = self._act(row, "recorded_on", row["recorded_on"], origin.by, origin.office, inside=False)
        fields = {
            "visit": visit,
            "call": call,
            "kind": row["kind"],
            "positions": row["positions"],
            "place": _place(row),
        }
        agreed = Yield(row["kind"], row["positions"], visit, call, fields["place"])
        return self._once("yields", row, act, fields, lambda o, entry: o.record_yield(act, entry, agreed))

    def _origin(self, row: Fields, visit: UUID | None, call: UUID | None) -> Any:
        outreach = self.loaded.get(row["outreach"])
        origin = outreach and (outreach.visits.get(visit) if visit else outreach.calls.get(call))
        if not origin:
            column = "visit_ref" if visit else "call_ref"
            raise Unreadable(column, f"no {row[column]} of company {row['cvr']} was taken; import it first")
        return origin


def _same(fact: Any, day: date, fields: dict[str, Any]) -> bool:
    """Whether a fact is of that day and says what a row says."""
    return fact.at == day and all(getattr(fact, name) == value for name, value in fields.items())


def _who(act: Act) -> dict[str, Any]:
    """Who did it; a yield does not say so, its contact does."""
    return {"by": act.by, "office": act.office}


def _place(row: Fields) -> Terms:
    words = {"target_group": row["target_group"] or "", "sector": row["sector"] or ""}
    return Terms(hours_per_week=row["hours_per_week"], starts_on=row["starts_on"], weeks=row["weeks"], **words)


_WEIGHT = {RowOutcome.EXISTING: 0, RowOutcome.TAKEN: 1, RowOutcome.CHANGED: 2, RowOutcome.REJECTED: 3}.__getitem__
