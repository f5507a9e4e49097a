"""Renders a report: as a table, tab-separated or CSV lines, or JSON, on the screen or into a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.errors import SettingsFault
from campaign.reports.formats import PERCENT_WIDTH, text_of
from campaign.reports.report import Cell, Column, Report, Share
from campaign.reports.texts import NOTHING
from campaign.terminal import output

if TYPE_CHECKING:
    from campaign.terminal.report_request import ReportRequest
    from campaign.terminal.session import Session

_BAR_CELLS = 20
_WIDTH_WITH_BARS = 80 + _BAR_CELLS
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t", "": "\t"}


def deliver(session: Session, request: ReportRequest, report: Report, notes: Iterable[str]) -> None:
    """Shows a report, or writes it to the file of the request; ``notes`` go below a table on the screen.

    A file gets JSON with ``--json`` or a name that ends in .json, comma-separated lines in .csv, else tab-separated.
    Raises ``SettingsFault`` for ``--json`` with the name of a file of lines, and for any other ending.
    """
    if request.output and request.output != "-":
        _write(session, request, report)
    elif session.json:
        output.show_json(report.document)
    else:
        show(report, [] if session.quiet else notes, on_screen=output.on_terminal() and not request.output)


def show(report: Report, notes: Iterable[str], on_screen: bool) -> None:
    """A table on the screen with marks behind the figures, or one with marks in columns of their own."""
    columns, lines = _rendered(report, on_screen)
    output.show_table([_column(column, on_screen) for column in columns], lines, [*notes])


def _column(column: Column, on_screen: bool) -> output.Column:
    right = column.is_number and not (column.marks and on_screen)
    return output.Column(column.heading, right, column.drop, column.folds)


def _rendered(report: Report, on_screen: bool) -> tuple[list[Column], list[list[str]]]:
    """The columns of the medium, and their texts line by line."""
    chosen = [place for place, column in enumerate(report.columns) if _is_shown(column, on_screen)]
    columns = [report.columns[place] for place in chosen]
    texts = [
        _texts(column, [line.cells[place] for line in report.lines], on_screen)
        for column, place in zip(columns, chosen, strict=True)
    ]
    return columns, [[column[line] for column in texts] for line in range(len(report.lines))]


def _is_shown(column: Column, on_screen: bool) -> bool:
    if column.kind == "bar":
        return on_screen and output.width() >= _WIDTH_WITH_BARS
    return not column.medium or (column.medium == "screen") == on_screen


def _texts(column: Column, cells: Sequence[Cell], on_screen: bool) -> list[str]:
    if column.kind == "bar":
        return [output.bar(float(str(cell.value)), _BAR_CELLS) for cell in cells]
    texts = [text_of(cell.value) for cell in cells]
    if not (column.marks and on_screen):
        return texts
    marks = [cell.value.mark if isinstance(cell.value, Share) else "" for cell in cells]
    least, gap = (len(column.heading), "") if column.marks == "asterisks" else (PERCENT_WIDTH, " ")
    width = max(least, *map(len, texts))
    return [f"{text:>{width}}{gap}{mark}".rstrip() for text, mark in zip(texts, marks, strict=True)]


def _write(session: Session, request: ReportRequest, report: Report) -> None:
    from campaign.files.atomic import write_file

    path = Path(request.output or "")
    write_file(path, f"{_file_text(session, path, report)}\n".encode(), request.force)
    session.note(f"Written: {path}")


def _file_text(session: Session, path: Path, report: Report) -> str:
    ending = path.suffix.casefold()
    if session.json and ending in _DELIMITERS and ending:
        raise SettingsFault(f"{path} would hold lines, and --json was said. Leave --json out, or name it .json.")
    if session.json or ending == ".json":
        return _json(report.document)
    if ending in _DELIMITERS:
        return _separated(report, _DELIMITERS[ending])
    formats = "A report is written as .tsv, .csv or .json. A workbook: campaign export totals -o FILE.xlsx"
    raise SettingsFault(f"{path} ends in none of these. {formats}")


def _json(document: Mapping[str, Any]) -> str:
    return output.escaped(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def _separated(report: Report, delimiter: str) -> str:
    """Lines as a spreadsheet reads them: no cell is a formula, and a missing value is an empty cell."""
    from campaign.publishing.formats.formula_injection import guarded

    columns, lines = _rendered(report, on_screen=False)
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(
        ["" if cell == NOTHING else guarded(cell) for cell in line]
        for line in [[column.heading for column in columns], *lines]
    )
    return text.getvalue().removesuffix("\n")
