"""Positions by kind: parents with their "of which" lines, then totals in which each position is once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from campaign.reports.report import Cell, Column, DrillDown, Line, Report, Role

if TYPE_CHECKING:  # both load SQLAlchemy
    from projections.filters import Scope
    from projections.questions.yields_by_kind import Amount, KindRow, YieldTree

_COLUMNS = (
    Column("kind", "kind", folds=True),
    Column("positions", "positions", "count"),
    Column("yields", "yields", "count"),
    Column("support_class", "class", drop=1),
)
_BASES = {
    "contact": "A yield counts on the day of the visit or call it came from.",
    "recorded": "A yield counts on the day it was recorded.",
}
_ONCE = 'Lines "of which" are in the line above them already; each total holds every position once.'


def yields_report(tree: YieldTree, scope: Scope, basis: str) -> Report:
    """A line for each kind, for each support class with yields, and for all."""

    def line(
        key: str, amount: Amount | KindRow, support_class: str, narrowed: Scope, role: Role, depth: int = 0
    ) -> Line:
        name = f"{'  ' * depth}of which {key}" if depth else key
        positions = Cell(amount.positions, DrillDown(("positions",), narrowed, basis))
        entries = Cell(amount.yields, DrillDown(("yields",), narrowed, basis))
        return Line(key, (Cell(name), positions, entries, Cell(support_class)), role, depth)

    kinds = [line(r.kind, r, r.support_class, scope.within("kind", r.kind), "", r.depth) for r in tree.rows]
    classes = [
        line(f"all {word}", amount, word, scope.within("support_class", word), "total")
        for word, amount in tree.by_support_class.items()
        if amount.yields
    ]
    lines = (*kinds, *classes, line("all", tree.total, "", scope, "total"))
    return Report(_COLUMNS, lines, (_BASES[basis], _ONCE), _document(tree))


def _document(tree: YieldTree) -> dict[str, Any]:
    return {
        "rows": [row._asdict() for row in tree.rows],
        "total": tree.total._asdict(),
        "by_support_class": {word: amount._asdict() for word, amount in tree.by_support_class.items()},
    }
