"""What a view shows before anything is drawn: lines of cells, each with the entries it opens to."""

from __future__ import annotations

from dataclasses import dataclass

from projections.filters import Scope


@dataclass(frozen=True)
class Opening:
    """What is behind a figure: the entries of these counts, no entry in two of them, among these contacts."""

    counts: tuple[str, ...]
    scope: Scope


@dataclass(frozen=True)
class Late:
    """What is behind a number of overdue things: those of that kind, or of every kind, among these contacts."""

    what: str | None
    scope: Scope


@dataclass(frozen=True)
class Cell:
    """A text, and what it opens to; what is no figure opens to nothing."""

    text: str
    opening: Opening | Late | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Heading:
    """The head of a column, in one line or two; numbers stand on the right."""

    text: str
    right: bool = False

    @property
    def words(self) -> str:
        """As it reads in a sentence."""
        return self.text.replace("-\n", "").replace("\n", " ").strip()

    @property
    def height(self) -> int:
        """How many lines it takes."""
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Line:
    """A line of a sheet, by a name that stays when its figures change."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """Lines under headings, as many cells as headings. ``pinned``: so many lines stay in sight, from the first on."""

    headings: tuple[Heading, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()
    pinned: int = 0
