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
from import_fixtures import (
    current_facts,
    entry_ids,
    event_count,
    figures,
    log_fault,
    model_slice,
    new_workspace,
    run_import,
)

KILLS, A_SLICE = 20, 24  # every 24th company of the model campaign: some 1,900 rows
IMPORT = """
import sys
from pathlib import Path
from import_fixtures import run_import, workspace_at
from campaign.importing import imports

imports.ROWS_AT_ONCE = 80  # more transactions than the whole campaign makes at its own pace
print("ready", flush=True)
run_import(workspace_at(Path(sys.argv[1])), Path(sys.argv[2]))
"""
READ = """
import sys
from pathlib import Path
from import_fixtures import figures, workspace_at
from campaign.storage.sqlite import views

views._REBUILD_BATCH = 500
print("ready", flush=True)
home = workspace_at(Path(sys.argv[1]))
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
    return model_slice(tmp_path_factory.mktemp("slice"), A_SLICE)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, part):
    """A home in which the slice was imported without interruption, and how many seconds that took."""
    home = new_workspace(tmp_path_factory.mktemp("straight") / "home")
    return home, Worker(IMPORT, home.path, part).done()


def test_killed_at_twenty_moments_an_import_begun_again_gives_what_one_go_gives(tmp_path, part, straight):
    whole, seconds = straight
    everything, chance = entry_ids(whole), random.Random(20)
    home, interrupted = new_workspace(tmp_path / "home0"), []

    for number in range(KILLS):
        before = entry_ids(home)
        was_killed = Worker(IMPORT, home.path, part).killed(chance.uniform(0, 0.8 * seconds))
        assert before <= entry_ids(home) <= everything, "what was taken is there, and nothing that no row says"
        assert len(entry_ids(home)) == event_count(home), "no entry is there twice"
        assert log_fault(home) is None
        interrupted.append(was_killed)
        if not was_killed:
            home = new_workspace(tmp_path / f"home{number + 1}")

    run_import(home, part)
    assert sum(interrupted) >= KILLS / 2, "most were killed at work"
    assert entry_ids(home) == everything
    assert log_fault(home) is None
    assert current_facts(home) == current_facts(whole)
    assert figures(home, "office") == figures(whole, "office")
    assert run_import(home, part).counts.keys() == {"there already"}


@pytest.mark.parametrize("how", ["follow", "rebuild"])
def test_killed_while_views_are_built_the_next_reader_sees_every_figure(tmp_path, part, straight, how):
    whole, _ = straight
    expected, known = figures(whole, "office"), current_facts(whole)
    home, chance = new_workspace(tmp_path / "home"), random.Random(how)
    run_import(home, part)
    seconds = Worker(READ, home.path, how).done()
    home.views.unlink()

    for _ in range(4):
        Worker(READ, home.path, how).killed(chance.uniform(0, seconds))

    assert figures(home, "office") == expected
    assert current_facts(home) == known
