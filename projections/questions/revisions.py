"""Changes: why a count is another than it was known to be on a day, line by line, so that the lines add up."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, or_, select

from domain.outcomes import Status
from projections.engine.catch_up import position
from projections.engine.projector import first_logged
from projections.engine.tables import days
from projections.facts.calls import calls, invitations
from projections.facts.companies import companies
from projections.facts.targets import targets_set
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope, position_on
from projections.questions.entries import counted_entries
from projections.questions.hit_rates import hit_rates
from projections.questions.revision_causes import CAUSES, Cause, Comparison, KnownFact, changed_between
from projections.questions.targets import TargetRow, TargetSubject


class Revision(NamedTuple):
    """One line: what a count counts now and did not then (``effect`` > 0), or the other way round.

    ``effect`` is in the unit of the count: calls, visits, companies, positions. ``cause`` is one of ``CAUSES``.
    ``day`` and the group are those of the contact, ``happened_on`` is the day of what was logged, ``recorded_on`` the
    day in Copenhagen it was logged (None where nothing was). ``said``: what was said then and is now, where both were.
    ``because``: why it was taken back, where the reader may know.
    """

    of: str
    effect: int
    cause: str
    what: str
    day: str
    happened_on: str
    recorded_on: str | None
    entry: str
    campaign: str
    cvr: str
    company: str | None
    office: str
    region: str
    consultant: str
    said: str
    because: str


class RevisedCount(NamedTuple):
    """A count on both sides, and what each cause added to it or took from it: ``before`` and all of these are ``after``."""

    of: str
    before: int
    after: int
    by_cause: dict[str, int]


class RevisedItem(NamedTuple):
    """A count ``measure`` that differs between the two sides, and the facts that it counts on one of them."""

    measure: str
    effect: int
    cvr: str
    facts: list[tuple[str, str]]


class _CountedRow(NamedTuple):
    key: str
    fact_type: str
    fact_id: str
    cvr: str
    positions: int | None


def as_known_on(connection: Connection, scope: Scope, day: date) -> Scope:
    """The same report as it was known at the end of that day, and seen from there."""
    return replace(scope, known=position_on(connection, day), today=min(day, scope.today))


def revised_counts(
    connection: Connection, scope: Scope, counts: Sequence[str], lines: Sequence[Revision]
) -> list[RevisedCount]:
    """These ``counts`` in ``scope``, and before: that is less than these ``lines``, as ``hit_rates`` would give it."""
    (totals,) = hit_rates(connection, scope)
    sums = Counter[tuple[str, str]]()
    for line in lines:
        sums[line.of, line.cause] += line.effect
    by_cause = {n: {c: sums[n, c] for c in CAUSES if (n, c) in sums and c != "target"} for n in counts}
    return [RevisedCount(n, totals[n] - sum(by_cause[n].values()), totals[n], by_cause[n]) for n in counts]


def revisions(connection: Connection, scope: Scope, day: date, counts: Sequence[str]) -> list[Revision]:
    """Why ``counts`` are in ``scope`` what they are, and not what they were known to be at the end of ``day``.

    For each count, in their order: lines whose effects add up to the difference, by cause, the day each was recorded
    and its own day; then, with effect 0, targets of that count that were set, changed or taken back.
    """
    before = as_known_on(connection, scope, day)
    until = scope.known if scope.known is not None else position(connection)
    lines = [
        *revisions_between(connection, before, scope, counts),
        *target_revisions(connection, scope, before.known or 0, until),
    ]
    return sorted((line for line in lines if line.of in counts), key=lambda line: _place(counts, line))


def revisions_between(connection: Connection, before: Scope, now: Scope, counts: Sequence[str]) -> list[Revision]:
    """Why ``counts`` are in ``now`` what they are, and not what they are in ``before``, known at an earlier position.

    The two have the same filters, the same period and the same ``as_of``. Lines as in ``changes``, in no order.
    """
    until = now.known if now.known is not None else position(connection)
    touched = _changed_companies(connection, before, now, until)
    narrow_then, narrow_now = replace(before, cvrs=touched), replace(now, cvrs=touched)
    items = [item for count in counts for item in _items(connection, narrow_then, narrow_now, count)]
    concerned = frozenset(item.cvr for item in items)
    lines = _RevisionBuilder(connection, replace(before, cvrs=concerned), replace(now, cvrs=concerned), until)
    return [lines.of(item) for item in items]


def _place(counts: Sequence[str], line: Revision) -> tuple[Any, ...]:
    return counts.index(line.of), [*CAUSES].index(line.cause), line.recorded_on or "", line.day, line.entry, line.cvr


def _changed_companies(connection: Connection, before: Scope, now: Scope, until: int) -> frozenset[str]:
    """Companies of which anything is known differently. All counts are sums over companies, so no other can differ.

    A visit can be overdue on one side alone though nothing was logged of it. To ask for each company once would have
    SQLite go through the calls by an index: 0.8 s for 375,000 of them instead of 0.05.
    """
    tables: list[Table] = [calls, invitations, visits, yields]
    tables += [companies] if now.industries or now.sizes else []
    cvrs: set[str] = set()
    for table in tables:
        lies = or_(*(condition for _, condition in changed_between(table, before.known or 0, until)))
        cvrs.update(connection.execute(select(table.c.cvr).where(lies)).scalars())
    v = visits.c
    passed = (v.status == Status.PLANNED.value, v.day >= str(before.day), v.day < str(now.day))
    cvrs.update(connection.execute(select(v.cvr).where(*now.valid_at(visits), *passed)).scalars())
    return frozenset(cvrs)


def _items(connection: Connection, scope_before: Scope, scope_now: Scope, count: str) -> Iterator[RevisedItem]:
    """What ``count`` weighs differently. A company counts once, and the calls or letters it was counted for stand for it."""
    before, after = (_weighed(connection, scope, count) for scope in (scope_before, scope_now))
    for key in before.keys() | after.keys():
        effect = _weight(count, after.get(key, [])) - _weight(count, before.get(key, []))
        if effect:
            rows = after[key] if effect > 0 else before[key]
            yield RevisedItem(count, effect, rows[0].cvr, [(row.fact_type, row.fact_id) for row in rows])


def _weighed(connection: Connection, scope: Scope, count: str) -> dict[str, list[_CountedRow]]:
    listed = counted_entries(scope, count).subquery("listed").c
    key = listed.cvr if count.startswith("companies_") else listed.thing
    rows_by_key: dict[str, list[_CountedRow]] = {}
    query = select(key.label("key"), listed.what, listed.thing, listed.cvr, listed.positions)
    for row in map(_CountedRow._make, connection.execute(query)):
        rows_by_key.setdefault(row.key, []).append(row)
    return rows_by_key


def _weight(count: str, rows: Sequence[_CountedRow]) -> int:
    if count.startswith("companies_"):
        return min(1, len(rows))
    return sum(row.positions or 0 for row in rows) if count.startswith("positions") else len(rows)


class _RevisionBuilder:
    """Makes the revision of an item."""

    def __init__(self, connection: Connection, before: Scope, now: Scope, until: int) -> None:
        self._compared = Comparison(connection, before, now, until)
        self._days = _Days(connection)
        query = select(companies.c.cvr, companies.c.name).where(*now.valid_at(companies))
        self._names: dict[str, str] = {row.cvr: row.name for row in connection.execute(query)}

    def of(self, item: RevisedItem) -> Revision:
        """The line. Of the things that stand for a company the first one to do so tells why, or the last one that did."""
        gained = item.effect > 0
        side = self._compared.facts_now if gained else self._compared.facts_before
        fact = self._telling([side[thing] for thing in item.facts], gained)
        cause = self._compared.cause(item.measure, fact.fact_type, fact.fact_id, gained)
        contact = self._compared.contact(fact, gained)
        changed = cause.now or cause.before or fact
        return Revision(
            of=item.measure,
            effect=item.effect,
            cause=cause.word,
            what=fact.fact_type,
            day=contact.day,
            happened_on=changed.happened_on,
            recorded_on=self._days.of(cause.position),
            entry=fact.entry,
            campaign=fact.campaign,
            cvr=fact.cvr,
            company=self._names.get(fact.cvr),
            office=contact.office,
            region=contact.region,
            consultant=contact.consultant,
            said=_said(cause),
            because=self._compared.because(cause),
        )

    @staticmethod
    def _telling(things: Sequence[KnownFact], gained: bool) -> KnownFact:
        if gained:
            return min(things, key=lambda fact: (fact.known_from, fact.fact_id))
        return max(things, key=lambda fact: (fact.known_to, fact.fact_id))


def _said(cause: Cause) -> str:
    """What was said then and what is now; a visit for another day names both days."""
    before, now = cause.before, cause.now
    if not (before and now):
        fact = now or before
        return fact.detail if fact else ""
    if cause.word == "moved":
        return f"{before.detail} {before.day} -> {now.day}"
    return now.detail if before.detail == now.detail else f"{before.detail} -> {now.detail}"


class _Days:
    """The days of the log, by position."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(days.c.position, days.c.day).order_by(days.c.position))
        self._positions, self._days = [], []
        for at, day in rows:
            self._positions.append(at)
            self._days.append(day)

    def of(self, at: int | None) -> str | None:
        """The day in Copenhagen on which that position was recorded."""
        if at is None or not self._positions:
            return None
        return str(self._days[bisect_left(self._positions, at)])


_Targets = dict[tuple[str, TargetSubject], TargetRow]
"""The effective target of each campaign and subject."""


def target_revisions(connection: Connection, scope: Scope, since: int, until: int) -> list[Revision]:
    """The targets of the scope's campaign, offices, regions and kinds that hold now and did not then; effect 0."""
    before, now = (_targets(connection, replace(scope, known=position)) for position in (since, until))
    days_of = _Days(connection)
    return [
        _target_line(before.get(key), now.get(key), days_of) for key in {**before, **now} if _differ(before, now, key)
    ]


def _differ(before: _Targets, now: _Targets, key: tuple[str, TargetSubject]) -> bool:
    return _number(before.get(key)) != _number(now.get(key))


def _targets(connection: Connection, scope: Scope) -> _Targets:
    """Of each subject the target that holds: the one of the latest day, and of that day the one logged last.

    Under a filter those of its offices, regions and kinds, and those for all of them.
    """
    c = targets_set.c
    query = (
        select(*(c[name] for name in TargetRow._fields))
        .where(*scope.known_at(targets_set))
        .order_by(c.set_on, first_logged(targets_set))
    )
    query = query.where(c.set_on <= str(scope.as_of)) if scope.as_of else query
    query = query.where(c.campaign == scope.campaign) if scope.campaign else query
    rows = map(TargetRow._make, connection.execute(query))
    valid = {(row.campaign, row.subject): row for row in rows}
    return {subject: row for subject, row in valid.items() if _is_admitted(row, scope)}


def _is_admitted(row: TargetRow, scope: Scope) -> bool:
    of_its_kind = scope if row.kind else replace(scope, kinds=())
    admitting = of_its_kind if row.region else replace(of_its_kind, offices=(), regions=())
    return admitting.admits(row.office, row.region, row.kind)


def _number(row: TargetRow | None) -> str:
    return f"{row.number:,}{f' by {row.by_day}' if row.by_day else ''}" if row else "none"


def _target_line(before: TargetRow | None, now: TargetRow | None, days_of: _Days) -> Revision:
    row = now or before
    assert row is not None
    subject = " ".join(word for word in (row.office or row.region, row.kind) if word)
    return Revision(
        of=row.measure,
        effect=0,
        cause="target",
        what="target",
        day=row.set_on,
        happened_on=row.set_on,
        recorded_on=days_of.of(now.known_from if now else row.known_to),
        entry=row.entry,
        campaign=row.campaign,
        cvr="",
        company=None,
        office=row.office or "",
        region=row.region or "",
        consultant=row.set_by,
        said=f"{subject}{': ' if subject else ''}{_number(before)} -> {_number(now)}",
        because=now.because if now else "",
    )
