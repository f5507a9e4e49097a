"""The entries behind a figure, on a screen of their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from campaign.board.figures import Figures
from campaign.board.sheets import Cell, Heading, Late, Line, Opening, Sheet
from campaign.board.tables import SheetTable
from campaign.terminal.number_format import counted, group, number
from campaign.terminal.output import harmless
from projections.measures import COUNTS
from projections.questions.entries import Entry

_PAGE = 500  # lines drawn at once; 25,000 would keep the keys waiting for four seconds
_HEADINGS = (
    Heading("day"),
    Heading("company"),
    Heading("said"),
    Heading("pos.", right=True),
    Heading("cvr"),
    Heading("office"),
    Heading("consultant"),
    Heading("what"),
    Heading("entry"),
)

Behind = Callable[[Figures, Opening | Late], Awaitable[list[Entry] | str]]
"""The entries that a figure counted, or the sentence that says why they cannot be read."""


class Listing(ModalScreen[None]):
    """Exactly the entries that a figure counted, drawn as far as somebody goes down."""

    BINDINGS: ClassVar = [
        Binding("escape,backspace", "dismiss", "Back", key_display="Esc"),
        Binding("q", "app.quit", "Quit"),
        Binding("ctrl+c", "app.quit", show=False),
    ]
    CSS = """
    Listing { background: transparent; }
    Listing Static { padding: 0 1; height: auto; max-height: 5; }
    Listing SheetTable { height: 1fr; }
    """

    def __init__(self, figures: Figures, opening: Opening | Late, behind: Behind) -> None:
        super().__init__()
        self.figures, self.opening, self._behind = figures, opening, behind
        self.entries: list[Entry] = []

    def compose(self) -> ComposeResult:
        """What was counted, the entries, and all of the one under the cursor."""
        yield Static(id="counted")
        yield SheetTable(id="entries", cursor_type="row")
        yield Static(id="entry")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Reads them."""
        self.query_one(SheetTable).focus()
        self._say("Reading the entries ...")
        self.run_worker(self._read())

    async def _read(self) -> None:
        found = await self._behind(self.figures, self.opening)
        if isinstance(found, str):
            self._say(f"! {found}")
            return
        self.entries = found
        self._say(f"{amount(self.opening, found)}.")
        self.query_one(SheetTable).show(Sheet(_HEADINGS, _lines(found[:_PAGE])))

    def _say(self, told: str) -> None:
        text = f"{_counted(self.opening)}.\n{told} {self.figures.about_behind(self.opening)}"
        self.query_one("#counted", Static).update(Content(text))

    def on_data_table_row_highlighted(self, event: SheetTable.RowHighlighted) -> None:
        """Says all of the entry under the cursor, and draws more of them before the last is reached."""
        if event.cursor_row >= len(self.entries):
            return
        self.query_one("#entry", Static).update(Content(_whole(self.entries[event.cursor_row])))
        table = self.query_one(SheetTable)
        if table.row_count < len(self.entries) and event.cursor_row + table.size.height >= table.row_count:
            more = self.entries[table.row_count : table.row_count + _PAGE]
            table.add(_lines(more))


def _lines(listed: Sequence[Entry]) -> tuple[Line, ...]:
    return tuple(Line(entry.entry, tuple(map(Cell, _texts(entry)))) for entry in listed)


def _texts(entry: Entry) -> list[str]:
    positions = "" if entry.positions is None else number(entry.positions)
    said = (entry.day, entry.company or "", entry.said or "", positions, entry.cvr)
    return [*said, entry.office, entry.consultant, entry.what, entry.entry[:8]]


def _whole(entry: Entry) -> str:
    """What the columns have no room for."""
    recorded = f", recorded on {entry.recorded_on}" if entry.recorded_on else ""
    origin = f", from {entry.origin[:8]}" if entry.origin else ""
    office = f"{group('office', entry.office)}, {entry.region}, {entry.consultant}"
    return harmless(
        f"{entry.what} {entry.entry[:8]} of {entry.company or entry.cvr} on {entry.day}{recorded}{origin}. {office}."
    )


def _counted(opening: Opening | Late) -> str:
    if isinstance(opening, Late):
        return f"Overdue: {opening.what or 'everything'}"
    return "; ".join(f"{count}: {COUNTS[count]}" for count in opening.counts)


def amount(opening: Opening | Late, listed: Sequence[Entry]) -> str:
    """How many entries, and what the count makes of them: the figure itself."""
    found, of = counted(len(listed), "entry", "entries"), "" if isinstance(opening, Late) else opening.counts[0]
    if of.startswith("companies_"):
        return f"{counted(len({entry.cvr for entry in listed}), 'company', 'companies')} in {found}"
    if of.startswith("positions"):
        return f"{counted(sum(entry.positions or 0 for entry in listed), 'position')} in {found}"
    return found
