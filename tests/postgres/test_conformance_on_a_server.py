"""The suites that eventsourcing ships for recorders, run against the log on a real PostgreSQL."""

from datetime import UTC, datetime

from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
)
from server_databases import address, drop_database, new_database

from campaign.storage.postgres.addresses import address as parsed
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog

# Not run, as for the log in a file: the suites for tracking and process recorders, factories and mappers, which are not
# the library's here; and subscriptions, in whose place whoever follows listens to the database.


class OwnConnections(PostgresEventLog):
    """A connection for each thread, since the suites share one recorder among several, as no command does."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.opened: dict[int, Connection] = {}
        super().__init__(None, lambda: datetime.now(UTC))  # type: ignore[arg-type]

    @property
    def connection(self) -> Connection:
        from threading import get_ident

        if get_ident() not in self.opened:
            self.opened[get_ident()] = Connection(parsed(self.where))
        return self.opened[get_ident()]

    @connection.setter
    def connection(self, _: object) -> None:
        pass

    def close(self) -> None:
        for connection in self.opened.values():
            connection.close()


class Unasked(OwnConnections):
    """Does not say which positions it issued, as the suite for aggregates wants it."""

    def insert_events(self, stored_events, **more):
        super().insert_events(stored_events, **more)


class InADatabase:
    """Every recorder has a database of its own."""

    recorder = OwnConnections

    def create_recorder(self) -> OwnConnections:
        database = new_database()
        recorder = self.recorder(address("coordinator", database))
        self.addCleanup(drop_database, database)
        self.addCleanup(recorder.close)
        self.addCleanup(_wait_for_threads)  # before the database goes under readers the suites leave behind
        return recorder


def _wait_for_threads() -> None:
    import threading

    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(30)


class TestAsRecorderOfAggregates(InADatabase, AggregateRecorderTestCase):
    recorder = Unasked
    test_performance = None  # a benchmark: it prints a number and asserts nothing


class TestAsRecorderOfAnApplication(InADatabase, ApplicationRecorderTestCase):
    test_performance = None  # a benchmark: it prints a number and asserts nothing


class TestPositionsDoNotInterleave(InADatabase, NonInterleavingNotificationIDsBaseCase):
    test = None

    def test_twenty_times(self):
        """It is a race between two writers; one run proves little."""
        for _ in range(20):
            super().test()


# Collected in our classes only.
del AggregateRecorderTestCase, ApplicationRecorderTestCase, NonInterleavingNotificationIDsBaseCase
