"""Totals as a PC-Axis file (PX)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from campaign.errors import SettingsFault
from campaign.publishing.codes import code, labelled, word
from campaign.publishing.formats import cube
from campaign.publishing.formats.contents import Contents, Figures, figures_of
from campaign.publishing.formats.cube import DECIMALS, Cell, Cells
from campaign.publishing.totals.publication import Publication
from campaign.publishing.totals.table import SUPPRESSED, Table
from campaign.publishing.wording import provenance, remark, title
from campaign.translations.names import heading, unit

MEASURE = "measure"
NO_VALUE, CONFIDENTIAL = ".", ".."
"""Signs in place of a number, as in StatBank Denmark: it cannot occur, or it is suppressed."""

_LINE_END = "\r\n"
_WIDEST = 250  # the format allows 256 characters in a line of text
_SHOWN = {"share": 1, "ratio": 2}


def write(publication: Publication) -> bytes:
    """The bytes of the file of the first table."""
    manifest, language = publication.manifest, publication.request.language
    return px(publication.tables[0], manifest, language, title(manifest, language))


def read(file: Contents) -> Figures:
    """The figures of the file. Raises ``SettingsFault`` for anything that ``write`` does not write."""
    return figures_of(file.table, cells(file.content))


def px(table: Table, manifest: dict[str, Any], language: str, title: str) -> bytes:
    """The table in the PX format of 2013: UTF-8, a line of data for each group, in it a number for each figure.

    Shares are percentages in it, with four decimals, so that all six of a share are there; ``".."`` is suppressed, ``"."``
    has no value. There is no TIMEVAL, since totals of all periods are no series; every variable can be eliminated by
    its total. A quotation mark, which the format has no way to write, is an apostrophe in a name and ``%22`` in a
    code. The manifest's ``day`` is when the file was made; ``position``, ``head`` and ``sha256`` are said in a note,
    and after it stands the whole manifest. The format: scb.se, PX-file format specification, AXIS-VERSION 2013.
    """
    lines = [*_about(table, manifest, language, title), *_variables(table, language), *_end(manifest, language)]
    return "".join(f"{line};{_LINE_END}" for line in [*lines, _data(table)]).encode()


def _about(table: Table, manifest: dict[str, Any], language: str, title: str) -> Iterator[str]:
    yield from ('CHARSET="ANSI"', 'AXIS-VERSION="2013"', 'CODEPAGE="utf-8"')
    yield _entry("LANGUAGE", [language])
    yield _entry("CREATION-DATE", [f"{date.fromisoformat(str(manifest['day'])):%Y%m%d} 00:00"])
    yield from (f"DECIMALS={DECIMALS}", "SHOWDECIMALS=0")
    yield _entry("MATRIX", [table.name])
    yield _entry("SUBJECT-CODE", ["AM"])
    yield _entry("SUBJECT-AREA", [remark("subject", language)])
    yield _text("TITLE", title)
    yield _text("CONTENTS", title)
    yield _entry("UNITS", [remark("number", language)])
    if table.dimensions:
        yield _entry("STUB", [heading(by, language) for by in table.dimensions])
    yield _entry("HEADING", [heading(MEASURE, language)])


def _variables(table: Table, language: str) -> Iterator[str]:
    """Names and codes of every variable and its values; then what the figures are numbers of."""
    codes = {by: [code(by, word) for word in cube.words(table, by)] for by in table.dimensions}
    codes[MEASURE] = list(table.figures)
    names = {by: _names(table, by, language) for by in table.dimensions}
    names[MEASURE] = [heading(figure, language) for figure in table.figures]
    yield _entry("CONTVARIABLE", [heading(MEASURE, language)])
    for keyword, variables in (("VALUES", names), ("CODES", {by: map(_escaped, codes[by]) for by in codes})):
        yield from (_entry(keyword, texts, heading(by, language)) for by, texts in variables.items())
    for by in codes:
        yield _entry("VARIABLECODE", [by], heading(by, language))
    for by in table.dimensions:
        yield _entry("ELIMINATION", names[by][-1:], heading(by, language))
    yield from _units(table, language)


def _names(table: Table, by: str, language: str) -> list[str]:
    """The names of the words, followed by the code where two words have the same name."""
    words = cube.words(table, by)
    names = [_quotable(labelled(by, word, language)) for word in words]
    ambiguous = {name for name, number in Counter(names).items() if number > 1}
    coded = zip(names, (_escaped(code(by, word)) for word in words), strict=True)
    return [f"{name} ({code})" if name in ambiguous else name for name, code in coded]


def _units(table: Table, language: str) -> Iterator[str]:
    for figure in table.figures:
        kind, called = unit(figure), heading(figure, language)
        yield _entry("UNITS", [remark("percent" if kind == "share" else kind, language)], called)
        if kind in _SHOWN:
            yield f"PRECISION({_quoted(heading(MEASURE, language))},{_quoted(called)})={_SHOWN[kind]}"


def _end(manifest: dict[str, Any], language: str) -> Iterator[str]:
    signs = {CONFIDENTIAL: "hidden", NO_VALUE: "no base"}
    notes = [f"{sign} = {remark(key, language)}." for sign, key in signs.items()]
    encoded = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
    yield _entry("SOURCE", [remark("source", language)])
    yield _text("NOTE", "#".join([*notes, provenance(manifest, language), f"{_MANIFEST}{_escaped(encoded)}"]))


_MANIFEST = "Manifest: "


def _data(table: Table) -> str:
    """The numbers, a line for each group; a line ends in a space, as the format wants."""
    numbers = [_written(figure, cell) for (_, figure), cell in cube.cells(table).items()]
    width = len(table.figures)
    lines = (" ".join(numbers[start : start + width]) for start in range(0, len(numbers), width))
    return f"DATA={_LINE_END}{f' {_LINE_END}'.join(lines)} {_LINE_END}"


def _written(figure: str, cell: Cell) -> str:
    if cell is None or cell == SUPPRESSED:
        return _quoted(NO_VALUE if cell is None else CONFIDENTIAL)
    if unit(figure) == "number":
        return str(cell)
    exact = Decimal(f"{cell:.{DECIMALS}f}")
    return f"{exact * 100:.{DECIMALS - 2}f}" if unit(figure) == "share" else str(exact)


# Lines


def _entry(keyword: str, texts: Iterable[str], variable: str = "") -> str:
    """A keyword with its values, on as many lines as it takes; lines end after a comma."""
    lines = [f"{keyword}({_quoted(variable)})=" if variable else f"{keyword}="]
    for number, text in enumerate(texts):
        lines[-1] += "," if number else ""
        if len(lines[-1]) + len(text) + 3 > _WIDEST:
            lines.append("")
        lines[-1] += _quoted(text)
    return _LINE_END.join(lines)


def _text(keyword: str, text: str) -> str:
    """A keyword with one text, which goes on within new quotation marks where a line is full."""
    quotable = _quotable(text)
    parts = [quotable[start : start + _WIDEST - 20] for start in range(0, len(quotable), _WIDEST - 20)]
    return f"{keyword}={_LINE_END.join(map(_quoted, parts or ['']))}"


def _quoted(text: str) -> str:
    return f'"{_quotable(text)}"'


def _quotable(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text.replace('"', "'"))


def _escaped(text: str) -> str:
    """``text`` without quotation marks, signs that mean a new line, and control characters; ``_plain`` undoes it."""
    return re.sub(r'["#%\x00-\x1f\x7f]', lambda match: f"%{ord(match[0]):02X}", text)


def _plain(text: str) -> str:
    return re.sub("%([0-9A-F]{2})", lambda match: chr(int(match[1], 16)), text)


# Reading

_ENTRY = re.compile(r'([A-Z0-9-]+)(?:\(([^;=]*?)\))?=((?:"[^"]*"|[^";])*);\s*')
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")

Entries = dict[tuple[str, str], list[str]]
"""The texts under each keyword and what it is of."""


def cells(content: bytes) -> Cells:
    """The cells of a file, each as ``cube.cells`` has it.

    Raises ``SettingsFault`` for anything else: other keywords, a code that is none, too few numbers, no number.
    """
    header, numbers = _parts(content)
    variables = [*header.get(("STUB", ""), []), *_of(header, "HEADING")]
    names = [_of(header, "VARIABLECODE", variable)[0] for variable in variables]
    codes = [[_plain(code) for code in _of(header, "CODES", variable)] for variable in variables]
    if len(numbers) != prod(map(len, map(set, codes))) or names[-1] != MEASURE:
        raise SettingsFault("This PX file is damaged: there are not as many numbers as its variables ask for.")
    groups = product(*([word(by, code) for code in by_code] for by, by_code in zip(names, codes[:-1], strict=False)))
    keys = product(groups, codes[-1])
    return {key: _read(key[1], number) for key, number in zip(keys, numbers, strict=True)}


def manifest(content: bytes) -> dict[str, Any]:
    """The manifest in the note of a file. Raises ``SettingsFault`` where there is none."""
    header, _ = _parts(content)
    _, _, encoded = "".join(_of(header, "NOTE")).rpartition(f"#{_MANIFEST}")
    try:
        document: dict[str, Any] = json.loads(_plain(encoded))
    except ValueError as fault:
        raise SettingsFault("This PX file has no manifest, so nothing says what its figures are of.") from fault
    return document


def _parts(content: bytes) -> tuple[Entries, Sequence[str]]:
    """What is said before the data, and the data."""
    try:
        before, _, data = content.decode().partition(f"{_LINE_END}DATA=")
    except UnicodeDecodeError as fault:
        raise SettingsFault(f"This is no PX file of ours: {fault}.") from fault
    text, numbers, entries, end = f"{before}{_LINE_END}", data.split(), Entries(), 0
    while match := _ENTRY.match(text, end):
        entries[match[1], match[2].strip('"') if match[2] else ""] = re.findall('"([^"]*)"', match[3])
        end = match.end()
    if end < len(text) or numbers[-1:] != [";"]:
        raise SettingsFault("This is no PX file of ours, or it is damaged: it does not end as one does.")
    return entries, numbers[:-1]


def _of(header: Entries, keyword: str, variable: str = "") -> list[str]:
    texts = header.get((keyword, variable))
    if not texts:
        raise SettingsFault(
            f"This is no PX file of ours: it does not say {keyword}{f' of {variable}' if variable else ''}."
        )
    return texts


def _read(figure: str, number: str) -> Cell:
    if number in (_quoted(NO_VALUE), _quoted(CONFIDENTIAL)):
        return None if number == _quoted(NO_VALUE) else SUPPRESSED
    if not _NUMBER.fullmatch(number) or (unit(figure) == "number" and not number.isdecimal()):
        raise SettingsFault(f"This PX file is damaged: {number[:40]!r} is no number of {figure}.")
    if unit(figure) == "number":
        return int(number)
    return float(Decimal(number) / 100 if unit(figure) == "share" else Decimal(number))
