"""What ``campaign doctor`` looks at where a database is set: the way there, the role, the clock, the read models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from campaign.errors import Fault
from campaign.storage.checks import Check, machine
from campaign.storage.ports import Access
from campaign.storage.postgres import log_head
from campaign.storage.postgres.connection import ConnectionLost
from campaign.storage.postgres.views import is_followed
from domain.refusals import Refusal

if TYPE_CHECKING:
    from campaign.settings import Setting
    from campaign.storage.postgres.workspace import PostgresWorkspace

_CLOCKS_DIFFER = timedelta(minutes=2)


def checkup(database: PostgresWorkspace, settings: Mapping[str, Setting]) -> Iterator[Check]:
    """Every check, in the order in which one explains the next. Those of the log come only where it can be reached."""
    yield from machine()
    yield Check("driver", True, f"psycopg {version('psycopg')}")
    for name, setting in settings.items():
        yield Check(f"setting {name}", True, f"{setting.value} (from {setting.source})")
    reached = _guarded("database", lambda: _reached(database))
    yield reached
    if reached.ok:
        yield _guarded("role", lambda: Check("role", True, _role(database.access)))
        yield _guarded("log", lambda: _log(database))
        yield _guarded("clock", lambda: _clock(database))
        yield _guarded("campaigns", lambda: _campaigns(database))
        yield _guarded("read models", lambda: _views(database))
        reports = database.for_reports()
        if reports.reading is not reports.connection:
            yield _guarded("read database", lambda: _standby(reports))


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except (Fault, Refusal, ConnectionLost, OSError) as fault:
        return Check(name, False, str(fault) or "the connection broke off")


def _reached(database: PostgresWorkspace) -> Check:
    row = _row(database, "SELECT current_setting('server_version'), current_setting('synchronous_commit')")
    tls = database.connection.once(lambda connection: connection.pgconn.ssl_in_use)
    proved = database.connection.address.parameters()["sslmode"] == "verify-full"
    transport = "no TLS, on this machine" if not tls else "TLS, the server proved" if proved else "TLS, on this machine"
    return Check("database", True, f"{database.name}: PostgreSQL {row[0]}, {transport}, synchronous_commit {row[1]}")


def _role(access: Access) -> str:
    return f"{access.kind} {access.office or access.region}".strip()


def _log(database: PostgresWorkspace) -> Check:
    position, moment = _row(database, "SELECT position, recorded_at FROM campaign.head")
    latest = f", the last recorded {moment}" if moment else ""
    at = database.head_at(position)
    return Check("log", at is not None, f"entries: {position:,}{latest}; head {at.hash if at else 'gone'}")


def _clock(database: PostgresWorkspace) -> Check:
    """The server's clock is the one that counts; days are said by this one."""
    server_time, local_time = _row(database, "SELECT clock_timestamp()")[0], database.clock()
    apart = abs(server_time - local_time)
    difference = f"{local_time:%Y-%m-%d %H:%M} (UTC); the server's differs by {apart.total_seconds():.0f} seconds"
    return Check("clock", apart <= _CLOCKS_DIFFER, difference)


def _campaigns(database: PostgresWorkspace) -> Check:
    campaigns = [f"{c.slug} ({c.first} to {c.last}{'' if c.is_open else ', closed'})" for c in database.campaigns()]
    return Check("campaigns", True, ", ".join(campaigns) or "none planned yet")


def _views(database: PostgresWorkspace) -> Check:
    seen_head, head = database.seen(), database.head()
    log_head.check_seen(database.reading, seen_head)
    behind = head - (seen_head.position if seen_head else 0)
    followed = (
        "somebody follows" if is_followed(database.connection) else "nobody follows: campaign follow keeps them warm"
    )
    freshness = f"behind by {behind:,}" if behind else "up to date"
    return Check("read models", True, f"{freshness}; {followed}")


def _standby(database: PostgresWorkspace) -> Check:
    role = database.reading.who
    shown = database.reading.address.shown
    return Check("read database", True, f"{shown}: {'a standby' if role.standby else 'no standby, it takes entries'}")


def _row(database: PostgresWorkspace, statement: str) -> Any:
    return database.connection.fetch(statement)[0]
