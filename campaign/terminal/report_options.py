"""The options all reports share: which contacts count, as of when, as known when, and where the result goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click

from campaign.errors import SettingsFault
from campaign.terminal import completion
from campaign.terminal.filters import (
    INDUSTRY,
    KIND_OR_CLASS,
    REGION,
    check_there,
    industries,
    kinds_and_classes,
    regions,
)
from campaign.terminal.options import json_option, option
from campaign.terminal.parameters import Day, Edge, OfficeCode, Period
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from projections.filters import Scope


@dataclass(frozen=True)
class Asked:
    """What a report was asked for. An empty filter lets all through."""

    first: date | None
    last: date | None
    as_of: date | None
    known_on: date | None
    offices: tuple[str, ...]
    regions: tuple[str, ...]
    consultants: tuple[str, ...]
    industries: tuple[str, ...]
    sizes: tuple[str, ...]
    kinds: tuple[str, ...]
    output: str | None
    force: bool


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    option("--from", "first", type=Edge(last=False), metavar="DAY", help="Contacts from this day on; also uge 47."),
    option("--to", "last", type=Edge(last=True), metavar="DAY", help="Contacts to this day, included."),
    option("--week", type=Period("week"), metavar="WEEK", help="Contacts of this week: 2013-W07, uge 7."),
    option("--month", type=Period("month"), metavar="MONTH", help="Contacts of this month: 2013-02, feb 2013."),
    option("--as-of", type=Day(), metavar="DAY", help="Only what had happened by the end of that day."),
    option("--known-on", type=Day(), metavar="DAY", help="Only what had been logged by the end of that day."),
    option(
        "--office",
        "offices",
        type=OfficeCode(),
        shell_complete=completion.offices,
        multiple=True,
        metavar="CODE",
        help="Of this office only; repeat it for more.",
    ),
    option(
        "--region",
        "regions",
        type=REGION,
        shell_complete=regions,
        multiple=True,
        metavar="NAME",
        help="Of this region only.",
    ),
    option(
        "--consultant",
        "consultants",
        shell_complete=completion.consultants,
        multiple=True,
        metavar="NAME",
        help="Of this consultant only.",
    ),
    option(
        "--industry",
        "industries",
        type=INDUSTRY,
        shell_complete=industries,
        multiple=True,
        metavar="NN",
        help="First two digits of the code, or unknown.",
    ),
    option("--size", "sizes", multiple=True, metavar="BAND", help="Employees, as registered: 10-19, or unknown."),
    option(
        "--kind",
        "kinds",
        type=KIND_OR_CLASS,
        shell_complete=kinds_and_classes,
        multiple=True,
        metavar="KIND",
        help="Only these yields, with the kinds below them, or of a support class. All filters can be repeated.",
    ),
    option("--output", "-o", metavar="FILE", help="Write to a file; as JSON when it ends in .json."),
    option("--force", is_flag=True, help="Replace the file if it is there."),
    json_option,
)


def report(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of a report; its function takes the ``Session``, then what was ``Asked``."""

    def with_asked(session: Session, **said: Any) -> None:
        asked = asked_of(session, said)
        function(session, asked, **said)

    decorated: Callable[..., None] = update_wrapper(with_asked, function)
    for decorate in reversed(_OPTIONS):
        decorated = decorate(decorated)
    return decorated


def asked_of(session: Session, said: dict[str, Any]) -> Asked:
    """Takes out of ``said`` what was asked for: checked, and within what the role in a database sees."""
    said["first"], said["last"] = _period(**{name: said.pop(name) for name in ("first", "last", "week", "month")})
    asked = Asked(**{field.name: said.pop(field.name) for field in fields(Asked)})
    _check_days(session, asked)
    return _confined(session, asked)


Span = tuple[date, date]


def _period(first: date | None, last: date | None, week: Span | None, month: Span | None) -> Iterable[date | None]:
    """First and last day, however the period was said. Raises ``UsageError`` when it was said twice."""
    if sum(map(bool, (week, month, first or last))) > 1:
        raise click.UsageError("Say the period once: as --week, as --month, or as --from and --to.")
    return week or month or (first, last)


def _confined(session: Session, asked: Asked) -> Asked:
    """As asked, within what the role in a database sees: so that the report says whose figures they are.

    Raises ``SettingsFault`` when others' were asked for: none would look like no figures.
    """
    session.home = session.home.for_reports()
    office, region = session.home.access.office, session.home.access.region
    if office and set(asked.offices) - {office}:
        raise SettingsFault(f"You see the figures of office {office} only. Leave --office out.")
    if region and set(asked.regions) - {region}:
        raise SettingsFault(f"You see the figures of region {region} only. Leave --region out.")
    if region and asked.industries:
        raise SettingsFault(_NO_INDUSTRY)
    offices = asked.offices or ((office,) if office else ())
    return replace(asked, offices=offices, regions=asked.regions or ((region,) if region else ()))


_NO_INDUSTRY = "A region reads the totals of its offices, and the industry of a company is not among them."


def of_own_office(session: Session, asked: Asked, what: str = "By consultant, figures are shown") -> Asked:
    """As asked, of the own office alone: whoever leads it answers for its consultants, and nobody compares them.

    ``what`` is said of the own office only.

    Raises ``SettingsFault`` when another office was asked for, and when no office is set.
    """
    if not (session.home.access.office or session.setting("office")):
        raise SettingsFault(
            f"{what} of your own office only, and none is set. Set CAMPAIGN_OFFICE, or for good: campaign init --office 306"
        )
    own = session.home.access.office or session.office
    if set(asked.offices) - {own}:
        raise SettingsFault(f"{what} of your own office only, {own}. Leave --office out.")
    return replace(asked, offices=(own,))


def refuse_region(session: Session, what: str) -> None:
    """Raises ``SettingsFault`` for the role of a region, which reads totals and nothing of a single one."""
    if session.home.access.region:
        raise SettingsFault(f"A region reads the totals of its offices, and {what} is not among them.")


def _check_days(session: Session, asked: Asked) -> None:
    if asked.first and asked.last and asked.last < asked.first:
        raise click.UsageError(f"The period ends on {asked.last}, before it begins on {asked.first}.")
    for name, day in (("--as-of", asked.as_of), ("--known-on", asked.known_on)):
        if day and day > session.today:
            raise click.UsageError(f"{name} {day} has not come yet; today is {session.today}.")


def scope_of(session: Session, connection: Connection, asked: Asked, all_campaigns: bool = False) -> Scope:
    """What the report is about. ``all_campaigns``: of every campaign, unless the command line names one.

    As known on a day, the report is the one of that day: what is overdue or maturing is so seen from there.
    """
    from projections.filters import Scope, last_recorded_day, position_on
    from projections.questions.unknown_kinds import uncounted_entries

    check_there(session, connection, asked)
    if asked.known_on:
        _note_ahead(session, last_recorded_day(connection))
    scope = Scope(
        today=min(asked.known_on or session.today, session.today),
        campaign=_campaign(session, all_campaigns),
        offices=asked.offices,
        regions=asked.regions,
        consultants=asked.consultants,
        industries=asked.industries,
        sizes=asked.sizes,
        kinds=asked.kinds,
        first=asked.first,
        last=asked.last,
        as_of=asked.as_of,
        known=position_on(connection, asked.known_on) if asked.known_on else None,
    )
    return replace(scope, left_out=tuple(uncounted_entries(connection, scope).items()))


def _note_ahead(session: Session, last: date | None) -> None:
    if last and last > session.today:
        session.note(
            f"The log's last entry was recorded on {last}, after today: a clock was wrong. "
            f"What was logged since then counts as recorded on {last}, and is known on no day before."
        )


def _campaign(session: Session, all_campaigns: bool) -> str | None:
    from domain.code_lists import one_of

    named = session.options.get("campaign") if all_campaigns else session.slug
    return one_of("campaign here", named, (c.slug for c in session.home.campaigns())) if named else None


def described(scope: Scope, asked: Asked) -> list[tuple[str, str]]:
    """What the report is about, in words: a name and a value for all that narrows it."""
    from campaign.reference import offices
    from campaign.reports.formats import unknown_kinds

    named = {
        "campaign": scope.campaign or "all",
        "contacts from": str(asked.first or ""),
        "contacts to": str(asked.last or ""),
        "as of": str(asked.as_of or ""),
        "as known on": str(asked.known_on or ""),
        "offices": ", ".join(f"{code} {offices().name(code)}" for code in asked.offices),
        "regions": ", ".join(asked.regions),
        "consultants": ", ".join(asked.consultants),
        "industries": ", ".join(asked.industries),
        "sizes": ", ".join(asked.sizes),
        "kinds of yield": ", ".join(asked.kinds),
        "left out": unknown_kinds(dict(scope.left_out)) if scope.left_out else "",
    }
    return [(name, value) for name, value in named.items() if value]


def in_words(scope: Scope, asked: Asked) -> str:
    """The same as one line, to go under a table."""
    words = "; ".join(f"{name} {value}" for name, value in described(scope, asked))
    return f"{words[0].upper()}{words[1:]}."
