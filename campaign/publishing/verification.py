"""Verification of a file of totals: it is counted again from the log as it was then, and every difference named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.publishing.codes import labelled
from campaign.publishing.formats.contents import Key
from campaign.publishing.formats.reading import Cells, TotalsFile, cells_in
from campaign.publishing.formats.registry import holds_manifest, rendered
from campaign.publishing.formats.workbook import Lines, sheets
from campaign.publishing.publish import published
from campaign.publishing.suppression import Published, disclosed, suppress, with_suppressed
from campaign.publishing.totals.manifest import Manifest, manifest, seal
from campaign.publishing.totals.manifest_file import manifest_file, manifest_path
from campaign.publishing.totals.publication import Publication, count
from campaign.publishing.totals.table import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.storage.ports import Head


class Difference(NamedTuple):
    """A difference between a file and the log: the place, what the file has there, and what the log gives."""

    where: str
    file: str
    log: str

    def __str__(self) -> str:
        if self.file == DISCLOSED:
            return f"{self.where}: it is to be hidden, and the file tells it"
        return f"{self.where}: the file says {self.file}, the log gives {self.log}"


TO_SUPPRESS = "hidden"
DISCLOSED = "enough to reckon it"


def differences(
    connection: Connection, file: TotalsFile, head: Head, made_by: str, earlier: TotalsFile | None = None
) -> list[Difference]:
    """Every difference between the file and what is counted now at its position; none when they are the same bytes.

    ``head`` is that of the log at the file's position, ``made_by`` this program, ``earlier`` the file it was protected
    against. A file may suppress other figures than would be chosen now, as with another version of the solver: then
    every figure it shows must be as counted, and none that is small may be disclosed.
    """
    tables = count(connection, file.request)
    before = published(connection, earlier, file.request) if earlier else None
    same_choice = _as_published(file, head, earlier, with_suppressed(tables, file.suppressed))
    is_as_counted = _is_written_so(file, same_choice)
    disclosures = list(_disclosures(file, tables, before)) if is_as_counted else []
    if is_as_counted and not disclosures:
        return []
    if file.manifest["made_by"] != made_by or bool(file.manifest.get("against")) != bool(earlier):
        return disclosures or list(_compared(file, same_choice))
    own_choice = _as_published(file, head, earlier, suppress(tables, file.request.suppress_below, before))
    return [] if _is_written_so(file, own_choice) else disclosures or list(_compared(file, own_choice))


def _as_published(file: TotalsFile, head: Head, earlier: TotalsFile | None, tables: list[Table]) -> Publication:
    """The publication of these tables at the file's position."""
    against = earlier.manifest["sha256"] if earlier else file.manifest.get("against")
    by, left_out = file.manifest["made_by"], file.manifest["left_out"]
    return Publication(file.request, tables, manifest(file.request, head, tables, by, left_out, against))


def _is_written_so(file: TotalsFile, expected: Publication) -> bool:
    content = rendered(expected)
    return content == file.content and _has_its_manifest(file, content, expected.manifest)


def _disclosures(file: TotalsFile, tables: list[Table], before: Published | None) -> Iterator[Difference]:
    """The small figures that the file discloses; small differences only to an earlier file that is given."""
    for group, figure in disclosed(tables, file.suppressed, file.request.suppress_below, before):
        yield Difference(_place(("totals", group, figure), file.request.language), DISCLOSED, TO_SUPPRESS)


def _compared(file: TotalsFile, expected: Publication) -> Iterator[Difference]:
    """The figures that differ and the fields of the manifest; where none does, the rest of the file."""
    content = rendered(expected)
    cells = cells_in(file.path, content, expected.request)
    differences = [*_of_cells(file.cells, cells, expected.request.language), *_of_manifest(file, expected.manifest)]
    yield from differences or list(_of_content(file, content)) or [_OTHER_BYTES]


_OTHER_BYTES = Difference("no figure", "the same in other bytes", "the file as this program writes it")


def _has_its_manifest(file: TotalsFile, content: bytes, expected: Manifest) -> bool:
    """Whether the manifest beside the file, where the format needs one, is as it would be written."""
    if holds_manifest(file.request.form):
        return True
    return manifest_path(file.path).read_bytes() == manifest_file(content, expected)


def _of_cells(in_file: Cells, expected: Cells, language: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*expected, *in_file]):
        file, log = in_file.get(key, _ABSENT), expected.get(key, _ABSENT)
        if file != log:
            yield Difference(_place(key, language), _in_words(file), _in_words(log))


_ABSENT = "nothing"


def _place(key: Key, language: str) -> str:
    table, group, figure = key
    words = ", ".join(labelled(by, word, language) for by, word in sorted(group)) or labelled("", "", language)
    return f"{'' if table == 'totals' else f'{table}, '}{words}: {figure}"


def _in_words(value: float | str | None) -> str:
    return "no value" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _of_manifest(file: TotalsFile, expected: Manifest) -> Iterator[Difference]:
    """The fields of the manifest that differ; at least that its seal does not fit."""
    fields = {name: value for name, value in file.manifest.items() if name != "file_sha256"}
    for name in dict.fromkeys([*expected, *fields]):
        if fields.get(name) != expected.get(name) and name != "seal":
            yield Difference(f"about the figures, {name}", _brief(fields.get(name)), _brief(expected.get(name)))
    if fields.get("seal") != seal(fields):
        yield Difference("about the figures", "something that its seal does not fit", "what was sealed")


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}..."


_BRIEF = 80


def _of_content(file: TotalsFile, content: bytes) -> Iterator[Difference]:
    """The cells of sheets or the lines of text that differ, or that a workbook is packed otherwise."""
    if file.request.form == "xlsx":
        yield from list(_of_sheets(sheets(file.path, file.content), sheets(file.path, content))) or [_OTHERWISE_PACKED]
    elif file.content != content:
        yield from _of_lines(_lines(file.content), _lines(content))
    elif not holds_manifest(file.request.form):
        name = manifest_path(file.path).name
        yield Difference(name, "something else", "the SHA-256 of the file, and what it is of")


_OTHERWISE_PACKED = Difference(
    "no cell", "the same, saved or packed by another program", "the file as this program writes it"
)


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").replace("\ufeff", "(BOM)").split("\n")


def _of_lines(in_file: list[str], expected: list[str]) -> Iterator[Difference]:
    for number, (file, log) in enumerate(zip_longest(in_file, expected), start=1):
        if file != log:
            yield Difference(f"line {number:,}", _brief(file), _brief(log))


def _of_sheets(in_file: list[Lines], expected: list[Lines]) -> Iterator[Difference]:
    for file, log in zip_longest(in_file, expected, fillvalue=Lines("", [])):
        if file.name != log.name:
            yield Difference("a sheet", file.name or _ABSENT, log.name or _ABSENT)
        pairs = zip_longest(file.lines, log.lines, fillvalue=list[Any]())
        for row, lines in enumerate(pairs, start=1):
            for column, (cell, counted) in enumerate(zip_longest(*lines, fillvalue="")):
                if cell != counted:
                    yield Difference(f"{file.name}!{_letters(column)}{row}", _brief(cell), _brief(counted))


def _letters(column: int) -> str:
    """The name of a column of a sheet: 0 is A, 26 is AA."""
    before, last = divmod(column, 26)
    return f"{_letters(before - 1) if before else ''}{chr(ord('A') + last)}"
