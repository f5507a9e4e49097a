"""Manifests: the description in a file of totals, from which it can be counted again and verified."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from campaign.publishing.totals.request import Request, as_json
from campaign.publishing.totals.table import Table
from campaign.translations import text
from projections.measures import COUNTS, RATES, RATIOS

if TYPE_CHECKING:
    from campaign.storage.ports import Head

Manifest = dict[str, Any]

MEASURES = 1
"""The version of the definitions in measures.md; increased when a figure changes its meaning."""
WHAT = "totals of a campaign"
CONTRIBUTION, COLLECTED = "contribution to the totals of a region", "collected totals"
"""The file of an office for its region, and the merged file of several offices, which no single log gives."""


def manifest(
    request: Request,
    head: Head,
    tables: Sequence[Table],
    made_by: str,
    left_out: Mapping[str, int],
    against: str | None = None,
) -> Manifest:
    """The manifest of these tables. It has neither the moment of writing nor the writer.

    ``left_out``: the number of entries of each kind that this version does not know. ``against``: SHA-256 of the data of
    an earlier file, the differences to which are protected too.
    """
    fields = {
        "what": WHAT,
        "request": as_json(request),
        "day": str(request.day),
        "position": head.position,
        "head": head.hash,
        "hidden": sum(len(row["hidden"]) for table in tables for row in table.rows),
        "figures": sum(len(table.figures) * len(table.rows) for table in tables),
        "rule": rule(request.suppress_below, request.internal),
        "against": against,
        "left_out": dict(left_out),
        "measures": {"version": MEASURES, "sha256": digest(DEFINITIONS), "definitions": DEFINITIONS},
        "made_by": made_by,
        "sha256": data_digest(tables),
    }
    return fields | {"seal": seal(fields)}


def seal(manifest: Manifest) -> str:
    """SHA-256 of all other fields of a manifest, which reveals a change in any of them."""
    return digest({name: value for name, value in manifest.items() if name not in ("seal", "file_sha256")})


def is_sealed(manifest: Manifest) -> bool:
    """Whether the seal of a manifest fits its fields."""
    return bool(manifest.get("seal") == seal(manifest))


def _share(numerator: str, parts: Sequence[str]) -> str:
    denominator = " + ".join(parts)
    return f"{numerator} / {f'({denominator})' if len(parts) > 1 else denominator}"


DEFINITIONS = {**COUNTS, **{rate: _share(*parts) for rate, parts in (RATES | RATIOS).items()}}
"""The definition of every figure, in words or as a share of counts."""


def rule(below: int, internal: bool, language: str = "en") -> str:
    """Which figures are suppressed, in words."""
    if below < 2:
        return text(language, "Nothing is hidden: for internal use only, not to be handed on.")
    message = text(
        language,
        "Hidden are figures from 1 to {most}, and as many others as it takes that none of them can be told from "
        "totals, parts or rates to within fewer than {below}. A rate is hidden with what it is a share of.",
    )
    use = f" {text(language, 'For internal use only, not to be handed on.')}" if internal else ""
    return f"{message.format(most=below - 1, below=below)}{use}"


def data_digest(tables: Sequence[Table]) -> str:
    """SHA-256 of the rows of all tables, by their names, as canonical JSON (sorted names, no spaces, UTF-8)."""
    return digest({table.name: list(table.rows) for table in tables})


def digest(value: Any) -> str:
    """SHA-256 (hexadecimal) of a value as canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
