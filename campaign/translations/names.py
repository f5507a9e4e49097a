"""Names of dimensions, measures and their units, as pages and files head their columns with them."""

from __future__ import annotations

from campaign.translations import Message, capitalized, text
from projections.measures import RATES, RATIOS

DIMENSIONS = {
    "office": Message("office"),
    "region": Message("region"),
    "week": Message("week"),
    "month": Message("month"),
    "quarter": Message("quarter"),
    "kind": Message("kind of yield"),
    "support_class": Message("support class"),
    "industry": Message("industry"),
    "size": Message("size of company"),
    "sector": Message("sector"),
    "target_group": Message("target group"),
    "campaign": Message("campaign"),
    "measure": Message("measure"),
}
MEASURES = {
    "companies_mailed": Message("companies sent a letter"),
    "calls": Message("calls"),
    "calls_reached": Message("calls that reached somebody"),
    "calls_accepted": Message("calls accepted"),
    "companies_called": Message("companies called"),
    "companies_reached": Message("companies reached"),
    "companies_accepted": Message("companies that said yes"),
    "calls_with_yield": Message("calls with a yield"),
    "visits_booked": Message("visits booked"),
    "visits_held": Message("visits held"),
    "visits_no_show": Message("visits missed"),
    "visits_cancelled": Message("visits cancelled"),
    "visits_planned": Message("visits planned"),
    "visits_overdue": Message("visits overdue"),
    "visits_with_yield": Message("visits with a yield"),
    "yields": Message("yields"),
    "positions": Message("positions"),
    "positions_from_visits": Message("positions from visits"),
    "visit_hit_rate": Message("visit hit rate"),
    "call_hit_rate": Message("call hit rate"),
    "acceptance_rate": Message("acceptance rate"),
    "reach_rate": Message("reach rate"),
    "accepted_per_reached": Message("acceptance rate of companies reached"),
    "held_rate": Message("held rate"),
    "no_show_rate": Message("no-show rate"),
    "positions_per_visit": Message("positions per visit"),
    "yields_own": Message("yields of the kind itself"),
    "positions_own": Message("positions of the kind itself"),
    "expected": Message("expected by now"),
    "pace": Message("pace"),
    "needed": Message("needed"),
    "forecast": Message("forecast"),
    "share": Message("share of a cohort"),
}
_LIMITS = {"low": Message("lower 95 % limit"), "high": Message("upper 95 % limit")}


def heading(name: str, language: str) -> str:
    """The name of a dimension or a figure at the head of its column; limits of a rate are ``{rate}_low``, ``{rate}_high``."""
    rate = _rate(name)
    if rate == name:
        return capitalized(text(language, (DIMENSIONS | MEASURES)[name]))
    return f"{heading(rate, language)}, {text(language, _LIMITS[name.removeprefix(f'{rate}_')])}"


def measure(name: str, language: str) -> str:
    """The name of a count or a rate within a sentence."""
    return text(language, MEASURES[name])


def unit(figure: str) -> str:
    """What a figure is a number of: ``number`` (whole), ``share`` (0..1), or ``ratio``."""
    return "ratio" if figure in RATIOS else "share" if _rate(figure) in RATES else "number"


def _rate(figure: str) -> str:
    """The rate that a figure is, or is a limit of."""
    rate = figure.removesuffix("_low").removesuffix("_high")
    return rate if rate in RATES else figure
