"""Collecting: the contributions of several homes added up, each company counted once, and offices that lack named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from campaign.errors import SettingsFault
from campaign.publishing.regional.contribution import ADDED, AMOUNTS, COMPANIES, Contribution, finest
from campaign.publishing.suppression import suppress
from campaign.publishing.totals.manifest import COLLECTED, Manifest, manifest, seal
from campaign.publishing.totals.publication import Publication
from campaign.publishing.totals.request import Request
from campaign.publishing.totals.table import Row, Table
from campaign.publishing.totals.totals import has_weeks, table_from, weeks_shown
from projections.measures import COUNTS, with_rates

if TYPE_CHECKING:
    from projections.filters import Scope

Words = tuple[str, ...]


# What can be added up


def check_alike(contributions: Sequence[Contribution], by: Sequence[str]) -> None:
    """Raises ``SettingsFault``, naming both files, unless all have one key, one campaign and period, and the groups ``by``."""
    first = contributions[0]
    for contribution in contributions:
        for (subject, expected), (_, actual) in zip(_said(first), _said(contribution), strict=True):
            if expected != actual:
                raise SettingsFault(
                    f"{first.name} and {contribution.name} cannot be added up, for they are of another {subject}: "
                    f"{expected or 'none'}, and {actual or 'none'}."
                )
        missing = [name for name in finest(by) if name not in contribution.request.by]
        if missing:
            raise SettingsFault(
                f"{contribution.name} has no figures by {missing[0]}. Ask for it with: campaign export contribution "
                f"--by {','.join(by)}"
            )


def _said(contribution: Contribution) -> Iterator[tuple[str, str]]:
    """What has to be the same in all of them, in words."""
    request, manifest = contribution.request, contribution.manifest
    yield "key", manifest["key"]
    yield "version of the definitions", str(manifest["measures"]["version"])
    yield "campaign", str(request.campaign or "")
    yield "period", " to ".join(str(day or "...") for day in (request.first, request.last))
    yield "as-of day", str(request.as_of or request.day)
    yield "known-on day", str(request.known_on or "")
    for name in ("regions", "industries", "sizes", "kinds"):
        yield f"choice of {name}", ", ".join(getattr(request, name))


def each_once(contributions: Iterable[Contribution]) -> tuple[list[Contribution], list[str]]:
    """Each contribution once, in the order of names; and the names of those that are the same as another."""
    unique: dict[str, Contribution] = {}
    repeated = []
    for contribution in sorted(
        contributions, key=lambda contribution: (contribution.name, str(contribution.manifest["seal"]))
    ):
        first = unique.setdefault(str(contribution.manifest["seal"]), contribution)
        repeated += [contribution.name] if first is not contribution else []
    return list(unique.values()), repeated


def request_for(contributions: Sequence[Contribution], **form: Any) -> Request:
    """The request for their sum: what all of them are of, in the form that is ``form`` for. It knows of no one log.

    It is of certain offices where every contribution is.
    """
    requests = [request.request for request in contributions]
    offices = sorted({office for request in requests for office in request.offices})
    chosen = tuple(offices) if all(request.offices for request in requests) else ()
    return replace(requests[0], **form, day=max(request.day for request in requests), position=0, offices=chosen)


# Added up


@dataclass(frozen=True)
class MergedSource:
    """Contributions as one source of counts, which answers what read models answer (``totals.Source``)."""

    contributions: Sequence[Contribution]
    scope: Scope

    def contacts(self, by: Words) -> list[Row]:
        """A row for each group, as ``hit_rates`` has them, companies once in each; offices that take part have one too."""
        from projections.questions.hit_rates import sort_key

        groups = {words: Tally() for words in self._named(by)}
        for row in self._contacts:
            groups.setdefault(tuple(row[dimension] for dimension in by), Tally()).add(row)
        return [self._row(by, words, groups[words]) for words in sorted(groups, key=lambda words: sort_key(by, words))]

    def amounts(self, by: Words) -> dict[Words, Row]:
        """The yields by groups, each kind with its own."""
        groups: dict[Words, Row] = {}
        for row in self._yields:
            amounts = groups.setdefault(tuple(row[dimension] for dimension in by), dict.fromkeys(AMOUNTS, 0))
            for name in AMOUNTS:
                amounts[name] += row[name]
        return groups

    def is_provisional(self, group: Row) -> bool:
        """As for a report."""
        from projections.questions.hit_rates import is_provisional

        return is_provisional(group, self.scope)

    @cached_property
    def _contacts(self) -> list[Row]:
        return [row for contribution in self.contributions for row in contribution.contacts]

    @cached_property
    def _yields(self) -> list[Row]:
        return [row for contribution in self.contributions for row in contribution.yields]

    def _named(self, by: Words) -> Iterator[Words]:
        """The group of all, and offices or regions that take part, whether or not anything was logged there."""
        if not by:
            yield ()
        if by in (("office",), ("region",)):
            yield from (
                (word,) for contribution in self.contributions for word in contribution.manifest["taking_part"][by[0]]
            )

    def _row(self, by: Words, words: Words, tally: Tally) -> Row:
        group = dict(zip(by, words, strict=True))
        return group | with_rates(tally.counted()) | {"maturing": self.is_provisional(group)}


class Tally:
    """The counts of one group: numbers are added up, and of companies each is kept once."""

    def __init__(self) -> None:
        self._numbers = dict.fromkeys(ADDED, 0)
        self._companies: dict[str, set[str]] = {name: set() for name in COMPANIES}

    def add(self, row: Row) -> None:
        """What a row of a contribution has."""
        for name in ADDED:
            self._numbers[name] += row[name]
        for name in COMPANIES:
            self._companies[name].update(row[name])

    def counted(self) -> dict[str, Any]:
        """Every count, in their order."""
        companies = {name: len(hashes) for name, hashes in self._companies.items()}
        return {name: (self._numbers | companies)[name] for name in COUNTS}


# The file


def merge(
    contributions: Sequence[Contribution], request: Request, made_by: str, expected: Iterable[str] = ()
) -> Publication:
    """The sum as a file: its tables with what would tell of few hidden, and which offices it is of.

    ``expected``: offices to be missed if they contribute nothing, besides those that take part in the campaign.
    Raises ``SettingsFault`` when they cannot be added up.
    """
    from campaign.storage.ports import BEFORE_ALL

    check_alike(contributions, request.by)
    unique, repeated = each_once(contributions)
    tables = suppress(_count(unique, request), request.suppress_below)
    left_out = sum((Counter(contribution.manifest["left_out"]) for contribution in unique), Counter[str]())
    description = manifest(request, BEFORE_ALL, tables, made_by, dict(sorted(left_out.items())))
    description |= (
        {"what": COLLECTED, "position": None, "head": None} | _offices(unique, expected) | {"again": repeated}
    )
    description |= {"key": unique[0].manifest["key"], "contributions": [_told(contribution) for contribution in unique]}
    return Publication(request, tables, description | {"seal": seal(description)})


def _count(contributions: Sequence[Contribution], request: Request) -> list[Table]:
    """As ``publications.count``; there are weeks where every contribution has them."""
    source = MergedSource(contributions, request.scope())
    tables = [table_from(source, request.by)]
    if request.form == "xlsx":
        tables.append(table_from(source, ("kind",), "yields"))
    if has_weeks(request) and all("week" in contribution.request.by for contribution in contributions):
        tables.append(weeks_shown(table_from(source, ("week",), "weeks")))
    return tables


def _offices(contributions: Sequence[Contribution], expected: Iterable[str]) -> dict[str, list[str]]:
    """The offices that contribute, those of which there is nothing, and those that several contribute to."""
    numbers = Counter(office for contribution in contributions for office in contribution.manifest["offices"])
    part = {office for contribution in contributions for office in contribution.manifest["taking_part"]["office"]}
    missing = {*part, *expected} - numbers.keys()
    twice = [office for office, number in numbers.items() if number > 1]
    return {"offices": sorted(numbers), "missing": sorted(missing), "twice": sorted(twice)}


def _told(contribution: Contribution) -> Manifest:
    fields = contribution.manifest
    return {"name": contribution.name} | {
        name: fields[name] for name in ("offices", "position", "head", "day", "sha256")
    }
