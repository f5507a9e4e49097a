"""Causes: what was logged since a day that makes a contact or a yield count now and not then, or then and not now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Select, Table, case, func, literal, null, select, true
from sqlalchemy.sql.elements import ColumnElement

from domain.outcomes import Status
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
    """What was known of a call, a visit, a letter or a yield, on one side of a comparison.

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

    def __init__(self, connection: Connection, then: Scope, now: Scope, until: int) -> None:
        self.then, self.now, self.until = then, now, until
        self.since = then.known or 0
        self.things_then, self.things_now = _things(connection, then), _things(connection, now)
        self._ended_contents = _ended_contents(connection, then)
        self.ends = _ends(connection, then, self.since, until)
        self.retractions = _turns(connection, self.since, until)
        self.facts_changed = _facts_changed(connection, then, self.since, until)
        self._brought = {True: _by_origin(self.things_now), False: _by_origin(self.things_then)}
        self._booked = {True: _by_call(self.things_now), False: _by_call(self.things_then)}

    def cause(self, of: str, what: str, thing: str, gained: bool) -> Cause:
        """Why the thing is counted by ``of`` now, or is no more.

        What the count counts comes first, then what it rests on: for a yield its contact, for a hit its yields. A call
        known on both sides, or a visit of the same status, is a hit for its yields first. Where none of them changed
        it was the company, or time.
        """
        then, now = self.things_then.get((what, thing)), self.things_now.get((what, thing))
        own, rest = self._change(what, thing), self._of_rest(of, what, thing, gained)
        found = rest or own if then and now and (what == "call" or then.said == now.said) else own or rest
        if found:
            return found
        if of == "visits_overdue" and now and str(self.then.day) <= now.day < str(self.now.day):
            return Cause("time", None, then, now)
        return Cause("company", self.facts_changed.get(now.cvr) if now else None, then, now)

    def because(self, cause: Cause) -> str:
        """Why it was taken back, where the cause is or came with a retraction and the reason may be read."""
        ended = cause.then.known_to if cause.then and cause.now is not cause.then else None
        said = [self.retractions[at].because for at in (cause.position, ended) if at in self.retractions]
        return next(filter(None, said), "")

    def contact(self, known: KnownFact, gained: bool) -> KnownFact:
        """The contact of a yield; any other is its own."""
        side = self.things_now if gained else self.things_then
        found = (side.get((what, known.origin or "")) for what in ("visit", "call"))
        return next(filter(None, found), known) if known.what == "yield" else known

    def _change(self, what: str, thing: str) -> Cause | None:
        """What became of one thing; None when the same is known of it on both sides."""
        then, now = self.things_then.get((what, thing)), self.things_now.get((what, thing))
        if (then and then.content) == (now and now.content):
            return None
        if now is None or (then and not (then.happened and now.happened)):
            ended = self.ends.get((what, thing))
            gone = (
                now is None and ended in self.retractions
            )  # else it is another office's now, which an office does not see
            return Cause("retracted" if gone else "corrected", ended, then, now)
        turn = self.retractions.get(now.known_from)
        back = turn and (turn.word == "retracted" or now.content in self._ended_contents)
        return Cause(turn.word if turn and back else self._recorded(then, now), now.known_from, then, now)

    def _recorded(self, then: KnownFact | None, now: KnownFact) -> str:
        """What to call it that something was logged of a thing, also when it was taken back and returned since."""
        when = "late" if now.happened_on <= str(self.then.today) else "new"
        if then is None:
            return when
        if now.what != "visit" or then.said != Status.PLANNED.value:
            return "corrected"
        if now.said != Status.PLANNED.value:
            return "late" if when == "late" else "settled"
        return "moved" if now.day != then.day else "corrected"

    def _of_rest(self, of: str, what: str, thing: str, gained: bool) -> Cause | None:
        if what == "yield":
            side = self.things_now if gained else self.things_then
            origin = side[what, thing].origin or ""
            return self._change("visit", origin) or self._change("call", origin)
        if of.endswith("_with_yield"):
            return self._of_hit(what, thing, gained)
        return None

    def _of_hit(self, what: str, thing: str, gained: bool) -> Cause | None:
        """The first yield to make a hit of the contact, or the last one that did."""
        ways = list(self._ways(what, thing, gained))
        first = min(ways, key=lambda way: max(each.known_from for each in way), default=())
        last = max(ways, key=lambda way: min(each.known_to for each in way), default=())
        changes = (self._change(each.what, each.thing) for each in (first if gained else last))
        return next(filter(None, changes), None)

    def _ways(self, what: str, thing: str, gained: bool) -> Iterator[tuple[KnownFact, ...]]:
        """Each yield that makes a hit of a contact, with the held visit it came from where the contact is a call."""
        brought, booked = self._brought[gained], self._booked[gained]
        for each in brought.get(thing, ()):
            yield (each,)
        for visit in booked.get(thing, ()) if what == "call" else ():
            for each in brought.get(visit.thing, ()):
                yield each, visit


def _things(connection: Connection, scope: Scope) -> Things:
    found = (KnownFact(*row) for query in _queries(scope, scope.known_at) for row in connection.execute(query).all())
    return {(known.what, known.thing): known for known in found}


def _ended_contents(connection: Connection, scope: Scope) -> set[tuple[Any, ...]]:
    """All that was known once and not any more at the end of the scope's day."""
    queries = _queries(scope, lambda table: [table.c.known_to <= (scope.known or 0)])
    return {KnownFact(*row).content for query in queries for row in connection.execute(query).all()}


def _queries(scope: Scope, of_knowledge: Callable[[Table], list[ColumnElement[bool]]]) -> Iterator[Select[Any]]:
    """Of each thing the row that holds comes last: of a visit, the one of the day the report speaks of."""
    c, v, i, y = calls.c, visits.c, invitations.c, yields.c
    day = str(scope.as_of)
    holds_then = (v.valid_from <= day) & (v.valid_to > day) if scope.as_of else v.valid_to == ALWAYS
    holds = case((holds_then, 1), else_=0)
    visit = _query(scope, visits, "visit", v.visit, v.visit, v.valid_from, v.status, v.call, holds == 1)
    letter = _query(scope, invitations, "letter", i.entry, i.entry, i.day, literal(""))
    origin = func.coalesce(y.visit, y.call)
    found = _query(scope, yields, "yield", y.entry, y.entry, y.recorded_on, y.kind, origin).where(
        *scope.kinds_in(yields)
    )
    call = _query(scope, calls, "call", c.call, c.entry, c.day, c.outcome)
    ordered = ((calls, call.order_by(c.known_from)), (visits, visit.order_by(holds, v.valid_from)))
    for table, query in (*ordered, (invitations, letter), (yields, found)):
        yield query.where(*of_knowledge(table), *scope.companies_in(table))


def _query(
    scope: Scope,
    table: Table,
    what: str,
    thing: Any,
    entry: Any,
    happened: Any,
    said: Any,
    origin: Any = None,
    there: Any = None,
) -> Select[Any]:
    c = table.c
    blank: ColumnElement[Any] = literal("")
    who = [c.get(name, blank) for name in ("office", "region", "consultant")]
    if there is None:
        there = happened <= str(scope.as_of) if scope.as_of else true()
    dimensions = (c.campaign, c.cvr, *who, c.get("day", happened), happened)
    own = (said, null() if origin is None else origin, there, c.known_from, c.known_to)
    return select(literal(what), thing, entry, *dimensions, *own)


def _by_origin(things: Things) -> dict[str, list[KnownFact]]:
    """The yields that can make a hit, by the call or the held visit they came from."""
    found: dict[str, list[KnownFact]] = {}
    for known in things.values():
        if known.what == "yield" and known.happened and _can_yield(things, known.origin or ""):
            found.setdefault(known.origin or "", []).append(known)
    return found


def _can_yield(things: Things, origin: str) -> bool:
    visit = things.get(("visit", origin))
    return visit is None or (visit.happened and visit.said == Status.HELD.value)


def _by_call(things: Things) -> dict[str, list[KnownFact]]:
    found: dict[str, list[KnownFact]] = {}
    for known in things.values():
        if known.what == "visit" and known.origin:
            found.setdefault(known.origin, []).append(known)
    return found


def changed_between(table: Any, since: int, until: int) -> list[tuple[Any, Any]]:
    """From when and to when a row was known, each with the condition that it lies between these positions."""
    c = table.c
    return [(at, (at > since) & (at <= until)) for at in (c.known_from, c.known_to)]


def _ends(connection: Connection, scope: Scope, since: int, until: int) -> dict[tuple[str, str], int]:
    """The last position since, at which something was no more known of a thing."""
    named: dict[str, tuple[Table, Column[str]]] = {
        "call": (calls, calls.c.call),
        "visit": (visits, visits.c.visit),
        "letter": (invitations, invitations.c.entry),
        "yield": (yields, yields.c.entry),
    }
    found: dict[tuple[str, str], int] = {}
    for what, (table, thing) in named.items():
        ended = (table.c.known_to > since, table.c.known_to <= until, *scope.companies_in(table))
        query = select(thing, func.max(table.c.known_to)).where(*ended).group_by(thing)
        found |= {(what, row[0]): row[1] for row in connection.execute(query)}
    return found


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
    found: dict[str, int] = {}
    for at, lies in changed_between(companies, since, until):
        query = (
            select(companies.c.cvr, func.max(at)).where(lies, *scope.companies_in(companies)).group_by(companies.c.cvr)
        )
        for cvr, position in connection.execute(query):
            found[cvr] = max(position, found.get(cvr, 0))
    return found
