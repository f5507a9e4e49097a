"""A home moved into a database and back: positions, hashes, texts and figures are the same on both sides."""

import json
import sqlite3

import pytest
from server_databases import MIGRATOR, address, drop_database, new_database, server
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

from campaign.storage.sqlite import log_head

FIGURES = (
    ("rates", "--json"),
    ("rates", "--by", "office", "--json"),
    ("yields", "--json"),
    ("funnel", "--json"),
    ("cohorts", "--json"),
)


@pytest.fixture
def database():
    name = new_database()
    yield name
    drop_database(name)


@pytest.fixture
def somebody(tmp_path, monkeypatch):
    """A consultant with a home on this machine, whatever store the other tests use, in which a little was logged."""
    monkeypatch.setattr("terminal_user.database_factory", None)
    consultant = new_consultant(tmp_path / "home")
    consultant.says("company", "24257630", "--form", "10", "--name", "Rosengren Tømrer")
    consultant.says("call", TIMBER, "accepted", "--visit", "2012-11-20")
    assert consultant.types("call", BAKERY, "busy", "--note", "-", answers="asked for Jens\n").exit_code == 0
    consultant.on("2012-11-21").says("visit", TIMBER, "held", "--yield", "internship:2")
    consultant.says("contact", "add", BARBER, "--name", "Ida Holm", "--phone", "12345678")
    consultant.says("undo", "--office", "147", "--consultant", "abcd")
    return consultant


def at(consultant, role, database):
    consultant.environment["CAMPAIGN_DATABASE"] = address(role, database)
    return consultant


def log_of(home):
    with sqlite3.connect(home / "events.db") as connection:
        rows = connection.execute("SELECT * FROM stored_events ORDER BY position").fetchall()
    connection.close()
    return rows


def texts_of(home):
    with sqlite3.connect(home / "people.db") as connection:
        rows = connection.execute("SELECT * FROM texts ORDER BY id").fetchall()
    connection.close()
    return rows


def test_in_and_out_again_everything_is_what_it_was(somebody, database, tmp_path):
    figures = [json.loads(somebody.says(*words)) for words in FIGURES]
    head = log_head.last(somebody.home / "events.db")

    said = json.loads(somebody.says("move", address(MIGRATOR, database), "--json"))
    at(somebody, "coordinator", database)
    there = [json.loads(somebody.says(*words)) for words in FIGURES]
    verified = json.loads(somebody.says("verify", "--json"))
    out = json.loads(somebody.says("move", str(tmp_path / "again"), "--json"))

    assert (said["position"], said["head"], said["texts"]) == (*head, 3)
    assert (verified["events"], verified["head"], verified["texts"], verified["text_faults"]) == (*head, 3, [])
    assert (out["position"], out["head"], out["texts"]) == (*head, 3)
    assert there == figures
    assert log_of(tmp_path / "again") == log_of(somebody.home)
    assert texts_of(tmp_path / "again") == texts_of(somebody.home)
    del somebody.environment["CAMPAIGN_DATABASE"]
    somebody.environment["CAMPAIGN_HOME"] = str(tmp_path / "again")
    assert [json.loads(somebody.says(*words)) for words in FIGURES] == figures
    assert "As it was written" in somebody.says("verify")


def test_what_is_logged_after_the_move_goes_on_from_there(somebody, database):
    head = log_head.last(somebody.home / "events.db")
    somebody.says("move", address(MIGRATOR, database))
    at(somebody, "office_306", database).says("call", BARBER, "no-answer")

    assert server().run("SELECT position FROM campaign.head", database=database) == [(head.position + 2,)]
    assert "As it was written" in at(somebody, "coordinator", database).says("verify")


def test_texts_belong_to_the_office_that_wrote_them(somebody, database):
    somebody.says("move", address(MIGRATOR, database))

    owners = server().run("SELECT kind, office FROM campaign.texts ORDER BY kind", database=database)

    assert owners == [("contact", "306"), ("name", "306"), ("note", "306")]


def test_an_office_undoes_in_the_database_what_it_logged_in_the_home(somebody, database):
    somebody.says("move", address(MIGRATOR, database))

    assert "Taken back" in at(somebody, "office_306", database).says("undo")


@pytest.mark.parametrize(
    ("role", "code", "told"),
    [
        (
            "coordinator",
            2,
            "coordinator does not own the tables. A data directory is moved in by the role that set them up.",
        ),
        (
            "postgres",
            2,
            "postgres is a superuser, whom nothing is refused. Log in as an office, a coordinator or a region.",
        ),
        (
            "office_306",
            2,
            "office_306 does not own the tables. A data directory is moved in by the role that set them up.",
        ),
    ],
)
def test_only_who_owns_the_tables_moves_a_home_in(somebody, database, role, code, told):
    result = somebody.types("move", address(role, database))

    assert (result.exit_code, result.stderr) == (code, f"{told}\n")
    assert server().run("SELECT count(*) FROM campaign.stored_events", database=database) == [(0,)]


def test_no_log_is_ever_replaced(somebody, database, tmp_path):
    somebody.says("move", address(MIGRATOR, database))

    again = somebody.types("move", address(MIGRATOR, database))
    out = at(somebody, "coordinator", database).types("move", str(somebody.home))

    assert again.exit_code == out.exit_code == 2
    assert "has a log of its own, and no log is ever replaced" in again.stderr
    assert "There is a data directory at" in out.stderr


def test_an_office_does_not_carry_the_database_away(somebody, database, tmp_path):
    somebody.says("move", address(MIGRATOR, database))

    result = at(somebody, "office_306", database).types("move", str(tmp_path / "out"))

    assert result.exit_code == 1
    assert "by a coordinator, who sees all that was logged" in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_altered_log_is_not_moved(somebody, database):
    with sqlite3.connect(somebody.home / "events.db") as connection:
        connection.execute(
            "UPDATE stored_events SET recorded_at = '2012-11-12T12:00:00.000001+00:00' WHERE position = 3"
        )
    connection.close()

    result = somebody.types("move", address(MIGRATOR, database))

    assert result.exit_code == 4
    assert result.stderr.startswith("The log was altered at position 3")
    assert server().run("SELECT position FROM campaign.head", database=database) == [(0,)]
