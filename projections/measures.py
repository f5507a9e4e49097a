"""Measures: the counts, rates and ratios of docs/measures.md, by name."""

from __future__ import annotations

from typing import Any

from projections.statistics import wilson

Row = dict[str, Any]
"""Figures of a group by name: counts, rates with their intervals, and the words of the group."""

COUNTS = {
    "companies_mailed": "distinct companies an invitation was sent to",
    "calls": "call entries, every attempt",
    "calls_reached": "calls in which somebody was spoken to",
    "calls_accepted": "calls with outcome accepted",
    "companies_called": "distinct companies called",
    "companies_reached": "distinct companies in which somebody was spoken to",
    "companies_accepted": "distinct companies with an accepted call",
    "calls_with_yield": "calls that led to a yield, from the call or from a visit it booked",
    "visits_booked": "visits of any status",
    "visits_held": "visits that took place",
    "visits_no_show": "visits nobody was there for",
    "visits_cancelled": "visits called off",
    "visits_planned": "visits booked and not settled",
    "visits_overdue": "planned for a day that has passed, and nothing recorded",
    "visits_with_yield": "held visits with at least one yield",
    "yields": "yield entries",
    "positions": "the sum of the positions of yields",
    "positions_from_visits": "positions whose origin is a visit",
}

RATES = {
    "visit_hit_rate": ("visits_with_yield", ("visits_held",)),
    "call_hit_rate": ("calls_with_yield", ("calls",)),
    "acceptance_rate": ("companies_accepted", ("companies_called",)),
    "reach_rate": ("calls_reached", ("calls",)),
    "accepted_per_reached": ("companies_accepted", ("companies_reached",)),
    "held_rate": ("visits_held", ("visits_held", "visits_no_show", "visits_cancelled")),
    "no_show_rate": ("visits_no_show", ("visits_held", "visits_no_show")),
}
"""Each rate's numerator, and the counts its denominator is the sum of. Rates are in 0..1."""

RATIOS = {"positions_per_visit": ("positions_from_visits", ("visits_held",))}
"""Figures that can exceed 1: no rates, and without an interval."""

LEAST_BASE = 5
"""Below this denominator a table shows "3 of 4" instead of a percentage."""

PROVISIONAL_DAYS = 28
"""A period that ended less than so many days ago is provisional: its contacts may still yield."""


DIMENSIONS = ("office", "region", "consultant", "week", "month", "industry", "size", "campaign")
"""The dimensions that figures can be grouped by."""

UNKNOWN = "unknown"
"""The group of contacts with companies that no register describes."""

BASES = ("contact", "recorded")
"""What the period means for a yield: the day of the contact it came from, or the day it was recorded."""


def share(numerator: int, denominator: int) -> float | None:
    """A share 0..1, or None where there is nothing to be a share of."""
    return numerator / denominator if denominator else None


def base(counts: Row, rate: str) -> tuple[int, int]:
    """Numerator and denominator of a rate or ratio in a row of counts."""
    numerator, parts = (RATES | RATIOS)[rate]
    return counts[numerator], sum(counts[part] for part in parts)


def with_rates(counts: Row) -> Row:
    """A row of counts with every rate, its interval as ``<name>_low`` and ``<name>_high``, and every ratio."""
    row = dict(counts)
    for rate in RATES:
        row[rate] = share(*base(counts, rate))
        row[f"{rate}_low"], row[f"{rate}_high"] = wilson(*base(counts, rate)) or (None, None)
    for ratio in RATIOS:
        row[ratio] = share(*base(counts, ratio))
    return row
