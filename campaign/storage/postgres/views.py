"""The read models in a database: roles that see the whole log catch them up, all others wait a little for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from psycopg import errors
from sqlalchemy import Connection as Reading
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError

from campaign.company_lookup import Progress, ignore_progress
from campaign.errors import SettingsFault, StoreFault
from campaign.failpoints import reached
from campaign.gc_pause import in_bulk
from campaign.reference import offices
from campaign.retry import tries
from campaign.storage.ports import AccessDenied, Clock
from campaign.storage.postgres import log_head
from campaign.storage.postgres.connection import FEEDS, Connection, ConnectionLost, Unreachable, translated
from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.postgres.schema_setup import shape_of_views
from campaign.storage.read_models import current_fingerprint, made_by
from campaign.storage.verified_reader import catch_up_verified, verified_events
from projections.engine.catch_up import feed, last_seen
from projections.engine.postgres import open_server
from projections.engine.tables import metadata, progress
from projections.read_models import MODELS

FOLLOWER_LOCK = (741852, 3)
"""The advisory lock that the follower holds."""
_WAIT_FOR_LOCK = "2s"
_WAIT_FOR_OTHERS = 2.0  # seconds
_WAIT_FOR_FOLLOWER = 5.0  # seconds
_PAUSE = 0.02
_BATCH = 10_000
_MUCH = 1_000  # events
_ANALYZE = "SELECT campaign.analyze_views()"


class PostgresReadModels:
    """The tables as the role of ``reading`` sees them, filled from the log on ``primary``.

    ``remarks``: after ``caught_up``, how fresh the tables are, where they do not know the whole log.
    """

    def __init__(self, primary: Connection, reading: Connection, clock: Clock) -> None:
        self.primary, self.reading = primary, reading
        self.name = primary.address.shown
        self._log = PostgresEventLog(primary, clock)
        self.remarks: list[str] = []

    @contextmanager
    def caught_up(self, on_progress: Progress) -> Iterator[Reading]:
        """A connection in a read transaction, after what was logged has been brought in as far as possible."""
        with self.translated_errors(), self.engine() as engine:
            position = self._bring_up(engine, on_progress)
            with engine.connect() as connection, connection.begin():
                self._remark(connection, position)
                yield connection

    @contextmanager
    def engine(self, lock_timeout: str = _WAIT_FOR_LOCK) -> Iterator[Engine]:
        """The tables as SQLAlchemy reads them. ``lock_timeout``: how long to wait for another who fills them."""
        schema = log_head.views_schema(self.reading)

        def connect() -> Any:
            connection = self.reading.open()
            with ExitStack() as on_failure:
                on_failure.callback(connection.close)
                connection.execute(f"SET search_path = {schema}, pg_catalog")
                connection.execute(f"SET lock_timeout = '{lock_timeout}'")
                connection.execute("SET jit = off")  # it compiles for longer than any of these questions takes
                connection.autocommit = False
                on_failure.pop_all()
            return connection

        engine = open_server(connect)
        try:
            yield engine
        finally:
            engine.dispose()

    def _bring_up(self, engine: Engine, on_progress: Progress) -> int:
        """Brings the tables up to the log, as far as this role may and in time. Returns the position of the log."""
        log_head.check_seen(self.reading, log_head.seen_by(self.reading))
        position = log_head.head(self.reading)
        if self._has_seen(position) or self.reading is not self.primary:
            return position
        if self.primary.who.kind in FEEDS and self.is_of_this_code(engine):
            try:
                self.follow(engine, on_progress)
            except DBAPIError as fault:
                if not isinstance(fault.orig, errors.LockNotAvailable):
                    raise
                self._wait(position, _WAIT_FOR_OTHERS)
        elif is_followed(self.primary):
            self._wait(position, _WAIT_FOR_FOLLOWER)
        return position

    def follow(self, engine: Engine, on_progress: Progress = ignore_progress) -> int:
        """Feeds the tables the events they have not read, a transaction a batch. Returns the position."""
        self._log.check_version()
        before, total = log_head.seen_by(self.primary), log_head.head(self.reading)
        _sign(engine)
        position = catch_up_verified(engine, self._log, total, _BATCH, on_progress)
        if position - (before.position if before else 0) >= _MUCH:
            self.primary.fetch(_ANALYZE)
        return position

    def rebuild(self, on_progress: Progress = ignore_progress) -> int:
        """Empties and fills the tables in one transaction, invisible until it ends. Returns the position."""
        if self.primary.who.kind not in FEEDS:
            raise AccessDenied("Read models are rebuilt by a coordinator, who sees all that was logged.")
        if not self._are_of_this_version():
            raise SettingsFault(_OTHER_VERSION)
        with self.translated_errors(), in_bulk(), self.engine() as engine:
            writing = engine.connect().execution_options(writing=True)
            with writing as connection, connection.begin():
                return self._refill(connection, on_progress)

    def _refill(self, connection: Reading, on_progress: Progress) -> int:
        total = log_head.head(self.reading)
        read = verified_events(self._log, total)
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))
        connection.execute(insert(made_by).values(only=1, fingerprint=current_fingerprint()))
        while events := read(*last_seen(connection), _BATCH):
            feed(connection, MODELS, events, offices().region, reached)
            on_progress(events[-1].position, total)
        position = last_seen(connection)[0]
        connection.exec_driver_sql(_ANALYZE)
        return position

    def is_of_this_code(self, engine: Engine) -> bool:
        """Whether the tables were filled by the same version, or are empty and were created by it."""
        with engine.connect() as connection:
            filled_by = connection.execute(select(made_by.c.fingerprint)).scalar()
        if filled_by is not None:
            return bool(filled_by == current_fingerprint())
        return self._are_of_this_version()

    def _are_of_this_version(self) -> bool:
        """Whether the tables are those that this version of the program creates."""
        rows = self.primary.fetch("SELECT views_shape FROM campaign.about")
        return bool(rows[0][0] == shape_of_views())

    def _has_seen(self, position: int) -> bool:
        seen_head = log_head.seen_by(self.reading)
        return (seen_head.position if seen_head else 0) >= position

    def _wait(self, position: int, seconds: float) -> None:
        next(is_last for is_last in tries(seconds, _PAUSE) if is_last or self._has_seen(position))

    # How fresh the tables are

    def _remark(self, connection: Reading, logged: int) -> None:
        row = connection.execute(select(progress.c.position, progress.c.recorded_at)).first()
        position, moment = (row.position, row.recorded_at) if row else (0, "")
        if self.reading is not self.primary:
            self.remarks.append(self._freshness_of_standby(position, moment))
        elif position < logged:
            missing = logged - position
            self.remarks.append(
                f"As of {_minute(moment)} (UTC): {missing:,} {'entry' if missing == 1 else 'entries'} logged since "
                "are not in these figures yet. A coordinator's report, or campaign follow, brings them in."
            )

    def _freshness_of_standby(self, position: int, moment: str) -> str:
        source = f"Read from {self.reading.address.shown}"
        if not self.reading.who.standby:
            return f"{source}, as of {_minute(moment)} (UTC)."
        logged = self._head_of_primary()
        if logged is None:
            return (
                f"{source}, a standby; the primary does not answer. The last it heard was {self._lag():,} seconds ago; "
                f"what it shows is as of {_minute(moment)} (UTC)."
            )
        if logged == position:
            return f"{source}, a standby that is up to date."
        entries = "entry" if logged - position == 1 else "entries"
        return (
            f"{source}, a standby: {logged - position:,} {entries} behind; what it shows is as of "
            f"{_minute(moment)} (UTC)."
        )

    def _head_of_primary(self) -> int | None:
        """The position of the log on the primary, tried once; None when it does not answer."""
        try:
            row = self.primary.once(
                lambda connection: connection.execute("SELECT position FROM campaign.head").fetchone()
            )
        except (StoreFault, ConnectionLost):
            return None
        return int(row[0]) if row else None

    def _lag(self) -> int:
        """Seconds since the standby replayed the last transaction of the primary."""
        rows = self.reading.fetch(
            "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::bigint"
        )
        return rows[0][0] or 0

    @contextmanager
    def translated_errors(self) -> Iterator[None]:
        """Raises a sentence for a statement that failed, without the statement and its values."""
        try:
            yield
        except DBAPIError as fault:
            if fault.connection_invalidated or isinstance(fault.orig, errors.OperationalError):
                raise Unreachable(f"The database {self.name} broke off, or is busy. Try again.") from fault
            if isinstance(fault.orig, errors.UndefinedColumn | errors.UndefinedTable):
                raise SettingsFault(_OTHER_VERSION) from fault
            raise translated(fault.orig, f"The database {self.name}") from fault


_OTHER_VERSION = (
    "The read models are those of another version of the program. Upgrade, or have whoever runs the database run: "
    "campaign init --server"
)


def is_followed(connection: Connection) -> bool:
    """Whether a follower keeps the read models warm."""
    statement = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
    return bool(connection.fetch(statement, FOLLOWER_LOCK))


def _sign(engine: Engine) -> None:
    """Records in the tables which code fills them."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.execute(select(made_by.c.only)).scalar() is None:
            connection.execute(insert(made_by).values(only=1, fingerprint=current_fingerprint()))


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ") if moment else "before the first entry"
