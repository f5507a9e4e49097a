"""Logging visits: agreed, held, missed, cancelled, moved; and what a visit or a call brought."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from campaign.commands.confirmation import again_option, confirmed, say_logged
from campaign.reports.texts import day_with_weekday
from campaign.terminal import completion
from campaign.terminal.note_editor import note_option, note_to_log
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.parameters import Day, KindOf, OneOf, day_in
from campaign.terminal.session import Session
from domain.outcomes import Status
from domain.refusals import EntryUnknown
from domain.terms import Terms
from domain.texts import clean_text

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

_MOVED = "moved"
_STATUSES = ("held", "no-show", "cancelled", _MOVED)
_visit_option = option("--visit", metavar="ENTRY", help="Which visit, by an entry of it, when several could be meant.")
_company = argument("company", help="CVR number or part of the name", shell_complete=completion.companies)


@command("book")
@_company
@argument("day", type=Day(ahead=True), help="the day of the visit: 20/11, tuesday, +1w")
@option("--at", type=Day(), metavar="DAY", help="The day it was agreed, if not today.")
@note_option
@again_option
@json_option
def book(session: Session, company: str, day: date, at: date | None, note: str | None, repeated: bool) -> None:
    """Log that a visit to a COMPANY was agreed, for DAY."""
    act, cvr = session.act(at), session.company(company)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        act = act._replace(repeated=repeated, note=text)
        facts = confirmed(session, act, tracker.book_visit, session.slug, cvr, day)
        say_logged(session, tracker, cvr, facts)


@command("visit")
@_company
@argument(
    "status",
    type=OneOf("status of a visit", _STATUSES),
    help="held, no-show, cancelled or moved",
    shell_complete=completion.words(_STATUSES),
)
@option("--on", metavar="DAY", help="The day of it; default: the planned day if it has come, else today.")
@option("--to", type=Day(ahead=True), metavar="DAY", help="The new day of a visit that was moved.")
@option(
    "--yield",
    "yields",
    type=KindOf(),
    multiple=True,
    metavar="KIND[:N]",
    shell_complete=completion.kinds,
    help="What it brought: internship:2. Can be repeated.",
)
@_visit_option
@note_option
@again_option
@json_option
def visit(
    session: Session,
    company: str,
    status: str,
    on: str | None,
    to: date | None,
    yields: tuple[tuple[str, int], ...],
    visit: str | None,
    note: str | None,
    repeated: bool,
) -> None:
    """Log what became of a visit to a COMPANY: its STATUS."""
    _check_options(status, on, to, yields)
    cvr = session.company(company)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        visit_id = _visit_named(tracker, visit)
        if status == _MOVED:
            facts = _move(session, tracker, cvr, on, to, visit_id, text)
        else:
            facts = _settle(session, tracker, cvr, status, on, yields, visit_id, repeated, text)
        say_logged(session, tracker, cvr, facts)


def _check_options(status: str, on: str | None, to: date | None, yields: tuple[Any, ...]) -> None:
    if status == _MOVED and not (on or to):
        raise click.UsageError("A visit that was moved has a new day: --to DAY.", click.get_current_context())
    if to and status != _MOVED:
        raise click.UsageError(f"--to DAY goes with moved, not with {status}.", click.get_current_context())
    if yields and status != "held":
        raise click.UsageError(f"--yield goes with held: a visit {status} brings nothing.", click.get_current_context())


def _move(
    session: Session,
    tracker: CampaignTracker,
    cvr: str,
    on: str | None,
    to: date | None,
    visit: UUID | None,
    note: str,
) -> list[Any]:
    """With ``--to``, ``--on`` is the day it was agreed; alone it is the new day."""
    agreed = day_in(session, on) if on and to else session.today
    act = session.act(agreed)._replace(note=note)
    day = to or day_in(session, on or "", ahead=True)
    return confirmed(session, act, tracker.move_visit, session.slug, cvr, day, visit)


def _settle(
    session: Session,
    tracker: CampaignTracker,
    cvr: str,
    status: str,
    on: str | None,
    yields: tuple[tuple[str, int], ...],
    visit: UUID | None,
    repeated: bool,
    note: str,
) -> list[Any]:
    from domain.yields import Yield

    act = session.act(day_in(session, on) if on else _likely_day(session, tracker, cvr, status, visit))
    act = act._replace(repeated=repeated, note=note)
    agreed = [Yield(kind, positions) for kind, positions in yields]
    return confirmed(session, act, tracker.settle_visit, session.slug, cvr, Status(status), visit, agreed)


def _likely_day(session: Session, tracker: CampaignTracker, cvr: str, status: str, visit: UUID | None) -> date:
    """The planned day of the visit if it has come, said back as such; today else, and for a visit called off."""
    outreach = tracker.outreach(session.slug, cvr)
    planned = [v for v in outreach.visits.planned if visit in (None, v.id)] if outreach else []
    if status == "cancelled" or len(planned) != 1 or planned[0].on >= session.today:
        return session.today
    session.note(f"Taken for the planned day, {day_with_weekday(planned[0].on)}. Another day: undo, then say --on DAY.")
    return planned[0].on


@command("yield")
@_company
@argument(
    "kind", type=KindOf(), metavar="KIND[:N]", help="what it brought: internship:2", shell_complete=completion.kinds
)
@option("--visit", metavar="ENTRY", help="The visit it came from; default: the latest held one, else the latest call.")
@option("--call", metavar="ENTRY", help="The call it came from.")
@option("--at", type=Day(), metavar="DAY", help="The day it was agreed, if not today.")
@option("--hours", type=click.IntRange(1, 100), metavar="N", help="Hours a week.")
@option("--starts", type=Day(ahead=True), metavar="DAY", help="Its first day.")
@option("--weeks", type=click.IntRange(1, 520), metavar="N", help="How many weeks it lasts.")
@option("--target-group", metavar="TEXT", default="", help="Whom it is for.")
@option("--sector", metavar="TEXT", default="", help="private or public.")
@note_option
@again_option
@json_option
def yielded(
    session: Session,
    company: str,
    kind: tuple[str, int],
    visit: str | None,
    call: str | None,
    at: date | None,
    note: str | None,
    repeated: bool,
    **terms: Any,
) -> None:
    """Log what a visit to a COMPANY, or a call, brought: a KIND and how many positions."""
    from domain.yields import Yield

    act, cvr = session.act(at), session.company(company)
    agreed_terms = _terms(**terms)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        origin = _visit_named(tracker, visit), _call_named(tracker, call)
        act = act._replace(repeated=repeated, note=text)
        facts = confirmed(session, act, tracker.record_yield, session.slug, cvr, Yield(*kind, *origin, agreed_terms))
        say_logged(session, tracker, cvr, facts)


def _terms(hours: int | None, starts: date | None, weeks: int | None, target_group: str, sector: str) -> Terms:
    words = clean_text("target group", target_group, limit=60), clean_text("sector", sector, limit=60)
    return Terms(hours, starts, weeks, *words)


def _visit_named(tracker: CampaignTracker, digits: str | None) -> UUID | None:
    return _named(tracker, digits, "visit")


def _call_named(tracker: CampaignTracker, digits: str | None) -> UUID | None:
    return _named(tracker, digits, "call")


def _named(tracker: CampaignTracker, digits: str | None, subject: str) -> UUID | None:
    """The visit or call that an entry, said by its first digits, tells of."""
    from campaign.terminal.event_sentences import in_words

    if digits is None:
        return None
    fact = tracker.fact(tracker.entry_named(digits))
    subject_id: UUID | None = getattr(fact, subject, None)
    if subject_id is None:
        raise EntryUnknown(f"Entry {digits} is no {subject}: {in_words(fact)}.")
    return subject_id
