"""The tables of a page: the rows of its charts, every number with the name it has in other reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from campaign.page.bar_charts import kind_name, step_name, step_share
from campaign.page.texts import NOTHING, Figure, Sentence, Words
from campaign.reports import report as reports
from campaign.reports.report import Interval, Report, Share, Value
from projections.questions.cohorts import Cell, Triangle
from projections.questions.comparison import COMPARED
from projections.questions.funnel import FunnelStep
from projections.questions.targets import Target
from projections.questions.yields_by_kind import KindRow, YieldTree

Row = dict[str, Any]


class Column(NamedTuple):
    """One column. ``number``: its cells are right-aligned."""

    heading: str
    number: bool = True


class Line(NamedTuple):
    """One row: its heading, then its cells. ``total``: it is the row of all."""

    heading: str
    cells: list[Sentence]
    total: bool = False
    depth: int = 0


class Table(NamedTuple):
    """A table with its caption; the first column names the rows."""

    caption: str
    columns: list[Column]
    lines: list[Line]

    @property
    def is_dense(self) -> bool:
        """Whether it needs the full width."""
        return len(self.columns) > _MANY

    @property
    def form(self) -> str:
        """CSS classes: ``short`` when it fits on one sheet of paper, ``slim`` or ``dense`` by its number of columns."""
        forms = {"short": len(self.lines) <= _FEW_LINES, "slim": len(self.columns) <= _FEW, "dense": self.is_dense}
        return " ".join(form for form, applies in forms.items() if applies)


_FEW, _MANY, _FEW_LINES = 4, 8, 14


def grouped(words: Words, by: str, report: Report, name_of: Callable[[str], str]) -> Table:
    """Hit rates by office or by week, the total, and a remark on each group."""
    places = [place for place, column in enumerate(report.columns) if column.kind in ("count", "share", "interval")]
    columns = [
        Column(words.word(f"column.{by}"), number=False),
        *(Column(_heading(words, report.columns[place])) for place in places),
        Column(words.word("column.remark"), number=False),
    ]
    *groups, total = (
        Line(line.key, [_figure(words, by, line, report.columns[place], line.cells[place].value) for place in places])
        for line in report.lines
    )
    lines = [
        Line(name_of(line.heading), [*line.cells, _remark(words, row)])
        for line, row in zip(groups, report.document["rows"], strict=True)
    ]
    last = Line(words.word("all"), [*total.cells, [""]], total=True)
    return Table(words.word(f"{by}s.caption"), columns, [*lines, last])


def _heading(words: Words, column: reports.Column) -> str:
    return "95 %" if column.kind == "interval" else words.measure(column.key)


def _figure(words: Words, by: str, line: reports.Line, column: reports.Column, value: Value) -> Sentence:
    path = f"rates.total.{column.key}" if line.key == "all" else f"rates.{by}.{line.key}.{column.key}"
    match value:
        case Share():
            return [words.share_of(path, value)]
        case Interval():
            low, high = words.share(f"{path}_low", value.low), words.share(f"{path}_high", value.high)
            return [low._replace(text=words.number(value.low * 100, 1)), "–", high]
        case int():
            return [words.count(path, value)]
        case _:
            return [""]


def _remark(words: Words, row: Row) -> Sentence:
    differing = [
        words.say(f"differs.{row[f'{rate}_differs']}", rate=words.measure(rate))
        for rate in COMPARED
        if row.get(f"{rate}_differs")
    ]
    provisional = words.word("maturing") if row.get("maturing") else ""
    return [", ".join(differing) or provisional]


def steps(words: Words, rows: Sequence[FunnelStep]) -> Table:
    """The funnel."""
    columns = [Column(words.word(f"column.{name}"), number=name != "step") for name in ("step", "number", "share")]
    counts = {step.step: step.count for step in rows}
    return Table(words.word("funnel.caption"), columns, [_step(words, step, counts) for step in rows])


def _step(words: Words, step: FunnelStep, counts: Mapping[str, int]) -> Line:
    path = f"funnel.{step.step}"
    count = words.count(f"{path}.count", step.count)
    if step.of is None:
        return Line(step_name(step, words), [[count], [NOTHING]])
    share = Figure(f"{path}.share", step.share, step_share(step, counts, words) or NOTHING)
    return Line(step_name(step, words), [[count], [share]])


def kinds(words: Words, tree: YieldTree) -> Table:
    """Positions and yields by kind, and the total."""
    names = ("kind", "positions", "yields", "class")
    columns = [Column(words.word(f"column.{name}"), number=name in ("positions", "yields")) for name in names]
    lines = [_kind(words, row) for row in tree.rows]
    return Table(
        words.word("yields.caption"),
        columns,
        [*lines, Line(words.word("all"), [*_amount(words, "yields.total", tree.total), [""]], total=True)],
    )


def classes(words: Words, tree: YieldTree) -> Table:
    """Positions and yields by support class; each position is in one class."""
    columns = [
        Column(words.word(f"column.{name}"), number=name != "class") for name in ("class", "positions", "yields")
    ]
    lines = [
        Line(words.word(f"class.{word}"), _amount(words, f"yields.by_support_class.{word}", amount))
        for word, amount in tree.by_support_class.items()
    ]
    return Table(words.word("yields.classes"), columns, lines)


def _kind(words: Words, row: KindRow) -> Line:
    cells = _amount(words, f"yields.{row.kind}", row)
    return Line(kind_name(row, words).strip(), [*cells, [words.word(f"class.{row.support_class}")]], depth=row.depth)


def _amount(words: Words, path: str, amount: Any) -> list[Sentence]:
    return [[words.count(f"{path}.{name}", getattr(amount, name))] for name in ("positions", "yields")]


# Targets, cohorts, overdue items


def targets(words: Words, rows: Sequence[Target], names: dict[str, str]) -> Table:
    """Every target and its progress."""
    keys = ("goal", "by_day", "reached", "expected", "left", "pace", "needed", "forecast", "sure")
    columns = [
        Column(words.word("column.target"), number=False),
        *(Column(words.word(f"column.{key}")) for key in keys),
    ]
    return Table(words.word("targets.caption"), columns, [_target(words, row, names) for row in rows])


def _target(words: Words, row: Target, names: dict[str, str]) -> Line:
    path = target_path(row)

    def number(name: str, decimals: int = 0) -> Sentence:
        value = getattr(row, name)
        return [Figure(f"{path}.{name}", value, NOTHING if value is None else words.number(value, decimals))]

    prediction: Sentence = [NOTHING] if row.low is None else [*number("low"), "–", *number("high")]
    cells: list[Sentence] = [
        number("number"),
        [words.day(row.by_day)],
        number("reached"),
        number("expected"),
        number("left"),
        number("pace", 1),
        number("needed", 1),
        number("forecast"),
        prediction,
    ]
    return Line(target_name(words, row, names), cells)


def target_path(row: Target) -> str:
    """The path of a target: its measure, and its office, region and kind if it has them."""
    return ".".join(["targets", row.measure, *(f"{part}" for part in (row.office, row.region, row.kind) if part)])


def target_name(words: Words, row: Target, names: dict[str, str]) -> str:
    """The measure of a target, and its office or region if it has one."""
    subject = words.measure(row.measure)
    if row.kind:
        subject = words.say("targets.of.kind", measure=subject, kind=words.kind(row.kind).lower())
    owner = names.get(row.office, row.office) if row.office else row.region
    return words.say("targets.of.whose", of=subject, whose=owner) if owner else subject


def cohorts(words: Words, triangle: Triangle) -> Table:
    """The contacts of each month, and the share of them that led to a result within each horizon."""
    columns = [Column(words.word("column.period"), number=False), Column(words.word(f"column.contacts.{triangle.of}"))]
    columns += [Column(words.within(cell.weeks)) for cell in triangle.total]
    path = f"cohorts.{triangle.of}"
    lines = [
        Line(
            words.period(row.period),
            [
                [words.count(f"{path}.{row.period}.base", row.base)],
                *(_cell(words, f"{path}.{row.period}.{cell.weeks}", cell) for cell in row.cells),
            ],
        )
        for row in triangle.rows
    ]
    last = [_cell(words, f"{path}.total.{cell.weeks}", cell) for cell in triangle.total]
    return Table(
        words.word(f"cohorts.{triangle.of}"), columns, [*lines, Line(words.word("all"), [[""], *last], total=True)]
    )


def _cell(words: Words, path: str, cell: Cell) -> Sentence:
    figure = words.share_of(f"{path}.share", Share(cell.reached, cell.base, cell.share))
    return [figure, " *"] if cell.maturing else [figure]


def overdue(words: Words, counts: dict[str, int]) -> Table:
    """The number of overdue items of each kind."""
    columns = [Column(words.word("column.what"), number=False), Column(words.word("column.number"))]
    lines = [
        Line(words.word(f"overdue.{reason}"), [[words.count(f"overdue.{reason}", n)]]) for reason, n in counts.items()
    ]
    return Table(words.word("overdue.caption"), columns, lines)
