"""The log as read models read it: each row is checked against the row before, so no figure is made of an altered log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from campaign.company_lookup import Progress
from campaign.errors import CheckFault
from campaign.failpoints import reached
from campaign.gc_pause import in_bulk
from campaign.reference import offices
from campaign.storage.hash_chain import mismatch
from campaign.storage.mapper import TypedMapper, as_id
from campaign.storage.ports import NO_HASH, EventLog
from projections.engine.catch_up import Read, catch_up, copenhagen_day
from projections.engine.projector import RecordedEvent
from projections.read_models import MODELS


def catch_up_verified(engine: Engine, log: EventLog, total: int, batch: int, on_progress: Progress) -> int:
    """Feeds the read models the events they have not read, a transaction a batch. Returns the position.

    ``total``: the position the log has at least. Raises ``CheckFault`` as ``verified_events`` does.
    """
    with in_bulk():
        read, count = verified_events(log, total), counted(on_progress, total)
        return catch_up(engine, MODELS, read, offices().region, batch, count, reached)


def counted(on_progress: Progress, total: int) -> Callable[[int], None]:
    """A function that adds up the sizes of batches and reports the sum of ``total``."""
    events_read = 0

    def count(size: int) -> None:
        nonlocal events_read
        events_read += size
        on_progress(events_read, total)

    return count


def verified_events(log: EventLog, total: int) -> Read:
    """Reads the log for read models, each row checked against the hash of the row before.

    Raises ``CheckFault`` at a row that was altered, or is missing up to position ``total``.
    """
    decoded = TypedMapper().event

    def read(after_position: int, head: str, limit: int) -> Sequence[RecordedEvent]:
        position, before, events = after_position, bytes.fromhex(head) or NO_HASH, []
        for row, stored_hash in log.chained_rows(after_position, limit):
            if fault := mismatch(position, before, row, stored_hash):
                raise _altered(position + 1, fault)
            position, before = row[0], stored_hash
            try:
                event = decoded(as_id(row[1]), row[2], row[3], row[4])
                copenhagen_day(row[6])
            except ValueError as invalid:  # hashes can be made to fit what is no id or no moment
                raise _altered(position, str(invalid)) from invalid
            events.append(RecordedEvent(position, row[6], event, before.hex()))
        if len(events) < limit and position < total:
            raise _altered(position + 1, f"positions {position + 1} to {total} are gone")
        return events

    return read


def _altered(position: int, fault: str) -> CheckFault:
    return CheckFault(
        f"The log was altered at position {position:,}, so no figures are made of it: {fault}. Run: campaign verify"
    )
