"""Making a home, keeping settings, looking after it, and what shells and other programs are told."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import pytest
from eventsourcing.persistence import OperationalError
from terminal_user import TIMBER, TerminalUser, new_consultant

from campaign.terminal.root import sentence

NOW = datetime(2012, 11, 12, 12, tzinfo=UTC)


@pytest.fixture
def consultant(tmp_path):
    return new_consultant(tmp_path / "home")


@pytest.fixture
def newcomer(tmp_path):
    somebody = TerminalUser(tmp_path / "new" / "home", NOW)
    somebody.environment |= {"CAMPAIGN_OFFICE": None, "CAMPAIGN_CONSULTANT": None}
    return somebody


# init


def test_a_first_day(newcomer, golden):
    first = [
        newcomer.screen("call 26099382 busy"),
        newcomer.screen("init --office Odsherred --consultant abcd"),
        newcomer.screen("call 26099382 busy"),
        newcomer.screen("plan luk-op --title 'Luk op' --from 2012-09-03 --to 2013-06-30"),
        newcomer.screen("call 26099382 busy"),
        newcomer.screen("init"),
    ]

    golden("screens/first-day.txt", "\n".join(first))


def test_a_home_is_for_its_owner_alone(newcomer):
    newcomer.says("init", "--office", "306")

    modes = {name: (newcomer.home / name).stat().st_mode & 0o777 for name in (".", "events.db", "config.toml")}
    assert modes == {".": 0o700, "events.db": 0o600, "config.toml": 0o600}


def test_settings_are_kept_beside_those_that_were_kept_before(newcomer):
    newcomer.says("init", "--office", "306")
    newcomer.says("init", "--consultant", 'å"\\b', "--campaign", "luk-op")

    assert json.loads(newcomer.says("init", "--office", "Holbæk", "--json"))["settings"] == {
        "office": "316",
        "consultant": 'å"\\b',
        "campaign": "luk-op",
    }
    newcomer.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    assert '316 Holbæk, å"\\b' in newcomer.says("call", TIMBER, "busy")


def test_an_option_counts_before_a_variable_and_that_before_the_file(newcomer):
    newcomer.says("init", "--office", "306", "--consultant", "of-the-file")
    newcomer.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    assert "306 Odsherred, of-the-file" in newcomer.says("call", TIMBER, "busy")

    newcomer.environment["CAMPAIGN_CONSULTANT"] = "of-the-variable"
    assert "of-the-variable" in newcomer.says("call", TIMBER, "busy")
    assert "of-the-option" in newcomer.says("call", TIMBER, "busy", "--consultant", "of-the-option")


@pytest.mark.parametrize(
    ("text", "told"),
    [("office =", "cannot be read"), ("colour = 'red'", "settings nobody knows: colour"), ("\udcff", "cannot be read")],
)
def test_a_config_that_cannot_be_used_is_named(newcomer, text, told):
    newcomer.says("init")
    (newcomer.home / "config.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    result = newcomer.types("call", TIMBER, "busy")

    assert result.exit_code == 2
    assert "config.toml" in result.stderr
    assert told in result.stderr


@pytest.mark.parametrize(
    "words", [("call", TIMBER, "busy"), ("history", "nordvang"), ("undo",), ("rebuild",), ("verify",)]
)
def test_where_there_is_no_home_it_is_said_how_to_make_one(newcomer, words):
    newcomer.environment |= {"CAMPAIGN_OFFICE": "306", "CAMPAIGN_CONSULTANT": "abcd"}

    result = newcomer.types(*words)

    assert result.exit_code == 2
    assert f"campaign init --home {newcomer.home}" in result.stderr
    assert not newcomer.home.exists()


def test_what_is_no_folder_cannot_be_a_home(tmp_path, newcomer):
    file = tmp_path / "file"
    file.write_text("")

    assert newcomer.types("init", "--home", str(file)).exit_code == 2
    beneath = newcomer.types("init", "--home", str(file / "home"))
    assert beneath.exit_code == 3
    assert "The data directory cannot be created" in beneath.stderr


def test_an_office_that_is_none_makes_no_home(newcomer):
    assert newcomer.types("init", "--office", "999").exit_code == 1
    assert not newcomer.home.exists()


# The store: busy, read-only, newer, altered, damaged


def test_a_store_that_somebody_writes_to_is_busy(consultant, monkeypatch):
    monkeypatch.setattr("campaign.storage.sqlite.log._WAIT_SECONDS", 0)
    with closing(sqlite3.connect(consultant.home / "events.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 3
    assert result.stderr == "The store is busy: somebody else is writing. What was logged before is safe; try again.\n"


def test_a_store_of_a_newer_version_is_left_alone(consultant):
    with closing(sqlite3.connect(consultant.home / "events.db")) as log:
        log.execute("PRAGMA user_version = 99")
        log.commit()

    result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 2
    assert "newer version" in result.stderr


def test_a_file_that_is_no_store_is_named(consultant):
    (consultant.home / "events.db").write_bytes(b"this is no database, but it is long enough to look at" * 20)

    result = consultant.types("call", TIMBER, "busy", "--campaign", "luk-op")

    assert result.exit_code == 3
    assert "damaged" in result.stderr


def as_written(sqlite_says):
    return sentence(OperationalError(sqlite3.OperationalError(sqlite_says)))


@pytest.mark.parametrize(
    ("sqlite_says", "person_reads"),
    [
        ("attempt to write a readonly database", "read-only"),
        ("database or disk is full", "The disk is full"),
        ("database is locked", "try again"),
        ("unable to open database file", "campaign doctor"),
        ("database disk image is malformed", "campaign doctor"),
        ("something never heard of", "something never heard of"),
    ],
)
def test_what_sqlite_says_is_told_in_a_sentence(sqlite_says, person_reads):
    code, told = as_written(sqlite_says)

    assert code == 3
    assert person_reads in told


def test_verify_proves_an_unaltered_log_and_names_the_first_altered_entry(consultant):
    consultant.says("call", TIMBER, "busy")
    proved = json.loads(consultant.says("verify", "--json"))
    assert (proved["events"], proved["fault"]) == (6, None)
    assert re.fullmatch("[0-9a-f]{64}", proved["head"])
    assert "As it was written: 6 entries." in consultant.says("verify")

    with closing(sqlite3.connect(consultant.home / "events.db")) as log:
        log.execute("UPDATE stored_events SET state = replace(CAST(state AS TEXT), 'Nord', 'Syd') WHERE position = 2")
        log.commit()

    result = consultant.types("verify")
    assert result.exit_code == 4
    assert result.stderr.startswith("Position 2:")
    assert result.stdout == ""
    assert json.loads(consultant.types("verify", "--json").stdout)["position"] == 2


def test_rebuild_makes_the_read_models_anew(consultant):
    consultant.says("call", TIMBER, "busy")

    assert json.loads(consultant.says("rebuild", "--json"))["position"] == 6
    views = consultant.home / "views.db"
    views.unlink()
    assert "6 log entries" in consultant.says("rebuild")
    assert views.exists()


def test_views_prints_statements_that_make_the_tables(consultant):
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(consultant.says("views"))
        tables = {row[0] for row in empty.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    assert {"companies", "calls", "visits", "yields", "progress"} <= tables


# doctor


def checks(somebody):
    return {check["what"]: check for check in json.loads(somebody.types("doctor", "--json").stdout)["checks"]}


def test_doctor_finds_a_home_well(consultant):
    result = consultant.types("doctor")

    assert result.exit_code == 0, result.output
    found = checks(consultant)
    assert {"Python", "SQLite", "libraries", "home", "permissions", "disk", "log", "campaigns", "read models"} <= set(
        found
    )
    assert found["setting office"]["found"] == "306 (from CAMPAIGN_OFFICE)"
    assert found["campaigns"]["found"] == "luk-op (2012-09-03 to 2013-06-30)"
    assert found["log"]["found"].startswith("entries: 4, ")


def test_doctor_says_how_far_behind_the_read_models_are(consultant):
    assert "not made yet" in checks(consultant)["read models"]["found"]
    consultant.says("rebuild")
    assert checks(consultant)["read models"]["found"] == "up to date"

    consultant.says("call", TIMBER, "busy")
    assert checks(consultant)["read models"]["found"].startswith("behind by 2: ")


def test_doctor_finds_a_log_that_others_can_read(consultant):
    (consultant.home / "events.db").chmod(0o644)

    result = consultant.types("doctor")

    assert result.exit_code == 4
    assert "chmod 600" in result.stdout
    assert re.fullmatch(r"1 of \d+ checks found a fault: permissions\.\n", result.stderr)


def test_doctor_finds_that_there_is_no_home(newcomer):
    result = newcomer.types("doctor")

    assert result.exit_code == 4
    assert "campaign init" in result.stdout


def test_doctor_finds_a_damaged_log_and_read_models_of_another(consultant):
    consultant.says("rebuild")
    with closing(sqlite3.connect(consultant.home / "views.db")) as views:
        views.execute("UPDATE progress SET position = 999")
        views.commit()
    assert not checks(consultant)["read models"]["ok"]

    (consultant.home / "events.db").write_bytes(b"no database" * 100)
    assert not checks(consultant)["log"]["ok"]


# Shells


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_shell_gets_its_script_and_how_to_keep_it(consultant, shell):
    result = consultant.types("completion", shell)

    assert result.exit_code == 0
    assert f"_CAMPAIGN_COMPLETE={shell}_complete" in result.stdout.replace('"', "").replace(" = ", "=")
    assert f"completion {shell}" in result.stderr


def offered(somebody, *words):
    """What PowerShell is offered behind these words, the last of which is being typed."""
    asked = {
        "_CAMPAIGN_COMPLETE": "powershell_complete",
        "COMP_WORDS": "\n".join(("campaign", *words)).rstrip("\n"),
        "COMP_INCOMPLETE": words[-1],
    }
    environment = {name: value for name, value in (os.environ | somebody.environment | asked).items() if value}
    run = subprocess.run(
        [sys.executable, "-m", "cli"], env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert (run.returncode, run.stderr) == (0, "")
    return [line.split("\t")[0] for line in run.stdout.splitlines() if line]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ca",), ["call"]),
        (("export", ""), ["totals", "contribution", "verify", "diff", "entries"]),
        (("call", "2609"), [TIMBER]),
        (("call", "tømrer"), [TIMBER]),
        (("call", TIMBER, "no"), ["no-answer"]),
        (("call", TIMBER, "declined", "--reason", "no-"), ["no-need", "no-time"]),
        (("call", TIMBER, "busy", "--office", "Ods"), ["306"]),
        (("call", TIMBER, "busy", "--office", "30"), ["306"]),
        (("call", TIMBER, "busy", "--campaign", ""), ["luk-op"]),
        (("call", "--con"), ["--consultant"]),
        (("visit", TIMBER, "c"), ["cancelled"]),
        (("visit", TIMBER, "held", "--yield", "acu"), ["acute-job"]),
        (("yield", TIMBER, "intern"), ["internship"]),
        (("target", "luk-op", "visits_h"), ["visits_held"]),
        (("completion", "p"), ["powershell"]),
    ],
)
def test_what_a_shell_is_offered(consultant, words, expected):
    consultant.says("company", "nordvang")  # makes the read models; completion itself makes nothing

    assert offered(consultant, *words) == expected


def test_completion_offers_nothing_where_nothing_is(newcomer):
    for words in (("call", "2609"), ("call", "--campaign", "l"), ("call", "--consultant", "a")):
        assert offered(newcomer, *words) == []
    assert not newcomer.home.exists()


def test_bash_takes_the_script(consultant):
    script = consultant.types("completion", "bash").stdout

    run = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)

    assert (run.returncode, run.stderr) == (0, "")
