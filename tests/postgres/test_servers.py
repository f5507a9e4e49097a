"""The throw-away servers that other tests are run against, and the fronts that stand before them."""

import os
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from postgres_servers import binaries
from postgres_servers.fronts import CuttingFront, Front, TlsFront, authority
from postgres_servers.running import NotStarted, Server
from psycopg import OperationalError, pq


@pytest.fixture(scope="module")
def server():
    """One with a role that logs in and a database it may write to; tests that end a server take their own."""
    with Server.start() as server:
        server.run("CREATE ROLE clerk LOGIN PASSWORD 'pass:word\\'")
        server.set_password("clerk", "pass:word\\")
        server.run("CREATE DATABASE campaign OWNER clerk")
        server.run("CREATE TABLE log (line text)", database="campaign")
        server.run("GRANT ALL ON log TO clerk", database="campaign")
        yield server


@pytest.fixture(scope="module")
def durable():
    with Server.start(durable=True) as server:
        server.run("CREATE TABLE log (line text)")
        yield server


@pytest.fixture
def front(server):
    server.run("TRUNCATE log", database="campaign")
    with CuttingFront(server) as front:
        yield front


def lines(server: Server, database: str = "campaign") -> list[str]:
    return [line for (line,) in server.run("SELECT line FROM log ORDER BY line", database=database)]


def append_fails(connection: psycopg.Connection, line: str, **how: bool) -> None:
    with pytest.raises(OperationalError):
        append(connection, line, **how)
    assert connection.closed


def answer(connection: psycopg.Connection) -> pq.abc.PGresult | None:
    """The next one to what was sent; libpq's own waiting would keep the front, a thread of ours, from running."""
    with suppress(OperationalError):
        while connection.pgconn.is_busy():
            select.select([connection.pgconn.socket], [], [])
            connection.pgconn.consume_input()
    return connection.pgconn.get_result()


def append(connection: psycopg.Connection, line: str, **how: bool) -> None:
    connection.execute("INSERT INTO log /* append */ VALUES (%s)", (line,), **how)


def connected(address: str, **how: bool) -> psycopg.Connection:
    return psycopg.connect(address, autocommit=True, **how)


def processes(folder: Path) -> list[psutil.Process]:
    """Those that work in this folder: servers do."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(folder):
                found.append(process)
    return found


def segments() -> list[str]:
    """The numbers of what there is of shared memory of the old kind."""
    told = subprocess.run(["ipcs", "-m"], capture_output=True, text=True, check=True).stdout
    return [line.split()[1] for line in told.splitlines() if len(line.split()) > 3]


def test_a_role_connects_with_the_password_it_was_given(server):
    with connected(server.address("clerk")) as connection:
        assert connection.execute("SELECT current_user, current_database()").fetchone() == ("clerk", "campaign")
        assert connection.info.host == "127.0.0.1"

    assert "pass:word" not in server.address("clerk")


def test_the_last_password_told_counts(server):
    server.set_password("clerk", "wrong")
    with pytest.raises(OperationalError, match="password authentication failed"):
        connected(server.address("clerk"))

    server.set_password("clerk", "pass:word\\")
    connected(server.address("clerk")).close()


def test_nobody_else_reads_the_passwords(server):
    assert stat.S_IMODE(server.passfile.stat().st_mode) == 0o600


def test_nobody_gets_in_without_a_password(server):
    with pytest.raises(OperationalError, match="no password supplied"):
        connected(server.address("postgres", "postgres", passfile="/nowhere"))


def test_an_address_takes_what_libpq_takes(server):
    with connected(server.address("clerk", application_name="a name & more", connect_timeout="5")) as connection:
        assert connection.execute("SHOW application_name").fetchone() == ("a name & more",)


def test_a_server_is_what_its_settings_say():
    with Server.start({"log_statement": "all", "work_mem": "5MB"}) as server:
        assert server.run("SHOW work_mem") == [("5MB",)]
        assert server.run("SHOW fsync") == [("off",)]
        assert server.run("SHOW listen_addresses") == [("127.0.0.1",)]
        assert server.run("SELECT %s::text", "it's") == [("it's",)]
        assert "SELECT $1::text" in server.log.read_text()


def test_a_durable_server_waits_for_the_disk():
    with Server.start(durable=True, on_disk=True) as server:
        found = [server.run(f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
        assert found == [[("on",)]] * 3
        assert server.folder.is_relative_to(Path(tempfile.gettempdir()).resolve())


def test_a_server_that_cannot_start_says_why():
    with pytest.raises(NotStarted, match="no_such_setting"):
        Server.start({"no_such_setting": "1"})


def test_servers_are_apart(server):
    with Server.start() as other:
        assert other.port != server.port
        identifiers = {s.run("SELECT system_identifier FROM pg_control_system()")[0] for s in (server, other)}

    assert len(identifiers) == 2


def test_a_database_is_copied_and_dropped_under_its_clients(server):
    server.create_database("template with a table")
    server.run("CREATE TABLE log AS SELECT 'here' AS line", database="template with a table")

    server.create_database("copy", "template with a table")

    client = connected(server.address("postgres", "copy"))
    assert client.execute("SELECT line FROM log").fetchall() == [("here",)]
    server.drop_database("copy")
    server.drop_database("copy")
    server.drop_database("template with a table")
    assert server.run("SELECT 1 FROM pg_database WHERE datname = 'copy'") == []
    client.close()


@pytest.mark.parametrize("end", [lambda server: server.stop("immediate"), Server.kill, Server.stop])
def test_what_was_committed_is_there_after(durable, end):
    durable.run("TRUNCATE log")
    durable.run("INSERT INTO log VALUES ('kept')")
    port = durable.port

    end(durable)

    assert not durable.running
    assert processes(durable.folder) == []
    with pytest.raises(OperationalError, match="refused"):
        durable.run("SELECT 1")
    durable.start_again()
    assert durable.port == port
    assert lines(durable, "postgres") == ["kept"]


def test_a_client_that_keeps_the_server_busy_does_not_keep_it_from_dying(durable):
    with closing(connected(durable.admin)) as connection:
        connection.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
        while durable.run("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO%' AND state = 'active'") == []:
            time.sleep(0.01)

        durable.kill()

        assert processes(durable.folder) == []
    durable.start_again()


@pytest.mark.parametrize("killed", [False, True])
def test_a_server_that_is_removed_is_gone(killed):
    server = Server.start()
    memory = (server.data / "postmaster.pid").read_text().splitlines()[6].split()[1]
    if killed:
        server.kill()

    server.remove()
    server.remove()

    assert not server.folder.exists()
    assert processes(server.folder) == []
    assert memory not in segments()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, None])
def test_servers_end_with_the_process_that_started_them(death):
    started = "import sys; from postgres_servers.running import Server; s = Server.start(); print(s.folder, flush=True)"
    starter = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", f"{started}; sys.stdin.read()"],
        env=os.environ | {"PYTHONPATH": str(Path(binaries.__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    folder = Path(starter.stdout.readline().strip())
    assert processes(folder)

    if death:
        starter.send_signal(death)
    _, complaints = starter.communicate()

    assert complaints == ""
    while folder.parent.exists() or processes(folder):
        time.sleep(0.01)


def test_a_wheel_that_others_cannot_reach_is_copied():
    copy = binaries._copied(binaries._wheel() / "pginstall" / "bin")

    told = subprocess.run([copy / "postgres", "--version"], capture_output=True, text=True, check=True)

    assert "PostgreSQL" in told.stdout


def test_a_standby_has_what_was_committed_and_takes_over():
    with Server.start() as primary, primary.standby() as older, primary.standby() as standby:
        assert standby.run("SELECT pg_is_in_recovery()") == [(True,)]
        older.kill()  # which nobody waits for any more
        primary.run("CREATE TABLE log (line text)")
        primary.run("INSERT INTO log VALUES ('kept')")

        primary.kill()
        standby.promote()

        assert lines(standby, "postgres") == ["kept"]
        standby.run("INSERT INTO log VALUES ('alone')")
        with standby.standby() as next_one:
            standby.run("INSERT INTO log VALUES ('followed')")
            standby.kill()
            next_one.promote()
            assert lines(next_one, "postgres") == ["alone", "followed", "kept"]


def test_a_primary_waits_for_its_synchronous_standby_only():
    with Server.start() as primary, primary.standby(synchronous=False) as loose:
        loose.kill()
        primary.run("CREATE TABLE log (line text)")

        with primary.standby() as tight:
            tight.kill()
            with connected(primary.admin) as connection:
                connection.pgconn.send_query(b"INSERT INTO log VALUES ('waits')")
                while primary.run("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'") == []:
                    time.sleep(0.01)

                tight.start_again()

                assert answer(connection).command_status == b"INSERT 0 1"
                assert answer(connection) is None


@pytest.fixture(scope="module")
def trusted():
    return authority()


@pytest.fixture(scope="module")
def tls(server, trusted):
    with TlsFront(server, trusted.certificate("localhost", "db.example")) as front:
        yield front


@pytest.mark.parametrize("host", ["localhost", "db.example"])
def test_a_client_that_trusts_the_authority_gets_in(tls, trusted, host):
    address = tls.address("clerk", host=host, sslmode="verify-full", sslrootcert=str(trusted.file))

    with connected(address) as connection:
        assert connection.pgconn.ssl_in_use
        (long,) = connection.execute("SELECT repeat('x', 1000000) || %s", ("y" * 1_000_000,)).fetchone()
        assert len(long) == 2_000_000


def test_a_client_that_trusts_another_authority_does_not(tls):
    with pytest.raises(OperationalError, match="certificate verify failed"):
        connected(tls.address("clerk", sslmode="verify-full", sslrootcert=str(authority().file)))


def test_a_client_that_asks_for_another_host_does_not(tls, trusted):
    with pytest.raises(OperationalError, match="does not match host name"):
        connected(tls.address("clerk", host="other.example", sslmode="verify-full", sslrootcert=str(trusted.file)))


def test_a_client_without_tls_does_not(tls):
    with pytest.raises(OperationalError, match="with TLS only"):
        connected(tls.address("clerk", sslmode="disable"))


def test_a_client_with_tls_does_not_get_in_where_there_is_none(server, trusted):
    with pytest.raises(OperationalError, match="does not support SSL"):
        connected(server.address("clerk", host="localhost", sslmode="verify-full", sslrootcert=str(trusted.file)))


def test_a_stranger_is_shown_out(tls):
    with socket.create_connection(("127.0.0.1", tls.port)) as stranger:
        stranger.sendall(b"GET ")

        assert stranger.recv(1) == b""


HOWS = [{}, {"binary": True}, {"prepare": True}]


@pytest.mark.parametrize("how", HOWS, ids=str)
def test_a_statement_whose_answer_is_cut_is_carried_out(server, front, how):
    with connected(front.address("clerk")) as connection:
        append(connection, "heard")
        front.cut_next_answer(b"append")
        connection.execute("SELECT 'another'")

        with pytest.raises(OperationalError):
            append(connection, "unheard", **how)

        assert connection.closed
    assert front.cuts == 1
    assert lines(server) == ["heard", "unheard"]


@pytest.mark.parametrize("how", HOWS, ids=str)
def test_a_statement_that_is_cut_before_is_not(server, front, how):
    with connected(front.address("clerk")) as connection:
        append(connection, "heard")
        front.cut_before(b"append")

        with pytest.raises(OperationalError):
            append(connection, "unheard", **how)

    assert front.cuts == 1
    assert lines(server) == ["heard"]


def test_a_prepared_statement_is_known_by_its_text(server, front):
    with connected(front.address("clerk")) as connection:
        append(connection, "heard", prepare=True)
        front.cut_next_answer(b"append")

        with pytest.raises(OperationalError):
            append(connection, "unheard", prepare=True)

    assert lines(server) == ["heard", "unheard"]


def test_a_statement_is_known_by_its_values(server, front):
    with connected(front.address("clerk")) as connection:
        front.cut_before(b"third")
        append(connection, "first")
        append(connection, "second")

        with pytest.raises(OperationalError):
            append(connection, "third")

    assert lines(server) == ["first", "second"]


def test_the_answer_to_a_commit_is_cut(server, front):
    with psycopg.connect(front.address("clerk")) as connection:
        append(connection, "unheard")
        front.cut_next_answer(b"COMMIT")

        with pytest.raises(OperationalError):
            connection.commit()

    assert lines(server) == ["unheard"]


def test_a_statement_without_a_commit_is_undone(server, front):
    with psycopg.connect(front.address("clerk")) as connection:
        front.cut_next_answer(b"append")

        with pytest.raises(OperationalError):
            append(connection, "unheard")

    assert lines(server) == []


def test_only_one_connection_is_cut_and_only_once(server, front):
    with connected(front.address("clerk")) as other, connected(front.address("clerk")) as connection:
        front.cut_next_answer(b"append")
        with pytest.raises(OperationalError):
            append(connection, "unheard")

        append(other, "heard")

    assert front.cuts == 1
    assert lines(server) == ["heard", "unheard"]


def test_answers_before_the_one_that_is_cut_arrive(server, front):
    with connected(front.address("clerk")) as connection:
        connection.pgconn.enter_pipeline_mode()
        front.cut_next_answer(b"append")
        for statement in (b"SELECT 'heard'", b"INSERT INTO log /* append */ VALUES ('unheard')"):
            connection.pgconn.send_query_params(statement, None)
            connection.pgconn.pipeline_sync()

        answers = [answer(connection) for _ in range(4)]

    assert [found and pq.ExecStatus(found.status).name for found in answers] == [
        "TUPLES_OK",
        None,
        "PIPELINE_SYNC",
        "FATAL_ERROR",
    ]
    assert lines(server) == ["unheard"]


@pytest.mark.parametrize("simple", [True, False])
def test_rows_that_are_copied_do_not_confuse_it(server, front, simple):
    with connected(front.address("clerk")) as connection:
        append(connection, "a")
        copy, libpq = b"COPY log FROM STDIN", connection.pgconn
        if simple:
            libpq.send_query(copy)
        else:
            libpq.send_query_params(copy, None)
        assert pq.ExecStatus(answer(connection).status).name == "COPY_IN"
        libpq.put_copy_data(b"b\n")
        libpq.put_copy_end()
        assert answer(connection).command_status == b"COPY 1"
        assert answer(connection) is None
        front.cut_next_answer(b"append")

        append_fails(connection, "c")

    assert front.cuts == 1
    assert lines(server) == ["a", "b", "c"]


def test_the_answer_to_rows_that_are_copied_is_cut(server, front):
    with connected(front.address("clerk")) as connection, connection.cursor() as cursor:
        front.cut_next_answer(b"COPY log")

        with pytest.raises(OperationalError), cursor.copy("COPY log FROM STDIN") as copy:
            copy.write_row(["unheard"])

    assert front.cuts == 1
    assert lines(server) == ["unheard"]


def test_nothing_passes_while_it_is_frozen(server, front):
    with connected(front.address("clerk")) as connection:
        front.freeze()
        connection.pgconn.send_query(b"INSERT INTO log VALUES ('late')")
        assert select.select([connection.pgconn.socket], [], [], 0.1) == ([], [], [])  # seconds
        assert lines(server) == []

        front.thaw()

        assert answer(connection).command_status == b"INSERT 0 1"
        assert answer(connection) is None
    assert lines(server) == ["late"]


def test_an_answer_is_cut_behind_tls(server, front, trusted):
    trusting = {"sslmode": "verify-full", "sslrootcert": str(trusted.file)}
    with TlsFront(front, trusted.certificate()) as tls, connected(tls.address("clerk", **trusting)) as connection:
        front.cut_next_answer(b"append")

        append_fails(connection, "unheard")

    assert lines(server) == ["unheard"]


def test_clients_hear_that_the_server_has_gone():
    with Server.start() as server, Front(server) as front:
        with connected(front.address("postgres", "postgres")) as connection:
            server.stop()

            with pytest.raises(psycopg.errors.AdminShutdown):
                connection.execute("SELECT 1")
        with pytest.raises(OperationalError):
            connected(front.address("postgres", "postgres"))
