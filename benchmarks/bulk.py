"""Bulk work: import and rebuild, against bare SQLite that writes the same rows, and against one commit an event."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from benchmarks.figures import Figure
from benchmarks.home import Bench
from benchmarks.model import SLUG
from benchmarks.timing import in_turns, inside

_COMPANIES = 300  # whose events are fed one by one


def imports(bench: Bench, rounds: int) -> Iterator[Figure]:
    """The import of a campaign into an empty log; leaves the last one in the home."""
    ours, bare, whole = in_turns(
        rounds, lambda: _taken(bench), lambda: inside("insert_log", bench.home), lambda: _whole(bench)
    )
    entries, events = ours[0]["rows"], bare[0]["events"]
    seconds, least = _middle(ours), _middle(bare)
    how = f"{entries:,} entries in {seconds:.2f} s, {_worked(ours)}; campaign import, whole process: {_middle(whole):.2f} s"
    yield Figure("import", 20_000, False, "entries/s", entries / seconds, how)
    how = f"{least:.2f} s for {events:,} rows in {bare[0]['transactions']} transactions, {_worked(bare)}"
    yield Figure("import, against bare sqlite3", 0.2, False, "x", least / seconds, how)


def rebuilds(bench: Bench, rounds: int) -> Iterator[Figure]:
    """The rebuild of the home's read models."""
    parts: list[Callable[[], Any]] = [
        lambda: inside("rebuild", bench.home),
        lambda: inside("insert_facts", bench.home),
        lambda: inside("follow_singly", bench.home, _COMPANIES),
    ]
    ours, bare, singly = in_turns(rounds, *parts)
    seconds, least = _middle(ours), _middle(bare)
    events = ours[0]["events"]
    one_by_one = singly[0]["events"] / _middle(singly)
    how = f"{events:,} events in {seconds:.2f} s, {_worked(ours)}"
    yield Figure("rebuild", 60_000, False, "events/s", events / seconds, how)
    how = f"{one_by_one:,.0f} events/s, {singly[0]['events']:,} events with a commit each"
    yield Figure("rebuild, against a commit an event", 20, False, "x", events / seconds / one_by_one, how)
    how = f"{least:.2f} s to read {events:,} rows, parse their JSON and insert {bare[0]['facts']:,} facts, {_worked(bare)}"
    yield Figure("rebuild, against bare sqlite3", 0.4, False, "x", least / seconds, how)


def _taken(bench: Bench) -> dict[str, Any]:
    shutil.rmtree(bench.home, ignore_errors=True)
    return inside("take_in", bench.home, bench.files)


def _whole(bench: Bench) -> dict[str, Any]:
    bench.begin()
    return {"seconds": bench.do("import", str(bench.files), "--campaign", SLUG).seconds}


def _worked(runs: list[dict[str, Any]]) -> str:
    return f"processor {median(run['work'] for run in runs):.2f} s"


def _middle(runs: list[dict[str, Any]]) -> float:
    return median(run["seconds"] for run in runs)
