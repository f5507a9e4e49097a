"""Taking back: an act, one entry, or a whole import; what is taken back stays in the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from campaign.commands.confirmation import named, said, unless_overtaken
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import counted, show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.ports import Entry
    from domain.acts import Act

_TOLD = 8
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
        found = tracker.entries_of_batch(batch) if batch else _of_act(tracker, session.consultant, entry)
        entries = [entry for entry in found if entry.topic != _NO_ENTRY]
        done = _undo(session, tracker, act, entries)
        _say(session, tracker, act, entries, done, batch)


def _of_act(tracker: CampaignTracker, consultant: str, digits: str | None) -> list[Entry]:
    from domain.refusals import EntryUnknown

    entries = tracker.entries_of_act(tracker.entry_named(digits)) if digits else tracker.latest_act(consultant)
    if not entries:
        raise EntryUnknown(f"{consultant} has logged nothing by hand here that could be undone.")
    return entries


def _undo(session: Session, tracker: CampaignTracker, act: Act, entries: Sequence[Entry]) -> int:
    from domain.refusals import EntryRetractedAlready

    done, of = 0, len(entries)
    with session.progress("Taking back") as seen:

        def told(some: int) -> None:
            nonlocal done
            done += some
            seen(done, of)

        taken = unless_overtaken(session, lambda: tracker.undo(act, entries, "undone", told))
    if not taken:
        raise EntryRetractedAlready(
            "All of that was taken back before, or is final: a campaign's plan, an erasure. Nothing was changed."
        )
    return taken


def _say(
    session: Session, tracker: CampaignTracker, act: Act, entries: Sequence[Entry], done: int, batch: str | None
) -> None:
    from domain.ids import short

    back = short(act.entry("retract", entries[-1].entry.hex))
    again = f"campaign undo {back}"
    if session.json:
        show_json({"taken_back": done, "entries": [entry.entry.hex for entry in entries], "again": again})
    elif batch or len(entries) > _TOLD:
        show(f"Taken back: {counted(done, 'entry', 'entries')}. To let them stand again: {again}")
    else:
        show(f"Taken back: {_told(tracker, entries)}. To let it stand again: {again}")
        _say_kept(session, tracker, entries)


def _say_kept(session: Session, tracker: CampaignTracker, entries: Sequence[Entry]) -> None:
    """A personal text stays when what it was said in is taken back; who wants it gone has to erase it."""
    from domain.ids import short

    for fact in map(tracker.fact, entries):
        subject = getattr(fact, "note", None) or getattr(fact, "person", None)
        if subject and hasattr(fact, "kept"):
            session.note(f"What was kept in it is still there. For good: campaign erase {short(subject)} --because T")


def _told(tracker: CampaignTracker, entries: Sequence[Entry]) -> str:
    from campaign.commands.confirmation import when_and_who
    from campaign.terminal.event_sentences import in_words

    facts = [tracker.fact(entry) for entry in entries]
    what = "; ".join(map(in_words, facts))
    return f"{what}, {subject(tracker, entries[0].originator)}, {when_and_who(facts[0])}"


def subject(tracker: CampaignTracker, originator: UUID) -> str:
    """Whom an entry is about: a company, or a campaign."""
    about = tracker.load([originator])[originator]
    if hasattr(about, "cvr"):
        return named(tracker, about.cvr)
    return f"campaign {about.slug}" if hasattr(about, "slug") else "something this version does not know"


@command("retract")
@argument("entry", help="the entry, by its first digits")
@option("--because", metavar="TEXT", required=True, help="Why; it stays in the history.")
@json_option
def retract(session: Session, entry: str, because: str) -> None:
    """Take back one ENTRY that was registered in error, and say why. It stays in the history."""
    from campaign.commands.confirmation import when_and_who
    from campaign.terminal.event_sentences import in_words
    from domain.ids import short
    from domain.texts import needed_text

    act, why = session.act(anywhere=True), needed_text("reason", because)
    with session.tracker() as tracker:
        target = tracker.entry_named(entry)
        fact, about = tracker.fact(target), subject(tracker, target.originator)
        facts: list[Any] = unless_overtaken(session, lambda: tracker.retract(act, target, why))
        leaving = tracker.hanging_on(target)
    line = f"Taken back: {in_words(fact)}, {about}, {when_and_who(fact)} (entry {short(fact.entry)}): {why}. "
    if leaving:
        session.note(
            f"With it {leaving} more entries of that visit leave the figures; they return when it stands again."
        )
    said(session, facts, f"{line}To let it stand again: campaign undo {short(facts[0].entry)}")
