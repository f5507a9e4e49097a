"""Killed at any moment, an import or a reader loses nothing that was taken, doubles nothing and leaves nothing half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from import_fixtures import a_home, a_slice, entries, events, fault, figures, imported, known_now

KILLS, A_SLICE = 20, 24  # every 24th company of the model campaign: some 1,900 rows
IMPORT = """
import sys
from pathlib import Path
from import_fixtures import imported, the_home
from campaign.importing import imports

imports.ROWS_AT_ONCE = 80  # more transactions than the whole campaign makes at its own pace
print("ready", flush=True)
imported(the_home(Path(sys.argv[1])), Path(sys.argv[2]))
"""
READ = """
import sys
from pathlib import Path
from import_fixtures import figures, the_home
from campaign.storage.sqlite import views

views._REBUILD_BATCH = 500
print("ready", flush=True)
home = the_home(Path(sys.argv[1]))
figures(home) if sys.argv[2] == "follow" else home.rebuild()
"""


class Worker:
    """A process of its own that does one thing and can be killed."""

    def __init__(self, script: str, *words: object) -> None:
        path = os.pathsep.join([str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])])
        self._process = subprocess.Popen(
            [sys.executable, "-c", script, *map(str, words)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": path},
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        self._began = time.monotonic()

    def done(self) -> float:
        """Waits for its end. Returns how many seconds it worked."""
        assert self._process.wait() == 0
        self._process.stdout.close()  # type: ignore[union-attr]
        return time.monotonic() - self._began

    def killed(self, after: float) -> bool:
        """Kills it after so many seconds. False when it had ended by then."""
        try:
            self._process.wait(after)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGKILL)
        self._process.stdout.close()  # type: ignore[union-attr]
        return self._process.wait() == -signal.SIGKILL


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    return a_slice(tmp_path_factory.mktemp("slice"), A_SLICE)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, part):
    """A home in which the slice was imported without interruption, and how many seconds that took."""
    home = a_home(tmp_path_factory.mktemp("straight") / "home")
    return home, Worker(IMPORT, home.path, part).done()


def test_killed_at_twenty_moments_an_import_begun_again_gives_what_one_go_gives(tmp_path, part, straight):
    whole, seconds = straight
    everything, chance = entries(whole), random.Random(20)
    home, interrupted = a_home(tmp_path / "home0"), []

    for number in range(KILLS):
        before = entries(home)
        was_killed = Worker(IMPORT, home.path, part).killed(chance.uniform(0, 0.8 * seconds))
        assert before <= entries(home) <= everything, "what was taken is there, and nothing that no row says"
        assert len(entries(home)) == events(home), "no entry is there twice"
        assert fault(home) is None
        interrupted.append(was_killed)
        if not was_killed:
            home = a_home(tmp_path / f"home{number + 1}")

    imported(home, part)
    assert sum(interrupted) >= KILLS / 2, "most were killed at work"
    assert entries(home) == everything
    assert fault(home) is None
    assert known_now(home) == known_now(whole)
    assert figures(home, "office") == figures(whole, "office")
    assert imported(home, part).counts.keys() == {"there already"}


@pytest.mark.parametrize("how", ["follow", "rebuild"])
def test_killed_while_views_are_built_the_next_reader_sees_every_figure(tmp_path, part, straight, how):
    whole, _ = straight
    expected, known = figures(whole, "office"), known_now(whole)
    home, chance = a_home(tmp_path / "home"), random.Random(how)
    imported(home, part)
    seconds = Worker(READ, home.path, how).done()
    home.views.unlink()

    for _ in range(4):
        Worker(READ, home.path, how).killed(chance.uniform(0, seconds))

    assert figures(home, "office") == expected
    assert known_now(home) == known
