"""Shared logs to be rehearsed on: how they are made, and all that may be wrong with one, held against what was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from uuid import uuid4

from postgres_servers.running import Server
from postgres_servers.shared import appoint, make_database

from campaign.app import CampaignTracker
from campaign.reference import offices
from campaign.storage.postgres.addresses import address
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.verification import verify
from campaign.terminal.clock import copenhagen_day, now
from domain.acts import Act
from stress.server_writers import FIRST, LAST, SLUG, Told

_NAMED = 3


def a_shared_log(server: Server, number: int) -> list[str]:
    """Sets up a database in which a campaign is planned and so many offices are appointed. Returns their codes."""
    codes = list(offices().codes)[:number]
    make_database(server)
    appoint(server, [("coordinator", "coordinator", ""), *((role(code), "office", code) for code in codes)])
    with closing(Connection(address(server.address("coordinator")))) as connection:
        moment = now()
        act = Act(uuid4(), FIRST, "planner", codes[0], moment, copenhagen_day(moment))
        CampaignTracker(PostgresEventLog(connection, now)).plan(act, SLUG, "Luk op", FIRST, LAST)
    return codes


def role(office: str) -> str:
    """The role of an office."""
    return f"office_{office}"


def faults(server: Server, told: Iterable[Told]) -> list[str]:
    """Everything that is not as it was told, or not whole."""
    return [*miscounted(list(told), _there(server)), *unwhole(server)]


def unwhole(server: Server) -> list[str]:
    """Everything that is not whole in a shared log."""
    return [*_versions(server), *_texts(server), *_verified(server)]


def _there(server: Server) -> Counter[tuple[str, str]]:
    """How often each act made an entry of each kind. What opens an outreach is no entry of its own."""
    statement = (
        "SELECT act, split_part(topic, '.', 2), count(*) FROM campaign.stored_events "
        "WHERE topic <> ALL ('{Outreach.Opened,Campaign.Planned}') GROUP BY 1, 2"
    )
    return Counter({(act, kind): many for act, kind, many in server.run(statement, database="campaign")})


def miscounted(told: Sequence[Told], there: Counter[tuple[str, str]]) -> list[str]:
    """Acts that were told as saved and are lost or doubled, others that are half there, and those nobody did."""
    found, left = list[str](), Counter(there)
    for act in told:
        made = Counter({kind: there[act.act, kind] for kind in set(act.kinds) if there[act.act, kind]})
        for kind in made:
            del left[act.act, kind]
        wanted = Counter(act.kinds)
        if made != wanted and (made or not act.fault):
            found.append(f"{_lost_or_doubled(made, wanted)}: {act} is there as {dict(made)}")
    return [*_first(found, "acts are not there as told"), *_first(left, "entries are of no act anybody did")]


def _lost_or_doubled(made: Counter[str], wanted: Counter[str]) -> str:
    return f"lost {(wanted - made).total()}, doubled {(made - wanted).total()}"


def _versions(server: Server) -> list[str]:
    statement = (
        "SELECT originator_id, count(*), max(originator_version) FROM campaign.stored_events GROUP BY 1 "
        "HAVING min(originator_version) <> 1 OR max(originator_version) <> count(*)"
    )
    return _first(server.run(statement, database="campaign"), "aggregates have gaps in their versions")


def _texts(server: Server) -> list[str]:
    """Notes whose text is not there, and texts no note refers to."""
    statement = (
        "SELECT n.text, t.id FROM (SELECT replace(convert_from(state, 'UTF8')::json -> 'kept' ->> 'text', '-', '') "
        "AS text FROM campaign.stored_events WHERE topic = 'Outreach.NoteTaken') n "
        "FULL JOIN campaign.texts t ON t.id = n.text WHERE t.id IS NULL OR n.text IS NULL"
    )
    return _first(server.run(statement, database="campaign"), "texts and notes do not fit")


def _verified(server: Server) -> list[str]:
    with closing(Connection(address(server.address("coordinator")))) as connection:
        tracker = CampaignTracker(PostgresEventLog(connection, now))
        fault = verify(tracker.store, tracker.mapper).fault
    return [f"the log does not verify: {fault}"] if fault else []


def refused(told: Iterable[Told]) -> list[str]:
    """Acts that were not saved."""
    return _first([act for act in told if act.fault], "acts were refused or given up")


def _first(found: Iterable[object], what: str) -> list[str]:
    all_of_them = list(found)
    return [f"{len(all_of_them)} {what}, such as {all_of_them[:_NAMED]}"] if all_of_them else []


# Figures


def quantile(seconds: Iterable[float], share: float) -> float:
    """What that share of them takes at most; 0 of none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def lasting(seconds: Iterable[float]) -> str:
    """Median, 99th percentile and longest, in milliseconds."""
    them = list(seconds)
    return " / ".join(f"{1000 * quantile(them, share):,.0f}" for share in (0.5, 0.99, 1)) + " ms"
