"""The read models in a database: who may brings them up to the log first; who may not waits a little for those who do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from psycopg import errors
from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import DBAPIError

from campaign.errors import SettingsFault, StoreFault
from campaign.failpoints import reached
from campaign.gc_pause import in_bulk
from campaign.reference import offices, offices_digest
from campaign.retry import tries
from campaign.storage.ports import AccessDenied
from campaign.storage.postgres.connection import FEEDS, TOTALS, VIEWS, Gone, Unreachable, told
from campaign.storage.postgres.schema_setup import shape_of_views
from campaign.storage.sqlite.views import made_by
from campaign.storage.verified_reader import held_to_the_chain
from projections.definitions import fingerprint
from projections.engine.catch_up import catch_up, feed, last_seen
from projections.engine.postgres import open_server
from projections.engine.tables import metadata, progress
from projections.read_models import MODELS

if TYPE_CHECKING:
    from campaign.storage.postgres.workspace import Database

Seen = Callable[[int, int], None]
FOLLOWS = (741852, 3)
"""The lock that whoever follows holds."""
_WAIT_FOR_LOCK = "2s"
_WAIT_FOR_OTHERS = 2.0  # seconds
_WAIT_FOR_FOLLOWER = 5.0  # seconds
_PAUSE = 0.02
_BATCH = 10_000
_MUCH = 1_000  # events
_ANALYZE = "SELECT campaign.analyze_views()"


@contextmanager
def caught_up(database: Database, seen: Seen) -> Iterator[Connection]:
    """A connection in a read transaction. ``database.said`` tells when its tables do not know all that was logged."""
    database.said.clear()
    with told_of(database):
        engine = opened(database)
        try:
            wanted = _brought_up(database, engine, seen)
            with engine.connect() as connection, connection.begin():
                _remark(database, connection, wanted)
                yield connection
        finally:
            engine.dispose()


def opened(database: Database, wait: str = _WAIT_FOR_LOCK) -> Engine:
    """The read models as this role sees them. ``wait``: how long for who feeds them meanwhile."""
    schema = TOTALS if database.own_region else VIEWS

    def connect() -> Any:
        made = database.reading.open()
        with ExitStack() as unless_given:
            unless_given.callback(made.close)
            made.execute(f"SET search_path = {schema}, pg_catalog")
            made.execute(f"SET lock_timeout = '{wait}'")
            made.execute("SET jit = off")  # it compiles for longer than any of these questions takes
            made.autocommit = False
            unless_given.pop_all()
        return made

    return open_server(connect)


def _brought_up(database: Database, engine: Engine, seen: Seen) -> int:
    """Has the tables know what was logged until now, as far as that can be had in time. Returns the position wanted."""
    database.check_seen(database.seen())
    wanted = database.head()
    if _is_far_enough(database, wanted):
        return wanted
    if database.reading is not database.connection:
        return wanted
    if database.connection.who.kind in FEEDS and is_of_this_code(database, engine):
        try:
            follow(database, engine, seen)
        except DBAPIError as fault:
            if not isinstance(fault.orig, errors.LockNotAvailable):
                raise
            _wait(database, wanted, _WAIT_FOR_OTHERS)
    elif is_followed(database):
        _wait(database, wanted, _WAIT_FOR_FOLLOWER)
    return wanted


def follow(database: Database, engine: Engine, seen: Seen, batch: int = _BATCH) -> int:
    """Feeds the tables what they have not seen, a transaction a batch. Returns the position."""
    with in_bulk(), database.tracker() as tracker:
        done, of = 0, database.head()

        def told(events: int) -> None:
            nonlocal done
            done += events
            seen(done, of)

        _sign(engine)
        position = catch_up(engine, MODELS, held_to_the_chain(tracker, of), offices().region, batch, told, reached)
    if done >= _MUCH:
        database.connection.fetch(_ANALYZE)
    return position


def rebuild(database: Database, seen: Seen) -> int:
    """Empties and fills the tables in one transaction, which nobody sees before it is over. Returns the position."""
    if database.connection.who.kind not in FEEDS:
        raise AccessDenied("Read models are made anew by a coordinator, who sees all that was logged.")
    if not _are_of_this_version(database):
        raise SettingsFault(_OTHER)
    with told_of(database), in_bulk(), database.tracker() as tracker:
        engine = opened(database)
        try:
            of = database.head()
            read = held_to_the_chain(tracker, of)
            with engine.connect().execution_options(writing=True) as connection, connection.begin():
                for table in reversed(metadata.sorted_tables):
                    connection.execute(delete(table))
                connection.execute(insert(made_by).values(only=1, fingerprint=fingerprint(offices_digest())))
                while events := read(*last_seen(connection), _BATCH):
                    feed(connection, MODELS, events, offices().region, reached)
                    seen(events[-1].position, of)
                at = last_seen(connection)[0]
                connection.exec_driver_sql(_ANALYZE)
        finally:
            engine.dispose()
    return at


def is_of_this_code(database: Database, engine: Engine) -> bool:
    """Whether the tables were filled by the very code that runs here, or are empty and were made by its version."""
    with engine.connect() as connection:
        filled_by = connection.execute(select(made_by.c.fingerprint)).scalar()
    if filled_by is not None:
        return bool(filled_by == fingerprint(offices_digest()))
    return _are_of_this_version(database)


def _are_of_this_version(database: Database) -> bool:
    """Whether the tables are those that this version of the program would make."""
    made = database.connection.fetch("SELECT views_shape FROM campaign.about")
    return bool(made[0][0] == shape_of_views())


_OTHER = (
    "The read models are those of another version of the program. Upgrade, or have whoever runs the database run: "
    "campaign init --server"
)


def _sign(engine: Engine) -> None:
    """Says in the tables which code fills them."""
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        if connection.execute(select(made_by.c.only)).scalar() is None:
            connection.execute(insert(made_by).values(only=1, fingerprint=fingerprint(offices_digest())))


def _is_far_enough(database: Database, wanted: int) -> bool:
    seen = database.seen()
    return (seen.position if seen else 0) >= wanted


def _wait(database: Database, wanted: int, seconds: float) -> None:
    next(is_last for is_last in tries(seconds, _PAUSE) if is_last or _is_far_enough(database, wanted))


def is_followed(database: Database) -> bool:
    """Whether somebody keeps the read models warm."""
    statement = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s AND granted"
    return bool(database.connection.fetch(statement, FOLLOWS))


def _remark(database: Database, connection: Connection, wanted: int) -> None:
    """What has to be said of figures that do not know everything."""
    row = connection.execute(select(progress.c.position, progress.c.recorded_at)).first()
    position, moment = (row.position, row.recorded_at) if row else (0, "")
    if database.reading is not database.connection:
        database.said.append(_of_standby(database, position, moment))
    elif position < wanted:
        missing = wanted - position
        database.said.append(
            f"As of {_minute(moment)} (UTC): {missing:,} {'entry' if missing == 1 else 'entries'} logged since "
            "are not in these figures yet. A coordinator's report, or campaign follow, brings them in."
        )


def _of_standby(database: Database, position: int, moment: str) -> str:
    named = f"Read from {database.reading.address.shown}"
    if not database.reading.who.standby:
        return f"{named}, as of {_minute(moment)} (UTC)."
    try:
        behind = database.connection.once(lambda made: made.execute("SELECT position FROM campaign.head").fetchone())
    except (StoreFault, Gone):
        behind = None
    lag = database.reading.fetch(
        "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::bigint"
    )[0][0]
    missing = behind[0] - position if behind else None
    if missing == 0:
        return f"{named}, a standby that is up to date."
    if missing is not None:
        entries = "entry" if missing == 1 else "entries"
        return f"{named}, a standby: {missing:,} {entries} behind; what it shows is as of {_minute(moment)} (UTC)."
    return (
        f"{named}, a standby; the primary does not answer. The last it heard was {lag or 0:,} seconds ago; "
        f"what it shows is as of {_minute(moment)} (UTC)."
    )


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ") if moment else "before the first entry"


@contextmanager
def told_of(database: Database) -> Iterator[None]:
    """What a statement that failed means, without the statement and its values."""
    try:
        yield
    except DBAPIError as fault:
        if fault.connection_invalidated or isinstance(fault.orig, errors.OperationalError):
            raise Unreachable(f"The database {database.name} broke off, or is busy. Try again.") from fault
        if isinstance(fault.orig, errors.UndefinedColumn | errors.UndefinedTable):
            raise SettingsFault(_OTHER) from fault
        raise told(fault.orig, f"The database {database.name}") from fault
