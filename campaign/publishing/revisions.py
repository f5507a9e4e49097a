"""Revisions: the totals that differ between a file and a later one, and the kinds of entries that caused it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.formats.contents import Key
from campaign.publishing.formats.reading import TotalsFile
from campaign.publishing.totals.groups import narrowed
from campaign.publishing.totals.request import as_json
from campaign.publishing.totals.table import SUPPRESSED, Group
from campaign.publishing.totals.totals import empty_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from projections.filters import Scope

MAY_DIFFER = ("form", "long", "language", "suppress_below", "internal", "day", "position", "as_of", "known_on")
"""Fields of the request in which a file and its revision may differ."""
_OWN = "_own"


class Revision(NamedTuple):
    """A count of a group that differs between two files. ``by_cause``: the effect of each cause of ``revisions.CAUSES``.

    It is None for a group that no report can be narrowed to, so that nothing is known of causes.
    """

    group: Group
    figure: str
    before: int
    after: int
    by_cause: dict[str, int] | None


def publishable(by_cause: Mapping[str, int] | None, below: int) -> dict[str, int | None] | None:
    """The causes fit for publication: all without their effects, None, where one of several had less than ``below``.

    A single cause had the effect of the whole difference.
    """
    if by_cause is None:
        return None
    effects = {cause: effect for cause, effect in by_cause.items() if effect}
    is_small = len(effects) > 1 and any(abs(effect) < below for effect in effects.values())
    return {cause: None if is_small else effect for cause, effect in effects.items()}


def revisions(connection: Connection, old: TotalsFile, new: TotalsFile) -> list[Revision]:
    """Every count that both files show and that differs, with its causes; totals after their parts.

    Raises ``SettingsFault`` when the two are not of the same figures, ``CheckFault`` when one differs from the log.
    """
    check_alike(old, new)
    changes: dict[Group, dict[str, tuple[int, int]]] = {}
    for group, count, before, after in _changes(old, new):
        changes.setdefault(group, {})[count] = (before, after)
    return [
        revision for group, counts in changes.items() for revision in _of_group(connection, old, new, group, counts)
    ]


def check_alike(old: TotalsFile, new: TotalsFile) -> None:
    """Raises ``SettingsFault`` naming what the two files were asked for differently."""
    before, after = as_json(old.request), as_json(new.request)
    unlike = [name for name in before if name not in MAY_DIFFER and before[name] != after[name]]
    if unlike:
        raise SettingsFault(
            f"The files are not of the same figures: {unlike[0]} is {before[unlike[0]]} in {old.path}, "
            f"{after[unlike[0]]} in {new.path}."
        )
    if old.request.internal != new.request.internal:
        raise SettingsFault(
            "One of the files is for internal use only: a note of both would tell what the other hides."
        )
    if _moment(old) > _moment(new):
        raise SettingsFault(
            f"{new.path} knows less of the log, or is of an earlier day, than {old.path}. Name the earlier file first."
        )


def _moment(file: TotalsFile) -> tuple[int, date]:
    """The position of the log and the day that a file is of."""
    request = file.request
    return request.position, request.as_of or request.known_on or request.day


def _changes(old: TotalsFile, new: TotalsFile) -> Iterator[tuple[Group, str, int, int]]:
    keys = filter(_is_compared(new), dict.fromkeys([*new.cells, *old.cells]))
    for key in sorted(keys, key=lambda key: -len(key[1])):
        _, group, count = key
        before, after = old.cells.get(key, 0), new.cells.get(key, 0)
        if isinstance(before, int) and isinstance(after, int) and before != after:
            yield group, count, before, after


def left_out(old: TotalsFile, new: TotalsFile) -> int:
    """The number of counts that one of the files suppresses, which no note has."""
    suppressed = {key for file in (old, new) for key, value in file.cells.items() if value == SUPPRESSED}
    return sum(map(_is_compared(new), suppressed))


def _is_compared(new: TotalsFile) -> Callable[[Key], bool]:
    """Whether a figure is a count of the table requested, other than of a kind without those below it."""
    table = empty_table(new.request.by)
    counts = {count for count in table.counts if not count.endswith(_OWN)}
    return lambda key: key[0] == table.name and key[2] in counts


def _of_group(
    connection: Connection, old: TotalsFile, new: TotalsFile, group: Group, counts: Mapping[str, tuple[int, int]]
) -> Iterator[Revision]:
    causes = _causes(connection, old, new, dict(group), counts)
    for count, (before, after) in counts.items():
        by_cause = None if causes is None else dict(causes[count])
        if by_cause is not None and before + sum(by_cause.values()) != after:
            raise CheckFault(
                f"One of the files is not what the log gives. Say which: campaign export verify {old.path}; "
                f"campaign export verify {new.path}"
            )
        yield Revision(group, count, before, after, by_cause)


def _causes(
    connection: Connection,
    old: TotalsFile,
    new: TotalsFile,
    group: dict[str, str],
    counts: Mapping[str, tuple[int, int]],
) -> dict[str, Counter[str]] | None:
    """For each count what became known since of what had happened by the old file's day; then what happened since."""
    from projections.questions.revisions import revisions_between

    if {"sector", "target_group"} & group.keys():
        return None
    old_scope, new_scope = narrowed(old.request.scope(), group), narrowed(new.request.scope(), group)
    between = replace(new_scope, as_of=old_scope.as_of)
    sums = {count: Counter[str]() for count in counts}
    for line in revisions_between(connection, old_scope, between, list(counts)):
        sums[line.of][line.cause] += line.effect
    if new_scope.as_of != old_scope.as_of:
        for count, effect in _since(connection, between, new_scope, counts):
            sums[count]["new"] += effect
    return sums


def _since(
    connection: Connection, between: Scope, now: Scope, counts: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[str, int]]:
    from projections.questions.hit_rates import hit_rates

    (before,), (after,) = hit_rates(connection, between), hit_rates(connection, now)
    yield from ((count, after[count] - before[count]) for count in counts if after[count] != before[count])
