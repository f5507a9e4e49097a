"""The suites that eventsourcing ships for recorders, run against ours."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)

from campaign.storage.sqlite.log import DurableDatastore, SqliteEventLog
from campaign.storage.sqlite.texts import SqliteTexts

# Not run: the suites for tracking and process recorders, since nothing here records what it has processed beside the
# events; those for factories, mappers and transcoders, since the application makes its own parts and the mapper stores
# other bytes than the library's (test_mapper.py says what it promises); and the optional test of subscriptions, which
# no SQLite recorder has.


class _OnAFile:
    """Every recorder has a log of its own."""

    recorder = SqliteEventLog

    def create_recorder(self) -> SqliteEventLog:
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        datastore = DurableDatastore(str(Path(folder.name) / "events.db"))
        self.addCleanup(datastore.close)
        self.addCleanup(_wait_for_threads)  # before the log is closed under readers the suites leave behind
        recorder = self.recorder(datastore, lambda: datetime.now(UTC), SqliteTexts(Path(folder.name) / "people.db"))
        recorder.create_table()
        return recorder


def _wait_for_threads() -> None:
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(30)


class _Unasked(SqliteEventLog):
    """Does not say which positions it issued, as the suite for aggregates wants it."""

    def insert_events(self, stored_events, **more):
        super().insert_events(stored_events, **more)


class TestAsRecorderOfAggregates(_OnAFile, AggregateRecorderTestCase):
    recorder = _Unasked
    test_performance = None  # a benchmark: it prints a number and asserts nothing


class TestAsRecorderOfAnApplication(_OnAFile, ApplicationRecorderTestCase):
    test_performance = None  # a benchmark: it prints a number and asserts nothing


class TestPositionsDoNotInterleave(_OnAFile, NonInterleavingNotificationIDsBaseCase):
    test = None

    def test_ten_times(self):
        """It is a race between two writers; one run proves little."""
        for _ in range(10):
            super().test()


# Collected in our classes only.
del AggregateRecorderTestCase, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
