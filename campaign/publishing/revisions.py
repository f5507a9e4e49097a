"""Corrections: which totals of a file are others in a later one, and by which kinds of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.formats.reading import SUPPRESSED, Read
from campaign.publishing.suppression import Group
from campaign.publishing.totals.groups import narrowed
from campaign.publishing.totals.request import as_json
from campaign.publishing.totals.totals import empty_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from projections.filters import Scope

MAY_DIFFER = ("form", "long", "language", "suppress_below", "internal", "day", "position", "as_of", "known_on")
"""What two files of which the later corrects the earlier may be asked for otherwise."""
_OWN = "_own"


class Revision(NamedTuple):
    """One count of a group in both files. ``by_cause``: what each of ``causes.CAUSES`` added or took away.

    It is None where no report can be narrowed to the group, and nothing can be said of why.
    """

    group: Group
    figure: str
    before: int
    after: int
    by_cause: dict[str, int] | None


def publishable(by_cause: Mapping[str, int] | None, below: int) -> dict[str, int | None] | None:
    """The causes as they may be told: where one did less than ``below``, all go without what they did, None.

    A single cause did what the whole difference is.
    """
    if by_cause is None:
        return None
    there = {word: effect for word, effect in by_cause.items() if effect}
    tells = len(there) > 1 and any(abs(effect) < below for effect in there.values())
    return {word: None if tells else effect for word, effect in there.items()}


def revisions(connection: Connection, old: Read, new: Read) -> list[Revision]:
    """Every count that both files show, and show differently, with what made it so; totals behind their parts.

    Raises ``SettingsFault`` when the two are not of the same figures, ``CheckFault`` when one is not what the log gives.
    """
    check_alike(old, new)
    found: dict[Group, dict[str, tuple[int, int]]] = {}
    for group, count, before, after in _unlike(old, new):
        found.setdefault(group, {})[count] = (before, after)
    return [each for group, counts in found.items() for each in _of_group(connection, old, new, group, counts)]


def check_alike(old: Read, new: Read) -> None:
    """Raises ``SettingsFault`` naming what the two files were asked for differently."""
    one, other = as_json(old.request), as_json(new.request)
    unlike = [name for name in one if name not in MAY_DIFFER and one[name] != other[name]]
    if unlike:
        raise SettingsFault(
            f"The files are not of the same figures: {unlike[0]} is {one[unlike[0]]} in {old.path}, "
            f"{other[unlike[0]]} in {new.path}."
        )
    if old.request.internal != new.request.internal:
        raise SettingsFault(
            "One of the files is for internal use only: a note of both would tell what the other hides."
        )
    if _moment(old) > _moment(new):
        raise SettingsFault(
            f"{new.path} knows less of the log, or is of an earlier day, than {old.path}. Name the earlier file first."
        )


def _moment(found: Read) -> tuple[int, date]:
    """How much of the log a file knows, and of which day it is."""
    request = found.request
    return request.position, request.as_of or request.known_on or request.day


def _unlike(old: Read, new: Read) -> Iterator[tuple[Group, str, int, int]]:
    table = empty_table(new.request.by)
    counts = [count for count in table.counts if not count.endswith(_OWN)]
    keys = dict.fromkeys([*new.cells, *old.cells])
    for key in sorted(keys, key=lambda key: -len(key[1])):
        name, group, count = key
        before, after = old.cells.get(key, 0), new.cells.get(key, 0)
        shown = SUPPRESSED not in (before, after)
        if name == table.name and count in counts and shown and before != after:
            yield group, count, before, after


def left_out(old: Read, new: Read) -> int:
    """How many counts are hidden in one of the files, of which nothing is said."""
    table = empty_table(new.request.by)
    counts = [count for count in table.counts if not count.endswith(_OWN)]
    found = ((key, value) for read in (old, new) for key, value in read.cells.items())
    return len({key for key, value in found if value == SUPPRESSED and key[0] == table.name and key[2] in counts})


def _of_group(
    connection: Connection, old: Read, new: Read, group: Group, counts: Mapping[str, tuple[int, int]]
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
    connection: Connection, old: Read, new: Read, group: dict[str, str], counts: Mapping[str, tuple[int, int]]
) -> dict[str, Counter[str]] | None:
    """For each count what became known since of what had happened by the old file's day; then what happened since."""
    from projections.questions.revisions import revisions_between

    if {"sector", "target_group"} & group.keys():
        return None
    then, now = narrowed(old.request.scope(), group), narrowed(new.request.scope(), group)
    between = replace(now, as_of=then.as_of)
    sums = {count: Counter[str]() for count in counts}
    for line in revisions_between(connection, then, between, list(counts)):
        sums[line.of][line.cause] += line.effect
    if now.as_of != then.as_of:
        for count, effect in _since(connection, between, now, counts):
            sums[count]["new"] += effect
    return sums


def _since(
    connection: Connection, between: Scope, now: Scope, counts: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[str, int]]:
    from projections.questions.hit_rates import hit_rates

    (before,), (after,) = hit_rates(connection, between), hit_rates(connection, now)
    yield from ((count, after[count] - before[count]) for count in counts if after[count] != before[count])
