"""`campaign export totals`: the figures as a file, for a regional office to check, publish and answer for."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from campaign.access import refuse_region
from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.publishing.totals.manifest_file import manifest_file, manifest_path
from campaign.publishing.totals.request import DEFAULT_THRESHOLD, DEFAULT_THRESHOLD_INTERNAL, FORMATS
from campaign.reports.formats import unknown_kinds
from campaign.terminal.languages import LANGUAGES, language_of
from campaign.terminal.options import command, option
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.formats.reading import TotalsFile
    from campaign.publishing.totals.publication import Publication
    from campaign.publishing.totals.request import Request
    from campaign.storage.ports import Head, Workspace
    from projections.filters import Scope


class _Told(NamedTuple):
    """What a file is to be like, as ``Request`` has it."""

    form: str
    by: tuple[str, ...]
    long: bool
    language: str
    suppress_below: int
    internal: bool


class Dimensions(click.ParamType[tuple[str, ...]]):
    """Names of dimensions with commas between them; consultants are refused."""

    name = "dimensions"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names, each once."""
        from domain.code_lists import one_of

        words = [word.strip() for word in value.split(",")]
        if "consultant" in words:
            raise _NO_CONSULTANTS
        return tuple(dict.fromkeys(one_of("dimension", word, PUBLISHED) for word in words))


_NO_CONSULTANTS = SettingsFault(
    "An export has no figures of single consultants, for it is made to be handed on. "
    "On the screen they are in: campaign rates --by consultant"
)


@command("totals", omit=("--consultant",))
@option(
    "--by",
    "several",
    type=Dimensions(),
    multiple=True,
    metavar="DIM[,DIM]",
    help="office,month: of each office in each month.",
)
@option("--format", "chosen", type=click.Choice(FORMATS), help="Otherwise the end of the file's name says it.")
@option("--long", is_flag=True, help="A line for each figure, instead of one for each group.")
@option("--lang", type=click.Choice(LANGUAGES), help="Of headings and names; default: the setting lang, else en.")
@option("--suppress-below", "below", type=click.IntRange(0, 1_000), metavar="N", help="Hide what tells of fewer [5].")
@option("--internal", is_flag=True, help="It stays in the house: N is 3, and can be less; 0 hides nothing.")
@option("--against", metavar="FILE", help="Protect the differences to a file already given out.")
@report(omit=("--consultant",), output="The file to write; - for stdout.")
def totals(
    session: Session,
    asked: ReportRequest,
    several: tuple[tuple[str, ...], ...],
    chosen: str | None,
    long: bool,
    lang: str | None,
    below: int | None,
    internal: bool,
    against: str | None,
) -> None:
    """Totals with every rate, its interval and its base, as a file (-o FILE; - is stdout).

    .csv and .tsv are for programs; --format excel-csv opens right in Danish Excel; .xlsx explains every figure in it;
    .json-stat and .px are for statistics. What would tell of somebody is hidden, and the file says so; it holds what
    campaign export verify needs to count it again.
    """
    by = tuple(dict.fromkeys(word for words in several for word in words))
    form = _checked(session, asked, by, chosen, long)
    told = _Told(form, by, long, language_of(session, lang), least_of(below, internal), internal)
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns="campaign" in by)
        publication = _publish(session, connection, _request(session, connection, scope, asked, told), against)
    hand_over(session, asked.output or "", asked.force, publication)
    if scope.left_out:
        session.note(f"Left out: {unknown_kinds(dict(scope.left_out))}.")
    if form == "excel-csv" and "size" in publication.request.by:
        session.note("Excel takes sizes such as 2-4 for dates in a CSV; in an .xlsx they stay what they are.")


def least_of(threshold: int | None, internal: bool) -> int:
    """Under which number figures are hidden. Raises ``UsageError`` for one that only serves inside, unless it stays there."""
    least = DEFAULT_THRESHOLD_INTERNAL if internal else DEFAULT_THRESHOLD
    below = least if threshold is None else threshold
    if below < DEFAULT_THRESHOLD and not internal:
        raise click.UsageError(
            f"Below {DEFAULT_THRESHOLD} somebody may be known by a figure. If it stays in the house: --suppress-below {below} --internal"
        )
    return below


def _checked(session: Session, asked: ReportRequest, by: tuple[str, ...], chosen: str | None, long: bool) -> str:
    if "industry" in by:
        refuse_region(session.home.access, "the industry of a company")
    return form_of(asked.output, asked.force, chosen or ("json" if session.json else None), long)


def form_of(output: str | None, force: bool, chosen: str | None, long: bool) -> str:
    """The format to write; refused before any work is done when the file cannot be meant."""
    from campaign.files.atomic import check_target
    from campaign.publishing.formats.registry import holds_manifest

    if output is None:
        raise click.UsageError(f"Say which file to write: -o FILE.xlsx, or {_ENDINGS}; -o - for stdout.")
    form = chosen or _form(output)
    ending = Path(output).suffix.casefold().removeprefix(".")
    if ending in FORMATS and ending not in (form, *_ALSO.get(form, ())):
        raise click.UsageError(f"{output} is to be {form}, and its name says {ending}. Choose one of the two.")
    if long and form not in _SEPARATED:
        raise click.UsageError(f"--long goes with {', '.join(_SEPARATED)}; in a workbook the sheet Data is so.")
    if output == "-" and form == "xlsx":
        raise click.UsageError("A workbook cannot be shown on stdout. Write it to a file: -o FILE.xlsx")
    if output != "-":
        check_target(Path(output), force)
    if output != "-" and not holds_manifest(form):
        check_target(manifest_path(Path(output)), force)
    return form


_ALSO = {"excel-csv": ("csv",), "json-stat": ("json",)}
"""Other endings that a format may have."""
_SEPARATED = ("csv", "excel-csv", "tsv")
_ENDINGS = ".csv, .tsv, .json, .json-stat, .px"


def _form(output: str) -> str:
    ending = "tsv" if output == "-" else Path(output).suffix.casefold().removeprefix(".")
    if ending not in FORMATS:
        raise click.UsageError(f"{output!r} ends in no format. Say --format, one of {', '.join(FORMATS)}.")
    return ending


def _request(session: Session, connection: Connection, scope: Scope, asked: ReportRequest, form: _Told) -> Request:
    from campaign.publishing.totals.request import OF_SCOPE, Request
    from projections.engine.catch_up import position

    filters = {name: getattr(scope, name) for name in OF_SCOPE}
    position_known = position(connection) if scope.known is None else scope.known
    return Request(**form._asdict(), day=session.today, position=position_known, known_on=asked.known_on, **filters)


def _publish(session: Session, connection: Connection, request: Request, against: str | None) -> Publication:
    from campaign import __version__
    from campaign.publishing.publish import publish

    head = head_of(session.home, request.position)
    earlier = _read(Path(against)) if against else None
    return publish(connection, request, head, f"campaign {__version__}", earlier, partial(_say_how_long, session))


def _read(path: Path) -> TotalsFile:
    from campaign.publishing.formats.reading import read

    return read(path)


def _say_how_long(session: Session, counts: int) -> None:
    if counts > _MANY:
        session.note(f"Of {counts:,} figures those that tell of few are being hidden; so many take minutes.")


_MANY = 12_000


def head_of(home: Workspace, position: int) -> Head:
    """The head of the log as the figures know it: whoever keeps it can tell later that nothing before was rewritten.

    Raises ``CheckFault`` when it is gone.
    """
    head = home.head_at(position)
    if head is None:
        raise CheckFault(f"Position {position:,} is gone from the log, or was altered. Run: campaign verify")
    return head


def hand_over(session: Session, output: str, force: bool, publication: Publication) -> None:
    """Writes the file, and beside it what it is of where its format has no place for that; says what is hidden."""
    from campaign.files.atomic import write_file
    from campaign.publishing.formats.registry import holds_manifest, rendered

    content = rendered(publication)
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    path = Path(output)
    write_file(path, content, force)
    session.note(f"Written: {path}. {_what_is_hidden(publication)}")
    if not holds_manifest(publication.request.form):
        write_file(manifest_path(path), manifest_file(content, publication.manifest), force)
        session.note(f"Beside it, what it is of and how to prove it: {manifest_path(path).name}")


def _what_is_hidden(publication: Publication) -> str:
    hidden, figures = publication.manifest["hidden"], publication.manifest["figures"]
    if publication.request.suppress_below < 2:
        return "Nothing is hidden in it: it is not to be handed on."
    below = publication.request.suppress_below
    if not hidden:
        return f"Nothing is hidden in it: nothing tells of fewer than {below}."
    return f"Hidden in it: {hidden:,} of {figures:,} figures, what tells of fewer than {below} and what would let it be reckoned."
