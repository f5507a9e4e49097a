"""The contents of a file of totals, from which a format reads its figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from campaign.errors import CheckFault
from campaign.publishing.formats.columns import group_of
from campaign.publishing.formats.cube import Cell
from campaign.publishing.totals.request import Request
from campaign.publishing.totals.table import Group, Table, Words
from campaign.publishing.totals.totals import empty_table

Key = tuple[str, Group, str]
"""A figure of a file: its table, its group and its name."""
Figures = Iterator[tuple[Key, Cell]]
"""Every figure with its value: ``SUPPRESSED`` where it is suppressed, None where there is none."""


class Contents(NamedTuple):
    """The bytes of the file at ``path``, the request in its manifest, and the JSON or the sheets that the bytes hold."""

    path: Path
    content: bytes
    request: Request
    parsed: Any

    @property
    def table(self) -> Table:
        """The table requested, without rows."""
        return empty_table(self.request.by)


def decoded(path: Path, content: bytes) -> str:
    """The text of a file in UTF-8. Raises ``CheckFault`` for any other encoding."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise CheckFault(f"{path} is damaged: byte {fault.start:,} is no UTF-8.") from fault


def figures_of(table: Table, cells: Mapping[tuple[Words, str], Cell]) -> Figures:
    """The figures of a cube."""
    for (words, name), value in cells.items():
        yield (table.name, group_of(table.dimensions, words), name), value
