"""Totals as they are exported: rows by dimensions, the total, the yields, and what the figures are about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from campaign.reference import industries, offices
from projections.measures import COUNTS, DIMENSIONS, RATES, RATIOS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from projections.scope import Scope
    from projections.yields import YieldTree

Row = dict[str, Any]

EXPORTED = tuple(name for name in DIMENSIONS if name != "consultant")
"""Dimensions an export can have: published figures are of no single consultant (measures.md)."""


@dataclass(frozen=True)
class Totals:
    """``rows`` are those of ``hit_rates``, one dimension after the other, or the total alone when there is none.

    ``about`` says in words what the figures are of, as of when, as known when, and by which program.
    """

    about: dict[str, str]
    dimensions: tuple[str, ...]
    rows: list[Row]
    total: Row
    yields: YieldTree


def gather(connection: Connection, scope: Scope, dimensions: Sequence[str], about: dict[str, str]) -> Totals:
    """The figures of ``scope`` by each of these dimensions, counted in one transaction."""
    from projections.hit_rates import hit_rates
    from projections.yields import yields_by_kind

    (total,) = hit_rates(connection, scope)
    rows = [row for by in dimensions for row in hit_rates(connection, scope, by)] if dimensions else [total]
    return Totals(about, tuple(dimensions), rows, total, yields_by_kind(connection, scope))


def as_json(totals: Totals) -> dict[str, Any]:
    """The export as JSON: ``about``, ``rows``, ``total``, and ``yields`` as a list of kinds."""
    return {
        "about": totals.about,
        "rows": totals.rows,
        "total": totals.total,
        "yields": [row._asdict() for row in totals.yields.rows],
    }


def group_headings(totals: Totals) -> list[str]:
    """What stands before the figures of a row: its dimensions, and the name behind a code where there are codes."""
    return [*totals.dimensions, *(["name"] if {"office", "industry"} & set(totals.dimensions) else [])]


def group_cells(totals: Totals, row: Row) -> list[str]:
    """The words of a row under ``group_headings``; empty under the dimensions it is not of."""
    cells = [row.get(by, "") for by in totals.dimensions]
    return [*cells, _name(row)] if "name" in group_headings(totals) else cells


def _name(row: Row) -> str:
    if "office" in row:
        return offices().name(row["office"])
    return industries().get(row["industry"], "") if "industry" in row else ""


def figure_headings() -> list[str]:
    """The names of all figures: counts, then each rate with its interval, then ratios, then ``maturing``."""
    rates = [f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high")]
    return [*COUNTS, *rates, *RATIOS, "maturing"]
