"""What a view shows before anything is drawn: lines of cells, each with the entries it opens to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from domain.yield_kinds import with_children
from projections.filters import Scope
from projections.questions.hit_rates import first_day, last_day


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


def within(scope: Scope, by: str, word: str) -> Scope:
    """The contacts of one group of a dimension."""
    if by in ("week", "month"):
        first, last = first_day(word), last_day(word)
        return replace(scope, first=max(scope.first or first, first), last=min(scope.last or last, last))
    narrowed: dict[str, Any] = {_FILTERS[by]: (word,)}
    return replace(scope, **narrowed)


_FILTERS = {"office": "offices", "region": "regions", "industry": "industries", "size": "sizes"}


def of_kind(scope: Scope, word: str) -> Scope:
    """The yields of a kind and those below it, or of a support class, as far as the filters let them through."""
    wanted = with_children(word)
    asked = frozenset[str]().union(*map(with_children, scope.kinds)) if scope.kinds else wanted
    return replace(scope, kinds=tuple(sorted(wanted & asked)))
