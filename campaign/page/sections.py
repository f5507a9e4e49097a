"""The sections of a page, each with a heading, notes, a chart and the table of its figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from campaign.page import bar_charts, comparison_charts, heat_map, line_charts, tables
from campaign.page.drawing import NARROW, WIDE, Alternative, Spec, svg
from campaign.page.figures import Course, Figures
from campaign.page.tables import Table
from campaign.page.texts import Figure, Sentence, Words, plain
from campaign.reports.rates import grouped_report
from campaign.reports.report import Report, Share
from projections.measures import LEAST_BASE
from projections.questions.cohorts import Triangle
from projections.questions.comparison import COMPARED, compared
from projections.questions.targets import Setting, Target
from projections.statistics import funnel_limits

Row = dict[str, Any]


class Drawing(NamedTuple):
    """A chart for a wide and for a narrow page; a section with several gives each a ``title`` and a ``note``."""

    wide: str
    narrow: str
    title: Sentence = []
    note: Sentence = []


class Section(NamedTuple):
    """One section. ``instead``: the sentence shown when there are no figures."""

    name: str
    link: str
    title: Sentence
    notes: list[Sentence]
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    instead: str = ""

    @property
    def is_spread(self) -> bool:
        """Whether one of its tables needs the full width."""
        return any(table.is_dense for table in self.tables)


def sections(figures: Figures, words: Words, names: dict[str, str]) -> list[Section]:
    """Every section, in the order of the page. ``names``: the names of the offices by code."""
    return [
        _targets(figures, words, names),
        _funnel(figures, words),
        _weeks(figures, words),
        _offices(figures, words, names),
        _yields(figures, words),
        _cohorts(figures, words),
        _overdue(figures, words),
    ]


def _empty(name: str, words: Words) -> Section:
    return Section(name, words.word(f"{name}.nav"), [words.word(f"{name}.nav")], [], instead=words.word(f"{name}.none"))


def _drawing(name: str, title: Sentence, description: str, chart: Callable[[int], Spec]) -> Drawing:
    alternative = Alternative(plain(title), description)
    return Drawing(svg(chart(WIDE), f"{name}-wide", alternative), svg(chart(NARROW), f"{name}-narrow", alternative))


def _funnel(figures: Figures, words: Words) -> Section:
    steps = figures.funnel
    if not any(step.count for step in steps):
        return _empty("funnel", words)
    first, last, most = steps[1], steps[-1], max(steps, key=lambda step: step.count)
    ends = {name: words.count(f"funnel.{s.step}.count", s.count) for name, s in (("first", first), ("last", last))}
    title = words.sentence("funnel", **ends)
    description = words.say(
        "funnel.alt",
        count=words.number(len(steps)),
        first=bar_charts.step_name(first, words),
        first_number=words.number(first.count),
        last=bar_charts.step_name(last, words),
        last_number=words.number(last.count),
        most=bar_charts.step_name(most, words),
    )
    drawing = _drawing("funnel", title, description, lambda width: bar_charts.funnel(steps, words, width))
    notes = [words.sentence("funnel.note")]
    return Section("funnel", words.word("funnel.nav"), title, notes, (drawing,), (tables.steps(words, steps),))


def _weeks(figures: Figures, words: Words) -> Section:
    rows = [row for row in figures.weeks if row["visits_held"]]
    if not figures.weeks:
        return _empty("weeks", words)
    table = tables.grouped(words, "week", _grouped("week", figures.weeks, figures), lambda week: week)
    if not rows:
        return _empty("weeks", words)._replace(tables=(table,))
    weekly_target = _weekly_target(figures)
    best = max(rows, key=lambda row: row["visits_held"])
    title = words.sentence("weeks", held=words.count("rates.total.visits_held", figures.total["visits_held"]))
    description = words.say(
        "weeks.alt",
        count=words.number(len(line_charts.all_weeks([row["week"] for row in figures.weeks]))),
        first=figures.weeks[0]["week"],
        last=figures.weeks[-1]["week"],
        most=words.number(best["visits_held"]),
        best=best["week"],
    )
    drawing = _drawing(
        "weeks", title, description, lambda width: line_charts.weeks(figures.weeks, words, width, weekly_target)
    )
    return Section("weeks", words.word("weeks.nav"), title, [words.sentence("weeks.note")], (drawing,), (table,))


def _grouped(by: str, rows: list[Row], figures: Figures) -> Report:
    return grouped_report(rows, figures.total, by, figures.about.scope)


def _weekly_target(figures: Figures) -> dict[str, float]:
    """The target of each week, if it counts the same visits as the weeks."""
    course, scope = figures.course, figures.about.scope
    if course is None or scope.kinds:
        return {}
    target_scope = (
        (course.target.office,) if course.target.office else (),
        () if course.target.office else (course.target.region,) if course.target.region else (),
    )
    return course.weekly if target_scope == (scope.offices, scope.regions) else {}


def _offices(figures: Figures, words: Words, names: dict[str, str]) -> Section:
    rows = by_name(figures.offices, names)
    plotted = [row for row in rows if row["visits_held"] >= LEAST_BASE]
    if not rows:
        return _empty("offices", words)
    table = tables.grouped(words, "office", _grouped("office", rows, figures), lambda code: f"{names[code]} ({code})")
    if not plotted:
        return _empty("offices", words)._replace(instead=words.word("offices.few"), tables=(table,))
    title = words.sentence(
        "offices", share=words.share_of("rates.total.visit_hit_rate", Share.of_rate(figures.total, "visit_hit_rate"))
    )
    lowest, highest = (pick(plotted, key=lambda row: row["visit_hit_rate"]) for pick in (min, max))
    description = words.say(
        "offices.alt",
        count=words.number(len(rows)),
        low=words.percent(lowest["visit_hit_rate"]),
        lowest=names[lowest["office"]],
        high=words.percent(highest["visit_hit_rate"]),
        highest=names[highest["office"]],
        share=words.percent(figures.total["visit_hit_rate"]),
    )
    dots = _drawing(
        "offices",
        title,
        description,
        lambda width: comparison_charts.by_office(rows, figures.total, names, words, width),
    )
    notes = [words.sentence("offices.note"), *_differing(figures, names, words), words.sentence("offices.once")]
    notes += [words.sentence("offices.small")] if len(plotted) < len(rows) else []
    drawings = (dots, *_chance(figures, words, names))
    return Section("offices", words.word("offices.nav"), title, notes, drawings, (table,))


def _differing(figures: Figures, names: dict[str, str], words: Words) -> list[Sentence]:
    """For each rate that offices were compared in, which of them differ."""
    rows = by_name(figures.offices, names)
    return [
        _comparison_note(rows, rate, names, words)
        for rate, looks in zip(COMPARED, compared(rows, figures.total), strict=True)
        if looks
    ]


def _comparison_note(rows: list[Row], rate: str, names: dict[str, str], words: Words) -> Sentence:
    differing = [names[row["office"]] for row in rows if row[f"{rate}_differs"]]
    rate_name = words.measure(rate)
    if not differing:
        return words.sentence("offices.unmarked", rate=rate_name)
    drawn = words.word("offices.triangle") if rate == "visit_hit_rate" else ""
    return [capitalized(words.say("offices.marked", rate=rate_name, offices=", ".join(differing)) + drawn)]


def capitalized(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def by_name(rows: list[Row], names: dict[str, str]) -> list[Row]:
    """Rows of offices by name, in Danish order: Æ, Ø and Å are last, and Aa counts as Å."""
    return sorted(rows, key=lambda row: _danish(names[row["office"]]))


def _danish(name: str) -> str:
    return name.casefold().replace("aa", "å").translate(_AFTER_Z)


_AFTER_Z = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


def _chance(figures: Figures, words: Words, names: dict[str, str]) -> tuple[Drawing, ...]:
    """The funnel plot; none with fewer than two offices to compare, or when the total rate is 0 or 1."""
    rows, total_rate = figures.offices, figures.total["visit_hit_rate"]
    plotted = [row for row in rows if row["visits_held"] >= LEAST_BASE]
    if len(plotted) < 2 or not 0 < total_rate < 1:
        return ()
    limits = funnel_limits(total_rate, comparison_charts.bases(rows))
    outside = [names[row["office"]] for row in by_name(comparison_charts.outside_limits(rows, limits), names)]
    title = words.sentence("chance")
    description = words.say(
        "chance.alt",
        count=words.number(len(plotted)),
        share=words.percent(total_rate),
        outside=", ".join(outside) or words.word("nobody"),
    )
    drawing = _drawing(
        "chance",
        title,
        description,
        lambda width: comparison_charts.against_base(rows, figures.total, limits, names, words, width),
    )
    looks = compared(rows, figures.total)[0]
    allowed = [" ", *words.sentence("chance.looks", looks=words.number(looks))] if looks else []
    return (drawing._replace(title=title, note=[*words.sentence("chance.note"), *allowed]),)


def _targets(figures: Figures, words: Words, names: dict[str, str]) -> Section:
    rows = figures.targets
    if rows is None:
        return _empty("targets", words)._replace(instead=words.word("targets.filtered"))
    if not rows:
        return _empty("targets", words)
    if figures.course is None:
        return _empty("targets", words)._replace(instead="", tables=(tables.targets(words, rows, names),))
    course = figures.course
    goal, path = course.target, tables.target_path(course.target)
    title = words.sentence(
        "targets",
        reached=words.count(f"{path}.reached", goal.reached),
        measure=capitalized(tables.target_name(words, goal, names)),
        number=words.count(f"{path}.number", goal.number),
        day=words.day(goal.by_day),
        state=words.word(f"targets.{_state(goal)}"),
    )
    drawing = _drawing(
        "targets", title, _course_description(course, words), lambda width: line_charts.course(course, words, width)
    )
    table = tables.targets(words, rows, names)
    return Section("targets", words.word("targets.nav"), title, _course_notes(course, words), (drawing,), (table,))


def _state(goal: Target) -> str:
    """Whether the target is met or missed, or else ahead of or behind a steady pace."""
    if goal.reached >= goal.number:
        return "met"
    if not goal.left:
        return "missed"
    return "ahead" if goal.reached >= (goal.expected or 0) else "behind"


def _course_description(course: Course, words: Words) -> str:
    goal = course.target
    ahead = ""
    if course.fan and goal.forecast is not None and goal.low is not None and goal.high is not None:
        numbers = {name: words.number(getattr(goal, name)) for name in ("forecast", "low", "high")}
        ahead = words.say("targets.alt.ahead", day=words.day(goal.by_day), **numbers)
    return words.say(
        "targets.alt",
        day=words.day(course.reached[-1][0]),
        reached=words.number(goal.reached),
        expected=words.number(goal.expected or 0),
        ahead=ahead,
    ).strip()


def _course_notes(course: Course, words: Words) -> list[Sentence]:
    goal, path = course.target, tables.target_path(course.target)
    notes = [words.sentence("targets.note", days=words.number(goal.pace_days))]
    if goal.needed is not None and goal.pace is not None:
        needed, pace = (
            Figure(f"{path}.{name}", value, words.number(value, 1))
            for name, value in (("needed", goal.needed), ("pace", goal.pace))
        )
        notes.append(words.sentence("targets.needed", needed=needed, pace=pace))
    times = [_change_note(n, setting, path, words) for n, setting in enumerate(goal.history)]
    return [*notes, [part for time in times for part in (*time, " ")]] if len(times) > 1 else notes


def _change_note(n: int, setting: Setting, path: str, words: Words) -> Sentence:
    """One change of a target; the reason is left out, since free text could name a person."""
    number = words.count(f"{path}.history.{n}.number", setting.number)
    return words.sentence("targets.changed", day=words.day(setting.set_on), number=number)


def _cohorts(figures: Figures, words: Words) -> Section:
    triangles = [triangle for triangle in figures.cohorts if triangle.rows]
    if not triangles:
        return _empty("cohorts", words)
    title = words.sentence("cohorts")
    drawn = tuple(_heat(triangle, words) for triangle in triangles)
    cohort_tables = tuple(tables.cohorts(words, triangle) for triangle in triangles)
    return Section("cohorts", words.word("cohorts.nav"), title, [words.sentence("cohorts.note")], drawn, cohort_tables)


def _heat(triangle: Triangle, words: Words) -> Drawing:
    name, last = f"cohorts-{triangle.of}", triangle.total[-1]
    title: Sentence = [words.word(f"cohorts.{triangle.of}")]
    description = words.say(
        "cohorts.alt",
        count=words.number(len(triangle.rows)),
        share=words.percent(last.share),
        weeks=words.number(last.weeks),
    )
    drawing = _drawing(name, title, description, lambda width: heat_map.cohorts(triangle, words, width))
    times, path = triangle.times, f"cohorts.{triangle.of}.times"
    median = Figure(f"{path}.median", times.median, words.number(times.median or 0))
    note = words.sentence("cohorts.times", median=median) if times.median is not None else []
    return drawing._replace(title=title, note=note)


def _overdue(figures: Figures, words: Words) -> Section:
    if figures.overdue is None:
        return _empty("overdue", words)._replace(instead=words.word("overdue.unseen"))
    if not any(figures.overdue.values()):
        return _empty("overdue", words)
    title = words.sentence("overdue")
    table = tables.overdue(words, figures.overdue)
    return Section("overdue", words.word("overdue.nav"), title, [words.sentence("overdue.note")], (), (table,))


def _yields(figures: Figures, words: Words) -> Section:
    tree = figures.yields
    if not tree.rows:
        return _empty("yields", words)
    title = words.sentence("yields", positions=words.count("yields.total.positions", tree.total.positions))
    most = max(tree.rows, key=lambda row: row.positions)
    description = words.say(
        "yields.alt",
        count=words.number(len(tree.rows)),
        most=words.kind(most.kind),
        number=words.number(most.positions),
    )
    drawing = _drawing("yields", title, description, lambda width: bar_charts.yields(tree.rows, words, width))
    yield_tables = (tables.kinds(words, tree), tables.classes(words, tree))
    return Section("yields", words.word("yields.nav"), title, [words.sentence("yields.note")], (drawing,), yield_tables)
