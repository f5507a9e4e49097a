"""Finding companies by number or name, and the campaign that is meant."""

import sqlite3
from contextlib import closing
from datetime import date

import pytest
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

from campaign.app import open_tracker
from campaign.company_lookup import (
    CampaignUnclear,
    CompanyUnclear,
    CompanyUnknown,
    FoundCampaign,
    beginning,
    company_named,
    only_open_campaign,
)
from campaign.errors import CheckFault
from campaign.storage.sqlite.lookup import campaigns
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.terminal import clock
from domain.refusals import CampaignUnknown, NumberNotValid, PersonalNumber, TextNotAllowed


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home") / "h"
    new_consultant(folder)
    return SqliteWorkspace(folder, clock.now)


@pytest.mark.parametrize("text", ["26099382", "26 09 93 82", "DK26099382", "dk 26.09.93.82"])
def test_a_number_is_taken_in_any_usual_way(home, text):
    assert company_named(home, text) == TIMBER


def test_a_number_that_can_exist_is_taken_although_it_is_in_no_register(home):
    assert company_named(home, "39800152") == "39800152"


@pytest.mark.parametrize("text", ["26099383", "2609938", "260993822", "00000000", "-"])
def test_a_number_that_cannot_exist_is_refused(home, text):
    with pytest.raises(NumberNotValid, match="CVR number"):
        company_named(home, text)


@pytest.mark.parametrize("text", ["Nordvang Tømrer ApS", "nordvang", "TOMRER", "tømrer nordvang", "vang tom"])
def test_a_part_of_the_name_finds_it_in_any_case_and_without_danish_letters(home, text):
    assert company_named(home, text) == TIMBER


def test_a_name_that_several_have_lists_them_with_their_municipality(home):
    with pytest.raises(CompanyUnclear) as raised:
        company_named(home, "gronholm")

    assert str(raised.value).splitlines() == [
        "2 companies have 'gronholm' in their name:",
        f"  {BAKERY}  Grønholm Bageri I/S, Frederiksberg",
        f"  {BARBER}  Grønholm Frisør A/S, København",
        "Write the CVR number, or more of the name.",
    ]


def test_at_most_ten_of_those_are_listed(tmp_path):
    somebody = new_consultant(tmp_path / "h")
    for number in NUMBERS:
        somebody.says("company", number, "--name", f"Ens Navn {number}")

    with pytest.raises(CompanyUnclear) as raised:
        company_named(SqliteWorkspace(somebody.home, clock.now), "ens")

    lines = str(raised.value).splitlines()
    assert lines[0] == "12 companies have 'ens' in their name:"
    assert len([line for line in lines if "Ens Navn" in line]) == 10
    assert "  and 2 more" in lines


NUMBERS = [
    str(n)
    for n in range(30_000_000, 30_003_000)
    if sum(w * int(d) for w, d in zip((2, 7, 6, 5, 4, 3, 2, 1), str(n), strict=True)) % 11 == 0
][:12]


def test_the_full_name_is_meant_before_names_that_hold_it(tmp_path):
    somebody = new_consultant(tmp_path / "h")
    somebody.says("company", "39800152", "--name", "Nordvang Tømrer ApS Holding")

    assert company_named(SqliteWorkspace(somebody.home, clock.now), "nordvang tømrer aps") == TIMBER


@pytest.mark.parametrize("text", ["nobody", "%", "_", "'; DROP TABLE companies"])
def test_a_name_nobody_has_is_refused(home, text):
    with pytest.raises(CompanyUnknown, match="8 digits"):
        company_named(home, text)


def test_a_cpr_number_is_refused_and_not_repeated(home):
    with pytest.raises(PersonalNumber) as raised:
        company_named(home, "Jens 151112-3457")

    assert "151112" not in str(raised.value)


def test_a_name_with_an_escape_sequence_is_refused(home):
    with pytest.raises(TextNotAllowed):
        company_named(home, "Nord\x1b[2Jvang")


def test_a_name_is_found_as_soon_as_it_was_logged_and_not_after_it_was_taken_back(tmp_path):
    somebody = new_consultant(tmp_path / "h")
    home = SqliteWorkspace(somebody.home, clock.now)
    somebody.says("company", "39800152", "--name", "Helt Ny")
    assert company_named(home, "helt ny") == "39800152"

    somebody.says("undo")

    with pytest.raises(CompanyUnknown):
        company_named(home, "helt ny")


def test_read_models_that_are_gone_or_broken_are_made_anew(tmp_path):
    somebody = new_consultant(tmp_path / "h")
    home = SqliteWorkspace(somebody.home, clock.now)
    for break_it in (lambda: home.views.unlink(missing_ok=True), lambda: home.views.write_bytes(b"no database at all")):
        break_it()
        assert company_named(home, "nordvang") == TIMBER


def test_completion_reads_what_is_there_and_makes_nothing(home, tmp_path):
    company_named(home, "nordvang")

    assert [c.cvr for c in beginning(home, "2609")] == [TIMBER]
    assert [c.cvr for c in beginning(home, "grøn")] == [BAKERY, BARBER]
    with pytest.raises(sqlite3.Error):
        beginning(SqliteWorkspace(tmp_path / "none", home.clock), "2609")
    assert not (tmp_path / "none").exists()


def test_campaigns_are_known_with_their_last_day_as_it_stands(home):
    assert campaigns(home.log) == [FoundCampaign("luk-op", "Luk op", date(2012, 9, 3), date(2013, 6, 30), True)]


def test_the_only_open_campaign_is_meant(home, tmp_path):
    assert only_open_campaign(home) == "luk-op"

    somebody = new_consultant(tmp_path / "h")
    somebody.says("plan", "other", "--title", "Other", "--from", "2012-09-03", "--to", "2013-06-30")
    with pytest.raises(CampaignUnclear, match="luk-op, other"):
        only_open_campaign(SqliteWorkspace(somebody.home, clock.now))


@pytest.mark.parametrize(
    "alteration",
    [
        "state = CAST(replace(CAST(state AS TEXT), 'luk-op', 'lul-op') AS BLOB)",
        "state = CAST(replace(CAST(state AS TEXT), '\"last\"', '\"lost\"') AS BLOB)",
        "state = CAST(replace(CAST(state AS TEXT), '2012-09', '2012-19') AS BLOB)",
        "hash = zeroblob(32)",
    ],
)
def test_what_was_altered_of_a_campaign_is_not_taken_for_true(tmp_path, alteration):
    somebody = new_consultant(tmp_path / "h")
    with closing(sqlite3.connect(somebody.home / "events.db")) as log, log:
        assert log.execute(f"UPDATE stored_events SET {alteration} WHERE position = 1").rowcount == 1

    with pytest.raises(CheckFault, match=r"campaign at position 1 was altered.*campaign verify"):
        campaigns(somebody.home / "events.db")


def test_without_a_campaign_it_is_said_how_to_plan_one(tmp_path):
    empty = SqliteWorkspace(tmp_path / "h", clock.now)
    empty.create()

    with pytest.raises(CampaignUnknown, match="campaign plan"):
        only_open_campaign(empty)


def test_a_campaign_that_was_closed_or_extended_is_known_so_until_that_is_taken_back(tmp_path):
    somebody = new_consultant(tmp_path / "h")
    home = SqliteWorkspace(somebody.home, lambda: somebody.now)
    with open_tracker(home) as tracker:
        act = _act(somebody)
        campaign = tracker.campaign("luk-op")
        campaign.extend(act, act.entry("extend"), date(2013, 12, 31))
        campaign.close(act, act.entry("close"))
        tracker.record(campaign)
    assert [(c.last, c.is_open) for c in campaigns(home.log)] == [(date(2013, 12, 31), False)]

    with open_tracker(home) as tracker:
        back = _act(somebody)
        campaign = tracker.campaign("luk-op")
        campaign.retract(back, back.entry("1"), act.entry("extend"), "an error")
        campaign.retract(back, back.entry("2"), act.entry("close"), "an error")
        campaign.retract(back, back.entry("3"), back.entry("2"), "it is closed after all")
        tracker.record(campaign)
    assert [(c.last, c.is_open) for c in campaigns(home.log)] == [(date(2013, 6, 30), False)]


def _act(somebody):
    from uuid import uuid4

    from domain.acts import Act

    return Act(uuid4(), somebody.now.date(), "abcd", "306", somebody.now, somebody.now.date())


def test_reading_leaves_no_lock_behind(home):
    campaigns(home.log)

    with closing(sqlite3.connect(home.log, timeout=0)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        connection.rollback()
