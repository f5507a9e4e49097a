"""Column widths, and cells padded to them: numbers are right-aligned and never cut, control characters are removed."""

from __future__ import annotations

from dataclasses import replace

from campaign.board.sheets import Cell, Heading, Line, Sheet
from campaign.terminal.output import harmless

_LEAST = 20  # characters a text column may always have


def widths(sheet: Sheet, most: int) -> list[int]:
    """The width of each column in characters: as wide as its heading and its numbers; text gets at most ``most``, or 20."""
    return [_width(sheet, at, max(most, _LEAST)) for at in range(len(sheet.headings))]


def _width(sheet: Sheet, at: int, most: int) -> int:
    heading = sheet.headings[at]
    natural = max((len(line.cells[at].text) for line in sheet.lines), default=0)
    return max(natural if heading.is_number else min(natural, most), *map(len, heading.text.split("\n")))


def aligned(sheet: Sheet, widths: list[int]) -> list[Line]:
    """The lines with each cell padded or shortened to the width of its column."""
    return [replace(line, cells=tuple(map(_aligned, line.cells, sheet.headings, widths))) for line in sheet.lines]


def _aligned(cell: Cell, heading: Heading, width: int) -> Cell:
    text = harmless(cell.text).replace("\n", " ")
    if heading.is_number:
        return replace(cell, text=text.rjust(width))
    return replace(cell, text=text if len(text) <= width else f"{text[: width - 1]}…")


def headed(heading: Heading, width: int) -> str:
    """A heading aligned to a column of that width."""
    lines = heading.text.split("\n")
    return "\n".join(line.rjust(width) if heading.is_number else line for line in lines)
