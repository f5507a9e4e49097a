"""Writes a report of ready texts, until every report is a ``Report``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from campaign.errors import SettingsFault
from campaign.reports.formats import NOTHING
from campaign.terminal.output import Column, escaped, show_json, show_table

if TYPE_CHECKING:
    from campaign.terminal.report_options import Asked
    from campaign.terminal.session import Session


def deliver(
    session: Session,
    asked: Asked,
    value: Any,
    columns: Sequence[Column],
    lines: Sequence[Sequence[str]],
    notes: Sequence[str] = (),
) -> None:
    """Shows a report as a table, or as JSON, or writes it to the file that was asked for.

    A file gets JSON when that was said or its name ends in .json, lines with commas for .csv, else with tabs.
    Raises ``SettingsFault`` when JSON was said and the name is one of lines.
    """
    if asked.output and asked.output != "-":
        _write(session, asked, value, columns, lines)
    elif session.json:
        show_json(value)
    else:
        show_table(columns, lines, [] if session.quiet else notes)


_DELIMITERS = {".csv": ",", ".tsv": "\t", ".txt": "\t", "": "\t"}


def _separated(lines: Sequence[Sequence[str]], delimiter: str) -> str:
    """Lines of cells as a spreadsheet reads them: none is a formula, quotation marks part no cells, nothing is empty."""
    import csv
    import io

    from campaign.publishing.formats.formula_injection import guarded

    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(
        ["" if cell == NOTHING else guarded(cell) for cell in line] for line in lines
    )
    return text.getvalue().removesuffix("\n")


def _write(
    session: Session, asked: Asked, value: Any, columns: Sequence[Column], lines: Sequence[Sequence[str]]
) -> None:
    from pathlib import Path

    from campaign.files.atomic import write_file

    path = Path(asked.output or "")
    ending = path.suffix.casefold()
    if session.json and ending in _DELIMITERS and ending:
        raise SettingsFault(f"{path} would hold lines, and --json was said. Leave --json out, or name it .json.")
    if session.json or ending == ".json":
        text = escaped(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    elif ending in _DELIMITERS:
        text = _separated([[column.heading for column in columns], *lines], _DELIMITERS[ending])
    else:
        told = "A report is written as .tsv, .csv or .json. A workbook: campaign export totals -o FILE.xlsx"
        raise SettingsFault(f"{path} ends in none of these. {told}")
    write_file(path, f"{text}\n".encode(), asked.force)
    session.note(f"Written: {path}")
