"""A table of totals as JSON-stat 2.0, and the way back to its cells."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any, Literal

from msgspec import Struct, ValidationError, convert

from campaign.errors import SettingsFault
from campaign.publishing.codes import code, labelled, word
from campaign.publishing.formats import cube
from campaign.publishing.formats.cube import DECIMALS, SUPPRESSED, Cells
from campaign.publishing.totals.table import ALL, Table
from campaign.publishing.wording import provenance, remark
from campaign.translations.names import heading, unit
from domain.yield_kinds import KINDS

MEASURE = "measure"
CONFIDENTIAL, NOT_APPLICABLE = "c", "z"
"""Signs of a value that is null, as Eurostat flags them: it is hidden, or there is nothing to be a share of."""


def json_stat(table: Table, manifest: dict[str, Any], language: str, title: str) -> dict[str, Any]:
    """The table as a dataset: a dimension for each of its own, and ``measure``, whose categories are the figures.

    Every dimension ends with ``TOT``, the parent of the others; kinds are parents as in the tree of kinds. Shares
    have six decimals. ``value`` is null for what is hidden (status ``c``), for what has no base (``z``), and, without
    a status, for a combination that does not exist. ``updated`` is the manifest's ``day``, and in its notes are the
    ``position``, ``head`` and ``sha256`` of it. The format: json-stat.org/full.
    """
    there = cube.cells(table)
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
        "value": [None if cell == SUPPRESSED else cell for cell in there.values()],
        "status": dict(_statuses(table, there)),
        "extension": {"manifest": manifest},
    }


def _dimension(table: Table, by: str, language: str) -> dict[str, Any]:
    there = cube.words(table, by)
    labels = {code(by, each): labelled(by, each, language) for each in there}
    return {
        "label": heading(by, language),
        "category": {"index": list(labels), "label": labels, "child": _children(by, there)},
    }


def _children(by: str, there: list[str]) -> dict[str, list[str]]:
    """The words directly below each word: below ``ALL`` those of which no parent is in the table."""
    found: dict[str, list[str]] = {}
    for each in there[:-1]:
        parent = KINDS[each].parent if by == "kind" and each in KINDS else None
        found.setdefault(code(by, parent if parent in there else ALL), []).append(code(by, each))
    return found


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
    found = {role: [by for by in table.dimensions if by in those] for role, those in _ROLES.items()}
    return {role: those for role, those in found.items() if those} | {"metric": [MEASURE]}


def _statuses(table: Table, there: Cells) -> Iterator[tuple[str, str]]:
    """The sign of each cell without a value, under its number in ``value``."""
    groups = {table.group(row) for row in table.rows}
    for number, ((group, _), cell) in enumerate(there.items()):
        if cell == SUPPRESSED or (cell is None and group in groups):
            yield str(number), CONFIDENTIAL if cell == SUPPRESSED else NOT_APPLICABLE


# The way back


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


def cells(said: Any) -> Cells:
    """The cells of a dataset that ``json_stat`` wrote, each as ``cubes.cells`` has it.

    Raises ``SettingsFault`` for anything else: other keys, a code that is none, too few values, a sign at a value.
    """
    dataset = _dataset(said)
    *codes, figures = dataset.codes
    groups = product(*([word(by, each) for each in there] for by, there in zip(dataset.id, codes, strict=False)))
    signs = [dataset.status.get(str(number)) for number in range(len(dataset.value))]
    there = (SUPPRESSED if sign == CONFIDENTIAL else value for value, sign in zip(dataset.value, signs, strict=True))
    return dict(zip(product(groups, figures), there, strict=True))


def _dataset(said: Any) -> _Dataset:
    try:
        dataset = convert(said, _Dataset)
    except ValidationError as fault:
        raise SettingsFault(f"This is no JSON-stat file of ours: {fault}.") from fault
    if dataset.id[-1:] != [MEASURE] or set(dataset.id) != set(dataset.dimension):
        raise SettingsFault("This is no JSON-stat file of ours: its dimensions are not those it names.")
    if [len(set(there)) for there in dataset.codes] != dataset.size or prod(dataset.size) != len(dataset.value):
        raise SettingsFault("This JSON-stat file is damaged: there are not as many values as its dimensions ask for.")
    if any(not _is_empty(dataset.value, number) for number in dataset.status):
        raise SettingsFault("This JSON-stat file is damaged: a value stands where a sign says that there is none.")
    return dataset


def _is_empty(values: list[int | float | None], number: str) -> bool:
    return number.isdecimal() and int(number) < len(values) and values[int(number)] is None
