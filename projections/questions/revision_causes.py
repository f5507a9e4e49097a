"""Causes of revisions: what was logged since a day that changes whether a contact or a yield counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Table, case, func, literal, null, select, true
from sqlalchemy.sql.elements import ColumnElement

from domain.outcomes import Status
from projections.engine.expressions import Expression, Query
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

    ``fact_id`` stays the same however often the fact is corrected. ``happened_on``: the day of the fact, which for a
    visit is that of its latest step. ``happened``: it had happened by the day of the report.
    """

    fact_type: str
    fact_id: str
    entry: str
    campaign: str
    cvr: str
    office: str
    region: str
    consultant: str
    day: str
    happened_on: str
    detail: str
    origin: str | None
    happened: bool
    known_from: int
    known_to: int

    @property
    def content(self) -> tuple[Any, ...]:
        """Everything but the positions between which it was known."""
        return self[:-2]


class Cause(NamedTuple):
    """Why a count changed, from which log position on (None where time passed), and the fact before and now."""

    word: str
    position: int | None
    before: KnownFact | None
    now: KnownFact | None


class RetractionKind(NamedTuple):
    """What a retraction did, ``retracted`` or ``returned``, and why."""

    word: str
    because: str


Facts = dict[tuple[str, str], KnownFact]


class Comparison:
    """Both sides of a revision: a report as known at ``before.known`` and at ``until``, for the companies of the scopes."""

    def __init__(self, connection: Connection, before: Scope, now: Scope, until: int) -> None:
        self.before, self.now, self.until = before, now, until
        self.since = before.known or 0
        self.facts_before, self.facts_now = _facts(connection, before), _facts(connection, now)
        self._ended_contents = _ended_contents(connection, before)
        self.ends = _ends(connection, before, self.since, until)
        self.retractions = _retractions(connection, self.since, until)
        self.facts_changed = _facts_changed(connection, before, self.since, until)
        self._brought = {True: _by_origin(self.facts_now), False: _by_origin(self.facts_before)}
        self._booked = {True: _by_call(self.facts_now), False: _by_call(self.facts_before)}

    def cause(self, count: str, fact_type: str, thing: str, gained: bool) -> Cause:
        """Why ``count`` now counts the fact, or no longer does.

        What the count counts comes first, then what it rests on: for a yield its contact, for a hit its yields. A call
        known on both sides, or a visit of the same status, is a hit for its yields first. Where none of them changed
        it was the company, or time.
        """
        before, now = self.facts_before.get((fact_type, thing)), self.facts_now.get((fact_type, thing))
        own_cause, basis_cause = self._change(fact_type, thing), self._basis_change(count, fact_type, thing, gained)
        cause = (
            basis_cause or own_cause
            if before and now and (fact_type == "call" or before.detail == now.detail)
            else own_cause or basis_cause
        )
        if cause:
            return cause
        if count == "visits_overdue" and now and str(self.before.day) <= now.day < str(self.now.day):
            return Cause("time", None, before, now)
        return Cause("company", self.facts_changed.get(now.cvr) if now else None, before, now)

    def because(self, cause: Cause) -> str:
        """The reason of the retraction, where the cause is or came with one and the reader may see it."""
        ended = cause.before.known_to if cause.before and cause.now is not cause.before else None
        reasons = [self.retractions[at].because for at in (cause.position, ended) if at in self.retractions]
        return next(filter(None, reasons), "")

    def contact(self, fact: KnownFact, gained: bool) -> KnownFact:
        """The contact that a yield came from; of any other fact, itself."""
        side = self.facts_now if gained else self.facts_before
        contacts = (side.get((fact_type, fact.origin or "")) for fact_type in ("visit", "call"))
        return next(filter(None, contacts), fact) if fact.fact_type == "yield" else fact

    def _change(self, fact_type: str, thing: str) -> Cause | None:
        """How one fact changed; None when both sides know the same of it."""
        before, now = self.facts_before.get((fact_type, thing)), self.facts_now.get((fact_type, thing))
        if (before and before.content) == (now and now.content):
            return None
        if now is None or (before and not (before.happened and now.happened)):
            ended = self.ends.get((fact_type, thing))
            is_retracted = (
                now is None and ended in self.retractions
            )  # else it now belongs to another office, whose facts an office does not see
            return Cause("retracted" if is_retracted else "corrected", ended, before, now)
        turn = self.retractions.get(now.known_from)
        back = turn and (turn.word == "retracted" or now.content in self._ended_contents)
        return Cause(turn.word if turn and back else self._recorded(before, now), now.known_from, before, now)

    def _recorded(self, before: KnownFact | None, now: KnownFact) -> str:
        """The cause for a fact that was logged since, even if it was retracted and restored since."""
        timing = "late" if now.happened_on <= str(self.before.today) else "new"
        if before is None:
            return timing
        if now.fact_type != "visit" or before.detail != Status.PLANNED.value:
            return "corrected"
        if now.detail != Status.PLANNED.value:
            return "late" if timing == "late" else "settled"
        return "moved" if now.day != before.day else "corrected"

    def _basis_change(self, count: str, fact_type: str, thing: str, gained: bool) -> Cause | None:
        if fact_type == "yield":
            side = self.facts_now if gained else self.facts_before
            origin = side[fact_type, thing].origin or ""
            return self._change("visit", origin) or self._change("call", origin)
        if count.endswith("_with_yield"):
            return self._hit_change(fact_type, thing, gained)
        return None

    def _hit_change(self, fact_type: str, thing: str, gained: bool) -> Cause | None:
        """The change of the first yield that made the contact a hit, or of the last one that did."""
        ways = list(self._ways(fact_type, thing, gained))
        first = min(ways, key=lambda way: max(fact.known_from for fact in way), default=())
        last = max(ways, key=lambda way: min(fact.known_to for fact in way), default=())
        changes = (self._change(fact.fact_type, fact.fact_id) for fact in (first if gained else last))
        return next(filter(None, changes), None)

    def _ways(self, fact_type: str, thing: str, gained: bool) -> Iterator[tuple[KnownFact, ...]]:
        """Each yield that makes a contact a hit, with the held visit it came from where the contact is a call."""
        brought, booked = self._brought[gained], self._booked[gained]
        for yielded in brought.get(thing, ()):
            yield (yielded,)
        for visit in booked.get(thing, ()) if fact_type == "call" else ():
            for yielded in brought.get(visit.fact_id, ()):
                yield yielded, visit


def _facts(connection: Connection, scope: Scope) -> Facts:
    facts = (KnownFact(*row) for query in _queries(scope, scope.known_at) for row in connection.execute(query).all())
    return {(fact.fact_type, fact.fact_id): fact for fact in facts}


def _ended_contents(connection: Connection, scope: Scope) -> set[tuple[Any, ...]]:
    """Everything that was once known and no longer was at the end of the day of the scope."""
    queries = _queries(scope, lambda table: [table.c.known_to <= (scope.known or 0)])
    return {KnownFact(*row).content for query in queries for row in connection.execute(query).all()}


def _queries(scope: Scope, known_at: Callable[[Table], list[ColumnElement[bool]]]) -> Iterator[Query]:
    """Of each fact the effective row comes last: of a visit, the row of the day of the report."""
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
    fact_id: Expression,
    entry: Expression,
    happened: Expression,
    detail: Expression,
    origin: Expression | None = None,
    happened_by_then: Expression | None = None,
) -> Query:
    c = table.c
    blank: Expression = literal("")
    contact_columns = [c.get(name, blank) for name in ("office", "region", "consultant")]
    if happened_by_then is None:
        happened_by_then = happened <= str(scope.as_of) if scope.as_of else true()
    dimensions = (c.campaign, c.cvr, *contact_columns, c.get("day", happened), happened)
    fact_columns = (detail, null() if origin is None else origin, happened_by_then, c.known_from, c.known_to)
    return select(literal(fact_type), fact_id, entry, *dimensions, *fact_columns)


def _by_origin(things: Facts) -> dict[str, list[KnownFact]]:
    """The yields that can make a hit, by the call or the held visit they came from."""
    yields_by_origin: dict[str, list[KnownFact]] = {}
    for fact in things.values():
        if fact.fact_type == "yield" and fact.happened and _can_yield(things, fact.origin or ""):
            yields_by_origin.setdefault(fact.origin or "", []).append(fact)
    return yields_by_origin


def _can_yield(things: Facts, origin: str) -> bool:
    visit = things.get(("visit", origin))
    return visit is None or (visit.happened and visit.detail == Status.HELD.value)


def _by_call(things: Facts) -> dict[str, list[KnownFact]]:
    visits_by_call: dict[str, list[KnownFact]] = {}
    for fact in things.values():
        if fact.fact_type == "visit" and fact.origin:
            visits_by_call.setdefault(fact.origin, []).append(fact)
    return visits_by_call


def changed_between(table: Table, since: int, until: int) -> list[tuple[Column[int], ColumnElement[bool]]]:
    """The columns ``known_from`` and ``known_to``, each with the condition that it is between these positions."""
    c = table.c
    return [(at, (at > since) & (at <= until)) for at in (c.known_from, c.known_to)]


def _ends(connection: Connection, scope: Scope, since: int, until: int) -> dict[tuple[str, str], int]:
    """The last position since at which a row of a fact ended."""
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


def _retractions(connection: Connection, since: int, until: int) -> dict[int, RetractionKind]:
    """The retractions since, by their position."""
    earlier = retractions.alias("earlier")
    joined = retractions.outerjoin(earlier, retractions.c.target == earlier.c.entry)
    query = select(retractions.c.position, earlier.c.entry, reasons.c.because).select_from(
        joined.outerjoin(reasons, reasons.c.entry == retractions.c.entry)
    )
    rows = connection.execute(query.where(retractions.c.position > since, retractions.c.position <= until))
    return {row[0]: RetractionKind("returned" if row[1] else "retracted", row[2] or "") for row in rows}


def _facts_changed(connection: Connection, scope: Scope, since: int, until: int) -> dict[str, int]:
    """The last position since at which the registered facts of a company changed."""
    last_changes: dict[str, int] = {}
    for at, lies in changed_between(companies, since, until):
        query = (
            select(companies.c.cvr, func.max(at)).where(lies, *scope.companies_in(companies)).group_by(companies.c.cvr)
        )
        for cvr, position in connection.execute(query):
            last_changes[cvr] = max(position, last_changes.get(cvr, 0))
    return last_changes
