"""The views of targets and of overdue items."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from campaign.board.rendering import sheet_of
from campaign.board.sheets import Sheet
from campaign.reports.targets import NO_TARGET, targets_report
from campaign.reports.worklists import counted_line, grouped_overdue_report, left_out_notes
from projections.filters import Scope
from projections.questions.targets import Target, targets
from projections.questions.worklists import Worklist, overdue

_COLUMNS = (
    *("target", "reached", "number", "share", "expected", "forecast", "interval", "by_day", "left", "pace", "needed"),
)
_TARGETS = (
    "Expected: at a steady pace. Forecast: if the pace of the last 20 days stays.",
    "Judged from the campaign's first day on, whatever period is chosen.",
)


def ask_targets(connection: Connection, scope: Scope, _: str) -> list[Target]:
    """The valid targets of the offices, regions and kinds in the scope; they have no other filters."""
    return targets(connection, replace(scope, first=None, last=None, consultants=(), industries=(), sizes=()))


def draw_targets(scope: Scope, _: str, rows: list[Target]) -> Sheet:
    """A line for each target; the number reached opens its entries."""
    return sheet_of(targets_report(rows, scope), _TARGETS if rows else (NO_TARGET,), keys=_COLUMNS)


_OVERDUE = "Their day has passed, and nothing says what became of them."
_NOTHING_OVERDUE = "Nothing is overdue. Well done."


def ask_overdue(connection: Connection, scope: Scope, _: str) -> Worklist:
    """Everything that was due by now, without a record that it happened."""
    return overdue(connection, scope)


def draw_overdue(scope: Scope, _: str, worklist: Worklist) -> Sheet:
    """A line for all and a line for each office, with a number for each kind of item; each opens its items."""
    report = grouped_overdue_report(worklist, (), "office", scope)
    if not report.lines:
        report = replace(report, lines=(counted_line("all", "all", (), scope),))
    notes = (_OVERDUE if worklist.items else _NOTHING_OVERDUE, *left_out_notes(worklist))
    return sheet_of(report, notes, pinned=1)
