"""Calls: what is logged of one, what its outcome requires, and which calls of a company are effective."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, time
from typing import NamedTuple
from uuid import UUID

from domain.acts import Act
from domain.ids import short
from domain.outcomes import Outcome, Reason
from domain.outreach_events import Outreach
from domain.refusals import (
    CallNotAccepted,
    FollowUpMissing,
    FollowUpTooEarly,
    OriginUnknown,
    ReasonMissing,
    ReasonOutOfPlace,
)


class Call(NamedTuple):
    """One attempt by phone: its outcome, the reason for a no, the time of day, and the day to call again."""

    outcome: Outcome
    reason: Reason | None = None
    at_time: time | None = None
    follow_up: date | None = None

    def check(self, act: Act) -> None:
        """Refuses a follow-up before the call; by hand, also an outcome without the reason or follow-up it needs."""
        if self.follow_up and self.follow_up < act.at:
            raise FollowUpTooEarly(f"A call on {act.at} cannot be followed up on {self.follow_up}, a day before.")
        if act.by_hand:
            self._check_complete(act.at)

    def _check_complete(self, day: date) -> None:
        if self.reason and not self.outcome.needs_reason:
            raise ReasonOutOfPlace(f"A call {self.outcome} has no reason for a no. Leave --reason out.")
        if self.outcome.needs_reason and self.reason is None:
            raise ReasonMissing(f"A call {self.outcome} needs a reason: --reason, one of {', '.join(Reason)}.")
        if self.outcome.needs_follow_up and self.follow_up is None:
            proposed = self.outcome.next_call(day)
            raise FollowUpMissing(
                f"A call {self.outcome} needs a day to call again: --follow-up {proposed}, or another day."
            )


class Calls(dict[UUID, Outreach.CallLogged]):
    """The effective calls of one outreach, by id, each as the latest effective event logged it."""

    def __init__(self, is_effective: Callable[[UUID], bool]) -> None:
        super().__init__()
        self._is_effective = is_effective
        self._logged: dict[UUID, dict[UUID, Outreach.CallLogged]] = {}

    def fold(self, logged: Outreach.CallLogged) -> None:
        """Updates one call after an event of it was logged, retracted or made effective again."""
        versions = self._logged.setdefault(logged.call, {})
        versions[logged.entry] = logged
        effective = [version for entry, version in versions.items() if self._is_effective(entry)]
        if effective:
            self[logged.call] = effective[-1]
        else:
            self.pop(logged.call, None)

    def latest_reached(self, day: date) -> UUID | None:
        """The latest call up to ``day`` in which somebody was spoken to."""
        return _latest(call for call in self.values() if call.outcome.reached and call.at <= day)

    def latest_accepted(self, day: date, visited: Callable[[], set[UUID | None]]) -> UUID | None:
        """The latest accepted call up to ``day`` that booked no visit; ``visited`` gives those that did."""
        accepted = [call for call in self.values() if call.outcome.accepted and call.at <= day]
        booked = visited() if accepted else set()
        return _latest(call for call in accepted if call.call not in booked)

    def check_accepted(self, call: UUID | None) -> None:
        """Refuses a call that is known and was not accepted: it cannot have booked a visit."""
        booking = self.get(call) if call else None
        if booking and not booking.outcome.accepted:
            raise CallNotAccepted(f"A call {booking.outcome} books no visit. Log it as accepted, or leave --visit out.")

    def day_of(self, call: UUID | None) -> date:
        """The day of a call. Refused for one that is not effective here."""
        logged = self.get(call) if call else None
        if logged is None:
            raise OriginUnknown(f"There is no call {short(call) if call else ''} at this company.")
        return logged.at


def _latest(calls: Iterable[Outreach.CallLogged]) -> UUID | None:
    """The latest by day and time of day; of several, the one that was logged first."""
    order = max(((c.at, c.time or time.min, -c.originator_version, c.call) for c in calls), default=None)
    return order[-1] if order else None
