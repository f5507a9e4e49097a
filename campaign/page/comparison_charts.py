"""Comparisons of offices: a dot plot with intervals, and a funnel plot with the limits of chance."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log
from typing import Any, NamedTuple

from campaign.page.axes import as_json, percent_axis, place_beside
from campaign.page.drawing import (
    BLUE,
    INK,
    MUTED,
    NARROW,
    VERMILLION,
    Frame,
    Spec,
    layer,
    layered,
    ordered,
    quantity,
    text,
)
from campaign.page.texts import NOTHING, Words
from projections.measures import LEAST_BASE, base
from projections.statistics import Limits

Row = dict[str, Any]


INNER, OUTER = "#e0eaf1", "#f0f4f7"
"""Colours of the bands that hold 95 of 100 offices, and 998 of 1,000, by chance alone."""
_SHAPES = {"above": "triangle-up", "below": "triangle-down", None: "circle"}


def by_office(rows: Sequence[Row], total: Row, names: dict[str, str], words: Words, width: int) -> Spec:
    """A dot with its interval for each office, in the order of ``rows``; the rate of all as a line.

    An office whose base is too small has a row without a dot.
    """
    narrow = width == NARROW
    frame = Frame(width, 118 if narrow else 150, 66 if narrow else 128, 30, 30)
    drawn = [_dot(row, names, words, narrow) for row in rows]
    plotted = [row for row in drawn if row["plotted"]]
    low, high = _span(plotted, total)
    axis = percent_axis(low, high, words, narrow)
    x, ends = (quantity(field, (low, high), axis) for field in ("share", "low"))
    y = ordered("office", [row["office"] for row in drawn], paddingInner=0, paddingOuter=0)
    interval = {"x": ends, "x2": {"field": "high"}, "y": y, "color": _MARK["color"]}
    height = 17 * len(drawn)
    layers = [
        layer("rule", drawn, {"y": y}, color="#f0f2f4"),
        *_total_line(total, x, height, words),
        layer("rule", plotted, interval, strokeWidth=1.6, opacity=0.55),
        layer("point", plotted, {"x": x, "y": y, **_MARK}, filled=True, size=62, opacity=1),
        *_row_labels(drawn, y, frame),
    ]
    return layered(frame, height, layers)


def _total_line(total: Row, x: Spec, height: int, words: Words) -> list[Spec]:
    """The rate of all as a vertical line with a label above it."""
    rate = total["visit_hit_rate"]
    marks = [{"share": rate, "text": words.say("all_at", share=words.percent(rate))}]
    return [
        layer("rule", marks, {"x": x, "y": {"value": -8}, "y2": {"value": height}}, color=INK, strokeWidth=1.2),
        text(marks, {"x": x, "y": {"value": -18}}, fontWeight=600),
    ]


def _row_labels(drawn: list[Row], y: Spec, frame: Frame) -> list[Spec]:
    """The name before each row, and its figures after it."""
    name, how_named = place_beside(-frame.left_margin, "left")
    number, how_numbered = place_beside(frame.inner + 12, "left", color=MUTED)
    numbers = [{**row, "text": row["number"]} for row in drawn]
    return [text(drawn, {**name, "y": y}, **how_named), text(numbers, {**number, "y": y}, **how_numbered)]


def _dot(row: Row, names: dict[str, str], words: Words, narrow: bool) -> Row:
    hits, visits = base(row, "visit_hit_rate")
    differs = row.get("visit_hit_rate_differs")
    fraction = words.say("x_of_y", x=words.number(hits), y=words.number(visits)) if visits else NOTHING
    percent = words.percent(row["visit_hit_rate"])
    enough = visits >= LEAST_BASE
    return {
        "office": row["office"],
        "text": names[row["office"]],
        "plotted": enough,
        "share": row["visit_hit_rate"],
        "low": row["visit_hit_rate_low"],
        "high": row["visit_hit_rate_high"],
        "shape": _SHAPES[differs],
        "color": VERMILLION if differs else BLUE,
        "number": (percent if narrow else words.say("share_of", share=percent, of=words.number(visits)))
        if enough
        else fraction,
    }


def _span(plotted: list[Row], total: Row) -> tuple[float, float]:
    """The range of the shares, in whole tenths."""
    lows = [row["low"] for row in plotted] + [total["visit_hit_rate"]]
    highs = [row["high"] for row in plotted] + [total["visit_hit_rate"]]
    return floor(min(lows) * 10) / 10, ceil(max(highs) * 10) / 10


def against_base(
    rows: Sequence[Row], total: Row, limits: Sequence[Limits], names: dict[str, str], words: Words, width: int
) -> Spec:
    """A funnel plot (Spiegelhalter 2005): each office's rate against its base, and the limits of chance around the total.

    ``limits`` are sorted by base.
    """
    narrow = width == NARROW
    frame = Frame(width, 46, 28 if narrow else 16, 14, 46)
    plotted = [_dot(row, names, words, narrow) | {"base": row["visits_held"]} for row in rows]
    plotted = [row for row in plotted if row["plotted"]]
    low, high = span = _span(plotted, total)
    across: tuple[float, float] = (limits[0].base, limits[-1].base)
    bounds = [{name: min(max(value, low), high) for name, value in limit._asdict().items()} for limit in limits]
    for row, limit in zip(bounds, limits, strict=True):
        row["base"] = limit.base
    axis, height = percent_axis(low, high, words), 300 if narrow else 340
    x = quantity("base", across, _base_axis(across, words, narrow), type="log")
    at = {"x": x, "y": quantity("share", span, axis)}

    def band(lower: str, upper: str, color: str) -> Spec:
        return layer("area", bounds, {"x": x, "y": quantity(lower, span, axis), "y2": {"field": upper}}, color=color)

    def edge(bound: str, dash: list[int]) -> Spec:
        points = [row for row in bounds if low < row[bound] < high]
        return layer(
            "line", points, {"x": x, "y": quantity(bound, span, axis)}, color="#7d8fa0", strokeDash=dash, strokeWidth=1
        )

    level = {"y": quantity("share", span, axis)}
    layers = [
        band("low_outer", "high_outer", OUTER),
        band("low", "high", INNER),
        *(edge(bound, [2, 3]) for bound in ("low_outer", "high_outer")),
        *(edge(bound, [6, 3]) for bound in ("low", "high")),
        layer("rule", [{"share": total["visit_hit_rate"]}], level, color=INK, strokeWidth=1.2),
        layer("point", plotted, {**at, **_MARK}, filled=True, size=56, opacity=0.9),
        *([] if narrow else _band_labels(bounds, across, span, words, axis, x)),
        *_labels(
            _to_be_labelled(plotted, rows, limits), plotted, Plot(frame, height, across, span, total["visit_hit_rate"])
        ),
    ]
    return layered(frame, height, layers)


_MARK = {
    "color": {"field": "color", "type": "nominal", "scale": None},
    "shape": {"field": "shape", "type": "nominal", "scale": None},
}


def _to_be_labelled(plotted: list[Row], rows: Sequence[Row], limits: Sequence[Limits]) -> list[Row]:
    """The offices to label: those outside the inner limits, and the largest."""
    outliers = {row["office"] for row in outside_limits(rows, limits)}
    largest = max(plotted, key=lambda row: row["base"])
    return [row for row in plotted if row is largest or row["office"] in outliers]


def _band_labels(
    bounds: list[Row], across: tuple[float, float], span: tuple[float, float], words: Words, axis: Spec, x: Spec
) -> list[Spec]:
    """The share of offices in each band, written on its upper edge where that is in the plot."""
    edge = bounds[len(bounds) * 7 // 10]
    return [
        text(
            [{**edge, "text": words.word(f"chance.{bound}")}],
            {"x": x, "y": quantity(bound, span, axis)},
            align="left",
            dx=2,
            dy=-8,
            color=MUTED,
            fontSize=11,
        )
        for bound in ("high", "high_outer")
        if span[0] < edge[bound] < span[1]
    ]


class Plot(NamedTuple):
    """Positions of rates and bases, in pixels from the upper left corner; ``total`` is the rate of all."""

    frame: Frame
    height: int
    across: tuple[float, float]
    span: tuple[float, float]
    total: float

    def place(self, row: Row) -> tuple[float, float]:
        """The position of a row: x by the logarithm of its base, y by its share."""
        (least, most), (low, high) = self.across, self.span
        x = self.frame.inner * log(row["base"] / least) / log(most / least)
        return x, self.height * (1 - (row["share"] - low) / (high - low))


Box = tuple[float, float, float, float]


def _labels(rows: list[Row], plotted: list[Row], plot: Plot) -> list[Spec]:
    """The labels of points, each above, below or beside its point, where it overlaps least."""
    obstacles: list[Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in map(plot.place, plotted)]
    total = plot.height * (1 - (plot.total - plot.span[0]) / (plot.span[1] - plot.span[0]))
    obstacles.append((0, total - 2, plot.frame.inner, total + 2))
    layers = []
    for row in sorted(rows, key=lambda row: float(row["share"]), reverse=True):
        box = min(_places(row, plot), key=lambda box: sum(_overlap(box, obstacle) for obstacle in obstacles))
        obstacles.append(box)
        middle = {"x": {"value": (box[0] + box[2]) / 2}, "y": {"value": (box[1] + box[3]) / 2}}
        layers.append(text([{"text": row["text"]}], middle))
    return layers


def _places(row: Row, plot: Plot) -> list[Box]:
    """The boxes in which a label fits into the drawing."""
    (x, y), half = plot.place(row), 3.4 * len(row["text"])
    middles = ((x, y - 13), (x, y + 13), (x + half + 9, y), (x - half - 9, y))
    boxes = [(a - half, b - 7, a + half, b + 7) for a, b in middles]
    inside = [box for box in boxes if box[0] > 0 and box[2] < plot.frame.inner + plot.frame.right]
    return inside or boxes[3:]


def _overlap(box: Box, obstacle: Box) -> float:
    """The area that two boxes share, in square pixels."""
    across = min(box[2], obstacle[2]) - max(box[0], obstacle[0])
    down = min(box[3], obstacle[3]) - max(box[1], obstacle[1])
    return max(0.0, across) * max(0.0, down)


def outside_limits(rows: Sequence[Row], limits: Sequence[Limits]) -> list[Row]:
    """The rows whose visit hit rate is outside the inner limits of their base."""
    limits_of = {limit.base: limit for limit in limits}
    candidates = [row for row in rows if row["visits_held"] >= LEAST_BASE]
    return [
        row
        for row in candidates
        if not limits_of[row["visits_held"]].low <= row["visit_hit_rate"] <= limits_of[row["visits_held"]].high
    ]


def bases(rows: Sequence[Row]) -> list[int]:
    """The bases to draw limits for: those of the offices, and others between and beside them for a smooth line."""
    observed = sorted({row["visits_held"] for row in rows if row["visits_held"] >= LEAST_BASE})
    least, most = observed[0] * 0.85, observed[-1] * 1.15
    between = {max(1, round(least * (most / least) ** (n / 60))) for n in range(61)}
    return sorted(between.union(observed))


def _base_axis(across: tuple[float, float], words: Words, narrow: bool) -> Spec:
    for factors in (
        (1, 5) if narrow else (1, 2, 5),
        (1, 1.5, 2, 3, 4, 6, 8),
        (1, *(n / 20 for n in range(22, 200, 2))),
    ):
        steps = [round(factor * 10**power) for power in range(1, 6) for factor in factors]
        values = [value for value in steps if across[0] <= value <= across[1]]
        if len(values) > 1:
            break
    labels = {str(value): words.number(value) for value in values}
    return {
        "values": values,
        "labelExpr": f"{as_json(labels)}[datum.value]",
        "grid": True,
        "title": words.measure("visits_held"),
        "titleColor": MUTED,
        "titleFontWeight": "normal",
        "titleFontSize": 12,
        "titlePadding": 8,
    }
