"""What an erasure is of: the person or note that is meant, its texts, and the notes that name it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from campaign.personal_data.erasure_log import ErasureRecord
from campaign.personal_data.pii_search import person_names, search_files, search_terms
from campaign.personal_data.references import erased_texts
from campaign.storage.personal_texts import NOTE, Text
from domain.facts import Erasure
from domain.ids import short
from domain.refusals import NothingToErase, ReasonIdentifiesPerson

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.ports import Workspace

_BATCH_SIZE = 1_000


class ErasureTarget(NamedTuple):
    """Who or what is to be erased: a contact, a sole trader or a note, and the aggregate that refers to it."""

    owner: UUID
    subject: UUID


def find_target(tracker: CampaignTracker, words: str) -> ErasureTarget:
    """Who or what is meant: a contact or a note by the first digits of its entry, a sole trader by CVR number."""
    plain = words.replace(" ", "")
    if plain.isdecimal() and len(plain) == 8:
        company = tracker.company(plain)
        if company and company.names_apart:
            return ErasureTarget(company.id, company.owner)
        if company:
            raise NothingToErase(f"No name of a person is kept of {plain}. Its contacts: campaign contact list {plain}")
    entry = tracker.entry_named(plain)
    fact = tracker.fact(entry)
    subject = getattr(fact, "note", None) or getattr(fact, "person", None)
    if subject is None or isinstance(fact, Erasure):
        raise NothingToErase(
            f"Entry {short(entry.entry)} is neither a contact nor a note; nothing personal is kept of it."
        )
    return ErasureTarget(entry.originator, subject)


def notes_naming(tracker: CampaignTracker, target: ErasureTarget) -> list[Text]:
    """The notes of the same company that name the person: by a word written as a name is, a number or an address."""
    texts = texts_of(tracker, [target])
    names = person_names(texts)
    return [note for note in notes_of(tracker, texts) if names.occur_in(note.content)]


def files_naming(home: Workspace, tracker: CampaignTracker, targets: Sequence[ErasureTarget]) -> list[Path]:
    """The files of the data directory that an erasure would remove."""
    return search_files(home.path, search_terms(texts_of(tracker, targets))).matches if home.files else []


def texts_of(tracker: CampaignTracker, targets: Sequence[ErasureTarget]) -> list[Text]:
    """The texts that are to be erased."""
    loaded = tracker.load({target.owner for target in targets})
    ids = {text for target in targets for text in loaded[target.owner].texts_of(target.subject)}
    return [*tracker.people.texts(ids).values()]


def check_reason(tracker: CampaignTracker, targets: Sequence[ErasureTarget], because: str) -> None:
    """Refuses a reason that tells who it is: the log would keep it for ever."""
    if person_names(texts_of(tracker, targets)).may_occur_in(because):
        raise ReasonIdentifiesPerson("The reason tells who it is, and the log keeps reasons for ever. Say it without.")


def surviving_texts(tracker: CampaignTracker, records: Sequence[ErasureRecord]) -> list[Text]:
    """The texts that the log says were erased and that are in the store all the same."""
    erased = erased_texts(tracker, [line.owner for line in records]) if records else set()
    return [*tracker.people.texts(erased).values()]


def notes_of(tracker: CampaignTracker, texts: Sequence[Text]) -> list[Text]:
    """The notes of the companies these texts are of, as far as the log holds them."""
    notes = [text for text in tracker.people.of_companies({text.cvr for text in texts}) if text.kind == NOTE]
    loose = {text.id for text in tracker.orphaned_texts(notes)}
    return [note for note in notes if note.id not in loose]


def target_of(text: Text) -> ErasureTarget:
    """Whom to erase, for this text to go."""
    return ErasureTarget(text.owner, text.subject)
