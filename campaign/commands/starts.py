"""The command ``started``: whether what was agreed has begun."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from campaign.commands.confirmation import confirmed, say_logged
from campaign.reports.texts import day_with_weekday
from campaign.terminal import completion
from campaign.terminal.note_editor import note_option, note_to_log
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.parameters import Day
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

_company = argument("company", help="CVR number or part of the name", shell_complete=completion.companies)


@command("started")
@_company
@option("--yield", "recorded", metavar="ENTRY", help="Which yield, by its entry, when several are still to begin.")
@option("--never", is_flag=True, help="It did not begin, and never will.")
@option("--at", type=Day(), metavar="DAY", help="The day it began; default: the agreed day if it has come, else today.")
@note_option
@json_option
def started(
    session: Session, company: str, recorded: str | None, never: bool, at: date | None, note: str | None
) -> None:
    """Log that what a visit or call at a COMPANY brought has begun, or never will."""
    cvr = session.company(company)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        agreed = tracker.entry_named(recorded).entry if recorded else None
        day = at or (session.today if never else _likely_day(session, tracker, cvr, agreed))
        act = session.act(day)._replace(note=text)
        facts = confirmed(session, act, tracker.settle_start, session.slug, cvr, not never, agreed)
        say_logged(session, tracker, cvr, facts)


def _likely_day(session: Session, tracker: CampaignTracker, cvr: str, recorded: UUID | None) -> date:
    """The day that was agreed if it has come, said back as such; today else."""
    outreach = tracker.outreach(session.slug, cvr)
    yields = [y for y in outreach.unsettled_yields if recorded in (None, y.entry)] if outreach else []
    agreed = yields[0].place.starts_on if len(yields) == 1 else None
    if agreed is None or not yields[0].at <= agreed < session.today:
        return session.today
    session.note(f"Taken for the agreed day, {day_with_weekday(agreed)}. Another day: undo, then say --at DAY.")
    return agreed
