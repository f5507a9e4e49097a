"""Erasing a person or a note everywhere: the log records it, then files, backups and the store are cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from campaign.backups.erasure import BackupErasures, erase_in_backups
from campaign.failpoints import reached
from campaign.files import temporary
from campaign.log import retried
from campaign.personal_data.erasing import ErasureTarget, notes_of, surviving_texts, texts_of
from campaign.personal_data.erasure_log import erasures, write_list
from campaign.personal_data.pii_search import SearchTerms, person_names, search_files, search_terms
from campaign.personal_data.references import erase_subject
from campaign.personal_data.retention import leftover_texts
from campaign.storage.personal_texts import NOTE, Text
from campaign.storage.ports import PersonalTexts

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.ports import Workspace
    from domain.acts import Act

_BATCH_SIZE = 1_000


class Removal(NamedTuple):
    """What was taken out: texts of the store, ``files`` of the home that held it too, texts of the ``backups``.

    ``closed``: files that could not be searched or removed, and why.
    """

    texts: int
    files: list[Path]
    unsearchable: list[tuple[Path, str]]
    backups: BackupErasures


class ErasureResult(NamedTuple):
    """What an erasure recorded and did.

    ``notes`` of the same companies may name the person and are still there, ``others`` are contacts and sole traders
    of the same name, number or address; so may ``entries`` of the log, which nothing can erase.
    """

    facts: list[Any]
    removal: Removal
    notes: list[UUID]
    same_identity: list[UUID]
    entries: list[UUID]


def erase(
    home: Workspace, tracker: CampaignTracker, act: Act, targets: Sequence[ErasureTarget], because: str
) -> ErasureResult:
    """Erases these persons and notes. Refused when nothing of them is kept.

    The log says so first. Whatever interrupts what follows, the next erasure completes it.
    """
    complete_erasures(home, tracker)
    texts = texts_of(tracker, targets)
    names = person_names(texts)
    facts = _record(tracker, act, targets, because)
    removal = complete_erasures(home, tracker)
    notes = [note.subject for note in notes_of(tracker, texts) if names.may_occur_in(note.content)]
    terms = search_terms(texts)
    same_identity = {o.subject: None for o in tracker.people.all() if o.kind != NOTE and terms.occur_in(o.content)}
    return ErasureResult(facts, removal, notes, [*same_identity], _entries_naming(tracker, terms))


def complete_erasures(home: Workspace, tracker: CampaignTracker) -> Removal:
    """Takes what the log says was erased out of files, backups and, last, the store; writes the list of erasures.

    The texts go last: as long as they are there, it is known what is still to be looked for. What cannot be reached
    is told, and keeps nothing else from being erased. Two that complete at once wait for each other.
    """
    files = home.files
    if files is None:
        survivors = surviving_texts(tracker, list(erasures(tracker)))
        _delete_texts(tracker.people, survivors)
        return Removal(len(survivors), [], [], BackupErasures([], []))
    with temporary.exclusive(home.path):
        records = list(erasures(tracker))
        survivors = surviving_texts(tracker, records)
        for path in temporary.leftovers_in(home.path):
            temporary.remove(path)
        found_files = search_files(home.path, search_terms(survivors))
        unsearchable = [*found_files.unsearchable, *_remove_files(found_files.matches)]
        backups = erase_in_backups(files, tracker, records)
        if records:
            write_list(home.path, records)
        _delete_texts(tracker.people, survivors)
    removed = [path for path in found_files.matches if not path.exists()]
    return Removal(len(survivors), removed, unsearchable, backups)


def _remove_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Removes these files. Returns those that could not be, and why."""
    stuck = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            stuck.append((path, fault.strerror or str(fault)))
    return stuck


def _record(tracker: CampaignTracker, act: Act, targets: Sequence[ErasureTarget], because: str) -> list[Any]:
    facts: list[Any] = []
    for start in range(0, len(targets), _BATCH_SIZE):
        batch = targets[start : start + _BATCH_SIZE]
        facts += _record_batch(tracker, act, batch, because)
    return facts


@retried
def _record_batch(tracker: CampaignTracker, act: Act, targets: Sequence[ErasureTarget], because: str) -> list[Any]:
    loaded = tracker.load({target.owner for target in targets})
    for target in targets:
        erase_subject(loaded[target.owner], act, act.entry("erase", target.subject.hex), target.subject, because)
    return tracker.record(*loaded.values())


def _delete_texts(people: PersonalTexts, texts: Sequence[Text]) -> None:
    if texts:
        reached("erase.before-texts")
        people.forget([text.id for text in texts])
        reached("erase.after-texts")


def _entries_naming(tracker: CampaignTracker, terms: SearchTerms) -> list[UUID]:
    """Entries of the log in whose reason or title it stands, where it should not have been written."""
    names_person = cache(terms.occur_in)
    return [entry for entry, text in tracker.store.free_texts() if names_person(text)]


def clean_up(home: Workspace, tracker: CampaignTracker) -> tuple[int, Removal]:
    """Deletes what a crash left, and goes where an erasure could not. Returns how many texts, and what else it did."""
    leftovers = leftover_texts(tracker, home.clock())
    removal = complete_erasures(home, tracker)
    tracker.people.forget(text.id for text in leftovers)
    return len(leftovers), removal
