"""Forecasting: what a count comes to if its pace stays as it was lately, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, sqrt
from statistics import fmean, variance
from typing import NamedTuple

T_975 = (
    *(12.706204736, 4.302652730, 3.182446305, 2.776445105, 2.570581836),
    *(2.446911851, 2.364624252, 2.306004135, 2.262157163, 2.228138852),
    *(2.200985160, 2.178812830, 2.160368656, 2.144786688, 2.131449546),
    *(2.119905299, 2.109815578, 2.100922040, 2.093024054),
)
"""The 97.5 % points of Student's t distribution with 1 to 19 degrees of freedom."""


class Forecast(NamedTuple):
    """``pace``: a working day. ``forecast``: what is to be there at the end, between ``low`` and ``high`` in 95 of 100."""

    pace: float | None
    forecast: int | None
    low: int | None
    high: int | None


def forecast(reached: int, lately: Sequence[int], days_left: int) -> Forecast:
    """What is ``reached`` by now, and for ``days_left`` working days more the pace of the last ones, at most 20.

    The interval is the prediction interval of a sum of ``days_left`` days that vary as the last n did, and independently:
    t(n - 1) * s * sqrt(left + left**2 / n), where the second term is for the pace, which is only estimated (e.g.
    G. J. Hahn and W. Q. Meeker, Statistical Intervals, Wiley 1991, section 4.7). None of it from a single day. What
    was reached is never lost, so ``low`` is at least that. ``spread`` says what s is.
    """
    pace = fmean(lately)
    middle = reached + sum(lately) * days_left / len(lately)
    if len(lately) < 2:
        return Forecast(pace, _rounded(middle), None, None)
    half = half_width(spread(lately), len(lately), days_left)
    return Forecast(pace, _rounded(middle), max(reached, floor(middle - half)), ceil(middle + half))


def spread(lately: Sequence[int]) -> float:
    """The standard deviation of these days, at least that of as many counted by chance alone (Poisson) and one more.

    Some days without anything are no proof that nothing comes any more.
    """
    return sqrt(max(variance(lately), (sum(lately) + 1) / len(lately)))


def half_width(spread: float, days: int, ahead: float) -> float:
    """Half of the interval for ``ahead`` days, from the standard deviation of as many ``days``."""
    return T_975[days - 2] * spread * sqrt(ahead + ahead * ahead / days)


def _rounded(amount: float) -> int:
    return floor(amount + 0.5)
