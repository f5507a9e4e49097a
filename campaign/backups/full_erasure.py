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
from campaign.storage.sqlite.texts import SqliteTexts

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.sqlite.workspace import Home
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
    home: Home, tracker: CampaignTracker, act: Act, meant: Sequence[ErasureTarget], because: str
) -> ErasureResult:
    """Erases these persons and notes. Refused when nothing of them is kept.

    The log says so first. Whatever interrupts what follows, the next erasure completes it.
    """
    complete_erasures(home, tracker)
    texts = texts_of(tracker, meant)
    names = person_names(texts)
    facts = _record(tracker, act, meant, because)
    done = complete_erasures(home, tracker)
    notes = [note.subject for note in notes_of(tracker, texts) if names.may_occur_in(note.content)]
    sought = search_terms(texts)
    others = {o.subject: None for o in tracker.people.all() if o.kind != NOTE and sought.occur_in(o.content)}
    return ErasureResult(facts, done, notes, [*others], _entries_naming(tracker, sought))


def complete_erasures(home: Home, tracker: CampaignTracker) -> Removal:
    """Takes what the log says was erased out of files, backups and, last, the store; writes the list of erasures.

    The texts go last: as long as they are there, it is known what is still to be looked for. What cannot be reached
    is told, and keeps nothing else from being erased. Two that complete at once wait for each other.
    """
    if not home.has_files:
        left = surviving_texts(tracker, list(erasures(tracker)))
        _delete_texts(tracker.people, left)
        return Removal(len(left), [], [], BackupErasures([], []))
    with temporary.exclusive(home.path):
        lines = list(erasures(tracker))
        left = surviving_texts(tracker, lines)
        for path in temporary.leftovers_in(home.path):
            temporary.remove(path)
        searched = search_files(home.path, search_terms(left))
        closed = [*searched.unsearchable, *_remove_files(searched.matches)]
        backups = erase_in_backups(home, tracker, lines)
        if lines:
            write_list(home.path, lines)
        _delete_texts(tracker.people, left)
    gone = [path for path in searched.matches if not path.exists()]
    return Removal(len(left), gone, closed, backups)


def _remove_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Removes these files. Returns those that could not be, and why."""
    stuck = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            stuck.append((path, fault.strerror or str(fault)))
    return stuck


def _record(tracker: CampaignTracker, act: Act, meant: Sequence[ErasureTarget], because: str) -> list[Any]:
    facts: list[Any] = []
    for start in range(0, len(meant), _BATCH_SIZE):
        some = meant[start : start + _BATCH_SIZE]
        facts += _record_batch(tracker, act, some, because)
    return facts


@retried
def _record_batch(tracker: CampaignTracker, act: Act, meant: Sequence[ErasureTarget], because: str) -> list[Any]:
    loaded = tracker.load({w.owner for w in meant})
    for w in meant:
        erase_subject(loaded[w.owner], act, act.entry("erase", w.subject.hex), w.subject, because)
    return tracker.record(*loaded.values())


def _delete_texts(people: SqliteTexts, texts: Sequence[Text]) -> None:
    if texts:
        reached("erase.before-texts")
        people.forget([text.id for text in texts])
        reached("erase.after-texts")


def _entries_naming(tracker: CampaignTracker, sought: SearchTerms) -> list[UUID]:
    """Entries of the log in whose reason or title it stands, where it should not have been written."""
    told = cache(sought.occur_in)
    return [entry for entry, said in tracker.store.said_freely() if told(said)]


def clean_up(home: Home, tracker: CampaignTracker) -> tuple[int, Removal]:
    """Deletes what a crash left, and goes where an erasure could not. Returns how many texts, and what else it did."""
    left = leftover_texts(tracker, home.clock())
    done = complete_erasures(home, tracker)
    tracker.people.forget(text.id for text in left)
    return len(left), done
