"""A rehearsal in a database: what is logged is kept here, beside the log, and gone afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.postgres.tracker import ServerTracker
from campaign.storage.postgres.workspace import Database

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.personal_texts import Text


class _Beside(PostgresEventLog):
    """Reads the log, and what was appended since on top of it; writes nothing."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.appended: dict[UUID, list[StoredEvent]] = {}
        self.holders: dict[UUID, UUID] = {}

    def append(
        self, stored_events: Sequence[StoredEvent], texts: Sequence[Text] = (), meanwhile: Sequence[str] = ()
    ) -> list[int]:
        """Keeps these events here."""
        for stored in stored_events:
            owner = UUID(str(stored.originator_id))
            self.appended.setdefault(owner, []).append(stored)
            self.holders[stored.entry] = owner  # type: ignore[attr-defined]
        return []

    def streams(self, ids: Iterable[UUID], after: Sequence[int] = ()) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """As the log's, each with what came here."""
        wanted = list(ids)
        there = dict(super().streams(wanted))
        for owner in dict.fromkeys(wanted):
            if events := [*there.get(owner, ()), *self.appended.get(owner, ())]:
                yield owner, events

    def owners(self, entries: Iterable[UUID]) -> dict[UUID, UUID]:
        """As the log's, with what came here."""
        wanted = list(entries)
        return super().owners(wanted) | {e: self.holders[e] for e in wanted if e in self.holders}


class Rehearsal(Database):
    """A database in which nothing is written."""

    @contextmanager
    def tracker(self, new: bool = False, any_log: bool = False) -> Iterator[CampaignTracker]:
        """All that can be done, done beside the log."""
        tracker = ServerTracker(self.connection, self.clock)
        tracker.store, tracker.remembers = _Beside(self.connection, self.clock), False
        tracker.store.check_version()
        yield tracker

    @classmethod
    def of(cls, database: Database) -> Rehearsal:
        """The rehearsal of a database, over the same connection."""
        rehearsal = cls(database.path, database.clock, database.connection.address)
        rehearsal.connection = rehearsal.reading = database.connection
        return rehearsal
