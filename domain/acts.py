"""An act: what one person did in one command; every event of the act carries its fields."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.ids import identity


class Act(NamedTuple):
    """Who did something, and when. ``at`` is the day it happened, ``recorded`` the moment it was logged, ``today`` that day.

    ``batch`` identifies the import it came with; ``None`` means that a person logged it by hand. ``repeated`` confirms
    that the same thing happened twice that day. ``note`` is a personal text, stored apart from the log.
    """

    id: UUID
    at: date
    by: str
    office: str
    recorded: datetime
    today: date
    batch: UUID | None = None
    repeated: bool = False
    note: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether a person logged it; an imported fact is accepted with parts missing."""
        return self.batch is None

    def entry(self, *words: str) -> UUID:
        """The id of an entry of this act. The same words give the same id, so a repeated act adds nothing."""
        return identity(self.id.hex, *words)

    @property
    def fields(self) -> dict[str, Any]:
        """The fields that every event of the act has, under the names of the events' fields."""
        return {"act": self.id, "batch": self.batch, "timestamp": self.recorded, **self.signature}

    @property
    def signature(self) -> dict[str, Any]:
        """The day, the consultant and the office, under the names of the events' fields."""
        return {"at": self.at, "by": self.by, "office": self.office}
