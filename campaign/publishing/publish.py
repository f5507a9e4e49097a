"""Publishing: totals counted, suppressed where small, and described by a manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from campaign.errors import CheckFault
from campaign.publishing.suppression import Published, suppress, with_suppressed
from campaign.publishing.totals.manifest import data_digest, is_sealed, manifest
from campaign.publishing.totals.publication import Publication, count
from campaign.publishing.totals.request import Request, check_same_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.formats.reading import TotalsFile
    from campaign.storage.ports import Head


def publish(
    connection: Connection,
    request: Request,
    head: Head,
    made_by: str,
    earlier: TotalsFile | None = None,
    on_suppression: Callable[[int], None] = lambda cells: None,
) -> Publication:
    """The publication of a request, in which small figures, and small differences to the file ``earlier``, are suppressed.

    ``on_suppression`` is called before suppression with the number of counts it chooses from. Raises what ``published``
    raises, and ``CannotBeProtected`` when the earlier file discloses too much.
    """
    from projections.questions.unknown_kinds import uncounted_entries

    unsuppressed = count(connection, request)
    before = published(connection, earlier, request) if earlier else None
    cells = sum(len(table.rows) * len(table.counts) for table in unsuppressed)
    on_suppression(cells if request.suppress_below > 1 else 0)
    tables = suppress(unsuppressed, request.suppress_below, before)
    against = earlier.manifest["sha256"] if earlier else None
    description = manifest(request, head, tables, made_by, uncounted_entries(connection, request.scope()), against)
    return Publication(request, tables, description)


def published(connection: Connection, earlier: TotalsFile, request: Request) -> Published:
    """An earlier file: its true figures, and those it suppresses.

    Raises ``SettingsFault`` when it is not of the same table as the request, ``CheckFault`` when it differs from the log.
    """
    check_same_table(earlier.request, request)
    tables = count(connection, earlier.request)
    digest = data_digest(with_suppressed(tables, earlier.suppressed))
    if digest != earlier.manifest["sha256"] or not is_sealed(earlier.manifest):
        raise CheckFault(f"{earlier.path} is not what the log gives. See: campaign export verify {earlier.path}")
    return Published(tables, earlier.suppressed)
