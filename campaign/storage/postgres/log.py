"""The log in PostgreSQL: the server appends rows and sets their moments, positions and hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC
from itertools import groupby
from typing import Any, Literal
from uuid import UUID

import psycopg
from eventsourcing.persistence import ApplicationRecorder, IntegrityError, Notification, StoredEvent, Subscription

from campaign.errors import CheckFault, Fault, OutcomeUnknown
from campaign.retry import tries
from campaign.storage.personal_texts import COLUMNS, Text, as_row
from campaign.storage.ports import FREE_TEXT_TOPICS, Access, Clock, Entry, Row
from campaign.storage.postgres.connection import PATIENCE, PAUSE, Connection, ConnectionLost
from campaign.storage.postgres.texts import PostgresTexts

_ROW = "position, originator_id, originator_version, topic, state, entry, recorded_at"
_ENTRY = "position, entry, originator_id, topic, state"
_MOST_AT_ONCE = 500
"""Events a transaction: 5,000 delayed others by 239 ms."""
_CONFLICTS = ("CT001", "CT002", "23505")
_APPEND = "SELECT * FROM campaign.append(%s::text[], %s::int[], %s::text[], %s::bytea[], %s::text[], %s::jsonb, %s, %s::text[])"


_UNKNOWN = (
    "Not known whether that was saved: the database broke off and cannot be asked. Run the same command again once it "
    "can be reached: what is there already is not logged twice."
)


class PostgresEventLog(ApplicationRecorder):
    """The log as the role of ``connection`` sees it.

    ``clock`` counts only in a database that was set up for tests; elsewhere the server's clock does, so the log is
    never ahead of it. The last few aggregates are remembered, and only what was logged since is read again.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        super().__init__()
        self.connection, self.clock = connection, clock
        self.texts = PostgresTexts(connection)
        self.ahead_of_clock = ""
        self._remembered: dict[UUID, list[StoredEvent]] = {}
        self._times = self.connection.times

    @property
    def access(self) -> Access:
        """What the role may see and log."""
        return self.connection.access

    # Writing

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """Appends these events. Raises ``IntegrityError`` when others were quicker, ``OutcomeUnknown`` at the worst.

        The same entries again change nothing, so what got no answer is sent again until there is one.
        """
        return self.append(stored_events)

    def append(
        self, stored_events: Sequence[StoredEvent], texts: Sequence[Text] = (), compatible: Sequence[str] = ()
    ) -> list[int]:
        """As ``insert_events``, with the personal texts that they refer to in the same transaction.

        When only ``compatible`` events were logged since these were decided on, these follow them. More than 500
        events are appended in several transactions, each with whole aggregates, so that others get their turn.
        """
        return [position for part in _parts(stored_events) for position in self._append_part(part, texts, compatible)]

    def _append_part(self, part: Sequence[StoredEvent], texts: Sequence[Text], compatible: Sequence[str]) -> list[int]:
        values = (*_columns(part), _as_json(part, texts), self._moment(), list(compatible))
        rows = _until_answered(self.connection, lambda connection: connection.execute(_APPEND, values).fetchall())
        return [row[0] for row in rows]

    def _moment(self) -> str | None:
        if not self.connection.who.rehearsal:
            return None
        return self.clock().astimezone(UTC).isoformat(timespec="microseconds")

    # Reading, as the library's recorders do

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one aggregate, in the order of its versions."""
        statement = (
            "SELECT originator_id, originator_version, topic, state FROM campaign.streams(%s) "
            "WHERE originator_version > %s AND originator_version <= %s "
            f"ORDER BY originator_version {'DESC' if desc else 'ASC'} LIMIT %s"
        )
        originator = _hex(originator_id)
        rows = self._fetch(statement, ([originator], -1 if gt is None else gt, _MOST if lte is None else lte, limit))
        return [StoredEvent(UUID(r[0]), r[1], r[2], r[3]) for r in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """As the library's, by position."""
        first = -1 if start is None else start if inclusive_of_start else start + 1
        statement = (
            f"SELECT {_ROW} FROM campaign.stored_events WHERE position BETWEEN %s AND %s "
            "AND (cardinality(%s::text[]) = 0 OR topic = ANY (%s::text[])) ORDER BY position LIMIT %s"
        )
        names = list(topics)
        rows = self._fetch(statement, (first, _MOST if stop is None else stop, names, names, limit))
        return [Notification(UUID(r[1]), r[2], r[3], r[4], id=r[0]) for r in rows]

    def max_notification_id(self) -> int | None:
        """The highest position; None for an empty log."""
        return self.last_issued() or None

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[ApplicationRecorder]:
        """Not offered: who follows the log listens to the database (``campaign.storage.postgres.follower``)."""
        raise NotImplementedError

    # What else is asked of a log

    def check_version(self) -> None:
        """Raises ``SettingsFault`` for a database or a role that is not to be worked with."""
        _ = self.connection.who

    def head(self) -> tuple[int, bytes]:
        """The position and the hash of the last row; 0 and ``NO_HASH`` for an empty log."""
        position, stored_hash = self._fetch("SELECT position, hash FROM campaign.head")[0]
        return position, bytes(stored_hash)

    def last_issued(self) -> int:
        """The highest position ever given to a row, whether the row still exists or not."""
        return int(self._fetch("SELECT position FROM campaign.head")[0][0])

    def rows(self, after_position: int, limit: int) -> list[Row]:
        """At most ``limit`` rows after position ``after_position``, by position."""
        return [row for row, _ in self.chained_rows(after_position, limit)]

    def rows_of_office(self, office: str, after_position: int, until: int, limit: int) -> list[Row]:
        """At most ``limit`` rows of an office after position ``after_position``, up to ``until``, by position."""
        statement = (
            f"SELECT {_ROW} FROM campaign.stored_events WHERE position > %s AND position <= %s AND office = %s "
            "ORDER BY position LIMIT %s"
        )
        return self._fetch(statement, (after_position, until, office, limit))

    def chained_rows(self, after_position: int, limit: int) -> list[tuple[Row, Any]]:
        """As ``rows``, each with the hash stored beside it. In an altered file that is not always bytes."""
        rows = self._fetch(
            f"SELECT {_ROW}, hash FROM campaign.stored_events WHERE position > %s ORDER BY position LIMIT %s",
            (after_position, limit),
        )
        return [(row[:-1], row[-1]) for row in rows]

    def streams(self, ids: Iterable[UUID]) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """The events of each aggregate in the order of their versions; unknown ids are left out.

        An office does not see who in another office did something, or why.
        """
        distinct_ids = list(dict.fromkeys(ids))
        if len(distinct_ids) > _FEW:
            return self._streams(distinct_ids)
        self._remember(distinct_ids)
        streams = [(id_, list(self._remembered[id_])) for id_ in distinct_ids if id_ in self._remembered]
        for id_ in [*self._remembered][: max(0, len(self._remembered) - _MANY)]:
            del self._remembered[id_]
        return iter(streams)

    def _remember(self, ids: Sequence[UUID]) -> None:
        """Reads what was logged since; all of it on a new connection, which may lead to a server that knows less."""
        streams = list(self._streams(ids, [len(self._remembered.get(id_, ())) for id_ in ids]))
        if self.connection.times != self._times and self._remembered:
            self._remembered.clear()
            streams = list(self._streams(ids))
        self._times = self.connection.times
        for id_, stored in streams:
            self._remembered.setdefault(id_, []).extend(stored)

    def _streams(
        self, ids: Sequence[UUID], after_versions: Sequence[int] = ()
    ) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """As ``streams``, of each aggregate only the events whose version is greater than ``after_versions``."""
        rows_by_id = self._fetch(
            "SELECT * FROM campaign.streams(%s, %s::int[])", ([i.hex for i in ids], list(after_versions))
        )
        for hexed, rows in groupby(rows_by_id, key=lambda row: row[0]):
            originator = _id(hexed)
            yield originator, [StoredEvent(originator, r[1], r[2], r[3]) for r in rows]

    def originators_of(self, entries: Iterable[UUID]) -> dict[UUID, UUID]:
        """The aggregate of each entry; unknown entries are left out."""
        statement = "SELECT entry, originator_id FROM campaign.stored_events WHERE entry = ANY (%s)"
        return {_id(row[0]): _id(row[1]) for row in self._fetch(statement, ([e.hex for e in entries],))}

    def existing(self, ids: Iterable[UUID]) -> list[UUID]:
        """Those of these aggregates that have an event."""
        statement = (
            "SELECT originator_id FROM campaign.stored_events WHERE originator_id = ANY (%s) AND originator_version = 1"
        )
        return [_id(row[0]) for row in self._fetch(statement, ([i.hex for i in ids],))]

    def entries_beginning(self, digits: str) -> list[Entry]:
        """At most ten entries whose id begins with these hexadecimal digits."""
        return self._entries("entry >= %s AND entry < %s LIMIT 10", digits, digits + "g")

    def entries_with(self, field: Literal["act", "batch"], value: UUID) -> list[Entry]:
        """The entries of one act or one import, by position."""
        return self._entries(f"{field} = %s ORDER BY position", str(value))

    def entries_of_topics(self, topics: Sequence[str], holding: str = "") -> list[Entry]:
        """The entries with these stored names whose state contains ``holding``, by position."""
        return self._entries(
            "topic = ANY (%s) AND position(%s::bytea IN state) > 0 ORDER BY position", list(topics), holding.encode()
        )

    def free_texts(self) -> list[tuple[UUID, str]]:
        """Every entry with a reason or a title, and that text."""
        state = "convert_from(state, 'UTF8')::json"
        statement = (
            f"SELECT entry, coalesce({state} ->> 'because', {state} ->> 'title') FROM campaign.stored_events "
            "WHERE topic = ANY (%s)"
        )
        return [(_id(row[0]), row[1]) for row in self._fetch(statement, (list(FREE_TEXT_TOPICS),)) if row[1]]

    def batches_beginning(self, digits: str) -> list[UUID]:
        """At most ten imports whose id begins with these hexadecimal digits."""
        statement = (
            "SELECT DISTINCT batch FROM campaign.stored_events WHERE batch IS NOT NULL "
            "AND replace(batch, '-', '') >= %s AND replace(batch, '-', '') < %s LIMIT 10"
        )
        return [_id(row[0]) for row in self._fetch(statement, (digits, digits + "g"))]

    def latest_by_hand(self, consultant: str, limit: int = 1000) -> list[Entry]:
        """The last entries of a consultant that no import made, newest first."""
        return self._entries("consultant = %s AND batch IS NULL ORDER BY position DESC LIMIT %s", consultant, limit)

    def originators(self, after_id: str, limit: int) -> list[str]:
        """At most ``limit`` ids of aggregates, as stored, greater than ``after_id``, in order."""
        statement = (
            "SELECT DISTINCT originator_id FROM campaign.stored_events WHERE originator_id > %s ORDER BY 1 LIMIT %s"
        )
        return [row[0] for row in self._fetch(statement, (after_id, limit))]

    def position_of(self, originator: UUID, version: int) -> int | None:
        """The position of one event of an aggregate; None when the log does not have it."""
        statement = "SELECT position FROM campaign.stored_events WHERE originator_id = %s AND originator_version = %s"
        rows = self._fetch(statement, (originator.hex, version))
        return rows[0][0] if rows else None

    def file_faults(self) -> list[str]:
        """Nothing: pages and indexes are PostgreSQL's own to check (pg_amcheck, data checksums)."""
        return []

    def campaigns(self) -> list[UUID]:
        """The ids of all campaigns, oldest first."""
        entries = self._entries("topic = 'Campaign.Planned' ORDER BY position")
        return [entry.originator for entry in entries]

    def _entries(self, having: str, *values: Any) -> list[Entry]:
        rows = self._fetch(f"SELECT {_ENTRY} FROM campaign.stored_events WHERE {having}", values)
        return [Entry(r[0], _id(r[1]), _id(r[2]), r[3], r[4]) for r in rows]

    def _fetch(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.connection.fetch(statement, values)


_MOST = 2**31 - 1
_FEW, _MANY = 8, 64  # aggregates read at a time with memory, and remembered


def _until_answered(connection: Connection, work: Callable[[psycopg.Connection[Any]], list[Any]]) -> list[Any]:
    """What ``work`` returns; sent again while its answer is lost. Raises ``OutcomeUnknown`` after ``PATIENCE`` seconds."""
    sent = False
    for is_last in tries(PATIENCE, PAUSE):
        try:
            return connection.once(work)
        except (ConnectionLost, Fault, psycopg.Error) as fault:
            if isinstance(fault, psycopg.Error) and fault.sqlstate in _CONFLICTS:
                raise IntegrityError(str(fault)) from fault
            sent = sent or isinstance(fault, ConnectionLost)
            if not sent:
                raise
            if is_last:
                raise OutcomeUnknown(_UNKNOWN) from fault
    raise AssertionError("the last try ends in an answer or a fault")


def _columns(stored_events: Sequence[StoredEvent]) -> tuple[list[Any], ...]:
    entries = [getattr(stored, "entry", None) for stored in stored_events]
    return (
        [_hex(stored.originator_id) for stored in stored_events],
        [stored.originator_version for stored in stored_events],
        [stored.topic for stored in stored_events],
        [stored.state for stored in stored_events],
        [entry and entry.hex for entry in entries],
    )


def _parts(stored_events: Sequence[StoredEvent]) -> Iterator[list[StoredEvent]]:
    part: list[StoredEvent] = []
    for _, run in groupby(stored_events, lambda stored: stored.originator_id):
        events = list(run)
        if part and len(part) + len(events) > _MOST_AT_ONCE:
            yield part
            part = []
        part += events
    if part:
        yield part


def _as_json(part: Sequence[StoredEvent], texts: Sequence[Text]) -> str | None:
    """The texts that these events refer to, as the columns they are kept in."""
    if not texts:
        return None
    owners = {stored.originator_id for stored in part}
    rows = [dict(zip(COLUMNS, as_row(text), strict=True)) for text in texts if text.owner in owners]
    return json.dumps(rows, default=bytes.hex)


def _hex(originator: UUID | str) -> str:
    return originator.hex if isinstance(originator, UUID) else originator


def _id(hexed: Any) -> UUID:
    """An id as it is stored. Raises ``CheckFault`` for what is none."""
    try:
        return UUID(hexed)
    except (ValueError, TypeError, AttributeError) as fault:
        raise CheckFault("The log holds an id that is none: it was altered. Run: campaign verify") from fault
