"""Bulk work: Python's cycle collector rests while thousands of facts pass through, none of them in a cycle."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def in_bulk() -> Iterator[None]:
    """Reference counts alone free what passes through here; looking for cycles took a third of a rebuild's time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
