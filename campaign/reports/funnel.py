"""The funnel: from letters to positions, each step with its share of the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from campaign.reports.report import Cell, Column, DrillDown, Line, Ratio, Report, Share, Value

if TYPE_CHECKING:  # both load SQLAlchemy
    from projections.filters import Scope
    from projections.questions.funnel import FunnelStep

_COLUMNS = (
    Column("step", "step"),
    Column("count", "number", "count"),
    Column("unit", "unit"),
    Column("share", "share", "share"),
    Column("of", "of", folds=True),
    Column("bar", "drawn", "bar"),
)
_SINGULAR = {"companies": "company", "visits": "visit"}
NOTE = "Companies are counted once. Positions in all hold those straight from calls, which no visit is the base of."


def funnel_report(steps: Sequence[FunnelStep], scope: Scope) -> Report:
    """A line for each step; bars are shares 0..1 of the largest count."""
    counts = {step.step: step.count for step in steps}
    lines = tuple(_step(step, counts, scope) for step in steps)
    return Report(_COLUMNS, lines, (NOTE,), {"rows": [asdict(step) for step in steps]})


def _step(step: FunnelStep, counts: Mapping[str, int], scope: Scope) -> Line:
    number = Cell(step.count, DrillDown((step.step,), scope))
    share, of = _base(step, counts)
    bar = step.count / (max(counts.values()) or 1)
    return Line(step.step, (Cell(step.name), number, Cell(step.unit), Cell(share), Cell(of), Cell(bar)))


def _base(step: FunnelStep, counts: Mapping[str, int]) -> tuple[Value, str]:
    """A share where both steps count the same unit, else a ratio; and what it is of."""
    from projections.questions.funnel import STEPS

    if step.of is None or step.of_unit is None:
        return None, ""
    name = STEPS[step.of][0]
    if step.unit == step.of_unit:
        return Share(step.count, counts[step.of], step.share), f"those {name}"
    return Ratio(step.share), f"per {_SINGULAR[step.of_unit]} {name}"
