"""The page as one HTML file: headlines, sections, and the facts about its figures."""

from __future__ import annotations

from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from campaign.page import tables
from campaign.page.figures import About, Figures
from campaign.page.sections import sections
from campaign.page.texts import Figure, Sentence, Words
from campaign.reports.report import Share
from domain.yield_kinds import SUPPORT_CLASSES
from projections.measures import LEAST_BASE, RATES, base

Row = dict[str, Any]


class Headline(NamedTuple):
    """One figure in large type, its label, its base, and its interval or its target."""

    figure: Figure
    label: str
    base: Sentence
    certainty: Sentence
    is_rate: bool


def page(figures: Figures, language: str, names: dict[str, str]) -> str:
    """The page as HTML. ``names``: the names of the offices by code."""
    words = Words(language)
    environment = Environment(
        loader=PackageLoader("campaign.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["figure"] = lambda part: isinstance(part, Figure)
    return environment.get_template("report.html").render(
        words=words,
        about=figures.about,
        subtitle=_subtitle(figures.about, words),
        only=_filters(figures.about, words, names),
        headlines=_headlines(figures, words),
        sections=sections(figures, words, names),
        facts=_facts(figures.about, words, names),
        definitions=[(words.measure(name), name, words.word(f"means.{name}")) for name in _DEFINED],
        made_at=words.moment(figures.about.made_at),
        methods=[words.word(f"about.{name}") for name in ("wilson", "holm", "spiegelhalter", "forecast")],
    )


def _subtitle(about: About, words: Words) -> str:
    clauses = [words.say("as_of", day=words.day(about.scope.day))]
    if about.known_on:
        clauses.append(words.say("known_on", day=words.day(about.known_on)))
    return ", ".join(clauses)


def _filters(about: About, words: Words, names: dict[str, str]) -> str:
    """The filters as a sentence, so that a part is not mistaken for the whole; empty without filters."""
    scope = about.scope
    lists = {"industries": scope.industries, "sizes": scope.sizes, "kinds": _kinds(about, words)}
    filters = [
        *(f"{names[code]} ({code})" for code in scope.offices),
        *scope.regions,
        *_period(about, words),
        *(words.say(f"only.{name}", values=", ".join(values)) for name, values in lists.items() if values),
    ]
    return words.say("only", filters="; ".join(filters)) if filters else ""


def _period(about: About, words: Words) -> list[str]:
    days = {name: words.day(day) for name in ("first", "last") if (day := getattr(about.scope, name))}
    return [words.say(f"only.{'period' if len(days) > 1 else next(iter(days))}", **days)] if days else []


def _kinds(about: About, words: Words) -> list[str]:
    kinds = (words.word(f"class.{k}") if k in SUPPORT_CLASSES else words.kind(k).lower() for k in about.scope.kinds)
    return list(kinds)


# Headlines


def _headlines(figures: Figures, words: Words) -> list[Headline]:
    total = figures.total
    rates = [_rate(words, total, name) for name in ("visit_hit_rate", "call_hit_rate", "acceptance_rate")]
    counts = [
        _count(words, total, "visits_held", {"y": "visits_booked"}),
        _count(words, total, "positions", {"x": "positions_from_visits"}),
        _count(words, total, "companies_called", {"y": "calls"}),
    ]
    return [*rates, *(_with_target(head, figures, words) for head in counts)]


def _with_target(head: Headline, figures: Figures, words: Words) -> Headline:
    """A count with the target of the campaign for it, if there is one."""
    for goal in figures.targets or ():
        if tables.target_path(goal) == f"targets.{head.figure.name.removeprefix('rates.total.')}":
            number = words.count(f"{tables.target_path(goal)}.number", goal.number)
            return head._replace(certainty=words.sentence("headline.target", number=number, day=words.day(goal.by_day)))
    return head


def _rate(words: Words, total: Row, name: str) -> Headline:
    numerator, (denominator,) = RATES[name]
    parts = {"x": _total(words, total, numerator), "y": _total(words, total, denominator)}
    certainty: Sentence = []
    if base(total, name)[1] >= LEAST_BASE:
        low, high = (words.share(f"rates.total.{name}_{end}", total[f"{name}_{end}"]) for end in ("low", "high"))
        certainty = words.sentence("interval", low=low, high=high)
    if total.get("maturing") and name != "acceptance_rate":
        certainty = [*certainty, *([" "] if certainty else []), words.word("maturing.card")]
    label, base_sentence = words.word(f"headline.{name}"), words.sentence(f"headline.{name}.base", **parts)
    return Headline(
        words.share_of(f"rates.total.{name}", Share.of_rate(total, name)), label, base_sentence, certainty, True
    )


def _count(words: Words, total: Row, name: str, parts: dict[str, str]) -> Headline:
    figures = {key: _total(words, total, count) for key, count in parts.items()}
    key = f"headline.{name}.base"
    if name == "positions" and total["positions"] == total["positions_from_visits"]:
        key = "headline.positions.all"
    base_sentence = words.sentence(key, **figures)
    return Headline(_total(words, total, name), words.word(f"headline.{name}"), base_sentence, [], False)


def _total(words: Words, total: Row, name: str) -> Figure:
    return words.count(f"rates.total.{name}", total[name])


# The facts about the figures


def _facts(about: About, words: Words, names: dict[str, str]) -> list[tuple[str, str]]:
    """Filters, clocks and origin of the figures, as pairs of name and value; filters that are not set are left out."""
    scope = about.scope
    facts = {
        "campaign": scope.campaign or words.word("all_campaigns"),
        "first": words.day(scope.first) if scope.first else "",
        "last": words.day(scope.last) if scope.last else "",
        "as_of": words.day(scope.day),
        "known_on": words.day(about.known_on) if about.known_on else words.word("about.everything"),
        "offices": ", ".join(f"{names[code]} ({code})" for code in scope.offices),
        "regions": ", ".join(scope.regions),
        "industries": ", ".join(scope.industries),
        "sizes": ", ".join(scope.sizes),
        "kinds": ", ".join(words.word(f"class.{k}") if k in SUPPORT_CLASSES else words.kind(k) for k in scope.kinds),
        "left_out": _left_out(about, words),
        "position": words.number(about.position),
        "head": about.head,
        "made_at": words.moment(about.made_at),
        "made_by": f"campaign {about.version}",
    }
    return [(words.word(f"about.{name}"), value) for name, value in facts.items() if value]


def _left_out(about: About, words: Words) -> str:
    amount = sum(number for _, number in about.scope.left_out)
    if not amount:
        return ""
    return words.say("about.left_out.of", number=words.number(amount), version=about.version)


_DEFINED = (
    *("visit_hit_rate", "call_hit_rate", "acceptance_rate", "calls", "calls_with_yield", "companies_mailed"),
    *("companies_called", "companies_reached", "companies_accepted", "visits_booked", "visits_held"),
    *("visits_with_yield", "yields", "positions", "positions_from_visits"),
    *("expected", "pace", "needed", "forecast", "share"),
)
