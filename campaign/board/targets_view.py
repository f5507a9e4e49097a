"""The views of targets and of overdue items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from campaign.board.sheets import Cell, DrillDown, Heading, Line, OverdueDrillDown, Sheet
from campaign.reports.formats import group
from campaign.reports.texts import NOTHING, counted, number, percent
from projections.filters import Scope
from projections.questions.targets import Target, targets
from projections.questions.worklists import ACCEPTED, ITEM_KINDS, Item, Worklist, counts_by_kind, overdue

if TYPE_CHECKING:
    from sqlalchemy import Connection


# Targets


def ask_targets(connection: Connection, scope: Scope, _: str) -> list[Target]:
    """The valid targets of the offices, regions and kinds in the scope."""
    return targets(connection, _target_scope(scope))


def draw_targets(scope: Scope, _: str, rows: list[Target]) -> Sheet:
    """A line for each target; the number reached opens its entries."""
    lines = tuple(_target(_target_scope(scope), target) for target in rows)
    return Sheet(_OF_TARGETS, lines, _TARGETS if rows else (_NO_TARGETS,))


_OF_TARGETS = (
    Heading("\ntarget"),
    Heading("\nreached", is_number=True),
    Heading("\nnumber", is_number=True),
    Heading("\nof it", is_number=True),
    Heading("expected\nby now", is_number=True),
    Heading("\nforecast", is_number=True),
    Heading("\n95 %", is_number=True),
    Heading("\nby"),
    Heading("days\nleft", is_number=True),
    Heading("pace\na day", is_number=True),
    Heading("needed\na day", is_number=True),
)
_TARGETS = (
    "Expected: at a steady pace. Forecast: if the pace of the last 20 days stays.",
    "Judged from the campaign's first day on, whatever period is chosen.",
)
_NO_TARGETS = "No target was set by then. Set one: campaign target SLUG MEASURE N --by DAY"


def _target_scope(scope: Scope) -> Scope:
    """The scope without the filters that do not apply to targets: a target counts all contacts of its office or region."""
    return replace(scope, first=None, last=None, consultants=(), industries=(), sizes=())


def _target(scope: Scope, target: Target) -> Line:
    forecast = NOTHING if target.forecast is None else number(target.forecast)
    interval = "" if target.low is None or target.high is None else f"{number(target.low)}–{number(target.high)}"
    name = _name(target)
    cells = (
        Cell(name),
        Cell(number(target.reached), DrillDown((target.measure,), _scope_of(scope, target))),
        Cell(number(target.number)),
        Cell(percent(target.reached / target.number if target.number else None)),
        Cell(NOTHING if target.expected is None else number(round(target.expected))),
        Cell(forecast),
        Cell(interval),
        Cell(str(target.by_day)),
        Cell(number(target.left)),
        Cell(_a_day(target.pace)),
        Cell(_a_day(target.needed)),
    )
    return Line(name, cells)


def _scope_of(scope: Scope, target: Target) -> Scope:
    """The scope the target counts, up to the day it is due."""
    counted_by = replace(scope, offices=(), regions=(), kinds=(target.kind,) if target.kind else ())
    if target.office or target.region:
        by = "office" if target.office else "region"
        counted_by = counted_by.within(by, target.office or target.region or "")
    return counted_by if target.by_day >= scope.day else replace(counted_by, as_of=target.by_day)


def _name(target: Target) -> str:
    kind = f" {target.kind}" if target.kind else ""
    owner = group("office", target.office) if target.office else target.region or ""
    return f"{target.measure.replace('_', ' ')}{kind}{f', {owner}' if owner else ''}"


def _a_day(value: float | None) -> str:
    return NOTHING if value is None else number(round(value, 1))


# Overdue items


def ask_overdue(connection: Connection, scope: Scope, _: str) -> Worklist:
    """Everything that was due by now, without a record that it happened."""
    return overdue(connection, scope)


def draw_overdue(scope: Scope, _: str, worklist: Worklist) -> Sheet:
    """A line for all and a line for each office, with a number for each kind of item; each opens its items."""
    by_office = groupby(sorted(worklist.items, key=_office), _office)
    lines = (_overdue_line(scope.within("office", code), group("office", code), [*items]) for code, items in by_office)
    notes = (_OVERDUE if worklist.items else _NOTHING_LATE, *_left_out(worklist))
    return Sheet(_OF_OVERDUE, (_overdue_line(scope, "all", worklist.items), *lines), notes, pinned=1)


_OF_OVERDUE = (
    Heading("\noffice"),
    *(Heading("accepted,\nnot booked" if kind == ACCEPTED else f"\n{kind}", is_number=True) for kind in ITEM_KINDS),
    Heading("\nall", is_number=True),
)
_OVERDUE = "Their day has passed, and nothing says what became of them."
_NOTHING_LATE = "Nothing is overdue. Well done."


def _office(item: Item) -> str:
    return item.office


def _overdue_line(scope: Scope, name: str, items: Sequence[Item]) -> Line:
    numbers_by_kind = counts_by_kind(items)
    numbers = (Cell(number(numbers_by_kind[kind]), OverdueDrillDown(kind, scope)) for kind in ITEM_KINDS)
    return Line(name, (Cell(name), *numbers, Cell(number(len(items)), OverdueDrillDown(None, scope))))


def _left_out(worklist: Worklist) -> list[str]:
    """The number of companies that may not be called; they are not named here."""
    if not worklist.left_out:
        return []
    companies = counted(sum(worklist.left_out.values()), "company", "companies")
    return [f"Left out of what is to be called: {companies} that asked for it, or may not be called without a basis."]
