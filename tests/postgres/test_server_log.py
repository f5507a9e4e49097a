"""The log on a real PostgreSQL: what appending checks and sets there, and that nothing goes in twice or goes missing."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from postgres_servers.shared import appoint, make_database
from server_databases import MIGRATOR, address, drop_database, new_database, server
from stress.server_roles import an_event

from campaign.app import CampaignTracker
from campaign.storage.mapper import StoredFact
from campaign.storage.ports import AccessDenied
from campaign.storage.postgres.addresses import address as parsed
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog
from campaign.storage.postgres.schema_setup import set_up
from campaign.storage.verification import verify
from campaign.undo import latest_act
from domain.acts import Act
from domain.calls import Call
from domain.outcomes import Outcome

NOON = datetime(2012, 11, 30, 11, tzinfo=UTC)
CVR = "26099382"


@pytest.fixture
def database():
    name = new_database()
    yield name
    drop_database(name)


@pytest.fixture
def as_role(database):
    opened = []

    def tracker(role, clock=lambda: NOON):
        opened.append(Connection(parsed(address(role, database))))
        return CampaignTracker(PostgresEventLog(opened[-1], clock))

    yield tracker
    for connection in opened:
        connection.close()


@pytest.fixture
def coordinator(as_role):
    tracker = as_role("coordinator")
    tracker.plan(act(), "luk-op", "Luk op", date(2012, 9, 3), date(2013, 6, 30))
    return tracker


def act(office="306", at=date(2012, 11, 30)):
    return Act(uuid4(), at, "abcd", office, NOON, NOON.date())


def stored(owner, version, office="306", entry=None, topic=""):
    topic = topic or ("Outreach.Opened" if version == 1 else "Outreach.CallLogged")
    event = an_event(topic, office, owner.hex)
    said = json.loads(event.state) | ({"entry": str(entry)} if entry else {})
    return StoredFact(owner, version, topic, json.dumps(said).encode(), UUID(said["entry"]))


def rows(database):
    return server().run("SELECT * FROM campaign.stored_events ORDER BY position", database=database)


def test_the_chain_the_server_computes_is_the_one_a_file_has(coordinator):
    coordinator.log_call(act(), "luk-op", CVR, Call(Outcome.ACCEPTED), date(2012, 12, 4))
    coordinator.log_call(act("147"), "luk-op", CVR, Call(Outcome.BUSY))

    verdict = verify(coordinator.store, coordinator.mapper)

    assert (verdict.fault, verdict.events) == (None, 5)
    assert coordinator.store.head() == (5, verdict.head)


def test_the_same_entries_again_are_there_already_and_change_nothing(coordinator, database):
    event = stored(uuid4(), 1)
    first = coordinator.store.append([event])

    again = coordinator.store.append([event])

    assert again == first
    assert len(rows(database)) == 2


def test_what_may_come_meanwhile_is_gone_behind_and_what_may_not_is_a_conflict(coordinator):
    owner = uuid4()
    coordinator.store.append([stored(owner, 1), stored(owner, 2)])
    coordinator.store.append([stored(owner, 3), stored(owner, 4, topic="Outreach.VisitBooked")])
    mine = [stored(owner, 3), stored(owner, 4)]

    with pytest.raises(IntegrityError):
        coordinator.store.append(mine, (), ["Outreach.CallLogged"])
    with pytest.raises(IntegrityError):
        coordinator.store.append(mine)
    coordinator.store.append(mine, (), ["Outreach.CallLogged", "Outreach.VisitBooked"])
    coordinator.store.append([stored(owner, 1)], (), ["*"])

    (there,) = coordinator.store.streams([owner])
    assert [event.originator_version for event in there[1]] == [1, 2, 3, 4, 5, 6, 7]
    assert coordinator.store.append(mine) == [6, 7]  # and said again they are there already


def test_an_entry_of_that_id_with_other_content_is_a_conflict(coordinator):
    event = stored(uuid4(), 1)
    coordinator.store.append([event])

    with pytest.raises(IntegrityError):
        coordinator.store.append([stored(event.originator_id, 2, entry=event.entry)])


def test_an_act_of_which_a_part_is_there_is_a_conflict_and_adds_nothing(coordinator, database):
    event = stored(uuid4(), 1)
    coordinator.store.append([event])

    with pytest.raises(IntegrityError):
        coordinator.store.append([event, stored(event.originator_id, 2)])
    assert len(rows(database)) == 2


@pytest.mark.parametrize("versions", [(2,), (1, 3), (3, 4), (0,), (1, 1)])
def test_versions_without_gaps_from_one_on_are_all_that_is_taken(database, versions):
    owner = uuid4()
    strict = f"{database}_strict"
    make_database(server(), strict)
    appoint(server(), [("coordinator", "coordinator", "")], strict)
    recorder = PostgresEventLog(Connection(parsed(address("coordinator", strict))), lambda: NOON)
    try:
        with pytest.raises(IntegrityError):
            recorder.append([stored(owner, version) for version in versions])
        assert rows(strict) == []
        assert recorder.append([stored(owner, 1), stored(owner, 2)]) == [1, 2]
    finally:
        recorder.connection.close()
        drop_database(strict)


def test_the_server_says_when_something_was_recorded_whatever_a_client_says(database):
    own = f"{database}_own_clock"
    make_database(server(), own)
    appoint(server(), [("coordinator", "coordinator", "")], own)
    recorder = PostgresEventLog(Connection(parsed(address("coordinator", own))), lambda: NOON)
    try:
        recorder.append([stored(uuid4(), 1)])
        with recorder.connection.open() as made:
            event = stored(uuid4(), 1)
            values = (
                [event.originator_id.hex],
                [1],
                [event.topic],
                [event.state],
                [event.entry.hex],
                None,
                "1999-01-01",
            )
            made.execute(f"SELECT campaign.append({', '.join(['%s'] * 7)})", values)
        moments = [datetime.fromisoformat(row[6]) for row in rows(own)]
        assert all(abs(datetime.now(UTC) - moment) < timedelta(minutes=1) for moment in moments)
    finally:
        recorder.connection.close()
        drop_database(own)


def test_no_moment_is_before_the_one_before_it(as_role, database):
    as_role("coordinator").store.append([stored(uuid4(), 1)])
    as_role("coordinator", lambda: NOON - timedelta(days=400)).store.append([stored(uuid4(), 1)])

    first, second = (row[6] for row in rows(database))

    assert first == second == "2012-11-30T11:00:00.000000+00:00"


def test_an_office_appends_for_itself_and_for_no_other(coordinator, as_role):
    own = as_role("office_306")
    own.log_call(act("306"), "luk-op", CVR, Call(Outcome.BUSY))

    with pytest.raises(AccessDenied, match="office_306 logs for office 306 only, and this is of office '147'"):
        own.log_call(act("147"), "luk-op", CVR, Call(Outcome.NO_ANSWER))
    with pytest.raises(
        AccessDenied, match="it logs for office 306 only"
    ):  # and the server says so, whatever a client is
        own.store.append([stored(uuid4(), 1, "147")])


def test_an_office_is_not_told_who_of_another_did_something_or_why(coordinator, as_role):
    coordinator.log_call(act("147"), "luk-op", CVR, Call(Outcome.BUSY))
    (logged,) = as_role("office_306").outreach("luk-op", CVR).facts.values()

    assert (logged.office, logged.by, logged.outcome) == ("147", "", Outcome.BUSY)
    assert logged.act == UUID(int=0)  # with it what is left out could be guessed from the hash of the row
    (whole,) = coordinator.outreach("luk-op", CVR).facts.values()
    assert whole.by == "abcd"


def test_what_was_remembered_is_read_anew_once_something_else_may_answer(coordinator, database):
    coordinator.log_call(act(), "luk-op", CVR, Call(Outcome.BUSY))
    coordinator.log_call(act(), "luk-op", CVR, Call(Outcome.NO_ANSWER))
    assert len(coordinator.outreach("luk-op", CVR).calls) == 2

    # As after the promotion of a standby that had not heard of the last call.
    server().run("DELETE FROM campaign.stored_events WHERE position = 4", database=database)
    gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = 'coordinator'"
    server().run(gone, database)

    assert len(coordinator.outreach("luk-op", CVR).calls) == 1


def test_an_act_with_a_note_that_is_said_again_adds_nothing(coordinator, database):
    same = act()
    coordinator.log_call(same._replace(note="asked for Jens"), "luk-op", CVR, Call(Outcome.BUSY))
    there = len(rows(database))

    assert coordinator.log_call(same._replace(note="asked for Jens"), "luk-op", CVR, Call(Outcome.BUSY)) == []
    assert len(rows(database)) == there


def test_trap_2_a_reader_that_follows_by_position_misses_nothing(database, as_role):
    reader, seen, writers = as_role("coordinator"), [], [as_role("coordinator") for _ in range(6)]

    def log(tracker):
        for _ in range(40):
            tracker.store.append([stored(uuid4(), 1), stored(uuid4(), 1)])

    threads = [Thread(target=log, args=(tracker,)) for tracker in writers]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or len(seen) < reader.store.last_issued():
        after = seen[-1] if seen else 0
        seen += [n.id for n in reader.store.select_notifications(after, 500, inclusive_of_start=False)]
    for thread in threads:
        thread.join()

    assert seen == list(range(1, 6 * 40 * 2 + 1))


def test_trap_7_a_process_that_logs_has_one_connection(coordinator, as_role, database):
    tracker = as_role("office_306")
    tracker.log_call(act(), "luk-op", CVR, Call(Outcome.BUSY))

    there = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename = 'office_306'"
    assert server().run(there, database) == [(1,)]


def test_trap_12_much_at_once_goes_in_as_transactions_of_at_most_500_whole_aggregates_in_each(coordinator, database):
    events = [stored(owner, version) for owner in (uuid4() for _ in range(900)) for version in (1, 2, 3)]

    positions = coordinator.store.append(events)

    assert positions == list(range(2, 2 + len(events)))
    by_transaction = "SELECT count(*), count(DISTINCT originator_id) FROM campaign.stored_events WHERE position > 1 GROUP BY xmin::text"
    parts = server().run(by_transaction, database=database)
    assert max(many for many, _ in parts) <= 500
    assert sum(owners for _, owners in parts) == 900


def test_trap_17_a_nul_is_refused_before_it_gets_here(coordinator):
    with pytest.raises(psycopg.DataError):
        coordinator.store.append([StoredEvent(uuid4(), 1, "Outreach.CallLogged", b'{"office": "\x00"}')])


def test_trap_18_who_may_only_append_can_lock_and_log_and_change_nothing(coordinator, as_role):
    own = as_role("office_306")
    own.log_call(act(), "luk-op", CVR, Call(Outcome.BUSY))

    for change in (
        "INSERT INTO campaign.stored_events SELECT * FROM campaign.stored_events",
        "UPDATE campaign.stored_events SET topic = topic",
        "DELETE FROM campaign.stored_events",
        "TRUNCATE campaign.stored_events",
        "UPDATE campaign.head SET position = 0",
    ):
        with pytest.raises(AccessDenied, match="this role may not"):
            own.store.connection.once(lambda made, change=change: made.execute(change))


def test_a_reason_in_a_note_goes_in_with_its_event_or_not_at_all(coordinator, as_role, database):
    own = as_role("office_306")
    own.log_call(act()._replace(note="asked for Jens"), "luk-op", CVR, Call(Outcome.BUSY))

    texts = server().run("SELECT kind, content, office FROM campaign.texts", database=database)
    assert texts == [("note", "asked for Jens", "306")]
    with pytest.raises(AccessDenied):
        own.log_call(act("147")._replace(note="not to be kept"), "luk-op", CVR, Call(Outcome.NO_ANSWER))
    assert len(server().run("SELECT 1 FROM campaign.texts", database=database)) == 1


def test_a_text_to_which_no_entry_is_committed_is_not_kept(coordinator, as_role, database):
    from campaign.storage.personal_texts import NAME, Text

    own = as_role("office_306")
    planted = Text.new(act(), NAME, uuid4(), CVR, "Somebody Else")

    event = stored(uuid4(), 1)
    values = ([event.originator_id.hex], [1], [event.topic], [event.state], [event.entry.hex])
    row = {"id": planted.id.hex, "content": planted.content, "salt": planted.salt.hex()}
    with pytest.raises(AccessDenied, match="a text is not the one that an entry says"):
        own.store.connection.once(
            lambda made: made.execute(
                "SELECT campaign.append(%s, %s, %s, %s, %s, %s::jsonb)", (*values, json.dumps([row]))
            )
        )
    assert server().run("SELECT count(*) FROM campaign.texts", database=database) == [(0,)]


def test_the_migrator_is_for_setting_up_and_for_nothing_else(database):
    connection = Connection(parsed(address(MIGRATOR, database)))

    with pytest.raises(Exception, match="owns the tables, and is for campaign init --server and campaign move only"):
        connection.fetch("SELECT 1")


def test_the_ids_of_the_log_come_back_as_ids(coordinator):
    coordinator.log_call(act(), "luk-op", CVR, Call(Outcome.BUSY))

    (latest,) = latest_act(coordinator, "abcd")

    assert isinstance(latest.originator, UUID)
    assert coordinator.entry_named(latest.entry.hex[:8]) == latest


def test_a_database_of_the_version_before_is_brought_up_with_all_that_is_in_it(monkeypatch):
    name = f"campaign_before_{os.getpid()}"
    server().drop_database(name)
    with monkeypatch.context() as before:
        before.setattr("campaign.storage.postgres.schema_setup.VERSION", 1)
        make_database(server(), name, rehearsal=True)
    try:
        done = set_up(parsed(address(MIGRATOR, name)))
        again = set_up(parsed(address(MIGRATOR, name)))
        with psycopg.connect(address(MIGRATOR, name)) as migrator:
            migrator.execute("SET ROLE campaign_owner")
            fits = "SELECT campaign.fits(%s::jsonb, %s::jsonb)"
            shape = '{"type": "array", "items": {"type": "integer"}}'
            told = [migrator.execute(fits, (said, shape)).fetchone()[0] for said in ("[1, 2]", '[1, "x"]', "[]", "7")]
    finally:
        drop_database(name)

    assert (done.before, done.version, again.before) == (1, 3, 3)
    assert told == [True, False, True, False]
