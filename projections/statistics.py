"""Statistics: intervals of shares, tests of groups against a total, and prediction intervals of counts."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, erfc, floor, sqrt
from typing import NamedTuple

Share = tuple[int, int]
"""Numerator and denominator."""

Z = 1.959963984540054
"""The 97.5 % point of the standard normal distribution: both tails together leave 5 %."""
Z_OUTER = 3.090232306167813
"""The 99.9 % point of the standard normal distribution: both tails together leave 0.2 %."""
LEVEL = 0.05
"""How often, at most, any group of a table is marked in a rate although all have the same."""


# Shares


def wilson(numerator: int, denominator: int) -> tuple[float, float] | None:
    """The 95 % interval of a share, bounds in 0..1; None without a base.

    Wilson, E. B. (1927), Probable inference, JASA 22: 209-212: the score interval, without continuity correction.
    """
    if not denominator:
        return None
    n, p, zz = denominator, numerator / denominator, Z * Z
    middle = (p + zz / (2 * n)) / (1 + zz / n)
    half = Z / (1 + zz / n) * sqrt(p * (1 - p) / n + zz / (4 * n * n))
    low = 0.0 if numerator == 0 else max(0.0, middle - half)
    return low, 1.0 if numerator == denominator else min(1.0, middle + half)


def p_value(group: Share, total: Share) -> float:
    """How often chance alone would bring a group of this base as far from the share of the total, to either side.

    The score test: z = (p - p0) / sqrt(p0 (1 - p0) / n). It inverts Wilson's interval: p is under 1 - c exactly when
    p0 lies outside the interval of confidence c. The total includes the group, which makes the test a little conservative.
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


# Forecasts

T_975 = (
    *(12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836),
    *(2.446911851, 2.364624252, 2.306004135, 2.262157163, 2.228138852),
    *(2.200985160, 2.178812830, 2.160368656, 2.144786688, 2.131449546),
    *(2.119905299, 2.109815578, 2.100922040, 2.093024054),
)
"""The 97.5 % points of Student's t distribution with 1 to 19 degrees of freedom."""


class Forecast(NamedTuple):
    """``pace``: per working day. ``forecast``: the expected final count, with its 95 % prediction interval ``low`` to ``high``."""

    pace: float | None
    forecast: int | None
    low: int | None
    high: int | None


def forecast(reached: int, lately: Sequence[int], days_left: int) -> Forecast:
    """The count ``reached`` by now, plus ``days_left`` working days at the pace of the latest ones, at most 20.

    The interval is the prediction interval of a sum of ``days_left`` days that vary as the last n did, and independently:
    t(n - 1) * s * sqrt(left + left**2 / n), where the second term is for the estimated pace (e.g.
    G. J. Hahn and W. Q. Meeker, Statistical Intervals, Wiley 1991, section 4.7). A single day gives no interval. A
    count never falls, so ``low`` is at least ``reached``. s is ``spread``.
    """
    pace = sum(lately) / len(lately)
    middle = reached + sum(lately) * days_left / len(lately)
    if len(lately) < 2:
        return Forecast(pace, _rounded(middle), None, None)
    half = half_width(spread(lately), len(lately), days_left)
    return Forecast(pace, _rounded(middle), max(reached, floor(middle - half)), ceil(middle + half))


def spread(lately: Sequence[int]) -> float:
    """The standard deviation of these days, at least that of as many counted by chance alone (Poisson) and one more.

    Some days without any are no evidence that none will come.
    """
    n, total = len(lately), sum(lately)
    variance = (n * sum(count * count for count in lately) - total * total) / (n * (n - 1))
    return sqrt(max(variance, (total + 1) / n))


def half_width(spread: float, days: int, ahead: float) -> float:
    """Half of the interval for ``ahead`` days, from the standard deviation of as many ``days``."""
    return T_975[days - 2] * spread * sqrt(ahead + ahead * ahead / days)


def _rounded(amount: float) -> int:
    return floor(amount + 0.5)
