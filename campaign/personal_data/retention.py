"""Retention: how long personal texts of a campaign are kept, and which of them are due to be erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from campaign.personal_data.erasing import ErasureTarget, surviving_texts, target_of
from campaign.personal_data.erasure_log import erasures
from campaign.personal_data.references import owners
from campaign.storage.personal_texts import NOTE, Text
from domain.ids import outreach_id

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

_ORPHANED = timedelta(hours=1)  # longer than any command takes between storing a text and logging its act


class DueTexts(NamedTuple):
    """What is to be erased: whom, and of which kind each is, by the day it was to be kept until."""

    targets: list[ErasureTarget]
    kinds: dict[str, int]


def due_texts(tracker: CampaignTracker, today: date) -> DueTexts:
    """The texts that no campaign needs any longer.

    A note goes with its campaign; a contact or a name when every campaign that did something towards the company, or
    every campaign there is when none did, has a rule and its day has passed.
    """
    texts = tracker.people.all()
    until = {campaign.slug: campaign.keep_until for campaign in tracker.campaigns()}
    ended = {slug for slug, day in until.items() if day and day < today}
    if not ended:
        return DueTexts([], {})
    kept_for = _campaigns_of(tracker, {text.cvr for text in texts if text.kind != NOTE}, until)
    everywhere = set(until)
    needing = [({text.campaign} if text.kind == NOTE else kept_for[text.cvr] or everywhere) for text in texts]
    return _effective_texts(tracker, [text for text, needed in zip(texts, needing, strict=True) if needed <= ended])


def _campaigns_of(tracker: CampaignTracker, cvrs: Iterable[str], slugs: Iterable[str]) -> dict[str, set[str]]:
    """By company, the campaigns that did something towards it."""
    all_slugs = tuple(slugs)
    ids = {outreach_id(slug, cvr): (cvr, slug) for cvr in cvrs for slug in all_slugs}
    campaigns: dict[str, set[str]] = {cvr: set() for cvr, _ in ids.values()}
    for outreach in tracker.store.existing(ids):
        cvr, slug = ids[outreach]
        campaigns[cvr].add(slug)
    return campaigns


def _effective_texts(tracker: CampaignTracker, texts: list[Text]) -> DueTexts:
    """Of these texts those that are still to be kept by the log: what was erased, or never logged, is not due."""
    aggregates = owners(tracker, texts)
    by_subject = {text.subject: text for text in texts if (o := aggregates.get(text.owner)) and text.id in o.texts}
    kinds: dict[str, int] = {}
    for text in by_subject.values():
        kinds[text.kind] = kinds.get(text.kind, 0) + 1
    return DueTexts([*map(target_of, by_subject.values())], kinds)


def leftover_texts(tracker: CampaignTracker, now: datetime) -> list[Text]:
    """Texts that a crash left: erased by the log and still there, or kept an hour ago for an act that never came."""
    just = (now - _ORPHANED).isoformat(), (now + _ORPHANED).isoformat()  # later than that: by a clock that was wrong
    old = tracker.orphaned_texts([text for text in tracker.people.all() if not just[0] <= text.kept_at <= just[1]])
    return [*{text.id: text for text in [*surviving_texts(tracker, [*erasures(tracker)]), *old]}.values()]
