"""A publication: a request for totals, its tables and its manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from campaign.publishing.totals.manifest import Manifest
from campaign.publishing.totals.request import Request
from campaign.publishing.totals.table import Table
from campaign.publishing.totals.totals import has_weeks, table_from_log, weeks_shown

if TYPE_CHECKING:
    from sqlalchemy import Connection


class Publication(NamedTuple):
    """The contents of one file: its tables, the first of which is the one requested, and its manifest."""

    request: Request
    tables: list[Table]
    manifest: Manifest


def count(connection: Connection, request: Request) -> list[Table]:
    """The tables of a request before suppression: the one requested, and in a workbook those of yields and weeks."""
    scope = request.scope()
    tables = [table_from_log(connection, scope, request.by)]
    if request.form == "xlsx":
        tables.append(table_from_log(connection, scope, ("kind",), "yields"))
    if has_weeks(request):
        tables.append(weeks_shown(table_from_log(connection, scope, ("week",), "weeks")))
    return tables
