"""The board itself: which view is shown, when its figures are read anew, and which keys do what."""

from __future__ import annotations

from asyncio import CancelledError, Lock, to_thread
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import ClassVar, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import DataTable, Footer, Static

from campaign.board.entries_screen import Listing
from campaign.board.figures import Figures, Question, behind, look
from campaign.board.filters import Filters
from campaign.board.help_screen import Help
from campaign.board.sheets import Cell, Late, Opening
from campaign.board.tables import OpeningTable
from campaign.board.views import DIMENSIONS, VIEWS
from campaign.terminal.number_format import number
from campaign.terminal.report_options import Asked
from campaign.terminal.root import sentence
from campaign.terminal.session import Present, Session
from projections.questions.entries import Entry

T = TypeVar("T")
_PAUSE = 2.0  # seconds between two looks at the log
_BY = Binding.Group("Group by", compact=True)
Understood = Callable[[Present, Mapping[str, str]], Asked]
"""What the words of the form ask for, by the option each is the value of; refused as on the command line."""


class Board(App[Exception]):
    """Figures on the whole terminal. ``first``: those read before it opens. ``understood``: as said above.

    It looks at the log every two seconds, and at once when something else is asked for; it reads again when the log
    moved, or the day changed. What goes wrong is said in a line, and the last figures stay. A mistake in the program
    ends it, and is what ``run`` returns.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [
        *(Binding(str(at), f"view('{name}')", name, show=False) for at, name in enumerate(VIEWS, start=1)),
        Binding("f", "filters", "Filters"),
        Binding("x", "widen", "Reset"),
        *(Binding(key, f"by('{by}')", by.capitalize(), group=_BY) for key, by in DIMENSIONS.items()),
        Binding("f1,question_mark", "help", "Help", key_display="F1"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", show=False),
    ]
    CSS = """
    #about, #remarks, #views, #state { padding: 0 1; height: auto; }
    #about { max-height: 3; }
    #remarks { max-height: 20%; }
    #figures { height: 1fr; }
    Footer, FooterKey, FooterLabel, KeyGroup { background: transparent; }
    FooterKey .footer-key--key, FooterKey .footer-key--description { background: transparent; color: $foreground; }
    """

    def __init__(self, session: Session, first: Figures, understood: Understood) -> None:
        super().__init__(ansi_color=True)
        self.session, self.understood, self.question = session, understood, first.question
        self.started = first.question.asked
        self.known: dict[Question, Figures] = {first.question: first}
        self.shown, self.seen = first, first.position
        self.news = self.fault = ""
        self._store, self._looking = Lock(), False
        # Kept here, since whatever screen is in front, and until the last look has ended, there is something to update.
        self._about_line, self._views_line = Static(id="about"), Static(id="views")
        self._remarks_line, self._state_line = Static(id="remarks"), Static(id="state")
        self._table = OpeningTable(id="figures")

    def compose(self) -> ComposeResult:
        """From above: what it is about, the views, the figures, what is to be said of them, the state, the keys."""
        yield self._about_line
        yield self._views_line
        yield self._table
        yield self._remarks_line
        yield self._state_line
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Shows what was read before it opened, and looks at the log from now on."""
        self.theme = "ansi-dark"  # the terminal's own colours, on a dark ground or a light one
        self._table.focus()
        self._show(self.shown)
        self.set_interval(_PAUSE, self.look)

    # Looking

    def look(self) -> None:
        """Has the figures be those of now; one look at a time."""
        if not self._looking:
            self._looking = True
            self.run_worker(self._look())

    async def _look(self) -> None:
        try:
            question = None
            while question != self.question:  # another may be asked while one is answered
                question = self.question
                await self._answer(question)
        finally:
            self._looking = False

    async def _answer(self, question: Question) -> None:
        found = await self._read(partial(look, Present(self.session), question, self.known.get(question)))
        if isinstance(found, str):
            self._failed(question, found)
            return
        self.fault = ""
        if question == self.question:
            self._show(found)

    async def _read(self, ask: Callable[[], T]) -> T | str:
        """The answer, or what is wrong in the words of the command line; asked beside, so that keys are answered.

        A mistake in the program ends the board.
        """
        try:
            async with self._store:
                return await to_thread(ask)
        except Exception as fault:
            told = sentence(fault)
            if told is None:
                self.exit(fault)
                raise CancelledError from fault
            return told[1]

    def _failed(self, question: Question, told: str) -> None:
        """What is shown stays; of what was asked for instead, it is said once why it cannot be had."""
        if question == self.shown.question:
            self.fault = told
        else:
            self.question, self.news = self.shown.question, f"! {told}"
        self._say_state()

    # Showing

    def _show(self, found: Figures) -> None:
        if found.position > self.seen:
            self.news = f"New at {found.at:%H:%M}: {_entries(self.seen + 1, found.position)}."
        elif found.question != self.shown.question:
            self.news = ""
        same = found.question == self.shown.question and found.rows is self.shown.rows
        self.shown = self.known[found.question] = found
        self.seen = max(self.seen, found.position)
        if not (same and self._table.columns):
            self._table.show(found.sheet)
        self._about_line.update(Content(found.about))
        self._say_remarks()
        self._views_line.update(self._titles())
        self._say_state()

    def _say_remarks(self) -> None:
        left, right = self._table.beyond
        aside = [f"{side}: {', '.join(hidden)}." for side, hidden in (("Left", left), ("Right", right)) if hidden]
        below = [f"{number(self._table.row_count)} lines."] if self._table.is_longer else []
        told = filter(None, (*self.shown.remarks, *self.shown.sheet.notes, " ".join([*below, *aside])))
        self._remarks_line.update(Content("\n".join(told)))

    def on_data_table_cell_highlighted(self) -> None:
        """Columns may have come in sight, or gone."""
        self._say_remarks()

    def _titles(self) -> Content:
        titles = (view.title.format(by=self.shown.question.by) for view in VIEWS.values())
        return Content("").join(
            Content.styled(f"[{at} {title}]", "bold reverse")
            if name == self.shown.question.view
            else Content(f" {at} {title} ")
            for at, (name, title) in enumerate(zip(VIEWS, titles, strict=True), start=1)
        )

    def _say_state(self) -> None:
        state = f"As of {self.shown.at:%H:%M}, entry {number(self.shown.position)}."
        told = f"! {self.fault}\n{state}" if self.fault else f"{state} {self.news}".rstrip()
        self._state_line.update(Content.styled(told, "bold" if self.fault else ""))

    # Keys

    def action_view(self, name: str) -> None:
        """Shows another view."""
        self._ask(replace(self.question, view=name))

    def action_turn(self, steps: int) -> None:
        """Shows the next view, or the one before."""
        names = list(VIEWS)
        self.action_view(names[(names.index(self.question.view) + steps) % len(names)])

    def action_by(self, by: str) -> None:
        """Shows the groups of a dimension."""
        self._ask(replace(self.question, view="groups", by=by))

    def action_widen(self) -> None:
        """Asks again for what the command line asked for."""
        self._ask(replace(self.question, asked=self.started))

    def action_filters(self) -> None:
        """Opens the form of the filters."""
        self.push_screen(Filters(self.question.asked, self._understand), self._filtered)

    def _understand(self, words: Mapping[str, str]) -> Asked | str:
        try:
            said = self.understood(Present(self.session), words)
        except Exception as fault:
            told = sentence(fault)
            if told is None:
                raise
            return told[1]
        return replace(self.question.asked, offices=said.offices, kinds=said.kinds, first=said.first, last=said.last)

    def _filtered(self, asked: Asked | None) -> None:
        if asked:
            self._ask(replace(self.question, asked=asked))

    def action_help(self) -> None:
        """What each figure means, and all keys."""
        self.push_screen(Help())

    def _ask(self, question: Question) -> None:
        if question.asked != self.question.asked:
            self.known.clear()
        self.question = question
        self.news = ""
        if question in self.known:
            self._show(self.known[question])
        else:
            self.news = "Reading the log ..."
            self._say_state()
        self.look()

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """Opens the entries of a figure."""
        cell = event.value
        if isinstance(cell, Cell) and cell.opening:
            self.push_screen(Listing(self.shown, cell.opening, self._behind))
        else:
            self.news = "This is no count. Move to a number, and Enter opens the entries that it counted."
            self._say_state()

    async def _behind(self, figures: Figures, opening: Opening | Late) -> list[Entry] | str:
        return await self._read(partial(behind, Present(self.session), figures, opening))


def _entries(first: int, last: int) -> str:
    return f"entry {number(last)}" if first == last else f"entries {number(first)} to {number(last)}"
