"""The log as read models read it: each row held against the one before, so that no figure is made of an altered log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from campaign.errors import CheckFault
from campaign.storage.ports import NO_HASH
from projections.engine.catch_up import Read, copenhagen_day
from projections.engine.projector import RecordedEvent

if TYPE_CHECKING:
    from campaign.app import CampaignTracker


def held_to_the_chain(tracker: CampaignTracker, of: int) -> Read:
    """Reads the log for the tables. Raises ``CheckFault`` at a row that does not fit the row before, or is missing."""
    from campaign.storage.hash_chain import mismatch
    from campaign.storage.mapper import as_id

    event = tracker.mapper.event

    def read(after: int, head: str, limit: int) -> Sequence[RecordedEvent]:
        position, before, recorded = after, bytes.fromhex(head) or NO_HASH, []
        for row, stored in tracker.store.chained_rows(after, limit):
            if fault := mismatch(position, before, row, stored):
                raise _misfit(position + 1, fault)
            position, before = row[0], stored
            try:
                told = event(as_id(row[1]), row[2], row[3], row[4])
                copenhagen_day(row[6])
            except ValueError as wrong:  # hashes can be made to fit what is no id or no moment
                raise _misfit(position, str(wrong)) from wrong
            recorded.append(RecordedEvent(position, row[6], told, before.hex()))
        if len(recorded) < limit and position < of:
            raise _misfit(position + 1, f"positions {position + 1} to {of} are gone")
        return recorded

    return read


def _misfit(position: int, fault: str) -> CheckFault:
    return CheckFault(f"The log was altered at position {position:,}, so no figures are made of it: {fault}. {_VERIFY}")


_VERIFY = "Run: campaign verify"
