"""Whatever is altered in the log behind the program's back is noticed, at its position."""

import sqlite3
from contextlib import closing
from uuid import uuid4

import msgspec
import pytest
from aggregate_fixtures import CVR, SLUG, act, day
from eventsourcing.persistence import StoredEvent
from terminal_user import TIMBER, new_consultant

from campaign.app import CampaignTracker
from campaign.storage import verification
from campaign.storage.hash_chain import link
from campaign.storage.mapper import StoredFact, TypedMapper
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.storage.verification import verify
from domain.calls import Call
from domain.outcomes import Outcome

LAST = 9


@pytest.fixture
def log(tracker):
    """A log of nine rows: a plan, a company opened, and seven calls."""
    tracker.plan(act("11-01"), SLUG, "Luk op", day("11-01"), day("12-31"))
    for number in range(7):
        tracker.log_call(act(f"11-{number + 5:02}"), SLUG, CVR, Call(Outcome.BUSY))
    return tracker


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.db"


def by_force(path, *statements):
    """What somebody does to the file behind the program's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1, "nothing was altered"


def as_another(row, originator, version):
    """The same said once more, as another entry, of that aggregate and in that place of its history."""
    entry = uuid4()
    state = msgspec.json.encode({**msgspec.json.decode(row.state), "entry": entry})
    return StoredFact(originator, version, row.topic, state, entry)


def verdict(log):
    return verify(log.store, TypedMapper())


def test_a_log_that_is_what_was_written_has_no_fault(log):
    found = verdict(log)

    assert (found.position, found.fault) == (None, None)
    assert (found.events, found.head) == (LAST, log.store.head()[1])


def test_an_empty_log_has_no_fault(tracker):
    found = verdict(tracker)

    assert (found.events, found.head, found.position, found.fault) == (0, bytes(32), None, None)


@pytest.mark.parametrize("position", [1, 5, LAST])
@pytest.mark.parametrize(
    "alteration",
    [
        "state = CAST(replace(CAST(state AS TEXT), '306', '101') AS BLOB)",
        "recorded_at = '2012-11-30T11:00:00.000001+00:00'",
        "topic = 'Outreach.VisitMissed'",
        "originator_id = '00000000000000000000000000000001'",
        "originator_version = originator_version + 100",
        "entry = '00000000000000000000000000000001'",
        "entry = NULL",
        "hash = zeroblob(32)",
        "hash = x''",
        "state = x'ff'",
    ],
)
def test_a_row_that_was_altered_is_the_first_bad_position(log, path, position, alteration):
    by_force(path, f"UPDATE stored_events SET {alteration} WHERE position = {position}")

    found = verdict(log)

    assert found.position == position
    assert found.fault
    assert found.events == position - 1


def test_of_several_alterations_the_first_is_named(log, path):
    by_force(
        path,
        "UPDATE stored_events SET topic = 'x' WHERE position = 7",
        "UPDATE stored_events SET recorded_at = '' WHERE position = 4",
    )

    assert verdict(log).position == 4


def test_rows_that_changed_places_are_noticed_at_the_first(log, path):
    by_force(
        path,
        "UPDATE stored_events SET position = -1 WHERE position = 4",
        "UPDATE stored_events SET position = 4 WHERE position = 6",
        "UPDATE stored_events SET position = 6 WHERE position = -1",
    )

    assert verdict(log).position == 4


@pytest.mark.parametrize("position", [1, 5])
def test_a_row_deleted_in_the_middle_is_noticed_at_its_position(log, path, position):
    by_force(path, f"DELETE FROM stored_events WHERE position = {position}")

    found = verdict(log)

    assert found.position == position
    assert f"position {position} is gone; the next row is {position + 1}" in found.fault


def test_a_deleted_tail_is_noticed_at_its_first_position(log, path):
    by_force(path, *(f"DELETE FROM stored_events WHERE position = {n}" for n in (8, 9)))

    found = verdict(log)

    assert found.position == 8
    assert "8 to 9 are gone" in found.fault


def test_a_row_slipped_in_with_its_own_hash_breaks_the_next(log, path):
    by_force(
        path,
        "UPDATE stored_events SET position = 10 WHERE position = 9",
        "INSERT INTO stored_events SELECT 9, originator_id, 99, topic, state, 'x', recorded_at, hash "
        "FROM stored_events WHERE position = 8",
    )

    assert verdict(log).position == 9


def test_faults_behind_the_first_batch_are_found(log, path, monkeypatch):
    monkeypatch.setattr(verification, "_BATCH", 2)
    monkeypatch.setattr(verification, "_STREAMS", 1)
    seen = []

    assert verify(log.store, TypedMapper(), seen.append).fault is None
    assert seen == [2, 2, 2, 2, 1]

    by_force(path, "UPDATE stored_events SET recorded_at = '' WHERE position = 6")
    assert verdict(log).position == 6


def test_an_event_that_cannot_be_read_is_a_fault_although_the_chain_fits(log):
    owner = log.outreach(SLUG, CVR).id
    log.store.insert_events([StoredEvent(owner, 9, "Outreach.CallLogged", b'{"by":"anna"}')])

    found = verdict(log)

    assert found.position == LAST + 1
    assert "Outreach.CallLogged" in found.fault


def test_a_history_that_cannot_be_replayed_is_a_fault_although_the_chain_fits(log):
    outreach = log.outreach(SLUG, CVR)
    row = log.store.select_events(outreach.id)[-1]
    log.store.insert_events([as_another(row, outreach.id, row.originator_version + 2)])

    found = verdict(log)

    assert outreach.id.hex in found.fault
    assert "cannot be replayed" in found.fault


def test_a_history_without_its_beginning_is_a_fault(log):
    row = log.store.select_events(log.outreach(SLUG, CVR).id)[-1]
    log.store.insert_events([as_another(row, uuid4(), row.originator_version)])

    assert "cannot be replayed" in verdict(log).fault


@pytest.mark.parametrize("count", ["7", "NULL", "'many'"])
def test_a_count_of_positions_that_was_set_back_is_a_fault(log, path, count):
    by_force(path, f"UPDATE sqlite_sequence SET seq = {count}")

    assert "the count was altered" in verdict(log).fault


@pytest.mark.parametrize("column", ["topic", "recorded_at", "entry"])
def test_text_that_is_none_is_a_fault(log, path, column):
    by_force(path, f"UPDATE stored_events SET {column} = CAST(x'ff' AS TEXT) WHERE position = 5")

    assert "the file is damaged, and cannot be read behind position 0" in verdict(log).fault


@pytest.mark.parametrize("hash", ["'text'", "7", "1.5"])
def test_a_hash_of_another_type_is_a_fault(log, path, hash):
    by_force(path, f"UPDATE stored_events SET hash = {hash} WHERE position = 5")

    assert verdict(log).position == 5


def test_an_index_that_leads_elsewhere_is_a_fault_although_every_row_fits(log, path):
    entry = log.store.rows(4, 1)[0][5].encode()
    log.store.datastore.close()
    content = path.read_bytes()
    places = [at for at in range(len(content)) if content.startswith(entry, at)]
    found = []
    for at in places:
        path.write_bytes(content[:at] + b"0" * len(entry) + content[at + len(entry) :])
        again = CampaignTracker(SqliteEventLog.at(path, log.store.clock))
        found.append(verdict(again).fault)
        again.store.close()

    assert len(places) > 1
    assert sum("its hash does not fit" in fault for fault in found) == 1
    assert [fault for fault in found if "index one_entry_once" in fault]


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER quietly AFTER INSERT ON stored_events BEGIN DELETE FROM stored_events; END",
        "DROP INDEX one_entry_once",
        "CREATE VIEW another AS SELECT 1",
    ],
)
def test_definitions_that_are_not_the_programs_are_a_fault(log, path, statement):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)

    assert "their definitions were altered" in verdict(log).fault


def test_statistics_that_somebody_had_sqlite_gather_are_none(log, path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ANALYZE")
        connection.commit()

    assert verdict(log).fault is None


def test_who_logs_at_the_end_of_the_verification_makes_no_fault(log, monkeypatch):
    read, at = log.store.chained_rows, ["11-20"]

    def and_somebody_logs(after, limit):
        rows = read(after, limit)
        if not rows and at:
            log.log_call(act(at.pop()), SLUG, CVR, Call(Outcome.BUSY))
        return rows

    monkeypatch.setattr(log.store, "chained_rows", and_somebody_logs)

    assert verdict(log).fault is None
    assert log.store.head()[0] == LAST + 1


def test_a_state_put_back_as_text_is_said_to_be_altered(log, path):
    by_force(path, "UPDATE stored_events SET state = CAST(state AS TEXT) WHERE position = 2")

    found = verdict(log)

    assert (found.position, found.fault) == (2, "its state is of another type than it was stored as: it was altered")


@pytest.mark.parametrize("column", ["topic", "state", "originator_id", "recorded_at", "entry", "hash"])
@pytest.mark.parametrize("kind", ["BLOB", "TEXT", "INTEGER"])
def test_a_value_of_another_type_ends_every_command_in_a_sentence(tmp_path, column, kind):
    consultant = new_consultant(tmp_path / "home")
    consultant.says("call", TIMBER, "busy")
    with sqlite3.connect(consultant.home / "events.db") as log:
        log.execute(f"UPDATE stored_events SET {column} = CAST({column} AS {kind}) WHERE position = 1")
    log.close()

    for words in (("doctor",), ("rates",), ("history", TIMBER), ("retention", "run"), ("undo",), ("contact", "list")):
        assert consultant.types(*words).exit_code in (0, 1, 3, 4), words


def rewritten(path, change, value):
    """The last row with another value, and a hash that fits."""
    with closing(sqlite3.connect(path)) as log, log:
        columns = "position, originator_id, originator_version, topic, state, entry, recorded_at"
        *_, (before,), last = [
            *log.execute("SELECT hash FROM stored_events WHERE position = ?", (LAST - 1,)),
            log.execute(f"SELECT {columns} FROM stored_events WHERE position = ?", (LAST,)).fetchone(),
        ]
        row = dict(zip(columns.split(", "), last, strict=True)) | {change: value}
        log.execute(
            f"UPDATE stored_events SET {change} = ?, hash = ? WHERE position = ?",
            (value, link(before, tuple(row.values())), LAST),
        )


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        ("originator_version", 8.5, "originator_version is of another type"),
        ("entry", "0" * 32, "another than the one it says itself"),
        ("entry", None, "another than the one it says itself"),
        ("recorded_at", "yesterday", "cannot be read"),
        ("recorded_at", "2001-01-01T00:00:00+00:00", "never goes back"),
        ("originator_id", "zz", "cannot be read"),
    ],
)
def test_a_value_that_cannot_be_is_noticed_although_its_hash_fits(log, path, column, value, told):
    rewritten(path, column, value)

    found = verdict(log)

    assert (found.position, told in found.fault) == (LAST, True)


@pytest.mark.parametrize("value", [1.5, 9e999])
def test_a_version_that_is_no_whole_number_is_noticed_and_ends_in_no_traceback(log, path, value):
    by_force(
        path, f"UPDATE stored_events SET originator_version = {value if value < 9e99 else '9e999'} WHERE position = 1"
    )

    assert "originator_version is of another type" in verdict(log).fault
