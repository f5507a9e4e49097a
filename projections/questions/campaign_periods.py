"""Campaign periods: the first and the last day of a campaign, as they were known on a day."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, or_, select

from projections.engine.projector import first_logged
from projections.facts.campaigns import plans
from projections.filters import Scope


class CampaignPeriod(NamedTuple):
    """The first and the last day of a campaign, both included. ``told``: each last day, with the day from which it was."""

    first: date
    last: date
    last_days: tuple[tuple[date, date], ...] = ()

    def last_on(self, day: date) -> date:
        """The last day as it stood on that day."""
        so_far = [last for since, last in self.last_days if since <= day]
        return so_far[-1] if so_far else self.last_days[0][1] if self.last_days else self.last


def campaign_period(connection: Connection, scope: Scope) -> CampaignPeriod | None:
    """From when to when the campaign of the scope was, as it stood on its day; None when it was not known then."""
    c = plans.c
    so_far = or_(c.first.is_not(None), c.since <= str(scope.day))
    query = select(c.first, c.last, c.since).where(c.campaign == scope.campaign, so_far, *scope.known_at(plans))
    rows = connection.execute(query.order_by(c.first.is_(None), c.since, first_logged(plans))).all()
    last_days = tuple((date.fromisoformat(row.since), date.fromisoformat(row.last)) for row in rows)
    return CampaignPeriod(date.fromisoformat(rows[0].first), last_days[-1][1], last_days) if rows else None
