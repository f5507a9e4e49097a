"""Bar charts with a number before each bar: the funnel, and the yields by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from campaign.page.axes import place_beside
from campaign.page.drawing import (
    BLUE,
    GREEN,
    MUTED,
    NARROW,
    ORANGE,
    PURPLE,
    Frame,
    Spec,
    layer,
    layered,
    ordered,
    quantity,
    text,
)
from campaign.page.texts import Words
from projections.measures import LEAST_BASE
from projections.questions.funnel import FunnelStep
from projections.questions.yields_by_kind import KindRow

Row = dict[str, Any]


_OF_UNIT = {"companies": BLUE, "visits": GREEN, "positions": ORANGE}
_OF_CLASS = {"ordinary": BLUE, "supported": ORANGE, "unpaid": GREEN, "other": PURPLE}
_PART_OF_CLASS = {"ordinary": "#003f66", "supported": "#6e4200", "unpaid": "#004a37", "other": "#5f2c4c"}
"""A kind that is part of another has the same colour, darker, in its own bar and inside the bar of the other."""


def funnel(steps: Sequence[FunnelStep], words: Words, width: int) -> Spec:
    """A bar for each step, with its number before it and its share of an earlier step after it."""
    counts = {step.step: step.count for step in steps}
    rows = [
        {
            "step": step.step,
            "count": step.count,
            "color": _OF_UNIT[step.unit],
            "text": step_name(step, words),
            "number": words.number(step.count),
            "share": step_share(step, counts, words),
        }
        for step in steps
    ]
    return _bars(rows, "step", width, 240)


def step_name(step: FunnelStep, words: Words) -> str:
    """The name of a step: companies called, visits held ..."""
    return words.word(f"step.{step.step}")


def step_share(step: FunnelStep, counts: Mapping[str, int], words: Words) -> str:
    """The share of the step in its base, in words; ``counts`` has the number of each step. Empty where there is no share."""
    if step.share is None or step.of is None:
        return ""
    if step.unit == step.of_unit:
        if counts[step.of] < LEAST_BASE:
            return words.say("x_of_y", x=words.number(step.count), y=words.number(counts[step.of]))
        return words.say("step.share", share=words.percent(step.share), of=words.word(f"those.{step.of}"))
    return words.say("step.each", number=words.number(step.share, 2), of=words.word(f"each.{step.of}"))


def yields(kinds: Sequence[KindRow], words: Words, width: int) -> Spec:
    """A bar for each kind; a sub-kind is indented, and marked inside the bar of the kind it is part of."""
    rows = [
        {
            "step": row.kind,
            "count": row.positions,
            "color": (_PART_OF_CLASS if row.depth else _OF_CLASS)[row.support_class],
            "text": kind_name(row, words),
            "number": words.number(row.positions),
            "share": words.word(f"class.{row.support_class}"),
            "depth": row.depth,
            "part": sum(r.positions for r in kinds if r.parent == row.kind),
            "part_color": _PART_OF_CLASS[row.support_class],
        }
        for row in kinds
    ]
    return _bars(rows, "step", width, 240)


def kind_name(row: KindRow, words: Words) -> str:
    """The name of a kind, preceded by "of which" for a sub-kind, which the line above includes."""
    name = words.kind(row.kind)
    return words.say("of_which", kind=name.lower()) if row.depth else name


_INDENT = 18
_LETTER = 7.2
"""Width of a letter in pixels, rounded up."""


def _bars(rows: list[Row], by: str, width: int, room: int) -> Spec:
    narrow = width == NARROW
    margin = 0 if narrow else room
    frame = Frame(width, margin, _right_margin(rows, width - margin), 2, 2)
    step, thick, drop = (44, 14, 10) if narrow else (28, 16, 0)
    y = ordered(by, [row[by] for row in rows], paddingInner=0, paddingOuter=0)
    x = quantity("count", (0, max(1, *(row["count"] for row in rows))))
    color = {"field": "color", "type": "nominal", "scale": None}
    parts = [{**row, "count": row["part"], "color": row["part_color"]} for row in rows if row.get("part")]
    shares = [{**row, "text": row["share"]} for row in rows]
    layers = [
        layer("bar", rows, {"x": x, "y": y, "color": color}, height=thick, yOffset=drop),
        layer("bar", parts, {"x": x, "y": y, "color": color}, height=thick, yOffset=drop),
        text(shares, {"x": x, "y": y}, align="left", dx=8, dy=drop, color=MUTED),
    ]
    numbers = [{**row, "text": row["number"]} for row in rows]
    digits = _LETTER * max(len(row["number"]) for row in rows)
    start, end, rise = (digits + 8, digits, -10) if narrow else (-room, -10, 0)
    channel, properties = place_beside(end, "right", fontWeight=600, dy=rise)
    layers.append(text(numbers, {**channel, "y": y}, **properties))
    for depth in sorted({row.get("depth", 0) for row in rows}):
        channel, properties = place_beside(start + _INDENT * depth, "left", dy=rise)
        layers.append(text([row for row in rows if row.get("depth", 0) == depth], {**channel, "y": y}, **properties))
    return layered(frame, step * len(rows), layers)


def _right_margin(rows: list[Row], room: int) -> int:
    """Pixels to leave free on the right, so that the text after each bar fits."""
    most: float = max(1, *(row["count"] for row in rows))
    longest: float = min((room - 10 - _LETTER * len(row["share"])) / max(row["count"] / most, 0.1) for row in rows)
    return round(max(12, room - longest))
