"""Figures as people read them: numbers, shares with what they are a share of, groups by their names."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from campaign.errors import SettingsFault
from campaign.terminal.output import Column, escaped, show_json, show_table
from projections.measures import LEAST_BASE, base

if TYPE_CHECKING:
    from campaign.terminal.report_options import Asked
    from campaign.terminal.session import Session

NOTHING = "-"
"""What stands where there is no value."""


def number(value: float) -> str:
    """A number of calls, visits, companies, positions."""
    return f"{value:,}"


def counted(amount: int, one: str, many: str = "") -> str:
    """A number of things, named in the singular or the plural."""
    return f"{number(amount)} {one if amount == 1 else many or f'{one}s'}"


def unknown_kinds(counts: Mapping[str, int]) -> str:
    """Entries that only a later version knows: how many, and what they are called."""
    named = ", ".join(f"{topic} {number(amount)}" for topic, amount in sorted(counts.items()))
    return f"{counted(sum(counts.values()), 'entry', 'entries')} of kinds this version does not know ({named})"


def percent(share: float | None) -> str:
    """A share 0..1 in percent, with one decimal."""
    return NOTHING if share is None else f"{share:.1%}".replace("%", " %")


def rate(row: dict[str, Any], name: str) -> str:
    """A rate of a row: in percent, "3 of 4" when it is of fewer than five, nothing when it is of nothing."""
    return share_of(*base(row, name), row[name])


def share_of(numerator: int, denominator: int, share: float | None) -> str:
    """A share of a number: in percent, "3 of 4" when it is of fewer than five, nothing when it is of nothing."""
    return f"{numerator} of {denominator}" if 0 < denominator < LEAST_BASE else percent(share)


def interval(row: dict[str, Any], name: str) -> str:
    """The 95 % interval of a rate; empty where the rate is no percentage."""
    if base(row, name)[1] < LEAST_BASE:
        return ""
    return f"{row[f'{name}_low']:.1%}–{percent(row[f'{name}_high'])}".replace("%–", "–")


def marked(row: dict[str, Any], name: str) -> str:
    """A rate, right-aligned, and behind it in a word how the group differs from all; for a column aligned left."""
    return f"{rate(row, name):>{len('100.0 %')}} {row.get(f'{name}_differs') or ''}".rstrip()


def group(by: str, word: str) -> str:
    """A group by its word, and its name where the word is a code."""
    from campaign.reference import industries, offices

    names = {"office": lambda: offices().name(word), "industry": lambda: industries().get(word, word)}
    name = names[by]() if by in names else word
    return word if name == word else f"{word} {name}"


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
