"""`campaign report`: a page of figures and charts, as one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.terminal.languages import LANGUAGES, language_of
from campaign.terminal.options import command, option
from campaign.terminal.report_options import report, scope_of
from campaign.terminal.report_request import ReportRequest
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.page.figures import Figures


@command("report", omit=("--consultant",))
@option("--lang", type=click.Choice(LANGUAGES), help="The language of the page; default: the setting lang, else en.")
@option("--pdf", is_flag=True, help="Also write FILE.pdf; requires Chromium or Chrome.")
@report(omit=("--consultant",), output="The HTML file to write; - for stdout.")
def report_(session: Session, request: ReportRequest, lang: str | None, pdf: bool) -> None:
    """Hit rates, funnel, targets, cohorts and yields as one self-contained HTML file (-o FILE).

    It has no scripts and no external resources; no company and no consultant is named in it.
    """
    language = language_of(session, lang)
    _check(session, request, pdf)
    with session.read() as connection:
        figures = _gather(session, connection, request)
    _hand_over(session, request, _page(figures, language), pdf)


def _check(session: Session, request: ReportRequest, pdf: bool) -> None:
    """Refuses what cannot be meant, before any work is done for it."""
    from campaign.files.atomic import check_target

    if session.json:
        raise click.UsageError("A page is HTML. Figures as JSON: campaign export totals -o FILE.json")
    if request.output is None:
        raise click.UsageError("Say which file to write: -o FILE.html; -o - for stdout.")
    if request.output == "-":
        if pdf:
            raise click.UsageError("A PDF is not written to stdout. Say which file: -o FILE.html --pdf")
        return
    path = Path(request.output)
    if path.suffix.casefold() not in (".html", ".htm"):
        raise click.UsageError(f"{request.output!r} ends in no .html. A page is written as -o FILE.html")
    check_target(path, request.force)
    if pdf:
        check_target(path.with_suffix(".pdf"), request.force)


def _gather(session: Session, connection: Connection, request: ReportRequest) -> Figures:
    from campaign import __version__
    from campaign.page.figures import About, read_figures
    from projections.engine.catch_up import last_seen

    scope = scope_of(session, connection, request)
    titles = {campaign.slug: campaign.title for campaign in session.home.campaigns()}
    position, head = last_seen(connection)
    if scope.known is not None:
        head_then = session.home.head_at(scope.known)
        position, head = scope.known, head_then.hash if head_then else ""
    title = titles.get(scope.campaign or "", "")
    about = About(title, scope, request.known_on, position, head, session.now, __version__)
    return read_figures(connection, about, sees_single=not session.home.access.region)


def _page(figures: Figures, language: str) -> str:
    from campaign.page.document import page
    from campaign.reference import offices

    coded = {row["office"] for row in figures.offices} | {goal.office for goal in figures.targets or () if goal.office}
    coded.update(figures.about.scope.offices)
    return page(figures, language, {code: offices().name(code) for code in coded})


def _hand_over(session: Session, request: ReportRequest, page: str, pdf: bool) -> None:
    from campaign.files.atomic import write_file

    if request.output == "-":
        sys.stdout.buffer.write(page.encode())
        return
    path = Path(request.output or "")
    paper = _printed(page) if pdf else b""
    write_file(path, page.encode(), request.force)
    session.note(f"Written: {path}")
    if pdf:
        write_file(path.with_suffix(".pdf"), paper, request.force)
        session.note(f"Written: {path.with_suffix('.pdf')}")


def _printed(page: str) -> bytes:
    from campaign.page.printing import print_pdf

    return print_pdf(page)
