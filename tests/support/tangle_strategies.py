"""Campaigns in a tangle, made up by hypothesis: anything is tried on any day in any order, and what a rule refuses is left out."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from campaign_builder import BAKERY, HARBOUR, REGIONS, CampaignBuilder
from hypothesis import strategies as st

from domain.calls import Call
from domain.ids import identity
from domain.outcomes import Outcome
from domain.outreach import Outreach
from domain.refusals import Refusal

COMPANIES = (BAKERY, HARBOUR)
FIRST_DAY = date(2012, 11, 1)


class Attempt(NamedTuple):
    """Something that is tried ``day`` days after the beginning; ``number`` chooses whatever else is to be chosen.

    As hypothesis makes them, ``day`` counts from the attempt before; at times it is logged after what came later.
    """

    action: str
    day: int
    number: int
    cvr: str
    office: str
    by: str

    @property
    def at(self) -> str:
        """The day."""
        return str(FIRST_DAY + timedelta(days=self.day))

    @property
    def later(self) -> str:
        """A day that is no earlier."""
        return str(FIRST_DAY + timedelta(days=self.day + self.number))

    @property
    def actor(self) -> dict[str, Any]:
        """Who did it at which company."""
        return {"cvr": self.cvr, "office": self.office, "by": self.by}

    def choose_from(self, these: Sequence[Any]) -> Any:
        """One of these; nothing of none."""
        return these[self.number % len(these)] if these else None


class Tangle:
    """What is tried, each under the name of its attempt. What was done can be meant by what is tried later."""

    def __init__(self) -> None:
        self.builder = CampaignBuilder()
        self.calls: dict[str, list[UUID]] = {cvr: [] for cvr in COMPANIES}
        self.visits: dict[str, list[UUID]] = {cvr: [] for cvr in COMPANIES}
        self.entries: list[UUID] = []

    def try_out(self, attempt: Attempt) -> None:
        """Does it, unless a rule refuses, or what it is about is not there."""
        with suppress(Refusal):
            if entry := getattr(self, attempt.action)(attempt):
                self.entries.append(entry)

    def invite(self, a: Attempt) -> UUID:
        return self.builder.invited(at=a.at, **a.actor)

    def call(self, a: Attempt) -> UUID:
        self.calls[a.cvr].append(
            self.builder.called(outcome=a.choose_from(("accepted", "declined", "busy")), at=a.at, **a.actor)
        )
        return self.calls[a.cvr][-1]

    def correct_call(self, a: Attempt) -> UUID | None:
        """As an import does: the entry of the call is taken back, and another says what the call was."""

        def correct(outreach: Outreach, act: Any, entry: UUID) -> None:
            if call in outreach.calls:
                outreach.retract(act, identity(entry.hex, "wrong"), outreach.calls[call].entry, "imported anew")
            outreach.log_call(act, entry, Call(Outcome.ACCEPTED), call)

        call = a.choose_from(self.calls[a.cvr])
        return call and self.builder._on_outreach(a.cvr, a.at, _without_cvr(a.actor), correct)

    def book(self, a: Attempt) -> UUID:
        call = a.choose_from([None, *self.calls[a.cvr]])
        self.visits[a.cvr].append(self.builder.booked(on=a.later, at=a.at, call=call, **a.actor))
        return self.visits[a.cvr][-1]

    def book_anew(self, a: Attempt) -> UUID | None:
        """The booking is said once more; the earlier one may stand or not."""

        def book(outreach: Outreach, act: Any, entry: UUID) -> None:
            outreach.book_visit(act, entry, date.fromisoformat(a.later), visit=visit)

        visit = a.choose_from(self.visits[a.cvr])
        return visit and self.builder._on_outreach(a.cvr, a.at, _without_cvr(a.actor), book)

    def move(self, a: Attempt) -> UUID:
        return self.builder.moved(a.choose_from(self.visits[a.cvr]), to=a.later, at=a.at, **a.actor)

    def hold(self, a: Attempt) -> UUID:
        return self.builder.held(a.choose_from(self.visits[a.cvr]), at=a.at, **a.actor)

    def miss(self, a: Attempt) -> UUID:
        return self.builder.missed(a.choose_from(self.visits[a.cvr]), at=a.at, **a.actor)

    def cancel(self, a: Attempt) -> UUID:
        return self.builder.cancelled(a.choose_from(self.visits[a.cvr]), at=a.at, **a.actor)

    def find(self, a: Attempt) -> UUID:
        kind = a.choose_from(("internship", "acute-job", "ordinary-job"))
        origin = a.choose_from(
            [*({"visit": visit} for visit in self.visits[a.cvr]), *({"call": call} for call in self.calls[a.cvr])]
        )
        return self.builder.yielded(kind, a.number + 1, at=a.at, **a.actor, **(origin or {}))

    def take_back(self, a: Attempt) -> UUID | None:
        """One of the last entries, or the taking back of one."""
        entry = a.choose_from(self.entries[-6:])
        return self.builder.retracted(entry, at=a.at, **a.actor) if entry in self._facts(a.cvr) else None

    def describe(self, a: Attempt) -> None:
        since = a.at if a.number % 2 else None
        self.builder.described(a.cvr, a.choose_from(("107100", "", "502000")), a.choose_from(("2-4", "")), since)

    def enrol(self, a: Attempt) -> None:
        self.builder.enrolled(a.office)

    def target(self, a: Attempt) -> None:
        self.builder.targeted(a.office if a.number % 2 else None, "calls", a.number)

    def _facts(self, cvr: str) -> dict[UUID, Any]:
        return self.builder._outreaches[cvr].facts if cvr in self.builder._outreaches else {}


def _without_cvr(who: dict[str, Any]) -> dict[str, Any]:
    return {name: word for name, word in who.items() if name != "cvr"}


OFTEN = (
    "call",
    "book",
    "move",
    "move",
    "hold",
    "hold",
    "find",
    "find",
    "find",
    "take_back",
    "take_back",
    "take_back",
    "book_anew",
)
ATTEMPTS = (*OFTEN, "invite", "correct_call", "book", "miss", "cancel", "describe", "describe", "enrol", "target")

attempts = st.lists(
    st.builds(
        Attempt,
        action=st.sampled_from(ATTEMPTS),
        day=st.sampled_from((0, 0, 1, 2, 3, 5, 8, 13, -1, -4)),
        number=st.integers(0, 30),
        cvr=st.sampled_from([BAKERY, BAKERY, BAKERY, HARBOUR]),
        office=st.sampled_from(sorted(REGIONS)),
        by=st.sampled_from(["anna", "bo"]),
    ),
    min_size=12,
    max_size=40,
)


def tangled_campaign(tried: Sequence[Attempt]) -> CampaignBuilder:
    """The campaign these attempts make."""
    tangle, day = Tangle(), 0
    for attempt in tried:
        day = max(0, day + attempt.day)
        tangle.try_out(attempt._replace(day=day))
    return tangle.builder
