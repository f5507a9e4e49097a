"""Worklists: what is agreed for today, and what is overdue, item by item or counted by consultant or office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from campaign.reports.formats import group
from campaign.reports.report import Cell, Column, Line, OverdueDrillDown, Report
from campaign.reports.texts import counted, day_with_weekday

if TYPE_CHECKING:  # both load SQLAlchemy
    from projections.filters import Scope
    from projections.questions.worklists import Item, Worklist

ITEM_NAMES = {
    "visit": ("visit", "visits"),
    "call-back": ("call-back", "call-backs"),
    "follow-up": ("follow-up", "follow-ups"),
    "accepted-not-booked": ("yes without a visit", "yeses without a visit"),
    "start": ("start", "starts"),
}
"""What an item can be, in the singular and the plural."""
_SETTLED_BY = {
    "visit": "campaign visit",
    "call-back": "campaign call or book",
    "follow-up": "campaign call or book",
    "accepted-not-booked": "campaign book or call",
    "start": "campaign started COMPANY --yield ENTRY",
}
_COLUMNS = (
    Column("day", "day", "day"),
    Column("days_late", "days late", "count", drop=2),
    Column("what", "what"),
    Column("company", "company", folds=True),
    Column("cvr", "cvr", drop=1),
    Column("said", "said", drop=6),
    Column("positions", "positions", "count", drop=7),
    Column("consultant", "consultant", drop=4),
    Column("office", "office", drop=5),
    Column("entry", "entry", drop=3),
)
_DATED = 2
"""The first columns say when an item was due; they are left out where all items are due on one day."""


def today_report(due: Worklist, overdue: Mapping[str, int], scope: Scope) -> Report:
    """The items that are due on the day of the report; ``overdue`` counts the others for JSON."""
    day = day_with_weekday(scope.day)
    note = f"{day}: {item_counts(due.items)}." if due.items else f"{day}: nothing is agreed for this day."
    document = {"day": str(scope.day), "rows": _rows(due.items), "left_out": due.left_out, "overdue": overdue}
    lines = tuple(Line(item.entry, _cells(item)[_DATED:]) for item in due.items)
    return Report(_COLUMNS[_DATED:], lines, (note, *left_out_notes(due)), document)


def overdue_report(late: Worklist, kinds: Sequence[str], scope: Scope) -> Report:
    """The items that are overdue. ``kinds``: those that were asked for."""
    document = {"day": str(scope.day), "rows": _rows(late.items), "left_out": late.left_out}
    lines = tuple(Line(item.entry, _cells(item)) for item in late.items)
    return Report(_COLUMNS, lines, _overdue_notes(late, kinds, scope), document)


def grouped_overdue_report(late: Worklist, kinds: Sequence[str], by: str, scope: Scope) -> Report:
    """Numbers of overdue items by consultant or office, and of all."""
    from projections.questions.worklists import ACCEPTED, ITEM_KINDS

    words = sorted({getattr(item, by) for item in late.items})
    groups = {word: [item for item in late.items if getattr(item, by) == word] for word in words}
    lines = [counted_line(word, group(by, word), groups[word], scope.within(by, word)) for word in words]
    numbers = (Column(kind, kind, "count", drop=1 if kind == ACCEPTED else 0) for kind in ITEM_KINDS)
    columns = (Column(by, by, folds=True), *numbers, Column("all", "all", "count"))
    document = {
        "day": str(scope.day),
        "rows": [{by: word, **_counts(items)} for word, items in groups.items()],
        "total": _counts(late.items),
        "left_out": late.left_out,
    }
    total = [counted_line("all", "all", late.items, scope)] if lines else []
    return Report(columns, (*lines, *total), _overdue_notes(late, kinds, scope), document)


def counted_line(key: str, name: str, items: Sequence[Item], scope: Scope) -> Line:
    """The numbers of items of each kind and of all; ``all`` is the key of the total."""
    numbers = (Cell(n, OverdueDrillDown(None if kind == "all" else kind, scope)) for kind, n in _counts(items).items())
    return Line(key, (Cell(name), *numbers), "total" if key == "all" else "")


def _counts(items: Sequence[Item]) -> dict[str, int]:
    from projections.questions.worklists import counts_by_kind

    return {**counts_by_kind(items), "all": len(items)}


def _rows(items: Sequence[Item]) -> list[dict[str, Any]]:
    return [item._asdict() for item in items]


def _cells(item: Item) -> tuple[Cell, ...]:
    positions = "" if item.positions is None else str(item.positions)
    due = (item.day, str(item.days_late), item.what, item.company or "", item.cvr, item.said, positions)
    return tuple(map(Cell, (*due, item.consultant, item.office, item.entry[:8])))


def _overdue_notes(late: Worklist, kinds: Sequence[str], scope: Scope) -> tuple[str, ...]:
    if late.items:
        return (f"Overdue on {scope.day}: {item_counts(late.items)}.", _settled_by(late.items), *left_out_notes(late))
    nothing = f"No {' or '.join(ITEM_NAMES[kind][0] for kind in kinds)} is overdue."
    return (nothing if kinds else "Nothing is overdue. Well done.", *left_out_notes(late))


def item_counts(items: Sequence[Item]) -> str:
    """How many items of each kind, in words."""
    amounts = _counts(items)
    return ", ".join(counted(amounts[kind], *names) for kind, names in ITEM_NAMES.items() if amounts[kind])


def _settled_by(items: Sequence[Item]) -> str:
    """The commands that take the listed items off the list."""
    amounts = _counts(items)
    commands = "; ".join(f"{kind}: {settled_by}" for kind, settled_by in _SETTLED_BY.items() if amounts[kind])
    return f"What takes them off the list: {commands}."


_REASONS = {
    "asked": "that asked not to be contacted",
    "protected": "protected from advertising without a basis for contact (campaign allow)",
}


def left_out_notes(listed: Worklist) -> list[str]:
    """How many companies are not to be called, and why; they are not named."""
    reasons = [
        f"{counted(listed.left_out[key], 'company', 'companies')} {reason}"
        for key, reason in _REASONS.items()
        if key in listed.left_out
    ]
    return [f"Left out of what is to be called: {'; '.join(reasons)}."] if reasons else []
