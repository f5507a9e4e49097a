"""Outcomes of a call as a table of behaviours, the status of a visit, and the dated list of reasons for a no."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from domain.code_lists import check_in_use, one_of


class Outcome(StrEnum):
    """What came of one call. The behaviours say what the word means; no code asks for the word itself.

    ``reached``: somebody was spoken to (measures.md, calls_reached). ``accepted``: the company said yes to a
    visit. ``try_again``: another call makes sense, after ``delay`` days unless the consultant says otherwise.
    ``needs_reason`` and ``needs_follow_up``: asked for when a person logs it; an imported call comes as it is.
    ``ends_contact``: the company wants no more calls. ``end``: first day it is out of use; it stays readable.
    """

    reached: bool
    accepted: bool
    try_again: bool
    delay: int | None
    needs_reason: bool
    needs_follow_up: bool
    ends_contact: bool
    end: date | None

    def __new__(
        cls, word: str, reached: bool, try_again: bool, delay: int | None, needs: str = "", end: date | None = None
    ) -> Outcome:
        """One line of the table below."""
        outcome = str.__new__(cls, word)
        outcome._value_ = word
        outcome.reached, outcome.try_again, outcome.delay, outcome.end = reached, try_again, delay, end
        outcome.accepted, outcome.ends_contact = word == "accepted", word == "refused-contact"
        outcome.needs_reason, outcome.needs_follow_up = needs == "reason", needs == "follow-up"
        return outcome

    #                                  reached  again  days
    NO_ANSWER = ("no-answer", False, True, 1)
    BUSY = ("busy", False, True, 1)
    LEFT_MESSAGE = ("left-message", False, True, 3)
    WRONG_NUMBER = ("wrong-number", False, False, None)
    CALL_BACK = ("call-back", True, True, 7, "follow-up")
    ACCEPTED = ("accepted", True, False, None)
    DECLINED = ("declined", True, False, None, "reason")
    REFUSED_CONTACT = ("refused-contact", True, False, None)

    def next_call(self, day: date) -> date | None:
        """The day a new attempt is proposed for after a call on ``day``; ``None`` when none makes sense."""
        return day + timedelta(days=self.delay) if self.delay else None


class Status(StrEnum):
    """The status of a visit, in the words of the command line and of measures.md."""

    PLANNED = "planned"
    HELD = "held"
    NO_SHOW = "no-show"
    CANCELLED = "cancelled"


class Reason(StrEnum):
    """Why a company said no. ``end`` is the first day a reason is out of use; a retired one stays readable."""

    end: date | None

    def __new__(cls, word: str, end: date | None = None) -> Reason:
        """One line of the list below."""
        reason = str.__new__(cls, word)
        reason._value_, reason.end = word, end
        return reason

    NO_NEED = ("no-need",)
    NO_TIME = ("no-time",)
    OWN_NETWORK = ("own-network",)
    JOB_PORTALS = ("job-portals",)
    BAD_EXPERIENCE = ("bad-experience",)
    ALREADY_COOPERATES = ("already-cooperates",)
    OTHER = ("other",)


OUTCOMES = {outcome.value: outcome for outcome in Outcome}
REASONS = {reason.value: reason for reason in Reason}


def outcome_named(word: str, day: date | None = None) -> Outcome:
    """The outcome ``word`` stands for; refused when there is none, or when it is out of use on ``day``."""
    outcome = OUTCOMES[one_of("outcome", word, OUTCOMES)]
    if day:
        check_in_use("outcome", word, day, None, outcome.end)
    return outcome


def reason_named(word: str, day: date | None = None) -> Reason:
    """The reason ``word`` stands for; refused when there is none, or when it is out of use on ``day``."""
    reason = REASONS[one_of("reason", word, REASONS)]
    if day:
        check_in_use("reason", word, day, None, reason.end)
    return reason
