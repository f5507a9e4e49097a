"""Totals as files: read back by readers of others, equal to the figures, safe to open, whole or not there."""

import csv
import errno
import io
import json
import os
from datetime import date

import pytest
from python_calamine import CalamineWorkbook
from told import BAKERY, HARBOUR, Told, asked

from campaign.exporting import files
from campaign.exporting.cells import guarded, unguarded
from campaign.exporting.separated import DIALECTS, separated
from campaign.exporting.totals import EXPORTED, Totals, as_json, figure_headings, gather
from campaign.exporting.workbooks import workbook
from campaign.faults import Fault, SettingsFault, StoreFault
from projections.measures import COUNTS, DIMENSIONS, RATES, RATIOS, base

ABOUT = {"campaign": "open-doors", "log position": "21"}


def a_campaign() -> Told:
    """Two offices, one of which has nothing to be a share of; a size that would be a formula."""
    told = Told()
    told.enrolled("851")
    told.described(BAKERY, "011100", "2-4")
    told.described(HARBOUR, "502000", '=cmd|"/c calc"!A1')
    for number, cvr in enumerate((BAKERY, HARBOUR, BAKERY)):
        call = told.called(cvr, "accepted", f"2012-11-{number + 1:02}")
        visit = told.booked(cvr, on="2012-11-20", at="2012-11-05", call=call)
        told.held(visit, "2012-11-20", cvr)
    told.yielded("acute-job", 200, visit, at="2012-11-21")
    told.yielded("ordinary-job", 540, visit, at="2012-11-21")
    return told


@pytest.fixture(scope="module")
def totals() -> Totals:
    """The totals of that campaign by every dimension an export can have."""
    with a_campaign().tables() as connection:
        return gather(connection, asked(connection), EXPORTED, ABOUT)


def sheet(totals: Totals, name: str) -> list[list]:
    """The cells of a sheet, as calamine reads them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook(totals)))
    return book.get_sheet_by_name(name).to_python()


def read(content: bytes, delimiter: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    """The lines of separated text, by their headings."""
    return list(csv.DictReader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter))


def as_written(value, decimal: str) -> str:
    """A figure as it is expected in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6f}".replace(".", decimal) if isinstance(value, float) else str(value)


@pytest.mark.parametrize(
    ("name", "delimiter", "decimal", "encoding"),
    [("csv", ",", ".", "utf-8"), ("excel-csv", ";", ",", "utf-8-sig"), ("tsv", "\t", ".", "utf-8")],
)
def test_separated_text_has_every_row_and_every_figure(totals, name, delimiter, decimal, encoding):
    lines = read(separated(totals, DIALECTS[name]), delimiter, encoding)

    assert len(lines) == len(totals.rows)
    for line, row in zip(lines, totals.rows, strict=True):
        assert {name: line[name] for name in figure_headings()} == {
            name: as_written(row[name], decimal) for name in figure_headings()
        }
        assert {by for by in EXPORTED if line[by]} == {by for by in EXPORTED if by in row}


def test_csv_is_plain_and_excels_csv_is_as_danish_excel_wants_it(totals):
    plain, excel = separated(totals, DIALECTS["csv"]), separated(totals, DIALECTS["excel-csv"])

    assert plain.startswith(b"office,region,week,month,industry,size,campaign,name,companies_mailed,calls,")
    assert excel.startswith(b"\xef\xbb\xbfoffice;region;")
    assert excel.count(b"\r\n") == excel.count(b"\n") == len(totals.rows) + 1
    assert "Sjælland" in plain.decode()


def test_a_rate_of_nothing_is_an_empty_cell_and_never_nought(totals):
    line = next(line for line in read(separated(totals, DIALECTS["csv"]), ",") if line["office"] == "851")

    assert {line[rate] for rate in (*RATES, *RATIOS)} == {""}
    assert line["calls"] == "0"


def test_codes_have_their_names_beside_them(totals):
    names = {line["office"] or line["industry"]: line["name"] for line in read(separated(totals, DIALECTS["csv"]), ",")}

    assert (names["306"], names["851"]) == ("Odsherred", "Aalborg")
    assert names["01"] == "Crop and animal production, hunting"


def test_every_figure_has_a_heading(totals):
    assert set(figure_headings()) == set(totals.total)
    assert {*EXPORTED, "consultant"} == set(DIMENSIONS)


def test_json_is_what_was_counted(totals):
    said = json.loads(json.dumps(as_json(totals)))

    assert (said["about"], said["rows"], said["total"]) == (ABOUT, totals.rows, totals.total)
    assert [(row["kind"], row["positions"]) for row in said["yields"]] == [("ordinary-job", 740), ("acute-job", 200)]


def test_the_workbook_has_the_counts_of_every_row_and_of_all(totals):
    headings, *lines = sheet(totals, "Totals")

    assert headings == [*EXPORTED, "name", *COUNTS]
    assert [line[len(EXPORTED) + 1 :] for line in lines] == [
        [row[count] for count in COUNTS] for row in (*totals.rows, totals.total)
    ]
    assert lines[0][0] == "306"
    assert lines[-1][0] == "all"


def test_the_workbook_has_every_rate_as_a_number_with_its_interval_and_base(totals):
    headings, *lines = sheet(totals, "Hit rates")
    rows = [*totals.rows, totals.total]

    assert headings == ["rate", *EXPORTED, "name", "share", "low", "high", "numerator", "denominator", "maturing"]
    assert len(lines) == len(rows) * len(RATES | RATIOS)
    for number, rate in enumerate(RATES):
        for row, line in zip(rows, lines[number * len(rows) :], strict=False):
            there = [row[rate], row[f"{rate}_low"], row[f"{rate}_high"]]
            assert line[0] == rate
            assert line[-6:-3] == ["", "", ""] if row[rate] is None else line[-6:-3] == pytest.approx(there)
            assert tuple(line[-3:-1]) == base(row, rate)
    assert (lines[-1][0], lines[-1][-6]) == ("positions_per_visit", pytest.approx(740 / 3))


def test_the_workbook_has_yields_with_of_which_and_totals_that_count_no_position_twice(totals):
    _, *lines = sheet(totals, "Yields")

    assert [(line[0], line[1].strip(), line[4]) for line in lines] == [
        ("ordinary-job", "Ordinary job", 740),
        ("acute-job", "of which Acute job", 200),
        ("all ordinary", "", 740),
        ("all supported", "", 0),
        ("all unpaid", "", 0),
        ("all other", "", 0),
        ("all", "", 740),
    ]


def test_the_workbook_explains_every_figure_and_says_what_it_is_of(totals):
    said = dict(line[:2] for line in sheet(totals, "About the figures"))

    assert said.items() >= ABOUT.items() | COUNTS.items()
    assert set(said) >= {*RATES, *RATIOS}
    assert said["no_show_rate"] == "visits_no_show / (visits_held + visits_no_show)"


def test_a_formula_is_text_when_it_goes_out(totals):
    cell = "'" + '=cmd|"/c calc"!A1'

    assert cell in {line["size"] for line in read(separated(totals, DIALECTS["excel-csv"]), ";", "utf-8-sig")}
    assert cell in {line[EXPORTED.index("size")] for line in sheet(totals, "Totals")}


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "'=1",
        '"=1',
        "＝1+1",
        "＋a",
        "－a",
        "＠a",
        "+1-2",
        "-2+3+cmd|' /C calc'!A0",
    ],
)
def test_what_a_spreadsheet_would_run_is_guarded(text):
    assert guarded(text) == f"'{text}".replace("\t", " ").replace("\r", " ").replace("\n", " ")
    assert unguarded(f"'{text}") == text


@pytest.mark.parametrize("text", ["306", "2-4", "100-", "Odsherred", "", "+45 33 12 34 56", "-5", "-1,5", "a=b"])
def test_words_numbers_and_telephone_numbers_stay_as_they_are(text):
    assert guarded(text) == text


def test_without_dimensions_the_total_is_the_row():
    with a_campaign().tables() as connection:
        totals = gather(connection, asked(connection), (), ABOUT)

    (line,) = read(separated(totals, DIALECTS["csv"]), ",")
    assert line["positions"] == "740"
    assert [row[COUNTS_AT["positions"]] for row in sheet(totals, "Totals")[1:]] == [740]


COUNTS_AT = {count: number for number, count in enumerate(COUNTS)}


# Files


def test_a_file_is_put_whole_and_nothing_stays_beside_it(tmp_path):
    files.put(tmp_path / "totals.csv", b"whole")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("totals.csv", b"whole")]


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"old")

    with pytest.raises(SettingsFault, match="is there already"):
        files.put(path, b"new")
    assert path.read_bytes() == b"old"
    files.put(path, b"new", force=True)
    assert path.read_bytes() == b"new"


def test_a_file_made_while_it_was_being_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "totals.csv"
    monkeypatch.setattr(os, "fsync", lambda _: path.write_bytes(b"somebody else's"))

    with pytest.raises(SettingsFault, match="is there already"):
        files.put(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("totals.csv", b"somebody else's")]


@pytest.mark.parametrize("force", [False, True])
def test_nothing_is_written_through_a_link(tmp_path, force):
    (tmp_path / "there").write_bytes(b"old")
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "broken").symlink_to("nowhere")

    for name in ("link", "broken"):
        with pytest.raises(SettingsFault, match="is a link"):
            files.put(tmp_path / name, b"new", force)
    assert (tmp_path / "there").read_bytes() == b"old"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("target", "said"),
    [
        (".", "is a folder"),
        ("missing/totals.csv", "There is no folder"),
        ("/dev/null", "is no ordinary file"),
        ("x" * 300, "cannot be written: File name too long"),
        ("nul\0", "cannot be written"),
    ],
)
def test_what_is_no_place_for_a_file_is_named(tmp_path, target, said, force):
    with pytest.raises(Fault, match=said):
        files.put(tmp_path / target, b"new", force)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_file_and_the_old_one_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"old")

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFault, match=r"No space left on device\. Nothing was written"):
        files.put(path, b"new", force=True)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("totals.csv", b"old")]


def test_days_are_written_in_iso_form(totals):
    weeks = [line["week"] for line in read(separated(totals, DIALECTS["csv"]), ",") if line["week"]]

    assert weeks == [f"{date(2012, 11, 1):%G-W%V}", "2012-W47"]
