"""The read models in one file: caught up with the log before they are read, and rebuilt when they do not fit it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.company_lookup import Progress
from campaign.errors import StoreFault, disk_full_message
from campaign.failpoints import reached
from campaign.storage.ports import Clock
from campaign.storage.read_models import current_fingerprint, made_by
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.disks import refuse_network_paths
from projections.engine.catch_up import position
from projections.engine.sqlite import make_indexes, make_tables, open_database

_BATCH, _REBUILD_BATCH = 5_000, 10_000


class ViewPaths(NamedTuple):
    """The file of the read models, and that of the log they are made from."""

    log: Path
    views: Path
    clock: Clock

    @property
    def path(self) -> Path:
        """The folder of both."""
        return self.log.parent


@contextmanager
def caught_up(paths: ViewPaths, on_progress: Progress) -> Iterator[Connection]:
    """A connection in a read transaction to tables that have seen all that was logged before it was asked for."""
    logged = log_head.head(paths.log)
    with _translated_errors(paths):
        engine = _fitting(paths, on_progress)
        try:
            with _reading(paths, engine, logged, on_progress) as connection:
                yield connection
        finally:
            engine.dispose()


@contextmanager
def _reading(paths: ViewPaths, engine: Engine, logged: int, on_progress: Progress) -> Iterator[Connection]:
    """Follows the log until what is read is far enough: a rebuild may have put tables in place that know less."""
    while True:
        _follow(paths, engine, on_progress)
        with engine.connect() as connection, connection.begin():
            if position(connection) >= logged:
                yield connection
                return


def rebuild(paths: ViewPaths, on_progress: Progress) -> int:
    """Builds new tables in a file beside, from the whole log, then copies them into place in one transaction."""
    beside = paths.views.with_name(f"views.building-{os.getpid()}.db")
    _remove_left_behind(paths)
    with _translated_errors(paths):
        try:
            _own(beside)
            engine = open_database(beside, lasting=False)
            _make(engine, indexes=False)
            last = _feed(paths, engine, on_progress, _REBUILD_BATCH)
            with engine.connect() as connection, connection.begin():
                make_indexes(connection)
            engine.dispose()
            _own(paths.views)
            reached("rebuild.before-swap")
            _put_in_place(beside, paths.views)
            reached("rebuild.after-swap")
        finally:
            _remove(beside)
    return last


@contextmanager
def _translated_errors(paths: ViewPaths) -> Iterator[None]:
    try:
        yield
    except OperationalError as fault:
        message = disk_full_message(fault.orig) or f"{paths.views} cannot be used: {fault.orig}. Try again."
        raise StoreFault(message) from fault
    except DatabaseError as fault:
        raise StoreFault(f"{paths.views} is damaged; the log is another file. Run: campaign rebuild") from fault


def _fitting(paths: ViewPaths, on_progress: Progress) -> Engine:
    """The read models, created or rebuilt when they are missing, broken or of another version.

    Raises ``CheckFault`` when it has seen another log than the one that is there now, or more of it.
    """
    _own(paths.views)
    engine = open_database(paths.views)
    if _is_broken(engine):
        engine.dispose()
        _remove(paths.views)
        _own(paths.views)
        engine = open_database(paths.views)
    log_head.check_seen(paths.log, log_head.seen_by(paths.views))
    if _exists(engine) and not _is_of_this_code(engine):
        engine.dispose()
        rebuild(paths, on_progress)
        return open_database(paths.views)
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
        return connection.execute(select(made_by.c.fingerprint)).scalar() == current_fingerprint()


def _make(engine: Engine, indexes: bool = True) -> None:
    if not _exists(engine):
        make_tables(engine, indexes)
        with engine.connect().execution_options(writing=True) as connection, connection.begin():
            row = insert(made_by).prefix_with("OR IGNORE").values(only=1, fingerprint=current_fingerprint())
            connection.execute(row)


def _follow(paths: ViewPaths, engine: Engine, on_progress: Progress) -> None:
    with engine.connect() as connection:
        behind = position(connection) < log_head.head(paths.log)
    if behind:
        _feed(paths, engine, on_progress)


def _feed(paths: ViewPaths, engine: Engine, on_progress: Progress, batch: int = _BATCH) -> int:
    from campaign.storage.sqlite.log import SqliteEventLog
    from campaign.storage.verified_reader import catch_up_verified

    refuse_network_paths(paths.path)
    with closing(SqliteEventLog.at(paths.log, paths.clock)) as log:
        log.check_version()
        return catch_up_verified(engine, log, log_head.head(paths.log), batch, on_progress)


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


def _remove_left_behind(paths: ViewPaths) -> None:
    """Removes what rebuilds that were killed left, once it is so old that nobody can be at it any more."""
    for path in paths.path.glob("views.building-*.db*"):
        if paths.clock().timestamp() - path.stat().st_mtime > _LEFT_BEHIND:
            path.unlink(missing_ok=True)


_LEFT_BEHIND = 3_600  # seconds


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)
