"""Where a database is, as whom, and who proves what: each way in that is refused, with its one sentence and no password."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from traceback import format_exception
from typing import Any
from urllib.parse import quote, urlencode

import keyring
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from postgres_servers.authorities import Authority
from postgres_servers.fronts import TlsFront, authority
from postgres_servers.shared import make_role
from server_databases import MIGRATOR, drop_database, new_database, server
from terminal_user import TerminalUser

from campaign.errors import Fault, SettingsFault
from campaign.storage.postgres.addresses import KEYRING, address, is_local

ELSEWHERE = "db.example"
"""A host that is not this machine, as far as anybody can tell by its name; ``hostaddr`` leads it here."""
SECRET = "hunter2Sesame"
AT_ONCE = ("rates", "--json")


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    name = new_database()
    server().run("CREATE DATABASE empty_one")
    make_role(server(), "bypassing", "BYPASSRLS")
    make_role(server(), "stranger")
    yield name
    drop_database("empty_one")
    drop_database(name)


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority()


@pytest.fixture(scope="module")
def front(ours) -> Iterator[TlsFront]:
    """A server that proves by our authority that it is the one of that name."""
    with TlsFront(server(), ours.certificate(ELSEWHERE)) as front:
        yield front


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch, tmp_path) -> None:
    """No settings of whoever runs the tests, and a home folder without passwords or certificates."""
    for name in [name for name in os.environ if name.startswith(("PG", "CAMPAIGN_"))]:
        if name != "CAMPAIGN_TEST_SERVER":
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def told(tmp_path):
    """What comes of a command with these settings: its exit code and all that it says."""

    def type_it(where: str, *words: str, **environment: str) -> tuple[int, str]:
        somebody = TerminalUser(tmp_path / "home", datetime.now(UTC))
        somebody.environment |= {"CAMPAIGN_DATABASE": where, "CAMPAIGN_OFFICE": None, "PGPASSWORD": None} | environment
        result = somebody.types(*(words or AT_ONCE))
        assert SECRET not in result.output + result.stderr
        return result.exit_code, result.stderr

    return type_it


def refused(code: int, sentence: str) -> tuple[int, str]:
    """What a command is to say, and nothing else."""
    return code, f"{sentence}\n"


def url(role: str, host: str, port: int, database: str, **params: str | Path) -> str:
    return f"postgresql://{role}@{host}:{port}/{database}?{urlencode(params, safe='/,', quote_via=quote)}"


# Roles


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        ("postgres", "is a superuser, whom nothing is refused. Log in as an office, a coordinator or a region."),
        ("bypassing", "bypasses row security, so it would see all offices. Log in as another role."),
        (MIGRATOR, "owns the tables, and is for campaign init --server and campaign move only."),
        ("stranger", "has no part in this campaign. Whoever runs the database appoints it."),
    ],
)
def test_a_role_to_which_no_protection_applies_or_nothing_belongs_is_refused(database, told, role, sentence):
    assert told(server().address(role, database)) == refused(2, f"{role} {sentence}")


@pytest.mark.parametrize("role", ["postgres", "bypassing"])
def test_a_mighty_role_sets_nothing_up_and_moves_nothing_in(database, told, role, tmp_path):
    code, said = told(server().address(role, database), "init", "--server")

    assert (code, said.count("\n")) == (2, 1)
    assert said.startswith((f"{role} is a superuser", f"{role} bypasses row security"))


def test_a_role_that_the_server_does_not_let_in_is_told_so_and_what_to_do(database, told, tmp_path):
    there = f"127.0.0.1:{server().port}/{database}"
    nothing = url("office_306", "127.0.0.1", server().port, database, passfile="/nowhere")
    assert told(nothing) == refused(
        2,
        f"The database office_306@{there} wants a password, and none is kept for office_306: see ~/.pgpass, "
        "password_file, keyring.",
    )
    wrong = pgpass(tmp_path / "wrong", "*:*:*:*:wrong")
    assert told(url("office_306", "127.0.0.1", server().port, database, passfile=wrong)) == refused(
        2, f"The database office_306@{there} refuses the password of office_306, or knows no such role."
    )
    unknown = url("nobody_here", "127.0.0.1", server().port, database, passfile=wrong)
    assert told(unknown) == refused(
        2, f"The database nobody_here@{there} refuses the password of nobody_here, or knows no such role."
    )


@pytest.mark.parametrize(
    ("change", "back", "code", "sentence"),
    [
        ("NOLOGIN", "LOGIN", 2, "knows stranger as no role that logs in."),
        (
            "CONNECTION LIMIT 0",
            "CONNECTION LIMIT -1",
            3,
            "cannot be reached now: it takes no more connections. Try again.",
        ),
    ],
)
def test_a_role_that_is_held_back_is_told_why(database, told, change, back, code, sentence):
    server().run(f"ALTER ROLE stranger {change}")
    try:
        answer = told(server().address("stranger", database))
    finally:
        server().run(f"ALTER ROLE stranger {back}")

    assert answer == refused(code, f"The database stranger@127.0.0.1:{server().port}/{database} {sentence}")


def test_a_database_that_is_not_there_or_not_set_up_is_said(database, told):
    here = f"office_306@127.0.0.1:{server().port}"

    assert told(server().address("office_306", "none_such")) == refused(
        2, f"The database {here}/none_such is not there."
    )
    assert told(server().address("office_306", "empty_one")) == refused(
        2, f"Nothing is set up in the database {here}/empty_one. Whoever runs it: campaign init --server"
    )


def test_a_host_where_nobody_listens_or_nobody_knows_is_no_traceback(told):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        port = listening.getsockname()[1]

    assert told(url("office_306", "127.0.0.1", port, "campaign")) == refused(
        3, f"The database office_306@127.0.0.1:{port}/campaign cannot be reached now: nothing listens there. Try again."
    )
    for wrong in ("54x32", "99999"):
        assert told(f"postgresql://office_306@127.0.0.1:{wrong}/campaign") == refused(
            2,
            f"The database office_306@127.0.0.1:{wrong}/campaign cannot be found by that address: a value in it is none.",
        )
    assert told("postgresql://office_306@no.such.invalid/campaign") == refused(
        3, "The database office_306@no.such.invalid/campaign cannot be reached now: the host is unknown. Try again."
    )


# Servers elsewhere, which have to prove who they are


def elsewhere(port: int, database: str, host: str = ELSEWHERE, **params: str | Path) -> str:
    """The address of a server elsewhere, which is here."""
    return url("office_306", host, port, database, hostaddr="127.0.0.1", passfile=server().passfile, **params)


def test_a_server_elsewhere_that_proves_who_it_is_is_worked_with(database, told, front, ours):
    code, said = told(elsewhere(front.port, database, sslrootcert=ours.file))

    assert code == 1
    assert said.startswith("No campaign is open here.")


def test_that_it_was_proved_is_said_by_doctor(database, front, ours, tmp_path):
    somebody = TerminalUser(tmp_path / "home", datetime.now(UTC))
    somebody.environment["CAMPAIGN_DATABASE"] = elsewhere(front.port, database, sslrootcert=ours.file)

    assert "TLS, the server proved" in somebody.says("doctor", "--json")


@pytest.mark.parametrize(
    ("lies", "sentence"),
    [
        ("no TLS", "offers no TLS, and goes over a network: nobody could tell who answers."),
        ("wrong CA", "shows a certificate that has run out, or that nobody known here has signed."),
        ("wrong name", "shows a certificate for another host name."),
        ("out of date", "shows a certificate that has run out, or that nobody known here has signed."),
        ("no such CA", "cannot prove who it is: its certificate or ours cannot be used."),
        ("system's CA", "shows a certificate that has run out, or that nobody known here has signed."),
    ],
)
def test_a_server_elsewhere_that_cannot_prove_who_it_is_gets_nothing(database, told, front, ours, lies, sentence):
    trusted: dict[str, Any] = {"sslrootcert": ours.file}
    port, host, opened = front.port, ELSEWHERE, None
    if lies == "no TLS":
        port = server().port
    elif lies == "wrong name":
        host = "other.example"
    elif lies == "wrong CA":
        trusted = {"sslrootcert": authority().file}
    elif lies == "no such CA":
        trusted = {"sslrootcert": "/nowhere/root.crt"}
    elif lies == "system's CA":
        trusted = {}
    else:
        opened = TlsFront(server(), out_of_date(ours))
        port = opened.port
    try:
        answer = told(elsewhere(port, database, host, **trusted))
    finally:
        if opened:
            opened.close()

    assert answer == refused(2, f"The database office_306@{host}:{port}/{database} {sentence}")


def out_of_date(ours: Authority) -> Any:
    """As ``certificate``, of the year before last."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["postgresql"])
    then = datetime.now(UTC) - timedelta(days=700)
    ours.issuing.issue_cert(ELSEWHERE, not_before=then, not_after=then + timedelta(days=300)).configure_cert(context)
    return context


def test_whom_the_user_believes_is_believed_without_a_word_in_the_address(database, told, front, ours, tmp_path):
    folder = tmp_path / ".postgresql"
    folder.mkdir()
    (folder / "root.crt").write_bytes(ours.file.read_bytes())

    assert "certificate" not in told(elsewhere(front.port, database))[1]


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
@pytest.mark.parametrize("where", [{"hostaddr": "127.0.0.1"}, {"hostaddr": "127.0.0.1,192.0.2.9"}])
def test_less_than_proof_is_refused_before_anybody_is_asked(told, mode, where):
    host = "localhost,localhost" if "," in where["hostaddr"] else ELSEWHERE
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.settimeout(0)
        answer = told(url("office_306", host, listening.getsockname()[1], "campaign", sslmode=mode, **where))
        with pytest.raises(BlockingIOError):
            listening.accept()

    assert answer == refused(
        2, f"sslmode={mode} lets anybody on the way play the server. Leave it out, or write sslmode=verify-full."
    )


def test_of_several_hosts_each_has_to_prove_itself_and_the_next_is_tried(database, told, front, ours):
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        gone_port = listening.getsockname()[1]
    both, here = f"{ELSEWHERE},{ELSEWHERE}", "127.0.0.1,127.0.0.1"
    host = f"{ELSEWHERE}:{gone_port},{ELSEWHERE}"
    more = {"hostaddr": here, "passfile": server().passfile, "sslrootcert": ours.file}

    _, said = told(url("office_306", host, front.port, database, **more))
    assert "database" not in said
    code, said = told(url("office_306", host, server().port, database, **more))
    assert (code, said) == refused(
        2,
        f"The database office_306@{both}/{database} offers no TLS, and goes over a network: nobody could tell who answers.",
    )


# Passwords: never in the address


@pytest.mark.parametrize(
    ("text", "environment", "sentence"),
    [
        (f"postgresql://office_306:{SECRET}@db.example/campaign", {}, "A password never stands in an address"),
        (f"postgresql://office_306@db.example/campaign?password={SECRET}", {}, "A password never stands in an address"),
        (
            f"postgresql://office_306@db.example/campaign?sslpassword={SECRET}",
            {},
            "A secret never stands in an address",
        ),
        (f"postgresql://office_306@localhost/c?scram_client_key={SECRET}", {}, "A secret never stands in an address"),
        (
            f"postgresql://office_306@localhost/c?oauth_client_secret={SECRET}",
            {},
            "A secret never stands in an address",
        ),
        (f"postgresql://office_306:{SECRET}%zz@db.example/campaign", {}, "The address of the database cannot be read"),
        (f"postgresql://office_306@db.example/campaign?passwort={SECRET}", {}, "The address of the database cannot be"),
        (f"postgresql://office_306@db.example/campaign?{SECRET}", {}, "The address of the database cannot be read"),
        (f"mysql://office_306:{SECRET}@db.example/campaign", {}, "The address of a database begins with postgresql://"),
        (f"host=db.example password={SECRET}", {}, "The address of a database begins with postgresql://"),
        (f"postgresql://db.example/campaign?sslmode={SECRET}", {}, "The address names no role"),
        (f"postgresql://a@db.example/campaign?sslmode={SECRET}", {}, "That is no sslmode. There are: disable, allow"),
        ("postgresql://office_306@/campaign", {}, "The address names no host"),
        ("postgresql://office_306@db.example", {}, "The address names no database"),
        ("postgresql://", {}, "The address names no role and no host and no database"),
        ("postgresql://a@db.example/c?service=theirs", {}, "An address names its host itself; service= is not taken."),
        ("postgresql://a@db.example/c?options=-crow_security%3Doff", {}, "options= is not taken in an address."),
        ("postgresql://a@localhost/c", {"PGPASSWORD": SECRET}, "PGPASSWORD is set, and a variable is no place for a"),
        ("postgresql://a@localhost/c", {"PGSERVICE": "theirs"}, "PGSERVICE is set, and would lead elsewhere than"),
        ("postgresql://a@localhost/c", {"PGHOSTADDR": "192.0.2.9"}, "PGHOSTADDR is set, and would lead elsewhere than"),
    ],
)
@pytest.mark.parametrize("words", [AT_ONCE, ("init",), ("init", "--server"), ("doctor",), ("follow",)])
def test_an_address_that_is_not_to_be_used_is_refused_and_not_repeated(
    told, tmp_path, text, environment, sentence, words
):
    code, said = told(text, *words, **environment)

    assert code == 2
    assert said.startswith(sentence)
    assert said.count("\n") == 1
    assert not (tmp_path / "home" / "config.toml").exists()


@pytest.mark.parametrize("words", [("init", "--database", "<it>"), ("move", "<it>")])
def test_a_password_that_is_typed_is_not_repeated_either(told, tmp_path, words):
    typed = f"postgresql://office_306:{SECRET}@db.example/campaign"
    somebody = TerminalUser(tmp_path / "here", datetime.now(UTC))
    somebody.says("init")

    result = somebody.types(*(word.replace("<it>", typed) for word in words))

    assert result.exit_code == 2
    assert result.stderr.startswith("A password never stands in an address")
    assert SECRET not in result.output
    assert [path for path in somebody.home.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()] == []


def test_what_the_environment_would_add_is_not_where_one_is_led(database, monkeypatch):
    """Otherwise libpq takes it for everything that the address does not say, and this machine is not asked for proof."""
    monkeypatch.setenv("PGHOSTADDR", "192.0.2.9")

    with pytest.raises(SettingsFault):
        address("postgresql://a@localhost/c", "", os.environ)


# Passwords: where they are kept


def pgpass(path: Path, line: str) -> Path:
    path.touch(0o600)
    path.write_text(f"{line}\n")
    return path


@pytest.fixture
def known(database) -> str:
    """A role whose password is SECRET; its address holds nothing."""
    make_role(server(), "keeps_secret")
    server().run(f"ALTER ROLE keeps_secret PASSWORD '{SECRET}'")
    return url("keeps_secret", "127.0.0.1", server().port, database, passfile="/nowhere")


def test_a_password_in_a_file_of_one_s_own_is_used(told, known, tmp_path):
    file = pgpass(tmp_path / "password", SECRET)

    assert told(known, CAMPAIGN_PASSWORD_FILE=str(file))[1].startswith("keeps_secret has no part in this campaign")
    assert told(known, CAMPAIGN_PASSWORD_FILE="~/password")[1].startswith("keeps_secret has no part in this campaign")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_password_in_a_file_that_others_can_read_is_not(told, known, tmp_path, mode):
    file = pgpass(tmp_path / "password", SECRET)
    file.chmod(mode)

    told_it = told(known, CAMPAIGN_PASSWORD_FILE=str(file))

    assert told_it == refused(2, f"Others can read {file}. Keep it to yourself: chmod 600 {file}")


def test_a_password_file_that_is_none_is_said(told, known, tmp_path):
    missing, folder, binary = tmp_path / "missing", tmp_path / "folder", tmp_path / "binary"
    folder.mkdir(0o700)
    binary.touch(0o600)
    binary.write_bytes(b"\xff\xfe" + SECRET.encode())

    for path, why in ((missing, "No such file or directory"), (folder, "Is a directory"), (binary, "it is no text")):
        answer = told(known, CAMPAIGN_PASSWORD_FILE=str(path))
        assert answer == refused(2, f"The file with the password, {path}, cannot be read: {why}.")


def test_a_password_in_pgpass_is_used(told, database, known, tmp_path):
    where = url("keeps_secret", "127.0.0.1", server().port, database)
    pgpass(tmp_path / ".pgpass", f"127.0.0.1:{server().port}:{database}:keeps_secret:{SECRET}")

    assert told(where)[1].startswith("keeps_secret has no part in this campaign")


class Remembered(KeyringBackend):
    """A keyring as others are, in memory."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def in_keyring() -> Iterator[Any]:
    """Has the system keep passwords in a keyring of that kind, for as long as a test runs."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_a_password_in_the_keyring_of_the_system_is_used(told, known, in_keyring):
    in_keyring(Remembered())
    keyring.set_password(KEYRING, "keeps_secret@127.0.0.1", SECRET)

    assert told(known, CAMPAIGN_PASSWORD_FILE="keyring")[1].startswith("keeps_secret has no part in this campaign")


@pytest.mark.parametrize("kind", [Remembered, null.Keyring])
def test_a_keyring_without_the_password_says_how_to_put_it_there(told, known, in_keyring, kind):
    in_keyring(kind())

    assert told(known, CAMPAIGN_PASSWORD_FILE="keyring") == refused(
        2,
        "The keyring holds no password. Put it there with: keyring set campaign-tracker keeps_secret@127.0.0.1",
    )


def test_a_system_without_a_keyring_says_so(told, known, in_keyring, monkeypatch):
    in_keyring(fail.Keyring())
    none = told(known, CAMPAIGN_PASSWORD_FILE="keyring")
    monkeypatch.setitem(sys.modules, "keyring", None)
    not_installed = told(known, CAMPAIGN_PASSWORD_FILE="keyring")

    assert none == refused(2, "The keyring of this system cannot be read: it is locked, or there is none.")
    assert not_installed[0] == 2
    assert not_installed[1].startswith("password_file is keyring, and the package keyring is not installed")


# Laws


def all_of(fault: BaseException | None) -> str:
    """Everything a fault tells, and those that it came from."""
    if fault is None:
        return ""
    said = f"{fault} {fault!r} {fault.args} {vars(fault)}"
    return f"{said} {all_of(fault.__cause__)} {all_of(fault.__context__)}" + "".join(format_exception(fault))


PIECES = st.sampled_from(
    ["postgresql://", "postgres://", "office_306", ":", "@", "/", "?", "&", "=", "%", "%40", "password", "sslmode",
     "user", "host", "db.example", "localhost", "[", "]", ",", "5432", " ", "'", "\\", "\x00", "æ", "service", "options"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=8), st.lists(PIECES, max_size=8), st.sampled_from(["", "keyring", "/nowhere"]))
def test_no_fault_repeats_what_may_be_a_password(before, after, kept_in):
    said = ""
    try:
        address(f"postgresql://{''.join(before)}{SECRET}{''.join(after)}", kept_in)
    except Fault as fault:
        said = all_of(fault)

    assert SECRET not in said


@given(st.text(min_size=1, max_size=20), st.booleans())
def test_no_password_in_an_address_gets_through(password, in_query):
    quoted = quote(f"{SECRET}{password}", safe="", errors="ignore")
    text = f"postgresql://a@localhost/c?password={quoted}" if in_query else f"postgresql://a:{quoted}@localhost/c"

    with pytest.raises(SettingsFault) as refusal:
        address(text)

    assert SECRET not in all_of(refusal.value)


@given(
    st.lists(
        st.ip_addresses() | st.sampled_from(["localhost", "db.example", "localhost.example"]), min_size=1, max_size=3
    )
)
def test_unless_every_host_is_this_machine_the_server_has_to_prove_itself(hosts):
    names = [f"[{host}]" if getattr(host, "version", 4) == 6 else str(host) for host in hosts]
    said = address(f"postgresql://a@{','.join(names)}/c")
    here = all(str(host) == "localhost" or getattr(host, "is_loopback", False) for host in hosts)

    given_to_driver = said.parameters()

    assert given_to_driver["sslmode"] == ("prefer" if here else "verify-full")
    assert ("sslrootcert" in given_to_driver) is not here
    assert given_to_driver["gssencmode"] == "disable"


@given(st.ip_addresses())
def test_an_address_is_this_machine_s_when_no_other_machine_has_it(number):
    assert is_local(str(number)) is ip_address(str(number)).is_loopback


def test_an_address_does_not_show_what_is_kept_elsewhere(tmp_path):
    file = pgpass(tmp_path / "password", SECRET)
    there = address("postgresql://office_306@db.example:5433/campaign", str(file))

    assert there.parameters()["password"] == SECRET
    assert SECRET not in f"{there} {there!r} {there.shown} {there.fields}"
    assert there.shown == "office_306@db.example:5433/campaign"
