"""A person at a terminal, for tests: a home, a clock that is set, ids that come in order, and screens as text."""

from __future__ import annotations

import itertools
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

from click.testing import CliRunner, Result

import cli

SETTINGS = {"CAMPAIGN_OFFICE": "306", "CAMPAIGN_CONSULTANT": "abcd"}
NO_SETTINGS = (
    "CAMPAIGN_HOME",
    "CAMPAIGN_DATABASE",
    "CAMPAIGN_READ_DATABASE",
    "CAMPAIGN_PASSWORD_FILE",
    "PGPASSWORD",
    "CAMPAIGN_SLUG",
    "CAMPAIGN_LANG",
    "NO_COLOR",
    "_CAMPAIGN_COMPLETE",
    "COLUMNS",
)


class TerminalUser:
    """Somebody who types commands in a home of their own. ``now`` is their moment, and can be set anew."""

    def __init__(self, home: Path, now: datetime, first_number: int = 1) -> None:
        self.home, self.now = home, now
        self.environment: dict[str, str | None] = {**dict.fromkeys(NO_SETTINGS), **SETTINGS, "CAMPAIGN_HOME": str(home)}
        self._numbers = itertools.count(first_number)

    def on(self, day: str, at: str = "12:00") -> TerminalUser:
        """The same person at a later moment, UTC."""
        self.now = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=UTC)
        return self

    def types(self, *words: str, columns: int | None = None, answers: str = "") -> Result:
        """What a command answers: in a pipe, or on a terminal of so many columns, to somebody who answers so."""
        with self._there(columns):
            return CliRunner(env=self.environment).invoke(cli.main, list(words), answers, catch_exceptions=False)

    @property
    def log(self) -> bytes:
        """All that is in the log, whatever it lies in."""
        if "CAMPAIGN_DATABASE" in self.environment and database_factory:
            import psycopg

            with psycopg.connect(str(self.environment["CAMPAIGN_DATABASE"])) as connection:
                return repr(
                    connection.execute("SELECT * FROM campaign.stored_events ORDER BY position").fetchall()
                ).encode()
        return (self.home / "events.db").read_bytes()

    def says(self, *words: str) -> str:
        """What a command that works prints on stdout."""
        result = self.types(*words)
        assert result.exit_code == 0, result.output
        return result.stdout

    def screen(self, line: str, columns: int | None = 80) -> str:
        """A command line as a shell reads it, and all that then stands on the terminal."""
        result = self.types(*shlex.split(line), columns=columns)
        code = f"(exit {result.exit_code})\n" if result.exit_code else ""
        shown = result.output.replace(str(self.home), "~/campaign")
        return f"$ campaign {line}\n{''.join(part.rstrip() + chr(10) for part in shown.splitlines())}{code}"

    @contextmanager
    def _there(self, columns: int | None) -> Iterator[None]:
        # Nothing of the outside comes in: not the time, not chance, not the width of a window.
        with (
            patch("campaign.terminal.clock.now", lambda: self.now),
            patch("uuid.uuid4", lambda: UUID(int=next(self._numbers) << 96 | 4 << 76 | 8 << 60)),
            patch("campaign.terminal.output.on_terminal", lambda: columns is not None),
            patch("campaign.terminal.output.width", lambda: columns or 80),
            patch.dict(os.environ, {"TERM": "xterm"}),
        ):
            yield


def new_consultant(home: Path, now: str = "2012-11-12T12:00") -> TerminalUser:
    """A consultant of Odsherred in a home that is made, with a campaign of half a year and three companies.

    With ``--store postgres`` the home is a database of their own, in which they see all: a coordinator's.
    """
    somebody = TerminalUser(home, datetime.fromisoformat(now).replace(tzinfo=UTC), first_number=1000)
    if database_factory:
        home.mkdir()
        somebody.environment["CAMPAIGN_DATABASE"] = database_factory(_model_database())
    else:
        shutil.copytree(_model_workspace().name, home)
    return somebody


def open_database_for(place: Path, clock: Callable[[], datetime]) -> Any:
    """The database that stands for a home at that place, seen by its coordinator: made when first asked for."""
    from campaign.storage.postgres.addresses import address
    from campaign.storage.postgres.workspace import PostgresWorkspace

    assert database_factory
    place.mkdir(exist_ok=True)
    if place not in _addresses:
        _addresses[place] = database_factory("")
    _open_databases.append(PostgresWorkspace.at(place, clock, address(_addresses[place])))
    return _open_databases[-1]


def database_address_for(place: Path) -> str | None:
    """The address of the database that stands for a home at that place; None where it is a home."""
    return _addresses.get(place)


@contextmanager
def in_database_for(words: list[str]) -> Iterator[None]:
    """Whoever names the home at a place for which there is a database works in that."""
    place = Path(words[words.index("--home") + 1]) if "--home" in words else None
    there = {"CAMPAIGN_DATABASE": _addresses[place]} if place in _addresses else {}
    with patch.dict(os.environ, there):
        yield


def close_databases() -> None:
    """Ends every connection that a test left open; one that is asked again makes another."""
    for database in _open_databases:
        database.close()


_addresses: dict[Path, str] = {}
_open_databases: list[Any] = []
database_factory: Callable[[str], str] | None = None
"""With ``--store postgres``: makes a database like the one of that name, and gives the address of its coordinator."""


@cache
def _model_workspace() -> TemporaryDirectory[str]:
    """A home made once, to be copied: making it takes longer than most tests."""
    folder = TemporaryDirectory()
    somebody = TerminalUser(Path(folder.name), datetime(2012, 11, 12, 12, tzinfo=UTC))
    somebody.says("init")
    _plan_model(somebody)
    return folder


@cache
def _model_database() -> str:
    """The same in a database."""
    from psycopg.conninfo import conninfo_to_dict

    assert database_factory
    with TemporaryDirectory() as folder:
        somebody = TerminalUser(Path(folder), datetime(2012, 11, 12, 12, tzinfo=UTC))
        somebody.environment["CAMPAIGN_DATABASE"] = address = database_factory("")
        _plan_model(somebody)
        somebody.says("rates")
    return str(conninfo_to_dict(address)["dbname"])


def _plan_model(somebody: TerminalUser) -> None:
    somebody.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    for cvr, name, municipality in COMPANIES:
        somebody.says("company", cvr, "--name", name, "--municipality", municipality, "--size", "5-9")


TIMBER, BAKERY, BARBER = "26099382", "72287029", "97383979"
COMPANIES = (
    (TIMBER, "Nordvang Tømrer ApS", "306"),
    (BAKERY, "Grønholm Bageri I/S", "147"),
    (BARBER, "Grønholm Frisør A/S", "101"),
)
