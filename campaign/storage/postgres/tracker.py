"""Everything a person can do, on the log of a database; what differs from a file is here, and it is little."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from campaign.app import CampaignTracker
from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import AccessDenied
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.postgres.texts import PostgresTexts
from domain.conflicts import always_compatible_kinds
from domain.texts import quoted

if TYPE_CHECKING:
    from campaign.storage.personal_texts import Text


EVERY = "*"
"""Stands for events of all names."""
_FEW, _MANY = 8, 64  # aggregates


class ServerTracker(CampaignTracker):
    """The log in the database of ``connection``, which stays open for whoever asks next."""

    def __init__(self, connection: Connection, clock: Callable[[], datetime]) -> None:
        self.connection = connection
        self.store: Any = PostgresEventLog(connection, clock)
        self.mapper = TypedMapper()
        self.remembers = True
        self._read: dict[UUID, list[Any]] = {}
        self._times = connection.times

    @cached_property
    def people(self) -> Any:
        """The personal texts this role may see."""
        return PostgresTexts(self.connection)

    def create(self) -> None:
        """Nothing: tables are made by ``campaign init --server``."""

    def close(self) -> None:
        """Nothing: the connection is the database's."""

    def check_office(self, office: str) -> None:
        """Raises ``AccessDenied`` for an office this role does not act for; the server would refuse it too."""
        who = self.connection.who
        if who.kind == "office" and office != who.office:
            raise AccessDenied(
                f"{self.connection.address.role} logs for office {who.office} only, and this is of office {quoted(office)}."
            )

    def load(self, ids: Iterable[UUID]) -> dict[UUID, Any]:
        """As in a home; of a few, what was read before is remembered, and only what came since is asked for."""
        wanted = list(dict.fromkeys(ids))
        if len(wanted) > _FEW or not self.remembers:
            return super().load(wanted)
        self._read_on(wanted)
        there = {i: self.mapper.replay_events(self._read[i]) for i in wanted if i in self._read}
        for forgotten in [*self._read][: max(0, len(self._read) - _MANY)]:
            del self._read[forgotten]
        return there

    def _read_on(self, wanted: Sequence[UUID]) -> None:
        """Reads what came since; all of it anew once the connection was made anew, maybe to a server that knows less."""
        came = list(self.store.streams(wanted, [len(self._read.get(i, ())) for i in wanted]))
        if self.connection.times != self._times and self._read:
            self._read.clear()
            came = list(self.store.streams(wanted))
        self._times = self.connection.times
        for owner, stored in came:
            self._read.setdefault(owner, []).extend(map(self.mapper.to_domain_event, stored))

    def _since(self, first: Mapping[UUID, int]) -> list[Any]:
        there = self.store.streams([*first], [version - 1 for version in first.values()])
        return [self.mapper.to_domain_event(stored) for _, stream in there for stored in stream]

    def _write(self, pending: Sequence[Any], texts: Sequence[Text]) -> None:
        for office in {event.office for event in pending}:
            self.check_office(office)
        kinds = always_compatible_kinds(pending)
        meanwhile = [EVERY] if kinds is None else [kind.__qualname__ for kind in kinds]
        self.store.append([self.mapper.to_stored_event(event) for event in pending], texts, meanwhile)
