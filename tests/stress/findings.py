"""What a row of the torture found: how much was tried, in numbers and words, and every fault there was."""

from __future__ import annotations

from typing import NamedTuple


class Found(NamedTuple):
    """``count``: how often it was tried. ``told``: figures in words. ``faults``: one sentence each; none is well."""

    count: int
    told: str
    faults: list[str]
