"""PX: read back by a reader of others, every figure as in the table, and written as the format wants it."""

import copy
import re
from typing import Any

import foreign_readers
import pytest
from table_builder import MANIFEST, TABLES, by_office_and_month, by_words, coded_cells, expected_cells

from campaign.errors import SettingsFault
from campaign.publishing.formats import cube
from campaign.publishing.formats.px import cells, manifest, px
from campaign.translations import LANGUAGES
from campaign.translations.names import unit

TITLE = 'Åbne "døre" i tal'
EVERY = [(name, language) for name in TABLES for language in LANGUAGES]


def written(name: str, language: str = "da") -> bytes:
    """A table as PX."""
    return px(TABLES[name], MANIFEST, language, TITLE)


def lines(name: str, language: str = "da") -> list[str]:
    """Its lines."""
    return written(name, language).decode().split("\r\n")


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """What the independent reader finds in each of these files."""
    files = {f"{name}.{language}.px": written(name, language) for name, language in EVERY}
    return foreign_readers.read_with_foreign_readers(tmp_path_factory.mktemp("files"), files)


def as_read(figure: str, value: Any) -> Any:
    """A figure of a file as the table has it: shares are percentages in the file."""
    if value in (None, "hidden"):
        return value
    number = float(value)
    return round(number / 100, 6) if unit(figure) == "share" else number


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_an_independent_reader_finds_every_figure_of_the_table(found, name, language):
    read = found[f"{name}.{language}.px"]
    codes = {
        tuple(re.sub("%([0-9A-F]{2})", lambda f: chr(int(f[1], 16)), c) for c in row[:-1]): row[-1]
        for row in read["cells"]
    }
    wanted = coded_cells(TABLES[name], expected_cells(TABLES[name]))

    assert read["error"] == ""
    assert {key: as_read(key[-1], codes[key]) for key in wanted} == wanted
    assert {codes[key] for key in codes.keys() - wanted.keys()} <= {None}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_figure_is_read_back(name, language):
    read = cells(written(name, language))

    assert read == cube.cells(TABLES[name])
    assert {key: read[key] for key in expected_cells(TABLES[name])} == expected_cells(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_the_manifest_is_read_back(name):
    assert manifest(written(name)) == MANIFEST


def test_what_is_hidden_is_two_dots_and_what_has_no_value_one():
    data = lines("office-month")[lines("office-month").index("DATA=") + 1 :]
    figures = by_office_and_month().figures
    of_march, of_aalborg = data[1].split(), data[10].split()

    assert of_march[figures.index("visits_with_yield")] == '".."'
    assert of_aalborg[figures.index("visit_hit_rate")] == '"."'
    assert of_aalborg[figures.index("calls")] == "0"
    assert sum(line.count('".."') for line in data) == 8


def test_a_share_is_a_percentage_with_all_its_six_decimals():
    data = lines("all", "en")[lines("all", "en").index("DATA=") + 1]
    figures = TABLES["all"].figures

    assert data.split()[figures.index("visit_hit_rate")] == "33.3333"
    assert data.split()[figures.index("positions_per_visit")] == "1.000000"
    assert 'UNITS("Visit hit rate")="per cent";' in lines("all", "en")
    assert 'PRECISION("Measure","Visit hit rate")=1;' in lines("all", "en")


def test_the_file_begins_as_the_format_wants_and_says_the_day_of_its_manifest():
    assert lines("office-month")[:8] == [
        'CHARSET="ANSI";',
        'AXIS-VERSION="2013";',
        'CODEPAGE="utf-8";',
        'LANGUAGE="da";',
        'CREATION-DATE="20130430 00:00";',
        "DECIMALS=6;",
        "SHOWDECIMALS=0;",
        'MATRIX="office-month";',
    ]
    assert lines("office-month")[-2:] == [";", ""]


def test_every_variable_has_names_and_codes_and_a_total_it_can_be_eliminated_by():
    there = lines("office-month")

    assert 'STUB="Jobcenter","Måned";' in there
    assert 'VALUES("Jobcenter")="306 Odsherred","316 Holbæk","851 Aalborg","I alt";' in there
    assert 'CODES("Måned")="2013M02","2013M03","2013M04","TOT";' in there
    assert 'VALUES("Måned")="februar 2013","marts 2013","april 2013","I alt";' in there
    assert 'ELIMINATION("Måned")="I alt";' in there
    assert 'VARIABLECODE("Jobcenter")="office";' in there


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_no_line_of_text_is_longer_than_the_format_allows(name, language):
    content = written(name, language)
    before, _, data = content.decode().partition("DATA=")

    assert max(map(len, before.split("\r\n"))) <= 256
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    assert [line for line in data.split("\r\n")[1:-2] if not line.endswith(" ")] == []


def test_a_quotation_mark_closes_no_text():
    there = written("groups").decode()
    header = there.partition("DATA=")[0]

    assert [line for line in header.split("\r\n") if line.count('"') % 2] == []
    assert "TITLE=\"Åbne 'døre' i tal\";" in there
    assert {group for (group, _), _ in cells(written("groups")).items()} == {
        (w,) for w in cube.words(by_words(), "target_group")
    }


def test_two_words_of_one_name_are_told_apart_by_their_codes():
    (names,) = re.findall(r'VALUES\("Målgruppe"\)=(.*?);\r\n[A-Z]', written("groups", "da").decode(), re.DOTALL)
    there = re.findall('"([^"]*)"', names)

    assert "unge 'under 30' (unge 'under 30')" in there
    assert "unge 'under 30' (unge %22under 30%22)" in there
    assert len(set(there)) == len(there) == 9


def test_the_note_says_what_the_signs_mean_and_where_the_figures_are_from():
    note = "".join(re.findall('"([^"]*)"', written("all").decode().partition("NOTE=")[2].partition(";\r\nDATA=")[0]))
    hidden, no_value, proof, whole = note.split("#")

    assert hidden.startswith(".. = tallet er skjult af diskretionshensyn")
    assert no_value.startswith(". = der er ingen værdi")
    assert "position 1234" in proof
    assert MANIFEST["sha256"] in proof
    assert whole.startswith("Manifest: {")


def test_the_same_table_gives_the_same_bytes():
    assert written("office-month") == px(by_office_and_month(), copy.deepcopy(MANIFEST), "da", TITLE)


def replaced(old: str, new: str) -> bytes:
    content = written("office-month").decode()
    assert old in content
    return content.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "does not end as one does"),
        (b"office,month\r\n306,2013-04\r\n", "does not end as one does"),
        (b"PK\x03\x04\xff\xfe", "codec can't decode"),
        (b'CHARSET="ANSI";\r\nDATA=\r\n1 2 3 \r\n;\r\n', "does not say HEADING"),
        (written("office-month")[:-400], "does not end as one does"),
        (written("office-month")[:300], "does not end as one does"),
        (replaced('NOTE="', 'note="'), "does not end as one does"),
        (replaced('HEADING="Nøgletal"', 'HEADING="Tal"'), "does not say VARIABLECODE of Tal"),
        (replaced('CODES("Måned")', 'KODES("Måned")'), "does not say CODES of Måned"),
        (replaced('"2013M02","2013M03"', '"2013M02"'), "not as many numbers"),
        (replaced('"2013M02","2013M03"', '"2013M02","2013M02"'), "not as many numbers"),
        (replaced('"2013M02"', '"2013-02"'), "is no code of a month"),
        (replaced('VARIABLECODE("Nøgletal")="measure"', 'VARIABLECODE("Nøgletal")="month"'), "not as many numbers"),
        (replaced(" 40 ", " 40 41 "), "not as many numbers"),
        (replaced(" 40 ", " forty "), "'forty' is no number of calls"),
        (replaced(" 40 ", " 40.5 "), "'40.5' is no number of calls"),
        (replaced(" 40 ", ' "..." '), "is no number of calls"),
        (replaced(" 40 ", " NaN "), "is no number of calls"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_in_one_line(content, told):
    with pytest.raises(SettingsFault, match=told) as refused:
        cells(content)

    assert "\n" not in str(refused.value)


def test_a_file_without_its_manifest_is_refused():
    with pytest.raises(SettingsFault, match="has no manifest"):
        manifest(replaced("Manifest: ", "Made of: "))


def test_an_altered_figure_is_read_as_it_stands():
    there, before = cells(replaced(" 40 ", " 41 ")), cube.cells(by_office_and_month())

    assert [key for key in there if there[key] != before[key]] == [(("306", "2013-03"), "calls")]
