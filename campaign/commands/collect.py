"""`campaign export contribution` and `campaign collect`: the contribution of an office, and the sum of several."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from campaign import __version__
from campaign.commands.export import Dimensions, FileChoice, file_options, hand_over, head_of
from campaign.company_lookup import only_open_campaign
from campaign.errors import SettingsFault
from campaign.files.atomic import check_target, write_file
from campaign.publishing.regional.contribution import contribute, read_contribution, request_of
from campaign.publishing.regional.keys import new_key, read_key
from campaign.publishing.regional.merge import check_alike, merge, request_for
from campaign.reference import offices
from campaign.reports.texts import counted
from campaign.storage.sqlite.workspace import SqliteWorkspace
from campaign.terminal import clock
from campaign.terminal.filters import REGION, regions
from campaign.terminal.options import argument, command, option
from campaign.terminal.output import show
from campaign.terminal.parameters import Day, Edge
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Session
from domain.code_lists import one_of

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from campaign.publishing.regional.contribution import Contribution
    from campaign.publishing.regional.keys import RegionKey
    from campaign.publishing.totals.manifest import Manifest
    from campaign.publishing.totals.publication import Publication
    from campaign.publishing.totals.request import FileOptions, Request
    from campaign.storage.ports import Workspace
    from projections.filters import Scope

_BY = ("office", "month")
_BYTES = 32
_KEY = "The key of the region, which companies are counted once by."


@command("contribution", omit=("--consultant",))
@option("--key-file", "key_file", required=True, metavar="KEY", help=_KEY)
@option("--by", "by", type=Dimensions(), default=",".join(_BY), metavar="DIM[,DIM]", help="How fine [office,month].")
@report(omit=("--consultant",), output="The JSON file to write; - for stdout.")
def contribution(session: Session, asked: ReportRequest, key_file: str, by: tuple[str, ...]) -> None:
    """What this home hands in to its region, as a file (-o FILE.json) that campaign collect adds up with others.

    It is for the region alone: nothing in it is hidden. Companies stand in it under the key, so that one that two
    offices called counts once. Without the key nobody finds them; whoever has it can try every CVR number.
    """
    session.home.access.check_companies()
    if asked.output is None:
        raise click.UsageError("Say which file to write: -o FILE.json; -o - for stdout.")
    if asked.output != "-":
        check_target(Path(asked.output), asked.force)
    key = read_key(Path(key_file))
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns="campaign" in by)
        exported = _contributed(session.home, connection, scope, session.today, asked.known_on, by, key)
    if asked.output == "-":
        sys.stdout.buffer.write(exported.content)
        return
    write_file(Path(asked.output), exported.content, asked.force, mode=0o600)
    offices = counted(len(exported.manifest["offices"]), "office", "offices")
    session.note(f"Written: {asked.output}, of {offices}. {exported.manifest['rule']}")


def _contributed(
    home: Workspace,
    connection: Connection,
    scope: Scope,
    day: date,
    known_on: date | None,
    by: tuple[str, ...],
    key: RegionKey,
    name: str = "",
) -> Contribution:
    from projections.engine.catch_up import position

    known = position(connection) if scope.known is None else scope.known
    request = request_of(scope, by, day, known, known_on)
    return contribute(connection, request, head_of(home, known), key, f"campaign {__version__}", name)


# The sum


class Selection(NamedTuple):
    """The contacts to read from data directories. Without any of it: those of the files."""

    campaign: str | None
    first: date | None
    last: date | None
    as_of: date | None
    known_on: date | None


@command("collect")
@argument(
    "sources",
    nargs=-1,
    metavar="HOME|FILE...",
    type=click.Path(path_type=Path),
    help="homes, and files that offices handed in",
)
@option("--key-file", "key_file", metavar="KEY", help=f"{_KEY} Homes need it; contributions are proved by it.")
@option("--new-key", "new_key", metavar="FILE", help="Make a key for the region in FILE, and do nothing else.")
@option("--by", "by", type=Dimensions(), default=None, metavar="DIM[,DIM]", help="office,month: of each in each month.")
@option(
    "--region", "region", type=REGION, shell_complete=regions, metavar="NAME", help="Name also its offices that lack."
)
@option("--from", "first", type=Edge(last=False), metavar="DAY", help="Contacts of homes from this day on.")
@option("--to", "last", type=Edge(last=True), metavar="DAY", help="Contacts of homes to this day, included.")
@option("--as-of", "as_of", type=Day(), metavar="DAY", help="In homes only what had happened by then.")
@option("--known-on", "known_on", type=Day(), metavar="DAY", help="In homes only what had been logged by then.")
@file_options
@option("--output", "-o", metavar="FILE", help="The file to write.")
@option("--force", is_flag=True, help="Replace the file if it is there.")
def collect(
    session: Session,
    sources: tuple[Path, ...],
    key_file: str | None,
    new_key: str | None,
    by: tuple[str, ...] | None,
    region: str | None,
    choice: FileChoice,
    output: str | None,
    force: bool,
    **days: date | None,
) -> None:
    """Add up the contributions of offices to totals of a region (-o FILE), each company counted once.

    A FILE was written by campaign export contribution; a HOME is a data directory. Offices missing, and those in
    several contributions, are named. Figures that could disclose somebody are suppressed, as in every export.
    """
    if new_key:
        _make_key(session, Path(new_key))
        return
    if not sources:
        raise click.UsageError("Name the contributions to add up: files of offices, or data directories.")
    options = choice.options(session, output, force, by or ())
    selection = Selection(session.options.get("campaign"), **days)
    finest = (*_BY, *options.by, *(["week"] if options.form == "xlsx" else []))
    contributions = _contributions(session, sources, key_file, selection, finest)
    publication = _merged(contributions, options, region)
    hand_over(session, output or "", force, publication)
    for line in _summary(publication.manifest):
        session.note(line)
    if not key_file:
        session.note("The signatures of the files were not checked: that requires the key, --key-file KEY.")


def _make_key(session: Session, path: Path) -> None:
    from secrets import token_bytes

    new_key(path, token_bytes(_BYTES))
    show(f"Made: {path}, which only you can read. Hand it to the offices of the region, and to no one else.")
    session.note("With it every company in a contribution can be found.")


def _contributions(
    session: Session, sources: tuple[Path, ...], key_file: str | None, selection: Selection, by: tuple[str, ...]
) -> list[Contribution]:
    """The contributions in the files and of the data directories, these of the selection or else as the files."""
    key = read_key(Path(key_file)) if key_file else None
    homes, names = [path for path in sources if path.is_dir()], _names(sources)
    files = [read_contribution(path, key, names[path]) for path in sources if path not in homes]
    if homes and not key:
        raise click.UsageError(
            f"{homes[0]} is a data directory: name the key its companies are counted under: --key-file KEY"
        )
    _check_selected(files, selection)
    if files and not any(selection):
        selection = Selection(*(getattr(files[0].request, name) for name in Selection._fields))
    return [*files, *(_of_home(session, path, selection, by, key, names[path]) for path in homes if key)]


def _names(sources: Sequence[Path]) -> dict[Path, str]:
    """The shortest names by which files and data directories are told apart."""
    paths = [path.absolute() for path in sources]
    try:
        common = os.path.commonpath([path.parent for path in paths])
    except ValueError:  # on several drives
        return {path: str(path) for path in sources}
    return {path: full_path.relative_to(common).as_posix() for path, full_path in zip(sources, paths, strict=True)}


def _check_selected(files: list[Contribution], selection: Selection) -> None:
    """Raises ``SettingsFault`` for a file that is not of the selection."""
    for contribution in files:
        for name, value in selection._asdict().items():
            actual = getattr(contribution.request, name)
            if value and actual != value:
                option_name = name.replace("_", "-")
                raise SettingsFault(
                    f"{contribution.name} was not asked for with --{_OPTIONS.get(name, option_name)} {value}."
                )


_OPTIONS = {"first": "from", "last": "to"}


def _of_home(
    session: Session, path: Path, selection: Selection, by: tuple[str, ...], key: RegionKey, name: str
) -> Contribution:
    from projections.filters import Scope, position_on

    home = SqliteWorkspace(path, clock.now)
    home.require()
    slug = selection.campaign or session.setting("campaign")
    if slug:
        slug = one_of(f"campaign in {path}", slug, [campaign.slug for campaign in home.campaigns()])
    else:
        slug = only_open_campaign(home)
    with session.progress(f"Reading {path.name}") as on_progress, home.read(on_progress) as connection:
        known = position_on(connection, selection.known_on) if selection.known_on else None
        today = min(selection.known_on or session.today, session.today)
        scope = Scope(today, slug, first=selection.first, last=selection.last, as_of=selection.as_of, known=known)
        return _contributed(home, connection, scope, session.today, selection.known_on, by, key, name)


def _merged(contributions: list[Contribution], options: FileOptions, region: str | None) -> Publication:
    check_alike(contributions, options.by)
    request = request_for(contributions, options)
    expected = _of_region(region, request) if region else []
    return merge(contributions, request, f"campaign {__version__}", expected)


def _of_region(region: str, request: Request) -> list[str]:
    """The offices of a region on the day of the figures."""
    day = request.as_of or request.day
    return [code for code in offices().codes if offices().region(code, day) == region]


def _summary(manifest: Manifest) -> Iterator[str]:
    """The number of contributions and offices, and the offices that are missing or counted twice."""
    number = counted(len(manifest["contributions"]), "contribution", "contributions")
    yield f"It is the sum of {number}, from {counted(len(manifest['offices']), 'office', 'offices')}."
    if manifest["missing"]:
        yield f"Missing, and so not in it: {_named(manifest['missing'])}."
    if manifest["twice"]:
        yield f"In several contributions, and so perhaps counted twice: {_named(manifest['twice'])}."
    if manifest["again"]:
        yield f"Given twice, and counted once: {', '.join(manifest['again'])}."


def _named(codes: list[str]) -> str:
    return ", ".join(f"{code} {offices().name(code)}" for code in codes)
