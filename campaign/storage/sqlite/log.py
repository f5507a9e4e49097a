"""eventsourcing's SQLite recorder, hardened: durable commits, positions issued once, rows chained by hashes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, Self
from uuid import UUID

from eventsourcing.persistence import InterfaceError, Notification, OperationalError, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteDatastore,
    SQLiteTransaction,
)

from campaign.errors import CheckFault
from campaign.failpoints import reached
from campaign.storage.hash_chain import link
from campaign.storage.personal_texts import Text
from campaign.storage.ports import FREE_TEXT_TOPICS, NO_HASH, Access, Clock, Entry, Row
from campaign.storage.sqlite.log_head import STORE_VERSION, refuse_newer
from campaign.storage.sqlite.texts import SqliteTexts

_ROW = "position, originator_id, originator_version, topic, state, entry, recorded_at"
_WAIT_SECONDS = 20
# Ids fall anywhere in their indexes: with SQLite's own 2 MB of cache a long import reads and writes every page again.
_FOR_LONG_LOGS = ("PRAGMA cache_size=-48000", "PRAGMA wal_autocheckpoint=8000")
_LAST_POSITION = 2**63 - 1


class DurableConnection(SQLiteConnection):
    """A connection whose commits are on the disk, and whose writers take their lock at once."""

    def __init__(self, sqlite_conn: sqlite3.Connection, max_age: float | None) -> None:
        super().__init__(sqlite_conn, max_age)
        sqlite_conn.execute("PRAGMA synchronous=FULL")
        for setting in _FOR_LONG_LOGS:
            sqlite_conn.execute(setting)
        if sqlite_conn.execute("PRAGMA synchronous").fetchone()[0] != 2:
            raise InterfaceError("SQLite does not keep synchronous=FULL")

    def transaction(self, *, commit: bool) -> Any:
        """Reads are deferred; writes begin IMMEDIATE, since a read turned write fails at once when another writes."""
        return _Transaction(self, commit=commit)


class _Transaction(SQLiteTransaction):
    def __enter__(self) -> Any:
        try:
            cursor = self.connection.cursor()
            cursor.execute("BEGIN IMMEDIATE" if self.commit else "BEGIN")
        except sqlite3.OperationalError as fault:
            raise OperationalError(fault) from fault
        self._cursor = cursor
        return cursor.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._cursor.__exit__(*raised)
        committing = self.commit and raised[0] is None
        if committing:
            reached("log.before-commit")
        super().__exit__(*raised)
        if committing:
            reached("log.after-commit")


class _Pool(SQLiteConnectionPool):
    def _create_connection(self) -> SQLiteConnection:
        plain = super()._create_connection()
        return DurableConnection(plain._sqlite_conn, self.max_age)


class DurableDatastore(SQLiteDatastore):
    """One file of events."""

    def __init__(self, db_name: str) -> None:
        super().__init__(db_name, lock_timeout=_WAIT_SECONDS)
        self.pool = _Pool(db_name=db_name, lock_timeout=_WAIT_SECONDS)


class SqliteEventLog(SQLiteApplicationRecorder):
    """The log in one file. Each row has the SHA-256 over the row before and itself, and the moment it was recorded."""

    access = Access()

    def __init__(self, datastore: SQLiteDatastore, clock: Clock, texts: SqliteTexts) -> None:
        super().__init__(datastore)
        self.clock, self.texts = clock, texts
        self.ahead_of_clock = ""
        self.select_max_notification_id_statement = "SELECT MAX(position) FROM stored_events"

    @classmethod
    def at(cls, path: Path, clock: Clock) -> Self:
        """The log in the file at ``path``, with its personal texts in people.db beside it."""
        return cls(DurableDatastore(str(path)), clock, SqliteTexts(path.with_name("people.db")))

    def close(self) -> None:
        """Closes the connections to the file."""
        self.datastore.close()

    def construct_create_table_statements(self) -> list[str]:
        """One table; positions are never issued again, not even after the last row was deleted by force."""
        return [
            "CREATE TABLE IF NOT EXISTS stored_events ("
            "position INTEGER PRIMARY KEY AUTOINCREMENT, "
            "originator_id TEXT NOT NULL, originator_version INTEGER NOT NULL, "
            "topic TEXT NOT NULL, state BLOB NOT NULL, "
            "entry TEXT, recorded_at TEXT NOT NULL, hash BLOB NOT NULL, "
            "UNIQUE (originator_id, originator_version))",
            "CREATE UNIQUE INDEX IF NOT EXISTS one_entry_once ON stored_events (entry)",
            "CREATE INDEX IF NOT EXISTS campaigns ON stored_events (position) WHERE topic = 'Campaign.Planned'",
            f"PRAGMA user_version = {STORE_VERSION}",
        ]

    def _fetch(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        with self.datastore.transaction(commit=False) as c:
            c.execute(statement, values)
            return list(c.fetchall())

    def check_version(self) -> None:
        """Raises ``SettingsFault`` when a newer version of the program wrote the store."""
        refuse_newer(self._fetch("PRAGMA user_version")[0][0])

    def append(
        self, stored_events: Sequence[StoredEvent], texts: Sequence[Text] = (), compatible: Sequence[str] = ()
    ) -> Sequence[int]:
        """Keeps the texts, then inserts the events; when that fails, deletes the texts the log does not refer to."""
        self.texts.keep(texts)
        try:
            return self.insert_events(stored_events) or ()
        except PersistenceError:  # any other interruption leaves texts that the next clean-up finds
            if texts:
                from campaign.storage.text_references import orphaned_texts

                self.texts.forget(text.id for text in orphaned_texts(self, texts))
            raise

    def _insert_events(self, c: Any, stored_events: Sequence[StoredEvent], **_: Any) -> list[int]:
        position, before, recorded = self._head(c)
        moment = self.clock().astimezone(UTC).isoformat(timespec="microseconds")
        self.ahead_of_clock = recorded if moment < recorded else ""
        recorded = max(recorded, moment)
        rows = []
        for stored in stored_events:
            position += 1
            row = _row(position, stored, recorded)
            before = link(before, row)
            rows.append((*row, before))
        c.executemany(f"INSERT INTO stored_events ({_ROW}, hash) VALUES (?,?,?,?,?,?,?,?)", rows)
        return [row[0] for row in rows]

    def last_issued(self) -> int:
        """The highest position ever given to a row, whether the row still exists or not."""
        issued = self._fetch("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'")
        return issued[0][0] if issued and isinstance(issued[0][0], int) else 0

    def _head(self, c: Any) -> tuple[int, bytes, str]:
        c.execute("SELECT seq FROM sqlite_sequence WHERE name = 'stored_events'")
        issued = c.fetchone()
        c.execute("SELECT max(position) FROM stored_events")
        count = issued[0] if issued else 0
        if not isinstance(count, int) or count < (c.fetchone()[0] or 0):
            raise CheckFault("The log has entries behind the last position it counts. Run: campaign verify")
        if issued is None:
            return 0, NO_HASH, ""
        c.execute("SELECT hash, recorded_at FROM stored_events WHERE position = ?", (issued[0],))
        last = c.fetchone()
        if last is None:
            raise CheckFault(f"The last entry (position {issued[0]}) is gone from the log. Run: campaign verify")
        if not (isinstance(last[0], bytes) and isinstance(last[1], str)):
            raise CheckFault(f"The last entry (position {issued[0]}) was altered. Run: campaign verify")
        return issued[0], last[0], last[1]

    def head(self) -> tuple[int, bytes]:
        """The position and the hash of the last row; 0 and ``NO_HASH`` for an empty log."""
        with self.datastore.transaction(commit=False) as c:
            return self._head(c)[:2]

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
        last = stop if stop is not None else _LAST_POSITION
        condition = f"AND topic IN ({','.join('?' * len(topics))})" if topics else ""
        statement = (
            f"SELECT {_ROW} FROM stored_events WHERE position BETWEEN ? AND ? {condition} ORDER BY position LIMIT ?"
        )
        return [
            Notification(self.convert_originator_id(r[1]), r[2], r[3], r[4], id=r[0])
            for r in self._fetch(statement, (first, last, *topics, limit))
        ]

    def rows(self, after_position: int, limit: int) -> list[Row]:
        """At most ``limit`` rows after position ``after_position``, by position."""
        return [
            tuple(row)
            for row in self._fetch(
                f"SELECT {_ROW} FROM stored_events WHERE position > ? ORDER BY position LIMIT ?",
                (after_position, limit),
            )
        ]

    def rows_of_office(self, office: str, after_position: int, until: int, limit: int) -> list[Row]:
        """At most ``limit`` rows of an office after position ``after_position``, up to ``until``, by position."""
        statement = (
            f"SELECT {_ROW} FROM stored_events WHERE position > ? AND position <= ? "
            "AND instr(state, CAST(? AS BLOB)) ORDER BY position LIMIT ?"
        )
        return [tuple(row) for row in self._fetch(statement, (after_position, until, f'"office":"{office}"', limit))]

    def chained_rows(self, after_position: int, limit: int) -> list[tuple[Row, Any]]:
        """As ``rows``, each with the hash stored beside it. In an altered file that is not always bytes."""
        statement = f"SELECT {_ROW}, hash FROM stored_events WHERE position > ? ORDER BY position LIMIT ?"
        return [(row[:-1], row[-1]) for row in map(tuple, self._fetch(statement, (after_position, limit)))]

    def streams(self, ids: Iterable[UUID]) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """The events of many aggregates at once, each in the order of its versions; unknown ids are left out."""
        statement = (
            "SELECT originator_id, originator_version, topic, state FROM stored_events "
            "WHERE originator_id IN (SELECT value FROM json_each(?)) ORDER BY originator_id, originator_version"
        )
        stored_rows = self._fetch(statement, (_json_list(i.hex for i in ids),))
        for hexed, rows in groupby(stored_rows, key=lambda row: row[0]):
            originator = _id(hexed)
            yield originator, [StoredEvent(originator, r[1], r[2], r[3]) for r in rows]

    def originators_of(self, entries: Iterable[UUID]) -> dict[UUID, UUID]:
        """The aggregate of each entry; unknown entries are left out."""
        statement = "SELECT entry, originator_id FROM stored_events WHERE entry IN (SELECT value FROM json_each(?))"
        return {_id(row[0]): _id(row[1]) for row in self._fetch(statement, (_json_list(e.hex for e in entries),))}

    def existing(self, ids: Iterable[UUID]) -> list[UUID]:
        """Those of these aggregates that have an event."""
        statement = (
            "SELECT value FROM json_each(?) WHERE EXISTS "
            "(SELECT 1 FROM stored_events WHERE originator_id = value AND originator_version = 1)"
        )
        return [_id(row[0]) for row in self._fetch(statement, (_json_list(i.hex for i in ids),))]

    def entries_beginning(self, digits: str) -> list[Entry]:
        """At most ten entries whose id begins with these hexadecimal digits."""
        statement = (
            "SELECT position, entry, originator_id, topic, state FROM stored_events "
            "WHERE entry >= ? AND entry < ? LIMIT 10"
        )
        return [_entry(row) for row in self._fetch(statement, (digits, digits + "g"))]

    def entries_with(self, field: Literal["act", "batch"], value: UUID) -> list[Entry]:
        """The entries of one act or one import, by position."""
        statement = (
            "SELECT position, entry, originator_id, topic, state FROM stored_events "
            f"WHERE json_extract(CAST(state AS TEXT), '$.{field}') = ? ORDER BY position"
        )
        return [_entry(row) for row in self._fetch(statement, (str(value),))]

    def entries_of_topics(self, topics: Sequence[str], holding: str = "") -> list[Entry]:
        """The entries with these stored names whose state contains ``holding``, by position."""
        statement = (
            "SELECT position, entry, originator_id, topic, state FROM stored_events "
            "WHERE topic IN (SELECT value FROM json_each(?)) AND instr(state, CAST(? AS BLOB)) ORDER BY position"
        )
        return [_entry(row) for row in self._fetch(statement, (_json_list(topics), holding))]

    def free_texts(self) -> list[tuple[UUID, str]]:
        """Every entry with a reason or a title, and that text."""
        state = "CAST(state AS TEXT)"
        sentence = f"coalesce(json_extract({state}, '$.because'), json_extract({state}, '$.title'))"
        statement = f"SELECT entry, {sentence} FROM stored_events WHERE topic IN (SELECT value FROM json_each(?))"
        return [(_id(row[0]), row[1]) for row in self._fetch(statement, (_json_list(FREE_TEXT_TOPICS),)) if row[1]]

    def batches_beginning(self, digits: str) -> list[UUID]:
        """At most ten imports whose id begins with these hexadecimal digits."""
        batch = "replace(json_extract(CAST(state AS TEXT), '$.batch'), '-', '')"
        statement = f"SELECT DISTINCT {batch} FROM stored_events WHERE {batch} >= ? AND {batch} < ? LIMIT 10"
        return [_id(row[0]) for row in self._fetch(statement, (digits, digits + "g"))]

    def latest_by_hand(self, consultant: str, limit: int = 1000) -> list[Entry]:
        """The last entries of a consultant that no import made, newest first."""
        statement = (
            "SELECT position, entry, originator_id, topic, state FROM stored_events "
            "WHERE json_extract(CAST(state AS TEXT), '$.by') = ? "
            "AND json_extract(CAST(state AS TEXT), '$.batch') IS NULL ORDER BY position DESC LIMIT ?"
        )
        return [_entry(row) for row in self._fetch(statement, (consultant, limit))]

    def originators(self, after_id: str, limit: int) -> list[str]:
        """At most ``limit`` ids of aggregates, as stored, greater than ``after_id``, in order."""
        statement = "SELECT DISTINCT originator_id FROM stored_events WHERE originator_id > ? ORDER BY 1 LIMIT ?"
        return [row[0] for row in self._fetch(statement, (after_id, limit))]

    def position_of(self, originator: UUID, version: int) -> int | None:
        """The position of one event of an aggregate; None when the log does not have it."""
        statement = "SELECT position FROM stored_events WHERE originator_id = ? AND originator_version = ?"
        positions = self._fetch(statement, (originator.hex, version))
        return positions[0][0] if positions else None

    def file_faults(self) -> list[str]:
        """What is wrong with the file besides its rows: indexes that do not fit them, or definitions not ours."""
        messages = [str(row[0]) for row in self._fetch("PRAGMA integrity_check(1)") if row[0] != "ok"]
        definitions = {tuple(row) for row in self._fetch(_DEFINITIONS)}
        faults = [f"the file is damaged: {message}" for message in messages]
        if definitions != self._definitions():
            faults.append("its tables and indexes are not those the program made: their definitions were altered")
        return faults

    def _definitions(self) -> set[tuple[Any, ...]]:
        with closing(sqlite3.connect(":memory:")) as empty:
            for statement in self.construct_create_table_statements():
                empty.execute(statement)
            return set(empty.execute(_DEFINITIONS))

    def campaigns(self) -> list[UUID]:
        """The ids of all campaigns, oldest first."""
        return [
            _id(row[0])
            for row in self._fetch(
                "SELECT originator_id FROM stored_events WHERE topic = 'Campaign.Planned' ORDER BY position"
            )
        ]


# What SQLite keeps for itself has other names in other versions, except the count of positions.
_DEFINITIONS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master "
    "WHERE name NOT LIKE 'sqlite_%' OR name IN ('sqlite_sequence', 'sqlite_autoindex_stored_events_1')"
)


def _id(hexed: Any) -> UUID:
    """An id as it is stored. Raises ``CheckFault`` for what is none."""
    try:
        return UUID(hexed)
    except (ValueError, TypeError, AttributeError) as fault:
        raise CheckFault("The log holds an id that is none: it was altered. Run: campaign verify") from fault


def _entry(row: Any) -> Entry:
    return Entry(row[0], _id(row[1]), _id(row[2]), row[3], row[4])


def _row(position: int, stored: StoredEvent, recorded: str) -> Row:
    originator, entry = stored.originator_id, getattr(stored, "entry", None)
    hexed = originator.hex if isinstance(originator, UUID) else originator
    return position, hexed, stored.originator_version, stored.topic, stored.state, entry and entry.hex, recorded


def _json_list(words: Iterable[str]) -> str:
    return '["' + '","'.join(words) + '"]'
