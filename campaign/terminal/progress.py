"""A progress bar on stderr for work that takes a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from campaign.terminal.output import bar, is_dumb

_PATIENCE = 0.4  # seconds before a bar is worth showing
_PAUSE = 0.1  # seconds between two drawings
_CELLS = 24


@contextmanager
def progress(title: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function ``seen(done, of)`` that draws; nothing is drawn off a terminal, or when the work is done at once."""
    if quiet or is_dumb() or not sys.stderr.isatty():
        yield lambda amount, total: None
        return
    drawing = _Drawing(title)
    try:
        yield drawing.seen
    finally:
        drawing.clear()


class _Drawing:
    def __init__(self, title: str) -> None:
        self.what, self.due, self.drawn = title, time.monotonic() + _PATIENCE, 0

    def seen(self, amount: int, total: int) -> None:
        if time.monotonic() < self.due:
            return
        share = min(amount / total, 1.0) if total else 0.0
        line = f"{self.what} {share:4.0%} ({amount:,} of {total:,}) {bar(share, _CELLS)}"
        sys.stderr.write("\r" + line.ljust(self.drawn))
        sys.stderr.flush()
        self.due, self.drawn = time.monotonic() + _PAUSE, len(line)

    def clear(self) -> None:
        if self.drawn:
            sys.stderr.write("\r" + " " * self.drawn + "\r")
            sys.stderr.flush()
