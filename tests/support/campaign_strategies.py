"""Random campaigns: stories of calls and visits that hypothesis draws, logged one after another or interleaved."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from campaign_builder import BAKERY, GARAGE, HARBOUR, REGIONS, SCHOOL, CampaignBuilder, day
from hypothesis import strategies as st

COMPANIES = (BAKERY, HARBOUR, SCHOOL, GARAGE)
OUTCOMES = ("no-answer", "busy", "left-message", "wrong-number", "call-back", "accepted", "declined")
ENDINGS = ("held", "held", "held", "held", "planned", "no-show", "cancelled", None)
RETRACTED = (None, None, None, None, *range(6))
_FOLLOWED_UP = ("call-back", "left-message")
KINDS = ("ordinary-job", "acute-job", "wage-subsidy", "internship", "mentorship")


@dataclass(frozen=True)
class Story:
    """A letter or not, a call, the visit it booked or not, what came of both, and an entry that was taken back.

    ``flips``: how often it was; every second time it was the taking back that was, so that the entry stood again.
    """

    cvr: str
    office: str
    by: str
    start: int
    letter: bool
    outcome: str
    call_yield: str | None
    ending: str | None
    moves: int
    kinds: tuple[tuple[str, int], ...]
    retracted: int | None
    flips: int


stories = st.builds(
    Story,
    cvr=st.sampled_from(COMPANIES),
    office=st.sampled_from(sorted(REGIONS)),
    by=st.sampled_from(["anna", "bo", "carla"]),
    start=st.integers(0, 100),
    letter=st.booleans(),
    outcome=st.sampled_from(OUTCOMES),
    call_yield=st.none() | st.sampled_from(KINDS),
    ending=st.sampled_from(ENDINGS),
    moves=st.integers(0, 2),
    kinds=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 9)), max_size=3).map(tuple),
    retracted=st.sampled_from(RETRACTED),
    flips=st.integers(1, 5),
)
plans = st.lists(stories, min_size=1, max_size=7)
mixtures = st.lists(st.integers(0, 99), max_size=40)


class CampaignBuilderUntil(CampaignBuilder):
    """Leaves out what happened after a day; what was taken back later is not there either."""

    def __init__(self, until: date) -> None:
        super().__init__()
        self._until = until

    def _on_outreach(self, cvr: str, at: str, who: dict[str, Any], do: Any) -> UUID:
        return super()._on_outreach(cvr, at, who, do) if day(at) <= self._until else UUID(int=0)

    def retracted(self, target: UUID, at: str = "2012-12-01", cvr: str = BAKERY, **who: Any) -> UUID:
        there = cvr in self._outreaches and target in self._outreaches[cvr].facts
        return super()._on_outreach(cvr, at, who, _retraction_of(target)) if there else UUID(int=0)


def _retraction_of(target: UUID) -> Any:
    return lambda outreach, act, entry: outreach.retract(act, entry, target, "registered in error")


def log_stories(builder: CampaignBuilder, plan: list[Story], mixture: list[int] | None = None) -> CampaignBuilder:
    """Tells the stories one after another, or one act of each as the mixture says. Ids follow the order."""
    for cvr, industry, size in zip(COMPANIES, ("107100", "502000", "853100", "452010"), ("2-4", "5-9"), strict=False):
        builder.described(cvr, industry, size)
    builder.described(BAKERY, "561010", "10-19", since="2012-11-15")
    going = [_acts(builder, story) for story in plan]
    for number in mixture or ():
        if going and next(going[number % len(going)], None) is None:
            going.pop(number % len(going))
    for rest in going:
        list(rest)
    return builder


def _acts(builder: CampaignBuilder, s: Story) -> Iterator[UUID]:
    """Each act of the story, done when the next one is asked for."""
    entries: list[UUID] = []
    for entry in _entries_of(builder, s):
        entries.append(entry)
        yield entry
    if s.retracted is not None:
        entry = gone = entries[s.retracted % len(entries)]
        for number in range(s.flips):
            target = entry if number % 2 == 0 else gone
            gone = builder.retracted(target, _on(s, 60 + number), s.cvr, office=s.office, by=s.by)
            yield gone


def _entries_of(builder: CampaignBuilder, s: Story) -> Iterator[UUID]:
    who = {"cvr": s.cvr, "office": s.office, "by": s.by}
    if s.letter:
        yield builder.invited(at=_on(s, 0), **who)
    again = _on(s, 8) if s.outcome in _FOLLOWED_UP else None
    call = builder.called(outcome=s.outcome, at=_on(s, 1), follow_up=again, **who)
    yield call
    if s.call_yield:
        yield builder.yielded(s.call_yield, call=call, at=_on(s, 2), **who)
    if s.ending:
        yield from _visit_entries(builder, s, call, who)


def _visit_entries(builder: CampaignBuilder, s: Story, call: UUID, who: dict[str, Any]) -> Iterator[UUID]:
    visit = builder.booked(on=_on(s, 10), at=_on(s, 1), call=call, **who)
    yield visit
    for move in range(s.moves):
        yield builder.moved(visit, to=_on(s, 20 + move), at=_on(s, 5 + move), **who)
    settle = {"held": builder.held, "no-show": builder.missed, "cancelled": builder.cancelled}.get(s.ending or "")
    if settle:
        yield settle(visit, at=_on(s, 25), **who)
    for number, (kind, positions) in enumerate(s.kinds if s.ending == "held" else ()):
        agreed = {"at": _on(s, 26 + 9 * number), "starts": _on(s, 40 + number)}
        yielded = builder.yielded(kind, positions, visit=visit, **agreed, **who)
        yield yielded
        if number == 1:
            yield builder.started(yielded, positions > 1, at=_on(s, 45), **who)


def _on(s: Story, days: int) -> str:
    return str(date(2012, 10, 15) + timedelta(days=s.start + days))
