"""The act of one command, which keeps its id when the command is repeated because its outcome was unknown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from campaign import pending_acts

if TYPE_CHECKING:  # both load eventsourcing
    from uuid import UUID

    from campaign.app import CampaignTracker
    from campaign.storage.ports import Workspace


@dataclass
class PendingAct:
    """Remembered by the words of the command and the day, in a workspace whose log is on a server."""

    workspace: Workspace
    words: Sequence[str]
    day: date
    act: UUID | None = None
    in_parts: bool = False

    def begin(self, in_parts: bool) -> UUID:
        """The id of the act: the one that was remembered, else a new one."""
        self.act, self.in_parts = self._recalled() or uuid.uuid4(), in_parts
        return self.act

    def remember(self) -> None:
        """Keeps the id for when the command is repeated."""
        if self.act:
            pending_acts.remember(self.workspace.path, self.words, self.day, self.act)

    def forget(self) -> None:
        """The outcome is known."""
        if self._recalled():
            pending_acts.forget(self.workspace.path, self.words, self.day)

    def entries_saved_before(self, tracker: CampaignTracker) -> list[UUID]:
        """The entries that an earlier run of the command saved; none of an act in parts, which goes on where it ended."""
        if self.in_parts or not self.act or self.act != self._recalled():
            return []
        return [saved.entry for saved in tracker.store.entries_with("act", self.act)]

    def _recalled(self) -> UUID | None:
        return None if self.workspace.files else pending_acts.recall(self.workspace.path, self.words, self.day)
