"""Whose a personal text is: the company or the outreach that refers to it, and whether it still does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from campaign.storage.personal_texts import KINDS, NOTE, Text
from domain.company import Company
from domain.facts import UnknownFact
from domain.ids import company_id, outreach_id

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from domain.acts import Act

_AT_ONCE = 2_000


def owner_of(text: Text) -> UUID:
    """The id of the aggregate that refers to the text."""
    return outreach_id(text.campaign, text.cvr) if text.kind == NOTE else company_id(text.cvr)


def owners(tracker: CampaignTracker, texts: Sequence[Text]) -> dict[UUID, Any]:
    """The aggregates that refer to these texts, as far as they are in the log."""
    return tracker.load(dict.fromkeys(map(owner_of, texts)))


def erase_one(owner: Any, act: Act, entry: UUID, subject: UUID, because: str) -> None:
    """A person leaves a company, a note an outreach. Refused when nothing of it is kept."""
    (owner.erase_person if isinstance(owner, Company) else owner.erase_note)(act, entry, subject, because)


def erased_texts(tracker: CampaignTracker, erased: Iterable[UUID]) -> set[UUID]:
    """The ids of all texts that were erased from these aggregates, whether they are still there or not.

    The log alone says so: no clock, and nothing that stands beside a text.
    """
    loaded = tracker.load(dict.fromkeys(erased)).values()
    return {text for owner in loaded for text in owner.texts_ever - owner.texts}


def unheld(tracker: CampaignTracker, texts: Sequence[Text]) -> list[Text]:
    """Those of these texts that the log does not hold to be kept: erased ones, and those whose act never came.

    Where a later version logged what this one cannot read, that may hold a text, so none there is counted.
    """
    left: list[Text] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        there = owners(tracker, some)
        strange = {id_ for id_, owner in there.items() if _is_strange(owner)}
        held = {text for id_, owner in there.items() if id_ not in strange for text in owner.texts}
        left += [t for t in some if t.id not in held and owner_of(t) not in strange and t.kind in KINDS]
    return left


def _is_strange(owner: Any) -> bool:
    return any(isinstance(fact, UnknownFact) for fact in owner.facts.values())
