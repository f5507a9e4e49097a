"""Repeats an attempt after a pause, until a time limit."""

from __future__ import annotations

import time
from collections.abc import Iterator


def tries(seconds: float, pause: float) -> Iterator[bool]:
    """Yields at once and after each pause until ``seconds`` have passed; True for the last attempt."""
    until = time.monotonic() + seconds
    while time.monotonic() + pause < until:
        yield False
        time.sleep(pause)
    yield True
