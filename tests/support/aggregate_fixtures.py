"""The words tests are told in: who did what on which day, and what an aggregate then has to tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any
from uuid import UUID

from domain.acts import Act
from domain.campaign import Campaign
from domain.outreach import Outreach

SLUG, CVR = "luk-op", "26099382"
TODAY = date(2012, 11, 30)
IMPORT = UUID(int=0x1111)
_ids = count(0x5000)


def new_id() -> UUID:
    """An id that nothing else has."""
    return UUID(int=next(_ids))


def day(text: str) -> date:
    """A day of the campaign: ``11-20`` is in 2012; a whole date is itself."""
    return date.fromisoformat(text if len(text) > 5 else f"2012-{text}")


def act(
    at: str = "11-05",
    by: str = "anna",
    office: str = "306",
    batch: UUID | None = None,
    today: date = TODAY,
    again: bool = False,
) -> Act:
    """An act of that day, by hand unless it came with a batch."""
    happened = day(at)
    recorded = datetime.combine(today, time(12), tzinfo=UTC)
    return Act(
        id=new_id(), at=happened, by=by, office=office, recorded=recorded, today=today, batch=batch, repeated=again
    )


def imported_act(at: str = "11-05", by: str = "anna", office: str = "306") -> Act:
    """An act that came with an import."""
    return act(at, by, office, IMPORT)


def new_outreach() -> Outreach:
    """A company towards which nothing was done."""
    outreach = Outreach.open(act("11-01"), SLUG, CVR)
    outreach.collect_events()
    return outreach


def planned_campaign(first: str = "11-01", last: str = "12-31") -> Campaign:
    """A campaign that was just planned."""
    campaign = Campaign.plan(act("10-01"), new_id(), SLUG, "Luk op", day(first), day(last))
    campaign.collect_events()
    return campaign


def new_events(aggregate: Any) -> list[Any]:
    """The events that were added since the last time this was asked."""
    return list(aggregate.collect_events())


def event_names(events: Iterable[Any]) -> list[str]:
    """What the events are called, without their aggregate."""
    return [type(event).__name__ for event in events]


def replay(events: Iterable[Any]) -> Any:
    """The aggregate these events make."""
    aggregate = None
    for event in events:
        aggregate = event.mutate(aggregate)
    return aggregate
