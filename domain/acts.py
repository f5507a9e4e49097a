"""An act: what one person did in one command, with both clocks; every event of the act carries its fields."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from domain.ids import identity


class Act(NamedTuple):
    """Who did what when. ``at`` is the day it happened, ``recorded`` the moment it was logged, ``today`` that day.

    ``batch`` names the import it came with; ``None`` says a person logged it by hand.
    """

    id: UUID
    at: date
    by: str
    office: str
    recorded: datetime
    today: date
    batch: UUID | None = None

    @property
    def by_hand(self) -> bool:
        """A person logged it; an imported fact comes as it is and is not asked for what is missing."""
        return self.batch is None

    def entry(self, *words: str) -> UUID:
        """The id of an entry of this act: the same for the same words, so that an act repeated adds nothing."""
        return identity(self.id.hex, *words)

    @property
    def fields(self) -> dict[str, Any]:
        """What every event of the act says, under the names of the events' fields."""
        return {
            "act": self.id,
            "at": self.at,
            "by": self.by,
            "office": self.office,
            "batch": self.batch,
            "timestamp": self.recorded,
        }
