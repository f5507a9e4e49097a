"""The options all reports share: which contacts count, as of when, as known when, and where the result goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click

from campaign.faults import SettingsFault
from campaign.terminal import completing
from campaign.terminal.declaring import json_option, option
from campaign.terminal.parameters import Day, Edge, OfficeCode
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from projections.scope import Scope


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


class Word(click.ParamType[str]):
    """A word of a list; ``find`` gives the word that counts, or refuses."""

    def __init__(self, name: str, find: Callable[[str], str]) -> None:
        self.name, self.find = name, find

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word that counts."""
        return self.find(value)


def _region(word: str) -> str:
    from campaign.reference import offices
    from domain.identities import folded
    from domain.vocabulary import one_of

    regions = {folded(region): region for region in offices().regions}
    return one_of("region", regions.get(folded(word), word), regions.values())


def _industry(word: str) -> str:
    from campaign.reference import industries
    from domain.refusals import WordUnknown

    division = word.replace(".", "")[:2]
    if not word.replace(".", "").isdecimal() or division not in industries():
        raise WordUnknown(f"{word[:40]!r} is no industry. Write the first two digits of its code, such as 43.")
    return division


def _kind(word: str) -> str:
    from domain.schemes import kind_named

    return kind_named(word).name


@completing.offering
def regions(_: Session, typed: str) -> Iterable[completing.Offer]:
    """Regions."""
    from campaign.reference import offices

    return [(region, "") for region in offices().regions if region.casefold().startswith(typed.casefold())]


@completing.offering
def industries(_: Session, typed: str) -> Iterable[completing.Offer]:
    """Divisions of the list of industries, by code or name."""
    from campaign.reference import industries

    start = typed.casefold()
    return [(code, name) for code, name in industries().items() if code.startswith(start) or start in name.casefold()]


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    option("--from", "first", type=Edge(last=False), metavar="DAY", help="Contacts from this day on; also uge 47."),
    option("--to", "last", type=Edge(last=True), metavar="DAY", help="Contacts to this day, included."),
    option("--as-of", type=Day(), metavar="DAY", help="Only what had happened by the end of that day."),
    option("--known-on", type=Day(), metavar="DAY", help="Only what had been logged by the end of that day."),
    option(
        "--office",
        "offices",
        type=OfficeCode(),
        shell_complete=completing.offices,
        multiple=True,
        metavar="CODE",
        help="Of this office only; repeat it for more.",
    ),
    option(
        "--region",
        "regions",
        type=Word("region", _region),
        shell_complete=regions,
        multiple=True,
        metavar="NAME",
        help="Of this region only.",
    ),
    option(
        "--consultant",
        "consultants",
        shell_complete=completing.consultants,
        multiple=True,
        metavar="NAME",
        help="Of this consultant only.",
    ),
    option(
        "--industry",
        "industries",
        type=Word("industry", _industry),
        shell_complete=industries,
        multiple=True,
        metavar="NN",
        help="First two digits of the code.",
    ),
    option("--size", "sizes", multiple=True, metavar="BAND", help="Employees, as registered, such as 10-19."),
    option(
        "--kind",
        "kinds",
        type=Word("kind", _kind),
        shell_complete=completing.kinds,
        multiple=True,
        metavar="KIND",
        help="Only these yields, with the kinds below them. All filters can be repeated.",
    ),
    option("--output", "-o", metavar="FILE", help="Write to a file; as JSON when it ends in .json."),
    option("--force", is_flag=True, help="Replace the file if it is there."),
    json_option,
)


def report(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of a report; its function takes the ``Session``, then what was ``Asked``."""

    def with_asked(session: Session, **said: Any) -> None:
        asked = Asked(**{field.name: said.pop(field.name) for field in fields(Asked)})
        _check_days(session, asked)
        asked = _confined(session, asked)
        function(session, asked, **said)

    decorated: Callable[..., None] = update_wrapper(with_asked, function)
    for decorate in reversed(_OPTIONS):
        decorated = decorate(decorated)
    return decorated


def _confined(session: Session, asked: Asked) -> Asked:
    """As asked, within what the role in a database sees: so that the report says whose figures they are.

    Raises ``SettingsFault`` when others' were asked for: none would look like no figures.
    """
    session.home.for_reports()
    office, region = session.home.own_office, session.home.own_region
    if office and set(asked.offices) - {office}:
        raise SettingsFault(f"You see the figures of office {office} only. Leave --office out.")
    if region and set(asked.regions) - {region}:
        raise SettingsFault(f"You see the figures of region {region} only. Leave --region out.")
    if region and asked.industries:
        raise SettingsFault(_NO_INDUSTRY)
    offices = asked.offices or ((office,) if office else ())
    return replace(asked, offices=offices, regions=asked.regions or ((region,) if region else ()))


_NO_INDUSTRY = "A region reads the totals of its offices, and the industry of a company is not among them."


def refuse_region(session: Session, what: str) -> None:
    """Raises ``SettingsFault`` for the role of a region, which reads totals and nothing of a single one."""
    if session.home.own_region:
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
    from projections.scope import Scope, last_day, position_on
    from projections.unknown_kinds import left_out

    _check_there(session, asked)
    if asked.known_on:
        _note_ahead(session, last_day(connection))
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
    return replace(scope, left_out=tuple(left_out(connection, scope).items()))


def _note_ahead(session: Session, last: date | None) -> None:
    if last and last > session.today:
        session.note(
            f"The log's last entry was recorded on {last}, after today: a clock was wrong. "
            f"What was logged since then counts as recorded on {last}, and is known on no day before."
        )


def _campaign(session: Session, all_campaigns: bool) -> str | None:
    from domain.vocabulary import one_of

    named = session.options.get("campaign") if all_campaigns else session.slug
    return one_of("campaign here", named, (c.slug for c in session.home.campaigns())) if named else None


def _check_there(session: Session, asked: Asked) -> None:
    """Refuses a consultant or a size that nothing here is of: a slip of the pen would look like no figures."""
    home = session.home
    for what, words, known in (
        ("consultant", asked.consultants, home.consultants),
        ("size", asked.sizes, home.size_bands),
    ):
        for word in words:
            _check_known(what, word, known())


def _check_known(what: str, word: str, known: list[str]) -> None:
    from difflib import get_close_matches

    from domain.refusals import WordUnknown

    if word not in known:
        near = get_close_matches(word, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise WordUnknown(f"Nothing here is of {what} {word[:40]!r}.{hint} campaign rates --by {what} lists them.")


def described(scope: Scope, asked: Asked) -> list[tuple[str, str]]:
    """What the report is about, in words: a name and a value for all that narrows it."""
    from campaign.reference import offices
    from campaign.terminal.figures import unknown_kinds

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
