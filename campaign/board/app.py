"""The board: which view it shows, when it reloads the figures, and what the keys do."""

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

from campaign.board.entries_screen import EntriesScreen
from campaign.board.figures import Figures, Question, read_entries, refresh
from campaign.board.filters import FiltersScreen
from campaign.board.help_screen import HelpScreen
from campaign.board.sheets import Cell
from campaign.board.tables import DrillDownTable
from campaign.board.views import DIMENSIONS, VIEWS
from campaign.reports.report import DrillDown, OverdueDrillDown
from campaign.reports.texts import number
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.root import sentence
from campaign.terminal.session import Present, Session
from projections.questions.entries import Entry

T = TypeVar("T")
_PAUSE = 2.0  # seconds between two checks of the log
_BY = Binding.Group("Group by", compact=True)
ReadFilters = Callable[[Present, Mapping[str, str]], ReportRequest]
"""Parses the values of the filter form, keyed by option; raises the refusals of the command line."""


class Board(App[Exception]):
    """Figures on the whole terminal. ``first``: the figures read before it opens.

    It polls the log every two seconds and whenever the question changes, and reloads the figures when the log has
    grown or the day has changed. An error appears in the state line and the last figures stay. An unexpected exception
    ends the board; ``run`` returns it.
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

    def __init__(self, session: Session, first: Figures, read_filters: ReadFilters) -> None:
        super().__init__(ansi_color=True)
        self.session, self.read_filters, self.question = session, read_filters, first.question
        self.first_options = first.question.options
        self.answers: dict[Question, Figures] = {first.question: first}
        self.current, self.last_position = first, first.position
        self.news = self.fault = ""
        self._store, self._is_looking = Lock(), False
        # Held here: they are updated whichever screen is in front, until the last check has ended.
        self._about_line, self._views_line = Static(id="about"), Static(id="views")
        self._remarks_line, self._state_line = Static(id="remarks"), Static(id="state")
        self._table = DrillDownTable(id="figures")

    def compose(self) -> ComposeResult:
        """From the top: the filters, the views, the figures, their notes, the state and the keys."""
        yield self._about_line
        yield self._views_line
        yield self._table
        yield self._remarks_line
        yield self._state_line
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Shows the first figures and starts to poll the log."""
        self.theme = "ansi-dark"  # the terminal's own colours, on a dark or a light background
        self._table.focus()
        self._show(self.current)
        self.set_interval(_PAUSE, self.poll)

    # Reading

    def poll(self) -> None:
        """Brings the figures up to date; one check at a time."""
        if not self._is_looking:
            self._is_looking = True
            self.run_worker(self._poll())

    async def _poll(self) -> None:
        try:
            question = None
            while question != self.question:  # the question may change while it is answered
                question = self.question
                await self._answer(question)
        finally:
            self._is_looking = False

    async def _answer(self, question: Question) -> None:
        answer = await self._read(partial(refresh, Present(self.session), question, self.answers.get(question)))
        if isinstance(answer, str):
            self._failed(question, answer)
            return
        self.fault = ""
        if question == self.question:
            self._show(answer)

    async def _read(self, ask: Callable[[], T]) -> T | str:
        """The answer, or the error message of the command line; read in a thread, so that keys keep working.

        An unexpected exception ends the board.
        """
        try:
            async with self._store:
                return await to_thread(ask)
        except Exception as fault:
            message = sentence(fault)
            if message is None:
                self.exit(fault)
                raise CancelledError from fault
            return message[1]

    def _failed(self, question: Question, message: str) -> None:
        """Keeps the current figures; the state line says why the new question has no answer."""
        if question == self.current.question:
            self.fault = message
        else:
            self.question, self.news = self.current.question, f"! {message}"
        self._update_state()

    # Showing

    def _show(self, figures: Figures) -> None:
        if figures.position > self.last_position:
            self.news = f"New at {figures.time:%H:%M}: {_entries(self.last_position + 1, figures.position)}."
        elif figures.question != self.current.question:
            self.news = ""
        is_unchanged = figures.question == self.current.question and figures.rows is self.current.rows
        self.current = self.answers[figures.question] = figures
        self.last_position = max(self.last_position, figures.position)
        if not (is_unchanged and self._table.columns):
            self._table.show(figures.sheet)
        self._about_line.update(Content(figures.description))
        self._update_notes()
        self._views_line.update(self._titles())
        self._update_state()

    def _update_notes(self) -> None:
        left_columns, right_columns = self._table.hidden_columns
        out_of_sight = [
            f"{side}: {', '.join(hidden)}."
            for side, hidden in (("Left", left_columns), ("Right", right_columns))
            if hidden
        ]
        line_count = [f"{number(self._table.row_count)} lines."] if self._table.is_longer else []
        lines = filter(None, (*self.current.remarks, *self.current.sheet.notes, " ".join([*line_count, *out_of_sight])))
        self._remarks_line.update(Content("\n".join(lines)))

    def on_data_table_cell_highlighted(self) -> None:
        """Updates the list of columns that are out of sight."""
        self._update_notes()

    def _titles(self) -> Content:
        titles = (view.title.format(by=self.current.question.by) for view in VIEWS.values())
        return Content("").join(
            Content.styled(f"[{at} {title}]", "bold reverse")
            if name == self.current.question.view
            else Content(f" {at} {title} ")
            for at, (name, title) in enumerate(zip(VIEWS, titles, strict=True), start=1)
        )

    def _update_state(self) -> None:
        state = f"As of {self.current.time:%H:%M}, entry {number(self.current.position)}."
        line = f"! {self.fault}\n{state}" if self.fault else f"{state} {self.news}".rstrip()
        self._state_line.update(Content.styled(line, "bold" if self.fault else ""))

    # Keys

    def action_view(self, name: str) -> None:
        """Shows another view."""
        self._ask(replace(self.question, view=name))

    def action_turn(self, steps: int) -> None:
        """Shows the next view, or the previous one."""
        names = list(VIEWS)
        self.action_view(names[(names.index(self.question.view) + steps) % len(names)])

    def action_by(self, by: str) -> None:
        """Groups the figures by a dimension."""
        self._ask(replace(self.question, view="groups", by=by))

    def action_widen(self) -> None:
        """Goes back to the filters of the command line."""
        self._ask(replace(self.question, options=self.first_options))

    def action_filters(self) -> None:
        """Opens the filter form."""
        self.push_screen(FiltersScreen(self.question.options, self._options_of), self._apply_filters)

    def _options_of(self, words: Mapping[str, str]) -> ReportRequest | str:
        try:
            options = self.read_filters(Present(self.session), words)
        except Exception as fault:
            refusal = sentence(fault)
            if refusal is None:
                raise
            return refusal[1]
        return replace(
            self.question.options, offices=options.offices, kinds=options.kinds, first=options.first, last=options.last
        )

    def _apply_filters(self, options: ReportRequest | None) -> None:
        if options:
            self._ask(replace(self.question, options=options))

    def action_help(self) -> None:
        """Opens the help."""
        self.push_screen(HelpScreen())

    def _ask(self, question: Question) -> None:
        if question.options != self.question.options:
            self.answers.clear()
        self.question = question
        self.news = ""
        if question in self.answers:
            self._show(self.answers[question])
        else:
            self.news = "Reading the log ..."
            self._update_state()
        self.poll()

    def on_data_table_cell_selected(self, event: DataTable.CellSelected) -> None:
        """Opens the entries that a figure counts."""
        cell = event.value
        if isinstance(cell, Cell) and cell.drill_down:
            self.push_screen(EntriesScreen(self.current, cell.drill_down, self._entries_of))
        else:
            self.news = "This is no count. Move to a number, and Enter opens the entries that it counted."
            self._update_state()

    async def _entries_of(self, figures: Figures, drill_down: DrillDown | OverdueDrillDown) -> list[Entry] | str:
        return await self._read(partial(read_entries, Present(self.session), figures, drill_down))


def _entries(first: int, last: int) -> str:
    return f"entry {number(last)}" if first == last else f"entries {number(first)} to {number(last)}"
