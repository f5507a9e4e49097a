"""Erasing: a person or a note leaves every file of the home and its backups; that it happened is an event."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from campaign.backups.erasure import Backups, erase_in_backups
from campaign.failpoints import reached
from campaign.files import temporary
from campaign.log import retried
from campaign.personal_data.erasure_log import Line, erasures, write_list
from campaign.personal_data.pii_search import Wanted, names_in, search, wanted
from campaign.personal_data.references import erase_one, erased_texts
from campaign.storage.personal_texts import NOTE, Text
from campaign.storage.sqlite.texts import SqliteTexts
from domain.facts import Erasure
from domain.ids import short
from domain.refusals import NothingToErase, ReasonIdentifiesPerson

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.sqlite.workspace import Home
    from domain.acts import Act

_AT_ONCE = 1_000


class Whom(NamedTuple):
    """Who or what is to be erased: a contact, a sole trader or a note, and the aggregate that refers to it."""

    owner: UUID
    subject: UUID


class Done(NamedTuple):
    """What was taken out: texts of the store, ``files`` of the home that held it too, texts of the ``backups``.

    ``closed``: files that could not be searched or removed, and why.
    """

    texts: int
    files: list[Path]
    closed: list[tuple[Path, str]]
    backups: Backups


class Erased(NamedTuple):
    """What an erasure recorded and did.

    ``notes`` of the same companies may name the person and are still there, ``others`` are contacts and sole traders
    of the same name, number or address; so may ``entries`` of the log, which nothing can erase.
    """

    facts: list[Any]
    done: Done
    notes: list[UUID]
    others: list[UUID]
    entries: list[UUID]


def whom(tracker: CampaignTracker, said: str) -> Whom:
    """Who or what is meant: a contact or a note by the first digits of its entry, a sole trader by CVR number."""
    plain = said.replace(" ", "")
    if plain.isdecimal() and len(plain) == 8:
        company = tracker.company(plain)
        if company and company.names_apart:
            return Whom(company.id, company.owner)
        if company:
            raise NothingToErase(f"No name of a person is kept of {plain}. Its contacts: campaign contact list {plain}")
    found = tracker.entry_named(plain)
    fact = tracker.fact(found)
    subject = getattr(fact, "note", None) or getattr(fact, "person", None)
    if subject is None or isinstance(fact, Erasure):
        raise NothingToErase(
            f"Entry {short(found.entry)} is neither a contact nor a note; nothing personal is kept of it."
        )
    return Whom(found.originator, subject)


def notes_naming(tracker: CampaignTracker, meant: Whom) -> list[Text]:
    """The notes of the same company that name the person: by a word written as a name is, a number or an address."""
    texts = texts_of(tracker, [meant])
    names = names_in(texts)
    return [note for note in _notes_of(tracker, texts) if names.named_in(note.content)]


def files_holding(home: Home, tracker: CampaignTracker, meant: Sequence[Whom]) -> list[Path]:
    """The files of the home that an erasure would remove."""
    return search(home.path, wanted(texts_of(tracker, meant))).found if home.has_files else []


def texts_of(tracker: CampaignTracker, meant: Sequence[Whom]) -> list[Text]:
    """The texts that are to be erased."""
    loaded = tracker.load({w.owner for w in meant})
    ids = {text for w in meant for text in loaded[w.owner].texts_of(w.subject)}
    return [*tracker.people.texts(ids).values()]


def check_reason(tracker: CampaignTracker, meant: Sequence[Whom], because: str) -> None:
    """Refuses a reason that tells who it is: the log would keep it for ever."""
    if names_in(texts_of(tracker, meant)).told_by(because):
        raise ReasonIdentifiesPerson("The reason tells who it is, and the log keeps reasons for ever. Say it without.")


def erase(home: Home, tracker: CampaignTracker, act: Act, meant: Sequence[Whom], because: str) -> Erased:
    """Erases these persons and notes. Refused when nothing of them is kept.

    The log says so first. Whatever interrupts what follows, the next erasure completes it.
    """
    complete(home, tracker)
    texts = texts_of(tracker, meant)
    names = names_in(texts)
    facts = _record(tracker, act, meant, because)
    done = complete(home, tracker)
    notes = [note.subject for note in _notes_of(tracker, texts) if names.told_by(note.content)]
    sought = wanted(texts)
    others = {o.subject: None for o in tracker.people.all() if o.kind != NOTE and sought.stands_in(o.content)}
    return Erased(facts, done, notes, [*others], _entries_telling(tracker, sought))


def complete(home: Home, tracker: CampaignTracker) -> Done:
    """Takes what the log says was erased out of files, backups and, last, the store; writes the list of erasures.

    The texts go last: as long as they are there, it is known what is still to be looked for. What cannot be reached
    is told, and keeps nothing else from being erased. Two that complete at once wait for each other.
    """
    if not home.has_files:
        left = still_there(tracker, list(erasures(tracker)))
        _forget(tracker.people, left)
        return Done(len(left), [], [], Backups([], []))
    with temporary.alone(home.path):
        lines = list(erasures(tracker))
        left = still_there(tracker, lines)
        for path in temporary.left_in(home.path):
            temporary.remove(path)
        searched = search(home.path, wanted(left))
        closed = [*searched.closed, *_removed(searched.found)]
        backups = erase_in_backups(home, tracker, lines)
        if lines:
            write_list(home.path, lines)
        _forget(tracker.people, left)
    gone = [path for path in searched.found if not path.exists()]
    return Done(len(left), gone, closed, backups)


def still_there(tracker: CampaignTracker, lines: Sequence[Line]) -> list[Text]:
    """The texts that the log says were erased and that are in the store all the same."""
    erased = erased_texts(tracker, [line.owner for line in lines]) if lines else set()
    return [*tracker.people.texts(erased).values()]


def _removed(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Removes these files. Returns those that could not be, and why."""
    stuck = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as fault:
            stuck.append((path, fault.strerror or str(fault)))
    return stuck


def _record(tracker: CampaignTracker, act: Act, meant: Sequence[Whom], because: str) -> list[Any]:
    facts: list[Any] = []
    for start in range(0, len(meant), _AT_ONCE):
        some = meant[start : start + _AT_ONCE]
        facts += _record_some(tracker, act, some, because)
    return facts


@retried
def _record_some(tracker: CampaignTracker, act: Act, meant: Sequence[Whom], because: str) -> list[Any]:
    loaded = tracker.load({w.owner for w in meant})
    for w in meant:
        erase_one(loaded[w.owner], act, act.entry("erase", w.subject.hex), w.subject, because)
    return tracker.record(*loaded.values())


def _forget(people: SqliteTexts, texts: Sequence[Text]) -> None:
    if texts:
        reached("erase.before-texts")
        people.forget([text.id for text in texts])
        reached("erase.after-texts")


def _entries_telling(tracker: CampaignTracker, sought: Wanted) -> list[UUID]:
    """Entries of the log in whose reason or title it stands, where it should not have been written."""
    told = cache(sought.stands_in)
    return [entry for entry, said in tracker.store.said_freely() if told(said)]


def _notes_of(tracker: CampaignTracker, texts: Sequence[Text]) -> list[Text]:
    """The notes of the companies these texts are of, as far as the log holds them."""
    notes = [text for text in tracker.people.of_companies({text.cvr for text in texts}) if text.kind == NOTE]
    loose = {text.id for text in tracker.orphaned_texts(notes)}
    return [note for note in notes if note.id not in loose]


def is_of(text: Text) -> Whom:
    """Whom to erase, for this text to go."""
    return Whom(text.owner, text.subject)
