"""The registry of formats: under the name of each its writer, its reader, and whether it holds its manifest."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from campaign.publishing.formats import csv_format, json_format, json_stat, px, workbook
from campaign.publishing.formats.contents import Contents, Figures
from campaign.publishing.totals.publication import Publication


class Format(NamedTuple):
    """A format. Without ``holds_manifest`` the manifest is written to a second file beside it."""

    write: Callable[[Publication], bytes]
    read: Callable[[Contents], Figures]
    holds_manifest: bool = True


_SEPARATED = Format(csv_format.write, csv_format.read, holds_manifest=False)
FORMATS = {
    "csv": _SEPARATED,
    "excel-csv": _SEPARATED,
    "xlsx": Format(workbook.write, workbook.read),
    "json": Format(json_format.write, json_format.read),
    "json-stat": Format(json_stat.write, json_stat.read),
    "px": Format(px.write, px.read),
    "tsv": _SEPARATED,
}


def rendered(publication: Publication) -> bytes:
    """The bytes of the file of a publication, in the format of its request."""
    return FORMATS[publication.request.form].write(publication)


def holds_manifest(form: str) -> bool:
    """Whether a file of that format holds its manifest."""
    return FORMATS[form].holds_manifest
