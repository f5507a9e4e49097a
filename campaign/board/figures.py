"""What is asked, and the figures that answer: all of a view read in one transaction, and the entries behind a cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any

from campaign.board.sheets import Late, Opening, Sheet
from campaign.board.views import VIEWS
from campaign.terminal.report_options import Asked, in_words, refuse_region, scope_of
from campaign.terminal.session import Present
from projections.engine.catch_up import position
from projections.filters import Scope
from projections.questions.entries import Entry, entries
from projections.questions.worklists import Item, overdue


@dataclass(frozen=True)
class Question:
    """A view, which contacts count, and the dimension of groups."""

    view: str
    asked: Asked
    by: str = "office"


@dataclass(frozen=True)
class Figures:
    """The answer. ``position``: of the last entry in it. ``head``: of the log when it was read.

    ``day`` and ``at``: when it was last found to be so, in Denmark. ``remarks``: what is to be told of it; of tables
    that do not know all that was logged, for one.
    """

    question: Question
    scope: Scope
    rows: Any
    position: int
    head: int
    day: date
    at: time
    remarks: tuple[str, ...]

    @property
    def about(self) -> str:
        """What they are about, in words."""
        return in_words(self.scope, self.question.asked)

    def about_behind(self, opening: Opening | Late) -> str:
        """What an opening is about, in words."""
        narrowed = {name: getattr(opening.scope, name) for name in _NARROWED}
        return in_words(opening.scope, replace(self.question.asked, **narrowed))

    @property
    def sheet(self) -> Sheet:
        """The sheet they are shown on."""
        return VIEWS[self.question.view].draw(self.scope, self.question.by, self.rows)


_NARROWED = ("first", "last", "offices", "regions", "industries", "sizes", "kinds")


Seen = Callable[[int, int], None]


def look(moment: Present, question: Question, shown: Figures | None, seen: Seen = lambda done, of: None) -> Figures:
    """What answers the question now: what is shown, when it still does, at the moment of ``moment``; else read anew.

    ``seen`` is told how much of the log was read of how much, when the tables have to catch up.
    """
    head = moment.home.head()
    if shown and _still_holds(shown, question, head, moment.today):
        return replace(shown, at=moment.time_of_day)
    return _read(moment, question, head, seen)


def _still_holds(shown: Figures, question: Question, head: int, today: date) -> bool:
    """Tables that knew less than the log may know more by now, although the log did not move."""
    same = (shown.question, shown.head, shown.day) == (question, head, today)
    return same and shown.position >= head


def _read(moment: Present, question: Question, head: int, seen: Seen) -> Figures:
    _refuse(moment, question)
    with moment.home.read(seen) as connection:
        scope = scope_of(moment, connection, question.asked)
        rows = VIEWS[question.view].ask(connection, scope, question.by)
        remarks = (*moment.home.said, *moment.noted)
        at = position(connection)
    return Figures(question, scope, rows, at, head, moment.today, moment.time_of_day, remarks)


def _refuse(moment: Present, question: Question) -> None:
    if question.view == "groups" and question.by == "industry":
        refuse_region(moment, "the industry of a company")
    if question.view == "overdue":
        refuse_region(moment, "what is overdue")


def behind(moment: Present, figures: Figures, opening: Opening | Late) -> list[Entry]:
    """Exactly the entries that a figure counted, by day, although more may have been logged since it was read."""
    refuse_region(moment, "a single entry")
    known = figures.position if opening.scope.known is None else opening.scope.known
    scope = replace(opening.scope, known=known)
    with moment.home.read() as connection:
        if isinstance(opening, Late):
            return [_entry(item) for item in overdue(connection, scope).items if opening.what in (None, item.what)]
        listed = [entry for count in opening.counts for entry in entries(connection, scope, count)]
    return sorted(listed, key=_in_order) if len(opening.counts) > 1 else listed


def _in_order(entry: Entry) -> tuple[str, str, str]:
    return entry.day, entry.office, entry.entry


def _entry(item: Item) -> Entry:
    fields: dict[str, Any] = {name: getattr(item, name, None) for name in Entry._fields}
    return Entry(**fields)
