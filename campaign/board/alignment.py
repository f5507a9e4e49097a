"""Texts as wide as their column: numbers on the right and never cut, words on the left, nothing that harms a terminal."""

from __future__ import annotations

from dataclasses import replace

from campaign.board.sheets import Cell, Heading, Line, Sheet
from campaign.terminal.output import harmless

_LEAST = 20  # characters that any text may take


def widths(sheet: Sheet, most: int) -> list[int]:
    """How wide each column is, so that its heading fits and every number; words take ``most`` characters, or 20."""
    return [_width(sheet, at, max(most, _LEAST)) for at in range(len(sheet.headings))]


def _width(sheet: Sheet, at: int, most: int) -> int:
    heading = sheet.headings[at]
    natural = max((len(line.cells[at].text) for line in sheet.lines), default=0)
    return max(natural if heading.right else min(natural, most), *map(len, heading.text.split("\n")))


def aligned(sheet: Sheet, widths: list[int]) -> list[Line]:
    """The lines with each text as it stands in a column of that width."""
    return [replace(line, cells=tuple(map(_aligned, line.cells, sheet.headings, widths))) for line in sheet.lines]


def _aligned(cell: Cell, heading: Heading, width: int) -> Cell:
    text = harmless(cell.text).replace("\n", " ")
    if heading.right:
        return replace(cell, text=text.rjust(width))
    return replace(cell, text=text if len(text) <= width else f"{text[: width - 1]}…")


def headed(heading: Heading, width: int) -> str:
    """A heading above a column of that width."""
    lines = heading.text.split("\n")
    return "\n".join(line.rjust(width) if heading.right else line for line in lines)
