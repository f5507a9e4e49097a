"""Erasing a person or a note for good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from campaign.commands.confirmation import show_result
from campaign.reports.texts import counted
from campaign.terminal import prompts
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import show_json, talk
from campaign.terminal.session import Session
from domain.ids import short
from domain.refusals import Refusal
from domain.texts import needed_text

if TYPE_CHECKING:
    from uuid import UUID

    from campaign.app import CampaignTracker
    from campaign.backups.full_erasure import ErasureResult, Removal
    from campaign.personal_data.erasing import ErasureTarget
    from campaign.storage.personal_texts import Text

_MOST_LISTED = 5


class NotErased(Refusal):
    """The person declined the erasure."""


@command("erase")
@argument("subject", metavar="PERSON|NOTE", help="a contact or a note by its first digits; a sole trader by CVR number")
@option("--because", metavar="TEXT", required=True, help="Why, without any name; it stays in the log.")
@click.option("--with-notes", is_flag=True, help="Erase as well the company's notes that name the person.")
@json_option
def erase(session: Session, subject: str, because: str, with_notes: bool) -> None:
    """Erase a contact, a note, or the name of a sole trader: from the home, its files and its backups.

    It cannot be undone. The log keeps that it happened, by whom and why.
    """
    from campaign.backups.full_erasure import erase as erased
    from campaign.personal_data.erasing import check_reason, find_target, notes_naming, target_of

    act, reason = session.act(anywhere=True, in_parts=True), needed_text("reason", because)
    with session.tracker() as tracker:
        person = find_target(tracker, subject)
        notes = notes_naming(tracker, person) if with_notes else []
        targets = [person, *map(target_of, notes)]
        check_reason(tracker, targets, reason)
        if session.is_interactive and not _confirmed(session, tracker, subject, targets, notes):
            raise NotErased("Nothing was erased.")
        result = erased(session.home, tracker, act, targets, reason)
    _say(session, result)


def _confirmed(
    session: Session, tracker: CampaignTracker, subject: str, targets: list[ErasureTarget], notes: list[Text]
) -> bool:
    """Shows what goes, and asks."""
    from campaign.personal_data.erasing import files_naming

    for note in notes:
        talk(f"With it goes note {short(note.subject)}: {note.content}")
    for path in files_naming(session.home, tracker, targets):
        talk(f"With it goes the file {path}, which holds it.")
    return prompts.confirm(f"Erase {subject} for good?")


def _say(session: Session, result: ErasureResult) -> None:

    if session.json:
        show_json(as_json(result))
        return
    entry, texts = short(result.facts[0].entry), counted(result.removal.texts, "text", "texts")
    show_result(session, result.facts, f"Erased: {texts} with salt (entry {entry}). It cannot be undone.")
    for line in result_notes(result):
        session.note(line)


def result_notes(result: ErasureResult) -> list[str]:
    """What else an erasure met, a line each."""
    lines = removal_notes(result.removal)
    if result.notes:
        listed = _listed(result.notes)
        lines.append(
            f"Notes that may name the person are still there: {listed}. Erase them too: campaign erase NOTE --because T"
        )
    if result.same_identity:
        listed = _listed(result.same_identity)
        lines.append(
            f"The same name, number or address is kept of {listed} as well. Erase it too: campaign erase PERSON"
        )
    if result.entries:
        listed = _listed(result.entries)
        lines.append(
            f"The log itself holds it, in what was said in entry {listed}; nothing is ever taken out of the log."
        )
    return lines


def removal_notes(removal: Removal) -> list[str]:
    """What was found in files and backups, and what could not be reached, a line each."""
    lines = [f"It stood in {path} too; that file is gone." for path in removal.files]
    lines += [f"Not searched, or not removed: {path}: {reason}." for path, reason in removal.unsearchable]
    lines += [f"Erased in the backup {path} too." for path in removal.backups.erased]
    advice = "Whoever restores it names a newer list: --erased"
    return lines + [
        f"Not erased in the backup {path}: {reason}. {advice}" for path, reason in removal.backups.unreached
    ]


def _listed(ids: Sequence[UUID]) -> str:

    more = f" and {len(ids) - _MOST_LISTED:,} more" if len(ids) > _MOST_LISTED else ""
    return ", ".join(map(short, ids[:_MOST_LISTED])) + more


def as_json(result: ErasureResult) -> dict[str, Any]:
    """What an erasure did, as JSON has it."""
    removal = result.removal
    return {
        "entries": [fact.entry.hex for fact in result.facts],
        "texts": removal.texts,
        "files": [str(path) for path in removal.files],
        "closed": [[str(path), reason] for path, reason in removal.unsearchable],
        "backups": [str(path) for path in removal.backups.erased],
        "unreached": [[str(path), reason] for path, reason in removal.backups.unreached],
        "notes": [note.hex for note in result.notes],
        "others": [subject.hex for subject in result.same_identity],
        "held_by_log": [entry.hex for entry in result.entries],
    }
