"""Opening the read models: brought up to the log first, made anew when they do not fit it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, Integer, Table, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.errors import StoreFault, disk_full_message
from campaign.failpoints import reached
from campaign.gc_pause import in_bulk
from campaign.reference import offices, offices_digest
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.workspace import Home
from campaign.storage.verified_reader import held_to_the_chain
from projections.definitions import fingerprint
from projections.engine.catch_up import catch_up, position
from projections.engine.sqlite import make_indexes, make_tables, open_database
from projections.engine.tables import WORD, metadata
from projections.read_models import MODELS

Seen = Callable[[int, int], None]

made_by = Table(
    "made_by",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False, comment="always 1: there is one row"),
    Column("fingerprint", WORD, nullable=False, comment="definitions and reference data the tables were made with"),
    comment="Which code filled the read models: there is one row.",
)
_REBUILD_BATCH = 10_000


@contextmanager
def caught_up(home: Home, seen: Seen) -> Iterator[Connection]:
    """A connection in a read transaction to tables that have seen all that was logged before it was asked for."""
    wanted = log_head.head(home.log)
    with _told(home):
        engine = _fitting(home, seen)
        try:
            with _reading(home, engine, wanted, seen) as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def _reading(home: Home, engine: Engine, wanted: int, seen: Seen) -> Iterator[Connection]:
    """Follows the log until what is read is far enough: a rebuild may have put tables in place that know less."""
    while True:
        _follow(home, engine, seen)
        with engine.connect() as connection, connection.begin():
            if position(connection) >= wanted:
                yield connection
                return


def rebuild(home: Home, seen: Seen) -> int:
    """Builds new tables in a file beside, from the whole log, then copies them into place in one transaction."""
    beside = home.views.with_name(f"views.building-{os.getpid()}.db")
    _remove_left_behind(home)
    with _told(home):
        try:
            _own(beside)
            engine = open_database(beside, lasting=False)
            _make(engine, indexes=False)
            last = _feed(home, engine, seen, _REBUILD_BATCH)
            with engine.connect() as connection, connection.begin():
                make_indexes(connection)
            engine.dispose()
            _own(home.views)
            reached("rebuild.before-swap")
            _put_in_place(beside, home.views)
            reached("rebuild.after-swap")
        finally:
            _remove(beside)
    return last


@contextmanager
def _told(home: Home) -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        told = disk_full_message(fault.orig) or f"{home.views} cannot be used: {fault.orig}. Try again."
        raise StoreFault(told) from fault
    except DatabaseError as fault:
        raise StoreFault(f"{home.views} is damaged; the log is another file. Run: campaign rebuild") from fault


def _fitting(home: Home, seen: Seen) -> Engine:
    """The database of the home, made or made anew if it is missing, broken or of other tables.

    Raises ``CheckFault`` when it has seen another log than the one that is there now, or more of it.
    """
    _own(home.views)
    engine = open_database(home.views)
    if _is_broken(engine):
        engine.dispose()
        _remove(home.views)
        _own(home.views)
        engine = open_database(home.views)
    log_head.check_seen(home.log, log_head.seen_by(home.views))
    if _exists(engine) and not _is_of_this_code(engine):
        engine.dispose()
        rebuild(home, seen)
        return open_database(home.views)
    _make(engine)
    return engine


def _is_broken(engine: Engine) -> bool:
    """Whether the file is no database any more. One that is busy or cannot be opened is not broken."""
    try:
        _exists(engine)
    except OperationalError:
        raise
    except DatabaseError:
        return True
    return False


def _own(path: Path) -> None:
    """Makes the file, readable by this user only, and so are those SQLite puts beside it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as fault:
        raise StoreFault(f"{path} cannot be written: {fault.strerror}.") from fault


def _exists(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'made_by'").scalar())


def _is_of_this_code(engine: Engine) -> bool:
    with engine.connect() as connection:
        return connection.execute(select(made_by.c.fingerprint)).scalar() == fingerprint(offices_digest())


def _make(engine: Engine, indexes: bool = True) -> None:
    if not _exists(engine):
        make_tables(engine, indexes)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            row = insert(made_by).prefix_with("OR IGNORE").values(only=1, fingerprint=fingerprint(offices_digest()))
            connection.execute(row)


def _follow(home: Home, engine: Engine, seen: Seen) -> None:
    with engine.connect() as connection:
        behind = position(connection) < log_head.head(home.log)
    if behind:
        _feed(home, engine, seen)


def _feed(home: Home, engine: Engine, seen: Seen, batch: int = 5_000) -> int:
    with in_bulk(), home.tracker(any_log=True) as tracker:
        done, of = 0, log_head.head(home.log)

        def told(events: int) -> None:
            nonlocal done
            done += events
            seen(done, of)

        return catch_up(engine, MODELS, held_to_the_chain(tracker, of), offices().region, batch, told, reached)


def _put_in_place(beside: Path, place: Path) -> None:
    try:
        _copy(beside, place)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:  # what was in place is no database any more
        _remove(place)
        _own(place)
        _copy(beside, place)


def _copy(beside: Path, place: Path) -> None:
    with closing(sqlite3.connect(beside)) as built, closing(sqlite3.connect(place, timeout=60)) as live:
        live.execute("PRAGMA journal_mode=WAL")
        built.backup(live)


def _remove_left_behind(home: Home) -> None:
    """Removes what rebuilds that were killed left, once it is so old that nobody can be at it any more."""
    for path in home.path.glob("views.building-*.db*"):
        if home.clock().timestamp() - path.stat().st_mtime > _LEFT_BEHIND:
            path.unlink(missing_ok=True)


_LEFT_BEHIND = 3_600  # seconds


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)
