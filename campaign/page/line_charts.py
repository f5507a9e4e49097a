"""Charts over time: visits by week, and the course of a target with its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil
from typing import Any, NamedTuple

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
from campaign.page.figures import Course
from campaign.page.texts import Words
from projections.questions.targets import Target

Row = dict[str, Any]


def weeks(rows: Sequence[Row], words: Words, width: int, weekly_target: dict[str, float] | None = None) -> Spec:
    """Visits held in each week, inside them those with a yield, and the target of each week as a line."""
    frame = Frame(width, 40, 16, 30, 40)
    every = all_weeks([row["week"] for row in rows])
    rows_by_week = {row["week"]: row for row in rows}
    drawn: list[Row] = [
        {
            "week": week,
            "held": _count_in(rows_by_week, week, "visits_held"),
            "hits": _count_in(rows_by_week, week, "visits_with_yield"),
        }
        for week in every
    ]
    goals = {week: weekly_target[week] for week in every if weekly_target and week in weekly_target}
    top = float(rounded_up(max([1.0, *(float(row["held"]) for row in drawn), *goals.values()])))
    x = ordered("week", every, _week_axis(every, words, width), paddingInner=0.25, paddingOuter=0.1)
    axis = number_axis(top, words)
    slim: Spec = {"width": _WIDEST} if frame.inner / len(every) > _WIDEST else {}
    layers = [
        layer("bar", drawn, {"x": x, "y": quantity("held", (0, top), axis)}, color=SKY, **slim),
        layer("bar", drawn, {"x": x, "y": quantity("hits", (0, top), axis)}, color=BLUE, **slim),
    ]
    provisional = [{"week": row["week"], "held": row["visits_held"], "text": "*"} for row in rows if row["maturing"]]
    layers.append(text(provisional, {"x": x, "y": quantity("held", (0, top), axis)}, dy=-7, color=MUTED))
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
"""The largest width of a bar in pixels."""


def _count_in(rows_by_week: dict[str, Row], week: str, count: str) -> int:
    return int(rows_by_week[week][count]) if week in rows_by_week else 0


def all_weeks(weeks: Sequence[str]) -> list[str]:
    """Every ISO week from the first to the last of ``weeks``."""
    if not weeks:
        return []
    day, last = monday(min(weeks)), monday(max(weeks))
    every_week = []
    while day <= last:
        year, week, _ = day.isocalendar()
        every_week.append(f"{year}-W{week:02}")
        day += timedelta(weeks=1)
    return every_week


def monday(week: str) -> date:
    """The first day of the ISO week."""
    return date.fromisocalendar(int(week[:4]), int(week[6:]), 1)


def _week_axis(every: list[str], words: Words, width: int) -> Spec:
    """Labels under every nth week: its number, and its year where that is new."""
    apart = max(1, ceil(len(every) / (7 if width == NARROW else 16)))
    labelled = every[::apart]
    years: list[str] = []
    labels = {}
    for week in labelled:
        number = words.week(week)
        labels[week] = [number] if week[:4] in years else [number, week[:4]]
        years.append(week[:4])
    return {"values": labelled, "labelExpr": f"{as_json(labels)}[datum.value]", "labelAngle": 0}


def _key(colors: list[tuple[str, str]], with_line: bool, words: Words) -> Spec:
    """The legend, above the plot."""
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


class Canvas(NamedTuple):
    """The axes of a course: days from ``first`` on, and amounts up to ``top``."""

    frame: Frame
    height: int
    first: date
    x: Spec
    top: float
    axis: Spec

    def at(self, field: str = "amount") -> Spec:
        """The channels of a point: its day, and the amount in ``field``."""
        return {"x": self.x, "y": quantity(field, (0, self.top), self.axis)}

    def point(self, day: date, **fields: Any) -> Row:
        """A row for a day."""
        return {"day": (day - self.first).days, **fields}

    def line(self, series: Sequence[tuple[date, float]], **properties: Any) -> Spec:
        """A line through the amounts of the days."""
        return layer("line", [self.point(day, amount=amount) for day, amount in series], self.at(), **properties)


def course(course_of_target: Course, words: Words, width: int) -> Spec:
    """What was reached, what a steady pace would have given, and the forecast as a fan."""
    canvas, goal = _canvas(course_of_target, words, width), course_of_target.target
    steady, reached = (
        _at_ends_of_weeks(series, goal) for series in (course_of_target.expected, course_of_target.reached)
    )
    target = [canvas.point(goal.by_day, amount=goal.number)]
    fan = _fan(course_of_target, canvas)
    layers = [
        layer("area", fan, {**canvas.at("low"), "y2": {"field": "high"}}, color=FAN),
        *_today(course_of_target.reached[-1][0], canvas, words),
        canvas.line(steady, color=VERMILLION, strokeDash=[7, 4], strokeWidth=1.8),
        layer("line", fan, canvas.at("middle"), color=BLUE, strokeDash=[2, 3], strokeWidth=2),
        canvas.line(reached, color=BLUE, strokeWidth=2.8),
        layer("point", target, canvas.at(), shape="diamond", filled=True, size=110, color=VERMILLION, opacity=1),
        *_line_labels(course_of_target, canvas, words),
    ]
    return layered(canvas.frame, canvas.height, layers)


def _canvas(course_of_target: Course, words: Words, width: int) -> Canvas:
    narrow, goal = width == NARROW, course_of_target.target
    last = max(goal.by_day, course_of_target.reached[-1][0])
    days = (0, max(1, (last - course_of_target.first).days))
    top = float(rounded_up(max(goal.number, goal.reached, goal.high or 0)))
    x = quantity("day", days, month_axis(course_of_target.first, last, words, narrow))
    frame = Frame(width, 46, 108 if narrow else 160, 26, 30)
    return Canvas(frame, 240 if narrow else 300, course_of_target.first, x, top, number_axis(top, words))


def _fan(course_of_target: Course, canvas: Canvas) -> list[Row]:
    ends = (course_of_target.fan[:1], course_of_target.fan[-1:])
    points = [f for f in course_of_target.fan if f.day.weekday() == FRIDAY or [f] in ends]
    return [canvas.point(f.day, low=f.low, middle=f.middle, high=f.high) for f in points]


def _today(until: date, canvas: Canvas, words: Words) -> list[Spec]:
    """The day of the report as a vertical line."""
    today = [canvas.point(until, text=words.short_day(until))]
    ends = {"x": canvas.x, "y": {"value": -6}, "y2": {"value": canvas.height}}
    return [
        layer("rule", today, ends, color=MUTED, strokeDash=[2, 3]),
        text(today, {"x": canvas.x, "y": {"value": -15}}, color=MUTED),
    ]


def _line_labels(course_of_target: Course, canvas: Canvas, words: Words) -> list[Spec]:
    """The labels of the lines at the day of the report and at their end."""
    until = course_of_target.reached[-1][0]
    by_now = (
        _labels_of_today(course_of_target.target, words, canvas.top, canvas.height)
        if course_of_target.target.left
        else []
    )
    behind = {"x": {"value": canvas.frame.inner + 12}}
    return [
        *(
            text(
                [canvas.point(until, text=label)],
                {"x": canvas.x, "y": {"value": y}},
                color=color,
                fontWeight=600,
                **properties,
            )
            for y, label, color, properties in by_now
        ),
        *(
            text([{"text": label}], {**behind, "y": {"value": y}}, align="left", color=color, fontWeight=600)
            for y, label, color in _labels_of_last_day(course_of_target, words, canvas.top, canvas.height)
        ),
    ]


FRIDAY = 4
FAN = "#d6e7f4"


def _at_ends_of_weeks(series: Sequence[tuple[date, float]], goal: Target) -> list[tuple[date, float]]:
    """The amounts of Fridays, the first and the last day, and the days around a change: weekends draw no steps then."""
    changed = {setting.set_on for setting in goal.history}
    days = changed | {day - timedelta(days=1) for day in changed} | {day for day, _ in (*series[:1], *series[-1:])}
    return [(day, amount) for day, amount in series if day.weekday() == FRIDAY or day in days]


def _labels_of_today(goal: Target, words: Words, top: float, height: int) -> list[tuple[float, str, str, Spec]]:
    """The labels at the day of the report: height, text, colour and mark properties.

    Rising lines leave room above them on the left, and below them on the right.
    """
    expected = goal.expected or 0
    labels = [
        (goal.reached, words.say("course.reached", number=words.number(goal.reached)), BLUE_TEXT),
        (expected, words.say("course.expected", number=words.number(expected)), VERMILLION_TEXT),
    ]
    (most, above, upper), (least, below, lower) = sorted(labels, reverse=True)
    high, low = (height * (1 - amount / top) for amount in (most, least))
    before: Spec = {"align": "right", "dx": -8}
    right: Spec = {"align": "left", "dx": 8}
    return [(max(8, high - 13), above, upper, before), (min(height - 9, low + 17), below, lower, right)]


def _labels_of_last_day(
    course_of_target: Course, words: Words, top: float, height: int
) -> list[tuple[float, str, str]]:
    """The labels after the plot: height, text and colour, far enough apart to be legible."""
    goal = course_of_target.target
    lines = [(goal.number, words.say("course.target", number=words.number(goal.number)), VERMILLION_TEXT)]
    if course_of_target.fan and goal.forecast is not None:
        lines.append((goal.forecast, words.say("course.forecast", number=words.number(goal.forecast)), BLUE_TEXT))
    if not goal.left:
        lines.append((goal.reached, words.say("course.reached", number=words.number(goal.reached)), BLUE_TEXT))
    placed: list[tuple[float, str, str]] = []
    above = -99.0
    for amount, label, color in sorted(lines, reverse=True):
        above = max(height * (1 - amount / top), above + 17)
        placed.append((above, label, color))
    return placed
