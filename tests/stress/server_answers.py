"""Answers that are lost on their way, and statements that never arrive: whoever is cut off is not told of a conflict."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from eventsourcing.persistence import IntegrityError
from postgres_servers.fronts import CuttingFront
from postgres_servers.running import Server

from campaign.app import CampaignTracker
from campaign.storage.postgres.addresses import address
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog
from campaign.terminal.clock import now
from stress.findings import Found
from stress.server_logs import a_shared_log, faults, lasting, refused, role
from stress.server_writers import HUNDREDS, Job, Told, sayings, told

WRITERS = 4
_AT = b"campaign.append"
_AFTER, _BEFORE = "after", "before"
_CUTS = [[_AFTER], [_BEFORE], [_AFTER], [_AFTER, _AFTER], [_BEFORE, _AFTER], [_AFTER, _BEFORE]]
"""What becomes of an append: cut off once, after or before it is carried out, or when it is sent again as well."""


class _Unlucky(Connection):
    """A connection through a front that cuts each append as ``cuts`` says, one at each way there."""

    def __init__(self, server: Server, office: str) -> None:
        self.front = CuttingFront(server)
        self.cuts: list[str] = []
        super().__init__(address(self.front.address(role(office))))

    def open(self, **more: str) -> Any:
        """As any other; the next append that is sent there may be cut again."""
        made = super().open(**more)
        self.plan()
        return made

    def plan(self) -> None:
        """Has the front do the next thing there is to do."""
        if self.cuts:
            cut = self.front.cut_next_answer if self.cuts.pop(0) == _AFTER else self.front.cut_before
            cut(_AT)


class _Counting(PostgresEventLog):
    """A log that counts the conflicts it told of."""

    conflicts = 0

    def append(self, *events: Any) -> list[int]:
        """As any other."""
        try:
            return super().append(*events)
        except IntegrityError:
            self.conflicts += 1
            raise


class CutOff(NamedTuple):
    """What one writer was told of each act, cuts planned and made, and the conflicts where nobody else called."""

    acts: list[Told]
    planned: int
    made: int
    conflicts: int


def lost_answers(times: int, chance: Random, folder: Path, writers: int = WRITERS) -> Found:
    """So many acts, all cut off, by several who call the same companies now and then."""
    with Server.start() as server:
        codes = a_shared_log(server, writers)
        jobs = [
            Job("log", n, "", code, chance.getrandbits(32), 1 + n * HUNDREDS, _share(times, n, writers), 0.3, True)
            for n, code in enumerate(codes)
        ]
        with ThreadPoolExecutor(writers) as pool:
            done = list(pool.map(lambda job: _cut_off(server, job), jobs))
        acts = [act for cut_off in done for act in cut_off.acts]
        found = [*refused(acts), *faults(server, acts)]
    planned, made, conflicts = (sum(column) for column in list(zip(*done, strict=True))[1:])
    if planned != made:
        found.append(f"{planned} cuts were planned, and {made} made")
    if conflicts:
        found.append(f"{conflicts} were told of a conflict with themselves")
    if again := [act for act in acts if act.tries > 1]:
        found.append(f"{len(again)} were told that it failed, such as {again[0]}")
    took = [act.ended - act.began for act in acts]
    return Found(len(acts), f"{made:,} cuts; saved all the same, p50 / p99 / longest {lasting(took)}", found)


def _share(times: int, number: int, writers: int) -> int:
    return times // writers + (number < times % writers)


def _cut_off(server: Server, job: Job) -> CutOff:
    chance, acts, planned, false = Random(job.seed), list[Told](), 0, 0
    connection = _Unlucky(server, job.office)
    tracker = CampaignTracker(PostgresEventLog(connection, now))
    tracker.store = store = _Counting(connection, now)
    store.check_version()
    for number, saying in zip(range(job.acts), sayings(job), strict=False):
        connection.cuts = list(chance.choice(_CUTS))
        planned += len(connection.cuts)
        connection.plan()
        before = store.conflicts
        acts.append(told(tracker, job, number, saying))
        false += 0 if saying.hot else store.conflicts - before
    connection.close()
    connection.front.close()
    return CutOff(acts, planned, connection.front.cuts, false)
