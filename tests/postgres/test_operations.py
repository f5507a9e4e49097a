"""What docs/operations.md and docs/views.md tell to type is typed: commands on real servers, questions beside reports."""

from __future__ import annotations

import ast
import configparser
import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from import_fixtures import SLUG, model_slice, new_workspace, run_import
from postgres_servers import binaries, guards
from postgres_servers.addresses import free_ports
from postgres_servers.fronts import TlsFront, authority
from postgres_servers.running import SUPERUSER, Server
from postgres_servers.runs import new_folder
from postgres_servers.shared import MIGRATOR, REGION, appoint, make_database
from terminal_user import BARBER, TerminalUser

from campaign.retry import tries

DOCS = Path(__file__).parents[2] / "docs"
PROGRAMS = Path(sys.executable).parent
_PART = re.compile(r"^#+ ([^\n]+)$|^```(\w+) ?([\w ]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_URL = re.compile(r"(postgresql://\w+)@([\w.,]+)/(\w+)")
_HOSTS = re.compile(r"host=([\w.,]+)")
_DB2_ALONE = re.compile(r"\bdb2\b(?!\.example)")
_ACCOUNTS = {"postgres": SUPERUSER, "migrator": "campaign_migrator"}
_TODAY = datetime.now(UTC).date()
_DAYS = {"2026-09-01": str(_TODAY - timedelta(60)), "2027-03-31": str(_TODAY + timedelta(120))}
_MOMENT = "2026-11-23 14:00:00+01"
_CONTACT = "5b2de991"
_BY_TLS = ("ssl", "listen_addresses")
"""Settings that the servers of the wheel cannot have: they speak no TLS, so a front before each does."""
_PATIENCE = 60  # seconds


class Block(NamedTuple):
    """Something a document tells to type: in which section, in which language and where."""

    section: str
    language: str
    where: list[str]
    text: str


def blocks(document: str) -> Iterator[Block]:
    """Every block of that document, in order."""
    section = ""
    for heading, language, where, text in _PART.findall((DOCS / document).read_text(encoding="utf-8")):
        section = heading or section
        if language:
            yield Block(section, language, where.split(), text)


class Machine:
    """A computer that has a name in the document, and a server or an empty folder for one."""

    def __init__(self, name: str, server: Server | None = None) -> None:
        self.name = name
        self.folder = binaries.given_away(new_folder(name))
        self.port = server.port if server else next(free_ports())
        self.data = server.data if server else self.folder / "data"
        self.passfile = self.folder / ".pgpass"
        if not server:
            self.data.mkdir(0o700)
            binaries.given_away(self.data)

    def runs(self, words: list[str], said: str = "") -> str:
        """What these words print, run as the server is."""
        environment = {
            "HOME": str(self.folder),
            "PATH": f"{binaries.binary('psql').parent}:{os.environ['PATH']}",
            "PGDATA": str(self.data),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
        }
        return _ran(words, said, **binaries._alike(self.folder, environment))

    def asks(self, statement: str, database: str = "postgres") -> list[list[str]]:
        """The rows of a statement of the superuser, as words."""
        told = self.runs(["psql", "-XAtF", "\t", "-d", database, "-c", statement])
        return [line.split("\t") for line in told.splitlines()]


def _ran(words: list[str], said: str, code: int = 0, **how: Any) -> str:
    done = subprocess.run(words, input=said, capture_output=True, text=True, timeout=_PATIENCE, **how)
    assert done.returncode == code, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


class Site:
    """All machines and people of the document, and what was typed so far.

    What is replaced in what is printed: hosts by ports of this machine, folders, passwords, a moment and a contact.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server = Server.start(durable=True)
        self.machines = {"db1": Machine("db1", self.server)}
        self.machines |= {name: Machine(name) for name in ("db2", "db3", "spare")}
        self.other = Server.start()
        self.machines["empty"] = Machine("empty", self.other)
        self.shared = binaries.given_away(new_folder("shared"))
        for name in ("backup", "backup/wal", "heads"):
            (self.shared / name).mkdir()
            binaries.given_away(self.shared / name)
        trusted = authority()
        self.trusted = trusted.file.read_bytes()
        self.fronts = {
            name: TlsFront(machine, trusted.certificate(f"{name}.example")) for name, machine in self.machines.items()
        }
        self.passwords = {SUPERUSER: _password_of(self.server)}
        self.pgpass: dict[str, str] = {}
        self.moment, self.contact = "", ""
        self.followers: list[subprocess.Popen[str]] = []
        self.left = list(blocks("operations.md"))
        (folder / "kept.py").write_text(_KEYRING)

    def close(self) -> None:
        """Ends all of it."""
        for process in self.followers:
            process.kill()
            process.communicate()
        for front in self.fronts.values():
            front.close()
        for machine in self.machines.values():
            guards.discard(machine.folder)
        self.server.remove()
        self.other.remove()

    def plays(self, section: str, many: int = 99) -> str:
        """Types the next blocks, which are those of that section, at most so many. Returns what was said."""
        said = ""
        assert self.left[0].section == section
        while self.left and self.left[0].section == section and (many := many - 1) >= 0:
            block = self.left.pop(0)
            said += getattr(self, f"_{block.language}")(block)
        return said

    def types(self, who: str, line: str, code: int = 0, **variables: str) -> str:
        """What a person's command prints, at a home of their own."""
        return self._person(who, shlex.split(line), code=code, **variables)

    def verified(self, host: str) -> str:
        """What a coordinator is told of the log at that host."""
        return self.types("coordinator", "campaign verify", CAMPAIGN_DATABASE=self.address("coordinator", host))

    def address(self, role: str, *hosts: str, database: str = "campaign") -> str:
        """The address of a database at these hosts, as a person may write it here."""
        return self._adapted(f"postgresql://{role}@{','.join(f'{host}.example' for host in hosts)}/{database}")

    # One method for each language

    def _sh(self, block: Block) -> str:
        if block.where[0] not in self.machines:
            said = self.passwords.get("office_306", "") + "\n"
            return self._person(block.where[0], ["sh", "-euc", self._adapted(block.text)], said)
        return "".join(self._at_server(name, block) for name in block.where)

    def _at_server(self, name: str, block: Block) -> str:
        machine = self.machines[name]
        text = block.text if name == block.where[0] else _DB2_ALONE.sub(name, block.text)
        text = text.replace("/var/log/postgresql", str(machine.folder)).replace("verify-full", "disable")
        text = re.sub(r"/usr/lib/postgresql/\d+/bin", str(binaries.binary("psql").parent), text)
        self._know(machine.passfile)
        return machine.runs(["sh", "-euc", self._adapted(_HOSTS.sub(self._ports, text))])

    def _sql(self, block: Block) -> str:
        first, *rest = block.where
        names = block.where if first in self.machines else ["db1"]
        role = _ACCOUNTS.get(first, SUPERUSER)
        into = rest[0] if rest and first in _ACCOUNTS else "postgres" if role == SUPERUSER else "campaign"
        text = re.sub(r"\\password (\w+)", self._password, block.text)
        said = ""
        for name in names:
            self._know(self.machines[name].passfile)
            said += self.machines[name].runs(["psql", "-X", "-v", "ON_ERROR_STOP=1", "-U", role, "-d", into], text)
        return said

    def _password(self, found: re.Match[str]) -> str:
        role = found[1]
        self.passwords[role] = f"the password of {role}"
        return f"ALTER ROLE {role} PASSWORD '{self.passwords[role]}';"

    def _conf(self, block: Block) -> str:
        """Settings go into the files of db1, as far as the wheel's server can have them."""
        db1, text = self.machines["db1"], self._adapted(block.text)
        if block.where == ["pg_hba"]:
            text = re.sub(
                r"^local( .* )peer$", r"local\1scram-sha-256\nhost\1 127.0.0.1/32 scram-sha-256", text, flags=re.M
            )
            text = text.replace("hostssl", "host").replace("10.0.0.0/8", "127.0.0.1/32")
            (db1.data / "pg_hba.conf").write_text(text)
        else:
            with (db1.data / "postgresql.conf").open("a") as settings:
                settings.writelines(f"{line}\n" for line in text.splitlines() if not line.startswith(_BY_TLS))
        db1.asks("SELECT pg_reload_conf()")
        assert db1.asks("SELECT line_number, error FROM pg_hba_file_rules WHERE error IS NOT NULL") == []
        at_start = "(SELECT name FROM pg_settings WHERE context = 'postmaster')"
        wrong = f"SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL AND name NOT IN {at_start}"
        assert db1.asks(wrong) == []
        return ""

    def _ini(self, block: Block) -> str:
        """A unit is started twice; returns the first line of each."""
        unit = configparser.ConfigParser()
        unit.optionxform = str  # type: ignore[assignment, method-assign]
        unit.read_string(block.text)
        name, _, value = self._adapted(unit["Service"]["Environment"]).partition("=")
        words = unit["Service"]["ExecStart"].replace("/opt/campaign/bin", str(PROGRAMS)).split()
        said = ""
        for number in (1, 2):
            around = self._around(f"service{number}") | {name: value}
            self.followers.append(subprocess.Popen(words, env=around, stderr=subprocess.PIPE, text=True))
            said += self.followers[-1].stderr.readline()  # type: ignore[union-attr]
        return said

    def _toml(self, block: Block) -> str:
        """A setting of the consultant's, who then has no other place for a password."""
        home = self.folder / "office" / ".local" / "share" / "campaign"
        home.mkdir(parents=True)
        (home / "config.toml").write_text(block.text)
        self.pgpass["office"] = ""
        return ""

    def _text(self, block: Block) -> str:
        """What the consultant has in the file of passwords, and nothing else of that role."""
        port, password = self.fronts["db1"].port, self.passwords["office_306"]
        self.pgpass["office"] = block.text.replace(":5432:", f":{port}:").replace("the password", password)
        return ""

    # What stands around

    def _person(self, who: str, words: list[str], said: str = "", code: int = 0, **variables: str) -> str:
        around = self._around(who) | variables
        return _ran(["env", *words], said, code, env=around, cwd=self.folder / who)  # env looks for it where they would

    def _around(self, who: str) -> dict[str, str]:
        home = self.folder / who
        (home / ".postgresql").mkdir(parents=True, exist_ok=True)
        (home / ".postgresql" / "root.crt").write_bytes(self.trusted)
        self._know(home / ".pgpass", self.pgpass.get(who))
        return {
            "HOME": str(home),
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder),
            "PYTHON_KEYRING_BACKEND": "kept.Kept",
            "CAMPAIGN_CONSULTANT": "abcd",
        } | ({"CAMPAIGN_DATABASE": self.address(who, "db1")} if who in self.passwords else {})

    def _know(self, passfile: Path, own: str | None = None) -> None:
        """Has that file hold every password; ``own``: what it holds in place of the consultant's."""
        known = self.passwords if own is None else {r: p for r, p in self.passwords.items() if r != "office_306"}
        passfile.write_text((own or "") + "".join(f"*:*:*:{role}:{password}\n" for role, password in known.items()))
        passfile.chmod(0o600)
        if passfile.parent in [machine.folder for machine in self.machines.values()]:
            binaries.given_away(passfile)

    def _adapted(self, text: str) -> str:
        text = _URL.sub(self._through_fronts, text).replace("/srv/", f"{self.shared}/")
        text = re.sub("|".join(_DAYS), lambda day: _DAYS[day[0]], text)
        return text.replace(_MOMENT, self.moment or _MOMENT).replace(_CONTACT, self.contact or _CONTACT)

    def _through_fronts(self, found: re.Match[str]) -> str:
        hosts = found[2].split(",")
        with_ports = ",".join(f"{host}:{self.fronts[host.partition('.')[0]].port}" for host in hosts)
        return f"{found[1]}@{with_ports}/{found[3]}?hostaddr={','.join(['127.0.0.1'] * len(hosts))}"

    def _ports(self, found: re.Match[str]) -> str:
        ports = [str(self.machines[host.partition(".")[0]].port) for host in found[1].split(",")]
        return f"host={','.join(['127.0.0.1'] * len(ports))} port={','.join(ports)}"


def _password_of(server: Server) -> str:
    (line,) = server.passfile.read_text().splitlines()
    return line.rpartition(":")[2]


_KEYRING = """
import json, pathlib
from keyring.backend import KeyringBackend

class Kept(KeyringBackend):
    priority = 1

    @property
    def file(self):
        return pathlib.Path("~/keyring.json").expanduser()

    def _held(self):
        return json.loads(self.file.read_text()) if self.file.exists() else {}

    def get_password(self, service, username):
        return self._held().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps(self._held() | {f"{service} {username}": password}))
"""


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    site = Site(tmp_path)
    yield site
    site.close()


def test_operations_is_true_from_its_first_line_to_its_last(site):
    _people_are_appointed_and_let_in(site)
    _figures_are_kept_warm_and_the_log_is_told_no_text(site)
    _a_home_moves(site)
    moment = _what_is_saved_can_be_had_again(site)
    _versions_follow_each_other(site, moment)
    _a_standby_takes_over(site)

    assert site.left == []


def _people_are_appointed_and_let_in(site: Site) -> None:
    assert "is set up: tables of version 3" in site.plays("Set up")
    site.plays("Appoint people")
    assert "office 147" in site.types("office_147", "campaign doctor")
    site.plays("Dismiss somebody")
    assert "or knows no such role." in site.types("office_147", "campaign doctor", code=4)

    site.plays("The way in")
    said = site.plays("Each consultant's machine")
    assert "TLS, the server proved" in said
    assert "office 306" in said
    site.contact = re.findall(r"Kept: contact (\w{8})", said)[0]


def _figures_are_kept_warm_and_the_log_is_told_no_text(site: Site) -> None:
    db1 = site.machines["db1"]
    assert "entries logged since are not in these figures yet" in site.types("office", "campaign rates")
    said = site.plays("Read models kept warm")
    assert re.search(r"Following follower@.*\nAnother one follows. Waiting for a turn.\n", said)
    assert "As of" not in site.types("office", "campaign rates")

    site.plays("The server's log")
    until(lambda: db1.asks("SHOW log_error_verbosity") == [["terse"]])
    whose = site.server.address("office_306", passfile=str(db1.passfile))
    with psycopg.connect(whose) as faulty, pytest.raises(psycopg.DataError, match="Failrowson"):
        faulty.execute(
            "SELECT campaign.append('{}', '{}', '{}', '{}', '{}', %s::jsonb)", ('[{"content": "Failrowson}]',)
        )
    written = site.server.log.read_text()
    assert "invalid input syntax for type json" in written
    assert "Failrowson" not in written


def _a_home_moves(site: Site) -> None:
    site.types("home", "campaign init --office 306")
    site.types("home", f"campaign plan autumn --title Autumn --from {_TODAY} --to {_TODAY + timedelta(9)}")
    site.types("home", "campaign call 26099382 busy")

    said = site.plays("Moving a data directory in and out")

    assert re.findall(r"Copied from .* to .*: (\d) entries", said) == ["3", "3"]


def _what_is_saved_can_be_had_again(site: Site) -> str:
    """Returns how many entries there were at the moment that the spare machine went back to."""
    db1, spare, empty = (site.machines[name] for name in ("db1", "spare", "empty"))
    site.plays("Every minute: the WAL, and heads")
    site.types("office", "campaign call 26099382 no-answer")
    site.plays("Every night: a base backup, and a dump", 1)
    dumped = db1.asks("SELECT position FROM campaign.head", "campaign")[0][0]
    site.types("office", "campaign call 26099382 left-message")
    ((site.moment, then),) = db1.asks("SELECT clock_timestamp(), position FROM campaign.head", "campaign")
    site.types("protection", f"campaign erase {site.contact} --because asked --no-input")
    site.plays("Every night: a base backup, and a dump")
    archived(db1)

    said = site.plays("Rehearse: back to a moment")
    assert f"As it was written: {then} entries." in said
    assert re.search(r"It fits the head of position \d+ in .*/heads.txt", said)
    assert names_in(spare) == [["Ib Holm"]]

    site.plays("Rehearse: from the dump")
    assert f"As it was written: {dumped} entries." in site.verified("empty")
    migrator = site.address("campaign_migrator", "empty")
    assert "is ready: tables of version 3." in site.types("migrator", f"campaign init --server --database {migrator}")
    assert names_in(empty) == [["Ib Holm"]]

    site.plays("What was erased")
    assert names_in(empty) == names_in(db1) == []
    db1.asks("CHECKPOINT")
    assert [path for path in db1.data.glob("base/*/*") if path.is_file() and b"Ib Holm" in path.read_bytes()] == []
    return then


def _versions_follow_each_other(site: Site, then: str) -> None:
    """One major version of PostgreSQL is all there is here, so it is followed by itself."""
    db1, spare = site.machines["db1"], site.machines["spare"]
    site.machines["old"] = spare
    new = f"{spare.data}.new"
    db1.asks("UPDATE campaign.about SET views_shape = 'of another version'", "campaign")
    spare.runs(["pg_ctl", "stop", "-D", str(spare.data)])
    spare.runs(["initdb", "-D", new, "-U", SUPERUSER, "-E", "UTF8", "--locale=C", "--no-sync"])

    said = site.plays("Upgrading")

    assert "its read models are to be filled by the next report of a coordinator" in said
    assert "Upgrade Complete" in said
    assert f"As it was written: {then} entries." in site.verified("spare")
    spare.runs(["pg_ctl", "stop", "-D", new])


def _a_standby_takes_over(site: Site) -> None:
    db1, db2 = site.machines["db1"], site.machines["db2"]
    everywhere = {"CAMPAIGN_DATABASE": site.address("office_306", "db1", "db2", "db3")}
    site.plays("Standbys")
    until(lambda: db1.asks(_FOLLOWERS) == [["db2", "quorum"], ["db3", "quorum"]])
    there = {"CAMPAIGN_DATABASE": site.address("coordinator", "db3")}
    told = site.types("coordinator", f"{_CALL} --office 306", code=3, **there)
    assert "is a standby, which only reads. Name the primary, or all hosts, in CAMPAIGN_DATABASE." in told

    site.plays("The primary is gone", 1)
    told = site.types("office", _CALL, code=3, **everywhere)
    assert "cannot be reached now: no host of the address takes entries. Try again." in told
    site.plays("The primary is gone")
    site.types("office", _CALL, **everywhere)
    assert db2.asks(_FOLLOWERS) == [["db3", "quorum"]]

    site.plays("The old primary as a standby")
    until(lambda: db2.asks(_FOLLOWERS) == [["db1", "quorum"], ["db3", "quorum"]])
    until(lambda: "up to date; somebody follows" in site.types("office", "campaign doctor", **everywhere))
    assert "a standby that is up to date." in site.plays("Reports from a standby")


_CALL = "campaign call 26099382 accepted --visit tomorrow"
_FOLLOWERS = "SELECT application_name, sync_state FROM pg_stat_replication ORDER BY 1"


def archived(machine: Machine) -> None:
    """Returns when all that was committed is in the archive."""
    ((last,),) = machine.asks("SELECT pg_walfile_name(pg_switch_wal())")
    until(lambda: machine.asks(f"SELECT last_archived_wal >= '{last}' FROM pg_stat_archiver") == [["t"]])


def names_in(machine: Machine) -> list[list[str]]:
    """The names of contacts that are kept there."""
    return machine.asks("SELECT content::json ->> 'name' FROM campaign.texts", "campaign")


def until(true: Callable[[], bool]) -> None:
    """Returns as soon as this is true."""
    assert any(true() for _ in tries(30, 0.1))


def test_the_sentences_that_operations_quotes_are_the_program_s():
    prose = _PART.sub("", (DOCS / "operations.md").read_text(encoding="utf-8"))
    quoted = [" ".join(said.split()) for said in re.findall(r'"([^"]+)"', re.sub(r"`[^`]*`", "", prose))]
    parts = [part.strip(" .:") for said in quoted for part in said.split("...") if part.strip(" .:")]
    said = [
        node.value
        for path in (DOCS.parent / "campaign").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]

    assert [part for part in parts if not any(part in one for one in said)] == []
    assert len(parts) > 20


# docs/views.md


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> Iterator[tuple[TerminalUser, Server]]:
    """Somebody with a part of the model campaign in a home, some of it taken back later, and a server with the same."""
    folder = tmp_path_factory.mktemp("views")
    (folder / "part").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("terminal_user.database_factory", None)
        run_import(new_workspace(folder / "home", last=date(2099, 12, 31)), model_slice(folder / "part", 10))
    somebody = TerminalUser(folder / "home", datetime(2013, 7, 1, 12, tzinfo=UTC), 5000)
    somebody.says("book", BARBER, "2099-01-02", "--at", "2013-06-28")
    for day, every in (("2013-07-03", 90), ("2013-07-10", 60)):
        for count in ("visits_with_yield", "yields", "calls_accepted"):
            for row in json.loads(somebody.on(day).says("entries", "--of", count, "--json"))["rows"][::every]:
                somebody.says("retract", row["entry"], "--because", "another company")
    somebody.says("rates")
    with Server.start() as server:
        make_database(server)
        appoint(server)
        somebody.says("move", server.address(MIGRATOR))
        somebody.environment["CAMPAIGN_DATABASE"] = server.address("coordinator")
        somebody.says("follow", "--once")
        del somebody.environment["CAMPAIGN_DATABASE"]
        connect = next(block for block in blocks("views.md") if block.where == ["migrator"])
        with psycopg.connect(server.address(MIGRATOR), autocommit=True) as migrator:
            for statement in re.sub(r"\\password powerbi", PASSWORD, connect.text).split(";\n"):
                migrator.execute(statement)
        server.set_password("powerbi", "hidden")
        yield somebody, server


PASSWORD = "ALTER ROLE powerbi PASSWORD 'hidden';"


def answers(somebody: TerminalUser, server: Server) -> list[list[tuple[Any, ...]]]:
    """The rows of each question of the document, which are the same on both, and a number is a number."""
    questions = [
        block.text.replace("'winter'", f"'{SLUG}'")
        for block in blocks("views.md")
        if block.language == "sql" and not block.where
    ]
    file = sqlite3.connect(f"file:{somebody.home / 'views.db'}?mode=ro", uri=True)
    with closing(file), psycopg.connect(server.address("powerbi")) as powerbi:
        on_file = [file.execute(question).fetchall() for question in questions]
        on_server = [powerbi.execute(question).fetchall() for question in questions]  # type: ignore[arg-type]
    told = [[tuple(map(plain, row)) for row in rows] for rows in on_server]
    assert told == [[tuple(map(plain, row)) for row in rows] for rows in on_file]
    return told


def plain(value: Any) -> Any:
    """A share as it is compared: the two do not keep the same number of digits."""
    return round(float(value), 9) if isinstance(value, float | Decimal) else value


def columns(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """These columns of what a report says."""
    return [tuple(plain(row[name]) for name in names) for row in rows]


def test_the_questions_of_views_give_what_the_program_gives(both):
    somebody, server = both
    by_office, as_it_stood, by_week, by_kind, funnel, overdue = answers(somebody, server)

    def reported(*words: str) -> list[dict[str, Any]]:
        return json.loads(somebody.says(*words, "--json"))["rows"]

    def rates(by: str, base: str, *words: str) -> list[tuple[Any, ...]]:
        shown = {"office": ("visits_held", "visits_with_yield", "visit_hit_rate")}
        names = (by, *shown.get(by, ("calls", "calls_reached", "companies_called")))
        return columns([row for row in reported("rates", "--by", by, *words) if row[base]], *names)

    then = ("--as-of", "2013-02-28", "--known-on", "2013-07-05")
    assert by_office == rates("office", "visits_held")
    assert as_it_stood == rates("office", "visits_held", *then)
    assert as_it_stood != rates("office", "visits_held", *then[:2]) != by_office
    assert by_week == rates("week", "calls")
    own = [row for row in reported("yields") if row["yields_own"]]
    assert by_kind == sorted(columns(own, "kind", "yields_own", "positions_own"))
    steps = [row for row in reported("funnel") if row["step"] not in ("companies_mailed", "positions")]
    assert [row[1:] for row in funnel] == columns(steps, "name", "count")
    late = columns(reported("entries", "--of", "visits_overdue"), "day", "office", "cvr", "company", "consultant")
    assert overdue == sorted(late)
    assert min(map(len, (by_office, as_it_stood, by_week, by_kind, overdue))) > 2


def test_a_region_counts_the_same_of_its_offices_without_seeing_who_it_was(both):
    somebody, server = both
    question = next(block.text for block in blocks("views.md") if block.section == "Calls per week")
    (weekly,) = [answer for answer in answers(somebody, server) if str(answer[0][0]).startswith("2012-W")]

    with psycopg.connect(server.address("region")) as region:
        region.execute("SET search_path = campaign_totals")
        counted = region.execute(question.replace("'winter'", f"'{SLUG}'")).fetchall()
        seen = region.execute("SELECT DISTINCT consultant, region FROM calls").fetchall()

    said = json.loads(somebody.says("rates", "--by", "week", "--region", REGION, "--json"))["rows"]
    called = [row for row in said if row["calls"]]
    assert counted == columns(called, "week", "calls", "calls_reached", "companies_called")
    assert counted != weekly
    assert seen == [("", REGION)]


def test_every_table_and_column_says_in_the_database_what_it_holds(both):
    _, server = both
    described = next(block.text for block in blocks("views.md") if block.language == "sh")
    connected = described.replace("host=db1.example", f"host=127.0.0.1 port={server.port} passfile={server.passfile}")
    path = {"PATH": f"{binaries.binary('psql').parent}:{os.environ['PATH']}"}

    said = _ran(["sh", "-euc", connected.replace("verify-full", "disable")], "", env=os.environ | path)

    assert "planned, held, no-show or cancelled" in said
    named = re.findall(r"^\| `(\w+)` \| ", (DOCS / "views.md").read_text(encoding="utf-8"), re.MULTILINE)
    with psycopg.connect(server.address("powerbi")) as powerbi:
        for table in named:
            (without,) = powerbi.execute(_WITHOUT_A_WORD, (table,)).fetchone()
            assert without == 0, table
            powerbi.execute(f"SELECT count(*) FROM {table}")
    assert len(named) == 15


_WITHOUT_A_WORD = """
    SELECT count(*) FROM pg_attribute
    WHERE attrelid = %s::regclass AND (attnum > 0 AND col_description(attrelid, attnum) IS NULL OR obj_description(attrelid) IS NULL)
"""
