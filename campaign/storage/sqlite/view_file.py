"""The file of the read models: created, recognised, replaced and removed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.errors import StoreFault
from campaign.storage.read_models import current_fingerprint, made_by
from projections.engine.sqlite import make_tables


def is_broken(engine: Engine) -> bool:
    """Whether the file is not a database. A file that is busy or cannot be opened is not broken."""
    try:
        has_tables(engine)
    except OperationalError:
        raise
    except DatabaseError:
        return True
    return False


def create_private(path: Path) -> None:
    """Creates the file, readable by this user only; the journals of SQLite inherit that."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as fault:
        raise StoreFault(f"{path} cannot be written: {fault.strerror}.") from fault


def has_tables(engine: Engine) -> bool:
    """Whether the file has the tables of the read models."""
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'made_by'").scalar())


def is_of_this_code(engine: Engine) -> bool:
    """Whether the same version of the projections filled the tables."""
    with engine.connect() as connection:
        return connection.execute(select(made_by.c.fingerprint)).scalar() == current_fingerprint()


def create_tables(engine: Engine, indexes: bool = True) -> None:
    """Creates the tables when they are missing, and records which version fills them."""
    if not has_tables(engine):
        make_tables(engine, indexes)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            row = insert(made_by).prefix_with("OR IGNORE").values(only=1, fingerprint=current_fingerprint())
            connection.execute(row)


def put_in_place(beside: Path, place: Path) -> None:
    """Copies the tables built in ``beside`` into ``place`` in one transaction."""
    try:
        _copy(beside, place)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # the file in place is damaged
        remove(place)
        create_private(place)
        _copy(beside, place)


def _copy(beside: Path, place: Path) -> None:
    with closing(sqlite3.connect(beside)) as built, closing(sqlite3.connect(place, timeout=60)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        built.backup(live)


def remove(path: Path) -> None:
    """Removes the file with its journals."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)
