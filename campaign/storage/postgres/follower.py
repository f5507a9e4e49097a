"""Following the log: one process at a time listens to the database and keeps the read models warm."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import Any

import psycopg

from campaign.storage.ports import AccessDenied
from campaign.storage.postgres.connection import FEEDS, ConnectionLost, Unreachable
from campaign.storage.postgres.views import FOLLOWER_LOCK, PostgresReadModels

_HEARTBEAT = 5.0  # seconds between looks without a notification
_PAUSE = 1.0
_TURN = 0.5  # seconds between two attempts to become the follower


def follow(views: PostgresReadModels, say: Callable[[str], None], once: bool = False) -> int:
    """Brings the read models up to the log, and again whenever something is logged, until it is interrupted.

    A second follower waits for its turn. One whose connection broke continues where it stopped. ``once``: brings them
    up and returns the position. Raises ``AccessDenied`` for a role that does not see the whole log.
    """
    if views.primary.who.kind not in FEEDS:
        raise AccessDenied("Read models are kept by a coordinator, who sees all that was logged.")
    if once:
        return _bring_up(views)
    while True:
        try:
            with views.primary.open() as connection:
                _take_turn(connection, say)
                _listen(views, connection, say)
        except (psycopg.OperationalError, Unreachable, ConnectionLost):
            say("The database broke off. Trying again.")
            sleep(_PAUSE)


def _take_turn(connection: psycopg.Connection[Any], say: Callable[[str], None]) -> None:
    is_waiting = False
    while not (connection.execute("SELECT pg_try_advisory_lock(%s, %s)", FOLLOWER_LOCK).fetchone() or (False,))[0]:
        if not is_waiting:
            say("Another one follows. Waiting for a turn.")
            is_waiting = True
        sleep(_TURN)


def _listen(views: PostgresReadModels, connection: psycopg.Connection[Any], say: Callable[[str], None]) -> None:
    connection.execute("LISTEN campaign")
    say(f"Following {views.name}, from position {_bring_up(views):,}.")
    while True:
        for _ in connection.notifies(timeout=_HEARTBEAT, stop_after=1):
            pass
        _bring_up(views)


def _bring_up(views: PostgresReadModels) -> int:
    """Brings the tables up to the log; rebuilds them where another version of the program filled them."""
    with views.engine(lock_timeout="60s") as engine, views.translated_errors():
        return views.follow(engine) if views.is_of_this_code(engine) else views.rebuild()
