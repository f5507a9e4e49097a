"""Facts in words: one place that says what an entry tells, for the line after an act and for the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from msgspec import to_builtins
from msgspec.structs import asdict

from campaign.reports.texts import day_with_weekday
from domain.campaign import Campaign, Forecast
from domain.company import Company, CompanyFacts
from domain.facts import Retraction, UnknownFact
from domain.ids import short
from domain.outreach import Outreach


def in_words(fact: Any) -> str:
    """What the fact tells, without who and when: ``call accepted``, ``visit booked for Tue 2012-11-20``."""
    return _WORDS[type(fact)](fact) if type(fact) in _WORDS else _retraction(fact)


def as_row(fact: Any) -> dict[str, Any]:
    """The fact as JSON has it: which entry of what, who, when, and what it says."""
    row = {"entry": fact.entry.hex, "fact": type(fact).__name__, "words": in_words(fact)}
    fields = {name: to_plain(value) for name, value in asdict(fact).items() if name not in _OF_THE_STORE}
    return row | fields | {"recorded_at": fact.timestamp.isoformat()}


_OF_THE_STORE = frozenset({"entry", "originator_id", "originator_version", "originator_topic", "timestamp"})


def to_plain(value: Any) -> Any:
    """A value as JSON has it: ids without dashes, days in ISO form."""
    return value.hex if isinstance(value, UUID) else to_builtins(value)


def _call(fact: Outreach.CallLogged) -> str:
    at = f" at {fact.time:%H:%M}" if fact.time else ""
    return f"call {fact.outcome}{f' ({fact.reason})' if fact.reason else ''}{at}"


def _yield(fact: Outreach.YieldRecorded) -> str:
    origin = f"visit {short(fact.visit)}" if fact.visit else f"call {short(fact.call)}" if fact.call else "nothing"
    return f"{fact.positions} x {fact.kind} from {origin}{_place(fact.place)}"


def _place(place: Any) -> str:
    parts = [
        f"{place.hours_per_week} hours a week" if place.hours_per_week is not None else "",
        f"from {day_with_weekday(place.starts_on)}" if place.starts_on else "",
        f"for {place.weeks} weeks" if place.weeks is not None else "",
        place.target_group,
        place.sector,
    ]
    terms = ", ".join(word for word in parts if word)
    return f" ({terms})" if terms else ""


def _target(fact: Campaign.TargetSet) -> str:
    scope = _whose(fact)
    by = f" by {day_with_weekday(fact.by_day)}" if fact.by_day else ""
    return f"target {fact.measure} {fact.number:,}{scope}{by}{f' ({fact.because})' if fact.because else ''}"


def _whose(fact: Campaign.TargetSet | Forecast) -> str:
    kind = f" of kind {fact.target_kind}" if fact.target_kind else ""
    office = f" for office {fact.target_office}" if fact.target_office else ""
    return f"{kind}{office}{f' for region {fact.target_region}' if fact.target_region else ''}"


def _forecasts(fact: Campaign.ForecastsKept) -> str:
    sentences = [
        f"{forecast.measure}{_whose(forecast)}: {forecast.forecast:,} by {day_with_weekday(forecast.by_day)} "
        f"({forecast.low:,} to {forecast.high:,}; target {forecast.number:,})"
        for forecast in fact.made
    ]
    return f"forecast {sentences[0]}" if len(sentences) == 1 else f"{len(sentences)} forecasts: {'; '.join(sentences)}"


def _start(fact: Outreach.StartSettled) -> str:
    return f"yield {short(fact.recorded)} {'began' if fact.began else 'never began'}"


def facts_in_words(facts: CompanyFacts) -> str:
    """What is said of a company, named, as far as anything is."""
    words = {
        "name": "kept apart" if facts.name_apart else facts.name,
        "form": facts.form,
        "municipality": facts.municipality,
        "industry": f"{facts.industry_scheme} {facts.industry}".strip(),
        "size": facts.size_band,
        "advertising": "protected" if facts.advertising_protected else "",
    }
    return ", ".join(f"{name} {value}" for name, value in words.items() if value) or "nothing but its number"


def _since(fact: Company.FactsChanged) -> str:
    return f"from {day_with_weekday(fact.since)} on" if fact.since else "for all days"


def _retraction(fact: Retraction) -> str:
    return f"entry {short(fact.target)} taken back: {fact.because}"


_WORDS: dict[type, Callable[[Any], str]] = {
    Campaign.Planned: lambda f: (
        f"campaign {f.slug} planned, {f.title}, {day_with_weekday(f.first)} to {day_with_weekday(f.last)}"
    ),
    Campaign.OfficeEnrolled: lambda f: f"office {f.enrolled} takes part",
    Campaign.TargetSet: _target,
    Campaign.ForecastsKept: _forecasts,
    Campaign.Extended: lambda f: f"campaign ends on {day_with_weekday(f.last)}",
    Campaign.TextsHandedOver: lambda f: f"{f.texts:,} texts in {f.entries:,} entries handed over: {f.because}",
    Campaign.Closed: lambda f: "campaign closed",
    Company.Registered: lambda f: f"company registered: {facts_in_words(f.said)}",
    Company.FactsChanged: lambda f: f"company, {_since(f)}: {facts_in_words(f.said)}",
    Outreach.InvitationSent: lambda f: "invitation sent",
    Outreach.CallLogged: _call,
    Outreach.FollowUpSet: lambda f: f"to be called again on {day_with_weekday(f.due)}",
    Outreach.ContactRefused: lambda f: "asked not to be contacted",
    Outreach.VisitBooked: lambda f: f"visit booked for {day_with_weekday(f.on)}",
    Outreach.VisitMoved: lambda f: f"visit moved to {day_with_weekday(f.on)}",
    Outreach.VisitHeld: lambda f: "visit held, unbooked" if f.begins else "visit held",
    Outreach.VisitMissed: lambda f: "visit no-show",
    Outreach.VisitCancelled: lambda f: "visit cancelled",
    Outreach.YieldRecorded: _yield,
    Campaign.RetentionSet: lambda f: f"personal texts kept until {day_with_weekday(f.keep_until)}",
    Company.ContactNamed: lambda f: f"contact {short(f.person)}",
    Company.ContactChanged: lambda f: f"contact {short(f.person)} changed",
    Company.PersonErased: lambda f: f"person {short(f.person)} erased: {f.because}",
    Outreach.NoteTaken: lambda f: f"note {short(f.note)}",
    Outreach.NoteErased: lambda f: f"note {short(f.note)} erased: {f.because}",
    Outreach.ContactAllowed: lambda f: f"contact allowed: {f.basis}",
    Outreach.StartSettled: _start,
    UnknownFact: lambda f: f"an entry of a kind this version does not know: {f.topic}",
}
