"""Totals as a workbook: a sheet for each question, one for pivots, and one with the meaning of every figure."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.errors import CheckFault
from campaign.publishing.codes import code, name, word
from campaign.publishing.formats.columns import SUPPRESSED_SIGN, group_cells, group_columns, group_of, split
from campaign.publishing.formats.formula_injection import guarded
from campaign.publishing.totals.manifest import Manifest
from campaign.publishing.totals.table import ALL, SUPPRESSED, Row, Table
from campaign.publishing.totals.totals import OF_WEEKS, depth, has_weeks
from campaign.publishing.wording import about, column, of_which, sheet_name
from domain.yield_kinds import KINDS
from projections.measures import RATES, RATIOS
from projections.periods import Period

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from campaign.publishing.formats.contents import Contents, Figures
    from campaign.publishing.totals.publication import Publication

_WIDEST, _PROSE = 60, 100
_HEADING_HEIGHT, _LINE_HEIGHT = 48, 15  # points
_HEADING = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
_A4 = 9
MANIFEST = "manifest"
"""The name of the hidden sheet that has the manifest in its first cell, as JSON."""
Cell = str | int | float | date | None


class Sheet(NamedTuple):
    """One question: its headings and its lines. ``shares``: numbers that are no counts are shares of 1."""

    name: str
    headings: list[str]
    lines: list[list[Cell]]
    shares: bool = True


def write(publication: Publication) -> bytes:
    """The bytes of an .xlsx file. The first table has the sheets Totals, Hit rates and Data; yields and weeks follow."""
    import xlsxwriter

    manifest, language = publication.manifest, publication.request.language
    main, others = publication.tables[0], {table.name: table for table in publication.tables[1:]}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": manifest["what"], "created": datetime.fromisoformat(manifest["request"]["day"])})
        writer = _Writer(book)
        writer.add(_totals(main, language))
        if main.rates:
            writer.add(_rates(main, language))
        if "yields" in others:
            writer.add(_yields(others["yields"], language))
        if "weeks" in others:
            weeks = _weeks(others["weeks"], language)
            _chart(book, writer.add(weeks), weeks)
        writer.add_for_pivots(_data(main, language))
        writer.add_prose(_about(manifest, language))
        writer.add_hidden(MANIFEST, json.dumps(manifest, ensure_ascii=False, sort_keys=True))
    return file.getvalue()


class _Writer:
    """Writes sheets into one book: headings frozen and printed on every page, numbers as numbers, codes as text."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.heading = book.add_format(_HEADING)
        self.heading_right = book.add_format(_HEADING | {"align": "right"})
        self.prose = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.count, self.share = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "0.0%"})
        self.ratio, self.text = book.add_format({"num_format": "0.00"}), book.add_format({"num_format": "@"})
        self.hidden = book.add_format({"num_format": "@", "align": "right", "font_color": "#666666"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def add(self, sheet: Sheet) -> Worksheet:
        """Writes the sheet, with a filter for each column."""
        worksheet = self._written(sheet)
        worksheet.set_row(0, _HEADING_HEIGHT)
        for at, text in enumerate(sheet.headings):
            is_number = any(isinstance(line[at], int | float) for line in sheet.lines)
            worksheet.write_string(0, at, text, self.heading_right if is_number else self.heading)
        worksheet.autofilter(0, 0, max(len(sheet.lines), 1), len(sheet.headings) - 1)
        return worksheet

    def add_for_pivots(self, sheet: Sheet) -> None:
        """Writes the sheet as a named table, which pivots find by that name."""
        columns = [{"header": heading} for heading in sheet.headings]
        size = (0, 0, max(len(sheet.lines), 1), len(columns) - 1)
        self._written(sheet).add_table(*size, {"name": "Figures", "columns": columns, "style": "Table Style Light 1"})

    def add_prose(self, sheet: Sheet) -> None:
        """Writes the sheet with its second column wrapped."""
        worksheet = self.add(sheet)
        for number, (label, text) in enumerate(sheet.lines, start=1):
            worksheet.write_string(number, 0, str(label), self.prose)
            worksheet.write_string(number, 1, guarded(str(text)), self.prose)
            worksheet.set_row(number, _LINE_HEIGHT * (1 + len(str(text)) // _PROSE))
        worksheet.set_column(1, 1, _PROSE)

    def add_hidden(self, name: str, text: str) -> None:
        """Writes a hidden sheet of one cell, for programs."""
        worksheet = self.book.add_worksheet(name)
        worksheet.write_string(0, 0, text)
        worksheet.hide()

    def _written(self, sheet: Sheet) -> Worksheet:
        worksheet = self.book.add_worksheet(sheet.name)
        worksheet.freeze_panes(1, 0)
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(0)
        worksheet.set_footer("&L&A&R&P / &N")
        for number, line in enumerate(sheet.lines, start=1):
            for at, value in enumerate(line):
                self._write(worksheet, number, at, value, self.share if sheet.shares else self.ratio, line)
        for at, text in enumerate(sheet.headings):
            worksheet.set_column(at, at, _width(text, [line[at] for line in sheet.lines]))
        return worksheet

    def _write(self, sheet: Worksheet, row: int, at: int, value: Cell, share: Format, line: list[Cell]) -> None:
        if isinstance(value, str):
            sheet.write_string(row, at, guarded(value), self.hidden if value == SUPPRESSED_SIGN else self.text)
        elif isinstance(value, date):
            sheet.write_datetime(row, at, value, self.day)
        elif isinstance(value, float):
            sheet.write_number(row, at, value, self.ratio if line[0] in RATIOS else share)
        elif value is not None:
            sheet.write_number(row, at, value, self.count)


def _width(text: str, values: Sequence[Cell]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    return min(max(longest, max(map(len, text.split())) + 2, 10), _WIDEST) + 1


def _headings(names: Iterable[str], language: str) -> list[str]:
    return [column(name, language) for name in names]


def _shown(row: Row, figure: str) -> Cell:
    value: Cell = row[figure]
    return SUPPRESSED_SIGN if figure in row["hidden"] else value


def _totals(table: Table, language: str) -> Sheet:
    headings = _headings([*group_columns(table.dimensions), *table.counts], language)
    lines = [
        [*group_cells(table, row, language), *(_shown(row, count) for count in table.counts)] for row in table.rows
    ]
    return Sheet(sheet_name("totals", language), headings, lines)


_OF_RATE = ("share", "low", "high", "numerator", "denominator", "maturing")


def _rates(table: Table, language: str) -> Sheet:
    """Rate after rate, each with all groups: so they can be compared, and filtered by the rate's name."""
    headings = _headings(["rate", "rate_name", *group_columns(table.dimensions), *_OF_RATE], language)
    lines = [_rate(table, row, rate, language) for rate in (*table.rates, *table.ratios) for row in table.rows]
    return Sheet(sheet_name("rates", language), headings, lines)


def _rate(table: Table, row: Row, rate: str, language: str) -> list[Cell]:
    numerator, parts = (RATES | RATIOS)[rate]
    shares = [_shown(row, rate), *(_shown(row, f"{rate}{end}") if rate in RATES else None for end in ("_low", "_high"))]
    base = [_shown(row, numerator), _sum(row, parts)]
    group: list[Cell] = [rate, column(rate, language), *group_cells(table, row, language)]
    return [*group, *shares, *base, _yes(row, language)]


def _sum(row: Row, parts: Sequence[str]) -> Cell:
    return SUPPRESSED_SIGN if set(parts) & set(row["hidden"]) else sum(row[part] for part in parts)


def _yes(row: Row, language: str) -> str:
    return column("yes", language) if row["maturing"] else ""


OF_YIELDS = ("kind", "kind_name", "support_class", "positions", "yields", "positions_own", "yields_own")


def _yields(table: Table, language: str) -> Sheet:
    lines = [_yield(row, language) for row in table.rows]
    return Sheet(sheet_name("yields", language), _headings(OF_YIELDS, language), lines)


def _yield(row: Row, language: str) -> list[Cell]:
    kind = row.get("kind", ALL)
    label = name("kind", kind, language)
    level = depth(kind) if kind else 0
    words: list[Cell] = [code("kind", kind), f"{'    ' * level}{of_which(label, language)}" if level else label]
    support = name("support_class", KINDS[kind].support_class, language) if kind else ""
    return [*words, support, *(_shown(row, figure) for figure in OF_YIELDS[3:])]


_OF_WEEK = ("week", "week_name", "first_day", "last_day")


def _weeks(table: Table, language: str) -> Sheet:
    names = (*_OF_WEEK, *OF_WEEKS, "visit_hit_rate", "maturing")
    lines = [_week(row, language) for row in table.rows]
    return Sheet(sheet_name("weeks", language), _headings(names, language), lines)


def _week(row: Row, language: str) -> list[Cell]:
    week = row.get("week", ALL)
    days: Iterable[Cell] = Period.named(week) if week else (None, None)
    words = [code("week", week), name("week", week, language), *days]
    return [*words, *(_shown(row, figure) for figure in (*OF_WEEKS, "visit_hit_rate")), _yes(row, language)]


def _chart(book: Workbook, sheet: Worksheet, weeks: Sheet) -> None:
    """Visits held by week as columns, those with a yield beside them; the total is not among them."""
    last = len(weeks.lines) - 1
    if last < 1:
        return
    chart = book.add_chart({"type": "column"})
    for at in (7, 8):
        labels, values = [weeks.name, 1, 0, last, 0], [weeks.name, 1, at, last, at]
        chart.add_series({"name": [weeks.name, 0, at], "categories": labels, "values": values, "gap": 60})
    title = f"{weeks.headings[7]}, {weeks.headings[8].lower()}"
    chart.set_title({"name": title, "name_font": {"size": 12}})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": 900, "height": 320})
    sheet.insert_chart(last + 3, 0, chart)


def _data(table: Table, language: str) -> Sheet:
    """A line for each count of the finest groups alone, so that a pivot adds nothing up twice."""
    names = [*group_columns(table.dimensions), "measure", "measure_name", "value", "note"]
    finest = [row for row in table.rows if all(by in row for by in table.dimensions)]
    lines = [line for row in finest for line in _long(table, row, language)]
    return Sheet(sheet_name("data", language), _headings(names, language), lines)


def _long(table: Table, row: Row, language: str) -> Iterator[list[Cell]]:
    for figure, value, note in table.figures_of(row):
        if figure in table.counts:
            yield [*group_cells(table, row, language), figure, column(figure, language), value, note]


def _about(manifest: Manifest, language: str) -> Sheet:
    lines: list[list[Cell]] = [[label, text] for label, text in about(manifest, language)]
    return Sheet(sheet_name("about", language), _headings(["what", "is"], language), lines)


# Reading


class Lines(NamedTuple):
    """A sheet as it is read: its name, and its lines of cells."""

    name: str
    lines: list[list[Any]]


def sheets(path: Path, content: bytes) -> list[Lines]:
    """Every sheet of a workbook, as calamine reads it. Raises ``CheckFault`` when it is damaged."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [Lines(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except (CalamineError, OSError, ValueError) as fault:
        raise CheckFault(f"{path} is damaged: it is no workbook that can be read ({fault}).") from fault


def manifest_text(sheets: list[Lines]) -> str | None:
    """The manifest as JSON, from the last sheet; None where that is another sheet."""
    if not sheets or sheets[-1].name != MANIFEST:
        return None
    return str(sheets[-1].lines[0][0]) if sheets[-1].lines else ""


def read(file: Contents) -> Figures:
    """The counts of the first sheet, then those of yields and of weeks."""
    table = file.table
    for line in file.parsed[0].lines[1:]:
        group, cells = split(table, line)
        for figure, cell in zip(table.counts, cells, strict=True):
            yield (table.name, group, figure), _count(cell)
    at = 2 if table.rates else 1
    yield from _of_sheet("yields", "kind", OF_YIELDS, 3, file.parsed[at])
    if has_weeks(file.request):
        yield from _of_sheet("weeks", "week", (*_OF_WEEK, *OF_WEEKS), 4, file.parsed[at + 1])


def _of_sheet(table: str, by: str, names: Sequence[str], first: int, sheet: Lines) -> Figures:
    """The figures from the column number ``first`` on; the first column has the code of the dimension."""
    for line in sheet.lines[1:]:
        group = group_of((by,), (word(by, line[0]),))
        for figure, cell in zip(names[first:], line[first:], strict=False):
            yield (table, group, figure), _count(cell)


def _count(cell: Any) -> int | str | None:
    return SUPPRESSED if cell == SUPPRESSED_SIGN else None if cell == "" else int(cell)
