"""Who may do what in a database that offices share: every cell of roles.csv on a real server, and what a thief would try."""

from __future__ import annotations

import csv
import itertools
import json
import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import psycopg
import pytest
from postgres_servers.shared import PEOPLE, appoint, make_database, make_role
from psycopg import errors
from psycopg.sql import SQL, Identifier
from server_databases import MIGRATOR, address, drop_database, server
from stress.server_roles import a_text, an_event, referring_to, run, sent
from terminal_user import BAKERY, BARBER, TIMBER, TerminalUser

from campaign.publishing.regional.keys import new_key
from campaign.storage.postgres.schema_setup import GROUPS
from domain.ids import campaign_id, company_id, outreach_id

OWN, OTHERS = "306", "147"
STRANGER, DISMISSED, ELSEWHERE = "stranger", "dismissed", "elsewhere"
CONSULTANTS = {OWN: "abcd", OTHERS: "wxyz"}
COMPANIES = {OWN: TIMBER, OTHERS: BAKERY}
NOW = datetime.now(UTC)
_numbers = itertools.count(1)


# A campaign in which two offices work, and people who may see it or not


class Shared(NamedTuple):
    """A database, a copy of it to be copied further, and the ids of what is in them, by office and by name."""

    database: str
    template: str
    known: dict[str, dict[str, str]]


@pytest.fixture(scope="session")
def shared(tmp_path_factory) -> Iterator[Shared]:
    """Everybody is appointed, and one was dismissed again; another is a coordinator in another database only."""
    name = f"campaign_roles_{os.getpid()}"
    elsewhere, template = f"{name}_elsewhere", f"{name}_template"
    for database in (name, elsewhere):
        make_database(server(), database)
    appoint(server(), [*PEOPLE, (DISMISSED, "coordinator", "")], name)
    appoint(server(), [(ELSEWHERE, "coordinator", "")], elsewhere)
    make_role(server(), STRANGER)
    known = log_something(name, tmp_path_factory.mktemp("homes"))
    with psycopg.connect(address(MIGRATOR, name), autocommit=True) as migrator:
        migrator.execute("DELETE FROM campaign.members WHERE role = %s", (DISMISSED,))
    server().run("ANALYZE", database=name)
    assert server().run("SELECT 1 FROM pg_stats WHERE schemaname = 'campaign' LIMIT 1", database=name)
    copied(name, template)
    yield Shared(name, template, known)
    for connection in filter(None, _open.values()):
        connection.close()
    _open.clear()
    for database in (template, elsewhere, name):
        drop_database(database)


def log_something(database: str, folder: Path) -> dict[str, dict[str, str]]:
    """Both offices did the same, each at a company of its own. Returns the ids of it by office."""
    coordinator = who("coordinator", database, folder)
    coordinator.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "+200d")
    for cvr, name, form in ((TIMBER, "Tømrer ApS", "ApS"), (BAKERY, "Bageri I/S", "I/S"), (BARBER, "Jens Holm", "10")):
        coordinator.says("company", cvr, "--name", name, "--form", form, "--size", "5-9", "--municipality", "306")
    known = {office: log_as(who(f"office_{office}", database, folder), COMPANIES[office]) for office in (OWN, OTHERS)}
    coordinator.says("follow", "--once")
    return known


def log_as(consultant: TerminalUser, cvr: str) -> dict[str, str]:
    """A call with a note and a visit booked; a contact; a visit held, taken back, and held after all."""
    call = consultant.types("call", cvr, "accepted", "--visit", "tomorrow", "--note", "-", "--json", answers="Jens?")
    called, booked, note = (row["entry"] for row in json.loads(call.stdout)["entries"])
    contact = consultant.says("contact", "add", cvr, "--name", "Jens Hansen", "--phone", "1234", "--json")
    held = ("visit", cvr, "held", "--on", "today", "--yield", "internship:2", "--json")
    for words in (held, ["undo"]):
        consultant.says(*words)
    brought = json.loads(consultant.says(*held))["entries"][1]["entry"]
    named = json.loads(contact)["entries"][0]["entry"]
    return {"call": called, "visit": booked, "note": note, "contact": named, "yield": brought}


def who(role: str, database: str, folder: Path) -> TerminalUser:
    """Somebody with that role at a terminal."""
    somebody = TerminalUser(folder / role, NOW, first_number=next(_numbers) * 10_000)
    somebody.environment |= {
        "CAMPAIGN_DATABASE": address(role, database),
        "CAMPAIGN_OFFICE": None,
        "CAMPAIGN_CONSULTANT": CONSULTANTS.get(role.removeprefix("office_"), "boss"),
    }
    return somebody


def copied(template: str, name: str) -> str:
    """A copy of a database that nobody is in. What was granted on it as a whole is not copied, and granted anew."""
    server().create_database(name, template)
    database, migrator = Identifier(name), Identifier(MIGRATOR)
    for change in (
        SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database),
        SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, SQL(", ").join(map(Identifier, GROUPS))),
        SQL("ALTER DATABASE {} OWNER TO {}").format(database, migrator),
    ):
        server().run(change.as_string())
    return name


@contextmanager
def a_copy(shared: Shared) -> Iterator[str]:
    """A copy that a test may change."""
    name = copied(shared.template, f"{shared.template}_{next(_numbers)}")
    try:
        yield name
    finally:
        drop_database(name)


@pytest.fixture
def copy(shared) -> Iterator[str]:
    with a_copy(shared) as name:
        yield name


# The matrix


class Cell(NamedTuple):
    """What a role may do of an operation. A column ``office_306 other's``: with what is another office's."""

    on: str
    operation: str
    statement: str
    column: str
    expected: str

    @property
    def role(self) -> str:
        """Who logs in."""
        return self.column.partition(" ")[0]

    @property
    def office(self) -> str:
        """The office whose things the operation is about."""
        return OTHERS if self.column.endswith(" other's") else OWN

    def __str__(self) -> str:
        return f"{self.column}: {self.operation}"


@cache
def cells() -> list[Cell]:
    with Path(__file__).with_name("roles.csv").open(encoding="utf-8", newline="") as file:
        (_, _, _, *columns), *rows = csv.reader(file, delimiter=";")
    return [Cell(*row[:3], column, said) for row in rows for column, said in zip(columns, row[3:], strict=True)]


def of(on: str) -> list[Any]:
    return [pytest.param(cell, id=str(cell)) for cell in cells() if cell.on == on]


@pytest.mark.parametrize("cell", of("sql"))
def test_a_role_does_in_sql_what_the_matrix_says(cell, shared):
    answer = outcome(connected(cell.role, shared.database), filled(cell, shared))

    assert answer == cell.expected, f"{cell}: expected {cell.expected}, found {answer}"


@pytest.mark.parametrize("cell", of("campaign"))
def test_a_role_does_at_the_terminal_what_the_matrix_says(cell, shared, tmp_path):
    with (
        a_copy(shared) if cell.expected == "0" else nullcontext() as copy
    ):  # what is refused, or reads, changes nothing
        answer = typed(cell, filled(cell, shared), copy or shared.database, tmp_path)

    assert answer == cell.expected, f"{cell}: expected {cell.expected}, found {answer}"


def filled(cell: Cell, shared: Shared) -> str:
    """A statement with the ids of what it is about."""
    known = shared.known[cell.office] | {
        "office": cell.office,
        "role": cell.role,
        "cvr": COMPANIES[cell.office],
        "campaign": campaign_id("luk-op").hex,
        "stream": outreach_id("luk-op", COMPANIES[cell.office]).hex,
        "company": company_id(COMPANIES[cell.office]).hex,
    }
    text = cell.statement
    for name, value in known.items():
        text = text.replace(f"<{name}>", value)
    return text


# In SQL

_open: dict[str, psycopg.Connection[Any] | None] = {}


def connected(role: str, database: str) -> psycopg.Connection[Any] | None:
    """A connection of that role, kept for the next cell; none when it is not let in."""
    if role not in _open:
        _open[role] = None
        with suppress(psycopg.OperationalError):
            _open[role] = psycopg.connect(address(role, database), autocommit=True)
        assert _open[role] or role == STRANGER
    return _open[role]


def outcome(connection: psycopg.Connection[Any] | None, statements: str) -> str:
    """What comes of statements that are all taken back: ``denied``, a number of rows, ``allowed``, or another code."""
    if connection is None:
        return "denied"
    try:
        with connection.transaction(force_rollback=True):
            for statement in statements.split("; "):
                told = counted(connection.execute(appended(statement)))
    except psycopg.Error as fault:
        return "denied" if fault.sqlstate in ("42501", "CT003") else str(fault.sqlstate)
    return told


def counted(cursor: psycopg.Cursor[Any]) -> str:
    done = (cursor.statusmessage or "").partition(" ")[0]
    return str(cursor.rowcount) if done in ("SELECT", "INSERT", "UPDATE", "DELETE") else "allowed"


def appended(statement: str) -> str:
    """``append NAME=VALUE ...``, one event as a client would send it, in SQL; any other statement as it is."""
    verb, *said = shlex.split(statement) if statement.startswith("append ") else [""]
    if verb != "append":
        return statement
    words = dict(word.split("=", 1) for word in said)
    written = {name: str(UUID(words[name])) for name in ("target", "note", "person") if name in words}
    event = an_event(**words | written)
    there = f"SELECT max(originator_version) FROM campaign.streams(ARRAY['{event.stream}'])"
    return (
        f"SELECT * FROM campaign.append(ARRAY['{event.stream}'], ARRAY[1 + coalesce(({there}), 0)], "
        f"ARRAY['{event.topic}'], ARRAY[convert_to('{event.state}', 'UTF8')], ARRAY['{event.entry}'])"
    )


def test_who_handed_texts_over_and_why_is_told_to_nobody_who_does_not_see_the_office(copy, tmp_path):
    words = ("export", "entries", "-o", "-", "--with-people", "--because", "asked for")
    assert who("office_306", copy, tmp_path).types(*words).exit_code == 0
    rows = "SELECT count(*) FROM campaign.stored_events WHERE topic = 'Campaign.TextsHandedOver'"
    stream = f"SELECT convert_from(state, 'UTF8') FROM campaign.streams(ARRAY['{campaign_id('luk-op').hex}'])"
    seen = {}

    for role in ("office_306", "office_147", "coordinator", "region", "reader", "protection"):
        with psycopg.connect(address(role, copy)) as connection:
            told = str(connection.execute(f"{stream} WHERE topic = 'Campaign.TextsHandedOver'").fetchall())
            seen[role] = (connection.execute(rows).fetchone()[0], "asked for" in told, CONSULTANTS["306"] in told)

    all_of_it, nothing = (1, True, True), (0, False, False)
    assert [seen[role] for role in ("office_306", "coordinator", "protection")] == [all_of_it] * 3
    assert [seen[role] for role in ("office_147", "region", "reader")] == [nothing] * 3


# At the terminal

SAID = {
    "another office": "office_306 logs for office 306 only, and this is of office '147'.",
    "may not": "The database refuses that: this role may not.",
    "only erases": "The database refuses that: it erases, and logs nothing else.",
    "erases not": "The database refuses that: only a data-protection officer erases.",
    "plans not": "The database refuses that: campaigns are a coordinator's.",
    "no entry": "There is no entry '<entry>'. campaign history COMPANY lists a company's entries.",
    "no company": "A <role> reads figures, and nothing of a single company.",
    "own figures": "You see the figures of office 306 only. Leave --office out.",
    "no single entry": "A region reads the totals of its offices, and a single entry is not among them.",
    "no work": "A region reads the totals of its offices, and what is to be done is not among them.",
    "not overdue": "A region reads the totals of its offices, and what is overdue is not among them.",
    "nothing to undo": "boss has logged nothing by hand here that could be undone.",
    "proves not": "The log is proved by somebody who sees all of it: log in as coordinator or protection.",
    "follows not": "Read models are kept by a coordinator, who sees all that was logged.",
    "rebuilds not": "Read models are rebuilt by a coordinator, who sees all that was logged.",
    "moves not": "A database is moved into a data directory by a coordinator, who sees all that was logged.",
    "sets up not": "<role> may not set this up. The migrator needs CREATEROLE, and to own the database: "
    "see docs/operations.md",
    "owns not": "<role> does not own the tables. A data directory is moved in by the role that set them up.",
    "not empty": "The database <place> has a log of its own, and no log is ever replaced. Take an empty one.",
    "no office": "campaign_migrator owns the tables, and is for campaign init --server and campaign move only.",
    "not let in": "The database <place> does not let stranger in.",
    "no part": "<role> has no part in this campaign. Whoever runs the database appoints it.",
    "no database": "1 of 8 checks found a fault: database.",
}
"""The sentence on stderr, by what a cell says behind the exit code."""


def typed(cell: Cell, line: str, database: str, folder: Path) -> str:
    """What comes of a command: its exit code; then how many rows it showed, or the sentence that says why it did not."""
    somebody = who(cell.role, database, folder)
    somebody.now = datetime.now(UTC)  # doctor holds it against the clock of the server
    if "<address>" in line:  # from a home on this machine
        somebody = TerminalUser(folder / "home", NOW)
        somebody.says("init")
    words = [word.replace("<folder>", str(folder / "new")) for word in shlex.split(line)]
    words = [word.replace("<address>", address(cell.role, database)) for word in words]
    words = [str(key_in(folder)) if word == "<key>" else word for word in words]
    result = somebody.types(*words, answers="ask for Ida")
    if not result.exit_code:
        return f"0, rows: {len(json.loads(result.stdout)['rows'])}" if '"rows"' in result.stdout else "0"
    told = result.stderr.removeprefix("Your note was not kept. It said:\nask for Ida\n\n").removesuffix("\n")
    place = f"{cell.role}@127.0.0.1:{server().port}/{database}"
    filled_in = {"<place>": place, "<role>": cell.role, "<entry>": next((w for w in words if len(w) == 32), "")}
    return f"{result.exit_code} {key_of(told, filled_in)}"


def key_in(folder: Path) -> Path:
    """The key of a region."""
    new_key(folder / "region.key", bytes(32))
    return folder / "region.key"


def key_of(sentence: str, filled_in: dict[str, str]) -> str:
    """The name of a sentence; the sentence itself when it has none."""
    for key, said in SAID.items():
        for name, value in filled_in.items():
            said = said.replace(name, value)
        if sentence == said:
            return key
    return sentence


# Whom no office calls


def test_every_office_knows_whom_not_to_call_and_not_who_asked_for_that(copy, tmp_path):
    own, other, boss = (who(role, copy, tmp_path) for role in ("office_306", "office_147", "coordinator"))
    own.says("call", BAKERY, "call-back", "--follow-up", "today")
    other.says("call", TIMBER, "call-back", "--follow-up", "today")
    boss.says("follow", "--once")
    assert [row["cvr"] for row in json.loads(own.says("today", "--all", "--json"))["rows"]] == [BAKERY]

    other.says("call", BAKERY, "refused-contact")
    boss.says("follow", "--once")
    said = json.loads(own.says("today", "--all", "--json"))

    assert (said["rows"], said["left_out"]) == ([], {"asked": 1})
    with psycopg.connect(address("office_306", copy)) as connection:
        asked = connection.execute("SELECT cvr FROM campaign_views.refusals").fetchall()
        agreed = connection.execute("SELECT office FROM campaign_views.follow_ups").fetchall()
        columns = connection.execute("SELECT * FROM campaign_views.refusals").description or ()
    assert (asked, agreed) == ([(BAKERY,)], [(OWN,)])
    assert {"consultant", "office", "region"} & {column.name for column in columns} == set()


def test_an_office_reads_its_own_targets_and_forecasts_and_those_for_all(copy, tmp_path):
    boss = who("coordinator", copy, tmp_path)
    for office in (OWN, OTHERS):
        boss.says("target", "luk-op", "calls", "50", "--office", office, "--at", "yesterday")
    boss.says("target", "luk-op", "calls", "500", "--at", "yesterday")
    boss.says("targets", "--keep")
    boss.says("follow", "--once")

    with psycopg.connect(address("office_306", copy)) as connection:
        seen = {
            table: connection.execute(f"SELECT office FROM campaign_views.{table} ORDER BY office").fetchall()
            for table in ("targets", "forecasts")
        }
    with psycopg.connect(address("region", copy)) as connection:
        reasons = connection.execute("SELECT DISTINCT because, set_by FROM campaign_totals.targets").fetchall()

    assert seen == {"targets": [(OWN,), (None,)], "forecasts": [(OWN,), (None,)]}
    assert reasons == [("", "")]


def test_an_office_sees_that_its_yield_began_whoever_said_so(copy, shared, tmp_path):
    boss = who("coordinator", copy, tmp_path)
    boss.says("started", TIMBER, "--office", OTHERS)
    boss.says("started", BAKERY, "--office", OTHERS)
    boss.says("follow", "--once")

    with psycopg.connect(address("office_306", copy)) as connection:
        seen = connection.execute("SELECT recorded FROM campaign_views.starts").fetchall()

    assert seen == [(UUID(shared.known[OWN]["yield"]).hex,)]


# What a thief of an office's password would try


@pytest.fixture
def thief(copy) -> Iterator[psycopg.Connection[Any]]:
    """Whoever has the password of office 306 and SQL, in a database where anybody may make temporary tables."""
    server().run(SQL("GRANT TEMPORARY ON DATABASE {} TO PUBLIC").format(Identifier(copy)).as_string())
    with psycopg.connect(address("office_306", copy), autocommit=True) as connection:
        yield connection


def refusing(*codes: str) -> Any:
    """A context in which the server refuses with one of these codes."""
    return pytest.raises(psycopg.Error, check=lambda fault: fault.sqlstate in codes)  # type: ignore[call-overload]


def kept(database: str) -> list[tuple[str, str]]:
    """The content and the office of the texts that tests sent."""
    statement = "SELECT content, office FROM campaign.texts WHERE content LIKE 'said%%' ORDER BY content"
    return server().run(statement, database=database)


@pytest.mark.parametrize("entry", [None, "", "the target", "fresh", "none at all"])
def test_nothing_in_the_place_of_an_entry_takes_back_what_another_office_logged(thief, shared, entry):
    target = shared.known[OTHERS]["call"]
    stream = outreach_id("luk-op", BAKERY).hex
    event = an_event("Outreach.EntryRetracted", OWN, stream, target=str(UUID(target)), because="x")
    if entry == "the target":
        event = event._replace(state=event.state.replace(str(UUID(event.entry)), str(UUID(target))), entry=target)
    elif entry != "fresh":
        event = event._replace(entry=entry)

    with refusing("CT003", "CT002"):
        sent(thief, event)
    with refusing("CT003", "CT002"):
        sent(thief, an_event("Outreach.CallLogged", OWN), event)


@pytest.mark.parametrize("spelled", ["{%s}", "urn:uuid:%s", " %s"])
def test_however_its_id_is_spelled_what_another_office_logged_is_not_taken_back(thief, shared, spelled):
    target = spelled % UUID(shared.known[OTHERS]["call"])

    with refusing("CT003"):
        sent(thief, an_event("Outreach.EntryRetracted", OWN, outreach_id("luk-op", BAKERY).hex, target=target))


def test_an_entry_cannot_pass_for_one_that_is_there(thief, shared):
    """Its id is a column and stands in what it says; whoever reads the log goes by what it says."""
    another = str(UUID(shared.known[OTHERS]["call"]))
    event = an_event("Outreach.CallLogged", OWN, outreach_id("luk-op", BAKERY).hex)

    with refusing("CT003"):
        sent(thief, event._replace(state=event.state.replace(str(UUID(event.entry)), another)))


@pytest.mark.parametrize(
    ("topic", "stream"),
    [
        ("Outreach.CallLogged", campaign_id("luk-op").hex),
        ("Company.FactsChanged", outreach_id("luk-op", BAKERY).hex),
        ("Outreach.CallLogged", "no id"),
        ("Outreach.CallLogged", "11111111-2222-4333-8444-555555555555"),
        ("Outreach.Call|Logged", ""),
        ("Something.Else", ""),
        ("campaign.Planned", ""),
        ("", ""),
    ],
)
def test_what_would_spoil_the_log_for_others_is_not_taken(thief, topic, stream):
    with refusing("CT003"):
        sent(thief, an_event(topic, OWN, stream))


def test_a_nul_that_is_written_out_is_not_taken(thief):
    event = an_event("Outreach.CallLogged", OWN, more="NUL")

    with refusing("22P05"):
        sent(thief, event._replace(state=event.state.replace("NUL", "\\u0000")))


def test_an_office_that_is_said_twice_is_the_one_that_every_reader_takes(thief):
    event = an_event("Outreach.CallLogged", OWN)
    twice = event.state.replace('"office": "306"', '"office": "306", "office": "147"')

    with refusing("CT003"):
        sent(thief, event._replace(state=twice))


def test_a_text_comes_in_with_the_entry_that_refers_to_it_or_not_at_all(thief, copy):
    wanted, alone, name = a_text("note"), a_text("note"), a_text("name")
    another = wanted | {"content": "said otherwise"}

    for events, texts in (
        ([], [alone]),
        ([an_event("Outreach.CallLogged", OWN)], [alone]),
        ([referring_to(wanted, OWN)], [wanted, alone]),
        ([referring_to(wanted, OWN)], [another]),
    ):
        with refusing("CT003"):
            sent(thief, *events, texts=texts)
    sent(thief, referring_to(name, OWN), texts=[name])  # a name of a sole trader is no note

    assert kept(copy) == []
    sent(thief, referring_to(wanted, OWN), texts=[wanted])
    assert kept(copy) == [("said", OWN)]


def test_a_text_is_of_the_office_of_its_entry_whoever_brings_it(copy):
    first, second = a_text("note", content="said by 306"), a_text("note", content="said by 147")

    with psycopg.connect(address("coordinator", copy), autocommit=True) as coordinator:
        sent(coordinator, referring_to(first, OWN), referring_to(second, OTHERS), texts=[second, first])

    assert kept(copy) == [("said by 147", OTHERS), ("said by 306", OWN)]


def test_a_text_that_two_entries_refer_to_is_kept_once_for_the_first(copy):
    text = a_text("note")

    with psycopg.connect(address("coordinator", copy), autocommit=True) as coordinator:
        sent(coordinator, referring_to(text, OTHERS), referring_to(text, OWN), texts=[text])

    assert kept(copy) == [("said", OTHERS)]


@pytest.mark.parametrize(
    ("role", "what", "table", "foreign"),
    [
        ("office_306", "convert_from(t.state, 'UTF8')", "campaign.stored_events", ["wxyz", '"147"']),
        ("office_306", "t::text", "campaign.texts", [",147)"]),
        ("office_306", "t::text", "campaign.members", ["coordinator", "office_147"]),
        ("office_306", "t::text", "campaign_views.calls", ["wxyz", BAKERY]),
        ("office_306", "t::text", "campaign_views.visits", ["wxyz", BAKERY]),
        ("office_306", "t::text", "campaign_views.yields", [BAKERY]),
        ("office_306", "convert_from(t.state, 'UTF8')", "campaign.streams(ARRAY[{0}])", ["wxyz"]),
        ("reader", "convert_from(t.state, 'UTF8')", "campaign.stored_events", ["Outreach", "abcd"]),
        ("region", "t::text", "campaign_totals.calls", ["abcd", TIMBER, OTHERS]),
        ("region", "t::text", "campaign_totals.visits", ["abcd", TIMBER, OTHERS]),
        ("region", "t::text", "campaign_totals.yields", [TIMBER, BAKERY]),
        ("region", "t::text", "campaign_totals.companies", [TIMBER, BAKERY, "Bageri"]),
    ],
)
def test_a_function_that_tells_what_it_is_asked_about_is_asked_about_nothing_foreign(
    thief, copy, role, what, table, foreign
):
    """The cheapest condition is tried first, unless row security and its kind come before it."""
    heard: list[str] = []
    spy = "RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS 'BEGIN RAISE NOTICE ''%'', $1; RETURN true; END'"
    with psycopg.connect(address(role, copy), autocommit=True) as spying:
        spying.add_notice_handler(lambda told: heard.append(str(told.message_primary)))
        spying.execute(f"CREATE FUNCTION pg_temp.spy(text) {spy}")
        spying.execute(f"CREATE FUNCTION pg_temp.spy(text, text) {spy}")
        spying.execute("CREATE OPERATOR pg_temp.=== (FUNCTION = pg_temp.spy, LEFTARG = text, RIGHTARG = text)")
        asked = table.format(f"'{outreach_id('luk-op', BAKERY).hex}'")
        for condition in (f"pg_temp.spy({what})", f"{what} OPERATOR(pg_temp.===) ''"):
            spying.execute(f"SELECT 1 FROM {asked} t WHERE {condition}")

    assert heard
    assert [told for told in heard if any(sign in told for sign in foreign)] == []


@pytest.mark.parametrize("schema", ["pg_temp", "mine"])
def test_what_a_thief_calls_as_we_call_ours_is_not_taken_for_ours(thief, copy, shared, schema):
    server().run("CREATE SCHEMA mine AUTHORIZATION office_306", database=copy)
    for shadow in (
        "TABLE {}.members AS SELECT 'office_306'::name AS role, 'coordinator' AS kind, '147' AS office, '' AS region",
        "TABLE {}.stored_events AS SELECT 0 AS position",
        "FUNCTION {}.my_office() RETURNS text LANGUAGE sql RETURN '147'",
        "FUNCTION {}.my_kind() RETURNS text LANGUAGE sql RETURN 'coordinator'",
        "FUNCTION {}.may_append(campaign.members, text, text, jsonb, text, text[]) RETURNS text LANGUAGE sql RETURN NULL",
        "FUNCTION {}.without_names(bytea) RETURNS bytea LANGUAGE sql RETURN $1",
        "FUNCTION {}.same(text, text) RETURNS boolean LANGUAGE sql RETURN $1 = $2 OR $1 = '147' AND $2 = '306'",
        "FUNCTION {}.other(text, text) RETURNS boolean LANGUAGE sql RETURN $1 <> $2 AND NOT ($1 = '147' AND $2 = '306')",
        "FUNCTION {}.never(text, text) RETURNS boolean LANGUAGE sql RETURN false",
        "OPERATOR {0}.= (FUNCTION = {0}.same, LEFTARG = text, RIGHTARG = text)",
        "OPERATOR {0}.<> (FUNCTION = {0}.other, LEFTARG = text, RIGHTARG = text)",
        "OPERATOR {0}.~~ (FUNCTION = {0}.never, LEFTARG = text, RIGHTARG = text)",
    ):
        thief.execute(f"CREATE {shadow.format(schema)}")
    if schema == "mine":  # whose objects are not found by whom may not use it
        thief.execute("GRANT USAGE ON SCHEMA mine TO PUBLIC")
    thief.execute(f"SET search_path = {schema}, pg_catalog, campaign")

    assert thief.execute("SELECT campaign.my_office(), campaign.my_kind()").fetchall() == [("306", "office")]
    seen = thief.execute("SELECT DISTINCT office FROM campaign.stored_events WHERE topic NOT LIKE 'Campaign.%'")
    assert seen.fetchall() == [(OWN,)]
    stream = outreach_id("luk-op", BAKERY).hex
    streamed = thief.execute(
        "SELECT convert_from(state, 'UTF8') FROM campaign.streams(ARRAY[%s])", (stream,)
    ).fetchall()
    assert streamed
    assert [state for (state,) in streamed if "wxyz" in state] == []
    for event in (an_event("Outreach.CallLogged", OTHERS), an_event("Campaign.Planned", OWN)):
        with refusing("CT003"):
            sent(thief, event)
    with refusing("CT003"):
        target = str(UUID(shared.known[OTHERS]["call"]))
        sent(thief, an_event("Outreach.EntryRetracted", OWN, stream, target=target, because="x"))


def test_how_a_region_s_rows_are_made_tells_no_number_and_no_key(copy, shared):
    ((pepper,),) = server().run("SELECT encode(pepper, 'hex') FROM campaign.secrets", database=copy)
    with psycopg.connect(address("region", copy), autocommit=True) as region:
        plan = region.execute("EXPLAIN (ANALYZE, VERBOSE) SELECT * FROM campaign_totals.companies").fetchall()
        hashed = region.execute("SELECT cvr FROM campaign_totals.companies ORDER BY 1").fetchall()

    assert [line for (line,) in plan if any(sign in line for sign in (pepper, TIMBER, BAKERY, "Bageri"))] == []
    by_key = "SELECT encode(sha256(pepper || convert_to(n, 'UTF8')), 'hex') FROM campaign.secrets, unnest(%s::text[]) AS n ORDER BY 1"
    assert hashed == server().run(by_key, [TIMBER, BAKERY, BARBER], database=copy)


def test_who_is_appointed_anew_sees_what_the_new_part_sees(copy):
    appoint(server(), [("coordinator", "office", OTHERS)], copy)

    with psycopg.connect(address("coordinator", copy), autocommit=True) as moved:
        seen = moved.execute("SELECT DISTINCT office FROM campaign.stored_events WHERE topic NOT LIKE 'Campaign.%'")
        assert seen.fetchall() == [(OTHERS,)]
        assert moved.execute("SELECT DISTINCT office FROM campaign_views.calls").fetchall() == [(OTHERS,)]
        with pytest.raises(errors.InsufficientPrivilege):
            moved.execute("INSERT INTO campaign_views.days VALUES ('2000-01-01', 0)")


def test_whatever_anybody_sends_what_is_taken_was_theirs_to_send():
    """As in `scripts/stress --postgres`, smaller."""
    found = run(150, seed=1)

    assert found.faults == []
    assert found.count == 150
