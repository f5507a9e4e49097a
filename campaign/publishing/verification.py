"""Verifying a file of totals: counted again from the log as it was then, and every cell that is another named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.publishing.codes import labelled
from campaign.publishing.formats.reading import ASheet, Cells, Key, Read, cells_in, sheets
from campaign.publishing.suppression import Published, disclosed, suppress, with_suppressed
from campaign.publishing.totals.manifest import Manifest, manifest, seal
from campaign.publishing.totals.manifest_file import manifest_file, manifest_path
from campaign.publishing.totals.publication import WITH_MANIFEST, Publication, count, published, rendered
from campaign.publishing.totals.table import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.storage.ports import Head


class Difference(NamedTuple):
    """What is another in the file than the log gives: where, what the file says there, and what the log gives."""

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
    connection: Connection, found: Read, head: Head, made_by: str, earlier: Read | None = None
) -> list[Difference]:
    """Every difference between the file and what is counted now at its position. None: it is, byte for byte, the same.

    ``head`` is that of the log at the file's position, ``made_by`` this program, ``earlier`` the file it was protected
    against. A file may hide other figures than would be chosen here and now, as with another version of the solver:
    then all it shows has to be as counted, and nothing small may be told by it.
    """
    counted = count(connection, found.request)
    before = published(connection, earlier, found.request) if earlier else None
    hiding_the_same = _as_published(found, head, earlier, with_suppressed(counted, found.suppressed))
    is_as_counted = _is_written_so(found, hiding_the_same)
    told = list(_told(found, counted, before)) if is_as_counted else []
    if is_as_counted and not told:
        return []
    if found.manifest["made_by"] != made_by or bool(found.manifest.get("against")) != bool(earlier):
        return told or list(_compared(found, hiding_the_same))
    chosen = _as_published(found, head, earlier, suppress(counted, found.request.suppress_below, before))
    return [] if _is_written_so(found, chosen) else told or list(_compared(found, chosen))


def _as_published(found: Read, head: Head, earlier: Read | None, tables: list[Table]) -> Publication:
    """What the file would be with these tables."""
    against = earlier.manifest["sha256"] if earlier else found.manifest.get("against")
    by, left_out = found.manifest["made_by"], found.manifest["left_out"]
    return Publication(found.request, tables, manifest(found.request, head, tables, by, left_out, against))


def _is_written_so(found: Read, expected: Publication) -> bool:
    content = rendered(expected)
    return content == found.content and _is_beside(found, content, expected.manifest)


def _told(found: Read, counted: list[Table], before: Published | None) -> Iterator[Difference]:
    """What the file tells though it is small. Against a file that is not named nothing can be said of differences."""
    language = found.request.language
    for group, figure in disclosed(counted, found.suppressed, found.request.suppress_below, before):
        yield Difference(_place(("totals", group, figure), language), DISCLOSED, TO_SUPPRESS)


def _compared(found: Read, expected: Publication) -> Iterator[Difference]:
    """Cell by cell; and where none is another, the rest of the file."""
    content = rendered(expected)
    again = cells_in(found.path, content, expected.request)
    several = [*_of_cells(found.cells, again, expected.request.language), *_of_manifest(found, expected.manifest)]
    yield from several or list(_of_content(found, content)) or [_OTHERWISE]


_OTHERWISE = Difference("no figure", "the same in other bytes", "the file as this program writes it")


def _is_beside(found: Read, content: bytes, said: Manifest) -> bool:
    """Whether what lies beside the file is as it would be written."""
    beside = manifest_path(found.path)
    return found.request.form in WITH_MANIFEST or beside.read_bytes() == manifest_file(content, said)


def _of_cells(found: Cells, expected: Cells, language: str) -> Iterator[Difference]:
    for key in dict.fromkeys([*expected, *found]):
        one, other = found.get(key, _ABSENT), expected.get(key, _ABSENT)
        if one != other:
            yield Difference(_place(key, language), _said(one), _said(other))


_ABSENT = "nothing"


def _place(key: Key, language: str) -> str:
    table, group, figure = key
    words = ", ".join(labelled(by, word, language) for by, word in sorted(group)) or labelled("", "", language)
    return f"{'' if table == 'totals' else f'{table}, '}{words}: {figure}"


def _said(value: Any) -> str:
    return "no value" if value is None else f"{value:,}" if isinstance(value, int) else str(value)


def _of_manifest(found: Read, expected: Manifest) -> Iterator[Difference]:
    """What the file says of itself otherwise; at least that its seal does not fit any more."""
    told = {name: value for name, value in found.manifest.items() if name != "file_sha256"}
    for name in dict.fromkeys([*expected, *told]):
        if told.get(name) != expected.get(name) and name != "seal":
            yield Difference(f"about the figures, {name}", _brief(told.get(name)), _brief(expected.get(name)))
    if told.get("seal") != seal(told):
        yield Difference("about the figures", "something that its seal does not fit", "what was sealed")


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _BRIEF else f"{text[:_BRIEF]}..."


_BRIEF = 80


def _of_content(found: Read, content: bytes) -> Iterator[Difference]:
    """Where no figure is another: the cells of sheets, lines of text, or that the file is packed otherwise."""
    if found.request.form == "xlsx":
        yield from _of_sheets(found, content)
        return
    beside = manifest_path(found.path)
    if found.content != content:
        yield from _of_lines("line", found.content, content)
    elif found.request.form not in WITH_MANIFEST:
        yield Difference(beside.name, "something else", "the SHA-256 of the file, and what it is of")


def _of_lines(what: str, one: bytes, other: bytes) -> Iterator[Difference]:
    said, given = (content.decode(errors="replace").replace("\ufeff", "(BOM)").split("\n") for content in (one, other))
    for number, (there, here) in enumerate(zip_longest(said, given), start=1):
        if there != here:
            yield Difference(f"{what} {number:,}", _brief(there), _brief(here))


def _of_sheets(found: Read, content: bytes) -> Iterator[Difference]:
    several = list(_of_cells_of_sheets(sheets(found.path, found.content), sheets(found.path, content)))
    yield from several or [_PACKED]


_PACKED = Difference("no cell", "the same, saved or packed by another program", "the file as this program writes it")


def _of_cells_of_sheets(one: list[ASheet], other: list[ASheet]) -> Iterator[Difference]:
    for there, here in zip_longest(one, other, fillvalue=ASheet("", [])):
        if there.name != here.name:
            yield Difference("a sheet", there.name or _ABSENT, here.name or _ABSENT)
        both = zip_longest(there.lines, here.lines, fillvalue=list[Any]())
        for row, lines in enumerate(both, start=1):
            for at, (cell, another) in enumerate(zip_longest(*lines, fillvalue="")):
                if cell != another:
                    yield Difference(f"{there.name}!{_letters(at)}{row}", _brief(cell), _brief(another))


def _letters(column: int) -> str:
    """The name of a column of a sheet: 0 is A, 26 is AA."""
    before, last = divmod(column, 26)
    return f"{_letters(before - 1) if before else ''}{chr(ord('A') + last)}"
