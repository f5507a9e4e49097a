"""Commands at random whose connection is cut, whose password is wrong or whose role may not: none of them tells a secret."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Any, NamedTuple

import psutil
import psycopg
from postgres_servers.fronts import CuttingFront
from postgres_servers.running import Server
from postgres_servers.shared import MIGRATOR, PEOPLE, make_database
from psycopg.sql import SQL, Identifier

from stress.findings import Found

ROOT = Path(__file__).parents[2]
PASSWORD, WRONG = "Sesame", "Simsalabim"
"""What every password holds, and one that is none."""
EVERYTHING = {"log_statement": "all", "log_min_duration_statement": "0", "log_error_verbosity": "verbose"}
"""A server that writes down all it is asked."""
NO_VALUES = {"log_parameter_max_length": "0", "log_parameter_max_length_on_error": "0"}
"""What whoever runs a server is told to set: statements are written down then, and their values are not."""


class Ran(NamedTuple):
    """What a command came to."""

    role: str
    words: tuple[str, ...]
    code: int
    out: str
    err: str


class Desk:
    """Where people type commands that log in to one server, and what is seen of their processes meanwhile.

    ``seen``: command lines, each with the values of its environment. ``port``: that of the server, or of a front.
    """

    def __init__(self, server: Server, folder: Path) -> None:
        """Makes the database, and everybody in it. No password goes to the server in the clear, as with ``\\password``."""
        self.folder, self.port = folder, server.port
        self.ran: list[Ran] = []
        self.seen: set[tuple[str, str]] = set()
        make_database(server)
        (folder / "passwords").mkdir(0o700)
        with psycopg.connect(server.address(MIGRATOR), autocommit=True) as migrator:
            for role, kind, place in PEOPLE:
                password = f"{PASSWORD}-{role}".encode()
                hidden = migrator.pgconn.encrypt_password(password, role.encode(), b"scram-sha-256").decode()
                migrator.execute(SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(Identifier(role), hidden))
                migrator.execute("SELECT campaign.appoint(%s, %s, %s)", (role, kind, place))
                self._keep(role, password)
        self._keep("wrong", WRONG.encode())

    def _keep(self, name: str, password: bytes) -> None:
        (self.folder / "passwords" / name).touch(0o600)
        (self.folder / "passwords" / name).write_bytes(password)

    def types(
        self,
        role: str,
        *words: str,
        answers: str = "",
        password_of: str = "",
        program: Sequence[str] = ("-m", "cli"),
        more: Mapping[str, str] = {},
        **how: Any,
    ) -> Ran:
        """A command by somebody with that role, whose password lies in a file; ``how``: as of ``subprocess.run``."""
        environment = {**more} | {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(self.folder),
            "CAMPAIGN_HOME": str(self.folder / "home"),
            "CAMPAIGN_CONSULTANT": "abcd",
            "CAMPAIGN_DATABASE": f"postgresql://{role}@127.0.0.1:{self.port}/campaign?passfile=/nowhere",
            "CAMPAIGN_PASSWORD_FILE": str(self.folder / "passwords" / (password_of or role)),
        }
        streams: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "input": answers, "text": True}
        done = subprocess.run([sys.executable, *program, *words], env=environment, cwd=self.folder, **(streams | how))
        self.ran.append(Ran(role, words, done.returncode, done.stdout or "", done.stderr or ""))
        return self.ran[-1]

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looks at all processes that this one started, again and again: as what, and with what around them, they run."""
        stop = Event()
        watching = Thread(target=self._watch, args=(stop,))
        watching.start()
        try:
            yield
        finally:
            stop.set()
            watching.join()

    def _watch(self, stop: Event) -> None:
        ours = psutil.Process()
        while not stop.is_set():
            for process in ours.children(recursive=True):
                with suppress(psutil.Error):
                    self.seen.add((" ".join(process.cmdline()), " ".join(process.environ().values())))
            time.sleep(0.05)


# At random


def run(count: int, seed: int) -> Found:
    """So many commands, each with a text of its own that nobody is to find but where it is shown."""
    chance, faults, codes = Random(seed), [], set()
    with TemporaryDirectory() as folder, Server.start(EVERYTHING | NO_VALUES) as server:
        desk = Desk(server, Path(folder))
        desk.types("coordinator", "plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "+200d")
        with desk.watched():
            for number in range(count):
                faults += _tried(desk, server, chance, f"Zq{number:05}x{seed}")
                codes.add(desk.ran[-1].code)
        log = server.log.read_text()
        places = [*(ran.out + ran.err for ran in desk.ran), *map(" ".join, desk.seen), log]
        faults += [f"a password is told: {where[:200]}" for where in places if PASSWORD in where or WRONG in where]
        faults += [f"the server wrote down a text: {line[:200]}" for line in log.splitlines() if _MARKER.search(line)]
    return Found(count, f"exit codes: {', '.join(map(str, sorted(codes)))}", faults)


def secrets(times: int, chance: Random, folder: Path) -> Found:
    """As ``run``, as a stress test."""
    return run(times, chance.getrandbits(32))


_MARKER = re.compile(r"Zq\d{5}x")
_STATEMENTS = (b"campaign.append", b"campaign.streams", b"campaign.hello", b"pg_roles", b"campaign.texts")


def _tried(desk: Desk, server: Server, chance: Random, text: str) -> list[str]:
    role, words, is_note = _command(chance, text)
    with CuttingFront(server) as front:
        desk.port = front.port
        if chance.random() < 0.5:
            chance.choice([front.cut_before, front.cut_next_answer])(chance.choice(_STATEMENTS))
        wrong = "wrong" if chance.random() < 0.1 else ""
        ran = desk.types(role, *words, answers=f"{text} says so" if is_note else "", password_of=wrong)
    shown = ran.code == 0 and words[:2] == ("contact", "add")
    told = ran.err.replace(f"Your note was not kept. It said:\n{text} says so", "") + ("" if shown else ran.out)
    faults = [f"{ran} tells its text"] if text in told else []
    return faults + ([f"{ran} ends in a traceback"] if "Traceback" in ran.err else [])


def _command(chance: Random, text: str) -> tuple[str, tuple[str, ...], bool]:
    """A role, words, and whether the text is a note, which comes on stdin."""
    role, cvr = chance.choice(PEOPLE)[0], chance.choice(("26099382", "72287029", "97383979"))
    office = ("--office", chance.choice(("306", "147"))) if chance.random() < 0.3 else ()
    if chance.random() < 0.5:
        return role, ("call", cvr, chance.choice(("busy", "no-answer")), "--again", "--note", "-", *office), True
    return role, ("contact", "add", cvr, "--name", text, *office), False
