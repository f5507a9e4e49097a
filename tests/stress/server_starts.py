"""Many set up one database at once: one of them does it, the others find it done, and nobody is told of a fault."""

from __future__ import annotations

from pathlib import Path
from random import Random

from postgres_servers.running import Server
from postgres_servers.shared import MIGRATOR, make_role

from campaign.storage.postgres.connection import VERSION
from stress.findings import Found
from stress.server_crew import Crew
from stress.server_logs import lasting
from stress.server_writers import Job

STARTS = 75
_DATABASE = "campaign"


def starts(times: int, chance: Random, folder: Path, processes: int = STARTS) -> Found:
    """So many rounds, in each of which all start on a new server with an empty database, and then on the ready one."""
    found, took = list[str](), list[float]()
    for number in range(times):
        with Server.start() as server:
            make_role(server, MIGRATOR, "CREATEROLE")
            server.run(f"CREATE DATABASE {_DATABASE} OWNER {MIGRATOR}")
            for is_empty in (True, False):
                wrong, seconds = _started(server, processes, is_empty)
                found += [f"round {number}, {'empty' if is_empty else 'ready'}: {fault}" for fault in wrong]
                took += seconds
            there = server.run("SELECT version FROM campaign.about", database=_DATABASE)
            if there != [(VERSION,)]:
                found.append(f"round {number}: the versions there are {there}")
    said = f"{processes} starts x {times} rounds x (empty, ready); one start p50 / p99 / longest {lasting(took)}"
    return Found(2 * processes * times, said, found)


def _started(server: Server, processes: int, is_empty: bool) -> tuple[list[str], list[float]]:
    """What is wrong with what they told, and how many seconds each took."""
    with Crew([Job("set_up", n, server.address(MIGRATOR)) for n in range(processes)]) as crew:
        crew.begin()
        crew.wait()
    done = crew.heard("done")
    found = [f"start {number}: {fault}" for number, fault in crew.heard("failed")]
    made = sorted((before, now, views) for _, before, now, views, _ in done)
    first, rest = ([(0, VERSION, True)] if is_empty else []), [(VERSION, VERSION, False)]
    if made != first + rest * (len(done) - len(first)):
        found.append(f"they did {made}")
    return found, [seconds for *_, seconds in done]
