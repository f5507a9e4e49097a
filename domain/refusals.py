"""The classes of refusals: nothing was written, and the sentence is where the rule raises it."""

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """A rule refused. ``str()`` is one sentence for the person at the terminal, saying what to do instead."""


class DayOutsideCampaign(Refusal):
    """The day lies before the first or after the last day of the campaign."""


class DayInFuture(Refusal):
    """What has not happened yet cannot be logged as having happened."""


class CampaignClosed(Refusal):
    """The campaign was closed; nothing more is logged in it."""


class TargetUnclear(Refusal):
    """A target of what cannot have one, or for two at once."""


class HandOverCannotBeRetracted(Refusal):
    """That texts were handed over cannot be taken back."""


class PlanCannotBeRetracted(Refusal):
    """A campaign's plan cannot be taken back, since everything logged in it hangs on it."""


class CampaignUnknown(Refusal):
    """No campaign of that name was planned here."""


class CampaignExists(Refusal):
    """A campaign of that name was planned already, with other facts."""


class ErasureCannotBeRetracted(Refusal):
    """What was erased is gone; that it was erased cannot be taken back."""


class NothingToErase(Refusal):
    """No personal text is kept under that id, or it was erased before."""


class ReasonIdentifiesPerson(Refusal):
    """The reason for an erasure would keep what is erased."""


class SameActLogged(Refusal):
    """The same act by the same consultant on the same day is there already; ``again`` confirms a second one."""


class ConcurrentChange(Refusal):
    """Somebody else logged something while this was being logged, and it makes a difference. ``facts``: what it was."""

    def __init__(self, facts: Sequence[Any]) -> None:
        changes = ", ".join(f"{type(fact).__name__} by office {fact.office or 'none'}" for fact in facts)
        super().__init__(f"Meanwhile somebody else logged: {changes}. Nothing was logged; look, and say it again.")
        self.facts = facts


class EntryUnknown(Refusal):
    """No entry has that id."""


class EntryRetractedAlready(Refusal):
    """The entry was taken back before."""


class EntryReplaced(Refusal):
    """Another entry says the same thing now, so the earlier one cannot stand again beside it."""


class EntryOfUnknownKind(Refusal):
    """The entry was logged by a later version; only that one knows what taking it back means."""


class EntryDiffers(Refusal):
    """An entry of that id is there with other content."""


class ReasonMissing(Refusal):
    """The outcome needs a reason and none was given."""


class ReasonOutOfPlace(Refusal):
    """A reason for a no was given with an outcome that is none."""


class FollowUpMissing(Refusal):
    """The outcome needs a day to call again and none was given."""


class FollowUpTooEarly(Refusal):
    """The day to call again comes before the call."""


class OutOfUse(Refusal):
    """The outcome, reason or kind is not in use on that day."""


class CallNotAccepted(Refusal):
    """A call that was not accepted cannot have booked a visit."""


class VisitNotBooked(Refusal):
    """No visit is planned that could be moved, held, missed or cancelled."""


class VisitSettled(Refusal):
    """The visit was held, missed or cancelled before: a visit is settled once."""


class VisitUnclear(Refusal):
    """Several visits are planned; the one meant has to be named."""


class VisitNotHeld(Refusal):
    """A yield comes from a visit that was held; this one was not."""


class VisitOutOfOrder(Refusal):
    """The day comes before what is already known of the visit."""


class OriginUnknown(Refusal):
    """A yield needs a call or a held visit of the same company in the same campaign."""


class YieldUnclear(Refusal):
    """Several yields are still to begin, and none was named."""


class StartSettledAlready(Refusal):
    """Somebody said already whether it began."""


class StartTooEarly(Refusal):
    """The day comes before the yield was agreed."""


class PositionsOutOfRange(Refusal):
    """The number of positions is not a number of places one company can offer at one time."""


class WordUnknown(Refusal):
    """A word that stands for nothing here; the sentence lists those that do."""


class NumberNotValid(Refusal):
    """A CVR number that cannot exist."""


class PersonalNumber(Refusal):
    """A text holds a number in the form of a CPR number. The number itself is never repeated."""


class TextNotAllowed(Refusal):
    """A text is too long, or holds control characters."""
