"""Courses in time: week by week, and the way to a target with what is to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.page.axes import as_json, month_axis, number_axis, rounded_up
from campaign.page.drawing import (
    BLUE,
    BLUE_TEXT,
    MUTED,
    NARROW,
    SKY,
    VERMILLION,
    VERMILLION_TEXT,
    Frame,
    Spec,
    layer,
    layered,
    ordered,
    quantity,
    text,
)
from campaign.page.texts import Words

if TYPE_CHECKING:
    from campaign.page.figures import Course
    from projections.facts.targets import Target

Row = dict[str, Any]


def weeks(rows: Sequence[Row], words: Words, width: int, asked: dict[str, float] | None = None) -> Spec:
    """Visits held in each week, those with a yield inside them, and what the target asks of the week as a line."""
    frame = Frame(width, 40, 16, 30, 40)
    every = all_weeks([row["week"] for row in rows])
    there = {row["week"]: row for row in rows}
    drawn: list[Row] = [
        {"week": week, "held": _of(there, week, "visits_held"), "hits": _of(there, week, "visits_with_yield")}
        for week in every
    ]
    goals = {week: asked[week] for week in every if asked and week in asked}
    top = float(rounded_up(max([1.0, *(float(row["held"]) for row in drawn), *goals.values()])))
    x = ordered("week", every, _week_axis(every, words, width), paddingInner=0.25, paddingOuter=0.1)
    axis = number_axis(top, words)
    slim: Spec = {"width": _WIDEST} if frame.inner / len(every) > _WIDEST else {}
    layers = [
        layer("bar", drawn, {"x": x, "y": quantity("held", (0, top), axis)}, color=SKY, **slim),
        layer("bar", drawn, {"x": x, "y": quantity("hits", (0, top), axis)}, color=BLUE, **slim),
    ]
    young = [{"week": row["week"], "held": row["visits_held"], "text": "*"} for row in rows if row["maturing"]]
    layers.append(text(young, {"x": x, "y": quantity("held", (0, top), axis)}, dy=-7, color=MUTED))
    if len(goals) > 1:
        line = {"x": x, "y": quantity("goal", (0, top), axis)}
        layers.append(
            layer(
                "line",
                [{"week": week, "goal": goal} for week, goal in goals.items()],
                line,
                color=VERMILLION,
                strokeDash=[6, 3],
                strokeWidth=2,
                interpolate="step",
            )
        )
    layers.append(_key([(SKY, words.word("weeks.held")), (BLUE, words.word("weeks.hits"))], len(goals) > 1, words))
    return layered(frame, 220, layers)


_WIDEST = 48
"""Pixels of a bar at most, where there are few weeks."""


def _of(there: dict[str, Row], week: str, count: str) -> int:
    return int(there[week][count]) if week in there else 0


def all_weeks(named: Sequence[str]) -> list[str]:
    """Every ISO week from the first to the last of these, those without anything too."""
    if not named:
        return []
    day, last = monday(min(named)), monday(max(named))
    found = []
    while day <= last:
        year, week, _ = day.isocalendar()
        found.append(f"{year}-W{week:02}")
        day += timedelta(weeks=1)
    return found


def monday(week: str) -> date:
    """The first day of the ISO week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def _week_axis(every: list[str], words: Words, width: int) -> Spec:
    """Under each so many weeks the number of one, and its year where it is a new one."""
    apart = max(1, ceil(len(every) / (7 if width == NARROW else 16)))
    named = every[::apart]
    years: list[str] = []
    labels = {}
    for week in named:
        number = words.week(week)
        labels[week] = [number] if week[:4] in years else [number, week[:4]]
        years.append(week[:4])
    return {"values": named, "labelExpr": f"{as_json(labels)}[datum.value]", "labelAngle": 0}


def _key(colors: list[tuple[str, str]], with_line: bool, words: Words) -> Spec:
    """What each colour stands for, above the plot from its left."""
    layers = []
    x = -36.0
    for color, name in colors:
        place = {"x": {"value": x + 6}, "y": {"value": -18}}
        layers.append(layer("point", [{}], place, shape="square", filled=True, size=110, color=color, opacity=1))
        layers.append(text([{"text": name}], {"x": {"value": x + 17}, "y": {"value": -18}}, align="left"))
        x += 17 + 6.6 * len(name) + 18
    if with_line:
        name = words.word("weeks.target")
        ends = {"x": {"value": x}, "x2": {"value": x + 20}, "y": {"value": -18}}
        layers.append(layer("rule", [{}], ends, color=VERMILLION, strokeDash=[6, 3], strokeWidth=2))
        layers.append(text([{"text": name}], {"x": {"value": x + 26}, "y": {"value": -18}}, align="left"))
    return {"layer": layers}


class Ground(NamedTuple):
    """What the lines of a course are drawn on: days from ``first`` on, and amounts up to ``top``."""

    frame: Frame
    height: int
    first: date
    x: Spec
    top: float
    axis: Spec

    def at(self, field: str = "amount") -> Spec:
        """The channels of a point: its day, and the amount of that field."""
        return {"x": self.x, "y": quantity(field, (0, self.top), self.axis)}

    def point(self, day: date, **said: Any) -> Row:
        """A row of that day."""
        return {"day": (day - self.first).days, **said}

    def line(self, series: Sequence[tuple[date, float]], **how: Any) -> Spec:
        """A line through an amount of each day."""
        return layer("line", [self.point(day, amount=amount) for day, amount in series], self.at(), **how)


def course(way: Course, words: Words, width: int) -> Spec:
    """What was reached by then, what a steady pace would have given, and the fan of what is to be expected."""
    ground, goal = _ground(way, words, width), way.target
    steady, reached = (_at_ends_of_weeks(series, goal) for series in (way.expected, way.reached))
    target = [ground.point(goal.by_day, amount=goal.number)]
    fan = _fan(way, ground)
    layers = [
        layer("area", fan, {**ground.at("low"), "y2": {"field": "high"}}, color=FAN),
        *_today(way.reached[-1][0], ground, words),
        ground.line(steady, color=VERMILLION, strokeDash=[7, 4], strokeWidth=1.8),
        layer("line", fan, ground.at("middle"), color=BLUE, strokeDash=[2, 3], strokeWidth=2),
        ground.line(reached, color=BLUE, strokeWidth=2.8),
        layer("point", target, ground.at(), shape="diamond", filled=True, size=110, color=VERMILLION, opacity=1),
        *_named(way, ground, words),
    ]
    return layered(ground.frame, ground.height, layers)


def _ground(way: Course, words: Words, width: int) -> Ground:
    narrow, goal = width == NARROW, way.target
    last = max(goal.by_day, way.reached[-1][0])
    days = (0, max(1, (last - way.first).days))
    top = float(rounded_up(max(goal.number, goal.reached, goal.high or 0)))
    x = quantity("day", days, month_axis(way.first, last, words, narrow))
    frame = Frame(width, 46, 108 if narrow else 160, 26, 30)
    return Ground(frame, 240 if narrow else 300, way.first, x, top, number_axis(top, words))


def _fan(way: Course, ground: Ground) -> list[Row]:
    ends = (way.fan[:1], way.fan[-1:])
    shown = [f for f in way.fan if f.day.weekday() == FRIDAY or [f] in ends]
    return [ground.point(f.day, low=f.low, middle=f.middle, high=f.high) for f in shown]


def _today(until: date, ground: Ground, words: Words) -> list[Spec]:
    """The day the report speaks of, as a line from top to bottom."""
    today = [ground.point(until, text=words.short_day(until))]
    ends = {"x": ground.x, "y": {"value": -6}, "y2": {"value": ground.height}}
    return [
        layer("rule", today, ends, color=MUTED, strokeDash=[2, 3]),
        text(today, {"x": ground.x, "y": {"value": -15}}, color=MUTED),
    ]


def _named(way: Course, ground: Ground, words: Words) -> list[Spec]:
    """What is written at the lines, by now and at their end."""
    until = way.reached[-1][0]
    by_now = _by_now(way.target, words, ground.top, ground.height) if way.target.left else []
    behind = {"x": {"value": ground.frame.inner + 12}}
    return [
        *(
            text(
                [ground.point(until, text=told)], {"x": ground.x, "y": {"value": y}}, color=color, fontWeight=600, **how
            )
            for y, told, color, how in by_now
        ),
        *(
            text([{"text": told}], {**behind, "y": {"value": y}}, align="left", color=color, fontWeight=600)
            for y, told, color in _at_the_end(way, words, ground.top, ground.height)
        ),
    ]


FRIDAY = 4
FAN = "#d6e7f4"


def _at_ends_of_weeks(series: Sequence[tuple[date, float]], goal: Target) -> list[tuple[date, float]]:
    """Fridays, the first and the last day, and the days about a change: days without work make no steps then."""
    changed = {setting.set_on for setting in goal.history}
    kept = changed | {day - timedelta(days=1) for day in changed} | {day for day, _ in (*series[:1], *series[-1:])}
    return [(day, amount) for day, amount in series if day.weekday() == FRIDAY or day in kept]


def _by_now(goal: Target, words: Words, top: float, height: int) -> list[tuple[float, str, str, Spec]]:
    """What was reached by now and what a steady pace would have given: at which height, in words, its colour, its side.

    Where lines rise there is room above them to the left, and below them to the right.
    """
    expected = goal.expected or 0
    said = [
        (goal.reached, words.say("course.reached", number=words.number(goal.reached)), BLUE_TEXT),
        (expected, words.say("course.expected", number=words.number(expected)), VERMILLION_TEXT),
    ]
    (most, above, upper), (least, below, lower) = sorted(said, reverse=True)
    high, low = (height * (1 - amount / top) for amount in (most, least))
    left: Spec = {"align": "right", "dx": -8}
    right: Spec = {"align": "left", "dx": 8}
    return [(max(8, high - 13), above, upper, left), (min(height - 9, low + 17), below, lower, right)]


def _at_the_end(way: Course, words: Words, top: float, height: int) -> list[tuple[float, str, str]]:
    """What is written behind the plot, in which colour, each at its height and far enough from the next to be read."""
    goal = way.target
    lines = [(goal.number, words.say("course.target", number=words.number(goal.number)), VERMILLION_TEXT)]
    if way.fan and goal.forecast is not None:
        lines.append((goal.forecast, words.say("course.forecast", number=words.number(goal.forecast)), BLUE_TEXT))
    if not goal.left:
        lines.append((goal.reached, words.say("course.reached", number=words.number(goal.reached)), BLUE_TEXT))
    placed: list[tuple[float, str, str]] = []
    above = -99.0
    for amount, told, color in sorted(lines, reverse=True):
        above = max(height * (1 - amount / top), above + 17)
        placed.append((above, told, color))
    return placed
