"""Workbooks: what a spreadsheet makes of numbers, days and sheets, and workbooks made to take all memory."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta

import pytest
import xlsxwriter
from import_fixtures import (
    A_CALL,
    BAKERY,
    CALLS,
    COMPANIES,
    HARBOUR,
    YIELDS,
    entry_ids,
    event_count,
    new_workspace,
    rows_of,
    run_at_terminal,
    run_import,
    table,
)

from campaign.app import open_tracker
from campaign.importing.tables import read_tables


@pytest.fixture
def home(tmp_path):
    return new_workspace(tmp_path / "home")


def workbook(path, **sheets):
    """Sheets by title, each a list of rows; cells as Python has them."""
    with xlsxwriter.Workbook(str(path), {"nan_inf_to_errors": True, "strings_to_formulas": False}) as book:
        day, moment = (book.add_format({"num_format": f}) for f in ("dd-mm-yyyy", "dd-mm-yyyy hh:mm"))
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(y, x, cell, moment)
                    elif isinstance(cell, date):
                        sheet.write_datetime(y, x, cell, day)
                    elif isinstance(cell, tuple):
                        sheet.write_formula(y, x, cell[0], None, cell[1])
                    else:
                        sheet.write(y, x, cell)
    return path


def crafted(path, cells, texts=None):
    """A workbook with a sheet whose cells are written in its own language."""
    workbook(path, a=[["x"]])
    with (
        zipfile.ZipFile(io.BytesIO(path.read_bytes())) as made,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in made.namelist():
            part = made.read(name)
            if name == "xl/worksheets/sheet1.xml":
                before, after = part.split(b"<sheetData>")[0], part.split(b"</sheetData>")[1]
                part = before + b"<sheetData>" + cells + b"</sheetData>" + after
            out.writestr(name, texts if texts and name == "xl/sharedStrings.xml" else part)
    return path


def test_numbers_and_days_are_what_they_are_in_a_csv(home, tmp_path):
    row = [
        "c1",
        26099382.0,
        datetime.fromisoformat("2012-11-05T09:30"),
        "anna",
        306,
        "call-back",
        None,
        date(2012, 11, 12),
    ]

    run_import(home, workbook(tmp_path / "calls.xlsx", Ark1=[CALLS, row]))

    same = ("c1", BAKERY, "2012-11-05T09:30", "anna", "306", "call-back", "", "2012-11-12")
    assert run_import(home, table(tmp_path / "calls.csv", CALLS, same)).counts == {"there already": 1}


def test_every_minute_of_a_day_is_read_as_it_was_written(tmp_path):
    midnight = datetime.fromisoformat("2012-11-05")
    minutes = [[midnight + timedelta(minutes=n)] for n in range(24 * 60)]

    (found,) = read_tables(workbook(tmp_path / "a.xlsx", a=[["called_at"], *minutes]))

    read = [datetime.fromisoformat(cells[0]) for _, cells in found.rows()]
    assert read == [minute for (minute,) in minutes]


def test_a_size_that_became_a_day_is_rejected_with_what_to_do(home, tmp_path):
    row = BAKERY, "Bageri", "306", "107100", "DB07", date(2026, 4, 2)

    (path,) = run_import(home, workbook(tmp_path / "c.xlsx", a=[COMPANIES, row])).rejects

    assert rows_of(path)[0]["rejected_reason"] == (
        "2026-04-02 is a day, no size band; the spreadsheet changed it. Make the column text, write 2-4"
    )


def test_a_reference_of_more_digits_than_a_spreadsheet_keeps_is_refused(home, tmp_path, capsys):
    path = workbook(tmp_path / "c.xlsx", a=[CALLS, (12345678901234567, *A_CALL[1:])])

    assert run_at_terminal(capsys, "import", path, "--home", home.path) == (
        2,
        "",
        "c.xlsx[a] row 2 holds a number of more than 15 digits, which spreadsheets round. Make that column text.\n",
    )


def test_errors_and_formulas_are_their_values(home, tmp_path):
    run_import(home, table(tmp_path / "calls.csv", CALLS, A_CALL))
    rows = [
        ("y1", 26099382, "", "c1", "2012-11-20", "internship", ("=1+1", 2)),
        ("y2", 26099382, "", "c1", "2012-11-20", "internship", float("inf")),
        ("y3", 26099382, "", "c1", "2012-11-20", "internship", float("nan")),
        ("y4", 26099382, "", "c1", "2012-11-20", "internship", ("=1/0", "#DIV/0!")),
        ("y5", 26099382, "", "c1", "2012-11-20", "internship", 2.5),
        ("y6", 26099382, "", "c1", "2012-11-20", "internship", True),
    ]

    taken = run_import(home, workbook(tmp_path / "y.xlsx", a=[YIELDS, *rows]))

    assert taken.counts == {"taken": 1, "rejected": 5}
    assert {row["rejected_column"] for row in rows_of(taken.rejects[0])} == {"positions"}


def test_a_formula_as_text_stays_text(home, tmp_path):
    run_import(home, workbook(tmp_path / "c.xlsx", a=[COMPANIES, (BAKERY, "=1+1")]))

    with open_tracker(home) as tracker:
        assert tracker.company(BAKERY).now.name == "=1+1"


def test_sheets_are_tables_of_their_own_with_rejects_of_their_own(home, tmp_path):
    calls = [CALLS, ("c1", 1, *A_CALL[2:])], [CALLS, ("c2", 2, *A_CALL[2:])]
    book = workbook(tmp_path / "all.xlsx", **{"Uge 46": calls[0], "Uge 47": calls[1], "Noter": [["Husk!"]], "Tom": []})

    taken = run_import(home, book)

    assert [o.table for o in taken.outcomes] == ["all.xlsx[Uge 46]", "all.xlsx[Uge 47]"]
    assert [path.name for path in taken.rejects] == ["all Uge 46.rejects.csv", "all Uge 47.rejects.csv"]


def test_a_table_that_stands_lower_and_further_in_keeps_its_line_numbers(home, tmp_path):
    rows = [[], [None, None, *CALLS], [], [None, None, *A_CALL], [None, None, "c2", 1]]

    (path,) = run_import(home, workbook(tmp_path / "c.xlsx", a=rows)).rejects

    assert rows_of(path)[0]["rejected_line"] == "5"
    assert len(entry_ids(home)) == 3, "the plan, the outreach, the call"


def test_a_cpr_number_in_the_name_of_a_sheet_is_refused(home, tmp_path, capsys):
    path = workbook(tmp_path / "c.xlsx", **{"Jens 010170-1234": [CALLS, A_CALL]})

    code, out, err = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert (code, out) == (1, "")
    assert err.startswith("The name of a file or of a sheet holds a number in the form of a CPR number.")
    assert "1234" not in err


# Made to take all memory


FAR = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="%b1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(("column", "number"), [(b"XFD", "16,384"), (b"T", "20"), (b"GS", "201"), (b"gs", "201")])
def test_a_cell_far_away_does_not_take_all_memory(home, tmp_path, capsys, column, number):
    path = crafted(tmp_path / "far.xlsx", FAR % column)

    code, out, err = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert (code, out) == (2, "")
    assert err.startswith(f"far.xlsx reaches to column {number} and row 1,048,576; at most 200 columns")


@pytest.mark.parametrize("before", [b' t="s"r=', b"\nr =\n", b"\tr\t= ", b" t='s'r="])
def test_a_cell_far_away_is_seen_however_its_place_is_written(home, tmp_path, capsys, before):
    path = crafted(tmp_path / "far.xlsx", FAR.replace(b" r=", before) % b"XFD")

    code, _, err = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert (code, err.startswith("far.xlsx reaches to column 16,384 and row 1,048,576")) == (2, True)


def test_one_text_in_a_thousand_cells_does_not_take_all_memory(home, tmp_path, capsys):
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 1_001))
    head = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    many = b"".join(b"<si><t>%d</t></si>" % n for n in range(40_000))  # lest it unpack a hundredfold
    path = crafted(tmp_path / "text.xlsx", cells, head + b"<si><t>" + b"y" * 500_000 + b"</t></si>" + many + b"</sst>")

    code, out, err = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert (code, out) == (2, "")
    assert err.startswith("text.xlsx holds a text of 500,0")


def test_entities_are_not_expanded(home, tmp_path):
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;&b;</t></si></sst>'
    path = crafted(tmp_path / "entities.xlsx", b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', bomb)

    assert "aaaaaaaaaa" not in str([found.headings for found in _found_or_none(path)])


def _found_or_none(path):
    from campaign.errors import SettingsFault

    try:
        return list(read_tables(path))
    except SettingsFault:
        return []


def test_a_reader_that_panics_is_a_fault_of_the_file(home, tmp_path, capsys, monkeypatch):
    import python_calamine

    class PanicException(BaseException):
        """As Rust's panics come to Python."""

    def panics(file):
        raise PanicException("index out of bounds")

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", type("Book", (), {"from_filelike": staticmethod(panics)}))
    path = workbook(tmp_path / "c.xlsx", a=[CALLS, A_CALL])

    code, _, err = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert (code, err) == (
        2,
        "c.xlsx cannot be read as a workbook. Open it in a spreadsheet and save it again as XLSX.\n",
    )
    assert event_count(home) == 1


def test_many_cells_that_are_empty_are_no_rows(home, tmp_path):
    rows = [COMPANIES, (BAKERY, "Bageri"), *[["  "] * 5] * 500, (HARBOUR, "Havn")]

    book = workbook(tmp_path / "c.xlsx", a=rows)

    assert [found.count for found in read_tables(book)] == [2]
    assert run_import(home, book).counts == {"taken": 2}
