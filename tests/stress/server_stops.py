"""Servers that end while eight log, and start again or are succeeded: nothing that was told as saved is lost."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from postgres_servers.addresses import address
from postgres_servers.running import Server

from stress.findings import Found
from stress.server_crew import Crew, CrewFault
from stress.server_logs import a_shared_log, faults, lasting, quantile, refused, role
from stress.server_writers import HUNDREDS, Job, Told

WRITERS = 8
_IN_TIME = 10.0  # seconds after which all are to log again
_QUICK = {"recovery_init_sync_method": "syncfs"}  # 0.2 s a start and not 2: a server has a thousand files
_PAUSE = 0.02  # seconds at most between two acts of one writer, who would otherwise fill logs nobody can read in time


def stopped(times: int, chance: Random, folder: Path, writers: int = WRITERS) -> Found:
    """So many times the server is killed, or stopped at once, and started again."""
    back = list[float]()
    with Server.start(_QUICK, durable=True) as server:
        codes = a_shared_log(server, writers)
        jobs = _jobs(codes, 0, chance, server.address)
        ends: dict[str, Callable[[], None]] = {"killed": server.kill, "stopped": lambda: server.stop("immediate")}
        did, found = Counter[str](), list[str]()
        with Crew(jobs) as crew:
            crew.begin()
            for number in range(times):
                time.sleep(chance.uniform(0.1, 1))
                did[end := chance.choice(list(ends))] += 1
                ends[end]()
                time.sleep(chance.uniform(0, 0.5))
                began = time.monotonic()
                server.start_again()
                found += _went_on(crew, began, back, f"round {number}, {end}")
            crew.end()
        found += [*refused(crew.acts), *faults(server, crew.acts)]
    told = ", ".join(f"{many} {end}" for end, many in did.items())
    return Found(times, f"{told}; {_figures([crew], back)}", found)


def promoted(times: int, chance: Random, folder: Path, writers: int = WRITERS) -> Found:
    """So many times the server is killed, and its standby takes over and gets a standby of its own."""
    found, back, crews = list[str](), list[float](), list[Crew]()
    primary = Server.start(_QUICK, durable=True)
    try:
        codes = a_shared_log(primary, writers)
        for number in range(times):
            standby = primary.standby()
            both = lambda who, a=primary, b=standby: _either(a, b, who)  # noqa: E731
            with Crew(_jobs(codes, number, chance, both)) as crew:
                crew.begin()
                time.sleep(chance.uniform(0.1, 1))
                primary.kill()
                time.sleep(chance.uniform(0, 0.5))
                began = time.monotonic()
                standby.promote()
                found += _went_on(crew, began, back, f"round {number}")
                crew.end()
            crews.append(crew)
            primary.remove()
            primary = standby
        acts = [act for crew in crews for act in crew.acts]
        found += [*refused(acts), *faults(primary, acts)]
    finally:
        primary.remove()
    return Found(times, _figures(crews, back), found)


def _jobs(codes: list[str], number: int, chance: Random, where: Callable[[str], str]) -> list[Job]:
    first = 1 + number * len(codes) * HUNDREDS
    return [
        Job("log", n, where(role(code)), code, chance.getrandbits(32), first + n * HUNDREDS, 0, 0.1, pause=_PAUSE)
        for n, code in enumerate(codes)
    ]


def _either(first: Server, second: Server, who: str) -> str:
    """An address with two hosts."""
    one = address(first.port, who, "campaign", {"passfile": str(first.passfile)})
    return one.replace(f":{first.port}/", f":{first.port},127.0.0.1:{second.port}/")


def _went_on(crew: Crew, began: float, back: list[float], when: str) -> list[str]:
    """Waits until all log again, notes after how long, and says when that was too long."""
    try:
        back.append(crew.saved_since(began, 60))
    except CrewFault as fault:
        return [f"{when}: {fault}; {crew.heard('fault')[-3:]}"]
    return [f"{when}: all logged again after {back[-1]:.1f} s"] if back[-1] > _IN_TIME else []


def _figures(crews: list[Crew], back: list[float]) -> str:
    acts: list[Told] = [act for crew in crews for act in crew.acts]
    waited = [act.ended - act.began for act in acts]
    repeated = sum(act.tries > 1 for act in acts)
    heard = Counter(fault.split(":")[0] for crew in crews for _, fault in crew.heard("fault"))
    return (
        f"{len(acts):,} acts, of which {repeated} had to be said again ({dict(heard) or 'nobody was told'}); all log "
        f"again after p50 / longest {quantile(back, 0.5):.2f} / {max(back, default=0):.2f} s; "
        f"one act p50 / p99 / longest {lasting(waited)}"
    )
