"""The request a command line makes of a report: filters, period, days to look from, and the file to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.filters import Scope


@dataclass(frozen=True)
class ReportRequest:
    """The values of the options of a report. An empty filter lets all through."""

    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known_on: date | None = None
    offices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    consultants: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    output: str | None = None
    force: bool = False


def described(scope: Scope, request: ReportRequest) -> list[tuple[str, str]]:
    """A name and a value for everything that narrows the report."""
    from campaign.reference import offices
    from campaign.reports.formats import unknown_kinds

    words = {
        "campaign": scope.campaign or "all",
        "contacts from": str(request.first or ""),
        "contacts to": str(request.last or ""),
        "as of": str(request.as_of or ""),
        "as known on": str(request.known_on or ""),
        "offices": ", ".join(f"{code} {offices().name(code)}" for code in request.offices),
        "regions": ", ".join(request.regions),
        "consultants": ", ".join(request.consultants),
        "industries": ", ".join(request.industries),
        "sizes": ", ".join(request.sizes),
        "kinds of yield": ", ".join(request.kinds),
        "left out": unknown_kinds(dict(scope.left_out)) if scope.left_out else "",
    }
    return [(name, value) for name, value in words.items() if value]


def in_words(scope: Scope, request: ReportRequest) -> str:
    """The same as one sentence, to go under a table."""
    text = "; ".join(f"{name} {value}" for name, value in described(scope, request))
    return f"{text[0].upper()}{text[1:]}."
