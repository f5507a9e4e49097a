"""Who may see which figures: roles see their own office or region, and consultants are compared only in their own office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from campaign.errors import SettingsFault

if TYPE_CHECKING:
    from campaign.storage.ports import Access

Words = tuple[str, ...]


def visible_offices(access: Access, requested: Words) -> Words:
    """The offices of a report: those requested, else the one of the role; empty for all.

    Raises ``SettingsFault`` for another office, since a report without figures would look like one of zeros.
    """
    if access.office and set(requested) - {access.office}:
        raise SettingsFault(f"You see the figures of office {access.office} only. Leave --office out.")
    return requested or ((access.office,) if access.office else ())


def visible_regions(access: Access, requested: Words) -> Words:
    """The regions of a report, as ``visible_offices``."""
    if access.region and set(requested) - {access.region}:
        raise SettingsFault(f"You see the figures of region {access.region} only. Leave --region out.")
    return requested or ((access.region,) if access.region else ())


def own_office(access: Access, office_set: str, requested: Iterable[str], subject: str) -> str:
    """The own office, which is the only one that sees the figures of its consultants; ``subject`` opens the refusal.

    Raises ``SettingsFault`` when no office is set, and when another one is requested.
    """
    own = access.office or office_set
    if not own:
        raise SettingsFault(
            f"{subject} of your own office only, and none is set. "
            "Set CAMPAIGN_OFFICE, or for good: campaign init --office 306"
        )
    if set(requested) - {own}:
        raise SettingsFault(f"{subject} of your own office only, {own}. Leave --office out.")
    return own


def refuse_region(access: Access, subject: str) -> None:
    """Raises ``SettingsFault`` for the role of a region, which sees totals of offices and nothing more detailed."""
    if access.region:
        raise SettingsFault(f"A region reads the totals of its offices, and {subject} is not among them.")
