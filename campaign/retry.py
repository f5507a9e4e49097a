"""Waiting: how long somebody tries again before a sentence is better than more patience."""

from __future__ import annotations

import time
from collections.abc import Iterator


def tries(seconds: float, pause: float) -> Iterator[bool]:
    """A turn at once and one after each pause, as long as there is time; True in the last one.

    What passes is measured by a clock that only counts, and no moment of it goes anywhere.
    """
    until = time.monotonic() + seconds
    while time.monotonic() + pause < until:
        yield False
        time.sleep(pause)
    yield True
