"""Totals as JSON-stat 2.0."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, Literal

from msgspec import Struct, ValidationError, convert

from campaign.errors import SettingsFault
from campaign.publishing.codes import code, labelled, word
from campaign.publishing.formats import cube
from campaign.publishing.formats.contents import Contents, Figures, figures_of
from campaign.publishing.formats.cube import DECIMALS, Cells
from campaign.publishing.formats.json_format import as_json
from campaign.publishing.totals.publication import Publication
from campaign.publishing.totals.table import ALL, SUPPRESSED, Table
from campaign.publishing.wording import provenance, remark, title
from campaign.translations.names import heading, unit
from domain.yield_kinds import KINDS

MEASURE = "measure"
CONFIDENTIAL, NOT_APPLICABLE = "c", "z"
"""Signs of a value that is null, as Eurostat flags them: it is suppressed, or there is nothing to be a share of."""


def write(publication: Publication) -> bytes:
    """The bytes of the file of the first table."""
    manifest, language = publication.manifest, publication.request.language
    return as_json(dataset(publication.tables[0], manifest, language, title(manifest, language)))


def read(file: Contents) -> Figures:
    """The figures of the file. Raises ``SettingsFault`` for anything that ``write`` does not write."""
    return figures_of(file.table, cells(file.parsed))


def dataset(table: Table, manifest: dict[str, Any], language: str, title: str) -> dict[str, Any]:
    """The table as a dataset: a dimension for each of its own, and ``measure``, whose categories are the figures.

    Every dimension ends with ``TOT``, the parent of the others; kinds are parents as in the tree of kinds. Shares
    have six decimals. ``value`` is null for what is suppressed (status ``c``), for what has no base (``z``), and, without
    a status, for a combination that does not exist. ``updated`` is the manifest's ``day``, and in its notes are the
    ``position``, ``head`` and ``sha256`` of it. The format: json-stat.org/full.
    """
    values = cube.cells(table)
    dimensions = {by: _dimension(table, by, language) for by in table.dimensions} | {MEASURE: _measure(table, language)}
    return {
        "version": "2.0",
        "class": "dataset",
        "label": title,
        "source": remark("source", language),
        "updated": str(manifest["day"]),
        "note": _notes(manifest, language),
        "id": list(dimensions),
        "size": [len(dimension["category"]["index"]) for dimension in dimensions.values()],
        "role": _roles(table),
        "dimension": dimensions,
        "value": [None if cell == SUPPRESSED else cell for cell in values.values()],
        "status": dict(_statuses(table, values)),
        "extension": {"manifest": manifest},
    }


def _dimension(table: Table, by: str, language: str) -> dict[str, Any]:
    words = cube.words(table, by)
    labels = {code(by, word): labelled(by, word, language) for word in words}
    return {
        "label": heading(by, language),
        "category": {"index": list(labels), "label": labels, "child": _children(by, words)},
    }


def _children(by: str, words: list[str]) -> dict[str, list[str]]:
    """The words directly below each word: below ``ALL`` those of which no parent is in the table."""
    children: dict[str, list[str]] = {}
    for child in words[:-1]:
        parent = KINDS[child].parent if by == "kind" and child in KINDS else None
        children.setdefault(code(by, parent if parent in words else ALL), []).append(code(by, child))
    return children


def _measure(table: Table, language: str) -> dict[str, Any]:
    labels = {name: heading(name, language) for name in table.figures}
    units = {name: _unit(name, language) for name in table.figures}
    return {"label": heading(MEASURE, language), "category": {"index": list(labels), "label": labels, "unit": units}}


def _unit(figure: str, language: str) -> dict[str, Any]:
    return {"label": remark(unit(figure), language), "decimals": 0 if unit(figure) == "number" else DECIMALS}


def _notes(manifest: dict[str, Any], language: str) -> list[str]:
    signs = {CONFIDENTIAL: "hidden", NOT_APPLICABLE: "no base"}
    return [
        *(f"{sign}: {remark(key, language)}." for sign, key in signs.items()),
        provenance(manifest, language),
    ]


_ROLES = {"geo": ("office", "region"), "time": ("week", "month", "quarter")}


def _roles(table: Table) -> dict[str, list[str]]:
    roles = {role: [by for by in table.dimensions if by in dimensions] for role, dimensions in _ROLES.items()}
    return {role: dimensions for role, dimensions in roles.items() if dimensions} | {"metric": [MEASURE]}


def _statuses(table: Table, values: Cells) -> Iterator[tuple[str, str]]:
    """The sign of each cell without a value, under its number in ``value``."""
    groups = {table.words(row) for row in table.rows}
    for number, ((group, _), cell) in enumerate(values.items()):
        if cell == SUPPRESSED or (cell is None and group in groups):
            yield str(number), CONFIDENTIAL if cell == SUPPRESSED else NOT_APPLICABLE


# Reading


class _Category(Struct):
    index: list[str]


class _Dimension(Struct):
    category: _Category


class _Dataset(Struct):
    id: list[str]
    size: list[int]
    dimension: dict[str, _Dimension]
    value: list[int | float | None]
    status: dict[str, Literal["c", "z"]]

    @property
    def codes(self) -> list[list[str]]:
        """The codes of every dimension."""
        return [self.dimension[by].category.index for by in self.id]


def cells(document: Any) -> Cells:
    """The cells of a dataset, each as ``cube.cells`` has it.

    Raises ``SettingsFault`` for anything else: other keys, a code that is none, too few values, a sign at a value.
    """
    dataset = _dataset(document)
    *codes, figures = dataset.codes
    groups = product(*([word(by, code) for code in by_code] for by, by_code in zip(dataset.id, codes, strict=False)))
    signs = [dataset.status.get(str(number)) for number in range(len(dataset.value))]
    values = (SUPPRESSED if sign == CONFIDENTIAL else value for value, sign in zip(dataset.value, signs, strict=True))
    return dict(zip(product(groups, figures), values, strict=True))


def _dataset(document: Any) -> _Dataset:
    try:
        dataset = convert(document, _Dataset)
    except ValidationError as fault:
        raise SettingsFault(f"This is no JSON-stat file of ours: {fault}.") from fault
    if dataset.id[-1:] != [MEASURE] or set(dataset.id) != set(dataset.dimension):
        raise SettingsFault("This is no JSON-stat file of ours: its dimensions are not those it names.")
    if [len(set(codes)) for codes in dataset.codes] != dataset.size or prod(dataset.size) != len(dataset.value):
        raise SettingsFault("This JSON-stat file is damaged: there are not as many values as its dimensions ask for.")
    if any(not _is_empty(dataset.value, number) for number in dataset.status):
        raise SettingsFault("This JSON-stat file is damaged: a value stands where a sign says that there is none.")
    return dataset


def _is_empty(values: list[int | float | None], number: str) -> bool:
    return number.isdecimal() and int(number) < len(values) and values[int(number)] is None
