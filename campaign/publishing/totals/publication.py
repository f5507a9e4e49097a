"""Publications: a request counted, protected and described, and the bytes of it in the format that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from campaign.errors import CheckFault
from campaign.publishing.suppression import Published, suppress, with_suppressed
from campaign.publishing.totals.manifest import Manifest, data_digest, is_sealed, manifest
from campaign.publishing.totals.request import Request, check_same_table
from campaign.publishing.totals.table import Table
from campaign.publishing.totals.totals import has_weeks, table_from_log, weeks_shown
from campaign.publishing.wording import title

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.formats.reading import Read
    from campaign.storage.ports import Head

WITH_MANIFEST = ("xlsx", "json", "json-stat", "px")
"""Formats that have a place for the manifest in the file itself; beside the others lies a file of it."""


class Publication(NamedTuple):
    """What one file holds: its tables, the first of which is the one asked for, and what it says of itself."""

    request: Request
    tables: list[Table]
    manifest: Manifest


def publish(
    connection: Connection,
    request: Request,
    head: Head,
    made_by: str,
    earlier: Read | None = None,
    on_suppression: Callable[[int], None] = lambda cells: None,
) -> Publication:
    """Counts what is asked for, hides in it what would tell of few, also beside a file given out ``earlier``.

    ``on_suppression`` is told, before that begins, of how many counts some are to be hidden. Raises what
    ``published`` does, and ``CannotBeProtected`` when the earlier file told too much.
    """
    from projections.questions.unknown_kinds import uncounted_entries

    unsuppressed = count(connection, request)
    before = published(connection, earlier, request) if earlier else None
    on_suppression(
        sum(len(table.rows) * len(table.counts) for table in unsuppressed) if request.suppress_below > 1 else 0
    )
    tables = suppress(unsuppressed, request.suppress_below, before)
    against = earlier.manifest["sha256"] if earlier else None
    description = manifest(request, head, tables, made_by, uncounted_entries(connection, request.scope()), against)
    return Publication(request, tables, description)


def published(connection: Connection, earlier: Read, request: Request) -> Published:
    """A file that was given out: its true figures, and those that it does not show.

    Raises ``SettingsFault`` when it is no file to protect one of this request against, ``CheckFault`` when it is not
    what the log gives.
    """
    check_same_table(earlier.request, request)
    tables = count(connection, earlier.request)
    if data_digest(with_suppressed(tables, earlier.suppressed)) != earlier.manifest["sha256"] or not is_sealed(
        earlier.manifest
    ):
        raise CheckFault(f"{earlier.path} is not what the log gives. See: campaign export verify {earlier.path}")
    return Published(tables, earlier.suppressed)


def count(connection: Connection, request: Request) -> list[Table]:
    """The tables of a request before anything is hidden: the one asked for, and in a workbook yields and weeks."""
    scope = request.scope()
    tables = [table_from_log(connection, scope, request.by)]
    if request.form == "xlsx":
        tables.append(table_from_log(connection, scope, ("kind",), "yields"))
    if has_weeks(request):
        tables.append(weeks_shown(table_from_log(connection, scope, ("week",), "weeks")))
    return tables


def rendered(publication: Publication) -> bytes:
    """The bytes of the file."""
    return _RENDERED[publication.request.form](publication)


def _json(publication: Publication) -> bytes:
    """The manifest, and the rows as ``rates --json`` has them; a hidden figure is null and named in ``hidden``."""
    return _as_text({"manifest": publication.manifest, "rows": list(publication.tables[0].rows)})


def _as_text(value: object) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()


def _json_stat(publication: Publication) -> bytes:
    from campaign.publishing.formats.json_stat import json_stat

    request, said = publication.request, publication.manifest
    return _as_text(json_stat(publication.tables[0], said, request.language, title(said, request.language)))


def _px(publication: Publication) -> bytes:
    from campaign.publishing.formats.px import px

    request, said = publication.request, publication.manifest
    return px(publication.tables[0], said, request.language, title(said, request.language))


def _workbook(publication: Publication) -> bytes:
    from campaign.publishing.formats.workbook import workbook

    return workbook(publication.tables, publication.manifest, publication.request.language)


def _separated(publication: Publication) -> bytes:
    from campaign.publishing.formats.csv_format import DIALECTS, separated

    request = publication.request
    return separated(publication.tables[0], DIALECTS[request.form], request.language, request.long)


_RENDERED: dict[str, Callable[[Publication], bytes]] = {
    "csv": _separated,
    "excel-csv": _separated,
    "tsv": _separated,
    "json": _json,
    "json-stat": _json_stat,
    "px": _px,
    "xlsx": _workbook,
}
