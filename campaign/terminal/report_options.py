"""The options that reports share, and the scope they ask for: filters, period, days to look from, and the output."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click

from campaign.access import own_office, refuse_region, visible_offices, visible_regions
from campaign.terminal import completion
from campaign.terminal.filters import (
    INDUSTRY,
    KIND_OR_CLASS,
    REGION,
    check_groups,
    industries,
    kinds_and_classes,
    regions,
)
from campaign.terminal.options import json_option, option
from campaign.terminal.parameters import Day, Edge, OfficeCode, Period
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Session
from domain.code_lists import one_of

if TYPE_CHECKING:  # it loads SQLAlchemy
    from sqlalchemy import Connection

    from projections.filters import Scope


PERIOD = ("--from", "--to", "--week", "--month")
_FILTERS: dict[str, Callable[[Any], Any]] = {
    "--from": option(
        "--from", "first", type=Edge(last=False), metavar="DAY", help="Contacts from this day on; also uge 47."
    ),
    "--to": option("--to", "last", type=Edge(last=True), metavar="DAY", help="Contacts to this day, included."),
    "--week": option("--week", type=Period("week"), metavar="WEEK", help="Contacts of this week: 2013-W07, uge 7."),
    "--month": option(
        "--month", type=Period("month"), metavar="MONTH", help="Contacts of this month: 2013-02, feb 2013."
    ),
    "--as-of": option("--as-of", type=Day(), metavar="DAY", help="Only what had happened by the end of that day."),
    "--known-on": option(
        "--known-on", type=Day(), metavar="DAY", help="Only what had been logged by the end of that day."
    ),
    "--office": option(
        "--office",
        "offices",
        type=OfficeCode(),
        shell_complete=completion.offices,
        multiple=True,
        metavar="CODE",
        help="Of this office only; repeat it for more.",
    ),
    "--region": option(
        "--region",
        "regions",
        type=REGION,
        shell_complete=regions,
        multiple=True,
        metavar="NAME",
        help="Of this region only.",
    ),
    "--consultant": option(
        "--consultant",
        "consultants",
        shell_complete=completion.consultants,
        multiple=True,
        metavar="NAME",
        help="Of this consultant only.",
    ),
    "--industry": option(
        "--industry",
        "industries",
        type=INDUSTRY,
        shell_complete=industries,
        multiple=True,
        metavar="NN",
        help="First two digits of the code, or unknown.",
    ),
    "--size": option(
        "--size", "sizes", multiple=True, metavar="BAND", help="Employees, as registered: 10-19, or unknown."
    ),
    "--kind": option(
        "--kind",
        "kinds",
        type=KIND_OR_CLASS,
        shell_complete=kinds_and_classes,
        multiple=True,
        metavar="KIND",
        help="Only these yields, with the kinds below them, or of a support class. All filters can be repeated.",
    ),
}
_OUTPUT = "Write to a file; as JSON when it ends in .json."


def report(
    *, omit: Collection[str] = (), output: str = _OUTPUT
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options of a report, less those of ``omit``; ``output`` is the help of ``--output``.

    The function of the command gets the ``Session``, the ``ReportRequest``, then the values of its own options.
    """

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        def with_request(session: Session, **values: Any) -> None:
            request = request_of(session, values)
            function(session, request, **values)

        decorated: Callable[..., None] = update_wrapper(with_request, function)
        for declare in reversed([*(f for name, f in _FILTERS.items() if name not in omit), *_outputs(output)]):
            decorated = declare(decorated)
        return decorated

    return decorate


def _outputs(output: str) -> tuple[Callable[[Any], Any], ...]:
    file = option("--output", "-o", metavar="FILE", help=output)
    return file, option("--force", is_flag=True, help="Replace the file if it exists."), json_option


def request_of(session: Session, values: dict[str, Any]) -> ReportRequest:
    """Takes the options of a report out of ``values``: checked, and within what the role in a database sees."""
    first, last = _period(*(values.pop(name, None) for name in ("first", "last", "week", "month")))
    options = {name: values.pop(name) for name in ReportRequest.__dataclass_fields__ if name in values}
    request = ReportRequest(first, last, **options)
    _check_days(session, request)
    return _confined(session, request)


Span = tuple[date, date]


def _period(first: date | None, last: date | None, week: Span | None, month: Span | None) -> Iterable[date | None]:
    """First and last day of the period. Raises ``UsageError`` when it is given twice."""
    if sum(map(bool, (week, month, first or last))) > 1:
        raise click.UsageError("Say the period once: as --week, as --month, or as --from and --to.")
    return week or month or (first, last)


def _confined(session: Session, request: ReportRequest) -> ReportRequest:
    """The request narrowed to what the role sees, so that the report says whose figures it has."""
    session.home = session.home.for_reports()
    role = session.home.access
    offices, regions = visible_offices(role, request.offices), visible_regions(role, request.regions)
    if request.industries:
        refuse_region(role, "the industry of a company")
    return replace(request, offices=offices, regions=regions)


def of_own_office(session: Session, request: ReportRequest, subject: str) -> ReportRequest:
    """The request narrowed to the own office; ``subject`` opens the refusal of any other, as ``access.own_office``."""
    office = session.office if session.setting("office") and not session.home.access.office else ""
    return replace(request, offices=(own_office(session.home.access, office, request.offices, subject),))


def _check_days(session: Session, request: ReportRequest) -> None:
    if request.first and request.last and request.last < request.first:
        raise click.UsageError(f"The period ends on {request.last}, before it begins on {request.first}.")
    for name, day in (("--as-of", request.as_of), ("--known-on", request.known_on)):
        if day and day > session.today:
            raise click.UsageError(f"{name} {day} has not come yet; today is {session.today}.")


def scope_of(session: Session, connection: Connection, request: ReportRequest, all_campaigns: bool = False) -> Scope:
    """What the report is about. ``all_campaigns``: of every campaign, unless the command line names one.

    As known on a day, the report is the one of that day: what is overdue or maturing is so seen from there.
    """
    from projections.filters import Scope, last_recorded_day, position_on
    from projections.questions.unknown_kinds import uncounted_entries

    check_groups(session, connection, request)
    if request.known_on:
        _note_ahead(session, last_recorded_day(connection))
    scope = Scope(
        today=min(request.known_on or session.today, session.today),
        campaign=_campaign(session, all_campaigns),
        offices=request.offices,
        regions=request.regions,
        consultants=request.consultants,
        industries=request.industries,
        sizes=request.sizes,
        kinds=request.kinds,
        first=request.first,
        last=request.last,
        as_of=request.as_of,
        known=position_on(connection, request.known_on) if request.known_on else None,
    )
    return replace(scope, left_out=tuple(uncounted_entries(connection, scope).items()))


def _note_ahead(session: Session, last: date | None) -> None:
    if last and last > session.today:
        session.note(
            f"The log's last entry was recorded on {last}, after today: a clock was wrong. "
            f"What was logged since then counts as recorded on {last}, and is known on no day before."
        )


def _campaign(session: Session, all_campaigns: bool) -> str | None:
    slug = session.options.get("campaign") if all_campaigns else session.slug
    return one_of("campaign here", slug, (c.slug for c in session.home.campaigns())) if slug else None
