"""What the rows of every schema share: each goes in whole or not at all, and all are recorded together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from campaign.app import CampaignTracker
from campaign.importing.schemas import Unreadable
from campaign.storage.personal_texts import Text
from domain.acts import Act
from domain.campaign import Campaign
from domain.ids import identity
from domain.refusals import Refusal


class RowOutcome(Enum):
    """What became of a row."""

    TAKEN = "taken"
    EXISTING = "there already"
    CHANGED = "changed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ImportRun:
    """One import: whose it is, which batch its facts belong to, and whether changed rows are taken."""

    act: UUID
    batch: UUID
    slug: str
    source: str
    by: str
    office: str
    recorded: datetime
    today: date
    update: bool

    def acting(self, at: date, by: str | None = None, office: str | None = None) -> Act:
        """The act behind one row."""
        by, office = by or self.by, office or self.office
        return Act(self.act, at, by, office, self.recorded, self.today, self.batch)

    def entry(self, kind: str, ref: str, revision: int = 0) -> UUID:
        """The id of what a reference stands for; each correction of it has an id of its own, whatever its company."""
        words = ("import", self.slug, self.source, kind, ref)
        return identity(*words, str(revision)) if revision else identity(*words)


RowResult = tuple[RowOutcome, Unreadable | None]
Fields = dict[str, Any]


class RowImporter(ABC):
    """Imports rows of one schema, with the aggregates they concern, in one transaction."""

    def __init__(self, tracker: CampaignTracker, campaign: Campaign, run: ImportRun) -> None:
        self.tracker, self.campaign, self.run = tracker, campaign, run
        self.loaded: dict[UUID, Any] = {}
        self.owners: dict[UUID, UUID] = {}
        self.touched: dict[UUID, Any] = {}
        self._before: dict[UUID, int] = {}

    def take(self, rows: Sequence[Fields]) -> list[RowResult]:
        """Returns the result of each row. Nothing is written before ``record``."""
        self._load(rows)
        return [self._tried(row) for row in rows]

    def record(self) -> None:
        """Writes the rows that were taken in one transaction."""
        self.tracker.record(*self.touched.values(), texts=self._texts())

    def _texts(self) -> list[Text]:
        """The personal texts that the new events refer to."""
        return []

    @abstractmethod
    def _load(self, rows: Sequence[Fields]) -> None:
        """Loads the aggregates that the rows concern, and adds their ids to the rows."""

    @abstractmethod
    def _take(self, row: Fields) -> RowOutcome:
        """Logs one row. Raises ``Unreadable`` or ``Refusal`` for a row to reject."""

    def _tried(self, row: Fields) -> RowResult:
        outreach_id = row.get("outreach")
        if outreach_id is not None:
            outreach = self.loaded.get(outreach_id)
            self._before = {outreach_id: len(outreach.pending_events) if outreach else 0}
        try:
            return self._take(row), None
        except Unreadable as unreadable:
            fault = unreadable
        except Refusal as refusal:
            fault = Unreadable(_column_of(refusal, row), str(refusal))
        for originator, pending in self._before.items():
            self._forget(originator, pending)
        return RowOutcome.REJECTED, fault

    def _forget(self, originator: UUID, pending: int) -> None:
        """Puts an aggregate back to what it was before the row, since a row goes in whole or not at all."""
        aggregate = self.loaded.get(originator)
        if aggregate is None or len(aggregate.pending_events) == pending:
            return
        retained, dropped = aggregate.pending_events[:pending], aggregate.pending_events[pending:]
        reloaded = self.tracker.load([originator]).get(originator)
        for event in retained:
            reloaded = event.mutate(reloaded)
            reloaded.pending_events.append(event)
        for event in dropped:
            self.owners.pop(event.entry, None)
        for aggregates, stays in ((self.loaded, reloaded is not None), (self.touched, bool(retained))):
            aggregates.pop(originator, None)
            if stays:
                aggregates[originator] = reloaded

    def _touch(self, aggregate: Any) -> None:
        self.touched[aggregate.id] = self.loaded[aggregate.id] = aggregate


_COLUMNS_OF = {
    "AccessDenied": ("office",),
    "PositionsOutOfRange": ("positions",),
    "OriginUnknown": ("recorded_on",),
    "VisitNotHeld": ("visit_ref",),
    "VisitOutOfOrder": ("planned_on",),
    "FollowUpTooEarly": ("follow_up",),
    "VisitNotBooked": ("status",),
    "VisitSettled": ("status",),
}


def _column_of(refusal: Refusal, row: Fields) -> str:
    """The column that a rule refused: the first that the row has."""
    return next((name for name in _COLUMNS_OF.get(type(refusal).__name__, ()) if name in row), "ref")
