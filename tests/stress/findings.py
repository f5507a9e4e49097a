"""The result of a stress test: how much was tried, in numbers and words, and every fault."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """``count``: how often it was tried. ``told``: figures in words. ``faults``: one sentence each; none is well."""

    count: int
    told: str
    faults: list[str]
