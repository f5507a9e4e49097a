"""Taking back: an act, one entry, or a whole import; what is taken back stays in the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import click

from campaign.commands.confirmation import company_label, confirmed, show_result, when_and_who
from campaign.reports.texts import counted
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session
from domain.ids import short
from domain.refusals import EntryRetractedAlready, EntryUnknown
from domain.texts import needed_text

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.ports import Entry
    from domain.acts import Act

_MOST_LISTED = 8
_NO_ENTRY = "Outreach.Opened"  # comes with the first act at a company, and says nothing of its own


@command("undo")
@argument("entry", required=False, help="an entry of the act; default: your last act")
@option("--batch", metavar="ID", help="Take back all that came with this import.")
@json_option
def undo(session: Session, entry: str | None, batch: str | None) -> None:
    """Take back an act with all its entries: your last one, or the one an ENTRY belongs to.

    What is taken back leaves every figure and stays in the history. Undoing an undo lets it stand again.
    """
    if entry and batch:
        raise click.UsageError("Name an ENTRY or a --batch, not both.", click.get_current_context())
    act = session.act(anywhere=True, in_parts=batch is not None)
    with session.tracker() as tracker:
        named_entries = _named_entries(tracker, session.consultant, entry, batch)
        entries = [entry for entry in named_entries if entry.topic != _NO_ENTRY]
        retracted = _undo(session, tracker, act, entries)
        _show_undone(session, tracker, act, entries, retracted, batch)


def _named_entries(tracker: CampaignTracker, consultant: str, digits: str | None, batch: str | None) -> list[Entry]:
    from campaign.undo import entries_of_act, entries_of_batch, latest_act

    if batch:
        return entries_of_batch(tracker, batch)
    entries = entries_of_act(tracker, tracker.entry_named(digits)) if digits else latest_act(tracker, consultant)
    if not entries:
        raise EntryUnknown(f"{consultant} has logged nothing by hand here that could be undone.")
    return entries


def _undo(session: Session, tracker: CampaignTracker, act: Act, entries: Sequence[Entry]) -> int:
    from campaign.undo import undo as undo_entries

    with session.progress("Taking back") as on_progress:
        retracted = confirmed(session, act, undo_entries, tracker, entries, "undone", on_progress)
    if not retracted:
        raise EntryRetractedAlready(
            "All of that was taken back before, or is final: a campaign's plan, an erasure. Nothing was changed."
        )
    return retracted


def _show_undone(
    session: Session, tracker: CampaignTracker, act: Act, entries: Sequence[Entry], retracted: int, batch: str | None
) -> None:
    back = short(act.entry("retract", entries[-1].entry.hex))
    restore_command = f"campaign undo {back}"
    if session.json:
        show_json(
            {"taken_back": retracted, "entries": [entry.entry.hex for entry in entries], "again": restore_command}
        )
    elif batch or len(entries) > _MOST_LISTED:
        show(f"Taken back: {counted(retracted, 'entry', 'entries')}. To let them stand again: {restore_command}")
    else:
        show(f"Taken back: {_sentence(tracker, entries)}. To let it stand again: {restore_command}")
        _note_stored_texts(session, tracker, entries)


def _note_stored_texts(session: Session, tracker: CampaignTracker, entries: Sequence[Entry]) -> None:
    """A personal text stays when what it was said in is taken back; who wants it gone has to erase it."""
    for fact in map(tracker.fact, entries):
        subject = getattr(fact, "note", None) or getattr(fact, "person", None)
        if subject and hasattr(fact, "kept"):
            session.note(f"What was kept in it is still there. For good: campaign erase {short(subject)} --because T")


def _sentence(tracker: CampaignTracker, entries: Sequence[Entry]) -> str:
    from campaign.terminal.event_sentences import in_words

    facts = [tracker.fact(entry) for entry in entries]
    sentences = "; ".join(map(in_words, facts))
    return f"{sentences}, {subject(tracker, entries[0].originator)}, {when_and_who(facts[0])}"


def subject(tracker: CampaignTracker, originator: UUID) -> str:
    """Whom an entry is about: a company, or a campaign."""
    about = tracker.load([originator])[originator]
    if hasattr(about, "cvr"):
        return company_label(tracker, about.cvr)
    return f"campaign {about.slug}" if hasattr(about, "slug") else "something this version does not know"


@command("retract")
@argument("entry", help="the entry, by its first digits")
@option("--because", metavar="TEXT", required=True, help="Why; it stays in the history.")
@json_option
def retract(session: Session, entry: str, because: str) -> None:
    """Take back one ENTRY that was registered in error, and say why. It stays in the history."""
    from campaign.terminal.event_sentences import in_words
    from campaign.undo import dependents
    from campaign.undo import retract as retract_entry

    act, reason = session.act(anywhere=True), needed_text("reason", because)
    with session.tracker() as tracker:
        target = tracker.entry_named(entry)
        fact, about = tracker.fact(target), subject(tracker, target.originator)
        facts = confirmed(session, act, retract_entry, tracker, target, reason)
        leaving = dependents(tracker, target)
    line = f"Taken back: {in_words(fact)}, {about}, {when_and_who(fact)} (entry {short(fact.entry)}): {reason}. "
    if leaving:
        session.note(
            f"With it {leaving} more entries of that visit leave the figures; they return when it stands again."
        )
    show_result(session, facts, f"{line}To let it stand again: campaign undo {short(facts[0].entry)}")
