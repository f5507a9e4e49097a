"""Yields: what a visit or a call brought, where it can come from, and whether it has begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from domain.acts import Act
from domain.calls import Calls
from domain.ids import short
from domain.outreach_events import Outreach
from domain.refusals import EntryUnknown, OriginUnknown, PositionsOutOfRange, StartTooEarly, YieldUnclear
from domain.terms import Terms
from domain.visits import Visits
from domain.yield_kinds import kind_named

MOST_POSITIONS = 999


class Yield(NamedTuple):
    """One yield: a kind, a number of positions, and at most one origin; without one it is the latest contact."""

    kind: str
    positions: int = 1
    visit: UUID | None = None
    call: UUID | None = None
    terms: Terms = Terms()

    @property
    def origin(self) -> dict[str, UUID | None]:
        """The origin under the names of the event's fields; empty when none is named."""
        return {"visit": self.visit, "call": self.call} if self.visit or self.call else {}

    def check(self, act: Act) -> None:
        """Refuses a number of positions out of range; by hand, also a kind out of use on the day it is to start."""
        if not 1 <= self.positions <= MOST_POSITIONS:
            raise PositionsOutOfRange(
                f"{self.positions} positions in one yield? Write a number from 1 to {MOST_POSITIONS}."
            )
        if act.by_hand:
            kind_named(self.kind, self.terms.starts_on or act.at)


def latest_contact(day: date, visits: Visits, calls: Calls) -> dict[str, UUID | None]:
    """The origin of a yield that names none: the latest held visit, or else the latest call that reached a person."""
    if visit := visits.latest_held(day):
        return {"visit": visit, "call": None}
    if call := calls.latest_reached(day):
        return {"visit": None, "call": call}
    raise OriginUnknown("A yield comes from a held visit or a call; log that first, then what it brought.")


def check_origin(day: date, visits: Visits, calls: Calls, visit: UUID | None, call: UUID | None) -> None:
    """Refuses two origins, one that is not effective here, and a yield before it."""
    if visit and call:
        raise OriginUnknown("A yield has one origin: a visit or a call, not both.")
    earliest = visits.day_held(visit) if visit else calls.day_of(call)
    if day < earliest:
        raise OriginUnknown(f"The {'visit' if visit else 'call'} was on {earliest}; it cannot yield on {day}.")


def only_unsettled(unsettled: Sequence[Outreach.YieldRecorded]) -> Outreach.YieldRecorded:
    """The only yield that is still to begin. Refused when there is none, or more than one."""
    if not unsettled:
        raise EntryUnknown("No yield at this company is still to begin.")
    if len(unsettled) > 1:
        choices = ", ".join(f"{short(y.entry)} {y.positions} x {y.kind}" for y in unsettled)
        raise YieldUnclear(f"{len(unsettled)} yields are to begin: {choices}. Say which with --yield ENTRY.")
    return unsettled[0]


def check_start(agreed: Outreach.YieldRecorded, day: date) -> None:
    """Refuses a start on a day before the yield was agreed."""
    if day < agreed.at:
        raise StartTooEarly(
            f"Yield {short(agreed.entry)} was agreed on {agreed.at}; nobody knew on {day} whether it began."
        )
