"""`campaign export totals`: totals as a file for publication."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from campaign import __version__
from campaign.access import refuse_region
from campaign.errors import CheckFault, SettingsFault
from campaign.files.atomic import check_target, write_file
from campaign.publishing.formats.reading import read
from campaign.publishing.formats.registry import holds_manifest, rendered
from campaign.publishing.publish import publish
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.publishing.totals.manifest_file import manifest_file, manifest_path
from campaign.publishing.totals.request import (
    DEFAULT_THRESHOLD,
    DEFAULT_THRESHOLD_INTERNAL,
    FORMATS,
    HIGHEST_THRESHOLD,
    OF_SCOPE,
    FileOptions,
    Request,
)
from campaign.reports.formats import unknown_kinds
from campaign.terminal.languages import LANGUAGES, language_of
from campaign.terminal.options import command, option
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Session
from domain.code_lists import one_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.formats.reading import TotalsFile
    from campaign.publishing.totals.publication import Publication
    from campaign.storage.ports import Head, Workspace
    from projections.filters import Scope


class FileChoice(NamedTuple):
    """The options of a file as they were typed."""

    form: str | None
    long: bool
    lang: str | None
    below: int | None
    internal: bool

    def options(self, session: Session, output: str | None, force: bool, by: tuple[str, ...]) -> FileOptions:
        """The options of the file, checked before any work is done."""
        form = form_of(output, force, self.form or ("json" if session.json else None), self.long)
        threshold = threshold_of(self.below, self.internal)
        return FileOptions(form, by, self.long, language_of(session, self.lang), threshold, self.internal)


_FILE_OPTIONS = (
    option("--format", "form", type=click.Choice(FORMATS), help="Otherwise the end of the file's name says it."),
    option("--long", is_flag=True, help="A line for each figure, instead of one for each group."),
    option("--lang", type=click.Choice(LANGUAGES), help="Of headings and names; default: the setting lang, else en."),
    option(
        "--suppress-below",
        "below",
        type=click.IntRange(0, HIGHEST_THRESHOLD),
        metavar="N",
        help="Suppress counts below N [5].",
    ),
    option("--internal", is_flag=True, help="For internal use: N is 3 by default, and 0 suppresses nothing."),
)


def file_options(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of a file of totals; its function takes them as ``choice``."""

    def with_choice(*args: Any, **values: Any) -> None:
        function(*args, choice=FileChoice(*(values.pop(name) for name in FileChoice._fields)), **values)

    decorated: Callable[..., None] = update_wrapper(with_choice, function)
    for decorate in reversed(_FILE_OPTIONS):
        decorated = decorate(decorated)
    return decorated


class Dimensions(click.ParamType[tuple[str, ...]]):
    """Names of dimensions separated by commas; ``consultant`` is refused."""

    name = "dimensions"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names, each once."""
        words = [word.strip() for word in value.split(",")]
        if "consultant" in words:
            raise _NO_CONSULTANTS
        return tuple(dict.fromkeys(one_of("dimension", word, PUBLISHED) for word in words))


_NO_CONSULTANTS = SettingsFault(
    "An export has no figures of single consultants, since it is made for publication. "
    "On the screen: campaign rates --by consultant"
)


@command("totals", omit=("--consultant",))
@option(
    "--by",
    "dimensions",
    type=Dimensions(),
    multiple=True,
    metavar="DIM[,DIM]",
    help="office,month: of each office in each month.",
)
@file_options
@option("--against", metavar="FILE", help="Protect the differences to a file already published.")
@report(omit=("--consultant",), output="The file to write; - for stdout.")
def totals(
    session: Session,
    asked: ReportRequest,
    dimensions: tuple[tuple[str, ...], ...],
    choice: FileChoice,
    against: str | None,
) -> None:
    """Totals with every rate, its interval and its base, as a file (-o FILE; - is stdout).

    .csv and .tsv are for programs; --format excel-csv is for Danish Excel; .xlsx explains every figure in it;
    .json-stat and .px are for statistics. Figures that could disclose somebody are suppressed. The file says so, and
    has what campaign export verify needs to count it again.
    """
    by = tuple(dict.fromkeys(name for names in dimensions for name in names))
    if "industry" in by:
        refuse_region(session.home.access, "the industry of a company")
    options = choice.options(session, asked.output, asked.force, by)
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns="campaign" in by)
        publication = _publish(session, connection, _request(session, connection, scope, asked, options), against)
    hand_over(session, asked.output or "", asked.force, publication)
    if scope.left_out:
        session.note(f"Left out: {unknown_kinds(dict(scope.left_out))}.")
    if options.form == "excel-csv" and "size" in by:
        session.note("Excel reads sizes such as 2-4 in a CSV as dates; in an .xlsx they stay as they are.")


def threshold_of(below: int | None, internal: bool) -> int:
    """The threshold of suppression. Raises ``UsageError`` for one that is fit for internal use alone without ``internal``."""
    if below is None:
        return DEFAULT_THRESHOLD_INTERNAL if internal else DEFAULT_THRESHOLD
    if below < DEFAULT_THRESHOLD and not internal:
        raise click.UsageError(
            f"Figures below {DEFAULT_THRESHOLD} may disclose somebody. For internal use: --suppress-below {below} --internal"
        )
    return below


def form_of(output: str | None, force: bool, chosen: str | None, long: bool) -> str:
    """The format of the file. Raises ``UsageError`` when the options contradict each other or the file name."""
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
"""Other endings of file names of a format."""
_SEPARATED = ("csv", "excel-csv", "tsv")
_ENDINGS = ".csv, .tsv, .json, .json-stat, .px"


def _form(output: str) -> str:
    ending = "tsv" if output == "-" else Path(output).suffix.casefold().removeprefix(".")
    if ending not in FORMATS:
        raise click.UsageError(f"{output!r} ends in no format. Say --format, one of {', '.join(FORMATS)}.")
    return ending


def _request(
    session: Session, connection: Connection, scope: Scope, asked: ReportRequest, options: FileOptions
) -> Request:
    from projections.engine.catch_up import position

    filters = {name: getattr(scope, name) for name in OF_SCOPE}
    known = position(connection) if scope.known is None else scope.known
    return Request(**options._asdict(), day=session.today, position=known, known_on=asked.known_on, **filters)


def _publish(session: Session, connection: Connection, request: Request, against: str | None) -> Publication:
    head = head_of(session.home, request.position)
    earlier = _read(Path(against)) if against else None
    return publish(connection, request, head, f"campaign {__version__}", earlier, partial(_say_how_long, session))


def _read(path: Path) -> TotalsFile:
    return read(path)


def _say_how_long(session: Session, counts: int) -> None:
    if counts > _MANY:
        session.note(f"Suppressing small figures among {counts:,}; so many take minutes.")


_MANY = 12_000


def head_of(home: Workspace, position: int) -> Head:
    """The head of the log at that position. Raises ``CheckFault`` when it is missing."""
    head = home.head_at(position)
    if head is None:
        raise CheckFault(f"Position {position:,} is gone from the log, or was altered. Run: campaign verify")
    return head


def hand_over(session: Session, output: str, force: bool, publication: Publication) -> None:
    """Writes the file, and its manifest beside it where the format has no place for it; reports what is suppressed."""
    content = rendered(publication)
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    path = Path(output)
    write_file(path, content, force)
    session.note(f"Written: {path}. {_suppression(publication)}")
    if not holds_manifest(publication.request.form):
        write_file(manifest_path(path), manifest_file(content, publication.manifest), force)
        session.note(f"Beside it, its manifest for campaign export verify: {manifest_path(path).name}")


def _suppression(publication: Publication) -> str:
    suppressed, figures = publication.manifest["hidden"], publication.manifest["figures"]
    below = publication.request.suppress_below
    if below < 2:
        return "No figure is suppressed: not for publication."
    if not suppressed:
        return f"No figure is suppressed: none is below {below}."
    return f"{suppressed:,} of {figures:,} figures suppressed: counts below {below}, and figures they could be derived from."
