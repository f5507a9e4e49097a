"""The funnel: from letters to positions, each step with its share of the one before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from projections.filters import Scope
from projections.measures import share
from projections.questions.hit_rates import hit_rates

STEPS = {
    "companies_mailed": ("mailed", "companies", None),
    "companies_called": ("called", "companies", "companies_mailed"),
    "companies_reached": ("reached", "companies", "companies_called"),
    "companies_accepted": ("accepted", "companies", "companies_reached"),
    "visits_booked": ("booked", "visits", "companies_accepted"),
    "visits_held": ("held", "visits", "visits_booked"),
    "visits_with_yield": ("with yield", "visits", "visits_held"),
    "positions_from_visits": ("from visits", "positions", "visits_with_yield"),
    "positions": ("in all", "positions", None),
}
"""Each step's count (measures.md): what it is called, what it is a number of, and the count it is compared with.

Positions in all hold those straight from calls, which no visit is the base of.
"""


@dataclass(frozen=True)
class FunnelStep:
    """``share`` is ``count`` / the count named ``of``; None without such a base.

    Where the two have different units (``unit``, ``of_unit``) it is a number per unit and can exceed 1. So can
    called / mailed: a company can be called, or ring in, that got no letter.
    """

    step: str
    name: str
    unit: str
    count: int
    of: str | None
    of_unit: str | None
    share: float | None


def funnel(connection: Connection, scope: Scope) -> list[FunnelStep]:
    """The steps in their order, for the contacts of ``scope``."""
    return funnel_steps(hit_rates(connection, scope)[0])


def funnel_steps(counts: dict[str, int]) -> list[FunnelStep]:
    """The same from a row of ``hit_rates`` that is there already."""
    return [_step(counts, *step) for step in STEPS.items()]


def _step(counts: dict[str, int], step: str, described: tuple[str, str, str | None]) -> FunnelStep:
    name, unit, base_step = described
    if base_step is None:
        return FunnelStep(step, name, unit, counts[step], None, None, None)
    return FunnelStep(
        step, name, unit, counts[step], base_step, STEPS[base_step][1], share(counts[step], counts[base_step])
    )
