"""Questions and their answers: the figures of a view, read in one transaction, and the entries behind a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from campaign.access import refuse_region
from campaign.board.sheets import Sheet
from campaign.board.views import VIEWS
from campaign.reports.report import DrillDown, OverdueDrillDown
from campaign.terminal.report_options import scope_of
from campaign.terminal.report_request import ReportRequest, in_words
from campaign.terminal.session import Present
from projections.engine.catch_up import position
from projections.filters import Scope
from projections.questions.entries import Entry, entries
from projections.questions.worklists import Item, overdue


@dataclass(frozen=True)
class Question:
    """A view, its filters and clocks, and the dimension of its groups."""

    view: str
    options: ReportRequest
    by: str = "office"


@dataclass(frozen=True)
class Figures:
    """The answer. ``position``: of the last entry in it. ``head``: the last position of the log when it was read.

    ``day`` and ``time``: when the answer was last confirmed, in Denmark. ``remarks``: warnings, for example that the
    read models lag behind the log.
    """

    question: Question
    scope: Scope
    rows: Any
    position: int
    head: int
    day: date
    time: time
    remarks: tuple[str, ...]

    @property
    def description(self) -> str:
        """The filters and clocks in words."""
        return in_words(self.scope, self.question.options)

    def description_of(self, drill_down: DrillDown | OverdueDrillDown) -> str:
        """The filters and clocks of a drill-down in words."""
        narrowed = {name: getattr(drill_down.scope, name) for name in _NARROWED}
        return in_words(drill_down.scope, replace(self.question.options, **narrowed))

    @property
    def sheet(self) -> Sheet:
        """The figures laid out for the screen."""
        return VIEWS[self.question.view].draw(self.scope, self.question.by, self.rows)


_NARROWED = ("first", "last", "offices", "regions", "industries", "sizes", "kinds")


OnProgress = Callable[[int, int], None]


def refresh(
    moment: Present, question: Question, current: Figures | None, on_progress: OnProgress = lambda position, end: None
) -> Figures:
    """The answer at ``moment``: the current one, if it still holds, else a new one.

    ``on_progress`` is told how much of the log was read of how much, when the tables have to catch up.
    """
    head = moment.home.head()
    if current and _is_current(current, question, head, moment.today):
        return replace(current, time=moment.time_of_day)
    return _read(moment, question, head, on_progress)


def _is_current(current: Figures, question: Question, head: int, today: date) -> bool:
    """Read models that lag behind the log may have caught up, although the log has not grown."""
    is_same_moment = (current.question, current.head, current.day) == (question, head, today)
    return is_same_moment and current.position >= head


def _read(moment: Present, question: Question, head: int, on_progress: OnProgress) -> Figures:
    _refuse(moment, question)
    with moment.home.read(on_progress) as connection:
        scope = scope_of(moment, connection, question.options)
        rows = VIEWS[question.view].ask(connection, scope, question.by)
        remarks = (*moment.home.remarks, *moment.remarks)
        at = position(connection)
    return Figures(question, scope, rows, at, head, moment.today, moment.time_of_day, remarks)


def _refuse(moment: Present, question: Question) -> None:
    if question.view == "groups" and question.by == "industry":
        refuse_region(moment.home.access, "the industry of a company")
    if question.view == "overdue":
        refuse_region(moment.home.access, "what is overdue")


def read_entries(moment: Present, figures: Figures, drill_down: DrillDown | OverdueDrillDown) -> list[Entry]:
    """Exactly the entries that a figure counts, by day; entries logged since it was read are left out."""
    refuse_region(moment.home.access, "a single entry")
    known_to = figures.position if drill_down.scope.known is None else drill_down.scope.known
    scope = replace(drill_down.scope, known=known_to)
    with moment.home.read() as connection:
        if isinstance(drill_down, OverdueDrillDown):
            return [_entry(item) for item in overdue(connection, scope).items if drill_down.kind in (None, item.what)]
        listed = [entry for count in drill_down.counts for entry in entries(connection, scope, count)]
    return sorted(listed, key=_in_order) if len(drill_down.counts) > 1 else listed


def _in_order(entry: Entry) -> tuple[str, str, str]:
    return entry.day, entry.office, entry.entry


def _entry(item: Item) -> Entry:
    fields: dict[str, Any] = {name: getattr(item, name, None) for name in Entry._fields}
    return Entry(**fields)
