"""Entries of a kind that only a later version knows: kept, counted and named, in the way of nobody, and known after an upgrade."""

import json
from datetime import UTC, date, datetime
from uuid import UUID

import msgspec
import pytest
from aggregate_fixtures import new_id
from eventsourcing.persistence import StoredEvent
from terminal_user import BAKERY, TIMBER, TerminalUser, new_consultant

from campaign.app import CampaignTracker
from campaign.storage import mapper as mapping
from campaign.storage.mapper import STORED_NAMES, EventUnreadable, StoredFact, TypedMapper
from campaign.storage.personal_texts import Text
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.storage.sqlite.texts import SqliteTexts
from domain.facts import UnknownFact
from domain.ids import outreach_id
from domain.outreach import Outreach

SAID = {
    "timestamp": "2012-11-12T12:00:00.000000Z",
    "entry": "a34fd29c-0a67-5528-986a-80ea6257ebc2",
    "act": "f3f3e534-ac97-50cf-8677-b8d57588826d",
    "at": "2012-11-12",
    "by": "abcd",
    "office": "306",
    "batch": None,
}
NOON = datetime(2012, 11, 12, 12, tzinfo=UTC)
ENTRY, SURVEY = UUID(SAID["entry"]), "Outreach.SurveyAnswered"


def stored(originator, version, topic=SURVEY, **said):
    state = {**SAID, "satisfied": True, "answers": [1, 2], **said}
    return StoredFact(originator, version, topic, msgspec.json.encode(state), UUID(state["entry"]))


def from_later(somebody, *rows):
    """What a later version logged in this home."""
    tracker = CampaignTracker(SqliteEventLog.at(somebody.home / "events.db", lambda: NOON))
    tracker.store.insert_events(rows)
    tracker.store.close()


@pytest.fixture
def consultant(tmp_path):
    """Somebody whose company was called, and then asked by a later version how it went; and an aggregate of that one."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "busy")
    order = {"entry": str(new_id()), "act": str(new_id())}
    from_later(somebody, stored(outreach_id("luk-op", TIMBER), 3), stored(new_id(), 1, "JobOrder.Created", **order))
    return somebody


# Reading


def test_what_every_fact_says_is_known_of_it():
    fact = TypedMapper().to_domain_event(stored(UUID(int=5), 3))

    assert type(fact) is UnknownFact
    assert (fact.topic, fact.entry, fact.at, fact.by, fact.office, fact.batch) == (
        SURVEY,
        ENTRY,
        date(2012, 11, 12),
        "abcd",
        "306",
        None,
    )
    assert (fact.originator_id, fact.originator_version) == (UUID(int=5), 3)
    assert fact.timestamp == datetime(2012, 11, 12, 12, tzinfo=UTC)
    assert fact.act == UUID(SAID["act"])


@pytest.mark.parametrize("field", SAID)
def test_without_what_every_fact_says_it_is_unreadable(field):
    lacking = {name: value for name, value in SAID.items() if name != field}

    for state in (lacking, {**SAID, field: [1]}):
        row = StoredEvent(new_id(), 3, SURVEY, msgspec.json.encode(state))
        with pytest.raises(EventUnreadable, match=f"{SURVEY} 3 .* its name is not known .*{field}"):
            TypedMapper().to_domain_event(row)


# In the way of nobody


def test_the_history_lists_it_among_the_others(consultant):
    rows = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]

    assert [row["fact"] for row in rows][-2:] == ["CallLogged", "UnknownFact"]
    assert rows[-1]["words"] == f"an entry of a kind this version does not know: {SURVEY}"
    assert rows[-1]["topic"] == SURVEY


def test_acts_go_on_after_it_and_can_be_taken_back(consultant):
    consultant.says("call", TIMBER, "accepted", "--visit", "2012-11-20")
    consultant.says("undo")

    rows = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]
    facts = ["Registered", "CallLogged", "UnknownFact", "CallLogged", "VisitBooked", "EntryRetracted", "EntryRetracted"]
    assert [row["fact"] for row in rows] == facts
    assert consultant.types("verify").exit_code == 0


@pytest.mark.parametrize("words", [("undo",), ("undo", "a34fd29c"), ("retract", "a34fd29c", "--because", "slip")])
def test_it_cannot_be_taken_back_here(consultant, words):
    result = consultant.types(*words)

    assert result.exit_code == 1
    assert f"is of a kind this version does not know ({SURVEY if 'a34fd29c' in words else ''}" in result.stderr
    assert "Take it back with the version that logged it." in result.stderr
    assert json.loads(consultant.says("verify", "--json"))["events"] == 8


def test_an_aggregate_of_an_unknown_kind_is_left_alone(consultant):
    tracker = CampaignTracker(SqliteEventLog.at(consultant.home / "events.db", lambda: NOON))
    entry = tracker.store.latest_by_hand("abcd", 1)[0]
    tracker.store.close()

    result = consultant.types("retract", entry.entry.hex, "--because", "slip")

    assert entry.topic == "JobOrder.Created"
    assert result.exit_code == 1
    assert "(JobOrder.Created)" in result.stderr


def test_what_began_with_an_unknown_entry_is_left_out_as_a_whole(consultant):
    before = consultant.says("rates", "--json")
    rows = CampaignTracker(SqliteEventLog.at(consultant.home / "events.db", lambda: NOON))
    _, (_, call, _) = next(rows.store.streams([outreach_id("luk-op", TIMBER)]))
    rows.store.close()
    state = {**msgspec.json.decode(call.state), "entry": str(new_id())}
    strange = outreach_id("luk-op", BAKERY)
    opened = stored(strange, 1, "Outreach.OpenedByLetter", entry=str(new_id()))
    later = StoredFact(strange, 2, call.topic, msgspec.json.encode(state), UUID(state["entry"]))
    from_later(consultant, opened, later)

    assert consultant.says("rates", "--json") == before
    assert "Outreach.CallLogged 1, Outreach.OpenedByLetter 1, " in consultant.types("rates").stderr
    assert consultant.types("verify").exit_code == 0
    refused = consultant.types("call", BAKERY, "busy")
    assert refused.exit_code == 1
    assert refused.stderr == "That began with an entry of a kind this version does not know. Upgrade first.\n"


def test_an_unknown_history_with_a_gap_is_a_fault(consultant):
    again = {"entry": str(new_id())}
    from_later(consultant, stored(new_id(), 2, "JobOrder.Filled", **again))

    result = consultant.types("verify")

    assert result.exit_code == 4
    assert "cannot be replayed at version 2" in result.stderr


# Counted and named


NAMED = "2 entries of kinds this version does not know (JobOrder.Created 1, Outreach.SurveyAnswered 1)"


def test_verify_and_doctor_count_and_name_them(consultant):
    proved = consultant.types("verify")
    looked = json.loads(consultant.says("doctor", "--json"))["checks"]

    assert proved.exit_code == 0
    assert f"Kept, though not to be read here: {NAMED}." in proved.stdout.splitlines()
    assert json.loads(consultant.says("verify", "--json"))["unknown"] == {"JobOrder.Created": 1, SURVEY: 1}
    found = next(check for check in looked if check["what"] == "entries of unknown kinds")
    assert found["ok"]
    assert found["found"] == f"1 JobOrder.Created, 1 {SURVEY}; left out of figures until you upgrade"


@pytest.mark.parametrize(
    "words", [("rates",), ("rates", "--by", "office"), ("yields",), ("funnel",), ("cohorts",), ("entries",)]
)
def test_a_report_says_under_its_table_how_many_it_leaves_out(consultant, words):
    said = consultant.types(*words, *(("--of", "calls") if words == ("entries",) else ()))

    assert said.exit_code == 0
    assert f"; left out {NAMED}." in said.stderr


def test_an_export_says_what_it_leaves_out(consultant, tmp_path):
    said = consultant.types("export", "totals", "-o", str(tmp_path / "totals.json")).stderr

    assert f"Left out: {NAMED}." in said
    left_out = json.loads((tmp_path / "totals.json").read_text())["manifest"]["left_out"]
    assert all(f"{kind} {number}" in NAMED for kind, number in left_out.items())
    assert left_out


def test_a_report_of_a_home_without_them_says_nothing_of_them(tmp_path):
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", BAKERY, "busy")

    assert "left out" not in somebody.types("rates").stderr
    assert "not to be read" not in somebody.types("verify").stdout


def test_as_known_before_it_was_logged_nothing_is_left_out(consultant):
    assert "left out" in consultant.on("2012-11-14").types("rates").stderr
    assert "left out" not in consultant.types("rates", "--known-on", "2012-11-11").stderr


def test_what_a_later_version_took_back_is_left_out_no_more(consultant):
    rows = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]
    target = {"target": SAID["entry"], "because": "by mistake", "entry": str(new_id())}
    state = msgspec.json.encode({**SAID, **target})
    owner = outreach_id("luk-op", TIMBER)
    from_later(consultant, StoredFact(owner, 4, "Outreach.EntryRetracted", state, UUID(target["entry"])))

    assert (
        "left out 1 entry of kinds this version does not know (JobOrder.Created 1)" in consultant.types("rates").stderr
    )
    assert len(json.loads(consultant.says("history", TIMBER, "--json"))["rows"]) == len(rows) + 1


# After an upgrade


class SurveyAnswered(Outreach.Event):
    """What the later version knows."""

    satisfied: bool
    answers: list[int]


def test_after_an_upgrade_they_are_brought_in(consultant, monkeypatch):
    assert "left out 2 entries" in consultant.types("rates").stderr
    monkeypatch.setitem(STORED_NAMES, SURVEY, SurveyAnswered)
    monkeypatch.setattr("campaign.storage.read_models.fingerprint", lambda reference: f"of tomorrow {reference}")
    mapping._reader.cache_clear()

    after = consultant.types("rates").stderr
    mapping._reader.cache_clear()

    assert "left out 1 entry of kinds this version does not know (JobOrder.Created 1)" in after


# Personal texts


def a_text_of_later(kind: str, cvr: str) -> Text:
    return Text(
        new_id(), new_id(), kind, cvr, "luk-op" if kind == "note" else "", "what they answered", bytes(32), "2012"
    )


@pytest.mark.parametrize(("kind", "cvr"), [("note", TIMBER), ("answer", BAKERY)])
def test_a_text_that_a_later_version_may_hold_is_not_taken_for_left_behind(consultant, tmp_path, kind, cvr):
    people, text = SqliteTexts(consultant.home / "people.db"), a_text_of_later(kind, cvr)
    people.keep([text])

    consultant.says("retention", "run")
    consultant.says("backup", str(tmp_path / "saved"))
    TerminalUser(tmp_path / "restored", consultant.now).says("restore", str(tmp_path / "saved"))

    assert people.all() == SqliteTexts(tmp_path / "restored" / "people.db").all() == [text]


def test_a_text_that_nothing_can_hold_is_left_behind(consultant):
    people = SqliteTexts(consultant.home / "people.db")
    people.keep([a_text_of_later("note", BAKERY)])

    consultant.says("retention", "run")

    assert people.all() == []
