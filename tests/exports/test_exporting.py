"""Totals as files: read back by readers of others, equal to the figures, safe to open, whole or not there."""

import csv
import errno
import io
import json
import os
import zipfile
from datetime import date

import pytest
from campaign_builder import BAKERY, HARBOUR, CampaignBuilder
from python_calamine import CalamineWorkbook

from campaign.errors import Fault, SettingsFault, StoreFault
from campaign.files import atomic
from campaign.publishing.formats.formula_injection import guarded, unguarded
from campaign.publishing.formats.registry import FORMATS as REGISTRY
from campaign.publishing.formats.registry import rendered
from campaign.publishing.publish import publish
from campaign.publishing.totals.manifest import DEFINITIONS, data_digest, seal
from campaign.publishing.totals.publication import Publication
from campaign.publishing.totals.request import FORMATS, Request, as_json
from campaign.publishing.totals.request_reader import from_json
from campaign.storage.ports import Head
from projections.engine.catch_up import position
from projections.measures import COUNTS, RATES, RATIOS, base

HEAD = "5f" * 32


def a_campaign() -> CampaignBuilder:
    """Two offices, one of which has nothing to be a share of; a size that would be a formula; few visits missed."""
    builder = CampaignBuilder()
    builder.enrolled("851")
    builder.described(BAKERY, "011100", "2-4")
    builder.described(HARBOUR, "502000", '=cmd|"/c calc"!A1')
    for number, cvr in enumerate((BAKERY, HARBOUR, BAKERY)):
        call = builder.called(cvr, "accepted", f"2012-11-{number + 1:02}")
        visit = builder.booked(cvr, on="2012-11-20", at="2012-11-05", call=call)
        builder.held(visit, "2012-11-20", cvr)
    builder.yielded("acute-job", 200, visit, at="2012-11-21")
    builder.yielded("ordinary-job", 540, visit, at="2012-11-21")
    return builder


def exported(form: str, *by: str, below: int = 0, **asked) -> Publication:
    """That campaign by these dimensions."""
    with a_campaign().tables() as connection:
        at = position(connection)
        said = {"long": False, "language": "en", "internal": below < 5, "day": date(2014, 6, 30)} | asked
        request = Request(form=form, by=by, suppress_below=below, position=at, **said)
        return publish(connection, request, Head(at, HEAD), "campaign 0")


def lines(publication: Publication, delimiter: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    """The lines of separated text, by their headings."""
    text = io.StringIO(rendered(publication).decode(encoding), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


def sheet(publication: Publication, name: str) -> list[list]:
    """The cells of a sheet, as calamine reads them."""
    return CalamineWorkbook.from_filelike(io.BytesIO(rendered(publication))).get_sheet_by_name(name).to_python()


def as_written(value, decimal: str) -> str:
    """A figure as it is expected in a cell."""
    return "" if value is None else f"{value:.6f}".replace(".", decimal) if isinstance(value, float) else str(value)


# Separated text


@pytest.mark.parametrize("by", [("office", "month"), ("size",), ("kind",), ()])
@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_separated_text_has_every_row_and_every_figure(form, delimiter, by):
    publication = exported(form, *by)
    table = publication.tables[0]
    found = lines(publication, delimiter)

    assert len(found) == len(table.rows)
    for line, row in zip(found, table.rows, strict=True):
        assert {name: line[name] for name in table.figures} == {
            name: as_written(row[name], ".") for name in table.figures
        }


def test_danish_excel_gets_semicolons_decimal_commas_a_byte_order_mark_and_danish_headings():
    publication = exported("excel-csv", "office", language="da")
    content = rendered(publication)
    odsherred = lines(publication, ";", "utf-8-sig")[0]

    assert content.startswith(b"\xef\xbb\xbfJobcenter;")
    assert content.count(b"\r\n") == content.count(b"\n") == len(publication.tables[0].rows) + 1
    assert (odsherred["Jobcenter"], odsherred["Jobcenter, navn"], odsherred["Besøg afholdt"]) == (
        "306",
        "Odsherred",
        "3",
    )
    assert odsherred["Hitrate pr. besøg"] == "0,333333"


def test_long_form_has_a_line_for_each_figure_and_says_why_one_is_not_there():
    publication = exported("csv", "office", below=5, long=True)
    said = {(line["office"], line["measure"]): (line["value"], line["note"]) for line in lines(publication)}

    assert len(said) == sum(len(publication.tables[0].figures) for _ in publication.tables[0].rows)
    assert said["306", "positions"] == ("740", "")
    assert said["306", "visits_held"] == ("", "hidden")
    assert said["851", "visit_hit_rate"] == ("", "no base")


def test_what_is_hidden_is_empty_for_programs_and_two_dots_for_people():
    plain = lines(exported("csv", "office", below=5))[0]
    aloud = lines(exported("excel-csv", "office", below=5), ";", "utf-8-sig")[0]

    assert (plain["visits_held"], plain["visit_hit_rate"]) == ("", "")
    assert {"visits_held", "visit_hit_rate"} < set(plain["hidden"].split())
    assert (aloud["Visits held"], aloud["Positions"]) == ("..", "740")


def test_periods_and_areas_have_the_codes_of_statistics_denmark_and_names_beside_them():
    for by, first in {
        "month": {"month": "2012M11", "month_name": "November 2012"},
        "week": {"week": "2012U44", "week_name": "Week 44, 2012"},
        "quarter": {"quarter": "2012K4", "quarter_name": "4th quarter 2012"},
        "office": {"office": "306", "office_name": "Odsherred"},
        "region": {"region": "081", "region_name": "Region Nordjylland"},
        "industry": {"industry": "01", "industry_name": "Crop and animal production, hunting"},
        "kind": {"kind": "ordinary-job", "kind_name": "Ordinary job"},
    }.items():
        found = lines(exported("csv", by))
        assert first.items() <= found[0].items()
        assert (found[-1][by], found[-1][f"{by}_name"]) == ("TOT", "Total")


def test_a_formula_is_text_when_it_goes_out():
    cell = "'" + '=cmd|"/c calc"!A1'

    assert cell in {line["size"] for line in lines(exported("csv", "size"))}
    assert cell in {line[0] for line in sheet(exported("xlsx", "size"), "Totals")}


# JSON


def test_json_has_the_rows_as_they_were_counted_and_a_manifest():
    publication = exported("json", "office", below=5)
    said = json.loads(rendered(publication))

    assert said == {"manifest": publication.manifest, "rows": list(publication.tables[0].rows)}
    assert said["manifest"]["sha256"] == data_digest(publication.tables)
    assert said["manifest"]["seal"] == seal(said["manifest"])
    assert (said["manifest"]["position"], said["manifest"]["head"]) == (publication.request.position, HEAD)
    assert "from 1 to 4" in said["manifest"]["rule"]
    assert said["manifest"]["measures"]["definitions"] == DEFINITIONS
    assert said["manifest"]["hidden"] == sum(len(row["hidden"]) for row in said["rows"]) > 0


def test_a_request_is_the_same_after_it_was_written():
    request = exported("json", "office", "month", offices=("306",), first=date(2012, 9, 1), as_of=None).request

    assert from_json(json.loads(json.dumps(as_json(request)))) == request


@pytest.mark.parametrize("name", [*as_json(exported("json").request)])
def test_a_request_that_is_none_is_refused(name):
    said = as_json(exported("json").request)

    with pytest.raises(SettingsFault, match=f"altered: {name} in it is"):
        from_json(said | {name: [1]})
    with pytest.raises(SettingsFault, match=name):
        from_json({other: value for other, value in said.items() if other != name})


# Workbooks


def test_the_workbook_has_a_sheet_for_every_question():
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(exported("xlsx", "office"))))
    assert book.sheet_names == ["Totals", "Hit rates", "Yields", "Weeks", "Data", "About the figures", "manifest"]

    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(exported("xlsx", "kind", language="da"))))
    assert book.sheet_names == ["Totaler", "Resultater", "Data", "Om tallene", "manifest"]


def test_the_workbook_has_the_counts_of_every_row_with_codes_as_text():
    publication = exported("xlsx", "office", "month")
    _, *found = sheet(publication, "Totals")

    assert [line[4:] for line in found] == [[row[count] for count in COUNTS] for row in publication.tables[0].rows]
    assert found[0][:4] == ["306", "Odsherred", "2012M11", "November 2012"]
    assert found[-1][:4] == ["TOT", "Total", "TOT", "Total"]


def test_the_workbook_has_every_rate_as_a_number_with_its_interval_and_base():
    publication = exported("xlsx", "office")
    rows = publication.tables[0].rows
    headings, *found = sheet(publication, "Hit rates")

    assert headings[4:] == ["Share", "95 % from", "95 % to", "Numerator", "Denominator", "Maturing"]
    assert [line[0] for line in found] == [rate for rate in (*RATES, *RATIOS) for _ in rows]
    for line, (rate, row) in zip(found, ((rate, row) for rate in RATES for row in rows), strict=False):
        there = [row[rate], row[f"{rate}_low"], row[f"{rate}_high"]]
        assert line[4:7] == (["", "", ""] if row[rate] is None else pytest.approx(there))
        assert tuple(line[7:9]) == base(row, rate)
    assert (found[-1][0], found[-1][4]) == ("positions_per_visit", pytest.approx(740 / 3))


def test_the_workbook_has_yields_with_of_which():
    _, *found = sheet(exported("xlsx", "office"), "Yields")

    assert [(line[0], line[1].strip(), line[3], line[5]) for line in found] == [
        ("ordinary-job", "Ordinary job", 740, 540),
        ("acute-job", "of which Acute job", 200, 200),
        ("TOT", "Total", 740, ""),
    ]


def test_the_weeks_of_a_workbook_have_real_days():
    _, first, *_ = sheet(exported("xlsx", "office"), "Weeks")

    assert first[:5] == ["2012U44", "Week 44, 2012", date(2012, 10, 29), date(2012, 11, 4), 3]


def test_a_workbook_by_months_has_no_weeks_which_would_tell_of_them():
    book = CalamineWorkbook.from_filelike(io.BytesIO(rendered(exported("xlsx", "month"))))

    assert "Weeks" not in book.sheet_names


def test_pivots_find_a_named_table_of_the_finest_groups_alone():
    publication = exported("xlsx", "office", "month")
    headings, *found = sheet(publication, "Data")

    assert headings[-4:] == ["Measure", "Name of the measure", "Value", "Note"]
    assert sum(line[-2] for line in found if line[-4] == "calls") == 3
    assert b'displayName="Figures"' in zipped(rendered(publication), "xl/tables/table1.xml")


def zipped(content: bytes, name: str) -> bytes:
    """A part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return parts.read(name)


def test_the_workbook_has_one_chart_frozen_headings_and_print_titles():
    content = rendered(exported("xlsx", "office"))

    assert zipped(content, "xl/charts/chart1.xml").count(b"<c:ser>") == 2
    for number in range(1, 7):
        assert b'state="frozen"' in zipped(content, f"xl/worksheets/sheet{number}.xml")
    assert zipped(content, "xl/workbook.xml").count(b"_xlnm.Print_Titles") == 6


def test_the_workbook_explains_every_figure_and_says_what_it_is_of():
    publication = exported("xlsx", "office", below=5, as_of=date(2013, 4, 2))
    said = dict(line[:2] for line in sheet(publication, "About the figures"))

    assert said.items() >= DEFINITIONS.items()
    assert (said["as of"], said["head"], said["rule"]) == ("2013-04-02", HEAD, publication.manifest["rule"])
    assert said["no_show_rate"] == "visits_no_show / (visits_held + visits_no_show)"


def test_the_workbook_explains_every_figure_in_danish_too():
    publication = exported("xlsx", "office", below=5, language="da", as_of=date(2013, 4, 2))
    said = dict(line[:2] for line in sheet(publication, "Om tallene"))

    assert {name for name, meaning in said.items() if meaning in DEFINITIONS.values()} == set()
    assert said["opgjort pr."] == "2013-04-02"
    assert said["visits_held"] == "Besøg afholdt: besøg, der fandt sted"
    assert said["regel"].startswith("Skjult er tal fra 1 til 4")


def test_a_hidden_figure_is_two_dots_on_every_sheet_of_a_workbook():
    publication = exported("xlsx", "office", below=5)

    assert sheet(publication, "Totals")[1][11] == ".."
    assert sheet(publication, "Hit rates")[1][4:9] == [".."] * 5
    assert sheet(publication, "Weeks")[1][4] == ".."
    assert {line[-1] for line in sheet(publication, "Data") if line[-2] == ""} == {"hidden"}


# All formats


@pytest.mark.parametrize("form", FORMATS)
def test_two_exports_of_one_position_are_byte_for_byte_the_same(form):
    assert rendered(exported(form, "office", below=5)) == rendered(exported(form, "office", below=5))


# Cells


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


# Files


def test_a_file_is_put_whole_and_nothing_stays_beside_it(tmp_path):
    atomic.write_file(tmp_path / "totals.csv", b"whole")

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("totals.csv", b"whole")]


def test_a_file_that_is_there_is_replaced_only_by_force(tmp_path):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"old")

    with pytest.raises(SettingsFault, match="is there already"):
        atomic.write_file(path, b"new")
    assert path.read_bytes() == b"old"
    atomic.write_file(path, b"new", force=True)
    assert path.read_bytes() == b"new"


def test_a_file_made_while_it_was_being_written_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "totals.csv"
    monkeypatch.setattr(os, "fsync", lambda _: path.write_bytes(b"somebody else's"))

    with pytest.raises(SettingsFault, match="is there already"):
        atomic.write_file(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("totals.csv", b"somebody else's")]


@pytest.mark.parametrize("force", [False, True])
def test_nothing_is_written_through_a_link(tmp_path, force):
    (tmp_path / "there").write_bytes(b"old")
    (tmp_path / "link").symlink_to("there")
    (tmp_path / "broken").symlink_to("nowhere")

    for name in ("link", "broken"):
        with pytest.raises(SettingsFault, match="is a link"):
            atomic.write_file(tmp_path / name, b"new", force)
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
        atomic.write_file(tmp_path / target, b"new", force)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_file_and_the_old_one_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "totals.csv"
    path.write_bytes(b"old")

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFault, match=r"No space left on device\. Nothing was written"):
        atomic.write_file(path, b"new", force=True)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("totals.csv", b"old")]


def test_every_format_has_a_writer_and_a_reader():
    assert tuple(REGISTRY) == FORMATS
    assert all(callable(form.module.write) and callable(form.module.read) for form in REGISTRY.values())
