"""Real PostgreSQL servers, which start, stop, die, are copied and take over from each other, and are then gone."""

import atexit
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple, Self

import psycopg
from psycopg.sql import SQL, Identifier

from postgres_servers import guards
from postgres_servers.addresses import LOOPBACK, address, free_ports
from postgres_servers.binaries import asked, given_away, launched
from postgres_servers.passwords import Passwords
from postgres_servers.runs import new_folder

SUPERUSER = "postgres"

_ALWAYS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "wal_level": "replica",
    "max_wal_senders": "10",
    "wal_keep_size": "256MB",  # so that a standby that was down for a while finds what it missed
    "hot_standby": "on",
    "wal_retrieve_retry_interval": "100ms",  # after which a standby asks again for a primary that was down
}
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
_PATIENCE = 60  # seconds, after which something is broken, not slow
_MANY = 20  # ports tried


class NotStarted(Exception):
    """A server ended, or hung, before it was ready; the sentence is the end of its log."""


class NeverCame(Exception):
    """What was waited for did not come to pass in a minute."""


class Server:
    """One server with its folder and its port of 127.0.0.1, both its own for as long as it exists.

    ``folder`` holds all of it, ``log`` is what it writes, ``admin`` the address of the superuser, ``passfile`` where
    libpq finds the passwords. Every server has a system identifier of its own, but a standby, which has its primary's.
    """

    def __init__(self, folder: Path, passwords: Passwords, on_disk: bool) -> None:
        """Takes a folder with ``data``; Server.start makes one."""
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.port = 0
        self._passwords = passwords
        self._on_disk = on_disk
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def start(cls, settings: Mapping[str, str] = {}, durable: bool = False, on_disk: bool = False) -> Self:
        """A new, empty server that takes connections. Settings are those of postgresql.conf.

        A durable one loses nothing that it said was committed, whatever it dies of; any other may lose the last half
        second to ``kill`` and ``stop("immediate")``. Its folder is in memory if there is enough, where nothing waits
        for a disk: to measure what durability costs, have it ``on_disk``.
        """
        folder = new_folder("server", on_disk)
        password = _copy_of_template(folder)
        passwords = Passwords(folder.with_name(f"{folder.name}.passwords"), **{SUPERUSER: password})
        server = cls(folder, passwords, on_disk)
        server._set(_ALWAYS | dict.fromkeys(_DURABLE, "on" if durable else "off") | dict(settings))
        server._start_where_free()
        return server

    @property
    def passfile(self) -> Path:
        """Readable by nobody else. A standby shares it with its primary."""
        return self._passwords.path

    @property
    def admin(self) -> str:
        """The address of the superuser, at the database ``postgres``."""
        return self.address(SUPERUSER, "postgres")

    @property
    def running(self) -> bool:
        """Whether its postmaster is there."""
        return self._process is not None and self._process.poll() is None

    def address(self, role: str, database: str = "campaign", **params: str) -> str:
        """The URL at which this role finds this database; no password is in it. Params are libpq's."""
        return address(self.port, role, database, {"passfile": str(self.passfile)} | params)

    def new_password(self, role: str) -> str:
        """One that nobody can guess."""
        return secrets.token_urlsafe(16)

    def knows(self, role: str) -> bool:
        """Whether libpq finds a password of this role."""
        return role in self._passwords

    def set_password(self, role: str, password: str) -> None:
        """Has libpq find this password; the server is not told."""
        self._passwords[role] = password

    def run(self, sql: str, *values: object, database: str = "postgres") -> list[tuple[Any, ...]]:
        """The rows, if any, of one statement by the superuser that is committed at once."""
        where = self.address(SUPERUSER, database, sslmode="disable")
        with psycopg.connect(where, autocommit=True) as connection:
            answer = connection.execute(sql, values or None)
            return answer.fetchall() if answer.description else []

    def create_database(self, name: str, template: str | None = None) -> None:
        """A new database: empty, or a copy of one that nobody is connected to.

        What was granted on and set for the template as a whole (GRANT CONNECT, ALTER DATABASE) is not copied.
        """
        made = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")  # in memory in 18 ms, WAL_LOG takes 28 ms
        self.run(made.format(Identifier(name), Identifier(template or "template1")).as_string())

    def drop_database(self, name: str) -> None:
        """Throws out who is connected to this database, and it; nothing if it is not there."""
        self.run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)).as_string())

    def stop(self, mode: str = "fast") -> None:
        """Ends in order (``fast``), or at once, so that it recovers at the next start (``immediate``)."""
        if self._process is not None:
            self._process.send_signal(_SIGNALS[mode])
            self._process.wait(_PATIENCE)

    def start_again(self) -> None:
        """Takes connections again after ``stop`` or ``kill``, at the same port."""
        assert not self.running, "it runs"
        self._launch()

    def kill(self) -> None:
        """Ends as if the machine had: no process of it gets to do anything more. Returns when all are gone."""
        if self._process is not None:
            self._process.kill()
            guards.end(self.data)
            self._process.wait()

    def remove(self) -> None:
        """Ends, and is gone from disk and memory; twice is as good as once."""
        guards.discard(self.folder)
        if self._process is not None:
            self._process.wait()

    def standby(self, synchronous: bool = True) -> Self:
        """A new server that follows this one and has caught up with it; it can be read, and promoted.

        A synchronous one has what this server says is committed: it waits for that, and for ever if the standby is
        gone. It waits for one standby at most, the newest.
        """
        folder = new_folder("standby", self._on_disk)
        (folder / "data").mkdir(mode=0o700)
        self._copy_to(given_away(folder / "data"), name=folder.name)
        standby = type(self)(folder, self._passwords, self._on_disk)
        after = {"synchronous_standby_names": ""} | ({"synchronous_commit": "on"} if synchronous else {})
        standby._set(after, "postgresql.auto.conf")  # what holds once it is promoted: nobody follows it then
        standby._start_where_free()
        if synchronous:
            self._alter(synchronous_standby_names=f'"{folder.name}"', synchronous_commit="on")
        _until(lambda: self._is_followed_by(folder.name, synchronous), f"{folder.name} that follows")
        return standby

    def promote(self) -> None:
        """Takes writes from now on, and follows nobody. The old primary is not told."""
        self.run("SELECT pg_promote()")
        _until(lambda: self.run("SELECT pg_is_in_recovery()") == [(False,)], "a promotion")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def _set(self, settings: Mapping[str, str], file: str = "postgresql.conf") -> None:
        """Above what the file says already."""
        with (self.data / file).open("a") as written:
            written.writelines(f"{name} = {_quoted(value)}\n" for name, value in settings.items())

    def _alter(self, **settings: str) -> None:
        """For good, and from now on."""
        for name, value in settings.items():
            self.run(f"ALTER SYSTEM SET {name} = {_quoted(value)}")
        self.run("SELECT pg_reload_conf()")

    def _copy_to(self, data: Path, name: str) -> None:
        """The password goes into the copy's settings: the passfile is not for whom the server runs as."""
        primary = f"host={LOOPBACK} port={self.port} user={SUPERUSER} application_name={name} sslmode=disable"
        how = ("--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        password = self._passwords[SUPERUSER]
        asked("pg_basebackup", "--pgdata", data, "--dbname", primary, *how, cwd=data.parent, PGPASSWORD=password)

    def _is_followed_by(self, name: str, synchronous: bool) -> bool:
        followers = self.run("SELECT state, sync_state FROM pg_stat_replication WHERE application_name = %s", name)
        return any(state == "streaming" and (sync == "sync" or not synchronous) for state, sync in followers)

    def _start_where_free(self) -> None:
        """Somebody else may take a port between our look at it and the server's."""
        for _, self.port in zip(range(_MANY), free_ports(), strict=False):
            try:
                return self._launch()
            except NotStarted as failed:
                if "Address already in use" not in str(failed):
                    raise
        raise NotStarted(f"{_MANY} ports were taken")

    def _launch(self) -> None:
        """The port is not in a file, so that a standby's copy of its primary's files needs no change."""
        self._process = launched("postgres", "-D", self.data, "-p", str(self.port), cwd=self.folder, log=self.log)
        _LAUNCHED.append(self._process)
        _until(lambda: self._ready() or not self.running, "a server that is ready")
        if not self.running:
            raise NotStarted(self.log.read_text(errors="replace")[-2000:])

    def _ready(self) -> bool:
        """The last line of this file is there for whoever waits, with a word that is padded."""
        assert self._process is not None
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(self._process.pid)] and [line.strip() for line in lines[7:]] == ["ready"]


def _copy_of_template(folder: Path) -> str:
    """Fills ``folder/data`` and says the superuser's password; copying takes a fifth of the time of initdb."""
    with _ONE_AT_A_TIME:
        template = _template()
    data = folder / "data"
    subprocess.run(["cp", "-a", template.data, data], check=True)
    with (data / "global/pg_control").open("r+b") as control:
        control.write(secrets.randbits(63).to_bytes(8, sys.byteorder))  # it begins with the system identifier
    asked("pg_resetwal", "--force", "--pgdata", data, cwd=folder)  # puts it into the log, and the sum right
    return template.password


class _Template(NamedTuple):
    data: Path
    password: str


@cache
def _template() -> _Template:
    """What initdb makes, once in a run."""
    folder, password = given_away(new_folder("template")), secrets.token_hex()
    word = folder / "password"
    word.write_text(password)
    ways = ("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
    who = (f"--username={SUPERUSER}", "--auth=scram-sha-256", f"--pwfile={word}")
    asked("initdb", *ways, *who, "--pgdata", folder / "data", cwd=folder)
    word.unlink()
    return _Template(folder / "data", password)


def _quoted(value: str) -> str:
    """As in postgresql.conf."""
    return "'" + value.replace("'", "''") + "'"


def _until(true: Callable[[], bool], what: str) -> None:
    """Returns as soon as this is true; raises NeverCame after a minute."""
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise NeverCame(what)
        time.sleep(0.005)


def _reap() -> None:
    """By then the guard has ended them all: this one was registered before."""
    for process in _LAUNCHED:
        process.poll()


_ONE_AT_A_TIME = Lock()
_LAUNCHED: list[subprocess.Popen[bytes]] = []  # a server that nobody holds any more goes on until the end of the run
atexit.register(_reap)
