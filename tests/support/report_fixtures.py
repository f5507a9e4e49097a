"""A campaign to make a page of: offices large and small, a target that was raised, things overdue, and names to keep out."""

from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder

from campaign.app import CampaignTracker
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.storage.sqlite.workspace import SqliteWorkspace

NOW = datetime(2013, 1, 15, 11, tzinfo=UTC)
SECRETS = ("anna", "Åse Bo", "Company 2", "Company 7", BAKERY, HARBOUR, SCHOOL, GARAGE)
"""Names and numbers of consultants and companies: none of them has a place on a page."""


def report_campaign() -> CampaignBuilder:
    """Odsherred far above the whole and Holbæk far below, Copenhagen between them, Frederiksberg with two visits, and
    Aalborg with a target and nothing else; what is maturing, overdue and retracted.
    """
    builder = CampaignBuilder()
    builder.targeted(None, "visits_held", 150)
    builder.targeted(None, "visits_held", 200, at="2012-12-03")
    builder.targeted("851", "positions", 10)
    for cvr, industry, size in ((BAKERY, "107100", "2-4"), (HARBOUR, "502000", "10-19"), (SCHOOL, "853100", "100-")):
        builder.described(cvr, industry, size)
        builder.invited(cvr)
    for office, visits, hits in (("306", 40, 36), ("316", 30, 4), ("101", 25, 12), ("147", 2, 1)):
        _visits(builder, office, visits, hits)
    builder.called(GARAGE, "call-back", "2013-01-07", office="101", by="Åse Bo")
    builder.called(GARAGE, "no-answer", "2013-01-08", office="147")
    builder.yielded(
        "wage-subsidy", 2, call=builder.called(HARBOUR, "accepted", "2013-01-09"), at="2013-01-09", cvr=HARBOUR
    )
    builder.booked(SCHOOL, on="2013-01-10", at="2013-01-02", office="101")
    builder.retracted(builder.visited(SCHOOL, "2013-01-03"), at="2013-01-04", cvr=SCHOOL)
    return builder


def _visits(builder: CampaignBuilder, office: str, visits: int, hits: int) -> None:
    """One a day from November on, each from a call the week before; the first of them gave something."""
    for number in range(visits):
        cvr = (BAKERY, HARBOUR, SCHOOL, GARAGE)[number % 4]
        day = date(2012, 11, 5) + timedelta(days=number + number // 5 * 2)
        call = builder.called(cvr, "accepted", str(day - timedelta(days=7)), office=office)
        visit = builder.booked(cvr, on=str(day), at=str(day - timedelta(days=7)), call=call, office=office)
        builder.held(visit, str(day), cvr, office=office)
        if number < hits:
            kind = ("internship", "acute-job", "ordinary-job", "mentorship")[number % 4]
            builder.yielded(
                kind, 1 + number % 3, visit, at=str(day + timedelta(days=number % 10)), cvr=cvr, office=office
            )


def workspace_of(builder: CampaignBuilder, folder: Path) -> Path:
    """A home whose log holds these events, each recorded when it was told."""
    home = SqliteWorkspace(folder, lambda: NOW)
    home.create()
    for moment, run in groupby(builder.events, lambda event: event.recorded_at):
        tracker = CampaignTracker(SqliteEventLog.at(home.log, lambda: datetime.fromisoformat(moment)))  # noqa: B023 - used before the next
        tracker.store.insert_events([tracker.mapper.to_stored_event(event.event) for event in run])
        tracker.store.close()
    return home.path
