"""Contributions: figures that an office hands to its region, in which companies are counted once across offices."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.errors import CheckFault, SettingsFault
from campaign.publishing.totals.dimensions import OF_CONTACT, OF_YIELD, PUBLISHED
from campaign.publishing.totals.manifest import CONTRIBUTION, DEFINITIONS, MEASURES, Manifest, digest, seal
from campaign.publishing.totals.request import OF_SCOPE, Request, as_json
from campaign.publishing.totals.request_reader import from_json
from campaign.publishing.totals.table import Row
from domain.yield_kinds import KINDS
from projections.measures import COUNTS
from projections.periods import PERIODS, Period

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

    from campaign.publishing.regional.keys import RegionKey
    from campaign.storage.ports import Head
    from projections.filters import Scope

Words = tuple[str, ...]
COMPANIES = tuple(name for name in COUNTS if name.startswith("companies_"))
"""Counts of distinct companies, which no sum over groups gives."""
ADDED = tuple(name for name in COUNTS if name not in COMPANIES)
AMOUNTS = ("yields", "positions", "positions_from_visits")
RULE = (
    "Nothing is hidden, and companies stand in it under a key of the region: for the region alone, not to be handed on."
)
_ALWAYS = ("office", "region")
_COME_WITH = {"month": ("quarter",)}
_OF_EVERY_YIELD = ("kind", "support_class")
_MOST = 200_000_000  # bytes
_HASH = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Contribution:
    """The contribution of one office, or one data directory. ``name``: its file or folder, as told apart from others.

    ``contacts``: a row for each finest group of contacts with its words and counts; a count of companies is the list of
    their hashes under the key. ``yields``: rows by kind with the ``AMOUNTS``, of each kind without those below it.
    """

    name: str
    manifest: Manifest
    contacts: tuple[Row, ...]
    yields: tuple[Row, ...]

    @cached_property
    def request(self) -> Request:
        """The request for it; its ``by`` are the dimensions of the finest groups."""
        request = self.manifest["request"]
        return from_json(request if isinstance(request, dict) else {})

    @property
    def content(self) -> bytes:
        """The bytes of its file, the same whenever it is made at its position."""
        document = {"manifest": self.manifest, **_data(self.contacts, self.yields)}
        return f"{json.dumps(document, ensure_ascii=False, indent=1)}\n".encode()


# From a log


def finest(by: Iterable[str]) -> Words:
    """The dimensions of the finest groups from which totals by these can be made, with those that add no group."""
    dimensions = {*_ALWAYS, *by}
    dimensions.update(*(_COME_WITH.get(dimension, ()) for dimension in dimensions), _OF_EVERY_YIELD)
    return tuple(dimension for dimension in PUBLISHED if dimension in dimensions)


def request_of(scope: Scope, by: Iterable[str], day: date, position: int, known_on: date | None) -> Request:
    """The request for a contribution within a scope, by these dimensions at the finest."""
    filters = {name: getattr(scope, name) for name in OF_SCOPE}
    return Request("json", finest(by), False, "en", 0, True, day, position, known_on=known_on, **filters)


def contribute(
    connection: Connection, request: Request, head: Head, key: RegionKey, made_by: str, name: str = ""
) -> Contribution:
    """The contribution requested, with companies as hashes under the key."""
    from projections.questions.hit_rates import amounts, hit_rates

    scope, (contacts, of_yields) = request.scope(), _dimensions(request)
    companies = _companies(connection, scope, contacts, key)
    contact_rows = [_row(row, contacts, companies) for row in hit_rates(connection, scope, *contacts)]
    dimensions = (*contacts, *of_yields)
    yield_rows = [
        _of_yields(dimensions, words, row) for words, row in sorted(amounts(connection, scope, dimensions).items())
    ]
    manifest = _manifest(request, head, made_by) | _participants(connection, scope) | {"key": key.fingerprint}
    manifest |= {"sha256": digest(_data(contact_rows, yield_rows))}
    sealed = seal(manifest)
    return Contribution(
        name, manifest | {"seal": sealed, "signature": key.signature(sealed)}, tuple(contact_rows), tuple(yield_rows)
    )


def _manifest(request: Request, head: Head, made_by: str) -> Manifest:
    return {
        "what": CONTRIBUTION,
        "request": as_json(request),
        "day": str(request.day),
        "position": head.position,
        "head": head.hash,
        "rule": RULE,
        "measures": {"version": MEASURES, "sha256": digest(DEFINITIONS), "definitions": DEFINITIONS},
        "made_by": made_by,
    }


def _participants(connection: Connection, scope: Scope) -> Manifest:
    """The offices with figures, the offices and regions that participate, and the number of entries not counted."""
    from projections.questions.hit_rates import hit_rates
    from projections.questions.unknown_kinds import uncounted_entries

    rows_by = {by: hit_rates(connection, scope, by) for by in _ALWAYS}
    return {
        "offices": [row["office"] for row in rows_by["office"] if any(row[count] for count in COUNTS)],
        "taking_part": {by: [row[by] for row in rows] for by, rows in rows_by.items()},
        "left_out": uncounted_entries(connection, scope),
    }


def _dimensions(request: Request) -> tuple[Words, Words]:
    """The dimensions of contacts, and those of yields."""
    return tuple(d for d in request.by if d in OF_CONTACT), tuple(d for d in request.by if d in OF_YIELD)


def _data(contacts: Sequence[Row], yields: Sequence[Row]) -> dict[str, list[Row]]:
    return {"contacts": list(contacts), "yields": list(yields)}


def _companies(connection: Connection, scope: Scope, by: Words, key: RegionKey) -> Mapping[tuple[Words, str], set[str]]:
    from projections.questions.distinct_companies import companies_counted

    companies: dict[tuple[Words, str], set[str]] = {}
    hashes: dict[str, str] = {}
    for company in companies_counted(connection, scope, by):
        hashed = hashes.get(company.cvr) or hashes.setdefault(company.cvr, key.company(company.cvr))
        companies.setdefault((company.words, company.figure), set()).add(hashed)
    return companies


def _row(row: Row, by: Words, companies: Mapping[tuple[Words, str], set[str]]) -> Row:
    words = tuple(row[dimension] for dimension in by)
    counts = {name: sorted(companies.get((words, name), ())) if name in COMPANIES else row[name] for name in COUNTS}
    return dict(zip(by, words, strict=True)) | counts


def _of_yields(by: Words, words: Words, row: Row) -> Row:
    return dict(zip(by, words, strict=True)) | {name: int(row[name] or 0) for name in AMOUNTS}


# From a file


def read_contribution(path: Path, key: RegionKey | None = None, name: str = "") -> Contribution:
    """The contribution in a file, its signature checked if the key is given. ``name``: its name, by default the file's.

    Raises ``SettingsFault`` when it is none, or made with another key, ``CheckFault`` when it is damaged or altered.
    """
    document = _parsed(path)
    manifest = document.get("manifest")
    if not (isinstance(manifest, dict) and manifest.get("what") == CONTRIBUTION and "request" in manifest):
        raise SettingsFault(f"{path} is no contribution. An office makes one: campaign export contribution -o FILE")
    data = {name: document.get(name) for name in ("contacts", "yields")}
    _check_sealed(path, manifest, data, key)
    contribution = Contribution(name or path.name, manifest, *map(_rows, data.values()))
    fault = _fault(contribution)
    if fault:
        raise CheckFault(f"{path} is damaged, or of another version: {fault}.")
    return contribution


def _parsed(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MOST:
            raise SettingsFault(f"{path} is too large to be a contribution.")
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise SettingsFault(f"{path} cannot be read: {fault.strerror}.") from fault
    except (ValueError, RecursionError):
        document = None
    return document if isinstance(document, dict) else {}


def _check_sealed(path: Path, manifest: Manifest, data: Mapping[str, Any], key: RegionKey | None) -> None:
    sealed = manifest.get("seal")
    fields = {name: value for name, value in manifest.items() if name != "signature"}
    if manifest.get("sha256") != digest(data) or sealed != seal(fields):
        raise CheckFault(
            f"{path} was altered or damaged: its figures do not fit what is sealed in it. Ask for it anew."
        )
    if key and key.fingerprint != manifest.get("key"):
        raise SettingsFault(f"{path} was made with another key ({manifest.get('key')!s:.16}, not {key.fingerprint}).")
    if key and manifest.get("signature") != key.signature(sealed):
        raise CheckFault(f"{path} was altered by somebody without the key of the region. Ask for it anew.")


def _rows(rows: object) -> tuple[Row, ...]:
    return tuple(rows) if isinstance(rows, list) else ()


def _fault(contribution: Contribution) -> str | None:
    """The first fault in it; None when it can be merged."""
    try:
        contacts, of_yields = _dimensions(contribution.request)
    except SettingsFault as fault:
        return str(fault).removesuffix(".")
    if finest(contribution.request.by) != contribution.request.by:
        return "its dimensions are not those of a contribution"
    missing = [name for name, right in _FIELDS.items() if not right(contribution.manifest.get(name))]
    if missing:
        return f"{missing[0].replace('_', ' ')} is not said in it"
    wrong = [row for row in contribution.contacts if not _is_row(row, contacts, tuple(COUNTS))]
    wrong += [row for row in contribution.yields if not _is_row(row, (*contacts, *of_yields), AMOUNTS)]
    return f"{json.dumps(wrong[0])[:80]} is no row of one" if wrong else None


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_word, value))


def _is_number(value: object) -> bool:
    return type(value) is int and value >= 0


_FIELDS: dict[str, Callable[[object], bool]] = {
    "position": _is_number,
    "head": _is_word,
    "day": _is_word,
    "key": _is_word,
    "offices": _are_words,
    "taking_part": lambda value: isinstance(value, dict) and all(_are_words(value.get(by)) for by in _ALWAYS),
    "left_out": lambda value: isinstance(value, dict) and all(map(_is_number, value.values())),
    "measures": lambda value: isinstance(value, dict) and _is_number(value.get("version")),
}
"""The checks of the fields of the manifest that merging uses."""


def _is_row(row: object, by: Words, figures: Iterable[str]) -> bool:
    if not isinstance(row, dict) or row.keys() != {*by, *figures}:
        return False
    right = all(_is_companies(row[name]) if name in COMPANIES else _is_number(row[name]) for name in figures)
    return right and all(_is_of(dimension, row[dimension]) for dimension in by)


def _is_companies(value: object) -> bool:
    if not isinstance(value, list) or not all(isinstance(hashed, str) and _HASH.fullmatch(hashed) for hashed in value):
        return False
    return sorted(set(value)) == value


def _is_of(by: str, word: object) -> bool:
    """Whether it is a word of the dimension, as far as totals depend on it."""
    if not isinstance(word, str) or not word or (by == "kind" and word not in KINDS):
        return False
    try:
        return by not in PERIODS or bool(Period.named(word))
    except ValueError:
        return False
