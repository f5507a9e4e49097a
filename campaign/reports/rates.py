"""Hit rates per visit and per call, in total or by a dimension."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from campaign.reports.formats import group
from campaign.reports.report import Base, Cell, Column, DrillDown, Line, Ratio, Report, Share
from campaign.reports.texts import counted
from projections.measures import PROVISIONAL_DAYS, RATES, RATIOS, base
from projections.periods import PERIODS
from projections.questions.comparison import COMPARED, MARKED, compared, with_marks

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.filters import Scope

Row = Mapping[str, Any]

BASE_NAMES = {
    "visit_hit_rate": "visits held",
    "call_hit_rate": "calls",
    "acceptance_rate": "companies called",
    "reach_rate": "calls",
    "accepted_per_reached": "companies reached",
    "held_rate": "visits settled",
    "no_show_rate": "visits held or missed",
    "positions_per_visit": "visits held",
}


def total_report(total: Row, scope: Scope) -> Report:
    """Every rate of the row of all, a line each, then the positions per visit."""
    lines = [_rate(total, name, scope) for name in (*RATES, *RATIOS)]
    positions, yields = counted(total["positions"], "position"), counted(total["yields"], "yield")
    sources = f"{positions} in {yields}, from visits and calls."
    return Report(
        _COLUMNS, tuple(lines), (sources, *provisional_note([total], scope)), {"rows": [total], "total": total}
    )


_COLUMNS = (
    Column("rate", "rate"),
    Column("share", "share", "share"),
    Column("interval", "95 %", "interval"),
    Column("base", "of", folds=True),
)


def _rate(total: Row, name: str, scope: Scope) -> Line:
    numerator, parts = (RATES | RATIOS)[name]
    share, of = (
        _shown(total, name),
        Base(*base(dict(total), name), BASE_NAMES[name], "from" if name in RATIOS else "of"),
    )
    interval = share.interval if isinstance(share, Share) else ""
    cells = (Cell(share, DrillDown((numerator,), scope)), Cell(interval), Cell(of, DrillDown(parts, scope)))
    return Line(name, (Cell(name.replace("_", " ")), *cells))


def _shown(total: Row, name: str) -> Share | Ratio:
    return Ratio(total[name]) if name in RATIOS else Share.of_rate(total, name)


def grouped_report(rows: Sequence[dict[str, Any]], total: dict[str, Any], by: str, scope: Scope) -> Report:
    """A line for each group of the dimension ``by``, then one of all; offices and regions are compared with all."""
    rows = with_marks(rows, total) if by in MARKED else rows
    columns = _grouped_columns(by, any(row["maturing"] for row in rows))
    lines = [_group(columns, group(by, row[by]), row, scope.within(by, row[by])) for row in rows]
    all_groups = _group(columns, "all", total, scope)
    notes = (_SHARES, _ONCE, *(provisional_note(rows, scope) if by in PERIODS else ()), *_comparison(by, rows, total))
    return Report(columns, (*lines, all_groups), notes, {"rows": rows, "total": total})


def _grouped_columns(by: str, provisional: bool) -> tuple[Column, ...]:
    marks: Literal["", "words"] = "words" if by in MARKED else ""
    return (
        Column(by, by, folds=True),
        *([Column("*", "*", "mark", medium="screen")] if by in PERIODS and provisional else []),
        *([Column("maturing", "maturing", "mark", medium="file")] if by in PERIODS else []),
        Column("visits_held", "held", "count"),
        Column("visits_with_yield", "with yield", "count", drop=6),
        Column("visit_hit_rate", "visit hit rate", "share", marks=marks),
        Column("visit_hit_rate", "visit 95 %", "interval", drop=3),
        Column("calls", "calls", "count"),
        Column("calls_with_yield", "to a yield", "count", drop=7),
        Column("call_hit_rate", "call hit rate", "share", marks=marks),
        Column("call_hit_rate", "call 95 %", "interval", drop=4),
        Column("companies_called", "called", "count", drop=2),
        Column("acceptance_rate", "acceptance rate", "share", drop=1, marks=marks),
        Column("positions", "positions", "count", drop=5),
        *(Column(rate, f"{rate.replace('_', ' ')} differs", "mark", medium="file") for rate in COMPARED if marks),
    )


def _group(columns: Iterable[Column], name: str, row: Row, scope: Scope) -> Line:
    """The cells of one group, by the kind of each column."""
    first, *others = columns
    return Line(str(row.get(first.key, name)), (Cell(name), *(_figure(column, row, scope) for column in others)))


def _figure(column: Column, row: Row, scope: Scope) -> Cell:
    if column.kind == "count":
        return Cell(row[column.key], DrillDown((column.key,), scope))
    if column.kind == "mark":
        return Cell(_mark(column.key, row))
    share = Share.of_rate(row, column.key)
    if column.kind == "interval":
        return Cell(share.interval)
    return Cell(share, DrillDown((RATES[column.key][0],), scope))


def _mark(key: str, row: Row) -> str:
    if key in COMPARED:
        return row.get(f"{key}_differs") or ""
    return ("*" if key == "*" else "yes") if row["maturing"] else ""


_ONCE = "Companies are counted once in every line, so the lines can add up to more than all."
_SHARES = (
    "Visit hit rate: of the visits held, those with a yield. Call hit rate: of the calls, those that led to a yield. "
    "Acceptance rate: of the companies called, those that said yes to a visit. 95 %: where the rate lies (Wilson)."
)


def _comparison(by: str, rows: Sequence[dict[str, Any]], total: dict[str, Any]) -> list[str]:
    """What the marks mean, or that no group is marked; nothing where no group could be compared."""
    sizes = [size for size in compared(rows, total) if size] if by in MARKED else []
    if not sizes:
        return []
    any_marked = any(row[f"{rate}_differs"] for row in rows for rate in COMPARED)
    result = (
        'Marked above or below: differs from "all"' if any_marked else f'Nothing is marked: no {by} differs from "all"'
    )
    family = f"{' to '.join(map(str, sorted({min(sizes), max(sizes)})))} {by}{'' if max(sizes) == 1 else 's'}"
    return [f"{result} beyond chance. Score test (Wilson), Holm-corrected over {family}, 5 % in all for each rate."]


def provisional_note(rows: Iterable[Row], scope: Scope) -> tuple[str, ...]:
    """What the asterisk means, when any of the rows has one."""
    if not any(row["maturing"] for row in rows):
        return ()
    return (f"* Maturing: less than {PROVISIONAL_DAYS} days old on {scope.day}; yields may still come.",)
