"""The log: durable, in positions that are issued once, chained, with every entry in it once, whoever else writes."""

import multiprocessing
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from aggregate_fixtures import CVR, SLUG, act, day, new_id
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, StoredEvent

from campaign.errors import CheckFault, SettingsFault, StoreFault
from campaign.storage.mapper import StoredFact
from campaign.storage.sqlite.disks import file_system, refuse_network_paths
from campaign.storage.sqlite.log import STORE_VERSION, DurableConnection, SqliteEventLog
from campaign.storage.sqlite.log_head import head, recorded_at
from domain.calls import Call
from domain.outcomes import Outcome

MOMENT = datetime(2012, 11, 30, 11, 0, 0, 5, tzinfo=UTC)


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "events.db"


@pytest.fixture
def clock() -> SimpleNamespace:
    """A clock that shows ``now``."""
    return SimpleNamespace(now=MOMENT)


@pytest.fixture
def recorder(path, clock) -> SqliteEventLog:
    return opened(path, lambda: clock.now)


def opened(path, clock=lambda: MOMENT) -> SqliteEventLog:
    """The log at ``path``, made when it is not there."""
    recorder = SqliteEventLog.at(path, clock)
    recorder.create_table()
    return recorder


def facts(many=1, owner=None, first=1, topic="Outreach.InvitationSent", state=b"{}") -> list[StoredFact]:
    """As many stored events of one aggregate, each an entry of its own."""
    owner = owner or new_id()
    return [StoredFact(owner, first + n, topic, state, new_id()) for n in range(many)]


def by_force(path, statement, *values):
    """What somebody does to the file behind the program's back."""
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, values).fetchall()


def chained(recorder) -> bytes:
    """The hash of the last row, computed from the first row on; every hash on the way is the one stored."""
    before = bytes(32)
    for (position, owner, version, topic, state, entry, recorded), stored in recorder.chained_rows(0, 1_000):
        said = f"{position}|{owner}|{version}|{topic}|{entry or ''}|{recorded}|".encode()
        before = sha256(before + said + state).digest()
        assert stored == before, position
    return before


# Durability


def test_a_commit_is_on_the_disk_before_it_is_answered(recorder):
    for commit in (False, True):
        with recorder.datastore.transaction(commit=commit) as c:
            c.execute("PRAGMA synchronous")
            assert c.fetchone()[0] == 2
            c.execute("PRAGMA journal_mode")
            assert c.fetchone()[0] == "wal"


def test_a_connection_is_made_durable_whatever_the_library_was_built_with(path):
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("PRAGMA synchronous=OFF")

        DurableConnection(plain, None)

        assert plain.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_library_that_does_not_keep_commits_durable_is_refused():
    class Forgetful:
        def execute(self, statement):
            return SimpleNamespace(fetchone=lambda: (1,))

    with pytest.raises(InterfaceError, match="synchronous"):
        DurableConnection(Forgetful(), None)


def test_a_writer_takes_its_lock_at_once_and_a_reader_none(recorder, path):
    with recorder.datastore.transaction(commit=False), closing(sqlite3.connect(path, timeout=0)) as other:
        other.execute("BEGIN IMMEDIATE")
    with (
        recorder.datastore.transaction(commit=True),
        closing(sqlite3.connect(path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


READS = {
    "version": lambda r: r.check_version(),
    "issued": lambda r: r.last_issued(),
    "head": lambda r: r.head(),
    "notifications": lambda r: r.select_notifications(1, 10),
    "events": lambda r: r.select_events(new_id()),
    "rows": lambda r: r.rows(0, 10),
    "chained rows": lambda r: r.chained_rows(0, 10),
    "streams": lambda r: list(r.streams([new_id()])),
    "originators_of": lambda r: r.originators_of([new_id()]),
    "entries": lambda r: r.entries_beginning("a"),
    "an act": lambda r: r.entries_with("act", new_id()),
    "batches": lambda r: r.batches_beginning("a"),
    "by hand": lambda r: r.latest_by_hand("anna"),
    "aggregates": lambda r: r.originators("", 10),
    "campaigns": lambda r: r.campaigns(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_whoever_reads_waits_for_nobody(path, monkeypatch, read):
    monkeypatch.setattr("campaign.storage.sqlite.log._WAIT_SECONDS", 0.01)
    recorder = opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        read(recorder)


def test_a_log_that_is_busy_for_too_long_says_so(path, monkeypatch):
    monkeypatch.setattr("campaign.storage.sqlite.log._WAIT_SECONDS", 0.05)
    recorder = opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            recorder.insert_events(facts())
    assert recorder.head()[0] == 0


# Positions


def test_positions_are_issued_one_after_another(recorder):
    assert recorder.insert_events(facts(3)) == [1, 2, 3]
    assert recorder.insert_events(facts(2)) == [4, 5]
    assert recorder.insert_events([]) == []
    assert recorder.last_issued() == recorder.head()[0] == recorder.max_notification_id() == 5


def test_an_empty_log_has_issued_nothing(recorder):
    assert recorder.last_issued() == 0
    assert recorder.head() == (0, bytes(32))
    assert recorder.max_notification_id() is None


def test_a_position_is_never_issued_again_even_after_its_row_was_deleted(recorder, path):
    recorder.insert_events(facts(3))
    by_force(path, "DELETE FROM stored_events WHERE position = 3")

    by_force(
        path,
        "INSERT INTO stored_events (originator_id, originator_version, topic, state, recorded_at, hash) "
        "VALUES ('x', 1, 'x', x'', '', x'')",
    )

    assert by_force(path, "SELECT MAX(position) FROM stored_events") == [(4,)]


def test_nothing_is_appended_to_a_log_whose_tail_was_deleted(recorder, path):
    recorder.insert_events(facts(3))
    by_force(path, "DELETE FROM stored_events WHERE position = 3")

    with pytest.raises(CheckFault, match=r"position 3.*campaign verify"):
        recorder.insert_events(facts())

    assert by_force(path, "SELECT COUNT(*) FROM stored_events") == [(2,)]
    assert recorder.last_issued() == 3


# When it was recorded


@pytest.mark.parametrize("count", ["3", "'3x'", "NULL"])
def test_nothing_is_appended_where_the_count_of_positions_was_set_back(recorder, path, count):
    recorder.insert_events(facts(5))
    by_force(path, f"UPDATE sqlite_sequence SET seq = {count}")

    with pytest.raises(CheckFault, match="campaign verify"):
        recorder.insert_events(facts())
    with pytest.raises(CheckFault, match="campaign verify"):
        head(path)


@pytest.mark.parametrize("alteration", ["hash = 'x'", "recorded_at = x'00'"])
def test_nothing_is_appended_to_a_last_row_of_other_types(recorder, path, alteration):
    recorder.insert_events(facts(5))
    by_force(path, f"UPDATE stored_events SET {alteration} WHERE position = 5")

    with pytest.raises(CheckFault, match=r"position 5\) was altered"):
        recorder.insert_events(facts())


def test_the_moment_of_recording_is_kept_in_utc_to_the_microsecond(recorder, clock):
    clock.now = datetime(2012, 11, 30, 12, 0, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    recorder.insert_events(facts(2))

    assert [row[6] for row in recorder.rows(0, 10)] == ["2012-11-30T11:00:00.000005+00:00"] * 2


def test_the_moment_of_recording_never_runs_backwards(recorder, clock):
    recorder.insert_events(facts())
    clock.now = MOMENT - timedelta(days=400)
    recorder.insert_events(facts())
    clock.now = MOMENT + timedelta(seconds=1)
    recorder.insert_events(facts())

    moments = [row[6] for row in recorder.rows(0, 10)]
    assert moments == sorted(moments)
    assert moments[0] == moments[1] < moments[2]


# The chain


def test_every_row_is_linked_to_the_one_before(recorder):
    recorder.insert_events(facts(2, state="{æ}".encode()))
    recorder.insert_events([StoredEvent(new_id(), 1, "Outreach.Opened", b"{}")])

    assert recorder.head() == (3, chained(recorder))


# Each entry once


def test_an_entry_is_in_the_log_once_whatever_it_is_in(recorder):
    first = facts()
    recorder.insert_events(first)
    again = StoredFact(new_id(), 1, first[0].topic, b"{}", first[0].entry)

    with pytest.raises(IntegrityError):
        recorder.insert_events([*facts(2), again])

    assert recorder.head()[0] == recorder.last_issued() == 1


def test_an_aggregate_has_each_version_once(recorder):
    owner = new_id()
    recorder.insert_events(facts(2, owner))

    with pytest.raises(IntegrityError):
        recorder.insert_events(facts(1, owner, first=2))
    assert recorder.head()[0] == 2


def test_a_refused_append_leaves_the_log_as_it_was(recorder, tmp_path):
    owner = new_id()
    recorder.insert_events(facts(2, owner))
    with pytest.raises(IntegrityError):
        recorder.insert_events(facts(1, owner, first=2))

    assert recorder.insert_events(facts()) == [3]
    assert [b - a for (a, *_), (b, *_) in pairwise(recorder.rows(0, 9))] == [1, 1]


# Versions of the store


def test_a_store_of_a_newer_version_is_refused(recorder, path):
    recorder.check_version()
    assert by_force(path, "PRAGMA user_version") == [(STORE_VERSION,)]
    by_force(path, f"PRAGMA user_version = {STORE_VERSION + 1}")

    with pytest.raises(SettingsFault, match="newer version"):
        recorder.check_version()


def test_making_the_table_again_changes_nothing(recorder):
    recorder.insert_events(facts())

    recorder.create_table()

    assert recorder.head()[0] == 1


# What can be asked


def test_rows_are_given_in_order_behind_a_position(recorder):
    told = facts(5)
    recorder.insert_events(told)

    assert [row[0] for row in recorder.rows(2, 2)] == [3, 4]
    assert recorder.rows(5, 2) == []
    assert [row for row, _ in recorder.chained_rows(2, 2)] == recorder.rows(2, 2)
    assert [UUID(row[5]) for row in recorder.rows(0, 9)] == [fact.entry for fact in told]


def test_streams_are_given_in_the_order_of_versions_without_unknown_ones(recorder):
    one, two, three = new_id(), new_id(), new_id()
    recorder.insert_events([*facts(1, one), *facts(1, two), *facts(1, one, first=2), *facts(1, three)])

    found = dict(recorder.streams([two, one, new_id()]))

    assert {owner: [e.originator_version for e in events] for owner, events in found.items()} == {one: [1, 2], two: [1]}
    assert dict(recorder.streams([])) == {}


def test_the_owners_of_entries_are_found(recorder):
    told = facts(2)
    recorder.insert_events(told)

    assert recorder.originators_of([told[1].entry, new_id()]) == {told[1].entry: told[1].originator_id}
    assert recorder.originators_of([]) == {}


def test_entries_are_found_by_their_first_digits(recorder):
    told = [StoredFact(new_id(), 1, "Outreach.InvitationSent", b"{}", UUID(hex=d * 32)) for d in "0af"]
    recorder.insert_events(told)

    assert [e.entry for e in recorder.entries_beginning("aaaa")] == [told[1].entry]
    assert [e.entry for e in recorder.entries_beginning("f" * 32)] == [told[2].entry]
    assert recorder.entries_beginning("b") == []


def test_aggregates_are_listed_page_by_page(recorder):
    ids = sorted(new_id() for _ in range(5))
    for owner in ids:
        recorder.insert_events(facts(2, owner))

    assert recorder.originators("", 3) == [i.hex for i in ids[:3]]
    assert recorder.originators(ids[2].hex, 3) == [i.hex for i in ids[3:]]


@pytest.fixture
def logged(tracker):
    """A log with a campaign, an imported call, and what two people did; and the acts of it."""
    tracker.plan(act("11-01"), SLUG, "Luk op", day("11-01"), day("12-31"))
    acts = SimpleNamespace(
        first=act("11-05"), batch=act("11-06", batch=new_id()), bo=act("11-07", "bo"), last=act("11-08")
    )
    tracker.log_call(acts.first, SLUG, CVR, Call(Outcome.ACCEPTED), day("11-20"))
    tracker.log_call(acts.batch, SLUG, CVR, Call(Outcome.BUSY))
    tracker.log_call(acts.bo, SLUG, CVR, Call(Outcome.BUSY))
    tracker.log_call(acts.last, SLUG, CVR, Call(Outcome.NO_ANSWER))
    return SimpleNamespace(store=tracker.store, acts=acts, tracker=tracker)


def test_the_entries_of_an_act_and_of_a_batch_are_found_in_their_order(logged):
    of_act = logged.store.entries_with("act", logged.acts.first.id)
    of_batch = logged.store.entries_with("batch", logged.acts.batch.batch)

    named = [entry.topic for entry in of_act if entry.topic != "Outreach.Opened"]
    assert named == ["Outreach.CallLogged", "Outreach.VisitBooked"]
    assert [entry.entry for entry in of_batch] == [logged.acts.batch.entry("call")]
    assert logged.store.entries_with("act", new_id()) == []


def test_imports_are_found_by_their_first_digits(logged):
    batch = logged.acts.batch.batch

    assert logged.store.batches_beginning(batch.hex) == logged.store.batches_beginning(batch.hex[:30]) == [batch]
    assert logged.store.batches_beginning("f") == []


def test_what_a_person_logged_by_hand_is_found_newest_first(logged):
    latest = logged.store.latest_by_hand("anna")

    assert latest[0].entry == logged.acts.last.entry("call")
    assert logged.acts.batch.entry("call") not in [e.entry for e in latest]
    assert [e.entry for e in logged.store.latest_by_hand("bo")] == [logged.acts.bo.entry("call")]
    assert [e.position for e in latest] == sorted((e.position for e in latest), reverse=True)
    assert logged.store.latest_by_hand("anna", limit=1) == latest[:1]


def test_campaigns_are_found_oldest_first(logged):
    logged.tracker.plan(act("11-02"), "anden", "Anden", day("11-01"), day("12-31"))

    assert [c.slug for c in logged.tracker.campaigns()] == [SLUG, "anden"]


# The head, read apart


def test_the_head_is_read_without_what_writes_the_log(recorder, path):
    assert head(path) == 0
    recorder.insert_events(facts(3))

    assert head(path) == 3
    assert recorded_at(path, 3) == recorder.rows(2, 1)[0][6]
    assert recorded_at(path, 4) is None


@pytest.mark.parametrize("content", [None, b"", b"this is no database at all" * 100])
def test_a_head_that_cannot_be_read_is_a_fault(path, content):
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(StoreFault, match=r"events\.db"):
        head(path)


# Two at once


def _append(path, many, barrier):
    recorder = SqliteEventLog.at(path, lambda: datetime.now(UTC))
    owner = UUID(int=multiprocessing.current_process().pid)
    barrier.wait(60)
    for version in range(1, many + 1):
        recorder.insert_events([StoredFact(owner, version, "Outreach.InvitationSent", b"{}", an_entry(owner, version))])


def an_entry(owner, version) -> UUID:
    """The entry of a version, known to whoever looks for it."""
    return UUID(int=(owner.int << 64) + version)


def test_two_processes_that_append_at_once_lose_nothing(path):
    recorder, many, at_once = opened(path), 100, multiprocessing.get_context("spawn")
    barrier = at_once.Barrier(2)
    both = [at_once.Process(target=_append, args=(path, many, barrier)) for _ in range(2)]

    for process in both:
        process.start()
    for process in both:
        process.join(120)

    assert [process.exitcode for process in both] == [0, 0]
    rows = recorder.rows(0, 3 * many)
    assert [row[0] for row in rows] == list(range(1, 2 * many + 1))
    owners = [UUID(int=process.pid) for process in both]
    wanted = {an_entry(owner, version).hex for owner in owners for version in range(1, many + 1)}
    assert {row[5] for row in rows} == wanted
    assert recorder.head() == (2 * many, chained(recorder))
    assert len({tuple(row[1] for row in rows[n : n + 2]) for n in range(2 * many - 1)}) > 2, "they never took turns"


# Disks


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/local ext4 rw 0 0
//server/share /mnt/the\\040share cifs rw 0 0
me@server: /mnt/ssh fuse.sshfs rw 0 0
gluster /mnt/gluster fuse.glusterfs rw 0 0
/dev/sdc1 /mnt/usb fuse.ntfs-3g rw 0 0
"""


@pytest.fixture
def mounts(tmp_path) -> Path:
    """A system's list of what is mounted where."""
    file = tmp_path / "mounts"
    file.write_text(MOUNTS, encoding="utf-8")
    return file


@pytest.mark.parametrize("path", ["/home/anna/campaign", "/home", "/mnt/the share/x", "/mnt/ssh/x", "/mnt/gluster/a/b"])
def test_a_network_drive_is_refused(path, mounts):
    with pytest.raises(SettingsFault, match="network drive"):
        refuse_network_paths(Path(path), mounts)


@pytest.mark.parametrize("path", ["/srv/campaign", "/home/local/anna", "/homes/anna", "/mnt/the shares", "/mnt/usb/x"])
def test_a_local_disk_is_taken(path, mounts):
    refuse_network_paths(Path(path), mounts)


def test_a_link_to_a_network_drive_is_refused(tmp_path, mounts):
    (tmp_path / "link").symlink_to("/home/anna")

    with pytest.raises(SettingsFault, match="network drive"):
        refuse_network_paths(tmp_path / "link" / "campaign", mounts)


def test_a_share_named_by_its_server_is_refused(tmp_path, mounts):
    class Share:
        def resolve(self):
            return r"\\server\share\campaign"

    with pytest.raises(SettingsFault, match="network drive"):
        refuse_network_paths(Share(), tmp_path / "no mounts")


def test_a_system_without_a_list_of_mounts_is_taken_at_its_word(tmp_path):
    assert file_system("/home", tmp_path / "none") == ""
    refuse_network_paths(tmp_path, tmp_path / "none")


def test_the_last_mount_on_a_folder_is_the_one_that_counts(mounts):
    mounts.write_text("/dev/sda1 /data ext4 rw 0 0\nserver:/data /data nfs rw 0 0\n", encoding="utf-8")

    assert file_system("/data/x", mounts) == "nfs"
