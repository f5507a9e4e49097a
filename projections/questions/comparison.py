"""Comparison: which groups have a rate that differs from that of the total beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from projections.measures import Row, base
from projections.statistics import LEVEL, Share, holm, p_value

Mark = Literal["above", "below"]

COMPARED = ("visit_hit_rate", "call_hit_rate", "acceptance_rate")
"""The rates whose groups are marked."""
MARKED = ("office", "region")
"""The dimensions whose groups are marked: units that do the same work, and are no persons."""
LEAST_EXPECTED = 5
"""A group is compared when at least so many hits and so many misses are expected of it at the rate of the total; its
base is then 10 at least.

W. G. Cochran (1954), Some methods for strengthening the common chi-squared tests, Biometrics 10: 417-451. With fewer the
normal distribution is no good: of 46 equal offices with bases of 5 to 10 and a rate of 9 %, the test would mark one in
every fifth table.
"""


def with_marks(rows: Sequence[Row], total: Row) -> list[Row]:
    """The rows of ``hit_rates`` by one dimension, each with ``<rate>_differs`` for every rate of ``COMPARED``.

    "above" or "below" where the group's rate differs from that of ``total``, by ``marks``; else None.
    """
    marked = [dict(row) for row in rows]
    for rate in COMPARED:
        group_marks = marks([base(row, rate) for row in rows], base(total, rate))
        for row, mark in zip(marked, group_marks, strict=True):
            row[f"{rate}_differs"] = mark
    return marked


def compared(rows: Sequence[Row], total: Row) -> list[int]:
    """How many groups were compared with the total in each rate of ``COMPARED``."""
    return [len(comparable([base(row, rate) for row in rows], base(total, rate))) for rate in COMPARED]


def marks(groups: Sequence[Share], total: Share) -> list[Mark | None]:
    """How each group's share differs from that of the total beyond chance; None where it does not, or was not tested.

    The two-sided score test of every group that is ``comparable``, corrected for their number by ``holm`` with ``LEVEL``
    for all of them together.
    """
    tested = comparable(groups, total)
    rejections = holm([p_value(groups[i], total) for i in tested], LEVEL)
    differing = {i for i, differs in zip(tested, rejections, strict=True) if differs}
    return [_side(group, total) if i in differing else None for i, group in enumerate(groups)]


def comparable(groups: Sequence[Share], total: Share) -> list[int]:
    """The indexes of the groups that can be compared with the total: the family that Holm corrects for.

    Their base is large enough (``LEAST_EXPECTED``). There are none where only one group has a base, or where the
    share of the total is 0 or 1.
    """
    hits, n_all = total
    rarer = min(hits, n_all - hits)
    if rarer == 0 or sum(n > 0 for _, n in groups) < 2:
        return []
    return [i for i, (_, n) in enumerate(groups) if n * rarer >= LEAST_EXPECTED * n_all]


def _side(group: Share, total: Share) -> Mark:
    return "above" if group[0] * total[1] > total[0] * group[1] else "below"
