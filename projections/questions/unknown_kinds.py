"""Entries of unknown kinds: how many a report leaves out, and what they are called."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from projections.facts.unknown_kinds import unknown_entries
from projections.filters import Scope


def uncounted_entries(connection: Connection, scope: Scope) -> dict[str, int]:
    """The number of entries of each unknown kind; of all campaigns, since their campaign is unknown."""
    conditions = scope.known_at(unknown_entries)
    query = select(unknown_entries.c.topic, func.count()).where(*conditions).group_by(unknown_entries.c.topic)
    return {row[0]: row[1] for row in connection.execute(query.order_by(unknown_entries.c.topic))}
