"""The log of a dry run in a database: what is appended is kept in memory, over the log, and discarded afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from campaign.storage.mapper import StoredFact
from campaign.storage.personal_texts import Text
from campaign.storage.ports import Clock
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog


class DryRunLog(PostgresEventLog):
    """Reads the log with the events appended since after it; writes nothing."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__(connection, clock)
        self._appended: dict[UUID, list[StoredEvent]] = {}
        self._owners: dict[UUID, UUID] = {}

    def append(
        self, stored_events: Sequence[StoredEvent], texts: Sequence[Text] = (), compatible: Sequence[str] = ()
    ) -> list[int]:
        """Keeps these events in memory."""
        for stored in stored_events:
            owner = UUID(str(stored.originator_id))
            self._appended.setdefault(owner, []).append(stored)
            if isinstance(stored, StoredFact):
                self._owners[stored.entry] = owner
        return []

    def streams(self, ids: Iterable[UUID]) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """As in the log, with the appended events."""
        distinct_ids = list(dict.fromkeys(ids))
        logged = dict(super().streams(distinct_ids))
        for owner in distinct_ids:
            if events := [*logged.get(owner, ()), *self._appended.get(owner, ())]:
                yield owner, events

    def originators_of(self, entries: Iterable[UUID]) -> dict[UUID, UUID]:
        """As in the log, with the appended events."""
        entry_ids = list(entries)
        return super().originators_of(entry_ids) | {
            entry: self._owners[entry] for entry in entry_ids if entry in self._owners
        }
