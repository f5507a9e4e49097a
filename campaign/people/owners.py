"""Whose a personal text is: the company or the outreach that refers to it, and whether it still does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from campaign.people.store import NOTE, Text
from domain.identities import company_id, outreach_id

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

_AT_ONCE = 2_000


def owner_of(text: Text) -> UUID:
    """The id of the aggregate that refers to the text."""
    return outreach_id(text.campaign, text.cvr) if text.kind == NOTE else company_id(text.cvr)


def owners(tracker: CampaignTracker, texts: Sequence[Text]) -> dict[UUID, Any]:
    """The aggregates that refer to these texts, as far as they are in the log."""
    return tracker.load(dict.fromkeys(map(owner_of, texts)))


def unheld(tracker: CampaignTracker, texts: Sequence[Text]) -> list[Text]:
    """Those of these texts that the log does not hold to be kept: erased ones, and those whose act never came."""
    left: list[Text] = []
    for start in range(0, len(texts), _AT_ONCE):
        some = texts[start : start + _AT_ONCE]
        held = _held(owners(tracker, some).values())
        left += [text for text in some if text.id not in held]
    return left


def _held(aggregates: Iterable[Any]) -> set[UUID]:
    return {text for aggregate in aggregates for text in aggregate.texts}
