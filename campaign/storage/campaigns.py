"""The campaigns of a log, replayed."""

from __future__ import annotations

from campaign.company_lookup import FoundCampaign
from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import EventLog
from domain.campaign import Campaign


def campaigns(log: EventLog) -> list[FoundCampaign]:
    """Every campaign, oldest first."""
    ids, mapper = log.campaigns(), TypedMapper()
    replayed = {id_: mapper.replay(stored) for id_, stored in log.streams(ids)}
    planned = [replayed[id_] for id_ in ids if isinstance(replayed.get(id_), Campaign)]
    return [FoundCampaign(c.slug, c.title, c.first, c.last, c.is_open) for c in planned]
