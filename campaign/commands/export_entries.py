"""`campaign export entries`: the entries of an office, for its own archive."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import click

from campaign import __version__
from campaign.access import refuse_region
from campaign.errors import CheckFault
from campaign.files.atomic import check_target, open_file, write_file
from campaign.gc_pause import in_bulk
from campaign.publishing.formats.csv_format import DIALECTS
from campaign.publishing.totals.manifest_file import log_head_file, manifest_path
from campaign.reports.texts import counted
from campaign.storage.checkpoints import HEAD, POSITION
from campaign.storage.ports import Head
from campaign.terminal.languages import LANGUAGES, language_of
from campaign.terminal.options import command, option
from campaign.terminal.report_options import of_own_office, report, scope_of
from campaign.terminal.report_request import ReportRequest, described
from campaign.terminal.session import Session
from domain.ids import short
from domain.texts import needed_text

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.app import CampaignTracker
    from campaign.publishing.journal.files import Form
    from campaign.publishing.journal.journal import Journal, Line

_FORMATS = ("csv", "excel-csv", "xlsx", "json", "tsv")
_WITH_HEAD = ("xlsx", "json")


class _Target(NamedTuple):
    """The file to write (``-`` is stdout), its format, and whether it may replace another."""

    output: str
    form: str
    force: bool

    @property
    def path(self) -> Path:
        """The file."""
        return Path(self.output)

    @property
    def files(self) -> list[Path]:
        """All files to write: a format without a place for the log head has a second file with it."""
        if self.output == "-":
            return []
        return [self.path] if self.form in _WITH_HEAD else [self.path, manifest_path(self.path)]


@command("entries")
@option("--format", "chosen", type=click.Choice(_FORMATS), help="Otherwise the end of the file's name says it.")
@option("--lang", type=click.Choice(LANGUAGES), help="The language of it; default: the setting lang, else en.")
@click.option("--with-people", is_flag=True, help="With notes, contacts and sole traders' names; say why: --because.")
@option("--because", metavar="TEXT", help="Why they leave, without any name; it is logged before they do.")
@report(output="The file to write.")
def entries(
    session: Session, asked: ReportRequest, chosen: str | None, lang: str | None, with_people: bool, because: str | None
) -> None:
    """What your office logged, entry by entry, for its own archive (-o FILE; - is stdout).

    Each with its day, theme, author, reference, company and whether it stands. Consultants are named in it, since a
    journal names authors: it is for the office itself.
    """
    reason = _reason(with_people, because)
    refuse_region(session.home.access, "a single entry")
    session.home.access.check_companies()
    target = _target(asked, chosen or ("json" if session.json else None))
    own_office = of_own_office(session, asked, "Entries are handed over")
    language = language_of(session, lang)
    with in_bulk(), session.read() as connection, session.tracker() as tracker:
        journal, about = _journal(session, tracker, connection, own_office, language, with_people)
        if reason:
            _log(session, tracker, journal, about, reason)
        _hand_over(session, journal, about, target)


def _reason(with_people: bool, because: str | None) -> str:
    """The reason for exporting personal texts; empty without them."""
    if with_people and because is None:
        raise click.UsageError("Personal texts leave with a reason, which is logged: --because TEXT")
    if because is not None and not with_people:
        raise click.UsageError("No personal text leaves, so no reason is logged. Leave --because out.")
    return needed_text("reason", because) if because is not None else ""


def _target(asked: ReportRequest, chosen: str | None) -> _Target:
    """The file to write. Raises ``UsageError`` when the options contradict each other."""
    if asked.output is None:
        raise click.UsageError("Say which file to write: -o FILE.xlsx, .csv, .json or .tsv; -o - for stdout.")
    form = chosen or _form(asked.output)
    if asked.output == "-" and form == "xlsx":
        raise click.UsageError("A workbook cannot be shown on stdout. Write it to a file: -o FILE.xlsx")
    target = _Target(asked.output, form, asked.force)
    for path in target.files:
        check_target(path, asked.force)
    return target


def _form(output: str) -> str:
    ending = "tsv" if output == "-" else Path(output).suffix.casefold().removeprefix(".")
    if ending not in _FORMATS:
        raise click.UsageError(f"{output!r} ends in no format. Say --format, one of {', '.join(_FORMATS)}.")
    return ending


def _journal(
    session: Session,
    tracker: CampaignTracker,
    connection: Connection,
    asked: ReportRequest,
    language: str,
    with_people: bool,
) -> tuple[Journal, dict[str, str]]:
    """The entries, and the description of the file: their scope, and the log they were read from."""
    from campaign.publishing.journal.journal import Journal
    from projections.engine.catch_up import position

    scope = scope_of(session, connection, asked)
    until = position(connection) if scope.known is None else scope.known
    head = session.home.head_at(until)
    if head is None:
        raise CheckFault(f"Position {until:,} is gone from the log, or was altered. Run: campaign verify")
    about = {
        **dict(described(scope, asked)),
        "personal texts": "notes, contacts, sole traders' names" if with_people else "none",
        POSITION: str(head.position),
        HEAD: head.hash,
        "made by": f"campaign {__version__}",
    }
    return Journal(tracker, connection, scope, until, language, with_people), about


def _log(session: Session, tracker: CampaignTracker, journal: Journal, about: dict[str, str], reason: str) -> None:
    """Logs the export of personal texts before any is written. The file is of the log before that entry."""
    from campaign.app import HANDED_OVER
    from domain.campaign import HandOver

    amount, act = journal.amount(), session.act(in_parts=True)
    narrowed = "; ".join(f"{name} {value}" for name, value in about.items() if name not in _NOT_LOGGED)
    tracker.hand_over(act, journal.scope.campaign or "", HandOver(reason, narrowed, *amount, journal.until))
    entry = short(act.entry(HANDED_OVER))
    session.note(f"Logged: {counted(amount.texts, 'text', 'texts')} handed over: {reason} (entry {entry}).")


_NOT_LOGGED = frozenset({"consultants", "personal texts", POSITION, HEAD, "made by"})
"""The parts of the description that are the same for every file, or names, which other offices may not read."""


def _hand_over(session: Session, journal: Journal, about: dict[str, str], target: _Target) -> None:
    from campaign.publishing.journal.files import Form
    from projections.questions.company_history import recorded_day

    form = Form(journal.language, journal.with_people, about)
    made_on = recorded_day(journal.connection, journal.until)
    if target.output == "-":
        _write(sys.stdout.buffer, journal.lines(), form, target.form, made_on)
        return
    with open_file(target.path, target.force) as file:
        _write(file, journal.lines(), form, target.form, made_on)
        file.seek(0)
        digest = file_digest(file, "sha256").hexdigest()
    session.note(f"Written: {target.path}")
    for beside in target.files[1:]:
        write_file(beside, log_head_file(digest, Head(int(about[POSITION]), about[HEAD])), target.force)
        session.note(f"Beside it, to prove the log by: {beside.name}")


def _write(file: BinaryIO, lines: Iterable[Line], form: Form, form_of_file: str, made_on: date) -> None:
    from campaign.publishing.journal import files as writing

    if form_of_file == "xlsx":
        writing.write_workbook(file, lines, form, made_on)
    elif form_of_file == "json":
        writing.write_json(file, lines, form)
    else:
        writing.write_separated(file, lines, form, DIALECTS[form_of_file])
