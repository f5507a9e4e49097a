"""The read models in one file: caught up with the log before they are read, and rebuilt when they do not fit it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError, OperationalError

from campaign.company_lookup import Progress
from campaign.errors import StoreFault, disk_full_message
from campaign.failpoints import reached
from campaign.storage.ports import Clock
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.disks import refuse_network_paths
from campaign.storage.sqlite.view_file import (
    create_private,
    create_tables,
    has_tables,
    is_broken,
    is_of_this_code,
    put_in_place,
    remove,
)
from projections.engine.catch_up import position
from projections.engine.sqlite import make_indexes, open_database

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
    """A connection in a read transaction to tables that have read everything logged before this call."""
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
    """Catches up until the tables have read position ``logged``: a concurrent rebuild may have put older ones in place."""
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
            create_private(beside)
            engine = open_database(beside, lasting=False)
            create_tables(engine, indexes=False)
            last = _feed(paths, engine, on_progress, _REBUILD_BATCH)
            with engine.connect() as connection, connection.begin():
                make_indexes(connection)
            engine.dispose()
            create_private(paths.views)
            reached("rebuild.before-swap")
            put_in_place(beside, paths.views)
            reached("rebuild.after-swap")
        finally:
            remove(beside)
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

    Raises ``CheckFault`` when they have read a different log than this one, or more of it.
    """
    create_private(paths.views)
    engine = open_database(paths.views)
    if is_broken(engine):
        engine.dispose()
        remove(paths.views)
        create_private(paths.views)
        engine = open_database(paths.views)
    log_head.check_seen(paths.log, log_head.seen_by(paths.views))
    if has_tables(engine) and not is_of_this_code(engine):
        engine.dispose()
        rebuild(paths, on_progress)
        return open_database(paths.views)
    create_tables(engine)
    return engine


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


def _remove_left_behind(paths: ViewPaths) -> None:
    """Removes what rebuilds that were killed left, once they are older than an hour."""
    for path in paths.path.glob("views.building-*.db*"):
        if paths.clock().timestamp() - path.stat().st_mtime > _LEFT_BEHIND:
            path.unlink(missing_ok=True)


_LEFT_BEHIND = 3_600  # seconds
