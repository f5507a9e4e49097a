"""Processes that share a database: one imports all they need, is copied for each of them, and they begin as one."""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import chain, count
from random import Random
from traceback import print_exc
from typing import Any, NamedTuple
from uuid import uuid4

from campaign.app import CampaignTracker
from campaign.errors import SettingsFault, StoreFault
from campaign.personal_data import references  # noqa: F401 - loaded when a note is kept, which is not to be measured
from campaign.storage.postgres.addresses import address
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.postgres.schema_setup import set_up, view_statements
from campaign.terminal.clock import copenhagen_day, now
from domain.acts import Act
from domain.calls import Call
from domain.outcomes import Outcome, Reason, Status
from domain.yields import Yield
from stress.workers import companies

SLUG, FIRST, LAST = "luk-op", date(2012, 9, 3), date(2013, 6, 30)
HUNDREDS = 20
"""How many hundreds of CVR numbers each writer has to itself: 1,600 companies."""
_HOT = companies(0)[:5]
_PATIENCE = 60.0  # seconds, after which a writer says that an act cannot be saved
_PAUSE = 0.05
_TAIL_PAUSE = 0.02
_AT_ONCE = 1_000


class Job(NamedTuple):
    """What one process is to do: ``log``, ``read``, ``set_up`` or ``hold``.

    ``hundred``: from where on its companies are its own. ``acts``: how many, 0 for as many as there is time for.
    ``hot``: the share of them that is done at the five companies everybody calls. ``notes``: whether there are any.
    ``pause``: the longest time between two acts, in seconds.
    """

    task: str
    number: int
    address: str
    office: str = ""
    seed: int = 0
    hundred: int = 1
    acts: int = 0
    hot: float = 0.0
    notes: bool = False
    pause: float = 0.0


class Told(NamedTuple):
    """What a writer says of one act: which entries it is of, when it began and ended, and after how many tries.

    ``fault``: why it was not saved; empty when it was. Moments are those of the clock that only counts, in seconds.
    """

    writer: int
    number: int
    act: str
    kinds: list[str]
    hot: bool
    began: float
    ended: float
    tries: int
    fault: str


class Saying(NamedTuple):
    """One thing a person does: on which day, what is logged of it, and the method of the application with its words."""

    at: date
    kinds: list[str]
    method: str
    cvr: str
    words: dict[str, Any]
    hot: bool = False
    again: bool = False
    note: str = ""

    def act(self, job: Job, number: int) -> Act:
        """A new act that says this."""
        moment = now()
        return Act(
            uuid4(), self.at, f"w{job.number}-{number % 7}", job.office, moment, copenhagen_day(moment)
        )._replace(repeated=self.again, note=self.note)

    def said(self, tracker: CampaignTracker, act: Act) -> None:
        """Has the application do it."""
        getattr(tracker, self.method)(act, SLUG, self.cvr, **self.words)


def sayings(job: Job) -> Iterator[Saying]:
    """What a person does by hand, as long as anybody asks: calls, visits that come of them, yields, notes."""
    chance = Random(job.seed)
    mine = chain.from_iterable(companies(hundred) for hundred in count(job.hundred))
    booked: list[tuple[str, date]] = []
    while True:
        day = FIRST + timedelta(days=chance.randrange((LAST - FIRST).days - 10))
        note = "They open at nine; ask for the baker." if job.notes and chance.random() < 0.1 else ""
        if chance.random() < job.hot:
            yield _hot_call(chance, day)
        elif booked and chance.random() < 0.4:
            yield _visit(chance, *booked.pop(0))
        else:
            saying = _call(chance, day, next(mine), note)
            if "VisitBooked" in saying.kinds:
                booked.append((saying.cvr, saying.words["visit_on"]))
            yield saying


def _hot_call(chance: Random, day: date) -> Saying:
    """Everybody may call there at once, for one call says nothing against another."""
    outcome = chance.choice([Outcome.BUSY, Outcome.NO_ANSWER, Outcome.LEFT_MESSAGE])
    return Saying(day, ["CallLogged"], "log_call", chance.choice(_HOT), {"call": Call(outcome)}, True, again=True)


def _call(chance: Random, day: date, cvr: str, note: str) -> Saying:
    words, kinds = chance.choice(_CALLS)(day)
    kinds = ["CallLogged", *kinds, *(["NoteTaken"] if note else [])]
    return Saying(day, kinds, "log_call", cvr, words, note=note)


_CALLS: list[Callable[[date], tuple[dict[str, Any], list[str]]]] = [
    lambda day: ({"call": Call(Outcome.NO_ANSWER)}, []),
    lambda day: ({"call": Call(Outcome.BUSY)}, []),
    lambda day: ({"call": Call(Outcome.DECLINED, Reason.NO_NEED)}, []),
    lambda day: ({"call": Call(Outcome.CALL_BACK, follow_up=day + timedelta(days=7))}, ["FollowUpSet"]),
    lambda day: ({"call": Call(Outcome.ACCEPTED), "visit_on": day + timedelta(days=9)}, ["VisitBooked"]),
    lambda day: ({"call": Call(Outcome.ACCEPTED), "visit_on": day + timedelta(days=2)}, ["VisitBooked"]),
    lambda day: ({"call": Call(Outcome.REFUSED_CONTACT)}, ["ContactRefused"]),
]


def _visit(chance: Random, cvr: str, day: date) -> Saying:
    found = [Yield("internship", 2), Yield("wage-subsidy")][: chance.randrange(3)]
    status, kind = chance.choice([(Status.HELD, "VisitHeld"), (Status.NO_SHOW, "VisitMissed")])
    yields = found if status is Status.HELD else []
    return Saying(
        day, [kind, *["YieldRecorded"] * len(yields)], "settle_visit", cvr, {"status": status, "yields": yields}
    )


# What the processes do


class Signals(NamedTuple):
    """Two pipes that are closed to all processes at once: one when they are to begin, one when they are to end."""

    go: int
    stop: int

    def wait_to_begin(self) -> None:
        """Says that one is ready, and returns when all may begin."""
        tell("ready", os.getpid())
        os.read(self.go, 1)

    @property
    def is_over(self) -> bool:
        """Whether it is time to end."""
        return bool(select.select([self.stop], [], [], 0)[0])


def tell(*said: Any) -> None:
    """A line on stdout, in one piece: all the processes write there."""
    os.write(1, json.dumps(said).encode() + b"\n")


def log(job: Job, signals: Signals) -> None:
    """Logs act after act, each until it is saved, and tells of each."""
    chance = Random(-job.seed)
    tracker = CampaignTracker(PostgresEventLog(Connection(address(job.address)), now))
    tracker.store.check_version()
    signals.wait_to_begin()
    before = time.process_time()
    for number, saying in zip(range(job.acts) if job.acts else count(), sayings(job), strict=False):
        if signals.is_over:
            break
        tell("act", *told(tracker, job, number, saying))
        time.sleep(chance.uniform(0, job.pause))
    tell("spent", time.process_time() - before)


def told(tracker: CampaignTracker, job: Job, number: int, saying: Saying) -> Told:
    """Does one act, the very same again as long as the database cannot be reached, and says what came of it."""
    act, began, tries = saying.act(job, number), time.monotonic(), 0
    one = partial(Told, job.number, number, str(act.id), saying.kinds, saying.hot, began)
    while True:
        tries += 1
        try:
            saying.said(tracker, act)
            return one(time.monotonic(), tries, "")
        except (StoreFault, SettingsFault) as fault:
            if time.monotonic() > began + _PATIENCE:
                return one(time.monotonic(), tries, f"{type(fault).__name__}: {fault}")
            tell("fault", job.number, f"{type(fault).__name__}: {fault}")
            time.sleep(_PAUSE)
        except Exception as fault:  # a refusal, or a mistake: both are counted
            return one(time.monotonic(), tries, f"{type(fault).__name__}: {fault}"[:300])


def read(job: Job, signals: Signals) -> None:
    """Follows the log by position until it is over and nothing is left, and tells of every step that was not one."""
    store = CampaignTracker(PostgresEventLog(Connection(address(job.address)), now)).store
    store.check_version()
    last, seen, looks = 0, 0, 0
    signals.wait_to_begin()
    while True:
        is_over = signals.is_over
        found = [notification.id for notification in store.select_notifications(last + 1, _AT_ONCE)]
        for position in found:
            if position != last + 1:
                tell("step", last, position)
            last, seen = position, seen + 1
        looks += 1
        if is_over and not found:
            tell("read", last, seen, looks)
            return
        if len(found) < _AT_ONCE:
            time.sleep(_TAIL_PAUSE)


def set_up_there(job: Job, signals: Signals) -> None:
    """Sets the database up, and tells what it did."""
    there = address(job.address)
    signals.wait_to_begin()
    began = time.monotonic()
    try:
        done = set_up(there)
    except Exception as fault:
        tell("failed", job.number, f"{type(fault).__name__}: {fault}"[:300])
    else:
        tell("done", job.number, *done, time.monotonic() - began)


class _Uncommitted(Connection):
    """A connection on which nothing is committed by itself."""

    def open(self, **more: str) -> Any:
        """As any other, in a transaction from the first statement on."""
        made = super().open(**more)
        made.autocommit = False
        return made


def hold(job: Job, signals: Signals) -> None:
    """Logs a call, is frozen before that is committed, and tries to commit when somebody wakes it."""
    connection = _Uncommitted(address(job.address))
    saying = next(sayings(job))
    act = saying.act(job, 0)
    signals.wait_to_begin()
    saying.said(CampaignTracker(PostgresEventLog(connection, now)), act)
    tell("holds", os.getpid(), str(act.id))
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        connection.once(lambda made: made.commit())
    except Exception as fault:
        tell("woke", type(fault).__name__, type(fault.__cause__).__name__)
    else:
        tell("woke", "", "")


_TASKS = {"log": log, "read": read, "set_up": set_up_there, "hold": hold}


def main(go: str, stop: str) -> int:
    """Does all the jobs that come as JSON on stdin, a process for each; 1 when one of them ended by a fault."""
    jobs = [Job(*said) for said in json.load(sys.stdin)]
    if any(job.task == "set_up" for job in jobs):
        view_statements()  # loads all that a set-up needs, so that the copies of this process come at one moment
    signals = Signals(int(go), int(stop))
    for job in jobs:
        if os.fork() == 0:
            os.setsid()  # Linux gives time to sessions alike, and every process of a server is one of its own
            _leave(lambda job=job: _TASKS[job.task](job, signals))  # type: ignore[misc]
    return max([os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in jobs], default=False)


def _leave(work: Callable[[], None]) -> None:
    """Ends this copy of the process after its work; what the first one has open is not its to close."""
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        print_exc()
        tell("crashed")
    finally:
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
