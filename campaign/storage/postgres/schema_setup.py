"""Creates and migrates the tables of a database, for `campaign init --server`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

import psycopg
from psycopg import errors, sql
from sqlalchemy import Column, Table

import campaign.storage.read_models  # noqa: F401 - importing it registers every table
from campaign.errors import SettingsFault, StoreFault
from campaign.storage.mapper import schemas
from campaign.storage.postgres.addresses import Address
from campaign.storage.postgres.connection import (
    TOTALS,
    VERSION,
    VIEWS,
    connect,
    refuse_old_server,
    refuse_other_version,
    refuse_superuser,
)
from projections.definitions import definitions
from projections.engine.tables import metadata

OWNER = "campaign_owner"
GROUPS = tuple(
    f"campaign_{kind}" for kind in ("appoints", "office", "coordinator", "region", "reader", "protection", "backup")
)
_LOCK = "SELECT pg_advisory_xact_lock(741852, 0)"


class SetUp(NamedTuple):
    """The versions of the tables before (0: none) and after a set-up, and whether it created read models."""

    before: int
    version: int
    views_made: bool


def set_up(address: Address, rehearsal: bool = False) -> SetUp:
    """Creates roles, tables and read models, or migrates older ones to this version.

    Concurrent set-ups wait for each other. ``rehearsal``: a database for tests, in which clients
    may set the moment of recording. Raises ``SettingsFault`` for a superuser, or a role that does not own the database.
    """
    with connect(address) as connection:
        _check(connection, address)
        try:
            with connection.transaction():
                connection.execute(_LOCK)
                return _migrated(connection, rehearsal)
        except errors.InsufficientPrivilege as fault:
            raise SettingsFault(
                f"{address.role} may not set this up: {fault.diag.message_primary}. {_NEEDS}"
            ) from fault
        except psycopg.OperationalError as fault:
            raise StoreFault(f"The database {address.shown} broke off. Nothing was changed; try again.") from fault


_NEEDS = "The migrator needs CREATEROLE, and to own the database: see docs/operations.md"


def _check(connection: psycopg.Connection[Any], address: Address) -> None:
    row = connection.execute(
        "SELECT r.rolsuper, r.rolbypassrls, r.rolcreaterole, pg_has_role(r.oid, d.datdba, 'MEMBER'), "
        "current_setting('server_version_num')::integer "
        "FROM pg_roles r, pg_database d WHERE r.rolname = session_user AND d.datname = current_database()"
    ).fetchone()
    is_super, bypasses, creates, owns, server = row or (False, False, False, False, 0)
    refuse_superuser(address.role, is_super, bypasses)
    refuse_old_server(server)
    if not (creates and owns):
        raise SettingsFault(f"{address.role} may not set this up. {_NEEDS}")


def _migrated(connection: psycopg.Connection[Any], rehearsal: bool) -> SetUp:
    before, shape = _current_version(connection)
    if before > VERSION:
        refuse_other_version(before)
    new_shape = shape_of_views()
    if (before, shape) == (VERSION, new_shape):
        return SetUp(before, VERSION, False)
    _make_roles(connection)
    connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
    for version in range(before + 1, VERSION + 1):
        connection.execute(_migration(version))
    connection.execute("UPDATE campaign.about SET version = %s, views_shape = %s", (VERSION, new_shape))
    if before == 0 and rehearsal:
        connection.execute("UPDATE campaign.about SET rehearsal = true")
    if shape != new_shape:
        for statement in view_statements():
            connection.execute(statement)
    connection.execute("DELETE FROM campaign.shapes")
    connection.execute(
        "INSERT INTO campaign.shapes SELECT key, value FROM jsonb_each(%s::jsonb)", (events_as_schema(),)
    )
    connection.execute("RESET ROLE")
    return SetUp(before, VERSION, shape != new_shape)


def _current_version(connection: psycopg.Connection[Any]) -> tuple[int, str]:
    """The version of the tables and the shape of the read models; 0 and an empty string when there are none."""
    exists = connection.execute("SELECT to_regnamespace('campaign') IS NOT NULL").fetchone()
    if not (exists and exists[0]):
        return 0, ""
    row = connection.execute("SELECT version, views_shape FROM campaign.hello()").fetchone()
    return (row[0], row[1]) if row else (0, "")


def _make_roles(connection: psycopg.Connection[Any]) -> None:
    """The groups, which other databases of the server may have made before, and who may grant them."""
    for name in (OWNER, *GROUPS):
        try:
            with connection.transaction():
                connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
        except (errors.DuplicateObject, errors.UniqueViolation):
            continue
    database = sql.Identifier(connection.info.dbname)
    groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
    migrator = sql.Identifier(connection.info.user)
    for statement in (
        sql.SQL("GRANT campaign_owner TO {} WITH INHERIT FALSE, SET TRUE").format(migrator),
        sql.SQL("GRANT campaign_appoints TO {}").format(migrator),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, groups),
        sql.SQL("GRANT CREATE ON DATABASE {} TO campaign_owner").format(database),
    ):
        connection.execute(statement)


def _migration(version: int) -> str:
    return (files("campaign.storage.postgres") / "schema" / f"{version:04}.sql").read_text(encoding="utf-8")


# Read models: created from the projections' tables. A version with other tables drops, creates and fills them again


def _tables() -> Iterable[Table]:
    return metadata.sorted_tables


def shape_of_views() -> str:
    """A digest of the tables of the read models, their row policies and the event schema."""
    return sha256("\n".join([*view_statements(), events_as_schema()]).encode()).hexdigest()


def events_as_schema() -> str:
    """The JSON Schema of every event's state, by its stored name, as ``campaign.fits`` reads it."""
    return json.dumps(schemas(), sort_keys=True)


def view_statements() -> list[str]:
    """The statements that drop and create the read models, with their row policies."""
    tables = list(_tables())
    return [
        f"DROP SCHEMA IF EXISTS {TOTALS} CASCADE",
        f"DROP SCHEMA IF EXISTS {VIEWS} CASCADE",
        f"CREATE SCHEMA {VIEWS}",
        f"COMMENT ON SCHEMA {VIEWS} IS 'Read models of the log: what reports are made of. Made from it, and made anew at will.'",
        f"SET LOCAL search_path = {VIEWS}",
        *definitions("postgresql"),
        "SET LOCAL search_path = DEFAULT",
        *(statement for table in tables for statement in _protection(table)),
        f"GRANT USAGE ON SCHEMA {VIEWS} TO {_ALL_BUT_REGIONS}",
        f"CREATE SCHEMA {TOTALS}",
        f"COMMENT ON SCHEMA {TOTALS} IS 'What a region counts: its rows, without consultants, and companies under a keyed hash.'",
        f"GRANT USAGE ON SCHEMA {TOTALS} TO campaign_region, campaign_backup",
        *(statement for table in tables if table.name in _COUNTED for statement in _view_for_regions(table)),
    ]


_FEED = "campaign_coordinator, campaign_protection"
_ALL_BUT_REGIONS = f"{_FEED}, campaign_office, campaign_reader, campaign_backup"
_OWN = "office = (SELECT campaign.my_office())"
_OF_KIND = "(SELECT campaign.my_kind()) IN ({})"
"""Groups are the server's: only the members of this database say who is what in it."""
_FOR_OFFICES, _FOR_REGIONS = _OF_KIND.format("'office'"), _OF_KIND.format("'region', 'backup'")
_OF_ITS_CONTACTS = (
    f"visit IN (SELECT v.visit FROM {VIEWS}.visits v WHERE v.{{own}}) "
    f"OR call IN (SELECT c.call FROM {VIEWS}.calls c WHERE c.{{own}})"
)
OFFICE_SEES = {
    "calls": _OWN,
    "invitations": _OWN,
    "visits": _OWN,
    "enrolments": _OWN,
    "plans": _FOR_OFFICES,
    "targets": f"{_OWN} OR region IS NULL",
    "forecasts": f"{_OWN} OR region IS NULL",
    "yields": _OF_ITS_CONTACTS.format(own=_OWN),
    "companies": _FOR_OFFICES,
    "days": _FOR_OFFICES,
    "progress": _FOR_OFFICES,
    "made_by": _FOR_OFFICES,
    "unknown_entries": _FOR_OFFICES,
    "follow_ups": _OWN,
    "refusals": _FOR_OFFICES,
    "bases": _FOR_OFFICES,
    "starts": f"{_OWN} OR recorded IN (SELECT y.entry FROM {VIEWS}.yields y)",
    "steps": "",
    "subjects": "",
    "retractions": _FOR_OFFICES,
    "reasons": _OWN,
}
"""Which rows of each read model an office sees; none of those that say nothing. A yield is its contact's, and a start its yield's.

Whether a company may be contacted every office sees, without who said it: no office's call list may name it.
"""


def _protection(table: Table) -> Iterator[str]:
    name = f"{VIEWS}.{table.name}"
    own_rows = OFFICE_SEES[table.name]
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    feeds, reads = _OF_KIND.format("'coordinator', 'protection'"), _OF_KIND.format("'reader', 'backup'")
    yield f"CREATE POLICY feeds ON {name} FOR ALL TO {_FEED} USING ({feeds}) WITH CHECK ({feeds})"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {_FEED}"
    yield f"CREATE POLICY all_of_it ON {name} FOR SELECT TO campaign_reader, campaign_backup USING ({reads})"
    yield f"GRANT SELECT ON {name} TO {'campaign_reader, ' if own_rows else ''}campaign_backup"
    if own_rows:
        yield f"CREATE POLICY office_reads_its_own ON {name} FOR SELECT TO campaign_office USING ({own_rows})"
        yield f"GRANT SELECT ON {name} TO campaign_office"


_HERE = "region = (SELECT campaign.my_region())"
_COUNTED = {
    "calls": _HERE,
    "invitations": _HERE,
    "visits": _HERE,
    "enrolments": _HERE,
    "plans": _FOR_REGIONS,
    "targets": _HERE,
    "forecasts": _HERE,
    "yields": _OF_ITS_CONTACTS.format(own=_HERE),
    "companies": _FOR_REGIONS,
    "days": _FOR_REGIONS,
    "progress": _FOR_REGIONS,
    "made_by": _FOR_REGIONS,
    "unknown_entries": _FOR_REGIONS,
}
_BLANK = {
    "consultant": "''::text",
    "entry": "''::text",
    "set_by": "''::text",
    "because": "''::text",
    "name": "''::text",
    "folded": "''::text",
    "municipality": "''::text",
    "industry": "''::text",
    "cvr": "encode(sha256((SELECT s.pepper FROM campaign.secrets s) || convert_to(cvr, 'UTF8')), 'hex')",
}


def _view_for_regions(table: Table) -> Iterator[str]:
    """A view for regions. Every column is there, so the same questions can be asked; what tells of anybody is blank."""
    columns = ", ".join(f"{_shown(column)} AS {column.name}" for column in table.columns)
    name = f"{TOTALS}.{table.name}"
    source = f"{VIEWS}.{table.name}"
    yield f"CREATE VIEW {name} WITH (security_barrier) AS SELECT {columns} FROM {source} WHERE {_COUNTED[table.name]}"
    yield f"GRANT SELECT ON {name} TO campaign_region, campaign_backup"
    for column in table.columns:
        comment = "left blank for regions" if column.name in _BLANK and column.name != "cvr" else column.comment or ""
        comment = "the company, as a keyed hash" if column.name == "cvr" else comment
        escaped = comment.replace("'", "''")
        yield f"COMMENT ON COLUMN {name}.\"{column.name}\" IS '{escaped}'"


def _shown(column: Column[Any]) -> str:
    return _BLANK.get(column.name, f'"{column.name}"') + (' COLLATE "C"' if column.name in _BLANK else "")
