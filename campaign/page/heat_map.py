"""Cohorts as a heat map: the darker a cell, the larger the share."""

from __future__ import annotations

from typing import Any

from campaign.page.axes import place_beside
from campaign.page.drawing import MUTED, NARROW, PAPER, Frame, Spec, layer, layered, ordered, text
from campaign.page.texts import Words
from projections.measures import LEAST_BASE
from projections.questions.cohorts import Cell, Triangle

Row = dict[str, Any]


def cohorts(triangle: Triangle, words: Words, width: int) -> Spec:
    """The share of each month's contacts that led to a result within each horizon.

    A provisional cell has a dashed outline, no colour and an asterisk.
    """
    narrow = width == NARROW
    frame = Frame(width, 116 if narrow else 210, 2, 30, 2)
    periods = [row.period for row in triangle.rows]
    most = max([0.01, *(cell.share or 0 for row in triangle.rows for cell in row.cells)])
    cells = [_square(row.period, cell, most, words) for row in triangle.rows for cell in row.cells]
    horizons = [cell.weeks for cell in triangle.total]
    x, y = ordered("weeks", horizons, padding=0), ordered("period", periods, padding=0)
    step = 28
    bounds = {"x": x, "y": y, "color": {"field": "color", "type": "nominal", "scale": None}}
    complete = [cell for cell in cells if not cell["maturing"]]
    provisional = [cell for cell in cells if cell["maturing"]]
    names = [{"period": row.period, "text": words.period(row.period)} for row in triangle.rows]
    bases = [{"period": row.period, "text": words.number(row.base)} for row in triangle.rows]
    name_place, name_style = place_beside(-frame.left_margin, "left")
    base_place, base_style = place_beside(-14, "right", color=MUTED)
    wide = frame.inner / len(horizons)
    heads = [
        {
            "text": words.within(weeks) if not narrow else words.say("cohorts.short", number=words.number(weeks)),
            "weeks": weeks,
        }
        for weeks in horizons
    ]
    layers = [
        layer("rect", complete, bounds, stroke=PAPER, strokeWidth=2, width=wide, height=step),
        layer(
            "rect",
            provisional,
            {"x": x, "y": y},
            fill=PAPER,
            stroke="#8a97a5",
            strokeDash=[3, 2],
            strokeWidth=1,
            width=wide - 5,
            height=step - 5,
        ),
        text(cells, {"x": x, "y": y}),
        text(names, {**name_place, "y": y}, **name_style),
        text(bases, {**base_place, "y": y}, **base_style),
        text(heads, {"x": x, "y": {"value": -14}}, color=MUTED),
        text([{"text": words.word(f"cohorts.base.{triangle.of}")}], {**base_place, "y": {"value": -14}}, **base_style),
    ]
    return layered(frame, step * len(periods), layers)


def _square(period: str, cell: Cell, most: float, words: Words) -> Row:
    depth = (cell.share or 0) / most
    label = (
        words.percent(cell.share)
        if cell.base >= LEAST_BASE
        else words.say("x_of_y", x=str(cell.reached), y=str(cell.base))
    )
    return {
        "period": period,
        "weeks": cell.weeks,
        "maturing": cell.maturing,
        "text": f"{label} *" if cell.maturing else label,
        "color": shade(depth),
    }


def shade(depth: float) -> str:
    """The colour of a depth 0..1, from nearly white to a blue on which text is legible."""
    light, dark = (238, 244, 249), (90, 165, 214)
    return "#" + "".join(f"{round(a + (b - a) * depth):02x}" for a, b in zip(light, dark, strict=True))
