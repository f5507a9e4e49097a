"""Following the log: read models kept warm by one process at a time, which listens to the database."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import TYPE_CHECKING, Any

import psycopg

from campaign.storage.ports import AccessDenied
from campaign.storage.postgres import views
from campaign.storage.postgres.connection import FEEDS, Gone, Unreachable

if TYPE_CHECKING:
    from campaign.storage.postgres.workspace import Database

_HEARTBEAT = 5.0  # seconds, after which is looked all the same
_PAUSE = 1.0
_TURN = 0.5  # seconds between two tries to become the one who follows


def follow(database: Database, say: Callable[[str], None], once: bool = False) -> int:
    """Brings the read models up to the log, and again whenever something is logged, until it is interrupted.

    One follows at a time; others wait for their turn. Goes on from where it stopped, also when the database was gone
    for a while. ``once``: brings them up and returns. Returns the position. Raises ``AccessDenied`` for a role that does
    not see all that was logged.
    """
    if database.connection.who.kind not in FEEDS:
        raise AccessDenied("Read models are kept by a coordinator, who sees all that was logged.")
    if once:
        return _brought_up(database)
    while True:
        try:
            with database.connection.open() as made:
                _take_turn(made, say)
                return _followed(database, made, say)
        except (psycopg.OperationalError, Unreachable, Gone):
            say("The database broke off. Trying again.")
            sleep(_PAUSE)


def _take_turn(made: psycopg.Connection[Any], say: Callable[[str], None]) -> None:
    told = False
    while not (made.execute("SELECT pg_try_advisory_lock(%s, %s)", views.FOLLOWS).fetchone() or (False,))[0]:
        if not told:
            say("Another one follows. Waiting for a turn.")
            told = True
        sleep(_TURN)


def _followed(database: Database, made: psycopg.Connection[Any], say: Callable[[str], None]) -> int:
    made.execute("LISTEN campaign")
    say(f"Following {database.name}, from position {_brought_up(database):,}.")
    while True:
        for _ in made.notifies(timeout=_HEARTBEAT, stop_after=1):
            pass
        _brought_up(database)


def _brought_up(database: Database) -> int:
    """Brings the tables up to the log; makes them anew where another version of the program filled them."""
    engine = views.opened(database, wait="60s")
    try:
        with views.told_of(database):
            if not views.is_of_this_code(database, engine):
                return views.rebuild(database, lambda done, of: None)
            return views.follow(database, engine, lambda done, of: None)
    finally:
        engine.dispose()
