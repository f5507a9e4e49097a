"""Somebody freezes while holding the log in a transaction: the others go on in time, and of that one nothing is there."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from random import Random

import psutil
from postgres_servers.running import Server

from stress.findings import Found
from stress.server_crew import Crew, CrewFault
from stress.server_logs import a_shared_log, faults, quantile, refused, role
from stress.server_writers import HUNDREDS, Job, Told

OTHERS = 4
_IN_TIME = 6.0  # seconds
_LOST = ["ConnectionLost", "IdleInTransactionSessionTimeout"]


def frozen(times: int, chance: Random, folder: Path, others: int = OTHERS) -> Found:
    """So many rounds: one logs, freezes before it is committed, and wakes up when the others have logged."""
    found, acts = list[str](), list[Told]()
    with Server.start() as server:
        codes = a_shared_log(server, others + 1)
        for number in range(times):
            hundred = 1 + number * (others + 1) * HUNDREDS
            jobs = [
                Job("log", n, server.address(role(code)), code, chance.getrandbits(32), hundred + n * HUNDREDS, 1, 0.5)
                for n, code in enumerate(codes)
            ]
            try:
                wrong, told = _waited(server, jobs[0]._replace(task="hold"), jobs[1:])
            except CrewFault as fault:
                return Found(number + 1, "given up", [*found, f"round {number}: {fault}"])
            found += [f"round {number}: {fault}" for fault in wrong]
            acts += told
        found += [*refused(acts), *faults(server, acts)]
    took = [act.ended - act.began for act in acts]
    found += [f"{sum(s > _IN_TIME for s in took)} took longer than {_IN_TIME} s"] * any(s > _IN_TIME for s in took)
    said = f"{len(took)} logged behind a frozen one; p50 / longest {quantile(took, 0.5):.2f} / {max(took):.2f} s"
    return Found(times, said, found)


def _waited(server: Server, holder: Job, others: list[Job]) -> tuple[list[str], list[Told]]:
    with Crew([holder]) as frozen, Crew(others) as crew:
        frozen.begin()
        frozen.until(lambda: bool(frozen.heard("holds")), "it holds the log")
        ((process, act),) = frozen.heard("holds")
        frozen.until(lambda: psutil.Process(process).status() == psutil.STATUS_STOPPED, "it is frozen")
        crew.begin()
        crew.wait()
        os.kill(process, signal.SIGCONT)
        frozen.wait()
    found = [f"{woke} after it woke up"] if (woke := frozen.heard("woke")) != [_LOST] else []
    if server.run("SELECT 1 FROM campaign.stored_events WHERE act = %s", act, database="campaign"):
        found.append("what the frozen one logged is there")
    return found, crew.acts
