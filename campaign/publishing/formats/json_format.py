"""Totals as JSON: the manifest, and the rows as ``campaign rates --json`` has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from campaign.publishing.totals.table import SUPPRESSED

if TYPE_CHECKING:
    from campaign.publishing.formats.contents import Contents, Figures
    from campaign.publishing.totals.publication import Publication


def write(publication: Publication) -> bytes:
    """The bytes of the file. A suppressed figure is null, and named in the list ``hidden`` of its row."""
    return as_json({"manifest": publication.manifest, "rows": list(publication.tables[0].rows)})


def read(file: Contents) -> Figures:
    """The figures of the file."""
    table = file.table
    for row in file.parsed["rows"]:
        for name in table.figures:
            yield (table.name, table.group(row), name), SUPPRESSED if name in row["hidden"] else row[name]


def as_json(document: dict[str, Any]) -> bytes:
    """A JSON document as every file has it: indented, with all letters as they are."""
    return f"{json.dumps(document, ensure_ascii=False, indent=2)}\n".encode()
