"""Verifies the log: recomputes the hash chain, compares it with checkpoints and replays every event."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from eventsourcing.domain import EventSourcingError
from eventsourcing.persistence import DatabaseError

from campaign.storage.checkpoints import Checkpoint
from campaign.storage.hash_chain import mismatch
from campaign.storage.mapper import STORED_NAMES, TypedMapper
from campaign.storage.ports import BEFORE_ALL, NO_HASH, EventLog, Row

_BATCH = 5_000
_STREAMS = 1_000
_NO_DAMAGE = ("locked", "busy", "unable to open", "disk I/O", "readonly")


@dataclass(frozen=True)
class Verdict:
    """How much was checked, the head of the chain, and the first fault: its position and what is wrong, or None.

    ``unknown``: how many entries there are of each kind this version does not know.
    """

    events: int
    head: bytes
    position: int | None = None
    fault: str | None = None
    unknown: Mapping[str, int] = field(default_factory=dict)


def verify(
    log: EventLog,
    mapper: TypedMapper,
    on_batch: Callable[[int], None] = lambda n: None,
    anchors: Iterable[Checkpoint] = (),
) -> Verdict:
    """Recomputes the chain from the first row, compares it with ``anchors``, and replays every aggregate.

    Checks the file's indexes as well. ``on_batch`` is called with the size of each batch.
    """
    return _Walk(log, mapper, anchors).verdict(on_batch)


class _Walk:
    """One pass over the log, from the first row to the last."""

    def __init__(self, log: EventLog, mapper: TypedMapper, anchors: Iterable[Checkpoint]) -> None:
        self.log, self.mapper = log, mapper
        self.anchors: dict[int, list[Checkpoint]] = {}
        for anchor in anchors:
            self.anchors.setdefault(anchor.head.position, []).append(anchor)
        self.position, self.before, self.unknown = 0, NO_HASH, Counter[str]()
        self.recorded: datetime | None = None

    def verdict(self, on_batch: Callable[[int], None]) -> Verdict:
        """The result of all checks; the first fault ends them."""
        checks = (lambda: self._chain(on_batch), self._beyond, self._file, lambda: _replay(self.log, self.mapper))
        position, wrong = next((fault for look in checks if (fault := self._damage_as_fault(look))), (None, None))
        return Verdict(self.position, self.before, position, wrong, dict(self.unknown))

    def _damage_as_fault(self, look: Callable[[], _Fault | None]) -> _Fault | None:
        try:
            return look()
        except (DatabaseError, sqlite3.DatabaseError, UnicodeDecodeError) as fault:
            if any(sign in str(fault) for sign in _NO_DAMAGE):
                raise
            return None, f"the file is damaged, and cannot be read behind position {self.position:,}: {fault}"

    def _chain(self, on_batch: Callable[[int], None]) -> _Fault | None:
        issued = self.log.last_issued()  # always asked before the rows: another process may append at any moment
        if fault := self._anchored(BEFORE_ALL.position):
            return fault
        while batch := self.log.chained_rows(self.position, _BATCH):
            for row, stored in batch:
                if wrong := self._row_fault(row, stored):
                    return self.position + 1, wrong
                self.position, self.before = row[0], stored
                if fault := self._anchored(self.position):
                    return fault
            on_batch(len(batch))
            issued = self.log.last_issued()
        if issued > self.position:
            return self.position + 1, f"positions {self.position + 1} to {issued} are gone"
        if issued < self.position:
            return None, f"it counts {issued:,} positions and has {self.position:,}: the count was altered"
        return None

    def _row_fault(self, row: Row, stored: object) -> str | None:
        if wrong := mismatch(self.position, self.before, row, stored):
            return wrong
        if row[3] not in STORED_NAMES:
            self.unknown[row[3]] += 1
        try:
            event = self.mapper.event(UUID(row[1]), row[2], row[3], row[4])
            moment = datetime.fromisoformat(row[6])
        except (EventSourcingError, ValueError, TypeError, AttributeError) as fault:
            return f"the row cannot be read: {fault}"
        if row[5] != event.entry.hex:
            return "its entry is another than the one it says itself"
        if self.recorded and moment < self.recorded:
            return "it was recorded before the row before it, and the log never goes back"
        self.recorded = moment
        return None

    def _anchored(self, position: int) -> _Fault | None:
        """The fault when a checkpoint has another hash than the log at this position."""
        mismatches = [a for a in self.anchors.get(position, ()) if a.head.hash != self.before.hex()]
        if not mismatches:
            return None
        return position, f"{mismatches[0].source} holds another hash for it: the log was rewritten there or before"

    def _beyond(self) -> _Fault | None:
        """The fault when a checkpoint is after the end of the log."""
        beyond = [anchor for at in sorted(self.anchors) if at > self.position for anchor in self.anchors[at]]
        if not beyond:
            return None
        checkpoint = beyond[0]
        return (
            self.position + 1,
            f"the log ends before position {checkpoint.head.position:,}, which {checkpoint.source} knows",
        )

    def _file(self) -> _Fault | None:
        wrong = next(iter(self.log.file_faults()), None)
        return (None, wrong) if wrong else None


_Fault = tuple[int | None, str]


def _replay(log: EventLog, mapper: TypedMapper) -> _Fault | None:
    """The position of the first event that its aggregate rejects, and why; None when all replay."""
    last_id = ""
    while ids := log.originators(last_id, _STREAMS):
        for originator, stored in log.streams(map(UUID, ids)):
            aggregate = None
            for event in map(mapper.to_domain_event, stored):
                try:
                    aggregate = event.mutate(aggregate)
                except (EventSourcingError, AssertionError) as fault:
                    version = event.originator_version
                    position = log.position_of(originator, version)
                    return position, f"{originator.hex} cannot be replayed at version {version}: {fault!r}"
        last_id = ids[-1]
    return None
