"""Homes of two versions: a made-up next one opens those of today, and this one refuses those of the next in every command."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from datetime import time
from uuid import UUID

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent
from golden_events import ADDED_FIELDS, golden_lines
from msgspec.structs import asdict
from terminal_user import BAKERY, TIMBER, new_consultant

import cli
from campaign.publishing.regional.keys import new_key
from campaign.storage import mapper as mapping
from campaign.storage.mapper import STORED_NAMES, EventUnreadable, TypedMapper
from campaign.terminal import event_sentences
from domain.outcomes import Outcome, Reason
from domain.outreach import Outreach
from domain.terms import Terms
from projections.facts.calls import Calls
from projections.facts.yields import Yields

# A made-up next version: a call says by which channel it was, and a yield's positions are called its amount


class NextCall(Outreach.Event, frozen=True):
    """A call, with one field more."""

    call: UUID
    outcome: Outcome
    reason: Reason | None
    time: time | None
    channel: str = "phone"
    class_version = 2

    @staticmethod
    def upcast_v1_v2(state):
        state["channel"] = "phone"


class NextYield(Outreach.Event, frozen=True):
    """A yield, one field of which has another name."""

    visit: UUID | None
    call: UUID | None
    kind: str
    amount: int
    place: Terms
    class_version = 2

    @property
    def positions(self):
        return self.amount

    @staticmethod
    def upcast_v1_v2(state):
        state["amount"] = state.pop("positions")


def trigger_next(outreach, event_class, **fields):
    """As the next version would say it: a yield has an amount."""
    names = {"positions": "amount"} if event_class is NextYield else {}
    _TRIGGER(outreach, event_class, **{names.get(name, name): value for name, value in fields.items()})


_TRIGGER = Outreach.trigger_event


@contextmanager
def next_version():
    """The program as it may be one day, for as long as this lasts."""
    with pytest.MonkeyPatch.context() as later:
        for now, new, model in ((Outreach.CallLogged, NextCall, Calls), (Outreach.YieldRecorded, NextYield, Yields)):
            later.setattr(Outreach, now.__name__, new)
            later.setitem(STORED_NAMES, now.__qualname__, new)
            later.setitem(mapping._NAME_OF, new, now.__qualname__)
            later.setitem(model.clauses, new, model.clauses[now])
            later.setitem(event_sentences._WORDS, new, event_sentences._WORDS[now])
        later.setattr(Outreach, "trigger_event", trigger_next)
        later.setattr("campaign.storage.read_models.fingerprint", lambda reference: f"of tomorrow {reference}")
        mapping._reader.cache_clear()
        yield
    mapping._reader.cache_clear()


@pytest.fixture
def consultant(tmp_path):
    """Somebody with a home of today: a call, a visit and a yield of it."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "accepted", "--visit", "2012-11-12")
    somebody.says("visit", TIMBER, "held", "--yield", "internship:2")
    return somebody


def rows(somebody):
    with closing(sqlite3.connect(somebody.home / "events.db")) as log:
        return log.execute("SELECT * FROM stored_events ORDER BY position").fetchall()


def figures(somebody):
    return somebody.says("rates", "--json"), somebody.says("yields", "--json"), somebody.says("funnel", "--json")


def test_a_home_of_today_opens_in_the_next_version_with_the_same_figures(consultant):
    before, stored = figures(consultant), rows(consultant)

    with next_version():
        after = figures(consultant)
        told = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]
        proved = consultant.types("verify")

    assert after == before
    assert rows(consultant) == stored
    assert [row["channel"] for row in told if row["fact"] == "NextCall"] == ["phone"]
    assert [row["amount"] for row in told if row["fact"] == "NextYield"] == [2]
    assert proved.exit_code == 0


def test_entries_of_the_next_version_follow_those_of_today(consultant):
    with next_version():
        consultant.says("call", TIMBER, "busy")
        consultant.says("yield", TIMBER, "internship:3", "--again")
        consultant.says("retract", json.loads(consultant.says("history", TIMBER, "--json"))["rows"][1]["entry"], *WHY)
        calls = json.loads(consultant.says("rates", "--json"))["total"]["calls"]
        positions = json.loads(consultant.says("rates", "--json"))["total"]["positions"]
        assert consultant.types("verify").exit_code == 0

    assert (calls, positions) == (1, 5)
    names = ("Outreach.CallLogged", "Outreach.YieldRecorded")
    later = [msgspec.json.decode(row[4]) for row in rows(consultant) if row[3] in names][2:]
    assert [state["class_version"] for state in later] == [2, 2]
    assert (later[0]["channel"], later[1]["amount"]) == ("phone", 3)


WHY = ("--because", "by mistake")


@pytest.mark.parametrize("line", golden_lines(), ids=lambda line: f"{line['release']} {line['topic']}")
def test_the_stored_events_of_every_release_are_read_by_the_next_version(line):
    row = StoredEvent(UUID(line["originator_id"]), line["version"], line["topic"], line["state"].encode())
    renamed = {"positions": "amount"} if line["topic"] == "Outreach.YieldRecorded" else {}
    added = {"channel": "phone"} if line["topic"] == "Outreach.CallLogged" else {}

    with next_version():
        event = TypedMapper().to_domain_event(row)

    added |= ADDED_FIELDS.get((line["release"], line["topic"]), {})
    expected = {renamed.get(name, name): value for name, value in line["read"].items()} | added
    assert {name: str(value) for name, value in asdict(event).items()} == expected


@pytest.mark.parametrize("command", [("rates",), ("history", TIMBER), ("call", TIMBER, "busy", "--again"), ("verify",)])
def test_this_version_refuses_entries_of_the_next_in_a_sentence(consultant, command):
    with next_version():
        consultant.says("call", TIMBER, "busy")
    (consultant.home / "views.db").unlink(missing_ok=True)

    result = consultant.types(*command)

    assert result.exit_code == 4
    assert "Outreach.CallLogged" in result.stderr
    assert "it is of version 2 and this program knows 1: upgrade first" in result.stderr


def test_an_entry_of_the_next_version_is_refused_as_such_and_not_for_its_fields():
    line = next(line for line in golden_lines() if line["topic"] == "Outreach.CallLogged")
    state = {**msgspec.json.decode(line["state"]), "class_version": 2, "channel": "phone"}

    with pytest.raises(EventUnreadable, match="of version 2 and this program knows 1"):
        TypedMapper().event(UUID(int=1), 2, "Outreach.CallLogged", msgspec.json.encode(state))


# A home of a store that this version does not know


@pytest.fixture
def newer(consultant):
    """Somebody with a home whose log and tables are of another make."""
    consultant.says("rebuild")
    with closing(sqlite3.connect(consultant.home / "events.db")) as log, log:
        log.execute("PRAGMA user_version = 99")
        log.execute("ALTER TABLE stored_events RENAME TO facts_of_tomorrow")
    return consultant


ENTRY = "a34fd29c"
TOUCHING = {
    "call": [(TIMBER, "busy"), ("nordvang", "busy"), (TIMBER, "busy", "--campaign", "luk-op")],
    "book": [(TIMBER, "2012-11-20"), (TIMBER, "2012-11-20", "--campaign", "luk-op")],
    "visit": [(TIMBER, "held"), (TIMBER, "held", "--campaign", "luk-op")],
    "yield": [(TIMBER, "internship"), (TIMBER, "internship", "--campaign", "luk-op")],
    "started": [(TIMBER,), (TIMBER, "--never", "--campaign", "luk-op")],
    "allow": [(TIMBER, "consent"), (TIMBER, "consent", "--campaign", "luk-op")],
    "today": [(), ("--all", "--campaign", "luk-op")],
    "overdue": [(), ("--by", "office", "--campaign", "luk-op")],
    "undo": [(), (ENTRY,), ("--batch", ENTRY)],
    "retract": [(ENTRY, *WHY)],
    "history": [(TIMBER,), ("nordvang",)],
    "company": [(TIMBER,), ("nordvang",), (TIMBER, "--name", "X")],
    "contact": [("list",), ("list", TIMBER), ("show", TIMBER), ("add", TIMBER, "--name", "X")],
    "rates": [(), ("--campaign", "luk-op"), ("--by", "campaign")],
    "yields": [(), ("--campaign", "luk-op")],
    "funnel": [(), ("--campaign", "luk-op")],
    "targets": [(), ("--scored",), ("--keep",)],
    "cohorts": [(), ("--of", "visits"), ("--campaign", "luk-op")],
    "entries": [("--of", "calls"), ("--of", "calls", "--campaign", "luk-op")],
    "report": [("-o", "-"), ("-o", "-", "--campaign", "luk-op")],
    "changes": [("--since", "2012-11-12"), ("--since", "2012-11-12", "--campaign", "luk-op")],
    "export": [
        ("totals", "-o", "-"),
        ("totals", "-o", "-", "--campaign", "luk-op"),
        ("contribution", "-o", "-", "--key-file", "KEY"),
        ("entries", "-o", "-"),
        ("entries", "-o", "-", "--with-people", *WHY),
    ],
    "collect": [("HOME", "-o", "-", "--key-file", "KEY")],
    "plan": [("other", "--title", "T", "--from", "2012-09-03", "--to", "2013-06-30")],
    "target": [("luk-op", "calls", "5")],
    "import": [("CALLS",), ("CALLS", "--campaign", "luk-op"), ("CALLS", "--campaign", "luk-op", "--dry-run")],
    "init": [(), ("--office", "306")],
    "verify": [(), ("--json",)],
    "move": [("postgresql://campaign_migrator@localhost/campaign",)],
    "backup": [("BACKUP",)],
    "rebuild": [()],
    "erase": [(ENTRY, *WHY)],
    "retention": [("set", "luk-op", "--keep-until", "2020-01-01"), ("run",), ("run", "--dry-run"), ("log",)],
}
ELSEWHERE = {"board", "demo", "follow", "restore", "views", "completion", "doctor"}
"""What touches no home, makes a new one, or has a test of its own."""


def test_every_command_is_held_to_it():
    assert {name for commands in cli.COMMANDS.values() for name in commands} == set(TOUCHING) | ELSEWHERE


def a_key(folder):
    """The key of a region."""
    new_key(folder / "region.key", bytes(32))
    return str(folder / "region.key")


@pytest.mark.parametrize(
    ("command", "more"),
    [(name, more) for name, variants in TOUCHING.items() for more in variants],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_a_home_of_a_newer_store_is_refused_and_left_as_it_is(newer, tmp_path, command, more):
    calls = tmp_path / "calls.csv"
    calls.write_text("ref;cvr;called_at;consultant;office;outcome\n1;26099382;2012-11-12;abcd;306;busy\n")
    there = {"CALLS": str(calls), "BACKUP": str(tmp_path / "backup"), "HOME": str(newer.home), "KEY": a_key(tmp_path)}
    before = {path.name: path.read_bytes() for path in newer.home.glob("*.db")}

    result = newer.types(command, *(there.get(word, word) for word in more))

    assert result.exit_code == 2
    assert result.stderr == "A newer version wrote this data directory (store 99, this one knows 1). Upgrade first.\n"
    assert result.stdout == ""
    assert {path.name: path.read_bytes() for path in newer.home.glob("*.db")} == before
    assert not (newer.home / "config.toml").exists()
    assert not (tmp_path / "backup").exists()


def test_doctor_finds_that_a_home_is_of_a_newer_store(newer):
    result = newer.types("doctor", "--json")

    assert result.exit_code == 4
    home = next(check for check in json.loads(result.stdout)["checks"] if check["what"] == "home")
    assert not home["ok"]
    assert home["found"] == "A newer version wrote this data directory (store 99, this one knows 1). Upgrade first."


@pytest.mark.parametrize(
    "typed",
    [("call", "2609"), ("call", "nordv"), ("call", TIMBER, "busy", "--campaign", ""), ("rates", "--consultant", "")],
)
def test_completion_offers_nothing_of_a_home_of_a_newer_store(newer, consultant, typed):
    typing = {"COMP_WORDS": " ".join(("campaign", *typed)), "COMP_CWORD": str(len(typed))}
    asked = {"_CAMPAIGN_COMPLETE": "bash_complete", **typing}
    environment = {name: value for name, value in (newer.environment | asked).items() if value}

    run = subprocess.run([sys.executable, "-m", "cli"], env=environment, capture_output=True, text=True)

    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")


def test_another_company_is_called_in_a_home_of_this_store(consultant):
    """That the commands above are refused for the store, and not for their words."""
    assert consultant.types("call", BAKERY, "busy").exit_code == 0
