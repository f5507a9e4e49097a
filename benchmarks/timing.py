"""Timing whole processes: seconds on the clock and peak memory of each, taken in turns so that noise meets all alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


class Took(NamedTuple):
    """One run: seconds from start to end, those a processor worked for it, its peak memory in MB, and what it wrote."""

    seconds: float
    work: float
    peak: float
    said: str


class Failed(Exception):
    """A measured command did not exit 0; the message holds what it said."""


def python(code: str) -> list[str]:
    """A command that runs this code, for what a start is compared with."""
    return [str(BIN / "python"), "-c", code]


def campaign(*words: str) -> list[str]:
    """The installed command, as a person starts it."""
    return [str(BIN / "campaign"), *words]


def run(command: Sequence[str], variables: Mapping[str, str] | None = None, terminal: bool = False) -> Took:
    """Runs one command in an environment of nothing but these variables. Raises ``Failed`` when it does not exit 0.

    ``terminal``: it writes to a pseudo-terminal of 120 columns. The memory counted of a child is at least that of
    the process that starts it, so this one stays small and leaves all work to others.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | dict(variables or {})
    reading, writing = os.openpty() if terminal else os.pipe()
    words = environment | ({"TERM": "xterm-256color", "COLUMNS": "120"} if terminal else {})
    began = time.perf_counter()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing, env=words, cwd=ROOT)
    os.close(writing)
    said = _read(reading)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise Failed(f"{shown(command)}: exit {child.returncode}: {said.strip()[-300:]}")
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return Took(seconds, usage.ru_utime + usage.ru_stime, peak, said)


def _read(reading: int) -> str:
    pieces = []
    while True:
        try:
            piece = os.read(reading, 65536)
        except OSError:  # so a pseudo-terminal says on Linux that its other end was closed
            piece = b""
        if not piece:
            os.close(reading)
            return b"".join(pieces).decode("utf-8", "replace")
        pieces.append(piece)


def inside(part: str, *words: object) -> dict[str, Any]:
    """What ``inside.py`` measured of one part, in a process of its own; ``peak`` is that process's memory in MB."""
    took = run([str(BIN / "python"), "-m", "benchmarks.inside", part, *map(str, words)], {"PYTHONPATH": "."})
    return {**json.loads(took.said), "peak": took.peak}


def in_turns(rounds: int, *works: Callable[[], Any]) -> list[list[Any]]:
    """What each work gave in every round; they take turns, and the first round only warms up when there are several."""
    given: list[list[Any]] = [[] for _ in works]
    for number in range(rounds + (rounds > 1)):
        for results, work in zip(given, works, strict=True):
            result = work()
            if number or rounds == 1:
                results.append(result)
    return given


def middle(runs: Sequence[Took]) -> float:
    """The median of the seconds."""
    return median(took.seconds for took in runs)


def middle_work(runs: Sequence[Took]) -> float:
    """The median of the processor's seconds: what others do on the machine moves them less."""
    return median(took.work for took in runs)


def ratio(ours: Sequence[Took], bare: Sequence[Took]) -> tuple[float, float]:
    """The median over the pairs of ours / bare, in seconds on the clock and in those a processor worked.

    The two of a pair ran one after the other, so that what slowed the machine slowed both.
    """
    pairs = list(zip(ours, bare, strict=True))
    return median(a.seconds / b.seconds for a, b in pairs), median(a.work / b.work for a, b in pairs)


def shown(command: Sequence[str]) -> str:
    """A command as a person would type it."""
    name, *words = command
    quoted = [f'"{word}"' if set(word) & set(" ();") else word for word in words]
    return " ".join([Path(name).name if "/" in name else name, *quoted])
