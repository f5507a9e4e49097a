"""Copies a data directory into a database and back, with the hash chain checked row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from psycopg import sql

from campaign.errors import CheckFault, SettingsFault
from campaign.storage.hash_chain import mismatch
from campaign.storage.personal_texts import COLUMNS, as_row
from campaign.storage.ports import NO_HASH, AccessDenied, EventLog, Head, Row
from campaign.storage.postgres.addresses import Address
from campaign.storage.postgres.connection import FEEDS, connect, refuse_other_version, refuse_superuser
from campaign.storage.postgres.schema_setup import OWNER

if TYPE_CHECKING:
    from campaign.storage.postgres.workspace import PostgresWorkspace
    from campaign.storage.sqlite.workspace import SqliteWorkspace

_BATCH = 2_000
_LOG = "position, originator_id, originator_version, topic, state, entry, recorded_at, hash"


class Moved(NamedTuple):
    """The number of texts copied, and the head of the log, the same on both sides."""

    texts: int
    head: Head


def move_in(workspace: SqliteWorkspace, to: Address) -> Moved:
    """Copies a data directory into an empty database that was set up, in one transaction. The source stays as it is.

    Raises ``SettingsFault`` when the role does not own the tables, or something was logged there already;
    ``CheckFault`` when a row does not fit the row before it.
    """
    with workspace.open_log() as log, connect(to) as connection, connection.transaction():
        _become_owner(connection, to)
        head = _rows_in(connection, log)
        connection.execute("UPDATE campaign.head SET position = %s, hash = %s, recorded_at = %s", head)
        texts = log.texts.all()
        rows = [dict(zip(COLUMNS, as_row(text), strict=True)) for text in texts]
        connection.execute(_TEXTS_IN, (json.dumps(rows, default=bytes.hex),))
        return Moved(len(texts), Head(head[0], head[1].hex()))


def _become_owner(connection: psycopg.Connection[Any], to: Address) -> None:
    """Takes the role of the owner of the tables and the lock for appending."""
    statement = "SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = session_user"
    refuse_superuser(to.role, *(connection.execute(statement).fetchone() or (False, False)))
    exists = connection.execute("SELECT to_regnamespace('campaign') IS NOT NULL").fetchone()
    if not (exists and exists[0]):
        raise SettingsFault(f"Nothing is set up in the database {to.shown}. Run there first: campaign init --server")
    is_owner = connection.execute("SELECT pg_has_role(session_user, %s, 'SET')", (OWNER,)).fetchone()
    if not (is_owner and is_owner[0]):
        raise SettingsFault(
            f"{to.role} does not own the tables. A data directory is moved in by the role that set them up."
        )
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
    row = connection.execute("SELECT version FROM campaign.about").fetchone()
    refuse_other_version(row[0] if row else None)
    connection.execute("SELECT pg_advisory_xact_lock(741852, 1)")
    logged = connection.execute("SELECT position FROM campaign.head").fetchone()
    if not logged or logged[0]:
        raise SettingsFault(
            f"The database {to.shown} has a log of its own, and no log is ever replaced. Take an empty one."
        )


def _rows_in(connection: psycopg.Connection[Any], log: EventLog) -> tuple[int, bytes, str]:
    last = (0, NO_HASH, "")
    for batch in _chained(log):
        columns = [list(column) for column in zip(*((*row, stored_hash) for row, stored_hash in batch), strict=True)]
        connection.execute(_ROWS_IN, columns)
        last = batch[-1][0][0], batch[-1][1], batch[-1][0][6]
    return last


_ROWS_IN = f"""
    INSERT INTO campaign.stored_events ({_LOG}, office, consultant, act, batch)
    SELECT n.*, coalesce(said ->> 'office', ''), coalesce(said ->> 'by', ''), coalesce(said ->> 'act', ''), said ->> 'batch'
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::bytea[], %s::text[], %s::text[], %s::bytea[])
        AS n ({_LOG}),
        LATERAL (SELECT convert_from(n.state, 'UTF8')::json AS said) decoded
"""
_TEXTS_IN = """
    INSERT INTO campaign.texts
    SELECT t.id, t.subject, t.kind, t.cvr, t.campaign, t.content, decode(t.salt, 'hex'), t.kept_at, t.folded,
        coalesce(first.office, '')
    FROM jsonb_to_recordset(%s::jsonb) AS t (
        id text, subject text, kind text, cvr text, campaign text, content text, salt text, kept_at text, folded text
    )
    LEFT JOIN (
        SELECT DISTINCT ON (kept.text) kept.text, e.office
        FROM campaign.stored_events e, LATERAL (SELECT convert_from(e.state, 'UTF8')::jsonb AS said) decoded,
            LATERAL (SELECT replace(coalesce(said #>> '{kept,text}', said #>> '{said,name_apart,text}'), '-', '') AS text) kept
        WHERE kept.text IS NOT NULL ORDER BY kept.text, e.position
    ) first ON first.text = t.id
"""


def _chained(log: EventLog) -> Iterator[list[tuple[Row, bytes]]]:
    """The rows of a log in batches. Raises ``CheckFault`` at the first row with a wrong hash."""
    position, before, issued = 0, NO_HASH, log.last_issued()
    while batch := log.chained_rows(position, _BATCH):
        for row, stored_hash in batch:
            if fault := mismatch(position, before, row, stored_hash):
                raise CheckFault(f"The log was altered at position {position + 1:,}: {fault}. Nothing was moved.")
            position, before = row[0], stored_hash
        yield batch
    if position < issued:
        raise CheckFault(f"Positions {position + 1} to {issued} are gone from the log. Nothing was moved.")


def move_out(database: PostgresWorkspace, workspace: SqliteWorkspace) -> Moved:
    """Copies a database into a new data directory. The database stays as it is.

    Raises ``AccessDenied`` for a role that does not see all of it, ``SettingsFault`` when something is there already.
    """
    if database.connection.who.kind not in FEEDS:
        raise AccessDenied("A database is moved into a data directory by a coordinator, who sees all that was logged.")
    if workspace.log.exists():
        raise SettingsFault(
            f"There is a data directory at {workspace.path}, and no log is ever replaced. Choose another folder."
        )
    workspace.create()
    with database.open_log() as source, workspace.open_log(any_log=True) as log:
        last = (0, NO_HASH.hex())
        with log.datastore.transaction(commit=True) as c:
            for batch in _chained(source):
                rows = [(*row, stored_hash) for row, stored_hash in batch]
                c.executemany(f"INSERT INTO stored_events ({_LOG}) VALUES (?,?,?,?,?,?,?,?)", rows)
                last = batch[-1][0][0], batch[-1][1].hex()
        texts = source.texts.all()
        log.texts.keep(texts)
    return Moved(len(texts), Head(*last))
