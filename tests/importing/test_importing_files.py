"""Files as people and their programs really make them: what can be read is, the rest gets one clear line."""

from __future__ import annotations

import contextlib
import io
import os
import random
import zipfile

import pytest
from import_fixtures import (
    A_CALL,
    BAKERY,
    CALLS,
    COMPANIES,
    VISITS,
    YIELDS,
    event_count,
    figures,
    new_workspace,
    rows_of,
    run_at_terminal,
    run_import,
    table,
)

from campaign.app import open_tracker
from campaign.errors import Fault
from campaign.importing.tables import read_tables
from domain.refusals import Refusal

HEADINGS, ROW = ";".join(CALLS), ";".join(A_CALL) + ";;"
CALL_CSV = f"{HEADINGS}\n{ROW}\n".encode()
COMPANY_CSV = f"cvr;name\n{BAKERY};Bageri\n".encode()


@pytest.fixture
def home(tmp_path):
    return new_workspace(tmp_path / "home")


def zipped(*files, compression=zipfile.ZIP_DEFLATED):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name, inside in files:
            archive.writestr(name, inside)
    return content.getvalue()


def locked():
    """A zip whose files say that they are encrypted."""
    content = bytearray(zipped(("calls.csv", CALL_CSV)))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def damaged():
    """A zip whose table is not what its directory says."""
    content = bytearray(zipped(("calls.csv", CALL_CSV), compression=zipfile.ZIP_STORED))
    content[content.index(b"anna")] ^= 1
    return bytes(content)


BAD = {
    "an empty file": ("calls.csv", b"", "calls.csv is empty."),
    "only blank lines": ("calls.csv", b" \r\n\r\n", "calls.csv is empty."),
    "a quotation mark that is never closed": (
        "calls.csv",
        f'{HEADINGS}\n{ROW}\n"c2;{BAKERY}\n{ROW}\n'.encode(),
        "calls.csv line 3 cannot be read: a quotation mark opens a cell and none closes it.",
    ),
    "text after a quoted cell": (
        "calls.csv",
        f'{HEADINGS}\n"c"1;{BAKERY}\n'.encode(),
        "calls.csv line 2 cannot be read: text follows the quotation mark that closes a cell; "
        "a mark inside a cell is written twice.",
    ),
    "a row cut short": (
        "calls.csv",
        f"{HEADINGS}\n{ROW}\nc2;{BAKERY};2012-11-0".encode(),
        "calls.csv breaks off in its last line, 3, after 3 of 8 columns. Was it cut short on its way?",
    ),
    "binary data": ("calls.csv", bytes(range(256)) * 9, "calls.csv holds binary data, not a table. Save it as CSV UTF-8 or XLSX."),
    "UTF-16": ("calls.csv", CALL_CSV.decode().encode("utf-16"), "calls.csv is written in UTF-16. Save it as CSV UTF-8."),
    "an encoding nobody knows": (
        "calls.csv",
        CALL_CSV.replace(b"anna", b"\x81\x8d"),
        "calls.csv is in no encoding that is known here. Save it as CSV UTF-8.",
    ),
    "a column missing": (
        "calls.csv",
        CALL_CSV.replace(b"outcome", b"outcom"),
        "calls.csv is no table of calls: the column outcome is missing.",
    ),
    "columns missing": (
        "visits.csv",
        b"ref;cvr;planned_on;consultant\n",
        "visits.csv is no table of visits: the columns status, office are missing.",
    ),
    "calls that name the company and lack a column": (
        "calls.csv",
        f"ref;cvr;name;called_at;consultant;office\nc1;{BAKERY};Bageri;2012-11-05;anna;306\n".encode(),
        "calls.csv is no table of calls: the column outcome is missing.",
    ),
    "another table altogether": (
        "pets.csv",
        b"animal;age\ncat;3\n",
        "pets.csv is no table of visits, calls, yields, invitations, companies: no heading is one of theirs.",
    ),
    "a heading twice": (
        "companies.csv",
        f"cvr;name;Name\n{BAKERY};a;b\n".encode(),
        "companies.csv has name as a heading more than once. Which column is it?",
    ),
    "a million columns": (
        "calls.csv",
        b";".join([b"x"] * 1_000_000),
        "calls.csv line 1 has 1,000,000 columns; at most 200 are read.",
    ),
    "a million cells in a row": (
        "calls.csv",
        CALL_CSV + b";" * 1_000_000,
        "calls.csv line 3 has 1,000,001 columns; at most 200 are read.",
    ),
    "a field of 49 MB": (
        "calls.csv",
        CALL_CSV.replace(b"anna", b"x" * 49_000_000),
        "calls.csv line 2 cannot be read: a cell has more than 131,072 characters.",
    ),
    "a file of another kind": ("calls.pdf", b"%PDF-1.7", "calls.pdf is no table: write a CSV, an XLSX, or a folder or zip of them."),
    "a zip cut short": ("all.zip", zipped(("calls.csv", CALL_CSV))[:-30], "all.zip is no whole file of its kind. Was it cut short on its way?"),
    "a zip that is none": ("all.zip", CALL_CSV, "all.zip is no whole file of its kind. Was it cut short on its way?"),
    "a damaged zip": ("all.zip", damaged(), "all.zip is no whole file of its kind. Was it cut short on its way?"),
    "a locked zip": ("all.zip", locked(), "all.zip is locked with a password. Unpack it first."),
    "a zip in a zip": ("all.zip", zipped(("calls.zip", zipped(("calls.csv", CALL_CSV)))), "all.zip holds another zip inside. Unpack it first."),
    "a zip of nothing": ("all.zip", zipped(), "all.zip has no file to import (CSV or XLSX)."),
    "a zip of pictures": ("all.zip", zipped(("a.png", b"x")), "all.zip has no file to import (CSV or XLSX)."),
    "a zip bomb": ("all.zip", zipped(("calls.csv", b"0" * 9_000_000)), "all.zip unpacks to 9,000,000 bytes in 1 files; that is not read."),
    "a zip of too many files": (
        "all.zip",
        zipped(*((f"{n}.csv", b"") for n in range(1_001))),
        "all.zip unpacks to 0 bytes in 1,001 files; that is not read.",
    ),
    "a workbook cut short": ("calls.xlsx", b"PK\x03\x04 and no more", "calls.xlsx is no whole file of its kind. Was it cut short on its way?"),
    "a workbook that is a zip": (
        "calls.xlsx",
        zipped(("calls.csv", CALL_CSV)),
        "calls.xlsx cannot be read as a workbook. Open it in a spreadsheet and save it again as XLSX.",
    ),
    "a locked workbook": (
        "calls.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
        "calls.xlsx is locked with a password, or an old workbook (XLS). Save it as plain XLSX.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_what_cannot_be_read_gets_one_line_and_nothing_is_written(home, tmp_path, capsys, bad):
    name, content, sentence = BAD[bad]
    (tmp_path / name).write_bytes(content)

    said = run_at_terminal(capsys, "import", tmp_path / name, "--home", home.path)

    assert said == (2, "", sentence + "\n")
    assert event_count(home) == 1


def test_one_table_that_cannot_be_read_keeps_the_others_out(home, tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(COMPANY_CSV)
    (tmp_path / "b.csv").write_bytes(b"")

    assert run_at_terminal(capsys, "import", tmp_path / "a.csv", tmp_path / "b.csv", "--home", home.path)[0] == 2
    assert event_count(home) == 1


def test_places_without_a_file_get_one_line(home, tmp_path, capsys):
    for name in ("empty", "fifo"):
        (tmp_path / name).mkdir() if name == "empty" else os.mkfifo(tmp_path / name)
    with (tmp_path / "big.csv").open("wb") as big:
        big.truncate(60_000_000)
    said = {
        "empty": f"The folder {tmp_path}/empty has no file to import (CSV, XLSX or zip).",
        "none.csv": f"There is no file {tmp_path}/none.csv.",
        "fifo": f"{tmp_path}/fifo is no file but a pipe or a device. Save it as a file first.",
        "/dev/zero": "/dev/zero is no file but a pipe or a device. Save it as a file first.",
        "big.csv": "big.csv has 60,000,000 bytes; at most 50,000,000 are read. Split it.",
        "none.csv/calls.csv": f"There is no file {tmp_path}/none.csv/calls.csv.",
        "big.csv/calls.csv": f"{tmp_path}/big.csv/calls.csv cannot be read: Not a directory.",
        "x" * 300: f"{tmp_path}/{'x' * 300} cannot be read: File name too long.",
    }

    for name, sentence in said.items():
        assert run_at_terminal(capsys, "import", tmp_path / name, "--home", home.path) == (2, "", sentence + "\n")


def test_a_file_that_may_not_be_read_gets_one_line(home, tmp_path, capsys, monkeypatch):
    path = tmp_path / "calls.csv"
    path.write_bytes(CALL_CSV)

    def refused(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr("pathlib.Path.read_bytes", refused)  # root may read all
    said = run_at_terminal(capsys, "import", path, "--home", home.path)

    assert said == (2, "", f"{path} cannot be read: Permission denied.\n")


def test_a_folder_for_rejects_that_cannot_be_made_is_said_before_anything_is_taken(home, tmp_path, capsys):
    (tmp_path / "calls.csv").write_bytes(CALL_CSV)
    (tmp_path / "file").write_text("x", encoding="utf-8")

    words = "--rejects", tmp_path / "file", "--home", home.path
    code, out, err = run_at_terminal(capsys, "import", tmp_path / "calls.csv", *words)

    assert (code, out, err) == (2, "", f"--rejects {tmp_path}/file cannot be made: File exists.\n")
    assert event_count(home) == 1


def test_escapes_in_names_headings_and_cells_do_not_reach_the_screen(home, tmp_path, capsys):
    folder = tmp_path / "folder"
    folder.mkdir()
    row = f"c1;{BAKERY};\x1b[2J;anna;306;\x1b]52;c;eHg=\x07"
    (folder / "ca\x1b[31mlls.csv").write_text(f"{HEADINGS};\x1b[31mred\n{row}\n", encoding="utf-8")

    code, out, err = run_at_terminal(capsys, "import", folder, "--home", home.path)

    assert code == 0
    assert "'\\x1b[2J' is no day and time" in err
    assert not {c for c in out + err if not c.isprintable()} - {"\n", "\t"}
    (path,) = (home.path / "rejects").rglob("*.csv")
    assert path.name.isprintable()
    assert "\x1b" not in path.read_text(encoding="utf-8")


# What can be read


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (CALL_CSV, ""),
        (b"\xef\xbb\xbf" + CALL_CSV, ""),
        (CALL_CSV.replace(b"\n", b"\r\n"), ""),
        (CALL_CSV.replace(b"\n", b"\r"), ""),
        (CALL_CSV.replace(b";", b","), ""),
        (CALL_CSV.replace(b";", b"\t"), ""),
        (CALL_CSV.rstrip(b"\n"), ""),
        (b"\n\n" + CALL_CSV.replace(b"\n", b"\n\n ; ;\n"), ""),
        (CALL_CSV.replace(b"ref;", b'"ref";').replace(b"c1;", b'"c1";'), ""),
        (CALL_CSV.replace(b"called_at", b" Called at "), ""),
        (CALL_CSV.replace(b";;\n", b"\n"), ""),
        (CALL_CSV.replace(b";;\n", b";;;;\n"), ""),
        (CALL_CSV + "c2;øl".encode("cp1252") + b"\n", "calls.csv was read as Windows-1252."),
    ],
    ids=["UTF-8", "BOM", "CRLF", "CR", "comma", "tab", "no last line end", "blank lines", "quoted", "heading with blanks", "fewer cells", "more empty cells", "Windows-1252"],
)  # fmt: skip
def test_a_table_in_any_usual_dress_is_read(home, tmp_path, capsys, content, note):
    (tmp_path / "calls.csv").write_bytes(content)

    code, out, err = run_at_terminal(capsys, "import", tmp_path / "calls.csv", "--home", home.path)

    assert code == 0
    assert out.splitlines()[1].split("\t")[2] == "1", "one row was taken"
    assert note in err
    assert ("Windows-1252" in err) == bool(note)
    with open_tracker(home) as tracker:
        (call,) = tracker.outreach("luk-op", BAKERY).calls.values()
        assert (str(call.at), str(call.time), call.by) == ("2012-11-05", "09:30:00", "anna")


def test_only_headings_are_no_fault_and_said(home, tmp_path, capsys):
    (tmp_path / "calls.csv").write_text(HEADINGS + "\n", encoding="utf-8")

    code, out, err = run_at_terminal(capsys, "import", tmp_path / "calls.csv", "--home", home.path)

    assert (code, out.splitlines()[1]) == (0, "calls.csv\t0\t0\t0\t0\t0")
    assert err == "calls.csv has headings and no rows.\n"


def test_columns_and_tables_that_are_not_read_are_said(home, tmp_path, capsys):
    content = zipped(("calls.csv", CALL_CSV.replace(b"follow_up", b"followup")), ("pets.csv", b"animal\ncat\n"))
    (tmp_path / "all.zip").write_bytes(content)

    _, _, err = run_at_terminal(capsys, "import", tmp_path / "all.zip", "--home", home.path)

    assert "Left out: column followup of calls.csv.\n" in err
    assert "Left out: pets.csv: no table of visits, calls" in err


def test_a_line_is_counted_as_an_editor_counts_it(home, tmp_path):
    (tmp_path / "calls.csv").write_text(f'{HEADINGS}\n{ROW}\n\n"c\n2";{BAKERY}\n\nc3;{BAKERY}\n', encoding="utf-8")

    (path,) = run_import(home, tmp_path / "calls.csv").rejects

    assert [row["rejected_line"] for row in rows_of(path)] == ["4", "7"]


@pytest.mark.parametrize(
    ("headings", "row", "column", "reason"),
    [
        (CALLS, ("c1", BAKERY, "2012-09-02", "anna", "306", "busy"), "called_at", "2012-09-02 lies outside campaign luk-op"),
        (CALLS, ("c1", BAKERY, "2013-07-02", "anna", "306", "busy"), "called_at", "2013-07-02 has not come yet"),
        (CALLS, ("c1", BAKERY, "35-11-2012", "anna", "306", "busy"), "called_at", "'35-11-2012' is no day and time"),
        (CALLS, ("c1", BAKERY, "2012-11-05T25:00", "anna", "306", "busy"), "called_at", "is no day and time"),
        (CALLS, ("c1", BAKERY, "2012-11-05T09:30+02:00", "anna", "306", "busy"), "called_at", "has a time zone"),
        (CALLS, ("c1", BAKERY, "２０１２-11-05", "anna", "306", "busy"), "called_at", "is no day and time"),
        (CALLS, ("c1", "10284857", "2012-11-05", "anna", "306", "busy"), "cvr", "'10284857' is no CVR number"),
        (CALLS, ("c1", "26099382.0", "2012-11-05", "anna", "306", "busy"), "cvr", "is no CVR number"),
        (CALLS, ("c1", "2,61E+07", "2012-11-05", "anna", "306", "busy"), "cvr", "is no CVR number"),
        (CALLS, ("c1", "２６０９９３８２", "2012-11-05", "anna", "306", "busy"), "cvr", "is no CVR number"),
        (CALLS, ("c1", BAKERY, "2012-11-05", "anna", "999", "busy"), "office", "'999' is no office"),
        (CALLS, ("c1", BAKERY, "2012-11-05", "anna", "306", "acepted"), "outcome", "Did you mean accepted?"),
        (CALLS, ("c1", BAKERY, "2012-11-05", "anna", "306", "declined", "why"), "reason", "'why' is no reason"),
        (CALLS, ("c1", BAKERY, "2012-11-05", "", "306", "busy"), "consultant", "the consultant is missing"),
        (CALLS, ("", BAKERY, "2012-11-05", "anna", "306", "busy"), "ref", "the reference is empty"),
        (CALLS, ("c" * 10_000, BAKERY, "2012-11-05", "anna", "306", "busy"), "ref", "The reference has 10,000 characters"),
        (CALLS, ("c\x1b1", BAKERY, "2012-11-05", "anna", "306", "busy"), "ref", "The reference holds control characters"),
        (CALLS, ("c\u202e1", BAKERY, "2012-11-05", "anna", "306", "busy"), "ref", "The reference holds control characters"),
        (CALLS, ("c2", BAKERY, "2012-11-05", "anna", "306", "call-back", "", "2012-11-04"), "follow_up", "a day before"),
        (CALLS, (*A_CALL, "", "", "", "x"), "", "the row has 10 columns, the headings 8"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2012-11-04", "", "planned", "anna", "306"), "planned_on", "cannot be planned for a day before"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2012-11-20", "2012-11-04", "held", "anna", "306"), "held_on", "cannot have been held before"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2012-11-20", "", "held", "anna", "306"), "held_on", "needs the day it was held on"),
        (VISITS, ("v1", BAKERY, "", "2012-11-20", "", "planned", "anna", "306"), "booked_on", "needs the day it was booked on"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2013-08-20", "", "planned", "anna", "306"), "planned_on", "lies outside campaign"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2012-11-20", "", "perhaps", "anna", "306"), "status", "'perhaps' is no status of a visit"),
        (VISITS, ("v1", BAKERY, "2012-11-05", "2012-11-20", "", "planned", "anna", "306", "c9"), "call_ref", "no call c9 of company"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "-2"), "positions", "-2 positions in one yield?"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "0"), "positions", "0 positions in one yield?"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "99999"), "positions", "99999 positions in one yield?"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "9" * 99), "positions", "is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "nan"), "positions", "'nan' is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "inf"), "positions", "'inf' is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "1e3"), "positions", "'1e3' is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "２"), "positions", "'２' is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "2.5"), "positions", "'2.5' is no whole number"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internship", "1", "200"), "hours_per_week", "200 hours in a week?"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-20", "internships", "1"), "kind", "Did you mean internship?"),
        (YIELDS, ("y1", BAKERY, "", "c1", "2012-11-04", "internship", "1"), "recorded_on", "it cannot yield on 2012-11-04"),
        (YIELDS, ("y1", BAKERY, "v1", "c1", "2012-11-20", "internship", "1"), "visit_ref", "a yield names one origin"),
        (YIELDS, ("y1", BAKERY, "", "", "2012-11-20", "internship", "1"), "visit_ref", "a yield names one origin"),
        (COMPANIES, (BAKERY, "Bageri", "306", "107100", "DB07", "2026-04-02"), "size_band", "the spreadsheet changed it"),
        (COMPANIES, (BAKERY, "Bageri", "306", "107100", "DB07", "02-04-2026"), "size_band", "the spreadsheet changed it"),
        (COMPANIES, (BAKERY, "Bageri", "306", "107100", "DB07", "02-apr"), "size_band", "the spreadsheet changed it"),
        (COMPANIES, (BAKERY, "Bageri", "306", "x"), "industry_code", "'x' is no industry code"),
        (COMPANIES, (BAKERY, "N" * 201), "name", "The name has 201 characters"),
        (COMPANIES, (BAKERY, "Ba\tgeri"), "name", "The name holds control characters"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_taken_says_which_column_and_why(home, tmp_path, headings, row, column, reason):
    run_import(home, table(tmp_path / "first.csv", CALLS, A_CALL))

    refused = run_import(home, table(tmp_path / "some.csv", headings, row))

    assert refused.counts == {"rejected": 1}
    (why,) = rows_of(refused.rejects[0])
    assert why["rejected_column"] == column
    assert reason in why["rejected_reason"]
    assert why["rejected_reason"].isprintable()
    assert len(why["rejected_reason"]) < 400
    assert figures(home)[0]["calls"] == 1


@pytest.mark.parametrize("cell", ["ja", "Yes", "SAND", "1", "true"])
def test_a_yes_is_read_in_danish_and_english(home, tmp_path, cell):
    run_import(home, table(tmp_path / "c.csv", ("cvr", "name", "advertising_protected"), (BAKERY, "Bageri", cell)))

    with open_tracker(home) as tracker:
        assert tracker.company(BAKERY).now.advertising_protected


@pytest.mark.parametrize("seed", range(6))
def test_whatever_the_bytes_a_file_is_read_or_refused(tmp_path, seed):
    chance = random.Random(seed)
    whole = {"a.csv": CALL_CSV * 3, "b.zip": zipped(("calls.csv", CALL_CSV), ("more.csv", COMPANY_CSV))}

    for _ in range(60):
        name = chance.choice([*whole])
        content = bytearray(whole[name])
        for _ in range(chance.choice([1, 3, 20])):
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(9)] = chance.randbytes(chance.randrange(9))
        (tmp_path / name).write_bytes(content)
        with contextlib.suppress(Fault, Refusal):
            assert all(len(list(found.rows())) == found.count for found in read_tables(tmp_path / name))


def test_a_zip_with_a_part_that_has_no_name_is_damaged(home, tmp_path, capsys):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x", "cvr;name")
    (tmp_path / "z.zip").write_bytes(packed.getvalue().replace(b"x", b"\0"))

    code, _, err = run_at_terminal(capsys, "import", tmp_path / "z.zip", "--home", home.path)

    assert (code, err) == (2, "z.zip is no whole file of its kind. Was it cut short on its way?\n")
