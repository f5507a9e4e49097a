"""What is to come and what is late: the views of targets and of what is overdue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from campaign.board.sheets import Cell, Heading, Late, Line, Opening, Sheet
from campaign.terminal.number_format import NOTHING, counted, group, number, percent
from projections.filters import Scope
from projections.questions.targets import Target, targets
from projections.questions.worklists import ACCEPTED, ITEM_KINDS, Item, Worklist, counts_by_kind, overdue

if TYPE_CHECKING:
    from sqlalchemy import Connection


# Targets


def ask_targets(connection: Connection, scope: Scope, _: str) -> list[Target]:
    """The targets that are valid, of the offices, regions and kinds asked for."""
    return targets(connection, _judged(scope))


def draw_targets(scope: Scope, _: str, found: list[Target]) -> Sheet:
    """A line for each; what is reached opens to what was counted."""
    lines = tuple(_target(_judged(scope), target) for target in found)
    return Sheet(_OF_TARGETS, lines, _TARGETS if found else (_NO_TARGETS,))


_OF_TARGETS = (
    Heading("\ntarget"),
    Heading("\nreached", right=True),
    Heading("\nnumber", right=True),
    Heading("\nof it", right=True),
    Heading("expected\nby now", right=True),
    Heading("\nforecast", right=True),
    Heading("\n95 %", right=True),
    Heading("\nby"),
    Heading("days\nleft", right=True),
    Heading("pace\na day", right=True),
    Heading("needed\na day", right=True),
)
_TARGETS = (
    "Expected: at a steady pace. Forecast: if the pace of the last 20 days stays.",
    "Judged from the campaign's first day on, whatever period is chosen.",
)
_NO_TARGETS = "No target was set by then. Set one: campaign target SLUG MEASURE N --by DAY"


def _judged(scope: Scope) -> Scope:
    """A target is of all contacts of its office, region or campaign."""
    return replace(scope, first=None, last=None, consultants=(), industries=(), sizes=())


def _target(scope: Scope, target: Target) -> Line:
    ahead = NOTHING if target.forecast is None else number(target.forecast)
    sure = "" if target.low is None or target.high is None else f"{number(target.low)}–{number(target.high)}"
    name = _named(target)
    cells = (
        Cell(name),
        Cell(number(target.reached), Opening((target.measure,), _of_target(scope, target))),
        Cell(number(target.number)),
        Cell(percent(target.reached / target.number if target.number else None)),
        Cell(NOTHING if target.expected is None else number(round(target.expected))),
        Cell(ahead),
        Cell(sure),
        Cell(str(target.by_day)),
        Cell(number(target.left)),
        Cell(_a_day(target.pace)),
        Cell(_a_day(target.needed)),
    )
    return Line(name, cells)


def _of_target(scope: Scope, target: Target) -> Scope:
    """What the target counted, up to the day it is judged on."""
    counted_by = replace(scope, offices=(), regions=(), kinds=(target.kind,) if target.kind else ())
    if target.office or target.region:
        by = "office" if target.office else "region"
        counted_by = counted_by.within(by, target.office or target.region or "")
    return counted_by if target.by_day >= scope.day else replace(counted_by, as_of=target.by_day)


def _named(target: Target) -> str:
    kind = f" {target.kind}" if target.kind else ""
    whose = group("office", target.office) if target.office else target.region or ""
    return f"{target.measure.replace('_', ' ')}{kind}{f', {whose}' if whose else ''}"


def _a_day(value: float | None) -> str:
    return NOTHING if value is None else number(round(value, 1))


# What is overdue


def ask_overdue(connection: Connection, scope: Scope, _: str) -> Worklist:
    """All that was to happen by now, and nothing says that it did."""
    return overdue(connection, scope)


def draw_overdue(scope: Scope, _: str, late: Worklist) -> Sheet:
    """A line for all and one for each office, a number for each kind of thing; each opens to what is overdue."""
    by_office = groupby(sorted(late.items, key=_office), _office)
    lines = (_late(scope.within("office", code), group("office", code), [*items]) for code, items in by_office)
    notes = (_OVERDUE if late.items else _NOTHING_LATE, *_left_out(late))
    return Sheet(_OF_OVERDUE, (_late(scope, "all", late.items), *lines), notes, pinned=1)


_OF_OVERDUE = (
    Heading("\noffice"),
    *(Heading("accepted,\nnot booked" if what == ACCEPTED else f"\n{what}", right=True) for what in ITEM_KINDS),
    Heading("\nall", right=True),
)
_OVERDUE = "Their day has passed, and nothing says what became of them."
_NOTHING_LATE = "Nothing is overdue. Well done."


def _office(item: Item) -> str:
    return item.office


def _late(scope: Scope, name: str, items: Sequence[Item]) -> Line:
    found = counts_by_kind(items)
    numbers = (Cell(number(found[what]), Late(what, scope)) for what in ITEM_KINDS)
    return Line(name, (Cell(name), *numbers, Cell(number(len(items)), Late(None, scope))))


def _left_out(late: Worklist) -> list[str]:
    """How many companies are not to be called; which they are is nobody's business here."""
    if not late.left_out:
        return []
    there = counted(sum(late.left_out.values()), "company", "companies")
    return [f"Left out of what is to be called: {there} that asked for it, or may not be called without a basis."]
