"""The campaign: a planned effort over a period, with its offices and targets; it says which days can be logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.domain import BaseAggregate, CanInitAggregate
from msgspec import Struct

from domain.acts import Act
from domain.facts import Fact, FactHistory, Retraction
from domain.ids import campaign_id, short
from domain.refusals import (
    CampaignClosed,
    DayInFuture,
    DayOutsideCampaign,
    HandOverCannotBeRetracted,
    PlanCannotBeRetracted,
    TargetUnclear,
)

MEASURES_BY_KIND = ("calls_with_yield", "visits_with_yield", "yields", "positions", "positions_from_visits")
"""The counts of measures.md that a kind of yield narrows."""


class Forecast(Struct, frozen=True):
    """A forecast of a count: ``number`` was the target, ``reached`` by then.

    Between ``low`` and ``high`` the count was to be on ``by_day`` in 95 of 100 cases, ``forecast`` being the middle.
    ``days``: from so many working days the pace was taken.
    """

    measure: str
    target_office: str | None
    target_region: str | None
    target_kind: str | None
    number: int
    by_day: date
    reached: int
    forecast: int
    low: int
    high: int
    days: int

    @property
    def subject(self) -> tuple[str, str | None, str | None, str | None]:
        """What is forecast."""
        return self.measure, self.target_office, self.target_region, self.target_kind


class Target(NamedTuple):
    """A number to reach of a count of measures.md, by a day, for all or for an office or a region, and for a kind."""

    measure: str
    number: int
    by_day: date | None = None
    office: str | None = None
    region: str | None = None
    kind: str | None = None
    because: str = ""

    def check(self) -> None:
        """Refuses an office and a region at once, and a kind of a count that has none."""
        if self.office and self.region:
            raise TargetUnclear("A target is for an office or for a region, not for both.")
        if self.kind and self.measure not in MEASURES_BY_KIND:
            raise TargetUnclear(f"{self.measure} has no kind. These have: {', '.join(MEASURES_BY_KIND)}.")

    @property
    def fields(self) -> dict[str, object]:
        """The target under the names of the event's fields."""
        own_fields = {"measure": self.measure, "number": self.number, "by_day": self.by_day, "because": self.because}
        return own_fields | {"target_office": self.office, "target_region": self.region, "target_kind": self.kind}


class HandOver(NamedTuple):
    """An extract of the log with personal texts: why, how it was narrowed, how much, and up to which position."""

    because: str
    narrowed: str
    entries: int
    texts: int
    position: int


class Campaign(FactHistory, BaseAggregate[UUID]):
    """One campaign, known by its slug."""

    class Event(Fact, frozen=True):
        """A fact of a campaign."""

    class Planned(Event, CanInitAggregate[UUID], frozen=True):
        """The campaign was decided on: its name, and its first and last day."""

        slug: str
        title: str
        first: date
        last: date
        originator_topic: str

    class OfficeEnrolled(Event, frozen=True):
        """An office takes part."""

        enrolled: str

    class TargetSet(Event, frozen=True):
        """A number to reach, of a count of measures.md, by a day: for all, an office or a region, and for a kind."""

        measure: str
        number: int
        by_day: date | None
        target_office: str | None
        because: str
        target_region: str | None
        target_kind: str | None
        class_version = 2

        @staticmethod
        def upcast_v1_v2(state: dict[str, Any]) -> None:
            """Targets were for the campaign or for an office, of all kinds."""
            state["target_region"] = state["target_kind"] = None

        @property
        def subject(self) -> tuple[str, str | None, str | None, str | None]:
            """What the number is of; a later one of the same takes its place from its day on."""
            return self.measure, self.target_office, self.target_region, self.target_kind

    class ForecastsKept(Event, frozen=True):
        """Forecasts as they were made at the end of its day, so that they can be held against what came.

        All of one day are one event: whoever logs a call loads the campaign, and should not load thousands.
        """

        made: tuple[Forecast, ...]

    class Extended(Event, frozen=True):
        """The campaign got another last day."""

        last: date

    class RetentionSet(Event, frozen=True):
        """Personal texts that belong to the campaign are kept until that day, and then erased."""

        keep_until: date

    class TextsHandedOver(Event, frozen=True):
        """An office took its entries out of here with personal texts: how many of each, how narrowed, and why.

        ``position``: up to there the log was handed over. It cannot be taken back: what is out is out.
        """

        because: str
        narrowed: str
        entries: int
        texts: int
        position: int

    class Closed(Event, frozen=True):
        """Nothing more is logged in it by hand."""

    class EntryRetracted(Event, Retraction, frozen=True):
        """A fact of the campaign was registered in error."""

    def __init__(self, slug: str, title: str, first: date, last: date) -> None:
        super().__init__()
        self.slug, self.title, self.first = slug, title, first
        self.planned_last = last

    @staticmethod
    def create_id(slug: str) -> UUID:
        """The id every machine gives a campaign of that name."""
        return campaign_id(slug)

    @classmethod
    def plan(cls, act: Act, entry: UUID, slug: str, title: str, first: date, last: date) -> Campaign:
        """A new campaign from its first to its last day, both included. Refused when it ends before it begins."""
        _check_period(first, last)
        return cls._create(cls.Planned, entry=entry, slug=slug, title=title, first=first, last=last, **act.fields)

    @property
    def last(self) -> date:
        """The last day as it stands now."""
        extended = self.effective(Campaign.Extended)
        return extended[-1].last if extended else self.planned_last

    @property
    def offices(self) -> list[str]:
        """The codes of the offices that take part, as far as they were named; none named means any may log."""
        return [fact.enrolled for fact in self.effective(Campaign.OfficeEnrolled)]

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return not self.effective(Campaign.Closed)

    def enrol(self, act: Act, entry: UUID, office: str) -> None:
        """The office takes part; naming it twice changes nothing."""
        if office not in self.offices:
            self.trigger_event(Campaign.OfficeEnrolled, entry=entry, enrolled=office, **act.fields)

    def set_target(self, act: Act, entry: UUID, target: Target) -> None:
        """A number to reach; an earlier one of the same is history from then on.

        Refused for an office and a region at once, for a kind of what has none, and for a day before the campaign.
        """
        target.check()
        if target.by_day and target.by_day < self.first:
            raise DayOutsideCampaign(
                f"{target.by_day} comes before campaign {self.slug}, which begins on {self.first}."
            )
        self.trigger_event(Campaign.TargetSet, entry=entry, **target.fields, **act.fields)

    def keep_forecasts(self, act: Act, entry: UUID, forecasts: Sequence[Forecast]) -> None:
        """Forecasts as they were made on the day of the act; of one thing the first one of a day is kept."""
        of_that_day = [stored for stored in self.effective(Campaign.ForecastsKept) if stored.at == act.at]
        subjects = {forecast.subject for stored in of_that_day for forecast in stored.made}
        if new := tuple(forecast for forecast in forecasts if forecast.subject not in subjects):
            self.trigger_event(Campaign.ForecastsKept, entry=entry, made=new, **act.fields)

    def extend(self, act: Act, entry: UUID, last: date) -> None:
        """The campaign ends on another day."""
        _check_period(self.first, last)
        self.trigger_event(Campaign.Extended, entry=entry, last=last, **act.fields)

    @property
    def keep_until(self) -> date | None:
        """The last day on which personal texts of the campaign are kept; ``None``: no rule was set."""
        rules = self.effective(Campaign.RetentionSet)
        return rules[-1].keep_until if rules else None

    def set_retention(self, act: Act, entry: UUID, keep_until: date) -> None:
        """Personal texts are kept until that day. Refused when it comes before the campaign's last."""
        if keep_until < self.last:
            raise DayOutsideCampaign(f"Campaign {self.slug} ends on {self.last}; texts are kept until then at least.")
        if keep_until != self.keep_until:
            self.trigger_event(Campaign.RetentionSet, entry=entry, keep_until=keep_until, **act.fields)

    def hand_over(self, act: Act, entry: UUID, extract: HandOver) -> None:
        """The office of the act hands entries over, with personal texts. The same entry again adds nothing."""
        if self.already_logged(entry, {"because": extract.because, "narrowed": extract.narrowed}):
            return
        self.trigger_event(Campaign.TextsHandedOver, entry=entry, **extract._asdict(), **act.fields)

    def close(self, act: Act, entry: UUID) -> None:
        """Nothing more is logged by hand."""
        self.trigger_event(Campaign.Closed, entry=entry, **act.fields)

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Takes a fact back. Refused for the plan itself, and for what was handed over."""
        self.check_retractable(target)
        if isinstance(self.facts[target], Campaign.TextsHandedOver):
            raise HandOverCannotBeRetracted(
                f"Entry {short(target)} says that texts were handed over. That they were stays so."
            )
        if isinstance(self.facts[target], Campaign.Planned):
            raise PlanCannotBeRetracted(
                f"Campaign {self.slug} cannot be taken back; facts hang on it. Close it instead."
            )
        self.trigger_event(Campaign.EntryRetracted, entry=entry, target=target, because=because, **act.fields)

    def check_happened(self, act: Act, inside: bool | None = True) -> None:
        """Refuses an act in the future, or by hand after the campaign was closed, or on a day outside the campaign.

        ``inside=False``: it may come after the last day, as what a contact yielded often does. None: and before the
        first, as a company's consent can.
        """
        if act.by_hand and not self.is_open:
            raise CampaignClosed(f"Campaign {self.slug} is closed. Nothing was logged.")
        self.check_not_ahead(act)
        if inside or (inside is False and act.at < self.first):
            self.check_inside(act.at)

    def check_not_ahead(self, act: Act) -> None:
        """Refuses an act in the future."""
        if act.at > act.today:
            raise DayInFuture(f"{act.at} has not come yet (today is {act.today}). Log it when it has happened.")

    def check_inside(self, day: date) -> None:
        """Refuses a day, of something done or planned, that is not a day of the campaign."""
        if not self.first <= day <= self.last:
            raise DayOutsideCampaign(f"{day} lies outside campaign {self.slug}, {self.first} to {self.last}.")


def _check_period(first: date, last: date) -> None:
    if last < first:
        raise DayOutsideCampaign(f"A campaign from {first} cannot end on {last}, before it begins.")
