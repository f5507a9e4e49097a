"""The model of a report: typed columns, lines of values, notes, and the entries behind each figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from projections.measures import BASES, LEAST_BASE, base

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.filters import Scope

Kind = Literal["text", "count", "share", "interval", "amount", "day", "mark", "bar"]
Medium = Literal["", "screen", "file"]
Role = Literal["", "total", "base"]


class Interval(NamedTuple):
    """The 95 % interval of a share 0..1, or of an amount."""

    low: float
    high: float
    of_share: bool = True


class Share(NamedTuple):
    """A share 0..1 of ``denominator``, None where that is 0, with its 95 % interval.

    ``mark``: "above" or "below" where a group differs from all; "*" where the share is provisional.
    """

    numerator: int
    denominator: int
    value: float | None
    low: float | None = None
    high: float | None = None
    mark: str = ""

    @classmethod
    def of_rate(cls, row: Mapping[str, Any], rate: str) -> Share:
        """A rate of a row of ``hit_rates``, with its mark when the rows have marks."""
        low, high, mark = row[f"{rate}_low"], row[f"{rate}_high"], row.get(f"{rate}_differs") or ""
        return cls(*base(dict(row), rate), row[rate], low, high, mark)

    @property
    def interval(self) -> Interval | str:
        """Empty for a base under five, which is shown as "3 of 4"."""
        if self.low is None or self.high is None or self.denominator < LEAST_BASE:
            return ""
        return Interval(self.low, self.high)


class Ratio(NamedTuple):
    """A ratio that can exceed 1; None where there is nothing to divide by."""

    value: float | None


class Base(NamedTuple):
    """What a share is of: ``3 of 4 visits held``."""

    numerator: int
    denominator: int
    name: str
    preposition: str = "of"


Value = str | int | float | date | Share | Interval | Ratio | Base | None
"""What a cell holds; None where there is no value."""


@dataclass(frozen=True)
class DrillDown:
    """The entries behind a figure: those of these counts, which have no entry in common, in this scope.

    ``basis``: which day puts a yield into the period (``measures.BASES``).
    """

    counts: tuple[str, ...]
    scope: Scope
    basis: str = BASES[0]


@dataclass(frozen=True)
class OverdueDrillDown:
    """The drill-down of a number of overdue items: those of one kind, or of all when ``kind`` is None."""

    kind: str | None
    scope: Scope


class Cell(NamedTuple):
    """A value, and what lists the entries behind it."""

    value: Value
    drill_down: DrillDown | OverdueDrillDown | None = None


@dataclass(frozen=True)
class Column:
    """One column.

    ``drop``: the higher, the sooner it is left out where there is no room; 0 is never left out. ``medium``: marks that a
    screen shows behind a figure are columns of their own in a file. ``marks``: its shares carry marks on a screen, words
    where they differ from all, or asterisks where they are provisional.
    """

    key: str
    heading: str
    kind: Kind = "text"
    drop: int = 0
    folds: bool = False
    medium: Medium = ""
    marks: Literal["", "words", "asterisks"] = ""

    @property
    def is_number(self) -> bool:
        """Whether its cells are aligned right."""
        return self.kind in ("count", "share", "interval", "amount")


@dataclass(frozen=True)
class Line:
    """As many cells as there are columns. ``key`` stays when the figures change; ``depth``: levels of "of which"."""

    key: str
    cells: tuple[Cell, ...]
    role: Role = ""
    depth: int = 0


@dataclass(frozen=True)
class Report:
    """``notes`` are sentences to go under the lines; ``document`` holds the same figures as JSON does.

    To add a report: a module of ``projections/questions`` answers the question with typed rows and knows no heading. A
    module of ``campaign/reports`` makes a ``Report`` of them: columns, a ``Line`` for each row, notes. Cells hold values
    (an int, a ``Share``, a date), and a figure has its ``DrillDown``. The command hands the report to
    ``campaign.terminal.report_output.deliver``, which writes a table, lines or JSON. ``rates.py`` is an example.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    document: Mapping[str, Any]
