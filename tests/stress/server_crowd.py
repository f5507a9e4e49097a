"""All offices log at once in one database while somebody follows by position: nothing is lost, skipped or slow."""

from __future__ import annotations

from pathlib import Path
from random import Random

from postgres_servers.running import Server

from stress.findings import Found
from stress.server_crew import Crew
from stress.server_logs import a_shared_log, faults, lasting, quantile, refused, role
from stress.server_writers import HUNDREDS, Job

PROCESSES = 74
_SLOWEST = 0.5  # seconds an act may take, but for one in a hundred
_COMMITS = 400  # a second


def crowd(times: int, chance: Random, folder: Path, processes: int = PROCESSES, durable: bool = True) -> Found:
    """So many acts by each of the offices."""
    with Server.start(durable=durable) as server:
        codes = a_shared_log(server, processes)
        jobs = [
            Job("log", n, server.address(role(code)), code, chance.getrandbits(32), 1 + n * HUNDREDS, times, 0.1, True)
            for n, code in enumerate(codes)
        ]
        with Crew([*jobs, Job("read", processes, server.address("coordinator"))]) as crew:
            began = crew.begin()
            crew.until(lambda: len(crew.acts) == times * processes, "all acts are done", seconds=1_000)
            crew.end()
        seconds = max(act.ended for act in crew.acts) - began
        head = server.run("SELECT position FROM campaign.head", database="campaign")[0][0]
        found = [*refused(crew.acts), *faults(server, crew.acts), *_skipped(crew, head)]
    took = [act.ended - act.began for act in crew.acts]
    said = (
        f"{processes} processes x {times} acts: {len(took) / seconds:,.0f} commits/s; one act p50 / p99 / longest "
        f"{lasting(took)}, at the five companies {lasting(a.ended - a.began for a in crew.acts if a.hot)}; "
        f"{head:,} positions followed in {crew.heard('read')[0][2]:,} looks"
    )
    if times * processes >= 10_000:  # fewer say little about a hundredth, or about a second
        found += [f"p99 is {quantile(took, 0.99):.3f} s"] * (quantile(took, 0.99) > _SLOWEST)
        found += [f"{len(took) / seconds:.0f} commits/s are too few"] * (len(took) / seconds < _COMMITS)
    return Found(len(took), said, found)


def _skipped(crew: Crew, head: int) -> list[str]:
    """What somebody who follows by position did not see once and in order."""
    last, seen, _ = crew.heard("read")[0]
    found = [f"who follows was at {last} and then at {position}" for last, position in crew.heard("step")]
    return found if (last, seen) == (head, head) else [*found, f"of {head} positions {seen} were seen, up to {last}"]
