"""Totals as a workbook for people: a sheet for each question, one for pivots, and what every figure in them means."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from campaign.publishing.codes import code, name
from campaign.publishing.formats.formula_injection import guarded
from campaign.publishing.totals.manifest import Manifest
from campaign.publishing.totals.table import ALL, Row, Table
from campaign.publishing.totals.totals import OF_WEEKS, depth
from campaign.publishing.wording import NAMED, about, column, of_which, sheet_name
from domain.yield_kinds import KINDS
from projections.measures import RATES, RATIOS
from projections.periods import Period

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SUPPRESSED_SIGN = ".."
"""What stands for a hidden figure: the sign of Danmarks Statistik."""
_WIDEST, _PROSE = 60, 100
_HEADING_HEIGHT, _LINE_HEIGHT = 48, 15  # points
_HEADING = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
_A4 = 9
MANIFEST = "manifest"
"""The name of the hidden sheet that holds the manifest, in its first cell, as JSON."""
Cell = str | int | float | date | None


class Sheet(NamedTuple):
    """One question: its headings and its lines. ``shares``: numbers that are no counts are shares of 1."""

    name: str
    headings: list[str]
    lines: list[list[Cell]]
    shares: bool = True


def workbook(tables: Sequence[Table], manifest: Manifest, language: str) -> bytes:
    """The bytes of an .xlsx file. The first table has the sheets Totals, Hit rates and Data; yields and weeks follow."""
    import xlsxwriter

    main, rest = tables[0], {table.name: table for table in tables[1:]}
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": manifest["what"], "created": datetime.fromisoformat(manifest["request"]["day"])})
        writer = _Writer(book)
        writer.add(_totals(main, language))
        if main.rates:
            writer.add(_rates(main, language))
        if "yields" in rest:
            writer.add(_yields(rest["yields"], language))
        if "weeks" in rest:
            weeks = _weeks(rest["weeks"], language)
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

    def add(self, said: Sheet) -> Worksheet:
        """A sheet of these lines."""
        sheet = self._lined(said)
        sheet.set_row(0, _HEADING_HEIGHT)
        for at, text in enumerate(said.headings):
            number = any(isinstance(line[at], int | float) for line in said.lines)
            sheet.write_string(0, at, text, self.heading_right if number else self.heading)
        sheet.autofilter(0, 0, max(len(said.lines), 1), len(said.headings) - 1)
        return sheet

    def add_for_pivots(self, said: Sheet) -> None:
        """A sheet whose lines are a named table, which pivots find by that name."""
        columns = [{"header": heading} for heading in said.headings]
        size = (0, 0, max(len(said.lines), 1), len(columns) - 1)
        self._lined(said).add_table(*size, {"name": "Figures", "columns": columns, "style": "Table Style Light 1"})

    def add_prose(self, said: Sheet) -> None:
        """A sheet to be read, its second column broken into lines."""
        sheet = self.add(said)
        for number, (what, text) in enumerate(said.lines, start=1):
            sheet.write_string(number, 0, str(what), self.prose)
            sheet.write_string(number, 1, guarded(str(text)), self.prose)
            sheet.set_row(number, _LINE_HEIGHT * (1 + len(str(text)) // _PROSE))
        sheet.set_column(1, 1, _PROSE)

    def add_hidden(self, name: str, text: str) -> None:
        """A sheet of one cell for programs; people can have it shown."""
        sheet = self.book.add_worksheet(name)
        sheet.write_string(0, 0, text)
        sheet.hide()

    def _lined(self, said: Sheet) -> Worksheet:
        sheet = self.book.add_worksheet(said.name)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R&P / &N")
        for number, line in enumerate(said.lines, start=1):
            for at, value in enumerate(line):
                self._write(sheet, number, at, value, self.share if said.shares else self.ratio, line)
        for at, text in enumerate(said.headings):
            sheet.set_column(at, at, _width(text, [line[at] for line in said.lines]))
        return sheet

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


def _group_headings(table: Table, language: str) -> list[str]:
    """A column for the codes of each dimension, and one for their names where they have any."""
    return [
        column(each, language) for by in table.dimensions for each in ((by, f"{by}_name") if by in NAMED else (by,))
    ]


def _group(table: Table, row: Row, language: str) -> list[Cell]:
    words = zip(table.dimensions, table.group(row), strict=True)
    return [
        each for by, word in words for each in (code(by, word), *([name(by, word, language)] if by in NAMED else []))
    ]


def _shown(row: Row, figure: str) -> Cell:
    value: Cell = row[figure]
    return SUPPRESSED_SIGN if figure in row["hidden"] else value


def _totals(table: Table, language: str) -> Sheet:
    headings = [*_group_headings(table, language), *(column(count, language) for count in table.counts)]
    lines = [[*_group(table, row, language), *(_shown(row, count) for count in table.counts)] for row in table.rows]
    return Sheet(sheet_name("totals", language), headings, lines)


_OF_RATE = ("share", "low", "high", "numerator", "denominator", "maturing")


def _rates(table: Table, language: str) -> Sheet:
    """Rate after rate, each with all groups: so they can be compared, and filtered by the rate's name."""
    names = ("rate", "rate_name")
    headings = [column(name, language) for name in names] + _group_headings(table, language)
    headings += [column(name, language) for name in _OF_RATE]
    lines = [_rate(table, row, rate, language) for rate in (*table.rates, *table.ratios) for row in table.rows]
    return Sheet(sheet_name("rates", language), headings, lines)


def _rate(table: Table, row: Row, rate: str, language: str) -> list[Cell]:
    numerator, parts = (RATES | RATIOS)[rate]
    shares = [_shown(row, rate), *(_shown(row, f"{rate}{end}") if rate in RATES else None for end in ("_low", "_high"))]
    base = [_shown(row, numerator), _sum(row, parts)]
    said: list[Cell] = [rate, column(rate, language), *_group(table, row, language)]
    return [*said, *shares, *base, _yes(row, language)]


def _sum(row: Row, parts: Sequence[str]) -> Cell:
    return SUPPRESSED_SIGN if set(parts) & set(row["hidden"]) else sum(row[part] for part in parts)


def _yes(row: Row, language: str) -> str:
    return column("yes", language) if row["maturing"] else ""


OF_YIELDS = ("kind", "kind_name", "support_class", "positions", "yields", "positions_own", "yields_own")


def _yields(table: Table, language: str) -> Sheet:
    lines = [_yield(row, language) for row in table.rows]
    return Sheet(sheet_name("yields", language), [column(each, language) for each in OF_YIELDS], lines)


def _yield(row: Row, language: str) -> list[Cell]:
    kind = row.get("kind", ALL)
    called = name("kind", kind, language)
    below = depth(kind) if kind else 0
    said: list[Cell] = [code("kind", kind), f"{'    ' * below}{of_which(called, language)}" if below else called]
    support = name("support_class", KINDS[kind].support_class, language) if kind else ""
    return [*said, support, *(_shown(row, figure) for figure in OF_YIELDS[3:])]


def _weeks(table: Table, language: str) -> Sheet:
    names = ("week", "week_name", "first_day", "last_day", *OF_WEEKS, "visit_hit_rate", "maturing")
    lines = [_week(row, language) for row in table.rows]
    return Sheet(sheet_name("weeks", language), [column(each, language) for each in names], lines)


def _week(row: Row, language: str) -> list[Cell]:
    week = row.get("week", ALL)
    days: Iterable[Cell] = Period.named(week) if week else (None, None)
    said = [code("week", week), name("week", week, language), *days]
    return [*said, *(_shown(row, figure) for figure in (*OF_WEEKS, "visit_hit_rate")), _yes(row, language)]


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
    names = [column(each, language) for each in ("measure", "measure_name", "value", "note")]
    finest = [row for row in table.rows if all(by in row for by in table.dimensions)]
    lines = [line for row in finest for line in _long(table, row, language)]
    return Sheet(sheet_name("data", language), [*_group_headings(table, language), *names], lines)


def _long(table: Table, row: Row, language: str) -> Iterator[list[Cell]]:
    for figure, value, note in table.figures_of(row):
        if figure in table.counts:
            yield [*_group(table, row, language), figure, column(figure, language), value, note]


def _about(manifest: Manifest, language: str) -> Sheet:
    lines: list[list[Cell]] = [[what, is_] for what, is_ in about(manifest, language)]
    return Sheet(sheet_name("about", language), [column("what", language), column("is", language)], lines)
