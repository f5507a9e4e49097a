"""Totals as a workbook: totals, hit rates, yields with "of which", and what every figure means."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from campaign.exporting.cells import guarded
from campaign.exporting.totals import Row, Totals, group_cells, group_headings
from projections.measures import COUNTS, MATURING_DAYS, RATES, RATIOS, base

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

ALL = "all"
_WIDEST = 100


def workbook(totals: Totals) -> bytes:
    """The bytes of an .xlsx file with the sheets Totals, Hit rates, Yields and About the figures."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheets = _Sheets(book)
        sheets.add("Totals", [*group_headings(totals), *COUNTS], _count_rows(totals))
        sheets.add("Hit rates", ["rate", *group_headings(totals), *_RATE_HEADINGS], _rate_rows(totals))
        sheets.add("Yields", _YIELD_HEADINGS, _yield_rows(totals))
        sheets.add("About the figures", ["what", "is"], _about_rows(totals))
    return file.getvalue()


class _Sheets:
    """Sheets of one book, each a table with its headings frozen. Shares are floats, counts ints, codes text."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.heading = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.count, self.share = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "0.0%"})
        self.ratio, self.text = book.add_format({"num_format": "0.00"}), book.add_format({"num_format": "@"})

    def add(self, name: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """A sheet of these rows."""
        sheet, lines = self.book.add_worksheet(name), list(rows)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_row(0, 0, headings, self.heading)
        sheet.autofilter(0, 0, len(lines), len(headings) - 1)
        for number, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                self._write(sheet, number, column, value, self.ratio if line[0] in RATIOS else self.share)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, _width(heading, [line[column] for line in lines]))

    def _write(self, sheet: Worksheet, row: int, column: int, value: Any, share: Format) -> None:
        if isinstance(value, str):
            sheet.write_string(row, column, guarded(value), self.text)
        elif value is not None:
            sheet.write_number(row, column, value, share if isinstance(value, float) else self.count)


def _width(heading: str, values: Sequence[Any]) -> int:
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    word = max(map(len, heading.split()))
    return min(max(longest, word + 1, 9), _WIDEST) + 1


def _with_total(totals: Totals) -> list[tuple[list[str], Row]]:
    """Every row with its group, and the total under them."""
    rows = [(group_cells(totals, row), row) for row in totals.rows] if totals.dimensions else []
    group = [ALL, *[""] * (len(group_headings(totals)) - 1)] if totals.dimensions else []
    return [*rows, (group, totals.total)]


def _count_rows(totals: Totals) -> Iterable[list[Any]]:
    for group, row in _with_total(totals):
        yield [*group, *(row[count] for count in COUNTS)]


_RATE_HEADINGS = ("share", "low", "high", "numerator", "denominator", "maturing")


def _rate_rows(totals: Totals) -> Iterable[list[Any]]:
    """Rate after rate, each with all groups: so they can be compared, and filtered by the rate's name."""
    for rate in RATES:
        for group, row in _with_total(totals):
            shares = (row[rate], row[f"{rate}_low"], row[f"{rate}_high"])
            yield [rate, *group, *shares, *base(row, rate), "yes" if row["maturing"] else ""]
    for ratio in RATIOS:
        for group, row in _with_total(totals):
            yield [ratio, *group, row[ratio], None, None, *base(row, ratio), "yes" if row["maturing"] else ""]


_YIELD_HEADINGS = ("kind", "name", "name_da", "support_class", "positions", "yields", "positions_own", "yields_own")


def _yield_rows(totals: Totals) -> Iterable[list[Any]]:
    for row in totals.yields.rows:
        of = f"{'    ' * row.depth}of which {row.name_en}" if row.depth else row.name_en
        amounts = (row.positions, row.yields, row.positions_own, row.yields_own)
        yield [row.kind, of, row.name_da, row.support_class, *amounts]
    for word, amount in totals.yields.by_support_class.items():
        yield [f"{ALL} {word}", "", "", word, amount.positions, amount.yields, None, None]
    total = totals.yields.total
    yield [ALL, "", "", "", total.positions, total.yields, total.positions, total.yields]


def _about_rows(totals: Totals) -> Iterable[list[str]]:
    for said in (totals.about, COUNTS):
        yield from ([name, meaning] for name, meaning in said.items())
    for rate, (numerator, parts) in (RATES | RATIOS).items():
        of = " + ".join(parts)
        yield [rate, f"{numerator} / {f'({of})' if len(parts) > 1 else of}"]
    yield from ([name, meaning] for name, meaning in _NOTES.items())


_NOTES = {
    "..._low, ..._high": "the 95 % interval of a rate (Wilson 1927, without continuity correction)",
    "an empty cell": "there is nothing to be a share of: 0/0 is no value, and never 0",
    "period, group": "those of the contact: a yield counts on the day and in the group of its visit or call",
    "companies_...": "each company once by CVR number in any line, so the lines can add up to more than all",
    "of which": "in the line above it already; all holds every position once",
    "maturing": f"a period that ended less than {MATURING_DAYS} days before: yields may still come",
}
