"""Causes of revisions: what was logged since a day that changes whether a contact or a yield counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, case, func, literal, null, select, true
from sqlalchemy.sql.elements import ColumnElement

from domain.outcomes import Status
from projections.engine.expressions import Query
from projections.engine.retractions import reasons, retractions
from projections.engine.tables import ALWAYS
from projections.facts.calls import calls, invitations
from projections.facts.companies import companies
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope

CAUSES = {
    "late": "had happened by then, logged since",
    "corrected": "known then, and said otherwise now",
    "retracted": "taken back since",
    "returned": "taken back before, standing again since",
    "moved": "visits planned then, and now for another day",
    "company": "the register now says otherwise of the company",
    "time": "the day planned for has passed",
    "settled": "visits planned then, settled since",
    "new": "happened since",
    "target": "a target was set, changed or taken back",
}
"""Why a count changed, what nobody could expect first. docs/measures.md says exactly which change is called what."""


class KnownFact(NamedTuple):
    """A call, a visit, a letter or a yield as known on one side of a comparison.

    ``thing`` is what stays the same however often it is corrected. ``happened_on``: the day of the fact, which for a
    visit is that of its latest step. ``there``: it had happened by the day the report speaks of.
    """

    what: str
    thing: str
    entry: str
    campaign: str
    cvr: str
    office: str
    region: str
    consultant: str
    day: str
    happened_on: str
    said: str
    origin: str | None
    happened: bool
    known_from: int
    known_to: int

    @property
    def content(self) -> tuple[Any, ...]:
        """All but from and to when it was known."""
        return self[:-2]


class Cause(NamedTuple):
    """Why, and from which position of the log on: None where time passed. What was known then, and is known now."""

    word: str
    position: int | None
    then: KnownFact | None
    now: KnownFact | None


class RetractionKind(NamedTuple):
    """What a retraction at some position did, ``retracted`` or ``returned``, and why."""

    word: str
    because: str


Things = dict[tuple[str, str], KnownFact]


class Comparison:
    """Two sides of one report, as known at ``then.known`` and as known at ``until``, of the companies of the scopes."""

    def __init__(self, connection: Connection, before: Scope, now: Scope, until: int) -> None:
        self.then, self.now, self.until = before, now, until
        self.since = before.known or 0
        self.things_then, self.things_now = _things(connection, before), _things(connection, now)
        self._ended_contents = _ended_contents(connection, before)
        self.ends = _ends(connection, before, self.since, until)
        self.retractions = _turns(connection, self.since, until)
        self.facts_changed = _facts_changed(connection, before, self.since, until)
        self._brought = {True: _by_origin(self.things_now), False: _by_origin(self.things_then)}
        self._booked = {True: _by_call(self.things_now), False: _by_call(self.things_then)}

    def cause(self, count: str, fact_type: str, thing: str, gained: bool) -> Cause:
        """Why the thing is counted by ``count`` now, or is no more.

        What the count counts comes first, then what it rests on: for a yield its contact, for a hit its yields. A call
        known on both sides, or a visit of the same status, is a hit for its yields first. Where none of them changed
        it was the company, or time.
        """
        before, now = self.things_then.get((fact_type, thing)), self.things_now.get((fact_type, thing))
        own_cause, basis_cause = self._change(fact_type, thing), self._of_rest(count, fact_type, thing, gained)
        cause = (
            basis_cause or own_cause
            if before and now and (fact_type == "call" or before.said == now.said)
            else own_cause or basis_cause
        )
        if cause:
            return cause
        if count == "visits_overdue" and now and str(self.then.day) <= now.day < str(self.now.day):
            return Cause("time", None, before, now)
        return Cause("company", self.facts_changed.get(now.cvr) if now else None, before, now)

    def because(self, cause: Cause) -> str:
        """Why it was taken back, where the cause is or came with a retraction and the reason may be read."""
        ended = cause.then.known_to if cause.then and cause.now is not cause.then else None
        reasons = [self.retractions[at].because for at in (cause.position, ended) if at in self.retractions]
        return next(filter(None, reasons), "")

    def contact(self, fact: KnownFact, gained: bool) -> KnownFact:
        """The contact of a yield; any other is its own."""
        side = self.things_now if gained else self.things_then
        contacts = (side.get((fact_type, fact.origin or "")) for fact_type in ("visit", "call"))
        return next(filter(None, contacts), fact) if fact.what == "yield" else fact

    def _change(self, fact_type: str, thing: str) -> Cause | None:
        """What became of one thing; None when the same is known of it on both sides."""
        before, now = self.things_then.get((fact_type, thing)), self.things_now.get((fact_type, thing))
        if (before and before.content) == (now and now.content):
            return None
        if now is None or (before and not (before.happened and now.happened)):
            ended = self.ends.get((fact_type, thing))
            is_retracted = (
                now is None and ended in self.retractions
            )  # else it is another office's now, which an office does not see
            return Cause("retracted" if is_retracted else "corrected", ended, before, now)
        turn = self.retractions.get(now.known_from)
        back = turn and (turn.word == "retracted" or now.content in self._ended_contents)
        return Cause(turn.word if turn and back else self._recorded(before, now), now.known_from, before, now)

    def _recorded(self, before: KnownFact | None, now: KnownFact) -> str:
        """What to call it that something was logged of a thing, also when it was taken back and returned since."""
        timing = "late" if now.happened_on <= str(self.then.today) else "new"
        if before is None:
            return timing
        if now.what != "visit" or before.said != Status.PLANNED.value:
            return "corrected"
        if now.said != Status.PLANNED.value:
            return "late" if timing == "late" else "settled"
        return "moved" if now.day != before.day else "corrected"

    def _of_rest(self, count: str, fact_type: str, thing: str, gained: bool) -> Cause | None:
        if fact_type == "yield":
            side = self.things_now if gained else self.things_then
            origin = side[fact_type, thing].origin or ""
            return self._change("visit", origin) or self._change("call", origin)
        if count.endswith("_with_yield"):
            return self._of_hit(fact_type, thing, gained)
        return None

    def _of_hit(self, fact_type: str, thing: str, gained: bool) -> Cause | None:
        """The first yield to make a hit of the contact, or the last one that did."""
        ways = list(self._ways(fact_type, thing, gained))
        first = min(ways, key=lambda way: max(fact.known_from for fact in way), default=())
        last = max(ways, key=lambda way: min(fact.known_to for fact in way), default=())
        changes = (self._change(fact.what, fact.thing) for fact in (first if gained else last))
        return next(filter(None, changes), None)

    def _ways(self, fact_type: str, thing: str, gained: bool) -> Iterator[tuple[KnownFact, ...]]:
        """Each yield that makes a hit of a contact, with the held visit it came from where the contact is a call."""
        brought, booked = self._brought[gained], self._booked[gained]
        for yielded in brought.get(thing, ()):
            yield (yielded,)
        for visit in booked.get(thing, ()) if fact_type == "call" else ():
            for yielded in brought.get(visit.thing, ()):
                yield yielded, visit


def _things(connection: Connection, scope: Scope) -> Things:
    facts = (KnownFact(*row) for query in _queries(scope, scope.known_at) for row in connection.execute(query).all())
    return {(fact.what, fact.thing): fact for fact in facts}


def _ended_contents(connection: Connection, scope: Scope) -> set[tuple[Any, ...]]:
    """All that was known once and not any more at the end of the scope's day."""
    queries = _queries(scope, lambda table: [table.c.known_to <= (scope.known or 0)])
    return {KnownFact(*row).content for query in queries for row in connection.execute(query).all()}


def _queries(scope: Scope, known_at: Callable[[Table], list[ColumnElement[bool]]]) -> Iterator[Query]:
    """Of each thing the row that holds comes last: of a visit, the one of the day the report speaks of."""
    c, v, i, y = calls.c, visits.c, invitations.c, yields.c
    day = str(scope.as_of)
    holds_then = (v.valid_from <= day) & (v.valid_to > day) if scope.as_of else v.valid_to == ALWAYS
    holds = case((holds_then, 1), else_=0)
    visit = _query(scope, visits, "visit", v.visit, v.visit, v.valid_from, v.status, v.call, holds == 1)
    letter = _query(scope, invitations, "letter", i.entry, i.entry, i.day, literal(""))
    origin = func.coalesce(y.visit, y.call)
    yield_query = _query(scope, yields, "yield", y.entry, y.entry, y.recorded_on, y.kind, origin).where(
        *scope.kinds_in(yields)
    )
    call = _query(scope, calls, "call", c.call, c.entry, c.day, c.outcome)
    ordered = ((calls, call.order_by(c.known_from)), (visits, visit.order_by(holds, v.valid_from)))
    for table, query in (*ordered, (invitations, letter), (yields, yield_query)):
        yield query.where(*known_at(table), *scope.companies_in(table))


def _query(
    scope: Scope,
    table: Table,
    fact_type: str,
    thing: Any,
    entry: Any,
    happened: Any,
    detail: Any,
    origin: Any = None,
    happened_by_then: Any = None,
) -> Query:
    c = table.c
    blank: ColumnElement[Any] = literal("")
    contact_columns = [c.get(name, blank) for name in ("office", "region", "consultant")]
    if happened_by_then is None:
        happened_by_then = happened <= str(scope.as_of) if scope.as_of else true()
    dimensions = (c.campaign, c.cvr, *contact_columns, c.get("day", happened), happened)
    fact_columns = (detail, null() if origin is None else origin, happened_by_then, c.known_from, c.known_to)
    return select(literal(fact_type), thing, entry, *dimensions, *fact_columns)


def _by_origin(things: Things) -> dict[str, list[KnownFact]]:
    """The yields that can make a hit, by the call or the held visit they came from."""
    yields_by_origin: dict[str, list[KnownFact]] = {}
    for fact in things.values():
        if fact.what == "yield" and fact.happened and _can_yield(things, fact.origin or ""):
            yields_by_origin.setdefault(fact.origin or "", []).append(fact)
    return yields_by_origin


def _can_yield(things: Things, origin: str) -> bool:
    visit = things.get(("visit", origin))
    return visit is None or (visit.happened and visit.said == Status.HELD.value)


def _by_call(things: Things) -> dict[str, list[KnownFact]]:
    visits_by_call: dict[str, list[KnownFact]] = {}
    for fact in things.values():
        if fact.what == "visit" and fact.origin:
            visits_by_call.setdefault(fact.origin, []).append(fact)
    return visits_by_call


def changed_between(table: Any, since: int, until: int) -> list[tuple[Any, Any]]:
    """From when and to when a row was known, each with the condition that it lies between these positions."""
    c = table.c
    return [(at, (at > since) & (at <= until)) for at in (c.known_from, c.known_to)]


def _ends(connection: Connection, scope: Scope, since: int, until: int) -> dict[tuple[str, str], int]:
    """The last position since, at which something was no more known of a thing."""
    key_columns: dict[str, tuple[Table, Column[str]]] = {
        "call": (calls, calls.c.call),
        "visit": (visits, visits.c.visit),
        "letter": (invitations, invitations.c.entry),
        "yield": (yields, yields.c.entry),
    }
    last_ends: dict[tuple[str, str], int] = {}
    for fact_type, (table, thing) in key_columns.items():
        ended = (table.c.known_to > since, table.c.known_to <= until, *scope.companies_in(table))
        query = select(thing, func.max(table.c.known_to)).where(*ended).group_by(thing)
        last_ends |= {(fact_type, row[0]): row[1] for row in connection.execute(query)}
    return last_ends


def _turns(connection: Connection, since: int, until: int) -> dict[int, RetractionKind]:
    """The retractions since, by their position."""
    earlier = retractions.alias("earlier")
    joined = retractions.outerjoin(earlier, retractions.c.target == earlier.c.entry)
    query = select(retractions.c.position, earlier.c.entry, reasons.c.because).select_from(
        joined.outerjoin(reasons, reasons.c.entry == retractions.c.entry)
    )
    rows = connection.execute(query.where(retractions.c.position > since, retractions.c.position <= until))
    return {row[0]: RetractionKind("returned" if row[1] else "retracted", row[2] or "") for row in rows}


def _facts_changed(connection: Connection, scope: Scope, since: int, until: int) -> dict[str, int]:
    """The last position since, at which something else was said of a company."""
    last_changes: dict[str, int] = {}
    for at, lies in changed_between(companies, since, until):
        query = (
            select(companies.c.cvr, func.max(at)).where(lies, *scope.companies_in(companies)).group_by(companies.c.cvr)
        )
        for cvr, position in connection.execute(query):
            last_changes[cvr] = max(position, last_changes.get(cvr, 0))
    return last_changes
