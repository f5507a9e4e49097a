"""The views of the board: the question each asks, and the sheet that shows the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.board.cohorts import ask_cohorts, draw_cohorts
from campaign.board.sheets import Cell, DrillDown, Heading, Line, Sheet
from campaign.board.targets_view import ask_overdue, ask_targets, draw_overdue, draw_targets
from campaign.reports.formats import group, marked, ratio_text, share_text, text_of
from campaign.reports.report import Share
from campaign.reports.texts import NOTHING, number
from projections.filters import Scope
from projections.measures import PROVISIONAL_DAYS, RATES, RATIOS, base
from projections.questions.comparison import COMPARED, MARKED, with_marks
from projections.questions.funnel import STEPS, FunnelStep, funnel
from projections.questions.hit_rates import hit_rates, total_of
from projections.questions.yields_by_kind import YieldTree, yields_by_kind

if TYPE_CHECKING:
    from sqlalchemy import Connection

Row = dict[str, Any]


class View(NamedTuple):
    """``ask`` returns the rows of a scope, grouped by a dimension; ``draw`` lays them out as a sheet."""

    title: str
    ask: Callable[[Connection, Scope, str], Any]
    draw: Callable[[Scope, str, Any], Sheet]


DIMENSIONS = {"o": "office", "r": "region", "w": "week", "m": "month", "i": "industry", "s": "size"}
"""The key of each dimension. Consultants are left out on purpose: the board is not a ranking of persons."""


# Rates


def _ask_total(connection: Connection, scope: Scope, _: str) -> Row:
    return hit_rates(connection, scope)[0]


def _draw_total(scope: Scope, _: str, total: Row) -> Sheet:
    shares = [_share(scope, total, name) for name in (*RATES, *RATIOS)]
    counts = [_count(scope, total, name) for name in ("positions", "yields", "visits_planned", "visits_overdue")]
    return Sheet(_OF_TOTAL, (*shares, *counts), tuple(_provisional_note([total], scope)))


_OF_TOTAL = (
    Heading("rate"),
    Heading("share", is_number=True),
    Heading("95 %", is_number=True),
    Heading("number", is_number=True),
    Heading("of", is_number=True),
    Heading(""),
)
_BASES = {
    "visit_hit_rate": "visits held",
    "call_hit_rate": "calls",
    "acceptance_rate": "companies called",
    "reach_rate": "calls",
    "accepted_per_reached": "companies reached",
    "held_rate": "visits settled",
    "no_show_rate": "held or missed",
    "positions_per_visit": "visits held",
}


def _share(scope: Scope, total: Row, name: str) -> Line:
    above, below = base(total, name)
    numerator, parts = (RATES | RATIOS)[name]
    text = ratio_text(total[name]) if name in RATIOS else share_text(Share.of_rate(total, name))
    certainty = "" if name in RATIOS else text_of(Share.of_rate(total, name).interval)
    hits, drill_down = DrillDown((numerator,), scope), DrillDown(parts, scope)
    numbers = (Cell(text, hits), Cell(certainty), Cell(number(above), hits), Cell(number(below), drill_down))
    return Line(name, (Cell(name.replace("_", " ")), *numbers, Cell(_BASES[name])))


def _count(scope: Scope, total: Row, name: str) -> Line:
    blank, cell = Cell(""), Cell(number(total[name]), DrillDown((name,), scope))
    return Line(name, (Cell(name.replace("_", " ")), blank, blank, cell, blank, blank))


# Groups


def _ask_groups(connection: Connection, scope: Scope, by: str) -> tuple[list[Row], Row]:
    rows = hit_rates(connection, scope, by)
    total = total_of(connection, scope, rows)
    return with_marks(rows, total) if by in MARKED else rows, total


def _draw_groups(scope: Scope, by: str, rows_and_total: tuple[list[Row], Row]) -> Sheet:
    rows, total = rows_and_total
    lines = [_group(scope.within(by, row[by]), row[by], _group_name(by, row), row) for row in rows]
    headings = (Heading(f"\n{by}"), *_of_groups(marked=by in MARKED))
    notes = (_ONCE, *([_MARKS] if _any_marked(rows) else []), *_provisional_note(rows, scope))
    return Sheet(headings, (_group(scope, "all", "all", total), *lines), notes, pinned=1)


def _of_groups(marked: bool) -> tuple[Heading, ...]:
    """A rate that is followed by a mark is left-aligned."""
    return (
        Heading("\nheld", is_number=True),
        Heading("with\nyield", is_number=True),
        Heading("visit\nhit rate", is_number=not marked),
        Heading("\n95 %", is_number=True),
        Heading("\ncalls", is_number=True),
        Heading("to a\nyield", is_number=True),
        Heading("call\nhit rate", is_number=not marked),
        Heading("\n95 %", is_number=True),
        Heading("companies\ncalled", is_number=True),
        Heading("accept-\nance rate", is_number=not marked),
        Heading("\npositions", is_number=True),
    )


_ONCE = "Companies count once in every line, so lines can add up to more than all."
_MARKS = 'Above, below: differs from "all" beyond chance (score test and Holm, 5 %).'


def _any_marked(rows: list[Row]) -> bool:
    return any(row.get(f"{name}_differs") for row in rows for name in COMPARED)


def _group(scope: Scope, name: str, word: str, row: Row) -> Line:
    def cell(text: str, count: str) -> Cell:
        return Cell(text, DrillDown((count,), scope))

    cells = (
        Cell(word),
        cell(number(row["visits_held"]), "visits_held"),
        cell(number(row["visits_with_yield"]), "visits_with_yield"),
        cell(marked(Share.of_rate(row, "visit_hit_rate")), "visits_with_yield"),
        Cell(text_of(Share.of_rate(row, "visit_hit_rate").interval)),
        cell(number(row["calls"]), "calls"),
        cell(number(row["calls_with_yield"]), "calls_with_yield"),
        cell(marked(Share.of_rate(row, "call_hit_rate")), "calls_with_yield"),
        Cell(text_of(Share.of_rate(row, "call_hit_rate").interval)),
        cell(number(row["companies_called"]), "companies_called"),
        cell(marked(Share.of_rate(row, "acceptance_rate")), "companies_accepted"),
        cell(number(row["positions"]), "positions"),
    )
    return Line(name, cells)


def _group_name(by: str, row: Row) -> str:
    mark = " *" if by in ("week", "month") and row["maturing"] else ""
    return f"{group(by, row[by])}{mark}"


def _provisional_note(rows: list[Row], scope: Scope) -> list[str]:
    if not any(row["maturing"] for row in rows):
        return []
    return [f"* Maturing: less than {PROVISIONAL_DAYS} days old on {scope.day}; yields may still come."]


# The funnel


def _ask_steps(connection: Connection, scope: Scope, _: str) -> list[FunnelStep]:
    return funnel(connection, scope)


def _draw_steps(scope: Scope, _: str, steps: list[FunnelStep]) -> Sheet:
    counts = {step.step: step.count for step in steps}
    return Sheet(_OF_STEPS, tuple(_step(scope, step, counts) for step in steps), (_FUNNEL,))


_OF_STEPS = (
    Heading("step"),
    Heading("number", is_number=True),
    Heading(""),
    Heading("share", is_number=True),
    Heading("of"),
)
_ONE = {"companies": "company", "visits": "visit"}
_FUNNEL = "Companies are counted once. Positions in all hold those straight from calls, which no visit is the base of."


def _step(scope: Scope, step: FunnelStep, counts: Mapping[str, int]) -> Line:
    drill_down, share_cells = DrillDown((step.step,), scope), (NOTHING, "")
    if step.of and step.of_unit:
        name, is_same_unit = STEPS[step.of][0], step.unit == step.of_unit
        share = share_text(Share(step.count, counts[step.of], step.share))
        share_cells = (
            (share, f"those {name}") if is_same_unit else (ratio_text(step.share), f"per {_ONE[step.of_unit]} {name}")
        )
    cells = (Cell(step.name), Cell(number(step.count), drill_down), Cell(step.unit), *map(Cell, share_cells))
    return Line(step.step, cells)


# Yields


def _ask_kinds(connection: Connection, scope: Scope, _: str) -> YieldTree:
    return yields_by_kind(connection, scope)


def _draw_kinds(scope: Scope, _: str, tree: YieldTree) -> Sheet:
    kinds = [
        _amount(r.kind, _indented(r.kind, r.depth), r, r.support_class, scope.within("kind", r.kind)) for r in tree.rows
    ]
    classes = [
        _amount(f"all {word}", f"all {word}", amount, word, scope.within("support_class", word))
        for word, amount in tree.by_support_class.items()
        if amount.yields
    ]
    return Sheet(_OF_KINDS, (*kinds, *classes, _amount("all", "all", tree.total, "", scope)), _KINDS)


_OF_KINDS = (Heading("kind"), Heading("positions", is_number=True), Heading("yields", is_number=True), Heading("class"))
_KINDS = (
    "A yield counts on the day of the visit or call it came from.",
    'Lines "of which" are in the line above them already; each total holds every position once.',
)


def _amount(name: str, text: str, amount: Any, support_class: str, scope: Scope) -> Line:
    positions = Cell(number(amount.positions), DrillDown(("positions",), scope))
    entries = Cell(number(amount.yields), DrillDown(("yields",), scope))
    return Line(name, (Cell(text), positions, entries, Cell(support_class)))


def _indented(kind: str, depth: int) -> str:
    return f"{'  ' * depth}of which {kind}" if depth else kind


VIEWS = {
    "rates": View("Rates", _ask_total, _draw_total),
    "groups": View("By {by}", _ask_groups, _draw_groups),
    "funnel": View("Funnel", _ask_steps, _draw_steps),
    "yields": View("Yields", _ask_kinds, _draw_kinds),
    "targets": View("Targets", ask_targets, draw_targets),
    "overdue": View("Overdue", ask_overdue, draw_overdue),
    "cohorts": View("Cohorts", ask_cohorts, draw_cohorts),
}
"""The views in the order of their keys, 1, 2, ..."""
