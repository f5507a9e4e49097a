"""Drill-down on the terminal: the command that lists the entries behind a figure."""

from __future__ import annotations

import re
import shlex
from datetime import date
from typing import TYPE_CHECKING, Any

from projections.periods import Period

if TYPE_CHECKING:
    from campaign.terminal.report_request import ReportRequest
    from campaign.terminal.session import Session

Row = dict[str, Any]
Words = dict[str, tuple[str, ...]]

_OPTIONS = {
    "office": "offices",
    "region": "regions",
    "consultant": "consultants",
    "industry": "industries",
    "size": "sizes",
    "kind": "kinds",
}
"""Options that narrow a report, and where ``ReportRequest`` keeps what they were given."""


def opening(session: Session, request: ReportRequest, by: str, rows: list[Row]) -> list[str]:
    """A line with the drill-down of the first figure of ``rows`` that is not 0; none for a role that sees no entries."""
    row = next((row for row in rows if row["visits_with_yield"]), None)
    if row is None or session.home.access.region:
        return []
    return [f"Open a figure: {command(session, request, 'visits_with_yield', by, row[by])}"]


def command(session: Session, request: ReportRequest, count: str, by: str, word: str) -> str:
    """The command that lists the entries that the count ``count`` counted in the group ``word`` of a report by ``by``."""
    period = (
        _period(request, by, word) if by in ("week", "month") else {by: (word,)} | _days(request.first, request.last)
    )
    return _typed(session, f"entries --of {count}", _narrowed(request) | period | _seen_from(request))


def likewise(session: Session, request: ReportRequest, words: str) -> str:
    """The command ``words``, such as ``overdue --all``, of the same contacts, seen from the same day."""
    return _typed(session, words, _narrowed(request) | _days(request.first, request.last) | _seen_from(request))


def _typed(session: Session, words: str, options: Words) -> str:
    common = {name: session.options.get(name) for name in ("home", "campaign")}
    options = {name: (value,) for name, value in common.items() if value} | options
    typed = [f" --{option} {_quoted(word)}" for option, values in options.items() for word in values]
    return f"campaign {words}{''.join(typed)}"


def _narrowed(request: ReportRequest) -> Words:
    return {option: getattr(request, field) for option, field in _OPTIONS.items()}


def _seen_from(request: ReportRequest) -> Words:
    return {"as-of": _day(request.as_of), "known-on": _day(request.known_on)}


def _period(request: ReportRequest, by: str, word: str) -> Words:
    """A week or a month by its name, or the part of it in the period of the request."""
    if not (request.first or request.last):
        return {by: (word,)}
    return _days(*Period.named(word).clipped(request.first, request.last))


def _days(first: date | None, last: date | None) -> Words:
    return {"from": _day(first), "to": _day(last)}


def _day(day: date | None) -> tuple[str, ...]:
    return (str(day),) if day else ()


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w./:+-]+", word) else shlex.quote(word)
