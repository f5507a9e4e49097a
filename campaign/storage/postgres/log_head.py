"""The head of the log in a database, and the head up to which its read models have read it."""

from __future__ import annotations

from campaign.errors import CheckFault
from campaign.storage.ports import BEFORE_ALL, Head
from campaign.storage.postgres.connection import TOTALS, VIEWS, Connection


def head(connection: Connection) -> int:
    """The highest position the log has issued."""
    return int(connection.fetch("SELECT position FROM campaign.head")[0][0])


def at(connection: Connection, position: int) -> Head | None:
    """The head at that position; None when there is no such row."""
    if position == 0:
        return BEFORE_ALL
    stored_hash = connection.fetch("SELECT campaign.hash_at(%s)", (position,))[0][0]
    return Head(position, bytes(stored_hash).hex()) if stored_hash else None


def seen_by(connection: Connection) -> Head | None:
    """The head up to which the read models have read the log; None when they have read nothing."""
    rows = connection.fetch(f"SELECT position, head FROM {views_schema(connection)}.progress")
    return Head(*rows[0]) if rows else None


def views_schema(connection: Connection) -> str:
    """The schema of the read models that this role reads: a region reads totals."""
    return TOTALS if connection.who.region else VIEWS


def check_seen(connection: Connection, seen_head: Head | None) -> None:
    """Raises ``CheckFault`` when the read models have read another log than this one, or more of it."""
    if seen_head is not None and at(connection, seen_head.position) != seen_head:
        raise CheckFault(
            f"The log is not the one its read models have seen (position {seen_head.position:,}): it was replaced, or "
            "its end was cut. Whoever runs the database: campaign verify; if this was meant: campaign rebuild"
        )
