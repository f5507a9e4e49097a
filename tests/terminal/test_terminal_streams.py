"""Streams that are closed or full, and files that must never be replaced: what was logged is never said to be lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


def campaign(words, tail="", **env):
    """Runs the program in a shell, so that its streams can be closed before it begins."""
    said = {**os.environ, "PYTHONPATH": str(HERE), **env}
    line = f'"{sys.executable}" -m cli {words} {tail}'
    return subprocess.run(["/bin/sh", "-c", line], env=said, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path):
    env = {"CAMPAIGN_HOME": str(tmp_path / "home"), "CAMPAIGN_OFFICE": "306", "CAMPAIGN_CONSULTANT": "abcd"}
    campaign("init", **env)
    campaign("plan w --title W --from 2026-01-01 --to 2999-12-31", **env)
    return env


def entries(home):
    return campaign("history 26099382 --json", **home).stdout.count('"call":')


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_call_that_was_logged_is_no_failure_when_it_cannot_be_printed(home):
    for tail in (">/dev/full", ">&-"):
        result = campaign("call 26099382 busy --again", tail, **home)

        assert (result.returncode, "Traceback" in result.stderr) == (0, False)
    assert entries(home) == 2


@pytest.mark.parametrize("tail", [">&-", "<&-", ">&- <&-"])
def test_a_report_without_streams_is_no_traceback(home, tail):
    result = campaign("rates", tail, **home)

    assert (result.returncode, "Traceback" in result.stderr) == (0, False)


@pytest.mark.parametrize("name", ["events.db", "events.db-wal", "views.db", "config.toml"])
def test_no_file_of_a_home_is_replaced_by_a_report(home, name):
    campaign("rates", **home)
    path = Path(home["CAMPAIGN_HOME"]) / name
    before = path.read_bytes() if path.exists() else None

    result = campaign(f"rates -o {path} --force", **home)

    assert result.returncode == 2
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_log_that_is_gone_beside_its_views_is_not_begun_anew(home):
    campaign("rates", **home)
    (Path(home["CAMPAIGN_HOME"]) / "events.db").unlink()

    result = campaign("rates", **home)

    assert (result.returncode, "Put back your copy" in result.stderr) == (3, True)


def test_a_booking_taken_back_names_what_leaves_with_it(home):
    campaign("call 26099382 accepted --visit today", **home)
    campaign("visit 26099382 held --yield internship", **home)
    booked = next(line for line in campaign("history 26099382", **home).stdout.splitlines() if "visit booked" in line)

    result = campaign(f"retract {booked.split()[-1]} --because oops", **home)

    assert "With it 2 more entries" in result.stderr
