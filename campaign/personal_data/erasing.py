"""Erasing: a person or a note leaves every file of the home and its backups; that it happened is an event."""

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
from campaign.personal_data.erasure_log import ErasureRecord, erasures, write_list
from campaign.personal_data.pii_search import SearchTerms, person_names, search_files, search_terms
from campaign.personal_data.references import erase_subject, erased_texts
from campaign.storage.personal_texts import NOTE, Text
from campaign.storage.sqlite.texts import SqliteTexts
from domain.facts import Erasure
from domain.ids import short
from domain.refusals import NothingToErase, ReasonIdentifiesPerson

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.sqlite.workspace import Home
    from domain.acts import Act

_BATCH_SIZE = 1_000


class ErasureTarget(NamedTuple):
    """Who or what is to be erased: a contact, a sole trader or a note, and the aggregate that refers to it."""

    owner: UUID
    subject: UUID


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


def find_target(tracker: CampaignTracker, said: str) -> ErasureTarget:
    """Who or what is meant: a contact or a note by the first digits of its entry, a sole trader by CVR number."""
    plain = said.replace(" ", "")
    if plain.isdecimal() and len(plain) == 8:
        company = tracker.company(plain)
        if company and company.names_apart:
            return ErasureTarget(company.id, company.owner)
        if company:
            raise NothingToErase(f"No name of a person is kept of {plain}. Its contacts: campaign contact list {plain}")
    found = tracker.entry_named(plain)
    fact = tracker.fact(found)
    subject = getattr(fact, "note", None) or getattr(fact, "person", None)
    if subject is None or isinstance(fact, Erasure):
        raise NothingToErase(
            f"Entry {short(found.entry)} is neither a contact nor a note; nothing personal is kept of it."
        )
    return ErasureTarget(found.originator, subject)


def notes_naming(tracker: CampaignTracker, meant: ErasureTarget) -> list[Text]:
    """The notes of the same company that name the person: by a word written as a name is, a number or an address."""
    texts = texts_of(tracker, [meant])
    names = person_names(texts)
    return [note for note in _notes_of(tracker, texts) if names.occur_in(note.content)]


def files_naming(home: Home, tracker: CampaignTracker, meant: Sequence[ErasureTarget]) -> list[Path]:
    """The files of the home that an erasure would remove."""
    return search_files(home.path, search_terms(texts_of(tracker, meant))).matches if home.has_files else []


def texts_of(tracker: CampaignTracker, meant: Sequence[ErasureTarget]) -> list[Text]:
    """The texts that are to be erased."""
    loaded = tracker.load({w.owner for w in meant})
    ids = {text for w in meant for text in loaded[w.owner].texts_of(w.subject)}
    return [*tracker.people.texts(ids).values()]


def check_reason(tracker: CampaignTracker, meant: Sequence[ErasureTarget], because: str) -> None:
    """Refuses a reason that tells who it is: the log would keep it for ever."""
    if person_names(texts_of(tracker, meant)).may_occur_in(because):
        raise ReasonIdentifiesPerson("The reason tells who it is, and the log keeps reasons for ever. Say it without.")


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
    notes = [note.subject for note in _notes_of(tracker, texts) if names.may_occur_in(note.content)]
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


def surviving_texts(tracker: CampaignTracker, lines: Sequence[ErasureRecord]) -> list[Text]:
    """The texts that the log says were erased and that are in the store all the same."""
    erased = erased_texts(tracker, [line.owner for line in lines]) if lines else set()
    return [*tracker.people.texts(erased).values()]


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


def _notes_of(tracker: CampaignTracker, texts: Sequence[Text]) -> list[Text]:
    """The notes of the companies these texts are of, as far as the log holds them."""
    notes = [text for text in tracker.people.of_companies({text.cvr for text in texts}) if text.kind == NOTE]
    loose = {text.id for text in tracker.orphaned_texts(notes)}
    return [note for note in notes if note.id not in loose]


def target_of(text: Text) -> ErasureTarget:
    """Whom to erase, for this text to go."""
    return ErasureTarget(text.owner, text.subject)
