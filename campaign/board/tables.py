"""A sheet drawn as a table: whole columns only, and a cursor that keeps its line when the figures change."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import ClassVar

from textual import events
from textual.binding import Binding
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import CursorType

from campaign.board.alignment import aligned, headed, widths
from campaign.board.sheets import Cell, Heading, Line, Sheet

_GAP = 2  # between two columns
_BAR = 1  # the scroll bar
_EVERYTHING = 10_000  # the width of a table before its layout


class SheetTable(DataTable[Cell]):
    """One sheet. The cursor is reversed and bold.

    A column is drawn whole or not at all, since a number that is cut reads as a different number. The first column
    stays; the others scroll with the cursor, and ``hidden_columns`` names those that are out of sight.
    """

    DEFAULT_CSS = """
    SheetTable { background: transparent; scrollbar-size: 1 1; overflow-x: hidden; }
    SheetTable:focus { background-tint: transparent; }
    SheetTable > .datatable--header, SheetTable:focus > .datatable--header, SheetTable > .datatable--header-cursor {
        background: transparent; background-tint: transparent; color: $foreground; text-style: bold;
    }
    SheetTable > .datatable--fixed, SheetTable > .datatable--hover, SheetTable > .datatable--header-hover,
    SheetTable > .datatable--even-row, SheetTable > .datatable--odd-row { background: transparent; color: $foreground; }
    SheetTable > .datatable--cursor, SheetTable:focus > .datatable--cursor,
    SheetTable > .datatable--fixed-cursor, SheetTable:focus > .datatable--fixed-cursor {
        background: transparent; color: $foreground; text-style: bold reverse;
    }
    """

    def __init__(self, id: str, cursor_type: CursorType = "cell") -> None:
        super().__init__(id=id, cursor_type=cursor_type)
        self.sheet = Sheet((), ())
        self.drawn_columns: tuple[int, ...] = ()
        self._first_behind, self._breadths = 1, list[int]()

    @property
    def hidden_columns(self) -> tuple[list[str], list[str]]:
        """The headings of the columns out of sight, to the left and to the right; intervals are not named."""
        hidden = [
            (at, h.words)
            for at, h in enumerate(self.sheet.headings)
            if at not in self.drawn_columns and h.words != "95 %"
        ]
        left_columns = [words for at, words in hidden if at < self._first_behind]
        return left_columns, [words for _, words in hidden[len(left_columns) :]]

    @property
    def is_longer(self) -> bool:
        """Whether there are more lines than fit."""
        return self.row_count + self.header_height > self.size.height > 0

    def show(self, sheet: Sheet) -> None:
        """Draws the sheet; the cursor stays on the line of the same name, or goes to the first cell with a drill-down."""
        before, row, column = self.sheet, self.cursor_row, self._column
        self.sheet = sheet
        if _head(before) != _head(sheet):
            row, column, self._first_behind = 0, _first_that_opens(sheet), 1
        elif row < len(before.lines):
            row = _line_named(sheet, before.lines[row].name)
        self._draw(row, column, anew=_names(before) != _names(sheet))

    def add(self, lines: tuple[Line, ...]) -> None:
        """Adds lines at the end; the widths of the columns stay."""
        self.sheet = Sheet(self.sheet.headings, self.sheet.lines + lines, self.sheet.notes, self.sheet.pinned)
        self.add_rows(map(self._cells, aligned(Sheet(self.sheet.headings, lines), self._breadths)))

    def on_resize(self, _: events.Resize) -> None:
        """Draws the columns that fit."""
        self._draw(self.cursor_row, self._column)

    # The cursor

    def action_cursor_right(self) -> None:
        """To the next column; in a table of rows the next hidden one comes in sight."""
        of_lines = self.cursor_type == "row"
        self._go((max(self.drawn_columns, default=0) if of_lines else self._column) + 1)

    def action_cursor_left(self) -> None:
        """To the previous column."""
        self._go((self._first_behind if self.cursor_type == "row" else self._column) - 1)

    def action_scroll_home(self) -> None:
        """To the first column."""
        self._go(0)

    def action_scroll_end(self) -> None:
        """To the last column."""
        self._go(len(self.sheet.headings) - 1)

    def _go(self, column: int) -> None:
        self._draw(self.cursor_row, min(max(column, 0), len(self.sheet.headings) - 1))

    @property
    def _column(self) -> int:
        """The index of the cursor's column in the sheet."""
        return self.drawn_columns[self.cursor_column] if self.cursor_column < len(self.drawn_columns) else 0

    # Drawing

    def _draw(self, row: int, column: int, anew: bool = False) -> None:
        if not self.sheet.headings:
            return
        breadths = widths(self.sheet, self._room // 3)
        drawn, lines = self._columns_with(column, breadths), aligned(self.sheet, breadths)
        if anew or (drawn, breadths) != (self.drawn_columns, self._breadths):
            self.drawn_columns, self._breadths = drawn, breadths
            self._draw_all(lines)
        else:
            self._change(lines)
        self.move_cursor(row=row, column=drawn.index(column), animate=False)

    @property
    def _room(self) -> int:
        return (self.size.width or _EVERYTHING) - _BAR

    def _columns_with(self, column: int, breadths: list[int]) -> tuple[int, ...]:
        """The columns to draw so that this one is among them."""
        self._first_behind = 1 if column == 0 else min(self._first_behind, column)
        while column not in (drawn := (0, *self._fitting(breadths))):
            self._first_behind += 1
        return drawn

    def _fitting(self, breadths: list[int]) -> list[int]:
        """The columns after the first that fit; one at least."""
        behind = range(self._first_behind, len(breadths))
        ends = accumulate(breadths[at] + _GAP for at in chain([0], behind))
        next(ends)
        return [at for at, end in zip(behind, ends, strict=True) if end <= self._room] or [*behind[:1]]

    def _draw_all(self, lines: list[Line]) -> None:
        down = self.scroll_offset.y
        self.clear(columns=True)
        self.header_height = max(heading.height for heading in self.sheet.headings)
        self.fixed_rows = self.sheet.pinned
        for at in self.drawn_columns:
            self.add_column(headed(self.sheet.headings[at], self._breadths[at]), width=self._breadths[at])
        self.add_rows(map(self._cells, lines))
        self.call_after_refresh(self.scroll_to, y=down, animate=False)

    def _cells(self, line: Line) -> list[Cell]:
        return [line.cells[at] for at in self.drawn_columns]

    def _change(self, lines: list[Line]) -> None:
        for row, line in enumerate(lines):
            for column, cell in enumerate(self._cells(line)):
                if self.get_cell_at(Coordinate(row, column)) != cell:
                    self.update_cell_at(Coordinate(row, column), cell)


class DrillDownTable(SheetTable):
    """A sheet whose cells have drill-downs. Nothing else on its screen takes the focus, so Tab shows the next view."""

    BINDINGS: ClassVar = [
        Binding("enter", "select_cursor", "Entries"),
        Binding("tab", "app.turn(1)", "Next view", show=False),
        Binding("shift+tab", "app.turn(-1)", "View before", show=False),
    ]


def _head(sheet: Sheet) -> tuple[tuple[Heading, ...], int]:
    return sheet.headings, sheet.pinned


def _names(sheet: Sheet) -> list[str]:
    return [line.name for line in sheet.lines]


def _first_that_opens(sheet: Sheet) -> int:
    cells = sheet.lines[0].cells if sheet.lines else ()
    return next((at for at, cell in enumerate(cells) if cell.drill_down), 0)


def _line_named(sheet: Sheet, name: str) -> int:
    return next((at for at, line in enumerate(sheet.lines) if line.name == name), 0)
