"""Reports on a real PostgreSQL: who brings the read models up, what is said when they are not, and who sees what."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

import psycopg
import pytest
from postgres_servers.running import Server
from postgres_servers.shared import appoint, make_database
from server_databases import address, drop_database, new_database, server
from terminal_user import BAKERY, TIMBER, TerminalUser

from projections.engine.postgres import CATCHING_UP


@pytest.fixture
def database():
    name = new_database()
    yield name
    drop_database(name)


@pytest.fixture
def at(tmp_path, database):
    """``at(role)``: somebody who works as that role."""
    return people(tmp_path, lambda role: address(role, database))


def people(folder, address_of):
    """A function that gives somebody of a role, in a campaign that is planned, with one company known."""
    numbers = count(1000, 1000)

    def person(role):
        (folder / role).mkdir(exist_ok=True)
        somebody = TerminalUser(folder / role, datetime(2012, 11, 12, 12, tzinfo=UTC), next(numbers))
        somebody.environment |= {"CAMPAIGN_DATABASE": address_of(role), "CAMPAIGN_OFFICE": None}
        return somebody

    boss = person("coordinator")
    boss.says("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")
    boss.says("company", TIMBER, "--name", "Nordvang Tømrer ApS")
    return person


def calls(somebody, *words):
    result = somebody.types("rates", "--json", *words)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["total"]["calls"], result.stderr


def test_a_coordinator_reads_what_was_logged_just_before(at):
    at("office_306").says("call", TIMBER, "busy")

    assert calls(at("coordinator")) == (1, "")


def test_an_office_reads_what_is_there_and_is_told_what_is_not(at):
    office = at("office_306")
    office.says("call", TIMBER, "busy")
    calls(at("coordinator"))
    office.on("2012-11-13").says("call", TIMBER, "no-answer")

    assert calls(office) == (
        1,
        "As of 2012-11-12 12:00 (UTC): 1 entry logged since are not in these figures yet. "
        "A coordinator's report, or campaign follow, brings them in.\n",
    )


def test_an_office_sees_its_own_and_says_so_and_the_coordinator_all(at):
    at("office_306").says("call", TIMBER, "busy")
    at("office_147").says("call", TIMBER, "busy")
    at("office_147").says("call", BAKERY, "busy")
    assert calls(at("coordinator"))[0] == 3

    assert [calls(at(f"office_{code}"))[0] for code in (306, 147)] == [1, 2]
    assert "offices 147 Frederiksberg" in at("office_147").types("rates").stderr
    others = at("office_147").types("rates", "--office", "306")
    assert (others.exit_code, others.stderr) == (
        2,
        "You see the figures of office 147 only. Leave --office out.\n",
    )


def test_by_consultant_an_office_sees_its_own_and_a_coordinator_the_one_that_is_set(at):
    at("office_306").says("--consultant", "anna", "call", TIMBER, "busy")
    at("office_147").says("--consultant", "bo", "call", TIMBER, "busy")
    calls(at("coordinator"))

    def consultants(role, *words, office=None):
        somebody = at(role)
        somebody.environment["CAMPAIGN_OFFICE"] = office
        return [row["consultant"] for row in json.loads(somebody.says(*words, "--json"))["rows"]]

    by = ("rates", "--by", "consultant")
    assert consultants("office_306", *by) == consultants("office_306", *by, office="147") == ["anna"]
    assert consultants("coordinator", *by, office="147") == ["bo"]
    others = at("coordinator").types("--office", "147", *by, "--office", "306")
    assert (others.exit_code, others.stdout) == (2, "")
    assert others.stderr.startswith("By consultant, figures are shown of your own office only, 147.")
    nobodys = at("coordinator").types(*by)
    assert (nobodys.exit_code, "and none is set. Set CAMPAIGN_OFFICE" in nobodys.stderr) == (2, True)


def test_a_region_counts_its_offices_and_sees_nothing_single(at):
    at("office_306").says("call", TIMBER, "accepted", "--visit", "2012-11-14")
    at("office_147").says("call", BAKERY, "busy")
    calls(at("coordinator"))
    region = at("region")

    total = json.loads(region.says("rates", "--json"))["total"]
    assert (total["calls"], total["companies_called"], total["companies_accepted"]) == (1, 1, 1)
    assert [row["office"] for row in json.loads(region.says("rates", "--by", "office", "--json"))["rows"]] == ["306"]
    unseen = (("entries", "--of", "calls"), ("rates", "--by", "consultant"), ("rates", "--by", "industry"))
    for words in (*unseen, ("rates", "--industry", "43")):
        result = region.types(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith("A region reads the totals of its offices")
    assert region.types("call", TIMBER, "busy", "--office", "306").exit_code == 1


def test_a_region_and_an_office_see_how_soon_their_own_contacts_led_to_something(at):
    at("office_306").says("call", TIMBER, "accepted", "--visit", "2012-11-12")
    at("office_306").says("visit", TIMBER, "held", "--yield", "internship:2")
    calls(at("coordinator"))

    for of in ("calls", "visits"):
        for role in ("region", "office_306"):
            (row,) = json.loads(at(role).says("cohorts", "--of", of, "--json"))["rows"]
            assert (row["base"], row["cells"][0]["reached"]) == (1, 1)
        assert json.loads(at("office_147").says("cohorts", "--of", of, "--json"))["rows"] == []


def test_a_region_and_an_office_make_a_page_of_their_own(at):
    at("office_306").says("call", TIMBER, "accepted", "--visit", "2012-11-12")
    at("office_306").says("visit", TIMBER, "held", "--yield", "internship:2")
    calls(at("coordinator"))

    for role in ("coordinator", "region", "office_306"):
        html = at(role).says("report", "-o", "-")
        assert '<data value="1" data-figure="rates.office.306.visits_held">1</data>' in html
        assert ("what is overdue is not among them" in html) == (role == "region")
    assert 'data-figure="rates.office' not in at("office_147").says("report", "-o", "-")


def test_where_somebody_else_feeds_and_takes_long_a_report_reads_what_is_there(at, database):
    at("office_306").says("call", TIMBER, "busy")

    with psycopg.connect(address("coordinator", database)) as busy:
        busy.execute("SELECT pg_advisory_xact_lock(%s, %s)", CATCHING_UP)
        told = calls(at("coordinator"))

    assert told[0] == 0
    assert told[1].startswith("As of ")


def test_tables_that_another_version_filled_are_read_and_not_fed(at, database):
    assert calls(at("coordinator"))[0] == 0
    server().run("UPDATE campaign_views.made_by SET fingerprint = 'another'", database=database)
    at("office_306").says("call", TIMBER, "busy")

    assert calls(at("coordinator"))[0] == 0
    assert "Rebuilt from" in at("coordinator").says("rebuild")
    assert calls(at("coordinator")) == (1, "")


def test_tables_of_another_version_are_not_filled_by_this_one(at, database):
    server().run("UPDATE campaign.about SET views_shape = 'another'", database=database)
    server().run("ALTER TABLE campaign_views.calls DROP COLUMN reached CASCADE", database=database)

    for words in (("rates",), ("rebuild",), ("follow", "--once")):
        result = at("coordinator").types(*words)
        assert (result.exit_code, result.stdout) == (2, "")
        assert "The read models are those of another version of the program. Upgrade, or" in result.stderr


def test_a_rebuild_is_seen_when_it_is_over_and_not_before(at, database):
    at("office_306").says("call", TIMBER, "busy")
    assert calls(at("coordinator"))[0] == 1
    server().run("DELETE FROM campaign_views.calls", database=database)
    assert calls(at("coordinator"))[0] == 0

    at("coordinator").says("rebuild")

    assert calls(at("coordinator"))[0] == 1


def test_a_log_that_is_not_the_one_the_tables_have_seen_is_no_base_for_figures(at, database):
    at("office_306").says("call", TIMBER, "busy")
    calls(at("coordinator"))
    server().run("UPDATE campaign.stored_events SET hash = sha256('x') WHERE position = 4", database=database)

    result = at("coordinator").types("rates")

    assert result.exit_code == 4
    assert result.stderr.startswith("The log is not the one its read models have seen")


def test_rebuilding_is_for_who_sees_all(at):
    result = at("office_306").types("rebuild")

    assert (result.exit_code, result.stderr) == (
        1,
        "Read models are rebuilt by a coordinator, who sees all that was logged.\n",
    )


# Following


@contextmanager
def following(somebody):
    """`campaign follow` in a process of its own, from its first line on; killed at the end."""
    environment = {**os.environ, **{k: v for k, v in somebody.environment.items() if v is not None}}
    words = [sys.executable, "-m", "cli", "follow"]
    with subprocess.Popen(words, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as it:
        try:
            yield it, it.stderr.readline()
        finally:
            it.kill()


def test_with_somebody_who_follows_an_office_reads_its_own_call_at_once(at):
    with following(at("coordinator")) as (_, said):
        assert said.startswith("Following coordinator@127.0.0.1")
        office = at("office_306")
        for outcome in ("busy", "no-answer", "left-message"):
            office.says("call", TIMBER, outcome)
            assert calls(office)[1] == ""

    assert calls(office)[0] == 3


def test_one_follows_at_a_time_and_the_next_takes_over(at):
    with following(at("coordinator")) as (first, _), following(at("protection")) as (second, said):
        assert said == "Another one follows. Waiting for a turn.\n"
        first.send_signal(signal.SIGKILL)
        assert second.stderr.readline().startswith("Following protection@")
        at("office_306").says("call", TIMBER, "busy")
        assert calls(at("office_306")) == (1, "")


def test_an_office_cannot_follow(at):
    result = at("office_306").types("follow", "--once")

    assert (result.exit_code, result.stderr) == (
        1,
        "Read models are kept by a coordinator, who sees all that was logged.\n",
    )


def test_once_brings_the_tables_up_and_ends(at):
    at("office_306").says("call", TIMBER, "busy")

    assert at("coordinator").says("follow", "--once") == "The read models know the log up to position 4.\n"
    assert calls(at("office_306")) == (1, "")


# From a standby


@pytest.fixture
def pair(tmp_path):
    """A primary with a standby, and ``at(role)``: somebody who logs in the one and reads from the other."""
    with Server.start() as primary:
        make_database(primary, rehearsal=True)
        appoint(primary)
        at = people(tmp_path, primary.address)
        with primary.standby(synchronous=False) as standby:

            def reading(role):
                somebody = at(role)
                somebody.environment["CAMPAIGN_READ_DATABASE"] = standby.address(role)
                return somebody

            yield primary, standby, at, reading


def test_reports_are_read_from_a_standby_and_say_how_far_it_is(pair):
    primary, standby, at, reading = pair
    at("office_306").says("call", TIMBER, "busy")
    calls(at("coordinator"))
    _until(lambda: calls(reading("office_306"))[0] == 1)
    named = f"Read from office_306@127.0.0.1:{standby.port}/campaign, a standby"

    assert calls(reading("office_306")) == (1, f"{named} that is up to date.\n")

    standby.run("SELECT pg_wal_replay_pause()")
    at("office_306").says("call", TIMBER, "no-answer")
    calls(at("coordinator"))
    behind = f"{named}: 1 entry behind; what it shows is as of 2012-11-12 12:00 (UTC).\n"
    assert calls(reading("office_306")) == (1, behind)

    primary.stop()
    told = calls(reading("office_306"))
    assert told[0] == 1
    assert told[1].startswith(f"{named}; the primary does not answer. The last it heard was ")


def test_a_standby_that_is_gone_keeps_nobody_from_logging_and_nobody_feeds_it(pair):
    _, standby, at, reading = pair
    assert reading("coordinator").says("follow", "--once").startswith("The read models know the log up to position")
    assert "Rebuilt from" in reading("coordinator").says("rebuild")

    standby.stop()

    reading("office_306").says("call", "nordvang", "busy")
    assert calls(at("coordinator"))[0] == 1
    assert reading("office_306").types("rates").exit_code == 3


def test_a_standby_takes_no_entries_and_says_which_does(pair):
    _, standby, _, reading = pair
    somebody = reading("office_306")
    somebody.environment["CAMPAIGN_DATABASE"] = standby.address("office_306")

    result = somebody.types("call", TIMBER, "busy")

    assert (result.exit_code, result.stdout) == (3, "")
    assert "is a standby, which only reads. Name the primary, or all hosts, in CAMPAIGN_DATABASE." in result.stderr


def _until(came_to_pass):
    from campaign.retry import tries

    assert any(came_to_pass() for _ in tries(30, 0.2))
