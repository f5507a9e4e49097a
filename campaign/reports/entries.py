"""The entries behind a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from campaign.reports.report import Cell, Column, Line, Report
from campaign.reports.texts import counted
from projections.measures import COUNTS

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.questions.entries import Entry

OF_YIELDS = ("yields", "positions", "positions_from_visits")
_COLUMNS = (
    Column("entry", "entry"),
    Column("day", "day", "day"),
    Column("what", "what", drop=5),
    Column("said", "said"),
    Column("positions", "positions", "count", drop=6),
    Column("company", "company", folds=True),
    Column("cvr", "cvr", drop=1),
    Column("office", "office", drop=3),
    Column("consultant", "consultant", drop=4),
)


def entries_report(entries: Sequence[Entry], of: str) -> Report:
    """A line for each entry that the count ``of`` counts; of yields the positions are never left out."""
    columns = tuple(replace(c, drop=0) if c.key == "positions" and of in OF_YIELDS else c for c in _COLUMNS)
    note = f"{of}: {COUNTS[of]}. {amount(entries, of)}."
    document = {"of": of, "rows": [entry._asdict() for entry in entries]}
    return Report(columns, tuple(map(_entry, entries)), (note,), document)


def _entry(entry: Entry) -> Line:
    positions = "" if entry.positions is None else str(entry.positions)
    texts = (entry.entry[:8], entry.day, entry.what, entry.said or "", positions, entry.company or "")
    return Line(entry.entry, tuple(map(Cell, (*texts, entry.cvr, entry.office, entry.consultant))))


def amount(entries: Sequence[Entry], of: str) -> str:
    """The figure itself, and how many entries it was counted from."""
    number = counted(len(entries), "entry", "entries")
    if of.startswith("companies_"):
        return f"{counted(len({entry.cvr for entry in entries}), 'company', 'companies')} in {number}"
    if of.startswith("positions"):
        return f"{counted(sum(entry.positions or 0 for entry in entries), 'position')} in {number}"
    return number
