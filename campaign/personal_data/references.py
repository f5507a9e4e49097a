"""The companies and outreaches that refer to personal texts, and the texts that were erased from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from campaign.storage.personal_texts import Text
from domain.company import Company

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from domain.acts import Act


def owners(tracker: CampaignTracker, texts: Sequence[Text]) -> dict[UUID, Any]:
    """The aggregates that refer to these texts, as far as they are in the log."""
    return tracker.load(dict.fromkeys(text.owner for text in texts))


def erase_subject(owner: Any, act: Act, entry: UUID, subject: UUID, because: str) -> None:
    """A person leaves a company, a note an outreach. Refused when nothing of it is kept."""
    (owner.erase_person if isinstance(owner, Company) else owner.erase_note)(act, entry, subject, because)


def erased_texts(tracker: CampaignTracker, erased: Iterable[UUID]) -> set[UUID]:
    """The ids of all texts that were erased from these aggregates, whether they are still there or not.

    The log alone says so: no clock, and nothing that stands beside a text.
    """
    loaded = tracker.load(dict.fromkeys(erased)).values()
    return {text for owner in loaded for text in owner.texts_ever - owner.texts}
