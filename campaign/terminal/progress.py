"""A bar on stderr for work that takes a while: the number first, the bar after."""

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
def progress(what: str, quiet: bool = False) -> Iterator[Callable[[int, int], None]]:
    """A function ``seen(done, of)`` that draws; nothing is drawn off a terminal, or when the work is done at once."""
    if quiet or is_dumb() or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    drawing = _Drawing(what)
    try:
        yield drawing.seen
    finally:
        drawing.clear()


class _Drawing:
    def __init__(self, what: str) -> None:
        self.what, self.due, self.drawn = what, time.monotonic() + _PATIENCE, 0

    def seen(self, done: int, of: int) -> None:
        if time.monotonic() < self.due:
            return
        share = min(done / of, 1.0) if of else 0.0
        line = f"{self.what} {share:4.0%} ({done:,} of {of:,}) {bar(share, _CELLS)}"
        sys.stderr.write("\r" + line.ljust(self.drawn))
        sys.stderr.flush()
        self.due, self.drawn = time.monotonic() + _PAUSE, len(line)

    def clear(self) -> None:
        if self.drawn:
            sys.stderr.write("\r" + " " * self.drawn + "\r")
            sys.stderr.flush()
