"""Clocks that turn, jump and are set wrong: every entry is in one day and one week, and the log keeps its order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import UUID

from campaign.app import open_tracker
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.terminal.clock import copenhagen_day
from domain.acts import Act
from domain.calls import Call
from domain.outcomes import Outcome
from projections.filters import Scope, position_on
from projections.questions.hit_rates import hit_rates
from stress.findings import Found

_SLUG = "turns"
_HALF_HOURS = 13  # three hours before, three after
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _turns(year: int) -> tuple[datetime, datetime]:
    """When summer time begins and ends in the European Union: 01:00 UTC on the last Sundays of March and October."""
    days = (_last_sunday(year, 3), _last_sunday(year, 10))
    return tuple(datetime(d.year, d.month, d.day, 1, tzinfo=UTC) for d in days)  # type: ignore[return-value]


def danish_day(moment: datetime) -> date:
    """The day it is in Denmark, by the rule of the directive 2000/84/EC rather than by a table of time zones."""
    begins, ends = _turns(moment.year)
    return (moment + timedelta(hours=2 if begins <= moment < ends else 1)).date()


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=1)  # in winter


TURNS = [
    *(turn for year in (2012, 2015, 2020, 2026) for turn in _turns(year)),
    *(_midnight(date.fromisocalendar(year, 53, day)) for year in (2015, 2020, 2026) for day in (1, 5)),
    *(_midnight(date.fromisocalendar(year + 1, 1, 1)) for year in (2015, 2020, 2026)),
]
"""The changes to and from summer time; the beginning of each week 53, the new year in it, and its end."""


class Logged(NamedTuple):
    """An entry, the moment the clock showed, and the day it was by it."""

    entry: UUID
    moment: datetime
    day: date


def clocks(times: int, chance: Random, folder: Path) -> Found:
    """So many homes, each with an entry every half hour around a turn and a clock that is set wrong on the way."""
    faults, entries = [], 0
    for n in range(times):
        turn = TURNS[n % len(TURNS)]
        home, logged = _logged(folder / f"home-{n}", [*_moments(turn, chance)])
        entries += len(logged)
        faults += [f"{turn} (home {n}): {fault}" for fault in _faults(home, logged)]
    return Found(times, f"{entries:,} entries around {min(times, len(TURNS))} turns", faults)


def _moments(turn: datetime, chance: Random) -> Iterator[datetime]:
    """Every half hour of the three before and after; somewhere a day too early, somewhere ten years too late."""
    back, ahead = chance.sample(range(1, _HALF_HOURS), 2)
    for n in range(_HALF_HOURS):
        moment = turn + timedelta(minutes=30 * (n - _HALF_HOURS // 2))
        if n == back:
            yield moment - timedelta(days=1)
        if n == ahead:
            yield moment + timedelta(days=3653)
        yield moment


def _logged(path: Path, moments: list[datetime]) -> tuple[SqliteWorkspace, list[Logged]]:
    """A home with a call logged at each of these moments, by a clock that shows them one after the other."""
    shown = [moments[0] - timedelta(days=2)]
    home, acts, logged = SqliteWorkspace(path, lambda: shown[0]), count(1), []
    home.create()
    with open_tracker(home) as tracker:
        first, last = date(2005, 1, 1), date(2045, 12, 31)
        tracker.plan(_act(next(acts), first, shown[0]), _SLUG, "Turns", first, last)
        for moment, cvr in zip(moments, _cvrs(), strict=False):
            shown[0] = moment
            act = _act(next(acts), copenhagen_day(moment), moment)
            (call,) = tracker.log_call(act, _SLUG, cvr, Call(Outcome.NO_ANSWER))
            logged.append(Logged(call.entry, moment, danish_day(moment)))
    return home, logged


def _act(number: int, at: date, moment: datetime) -> Act:
    return Act(UUID(int=number << 64), at, "anna", "306", moment, copenhagen_day(moment))


def _faults(home: SqliteWorkspace, logged: list[Logged]) -> Iterator[str]:
    with open_tracker(home) as tracker:
        rows = [row for row in tracker.store.rows(0, 1_000) if row[3] == "Outreach.CallLogged"]
    recorded = [row[6] for row in rows]
    if any(later < earlier for earlier, later in pairwise(recorded)):
        yield "a moment of recording comes after a later one"
    if [row[5] for row in rows] != [one.entry.hex for one in logged]:
        yield "the log is not in the order in which it was logged"
    days, known = Counter(one.day for one in logged), Counter(map(_day_of, recorded))
    yield from _unlike("days", days, _calls(home, [*days], "day"))
    weeks = Counter(_week(one.day) for one in logged)
    yield from _unlike("weeks", weeks, _by_week(home))
    yield from _unlike("days known on", _running(known), _calls(home, sorted(known), "known"))


def _unlike(what: str, expected: Counter[object], found: Counter[object]) -> Iterator[str]:
    if expected != found:
        yield f"{what}: {dict(expected)} was logged, {dict(found)} is reported"


def _day_of(recorded: str) -> object:
    return danish_day(datetime.fromisoformat(recorded))


def _running(days: Counter[object]) -> Counter[object]:
    """What was known by the end of each day."""
    return Counter({day: sum(n for other, n in days.items() if other <= day) for day in days})  # type: ignore[operator]


def _week(day: date) -> object:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _calls(home: SqliteWorkspace, days: list[date], clock: str) -> Counter[object]:
    """Calls of each day, or known on each day, as reports count them."""
    today, found = date(2045, 12, 31), Counter[object]()
    with home.read() as connection:
        for day in days:
            of = {"known": position_on(connection, day)} if clock == "known" else {"first": day, "last": day}
            (row,) = hit_rates(connection, Scope(today=today, campaign=_SLUG, **of))  # type: ignore[arg-type]
            found[day] = row["calls"]
    return found


def _by_week(home: SqliteWorkspace) -> Counter[object]:
    with home.read() as connection:
        rows = hit_rates(connection, Scope(today=date(2045, 12, 31), campaign=_SLUG), "week")
        return Counter({row["week"]: row["calls"] for row in rows if row["calls"]})


def _cvrs() -> Iterator[str]:
    """CVR numbers that can exist, one after the other."""
    for number in count(2_000_000):
        last = -sum(w * int(d) for w, d in zip(_CVR_WEIGHTS, str(number), strict=True)) % 11
        if last < 10:
            yield f"{number}{last}"
