"""What all tests share: golden files and how to renew them, a log of one's own, and how hypothesis behaves here."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from campaign.app import CampaignTracker
from campaign.storage.sqlite.log import SqliteEventLog

GOLDEN = Path(__file__).parent / "golden"
MEMORY = Path("/dev/shm")
ROOM = 4 << 30  # bytes: the temporary folders of three runs, and the servers

# Two workers share the machine with whatever else runs on it: a slow example is no fault, and the same ones come again.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing")
    parser.addoption("--store", choices=["sqlite", "postgres"], default="sqlite", help="where tests feed read models")


def pytest_configure(config):
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:  # no test waits for a disk
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
    if config.getoption("--store") == "postgres":  # the laws are looked for in SQLite; here it is held against them
        settings.register_profile("server", settings.get_profile("house"), max_examples=10)
        settings.load_profile("server")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--store") == "postgres":
        selected = [i for i in items if i.get_closest_marker("both_stores") and not i.get_closest_marker("files")]
        config.hook.pytest_deselected(items=[item for item in items if item not in selected])
        items[:] = selected


@pytest.fixture(scope="session", autouse=True)
def _store(request) -> Iterator[None]:
    """With ``--store postgres``: a database of this worker's own, on the server that CAMPAIGN_TEST_SERVER names or a new one."""
    if request.config.getoption("--store") == "sqlite":
        yield
        return
    import campaign_builder
    import server_databases
    import terminal_user

    import campaign.storage.read_models  # noqa: F401 - it has a table of its own

    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    campaign_builder.database = campaign_builder.Database(
        server_databases.server().admin, f"told_{worker}_{os.getpid()}"
    )
    terminal_user.database_factory = lambda like: server_databases.address(
        "coordinator", server_databases.new_database(like)
    )
    yield
    campaign_builder.database.drop()


@pytest.fixture(autouse=True)
def _close() -> Iterator[None]:
    """What a test opened on a server is closed behind it."""
    yield
    if "terminal_user" in sys.modules:
        sys.modules["terminal_user"].close_databases()


@pytest.fixture
def golden(request) -> Callable[[str, str], None]:
    """Compares a text with tests/golden/NAME, byte for byte."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.exists(), f"tests/golden/{name} is not there; make it with: pytest --update-golden"
        assert text == path.read_bytes().decode()

    return compare


@pytest.fixture
def noon() -> datetime:
    """The moment at which every test happens that does not say otherwise: 30 November 2012, 12:00 in Copenhagen."""
    return datetime(2012, 11, 30, 11, 0, tzinfo=UTC)


@pytest.fixture
def tracker(tmp_path, noon) -> CampaignTracker:
    """An empty log, and all that a person can do with it."""
    tracker = CampaignTracker(SqliteEventLog.at(tmp_path / "events.db", lambda: noon))
    tracker.store.create_table()
    return tracker
