"""When nobody says whether an act was saved: it is said so, and the same command again logs nothing twice."""

import json
from datetime import date
from uuid import uuid4

import pytest
from server_databases import address, drop_database, new_database, server
from terminal_user import TIMBER, new_consultant

from campaign.pending_acts import forget, recall, remember
from campaign.storage.postgres.connection import Connection, ConnectionLost, Unreachable

DAY = date(2012, 11, 12)
NOT_KNOWN = "Not known whether that was saved: "


@pytest.fixture
def database():
    name = new_database()
    yield name
    drop_database(name)


@pytest.fixture
def consultant(tmp_path, monkeypatch, database):
    monkeypatch.setattr("terminal_user.database_factory", None)
    monkeypatch.setattr("campaign.storage.postgres.log.PATIENCE", 0.3)
    home = new_consultant(tmp_path / "home")
    home.environment["CAMPAIGN_DATABASE"] = address("coordinator", database)
    home.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    home.says("call", TIMBER, "no-answer")
    return home


@pytest.fixture
def breaks(monkeypatch):
    """``breaks(when)``: the next append is carried out or not, the connection is gone then, and stays away."""
    once = Connection.once

    def set_up(carried_out):
        sent = []

        def broken(self, work):
            if sent:
                raise Unreachable("nothing listens there")
            if "_append_part" not in work.__qualname__:
                return once(self, work)
            sent.append(work)
            if carried_out:
                once(self, work)
            raise ConnectionLost

        monkeypatch.setattr(Connection, "once", broken)

    yield set_up
    monkeypatch.setattr(Connection, "once", once)


def events(database):
    return server().run("SELECT count(*) FROM campaign.stored_events", database=database)[0][0]


ACTS = [
    ("call", TIMBER, "busy"),
    ("undo",),
    ("contact", "add", TIMBER, "--name", "Ida Holm"),
    ("target", "luk-op", "visits_held", "50"),
    ("book", TIMBER, "2012-11-20"),
]


@pytest.mark.parametrize("words", ACTS, ids=" ".join)
def test_what_was_saved_is_found_and_not_logged_twice(consultant, database, breaks, monkeypatch, words):
    breaks(carried_out=True)
    lost = consultant.types(*words)
    monkeypatch.undo()
    there = events(database)

    again = consultant.types(*words)

    assert (lost.exit_code, lost.stdout) == (3, "")
    assert lost.stderr.startswith(NOT_KNOWN)
    assert again.exit_code == 0
    assert again.stdout.startswith("It was saved the first time (entry ")
    assert events(database) == there


@pytest.mark.parametrize("words", ACTS, ids=" ".join)
def test_what_was_not_saved_is_logged_by_the_same_command(consultant, database, breaks, monkeypatch, words):
    before = events(database)
    breaks(carried_out=False)
    lost = consultant.types(*words)
    monkeypatch.undo()
    assert events(database) == before

    again = consultant.types(*words)

    assert lost.stderr.startswith(NOT_KNOWN)
    assert again.exit_code == 0, again.output
    assert "saved the first time" not in again.stdout
    assert events(database) > before


def test_an_erasure_that_was_saved_is_completed_by_the_same_command(consultant, database, breaks, monkeypatch):
    consultant.says("contact", "add", TIMBER, "--name", "Ida Holm")
    texts = "SELECT count(*) FROM campaign.texts"
    (contact,) = server().run("SELECT substr(subject, 1, 8) FROM campaign.texts", database=database)
    consultant.environment["CAMPAIGN_DATABASE"] = address("protection", database)
    breaks(carried_out=True)
    lost = consultant.types("erase", *contact, "--because", "asked")
    monkeypatch.undo()
    assert lost.stderr.startswith(NOT_KNOWN)
    assert server().run(texts, database=database) == [(1,)]

    consultant.types("erase", *contact, "--because", "asked")

    assert server().run(texts, database=database) == [(0,)]


def test_two_that_nobody_answered_for_are_both_remembered(tmp_path):
    first, second = uuid4(), uuid4()
    remember(tmp_path, ("call",), DAY, first)
    remember(tmp_path, ("book",), DAY, second)

    assert (recall(tmp_path, ("call",), DAY), recall(tmp_path, ("book",), DAY)) == (first, second)


def test_another_command_and_the_same_on_another_day_are_acts_of_their_own(consultant, database, breaks, monkeypatch):
    breaks(carried_out=True)
    consultant.types("call", TIMBER, "busy")
    monkeypatch.undo()
    there = events(database)

    consultant.says("call", TIMBER, "left-message")
    consultant.on("2012-11-13").says("call", TIMBER, "busy")

    assert events(database) == there + 2


def test_what_was_typed_is_not_kept(tmp_path):
    act = uuid4()
    remember(tmp_path / "home", ("contact", "add", TIMBER, "--name", "Ida Holm"), DAY, act)
    (kept,) = (tmp_path / "home").iterdir()

    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(kept.read_text()).values()) == [act.hex]
    assert "Ida" not in kept.read_text()


@pytest.mark.parametrize("content", ["", "[]", "5", "{}", '{"a": 5}', "no json"])
def test_a_file_that_is_not_what_was_kept_counts_for_nothing(tmp_path, content):
    (tmp_path / "unanswered.json").write_text(content)

    assert recall(tmp_path, ("call",), DAY) is None


def test_it_is_forgotten_once_it_is_known(tmp_path):
    remember(tmp_path, ("call",), DAY, uuid4())
    remember(tmp_path, ("book",), DAY, uuid4())
    forget(tmp_path, ("call",), DAY)
    forget(tmp_path, ("call",), DAY)

    assert recall(tmp_path, ("call",), DAY) is None
    assert recall(tmp_path, ("book",), DAY)
    forget(tmp_path, ("book",), DAY)
    assert list(tmp_path.iterdir()) == []
