"""What the benchmark prints: the machine it ran on, each goal with its figure, and the commands behind them."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

LIBRARIES = ("eventsourcing", "SQLAlchemy", "click", "rich", "msgspec")


class Figure(NamedTuple):
    """One goal and what was measured. ``value`` is compared with ``goal``, both in ``unit`` (``x``: a ratio)."""

    what: str
    goal: float
    at_most: bool
    unit: str
    value: float
    how: str

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    @property
    def cells(self) -> list[str]:
        """The line of the table."""
        goal = f"{'<=' if self.at_most else '>='} {_number(self.goal)} {self.unit}"
        return [self.what, goal, f"{_number(self.value)} {self.unit}", "yes" if self.met else "NO", self.how]


class Failure(NamedTuple):
    """A goal that could not be measured, and why."""

    what: str
    why: str
    met: bool = False

    @property
    def cells(self) -> list[str]:
        """The line of the table."""
        return [self.what, "", "failed", "NO", self.why]


HEADINGS = ["what", "goal", "figure", "met", "how"]


def table(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its columns aligned for a reader of the plain text."""
    rows = [list(headings), *map(list, lines)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(headings))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)


def machine() -> Iterator[str]:
    """Lines about the machine and the moment, for the head of the output."""
    yield f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.release()}"
    yield f"{_processor()}, {os.cpu_count()} cores, {_memory()}, load {load()}"
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    yield f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}"


def load() -> str:
    """How many processes wanted a core, on average over the last 1, 5 and 15 minutes."""
    return " ".join(f"{average:.1f}" for average in os.getloadavg())


def say(text: str = "") -> None:
    """A line of the result, on stdout, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """What is going on, on stderr."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}".rstrip("0").rstrip(".")


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> str:
    pages: Callable[[str], int] = os.sysconf
    return f"{pages('SC_PAGE_SIZE') * pages('SC_PHYS_PAGES') / 2**30:.0f} GB"
