"""Whether the log is what was written: the chain recomputed, and every event read and replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from eventsourcing.domain import EventSourcingError

from campaign.eventstore.mapper import TypedMapper
from campaign.eventstore.recorder import NO_HASH, ChainedRecorder, link

_BATCH = 5_000
_STREAMS = 1_000


@dataclass(frozen=True)
class Verdict:
    """How much was checked, the head of the chain, and the first fault: its position and what is wrong, or None."""

    events: int
    head: bytes
    position: int | None = None
    fault: str | None = None


def verify(recorder: ChainedRecorder, mapper: TypedMapper, seen: Callable[[int], None] = lambda n: None) -> Verdict:
    """Recomputes the chain from the first row and replays every aggregate. ``seen`` is told of each batch's size."""
    verdict = _chain(recorder, mapper, seen)
    if verdict.fault is None:
        return Verdict(verdict.events, verdict.head, *_replay(recorder, mapper))
    return verdict


def _chain(recorder: ChainedRecorder, mapper: TypedMapper, seen: Callable[[int], None]) -> Verdict:
    position, before = 0, NO_HASH
    issued = recorder.last_issued()  # always asked before the rows: somebody may append at any moment
    while batch := recorder.chained_rows(position, _BATCH):
        for row, stored in batch:
            fault = _row_fault(mapper, position, before, row, stored)
            if fault:
                return Verdict(position, before, position + 1, fault)
            position, before = row[0], stored
        seen(len(batch))
        issued = recorder.last_issued()
    if issued > position:
        return Verdict(position, before, position + 1, f"positions {position + 1} to {issued} are gone")
    return Verdict(position, before)


def _row_fault(mapper: TypedMapper, position: int, before: bytes, row: tuple, stored: bytes) -> str | None:  # type: ignore[type-arg]
    if row[0] != position + 1:
        return f"position {position + 1} is gone; the next row is {row[0]}"
    if not isinstance(row[4], bytes):
        return "its state is of another type than it was stored as: it was altered"
    try:
        if link(before, row) != stored:
            return "its hash does not fit the row and the row before: one of them was altered"
        mapper.event(UUID(row[1]), row[2], row[3], row[4])
    except (EventSourcingError, ValueError, TypeError, AttributeError) as fault:
        return f"the row cannot be read: {fault}"
    return None


def _replay(recorder: ChainedRecorder, mapper: TypedMapper) -> tuple[int | None, str | None]:
    """The position of the first event found that its aggregate does not take, and why; none when all replay."""
    after = ""
    while ids := recorder.originators(after, _STREAMS):
        for originator, stored in recorder.streams(map(UUID, ids)):
            aggregate = None
            for event in map(mapper.to_domain_event, stored):
                try:
                    aggregate = event.mutate(aggregate)
                except (EventSourcingError, AssertionError) as fault:
                    version = event.originator_version
                    position = recorder.position_of(originator, version)
                    return position, f"{originator.hex} cannot be replayed at version {version}: {fault!r}"
        after = ids[-1]
    return None, None
