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
    for each in contributions:
        for (what, one), (_, other) in zip(_said(first), _said(each), strict=True):
            if one != other:
                raise SettingsFault(
                    f"{first.name} and {each.name} cannot be added up, for they are of another {what}: "
                    f"{one or 'none'}, and {other or 'none'}."
                )
        lacking = [name for name in finest(by) if name not in each.request.by]
        if lacking:
            raise SettingsFault(
                f"{each.name} has no figures by {lacking[0]}. Ask for it with: campaign export contribution "
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
    kept: dict[str, Contribution] = {}
    again = []
    for each in sorted(contributions, key=lambda each: (each.name, str(each.manifest["seal"]))):
        there = kept.setdefault(str(each.manifest["seal"]), each)
        again += [each.name] if there is not each else []
    return list(kept.values()), again


def request_for(contributions: Sequence[Contribution], **asked: Any) -> Request:
    """The request for their sum: what all of them are of, in the form that is ``asked`` for. It knows of no one log.

    It is of certain offices where every contribution is.
    """
    requests = [each.request for each in contributions]
    offices = sorted({office for each in requests for office in each.offices})
    chosen = tuple(offices) if all(each.offices for each in requests) else ()
    return replace(requests[0], **asked, day=max(each.day for each in requests), position=0, offices=chosen)


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
            groups.setdefault(tuple(row[each] for each in by), Tally()).add(row)
        return [self._row(by, words, groups[words]) for words in sorted(groups, key=lambda words: sort_key(by, words))]

    def amounts(self, by: Words) -> dict[Words, Row]:
        """The yields by groups, each kind with its own."""
        groups: dict[Words, Row] = {}
        for row in self._yields:
            held = groups.setdefault(tuple(row[each] for each in by), dict.fromkeys(AMOUNTS, 0))
            for name in AMOUNTS:
                held[name] += row[name]
        return groups

    def is_provisional(self, group: Row) -> bool:
        """As for a report."""
        from projections.questions.hit_rates import is_provisional

        return is_provisional(group, self.scope)

    @cached_property
    def _contacts(self) -> list[Row]:
        return [row for each in self.contributions for row in each.contacts]

    @cached_property
    def _yields(self) -> list[Row]:
        return [row for each in self.contributions for row in each.yields]

    def _named(self, by: Words) -> Iterator[Words]:
        """The group of all, and offices or regions that take part, whether or not anything was logged there."""
        if not by:
            yield ()
        if by in (("office",), ("region",)):
            yield from ((word,) for each in self.contributions for word in each.manifest["taking_part"][by[0]])

    def _row(self, by: Words, words: Words, tally: Tally) -> Row:
        said = dict(zip(by, words, strict=True))
        return said | with_rates(tally.counted()) | {"maturing": self.is_provisional(said)}


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
        companies = {name: len(there) for name, there in self._companies.items()}
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
    kept, again = each_once(contributions)
    tables = suppress(_count(kept, request), request.suppress_below)
    left_out = sum((Counter(each.manifest["left_out"]) for each in kept), Counter[str]())
    said = manifest(request, BEFORE_ALL, tables, made_by, dict(sorted(left_out.items())))
    said |= {"what": COLLECTED, "position": None, "head": None} | _offices(kept, expected) | {"again": again}
    said |= {"key": kept[0].manifest["key"], "contributions": [_told(each) for each in kept]}
    return Publication(request, tables, said | {"seal": seal(said)})


def _count(contributions: Sequence[Contribution], request: Request) -> list[Table]:
    """As ``publications.count``; there are weeks where every contribution has them."""
    source = MergedSource(contributions, request.scope())
    tables = [table_from(source, request.by)]
    if request.form == "xlsx":
        tables.append(table_from(source, ("kind",), "yields"))
    if has_weeks(request) and all("week" in each.request.by for each in contributions):
        tables.append(weeks_shown(table_from(source, ("week",), "weeks")))
    return tables


def _offices(contributions: Sequence[Contribution], expected: Iterable[str]) -> dict[str, list[str]]:
    """The offices that contribute, those of which there is nothing, and those that several contribute to."""
    often = Counter(office for each in contributions for office in each.manifest["offices"])
    part = {office for each in contributions for office in each.manifest["taking_part"]["office"]}
    missing = {*part, *expected} - often.keys()
    twice = [office for office, number in often.items() if number > 1]
    return {"offices": sorted(often), "missing": sorted(missing), "twice": sorted(twice)}


def _told(contribution: Contribution) -> Manifest:
    said = contribution.manifest
    return {"name": contribution.name} | {name: said[name] for name in ("offices", "position", "head", "day", "sha256")}
