"""The screen that lists the entries behind a figure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from campaign.board.figures import Figures
from campaign.board.sheets import Cell, Heading, Line, Sheet
from campaign.board.tables import SheetTable
from campaign.reports.entries import amount as entries_amount
from campaign.reports.formats import group
from campaign.reports.report import DrillDown, OverdueDrillDown
from campaign.reports.texts import number
from campaign.terminal.output import harmless
from projections.measures import COUNTS
from projections.questions.entries import Entry

_PAGE = 500  # lines drawn at once; 25,000 block the keys for four seconds
_HEADINGS = (
    Heading("day"),
    Heading("company"),
    Heading("said"),
    Heading("pos.", is_number=True),
    Heading("cvr"),
    Heading("office"),
    Heading("consultant"),
    Heading("what"),
    Heading("entry"),
)

ReadEntries = Callable[[Figures, DrillDown | OverdueDrillDown], Awaitable[list[Entry] | str]]
"""Reads the entries that a figure counts, or returns the message that says why it cannot."""


class EntriesScreen(ModalScreen[None]):
    """Exactly the entries that a figure counts, drawn as the cursor moves down."""

    BINDINGS: ClassVar = [
        Binding("escape,backspace", "dismiss", "Back", key_display="Esc"),
        Binding("q", "app.quit", "Quit"),
        Binding("ctrl+c", "app.quit", show=False),
    ]
    CSS = """
    EntriesScreen { background: transparent; }
    EntriesScreen Static { padding: 0 1; height: auto; max-height: 5; }
    EntriesScreen SheetTable { height: 1fr; }
    """

    def __init__(self, figures: Figures, drill_down: DrillDown | OverdueDrillDown, read_entries: ReadEntries) -> None:
        super().__init__()
        self.figures, self.drill_down, self._read_entries = figures, drill_down, read_entries
        self.entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        """What is counted, the entries, and the details of the entry under the cursor."""
        yield Static(id="counted")
        yield SheetTable(id="entries", cursor_type="row")
        yield Static(id="entry")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Reads the entries."""
        self.query_one(SheetTable).focus()
        self._say("Reading the entries ...")
        self.run_worker(self._read())

    async def _read(self) -> None:
        answer = await self._read_entries(self.figures, self.drill_down)
        if isinstance(answer, str):
            self._say(f"! {answer}")
            return
        self.entries = answer
        self._say(f"{amount(self.drill_down, answer)}.")
        self.query_one(SheetTable).show(Sheet(_HEADINGS, _lines(answer[:_PAGE])))

    def _say(self, message: str) -> None:
        text = f"{_counted(self.drill_down)}.\n{message} {self.figures.description_of(self.drill_down)}"
        self.query_one("#counted", Static).update(Content(text))

    def on_data_table_row_highlighted(self, event: SheetTable.RowHighlighted) -> None:
        """Shows the details of the entry under the cursor, and draws more entries before the cursor reaches the last."""
        if event.cursor_row >= len(self.entries):
            return
        self.query_one("#entry", Static).update(Content(_description(self.entries[event.cursor_row])))
        table = self.query_one(SheetTable)
        if table.row_count < len(self.entries) and event.cursor_row + table.size.height >= table.row_count:
            more = self.entries[table.row_count : table.row_count + _PAGE]
            table.add(_lines(more))


def _lines(listed: Sequence[Entry]) -> tuple[Line, ...]:
    return tuple(Line(entry.entry, tuple(map(Cell, _texts(entry)))) for entry in listed)


def _texts(entry: Entry) -> list[str]:
    positions = "" if entry.positions is None else number(entry.positions)
    fields = (entry.day, entry.company or "", entry.said or "", positions, entry.cvr)
    return [*fields, entry.office, entry.consultant, entry.what, entry.entry[:8]]


def _description(entry: Entry) -> str:
    """The details of an entry, in one line."""
    recorded = f", recorded on {entry.recorded_on}" if entry.recorded_on else ""
    origin = f", from {entry.origin[:8]}" if entry.origin else ""
    office = f"{group('office', entry.office)}, {entry.region}, {entry.consultant}"
    return harmless(
        f"{entry.what} {entry.entry[:8]} of {entry.company or entry.cvr} on {entry.day}{recorded}{origin}. {office}."
    )


def _counted(drill_down: DrillDown | OverdueDrillDown) -> str:
    if isinstance(drill_down, OverdueDrillDown):
        return f"Overdue: {drill_down.kind or 'everything'}"
    return "; ".join(f"{count}: {COUNTS[count]}" for count in drill_down.counts)


def amount(drill_down: DrillDown | OverdueDrillDown, entries: Sequence[Entry]) -> str:
    """The figure itself and the number of entries it was counted from."""
    return entries_amount(entries, "" if isinstance(drill_down, OverdueDrillDown) else drill_down.counts[0])
