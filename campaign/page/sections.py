"""The sections of a page: each with its heading, its notes, its chart and the table of the same figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.page import bar_charts, comparison_charts, heat_map, line_charts, tables
from campaign.page.drawing import NARROW, WIDE, Alternative, Spec, svg
from campaign.page.tables import Table
from campaign.page.texts import Figure, Told, Words, plain
from projections.measures import LEAST_BASE

if TYPE_CHECKING:
    from campaign.page.figures import Course, Figures
    from projections.facts.targets import Setting, Target
    from projections.questions.cohorts import Triangle

Row = dict[str, Any]


class Drawing(NamedTuple):
    """A chart for a wide page and for a narrow one; ``title`` and ``note``: of one that stands beside others."""

    wide: str
    narrow: str
    title: Told = []
    note: Told = []


class Section(NamedTuple):
    """What a reader finds under one heading. ``instead``: the one sentence there is when there is nothing to show."""

    name: str
    link: str
    title: Told
    notes: list[Told]
    drawings: tuple[Drawing, ...] = ()
    tables: tuple[Table, ...] = ()
    instead: str = ""

    @property
    def is_spread(self) -> bool:
        """Whether a table of it needs all the width there is."""
        return any(table.is_dense for table in self.tables)


def sections(figures: Figures, words: Words, names: dict[str, str]) -> list[Section]:
    """Every section, in the order of the page; one without anything to show says so. ``names``: of offices, by code."""
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


def _drawn(name: str, title: Told, description: str, chart: Callable[[int], Spec]) -> Drawing:
    said = Alternative(plain(title), description)
    return Drawing(svg(chart(WIDE), f"{name}-wide", said), svg(chart(NARROW), f"{name}-narrow", said))


def _funnel(figures: Figures, words: Words) -> Section:
    steps = figures.funnel
    if not any(step.count for step in steps):
        return _empty("funnel", words)
    first, last, most = steps[1], steps[-1], max(steps, key=lambda step: step.count)
    ends = {name: words.count(f"funnel.{s.step}.count", s.count) for name, s in (("first", first), ("last", last))}
    title = words.told("funnel", **ends)
    described = words.say(
        "funnel.alt",
        count=words.number(len(steps)),
        first=bar_charts.step_name(first, words),
        first_number=words.number(first.count),
        last=bar_charts.step_name(last, words),
        last_number=words.number(last.count),
        most=bar_charts.step_name(most, words),
    )
    drawing = _drawn("funnel", title, described, lambda width: bar_charts.funnel(steps, words, width))
    notes = [words.told("funnel.note")]
    return Section("funnel", words.word("funnel.nav"), title, notes, (drawing,), (tables.steps(words, steps),))


def _weeks(figures: Figures, words: Words) -> Section:
    rows = [row for row in figures.weeks if row["visits_held"]]
    if not figures.weeks:
        return _empty("weeks", words)
    table = tables.grouped(words, "week", figures.weeks, figures.total, lambda week: week, marked=True)
    if not rows:
        return _empty("weeks", words)._replace(tables=(table,))
    asked = _asked(figures)
    best = max(rows, key=lambda row: row["visits_held"])
    title = words.told("weeks", held=words.count("rates.total.visits_held", figures.total["visits_held"]))
    described = words.say(
        "weeks.alt",
        count=words.number(len(line_charts.all_weeks([row["week"] for row in figures.weeks]))),
        first=figures.weeks[0]["week"],
        last=figures.weeks[-1]["week"],
        most=words.number(best["visits_held"]),
        best=best["week"],
    )
    drawing = _drawn("weeks", title, described, lambda width: line_charts.weeks(figures.weeks, words, width, asked))
    return Section("weeks", words.word("weeks.nav"), title, [words.told("weeks.note")], (drawing,), (table,))


def _asked(figures: Figures) -> dict[str, float]:
    """What the target asks of each week, if it is of the very visits that the weeks are of."""
    way, scope = figures.course, figures.about.scope
    if way is None or scope.kinds:
        return {}
    whose = (
        (way.target.office,) if way.target.office else (),
        () if way.target.office else (way.target.region,) if way.target.region else (),
    )
    return way.weekly if whose == (scope.offices, scope.regions) else {}


def _offices(figures: Figures, words: Words, names: dict[str, str]) -> Section:
    rows = by_name(figures.offices, names)
    plotted = [row for row in rows if row["visits_held"] >= LEAST_BASE]
    if not rows:
        return _empty("offices", words)
    table = tables.grouped(words, "office", rows, figures.total, lambda code: f"{names[code]} ({code})", marked=True)
    if not plotted:
        return _empty("offices", words)._replace(instead=words.word("offices.few"), tables=(table,))
    title = words.told("offices", share=tables.rate(words, "rates.total", figures.total, "visit_hit_rate"))
    lowest, highest = (pick(plotted, key=lambda row: row["visit_hit_rate"]) for pick in (min, max))
    described = words.say(
        "offices.alt",
        count=words.number(len(rows)),
        low=words.percent(lowest["visit_hit_rate"]),
        lowest=names[lowest["office"]],
        high=words.percent(highest["visit_hit_rate"]),
        highest=names[highest["office"]],
        share=words.percent(figures.total["visit_hit_rate"]),
    )
    dots = _drawn(
        "offices", title, described, lambda width: comparison_charts.by_office(rows, figures.total, names, words, width)
    )
    notes = [words.told("offices.note"), *_differing(figures, names, words), words.told("offices.once")]
    notes += [words.told("offices.small")] if len(plotted) < len(rows) else []
    drawings = (dots, *_chance(figures, words, names))
    return Section("offices", words.word("offices.nav"), title, notes, drawings, (table,))


def _differing(figures: Figures, names: dict[str, str], words: Words) -> list[Told]:
    """Of each rate in which offices were compared, which of them differ."""
    from projections.questions.comparison import COMPARED, compared

    rows = by_name(figures.offices, names)
    return [
        _marked(rows, rate, names, words)
        for rate, looks in zip(COMPARED, compared(rows, figures.total), strict=True)
        if looks
    ]


def _marked(rows: list[Row], rate: str, names: dict[str, str], words: Words) -> Told:
    differing = [names[row["office"]] for row in rows if row[f"{rate}_differs"]]
    said = words.measure(rate)
    if not differing:
        return words.told("offices.unmarked", rate=said)
    drawn = words.word("offices.triangle") if rate == "visit_hit_rate" else ""
    return [begun(words.say("offices.marked", rate=said, offices=", ".join(differing)) + drawn)]


def begun(sentence: str) -> str:
    """With a capital letter, as a sentence begins."""
    return sentence[:1].upper() + sentence[1:]


def by_name(rows: list[Row], names: dict[str, str]) -> list[Row]:
    """Rows of offices in the order of their names, as Danish has it: Æ, Ø and Å last, and Aa is Å."""
    return sorted(rows, key=lambda row: _danish(names[row["office"]]))


def _danish(name: str) -> str:
    return name.casefold().replace("aa", "å").translate(_AFTER_Z)


_AFTER_Z = str.maketrans({"æ": "{", "ø": "|", "å": "}"})


def _chance(figures: Figures, words: Words, names: dict[str, str]) -> tuple[Drawing, ...]:
    """The funnel plot; nothing where there are not two offices to compare, or all rates are the same by need."""
    from projections.questions.comparison import compared, funnel_limits

    rows, whole = figures.offices, figures.total["visit_hit_rate"]
    plotted = [row for row in rows if row["visits_held"] >= LEAST_BASE]
    if len(plotted) < 2 or not 0 < whole < 1:
        return ()
    limits = funnel_limits(whole, comparison_charts.bases(rows))
    outside = [names[row["office"]] for row in by_name(comparison_charts.beyond(rows, limits), names)]
    title = words.told("chance")
    described = words.say(
        "chance.alt",
        count=words.number(len(plotted)),
        share=words.percent(whole),
        outside=", ".join(outside) or words.word("nobody"),
    )
    drawing = _drawn(
        "chance",
        title,
        described,
        lambda width: comparison_charts.against_base(rows, figures.total, limits, names, words, width),
    )
    looks = compared(rows, figures.total)[0]
    allowed = [" ", *words.told("chance.looks", looks=words.number(looks))] if looks else []
    return (drawing._replace(title=title, note=[*words.told("chance.note"), *allowed]),)


def _targets(figures: Figures, words: Words, names: dict[str, str]) -> Section:
    rows = figures.targets
    if rows is None:
        return _empty("targets", words)._replace(instead=words.word("targets.filtered"))
    if not rows:
        return _empty("targets", words)
    if figures.course is None:
        return _empty("targets", words)._replace(instead="", tables=(tables.targets(words, rows, names),))
    way = figures.course
    goal, path = way.target, tables.target_path(way.target)
    title = words.told(
        "targets",
        reached=words.count(f"{path}.reached", goal.reached),
        measure=begun(tables.target_name(words, goal, names)),
        number=words.count(f"{path}.number", goal.number),
        day=words.day(goal.by_day),
        state=words.word(f"targets.{_state(goal)}"),
    )
    drawing = _drawn("targets", title, _way_described(way, words), lambda width: line_charts.course(way, words, width))
    table = tables.targets(words, rows, names)
    return Section("targets", words.word("targets.nav"), title, _way_noted(way, words), (drawing,), (table,))


def _state(goal: Target) -> str:
    """Whether the target is met, or can no more be, or how it stands against a steady pace."""
    if goal.reached >= goal.number:
        return "met"
    if not goal.left:
        return "missed"
    return "ahead" if goal.reached >= (goal.expected or 0) else "behind"


def _way_described(way: Course, words: Words) -> str:
    goal = way.target
    ahead = ""
    if way.fan and goal.forecast is not None and goal.low is not None and goal.high is not None:
        numbers = {name: words.number(getattr(goal, name)) for name in ("forecast", "low", "high")}
        ahead = words.say("targets.alt.ahead", day=words.day(goal.by_day), **numbers)
    return words.say(
        "targets.alt",
        day=words.day(way.reached[-1][0]),
        reached=words.number(goal.reached),
        expected=words.number(goal.expected or 0),
        ahead=ahead,
    ).strip()


def _way_noted(way: Course, words: Words) -> list[Told]:
    goal, path = way.target, tables.target_path(way.target)
    said = [words.told("targets.note", days=words.number(goal.pace_days))]
    if goal.needed is not None and goal.pace is not None:
        needed, pace = (
            Figure(f"{path}.{name}", value, words.number(value, 1))
            for name, value in (("needed", goal.needed), ("pace", goal.pace))
        )
        said.append(words.told("targets.needed", needed=needed, pace=pace))
    times = [_set(n, setting, path, words) for n, setting in enumerate(goal.history)]
    return [*said, [part for time in times for part in (*time, " ")]] if len(times) > 1 else said


def _set(n: int, setting: Setting, path: str, words: Words) -> Told:
    """One time a target was set; why is free text, and could name somebody."""
    number = words.count(f"{path}.history.{n}.number", setting.number)
    return words.told("targets.changed", day=words.day(setting.set_on), number=number)


def _cohorts(figures: Figures, words: Words) -> Section:
    there = [triangle for triangle in figures.cohorts if triangle.rows]
    if not there:
        return _empty("cohorts", words)
    title = words.told("cohorts")
    drawn = tuple(_heat(triangle, words) for triangle in there)
    both = tuple(tables.cohorts(words, triangle) for triangle in there)
    return Section("cohorts", words.word("cohorts.nav"), title, [words.told("cohorts.note")], drawn, both)


def _heat(triangle: Triangle, words: Words) -> Drawing:
    name, last = f"cohorts-{triangle.of}", triangle.total[-1]
    title: Told = [words.word(f"cohorts.{triangle.of}")]
    described = words.say(
        "cohorts.alt",
        count=words.number(len(triangle.rows)),
        share=words.percent(last.share),
        weeks=words.number(last.weeks),
    )
    drawing = _drawn(name, title, described, lambda width: heat_map.cohorts(triangle, words, width))
    times, path = triangle.times, f"cohorts.{triangle.of}.times"
    median = Figure(f"{path}.median", times.median, words.number(times.median or 0))
    note = words.told("cohorts.times", median=median) if times.median is not None else []
    return drawing._replace(title=title, note=note)


def _overdue(figures: Figures, words: Words) -> Section:
    if figures.overdue is None:
        return _empty("overdue", words)._replace(instead=words.word("overdue.unseen"))
    if not any(figures.overdue.values()):
        return _empty("overdue", words)
    title = words.told("overdue")
    table = tables.overdue(words, figures.overdue)
    return Section("overdue", words.word("overdue.nav"), title, [words.told("overdue.note")], (), (table,))


def _yields(figures: Figures, words: Words) -> Section:
    tree = figures.yields
    if not tree.rows:
        return _empty("yields", words)
    title = words.told("yields", positions=words.count("yields.total.positions", tree.total.positions))
    most = max(tree.rows, key=lambda row: row.positions)
    described = words.say(
        "yields.alt",
        count=words.number(len(tree.rows)),
        most=words.kind(most.kind),
        number=words.number(most.positions),
    )
    drawing = _drawn("yields", title, described, lambda width: bar_charts.yields(tree.rows, words, width))
    both = (tables.kinds(words, tree), tables.classes(words, tree))
    return Section("yields", words.word("yields.nav"), title, [words.told("yields.note")], (drawing,), both)
