"""Databases for tests: one real server for each process that runs tests, and a fresh shared campaign for each test."""

from __future__ import annotations

import atexit
import os
from functools import cache
from itertools import count
from typing import Any

from postgres_servers.borrowed import Borrowed
from postgres_servers.running import Server
from postgres_servers.shared import MIGRATOR, appoint, make_database

SERVER_VARIABLE = "CAMPAIGN_TEST_SERVER"
"""The variable with the address of a superuser, where tests are to use a server that runs already."""
_numbers = count(1)


@cache
def server() -> Any:
    """The server of this process."""
    started = Borrowed(os.environ[SERVER_VARIABLE]) if os.environ.get(SERVER_VARIABLE) else Server.start()
    atexit.register(started.remove)
    return started


@cache
def _template() -> str:
    """A database that is set up, with everybody appointed, and nothing logged; its clients may set the clock."""
    name = f"campaign_tests_{os.getpid()}"
    server().drop_database(name)
    make_database(server(), name, rehearsal=True)
    appoint(server(), database=name)
    atexit.register(server().drop_database, name)
    return name


def new_database(template: str = "") -> str:
    """The name of a database that is set up, as the template is, and nobody else's."""
    name = f"{template or _template()}_{next(_numbers)}"
    server().drop_database(name)
    server().create_database(name, template or _template())
    if os.environ.get(SERVER_VARIABLE):  # one of our own goes with all that is in it
        atexit.register(server().drop_database, name)
    return name


def address(role: str, database: str) -> str:
    """Where that role finds that database."""
    found: str = server().address(role, database)
    return found


def drop_database(database: str) -> None:
    """Drops a database, whoever is connected to it."""
    server().drop_database(database)


__all__ = ["MIGRATOR", "SERVER_VARIABLE", "address", "drop_database", "new_database", "server"]
