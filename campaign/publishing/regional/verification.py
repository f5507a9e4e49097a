"""A contribution counted again from the log of its home, as that was then, and every figure that is another named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from campaign.publishing.codes import labelled
from campaign.publishing.regional.contribution import COMPANIES, Contribution, contribute
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.publishing.totals.table import Row
from campaign.publishing.verification import Difference

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.regional.keys import RegionKey
    from campaign.storage.ports import Head

_NOTHING = "nothing"
Group = tuple[str, ...]


def differences(
    connection: Connection, found: Contribution, head: Head, key: RegionKey, made_by: str
) -> list[Difference]:
    """Every difference between a contribution and what the log gives at its position; none: they are the same.

    ``head`` is that of the log there, ``key`` the one it was made with, ``made_by`` this program.
    """
    again = contribute(connection, found.request, head, key, made_by, found.name)
    rows = [*_of_rows(found.contacts, again.contacts), *_of_rows(found.yields, again.yields)]
    return rows or list(_of_manifest(found, again))


def _of_rows(found: Sequence[Row], again: Sequence[Row]) -> Iterator[Difference]:
    one, other = ({_group(row): row for row in rows} for rows in (found, again))
    for group in dict.fromkeys([*other, *one]):
        there, here = one.get(group, {}), other.get(group, {})
        for name in here or there:
            if there.get(name) != here.get(name):
                yield Difference(_place(here or there, name), *_said(name, there.get(name), here.get(name)))


def _group(row: Row) -> Group:
    return tuple(row.get(by, "") for by in PUBLISHED)


def _place(row: Row, name: str) -> str:
    return f"{', '.join(labelled(by, row[by], 'en') for by in PUBLISHED if by in row)}: {name}"


def _said(name: str, one: Any, other: Any) -> tuple[str, str]:
    """What both say; of companies how many, and that they are others where they are as many."""
    there, here = (_NOTHING if each is None else len(each) if name in COMPANIES else each for each in (one, other))
    return (str(there), str(here)) if there != here else (f"{there} companies", f"{here} others")


def _of_manifest(found: Contribution, again: Contribution) -> Iterator[Difference]:
    """What it says of itself otherwise, apart from which version made it and what follows from that."""
    for name in again.manifest:
        there, here = found.manifest.get(name), again.manifest[name]
        if there != here and name not in ("made_by", "seal", "signature"):
            yield Difference(f"about the contribution, {name}", str(there)[:_BRIEF], str(here)[:_BRIEF])


_BRIEF = 80
