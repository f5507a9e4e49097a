"""Clocks that turn or are wrong: each entry is in one day and one week, the log keeps its order, and people are told."""

import json
from datetime import UTC, date, datetime
from random import Random

import pytest
from stress.clocks import TURNS, clocks, danish_day
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

from campaign.app import open_tracker
from campaign.terminal.clock import copenhagen_day


def recorded(home):
    """The moments of recording, in the order of the log."""
    from campaign.storage.sqlite.workspace import SqliteWorkspace

    with open_tracker(SqliteWorkspace(home, lambda: datetime.now(UTC))) as tracker:
        return [row[6] for row in tracker.store.rows(0, 1_000)]


def test_around_every_turn_each_entry_is_in_one_day_and_one_week(tmp_path):
    found = clocks(len(TURNS), Random(1), tmp_path)

    assert found.faults == []
    assert found.told == f"{15 * len(TURNS)} entries around {len(TURNS)} turns"


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2012-03-24T23:00", "2012-03-25"),
        ("2012-03-25T21:59", "2012-03-25"),
        ("2012-03-25T22:00", "2012-03-26"),
        ("2012-10-28T00:30", "2012-10-28"),
        ("2012-10-28T01:30", "2012-10-28"),
        ("2012-10-28T22:59", "2012-10-28"),
        ("2012-10-28T23:00", "2012-10-29"),
        ("2026-12-31T23:30", "2027-01-01"),
    ],
)
def test_a_day_begins_at_midnight_in_denmark(moment, day):
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert copenhagen_day(at) == danish_day(at) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("day", "week"),
    [("2015-12-28", "2015-W53"), ("2016-01-03", "2015-W53"), ("2021-01-03", "2020-W53"), ("2027-01-04", "2027-W01")],
)
def test_a_week_53_takes_the_first_days_of_the_new_year(tmp_path, day, week):
    anna = new_consultant(tmp_path / "home").on(day)
    anna.says("plan", "late", "--title", "Late", "--from", "2015-01-01", "--to", "2030-12-31")

    anna.says("--campaign", "late", "call", BAKERY, "no-answer")

    rows = json.loads(anna.says("--campaign", "late", "rates", "--by", "week", "--json"))["rows"]
    assert [(row["week"], row["calls"]) for row in rows if row["calls"]] == [(week, 1)]


def test_the_log_never_says_that_time_ran_backwards(tmp_path):
    anna = new_consultant(tmp_path / "home")
    anna.on("2012-11-20").says("call", BAKERY, "no-answer")
    anna.on("2012-11-19").says("call", TIMBER, "no-answer")
    anna.on("2012-11-21").says("call", BARBER, "no-answer")

    moments = recorded(tmp_path / "home")
    assert moments == sorted(moments)
    assert [moment[:10] for moment in moments[-6:]] == ["2012-11-20"] * 4 + ["2012-11-21"] * 2


def test_who_logs_with_a_clock_behind_the_log_is_told_so_once(tmp_path):
    anna = new_consultant(tmp_path / "home").on("2012-11-20")
    anna.says("call", BAKERY, "no-answer")

    behind = anna.on("2012-11-19").types("call", TIMBER, "no-answer")
    quiet = anna.types("--quiet", "call", BARBER, "no-answer")
    right = anna.on("2012-11-20", "12:01").types("call", BARBER, "no-answer")

    assert behind.stderr.count("The clock is behind the log, whose last entry was recorded 2012-11-20T12:00 (UTC)") == 1
    assert "clock" not in quiet.stderr + right.stderr


def test_clocks_of_two_machines_that_differ_by_a_minute_are_no_matter(tmp_path):
    anna = new_consultant(tmp_path / "home").on("2012-11-20", "12:01")
    anna.says("call", BAKERY, "no-answer")

    assert "clock" not in anna.on("2012-11-20", "12:00").types("call", TIMBER, "no-answer").stderr


def test_doctor_finds_a_clock_behind_the_log(tmp_path):
    anna = new_consultant(tmp_path / "home").on("2012-11-20")
    anna.says("call", BAKERY, "no-answer")

    well, ill = anna.types("doctor"), anna.on("2012-11-19").types("doctor")

    assert "2012-11-20 12:00 (UTC), not behind the log" in well.stdout
    assert ill.exit_code == 4
    assert "behind the log's last entry, recorded 2012-11-20T12:00" in ill.stdout


def test_what_is_logged_after_a_clock_ran_ten_years_ahead_is_known_from_then_on_and_people_are_told(tmp_path):
    anna = new_consultant(tmp_path / "home")
    anna.says("plan", "long", "--title", "Long", "--from", "2012-01-01", "--to", "2030-12-31")
    for day, company in (("2012-11-20", BAKERY), ("2022-11-20", TIMBER), ("2012-11-21", BARBER)):
        anna.on(day).says("--campaign", "long", "call", company, "no-answer")

    def calls(*words):
        result = anna.types("--campaign", "long", "rates", "--json", *words)
        return json.loads(result.stdout)["rows"][0]["calls"], "after today: a clock was wrong" in result.stderr

    assert calls() == (3, False)
    assert calls("--known-on", "2012-11-21") == (1, True)
    anna.on("2022-11-21")
    assert calls("--known-on", "2022-11-19") == (1, False)
    assert calls("--known-on", "2022-11-20") == (3, False)


def test_a_history_keeps_the_order_of_the_log_when_the_clock_is_set_back(tmp_path):
    anna = new_consultant(tmp_path / "home")
    for day, outcome in (("2012-11-20", "no-answer"), ("2012-11-19", "wrong-number"), ("2012-11-21", "no-answer")):
        anna.on(day).says("call", BAKERY, outcome)

    told = [row["words"] for row in json.loads(anna.says("history", BAKERY, "--json"))["rows"]]

    assert [words.removeprefix("call ") for words in told[1:]] == ["no-answer", "wrong-number", "no-answer"]
