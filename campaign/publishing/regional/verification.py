"""Verification of a contribution: it is counted again from its log as it was then, and every difference named."""

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
    connection: Connection, contribution: Contribution, head: Head, key: RegionKey, made_by: str
) -> list[Difference]:
    """Every difference between a contribution and what the log gives at its position; none: they are the same.

    ``head`` is that of the log there, ``key`` the one it was made with, ``made_by`` this program.
    """
    recounted = contribute(connection, contribution.request, head, key, made_by, contribution.name)
    rows = [*_of_rows(contribution.contacts, recounted.contacts), *_of_rows(contribution.yields, recounted.yields)]
    return rows or list(_of_manifest(contribution, recounted))


def _of_rows(in_file: Sequence[Row], recounted: Sequence[Row]) -> Iterator[Difference]:
    file_rows, log_rows = ({_group(row): row for row in rows} for rows in (in_file, recounted))
    for group in dict.fromkeys([*log_rows, *file_rows]):
        file, log = file_rows.get(group, {}), log_rows.get(group, {})
        for name in log or file:
            if file.get(name) != log.get(name):
                yield Difference(_place(log or file, name), *_in_words(name, file.get(name), log.get(name)))


def _group(row: Row) -> Group:
    return tuple(row.get(by, "") for by in PUBLISHED)


def _place(row: Row, name: str) -> str:
    return f"{', '.join(labelled(by, row[by], 'en') for by in PUBLISHED if by in row)}: {name}"


def _in_words(name: str, file: Any, log: Any) -> tuple[str, str]:
    """Both values in words; of companies their number, and whether they are other companies."""
    in_file, in_log = (
        _NOTHING if value is None else len(value) if name in COMPANIES else value for value in (file, log)
    )
    return (str(in_file), str(in_log)) if in_file != in_log else (f"{in_file} companies", f"{in_log} others")


def _of_manifest(contribution: Contribution, recounted: Contribution) -> Iterator[Difference]:
    """The fields of the manifest that differ, apart from the version that made it and what depends on that."""
    for name in recounted.manifest:
        file, log = contribution.manifest.get(name), recounted.manifest[name]
        if file != log and name not in ("made_by", "seal", "signature"):
            yield Difference(f"about the contribution, {name}", str(file)[:_BRIEF], str(log)[:_BRIEF])


_BRIEF = 80
