"""What all tests share: golden files and how to renew them, a log of one's own, and how hypothesis behaves here."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from campaign.app import CampaignTracker

GOLDEN = Path(__file__).parent / "golden"

# Two workers share the machine with whatever else runs on it: a slow example is no fault, and the same ones come again.
settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write golden files anew instead of comparing")


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
    tracker = CampaignTracker(tmp_path / "events.db", lambda: noon)
    tracker.create()
    return tracker
