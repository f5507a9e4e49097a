"""Passwords and personal texts in a whole little campaign: nobody finds them in screens, tracebacks, processes or the server's log."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from postgres_servers.fronts import CuttingFront
from postgres_servers.running import Server
from stress.server_secrets import EVERYTHING, NO_VALUES, PASSWORD, WRONG, Desk, Ran, run
from terminal_user import BARBER, TIMBER

CONTACT, PHONE, NOTE, TRADER = "Ymerhansen", "31415926", "Zebedaeus", "Xerxesholm"
PERSONAL = (CONTACT, PHONE, NOTE, TRADER)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """It writes down all it is asked, but no values."""
    with Server.start(EVERYTHING | NO_VALUES) as server:
        yield server


@pytest.fixture(scope="module")
def desk(server, tmp_path_factory) -> Desk:
    return Desk(server, tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def type_it(desk):
    """Types a command that is to end with this code."""

    def typed(role: str, *words: str, code: int = 0, **how: Any) -> Ran:
        ran = desk.types(role, *words, **how)
        assert ran.code == code, ran
        return ran

    return typed


def test_a_whole_campaign_tells_no_password_and_nobody_s_text_but_to_whom_it_is_shown(desk, type_it, server):
    note = {"answers": f"{NOTE} says: ring on Monday"}
    who = ("--name", CONTACT, "--phone", PHONE)
    with desk.watched():
        contact = what_goes_well(type_it, who, note)
        what_goes_wrong(type_it, contact, who, note)
        what_breaks(desk, type_it, server, who, note)
        type_it("protection", "erase", contact, "--because", "asked")
        type_it("coordinator", "verify")
        log = server.log.read_text()
        type_it("office_306", "contact", "add", TIMBER, *who, code=3, program=("-c", MISTAKE_IN_SQL))

    everywhere = [*(ran.out + ran.err for ran in desk.ran), *map(" ".join, desk.seen), server.log.read_text()]
    assert [where for where in everywhere if PASSWORD in where or WRONG in where] == []
    assert [ran for ran in desk.ran if leaked(ran) or "[SQL" in ran.err] == []
    assert [line for line, _ in desk.seen if is_foreign(line, desk.ran)] == []
    assert [around for _, around in desk.seen if any(personal in around for personal in PERSONAL)] == []
    assert [line for line in log.splitlines() if any(personal in line for personal in PERSONAL)] == []
    # All of that was looked at: commands, a traceback, statements; and an error of the server that repeats a text.
    assert len([line for line, _ in desk.seen if "cli" in line]) > 20
    assert sum("Traceback" in ran.err for ran in desk.ran) == 1
    assert "campaign.append" in log
    assert CONTACT in server.log.read_text().removeprefix(log)


def what_goes_well(type_it: Any, who: tuple[str, ...], note: dict[str, str]) -> str:
    """A day of a campaign. Returns the contact."""
    period = ("--from", "2012-09-03", "--to", "+200d", "--keep-until", "+300d")
    type_it("coordinator", "plan", "luk-op", "--title", "Luk op", *period)
    type_it("coordinator", "company", TIMBER, "--name", "Tømrer ApS", "--municipality", "306")
    type_it("coordinator", "company", BARBER, "--name", TRADER, "--form", "10", "--municipality", "306")
    type_it("office_306", "call", TIMBER, "accepted", "--visit", "tomorrow", "--note", "-", **note)
    contact: str = type_it("office_306", "contact", "add", TIMBER, *who).out.split()[2].rstrip(",")
    type_it("office_306", "contact", "change", contact, "--role", "boss")
    type_it("office_306", "contact", "list")
    type_it("office_306", "call", TRADER.lower(), "busy")
    type_it("office_306", "undo")
    type_it("office_306", "history", TIMBER)
    type_it("office_147", "contact", "list")
    type_it("office_147", "history", TIMBER)
    for role in ("coordinator", "region", "reader"):
        type_it(role, "rates")
    type_it("reader", "entries", "--of", "calls")
    type_it("backup", "verify")
    return contact


def what_goes_wrong(type_it: Any, contact: str, who: tuple[str, ...], note: dict[str, str]) -> None:
    """Wrong passwords, roles that may not, and acts against a rule."""
    type_it("office_306", "rates", code=2, password_of="wrong")
    type_it("office_306", "call", TIMBER, "busy", "--office", "147", "--note", "-", code=1, **note)
    type_it("office_306", "call", TIMBER, "accepted", "--visit", "tomorrow", "--note", "-", code=1, **note)
    type_it("reader", "contact", "add", TIMBER, *who, code=1)
    type_it("protection", "company", BARBER, "--name", f"{TRADER} 2", "--form", "10", code=1)
    type_it("office_147", "contact", "show", TIMBER)
    type_it("office_147", "contact", "change", contact, *who, code=1)
    type_it("office_306", "contact", "add", TIMBER, "--name", CONTACT, "--phone", "151112-3441", code=1)
    type_it("office_306", "erase", contact, "--because", "asked", code=1)
    type_it("protection", "erase", contact, "--because", f"{CONTACT} asked", code=1)


def what_breaks(desk: Desk, type_it: Any, server: Server, who: tuple[str, ...], note: dict[str, str]) -> None:
    """Connections, the screen, the program itself, and rights that somebody took away."""
    add = ("contact", "add", TIMBER, *who)
    with CuttingFront(server) as front:
        desk.port = front.port
        front.cut_next_answer(b"campaign.append")
        type_it("office_306", *add)
        front.close()
        type_it("office_306", *add, code=3)
    desk.port = server.port
    type_it("office_306", *add, code=1, program=("-c", MISTAKE))
    with open("/dev/full", "w", encoding="utf-8") as full:
        type_it("office_306", "call", TIMBER, "busy", "--note", "-", stdout=full, **note)
    server.run("REVOKE INSERT ON campaign_views.calls FROM campaign_coordinator", database="campaign")
    type_it("coordinator", "follow", "--once", code=1)
    server.run("GRANT INSERT ON campaign_views.calls TO campaign_coordinator", database="campaign")
    crash = {"CAMPAIGN_REHEARSAL": "1", "CAMPAIGN_FAILPOINT": "views.before-commit"}
    type_it("coordinator", "follow", "--once", code=-signal.SIGKILL, more=crash)


MISTAKE = (
    "import campaign.storage.postgres.log as r, cli\n"
    "def mistaken(*values): raise RuntimeError('a mistake in the program')\n"
    "r._as_json = mistaken\n"
    "cli.main()"
)
MISTAKE_IN_SQL = (
    "import campaign.storage.postgres.log as r, cli\n"
    "r._APPEND = r._APPEND.replace('%s::jsonb', '%s::text::integer::text::jsonb')\n"
    "cli.main()"
)
SHOWS = {
    ("office_306", "contact", "add"): {CONTACT},
    ("office_306", "contact", "list"): {CONTACT},
    ("office_306", "history"): {CONTACT, PHONE, NOTE},
    ("office_306", "call", TRADER.lower()): {TRADER},
    ("office_306", "undo"): {TRADER},
    ("coordinator", "company"): {TRADER},
}
"""What is shown on purpose: to whom, and by which command."""


def leaked(ran: Ran) -> set[str]:
    """The personal texts that a command told though it was not to. A note that was not kept is given back."""
    said = ran.out + ran.err.replace(f"Your note was not kept. It said:\n{NOTE}", "")
    shown = [
        texts for (role, *words), texts in SHOWS.items() if ran.role == role and ran.words[: len(words)] == (*words,)
    ]
    return {personal for personal in PERSONAL if personal in said} - (set() if ran.code else set().union(*shown))


def is_foreign(line: str, ran: list[Ran]) -> bool:
    """Whether a process shows a personal text that nobody typed as a word of its command."""
    typed = {part for command in ran for word in command.words for part in word.split()}
    return any(personal in word for word in line.split() if word not in typed for personal in PERSONAL)


def test_a_server_that_writes_down_values_writes_down_texts_so_it_is_told_not_to(type_it, server):
    """Otherwise what is erased in the database stays in the log of its server."""
    server.run("ALTER DATABASE campaign SET log_parameter_max_length = -1")
    type_it("office_306", "contact", "add", TIMBER, "--name", "Ottomansen")
    server.run("ALTER DATABASE campaign RESET log_parameter_max_length")
    type_it("office_306", "contact", "add", TIMBER, "--name", "Pippihansen")

    written = server.log.read_text()
    assert "Ottomansen" in written
    assert "Pippihansen" not in written
    assert PASSWORD not in written


def test_commands_that_are_cut_off_at_random_tell_nothing():
    """As in `scripts/stress --postgres`, smaller."""
    found = run(8, seed=1)

    assert found.faults == []
    assert found.count == 8
