"""The columns before the figures of a line: for each dimension its code and, where words have names, its name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from campaign.publishing.codes import code, name, word
from campaign.publishing.totals.table import ALL, Group, Row, Table
from campaign.publishing.wording import NAMED

SUPPRESSED_SIGN = ".."
"""The sign of a suppressed figure where people read, as Statistics Denmark writes it."""


def group_columns(dimensions: Iterable[str]) -> list[str]:
    """The names of the columns: ``office``, ``office_name``, ``size`` and so on."""
    return [column for by in dimensions for column in ((by, f"{by}_name") if by in NAMED else (by,))]


def group_cells(table: Table, row: Row, language: str) -> list[str]:
    """The cells of these columns."""
    words = zip(table.dimensions, table.words(row), strict=True)
    return [
        cell
        for by, word in words
        for cell in ((code(by, word), name(by, word, language)) if by in NAMED else (code(by, word),))
    ]


def split(table: Table, line: Sequence[Any]) -> tuple[Group, Sequence[Any]]:
    """The group of a line, by its codes, and the cells after it. Raises ``SettingsFault`` for a code that is none."""
    columns = group_columns(table.dimensions)
    words = [word(by, str(line[columns.index(by)])) for by in table.dimensions]
    return group_of(table.dimensions, words), line[len(columns) :]


def group_of(dimensions: Iterable[str], words: Iterable[str]) -> Group:
    """The group of these words."""
    return frozenset((by, word) for by, word in zip(dimensions, words, strict=True) if word != ALL)
