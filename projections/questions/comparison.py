"""Groups compared with the whole: which rates differ from it beyond chance, and where chance alone would keep them."""

from __future__ import annotations

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Any, Literal, NamedTuple

from projections.measures import Z, base

Row = dict[str, Any]
Mark = Literal["above", "below"]
Share = tuple[int, int]
"""Numerator and denominator."""

COMPARED = ("visit_hit_rate", "call_hit_rate", "acceptance_rate")
"""The rates whose groups are marked."""
MARKED = ("office", "region")
"""The dimensions whose groups are marked: those that do the same work beside each other, and are no persons."""
LEAST_EXPECTED = 5
"""A group is compared when at least so many hits and so many misses are to be expected of it by the rate of all; its
base is then 10 at least.

W. G. Cochran (1954), Some methods for strengthening the common chi-squared tests, Biometrics 10: 417-451. With fewer the
normal distribution is no good: of 46 equal offices with bases of 5 to 10 and a rate of 9 %, the test would mark one in
every fifth table.
"""
LEVEL = 0.05
"""How often, at most, any group of a table is marked in a rate although all have the same."""
Z_OUTER = 3.090232306167813
"""The 99.9 % point of the standard normal distribution: both tails together leave 0.2 %."""


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
    """How many groups were compared with the whole in each rate of ``COMPARED``."""
    return [len(comparable([base(row, rate) for row in rows], base(total, rate))) for rate in COMPARED]


def marks(groups: Sequence[Share], total: Share) -> list[Mark | None]:
    """How each group's share differs from that of the whole beyond chance; None where it does not, or cannot be told.

    The two-sided score test of every group that is ``comparable``, corrected for their number by ``holm`` with ``LEVEL``
    for all of them together.
    """
    tested = comparable(groups, total)
    rejections = holm([p_value(groups[i], total) for i in tested])
    differing = {i for i, differs in zip(tested, rejections, strict=True) if differs}
    return [_side(group, total) if i in differing else None for i, group in enumerate(groups)]


def comparable(groups: Sequence[Share], total: Share) -> list[int]:
    """The places of the groups that can be compared with the whole: the family that Holm corrects for.

    Their base has to be large enough (``LEAST_EXPECTED``). None can be where only one group has a base, or where the
    whole has a share of 0 or 1.
    """
    hits, n_all = total
    rarer = min(hits, n_all - hits)
    if rarer == 0 or sum(n > 0 for _, n in groups) < 2:
        return []
    return [i for i, (_, n) in enumerate(groups) if n * rarer >= LEAST_EXPECTED * n_all]


def p_value(group: Share, total: Share) -> float:
    """How often chance alone would bring a group of this base as far from the whole's share, to either side.

    The score test: z = (p - p0) / sqrt(p0 (1 - p0) / n). It inverts Wilson's interval: p is under 1 - c exactly when
    p0 lies outside the interval of confidence c. The whole holds the group, which makes the test a little too mild.
    """
    (hits, n), p0 = group, total[0] / total[1]
    return erfc(abs(hits / n - p0) / sqrt(p0 * (1 - p0) / n) / sqrt(2))


def holm(p_values: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Which of a family of tests reject, so that with probability 1 - ``level`` none does that should not.

    S. Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6: 65-70.
    """
    rejected = [False] * len(p_values)
    for rank, i in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[i] > level / (len(p_values) - rank):
            break
        rejected[i] = True
    return rejected


def _side(group: Share, total: Share) -> Mark:
    return "above" if group[0] * total[1] > total[0] * group[1] else "below"


class Limits(NamedTuple):
    """Shares 0..1 between which 95 % (``low``, ``high``) and 99.8 % of groups with this base lie by chance alone."""

    base: int
    low: float
    high: float
    low_outer: float
    high_outer: float


def funnel_limits(p0: float, bases: Sequence[int]) -> list[Limits]:
    """The limits of a funnel plot around the share ``p0`` of the whole, for each base (1 or more): p0 +- z sqrt(p0 (1 - p0) / n).

    D. J. Spiegelhalter (2005), Funnel plots for comparing institutional performance, Statistics in Medicine 24:
    1185-1202. One limit for each group, not corrected for their number: the plot shows, the marks decide.
    """
    return [Limits(n, *_around(p0, n, Z), *_around(p0, n, Z_OUTER)) for n in bases]


def _around(p0: float, n: int, z: float) -> tuple[float, float]:
    half = z * sqrt(p0 * (1 - p0) / n)
    return max(0.0, p0 - half), min(1.0, p0 + half)
