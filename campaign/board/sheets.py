"""What a view shows, before it is drawn: lines of cells, each with its drill-down."""

from __future__ import annotations

from dataclasses import dataclass

from campaign.reports.report import DrillDown, OverdueDrillDown


@dataclass(frozen=True)
class Cell:
    """A text and its drill-down; None when it is not a figure."""

    text: str
    drill_down: DrillDown | OverdueDrillDown | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Heading:
    """The heading of a column, in one line or two; a column of numbers is right-aligned."""

    text: str
    is_number: bool = False

    @property
    def words(self) -> str:
        """The heading in one line."""
        return self.text.replace("-\n", "").replace("\n", " ").strip()

    @property
    def height(self) -> int:
        """The number of lines."""
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Line:
    """A line of a sheet. Its ``name`` stays the same when the figures change."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """Lines with one cell for each heading. ``pinned``: the number of lines that stay in sight at the top."""

    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    pinned: int = 0
