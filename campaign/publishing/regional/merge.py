"""Merging: the contributions of several offices added up, each company counted once, and missing offices named."""

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
from campaign.publishing.totals.request import FileOptions, Request
from campaign.publishing.totals.table import Row, Table
from campaign.publishing.totals.totals import has_weeks, table_from, weeks_shown
from campaign.storage.ports import BEFORE_ALL
from projections.measures import COUNTS, with_rates

if TYPE_CHECKING:
    from projections.filters import Scope

Words = tuple[str, ...]


# What can be merged


def check_alike(contributions: Sequence[Contribution], by: Sequence[str]) -> None:
    """Raises ``SettingsFault``, naming both files, unless all have one key, one campaign and period, and the groups ``by``."""
    first = contributions[0]
    for contribution in contributions:
        for (subject, expected), (_, actual) in zip(_terms(first), _terms(contribution), strict=True):
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


def _terms(contribution: Contribution) -> Iterator[tuple[str, str]]:
    """The subject and value of all that must be the same in every contribution."""
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
    """Each contribution once, in the order of names; and the names of the duplicates."""
    unique: dict[str, Contribution] = {}
    repeated = []
    for contribution in sorted(
        contributions, key=lambda contribution: (contribution.name, str(contribution.manifest["seal"]))
    ):
        first = unique.setdefault(str(contribution.manifest["seal"]), contribution)
        repeated += [contribution.name] if first is not contribution else []
    return list(unique.values()), repeated


def request_for(contributions: Sequence[Contribution], options: FileOptions) -> Request:
    """The request for their sum: their common scope and the options of a file. No position, since no single log gives it.

    It has a filter of offices where every contribution has one.
    """
    requests = [contribution.request for contribution in contributions]
    offices = sorted({office for request in requests for office in request.offices})
    chosen = tuple(offices) if all(request.offices for request in requests) else ()
    return replace(
        requests[0], **options._asdict(), day=max(request.day for request in requests), position=0, offices=chosen
    )


# The sum


@dataclass(frozen=True)
class MergedSource:
    """Contributions as one source of counts (``totals.Source``)."""

    contributions: Sequence[Contribution]
    scope: Scope

    def contacts(self, by: Words) -> list[Row]:
        """The rows of ``hit_rates`` by these dimensions, also of participating offices without entries."""
        from projections.questions.hit_rates import sort_key

        groups = {words: Tally() for words in self._named(by)}
        for row in self._contacts:
            groups.setdefault(tuple(row[dimension] for dimension in by), Tally()).add(row)
        return [self._row(by, words, groups[words]) for words in sorted(groups, key=lambda words: sort_key(by, words))]

    def amounts(self, by: Words) -> dict[Words, Row]:
        """The yields by groups, of each kind without those below it."""
        groups: dict[Words, Row] = {}
        for row in self._yields:
            amounts = groups.setdefault(tuple(row[dimension] for dimension in by), dict.fromkeys(AMOUNTS, 0))
            for name in AMOUNTS:
                amounts[name] += row[name]
        return groups

    def is_provisional(self, group: Row) -> bool:
        """Whether it is, on the day of the scope."""
        from projections.questions.hit_rates import is_provisional

        return is_provisional(group, self.scope)

    @cached_property
    def _contacts(self) -> list[Row]:
        return [row for contribution in self.contributions for row in contribution.contacts]

    @cached_property
    def _yields(self) -> list[Row]:
        return [row for contribution in self.contributions for row in contribution.yields]

    def _named(self, by: Words) -> Iterator[Words]:
        """The total, and the participating offices or regions, also those without entries."""
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
    """The counts of one group: numbers are added up, companies are counted once."""

    def __init__(self) -> None:
        self._numbers = dict.fromkeys(ADDED, 0)
        self._companies: dict[str, set[str]] = {name: set() for name in COMPANIES}

    def add(self, row: Row) -> None:
        """Adds a row of a contribution."""
        for name in ADDED:
            self._numbers[name] += row[name]
        for name in COMPANIES:
            self._companies[name].update(row[name])

    def counted(self) -> dict[str, Any]:
        """Every count, in the order of ``COUNTS``."""
        companies = {name: len(hashes) for name, hashes in self._companies.items()}
        return {name: (self._numbers | companies)[name] for name in COUNTS}


# The file


def merge(
    contributions: Sequence[Contribution], request: Request, made_by: str, expected: Iterable[str] = ()
) -> Publication:
    """The publication of the sum, suppressed like every publication, with the offices it is of in its manifest.

    ``expected``: offices that are missing if they contribute nothing, besides those that participate in the campaign.
    Raises ``SettingsFault`` when the contributions cannot be added up.
    """
    check_alike(contributions, request.by)
    unique, repeated = each_once(contributions)
    tables = suppress(_count(unique, request), request.suppress_below)
    left_out = sum((Counter(contribution.manifest["left_out"]) for contribution in unique), Counter[str]())
    description = manifest(request, BEFORE_ALL, tables, made_by, dict(sorted(left_out.items())))
    description |= (
        {"what": COLLECTED, "position": None, "head": None} | _offices(unique, expected) | {"again": repeated}
    )
    description |= {
        "key": unique[0].manifest["key"],
        "contributions": [_summary(contribution) for contribution in unique],
    }
    return Publication(request, tables, description | {"seal": seal(description)})


def _count(contributions: Sequence[Contribution], request: Request) -> list[Table]:
    """The tables of the request; of weeks only where every contribution has them."""
    source = MergedSource(contributions, request.scope())
    tables = [table_from(source, request.by)]
    if request.form == "xlsx":
        tables.append(table_from(source, ("kind",), "yields"))
    if has_weeks(request) and all("week" in contribution.request.by for contribution in contributions):
        tables.append(weeks_shown(table_from(source, ("week",), "weeks")))
    return tables


def _offices(contributions: Sequence[Contribution], expected: Iterable[str]) -> dict[str, list[str]]:
    """The offices with figures, those missing, and those in several contributions."""
    numbers = Counter(office for contribution in contributions for office in contribution.manifest["offices"])
    part = {office for contribution in contributions for office in contribution.manifest["taking_part"]["office"]}
    missing = {*part, *expected} - numbers.keys()
    twice = [office for office, number in numbers.items() if number > 1]
    return {"offices": sorted(numbers), "missing": sorted(missing), "twice": sorted(twice)}


def _summary(contribution: Contribution) -> Manifest:
    fields = contribution.manifest
    return {"name": contribution.name} | {
        name: fields[name] for name in ("offices", "position", "head", "day", "sha256")
    }
