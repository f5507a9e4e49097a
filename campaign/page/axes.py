"""Axes of charts: the positions of grid lines and their labels in a language."""

from __future__ import annotations

import json
from datetime import date
from math import ceil
from typing import Any

from campaign.page.drawing import Spec
from campaign.page.texts import Words


def place_beside(x: float, align: str, **properties: Any) -> tuple[Spec, Spec]:
    """Channel and mark properties of text beside the plot, ``x`` pixels from its left edge."""
    return {"x": {"value": x}}, {"align": align, **properties}


def as_json(value: Any) -> str:
    """The value as a literal of a Vega expression."""
    return json.dumps(value, ensure_ascii=False)


def number_axis(top: float, words: Words, count: int = 4) -> Spec:
    """Grid lines at round numbers."""
    values = [top * n / count for n in range(count + 1)]
    labels = {f"{value:g}": words.number(value) for value in values}
    return {"values": values, "labelExpr": f"{as_json(labels)}[format(datum.value, '~r')] || datum.label", "grid": True}


def rounded_up(number: float) -> int:
    """The next number that divides into four round ones."""
    step, factors = 1, _FOURS
    while number > factors[-1] * step:
        step, factors = step * 10, _OF_TENS
    return step * next(factor for factor in factors if number <= factor * step)


_FOURS = [4, 8, 12, 16, 20, 24, 28, 32, 36, 40]
_OF_TENS = [4, 6, 8, 10, *_FOURS[2:]]
"""From ten on a quarter may also be 15 or 25."""


def percent_axis(low: float, high: float, words: Words, narrow: bool = False) -> Spec:
    """Grid lines at every tenth of a share; in a narrow chart at every second or fourth tenth."""
    apart = 4 if narrow and high - low > 0.6 else 2 if narrow and high - low > 0.35 else 1
    values = [n / 10 for n in range(round(low * 10), round(high * 10) + 1, apart)]
    labels = {str(round(value * 100)): words.percent(value, 0) for value in values}
    return {"values": values, "labelExpr": f"{as_json(labels)}[round(datum.value * 100)]", "grid": True}


def month_axis(first: date, last: date, words: Words, narrow: bool) -> Spec:
    """Grid lines at the first day of months; of every second or third month in a long period."""
    starts = [date(y, m, 1) for y in range(first.year, last.year + 1) for m in range(1, 13)]
    starts = [day for day in starts if first <= day <= last]
    starts = starts[:: max(1, ceil(len(starts) / (4 if narrow else 8)))]
    values = [(day - first).days for day in starts]
    labels = {str(value): words.month(day) for value, day in zip(values, starts, strict=True)}
    return {"values": values, "labelExpr": f"{as_json(labels)}[datum.value]", "grid": True}
