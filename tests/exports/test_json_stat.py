"""JSON-stat: valid by a validator of others, read back by a reader of others, and every figure as in the table."""

import copy
import json
import math
from typing import Any

import foreign_readers
import pytest
from table_builder import (
    MANIFEST,
    TABLES,
    by_kind,
    by_office_and_month,
    by_region_and_office,
    coded_cells,
    expected_cells,
)

from campaign.errors import SettingsFault
from campaign.publishing.formats import cube
from campaign.publishing.formats.json_stat import cells, dataset
from campaign.translations import LANGUAGES

TITLE = "Åbne døre i tal"
EVERY = [(name, language) for name in TABLES for language in LANGUAGES]


def written(name: str, language: str = "da") -> dict[str, Any]:
    """A table as JSON-stat, after it was text."""
    return json.loads(json.dumps(dataset(TABLES[name], MANIFEST, language, TITLE)))


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """What the independent readers find in each of these files."""
    files = {f"{name}.{language}.json": json.dumps(written(name, language)).encode() for name, language in EVERY}
    wrong = written("all") | {"size": [1, 1]}
    return foreign_readers.read_with_foreign_readers(
        tmp_path_factory.mktemp("files"), files | {"wrong.json": json.dumps(wrong).encode()}
    )


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_an_independent_reader_finds_every_figure_of_the_table(found, name, language):
    read = found[f"{name}.{language}.json"]
    there = {tuple(codes): value for *codes, value in read["cells"]}
    wanted = coded_cells(TABLES[name], expected_cells(TABLES[name]))

    assert read["error"] == ""
    assert {key: there[key] for key in wanted} == wanted
    assert {there[key] for key in there.keys() - wanted.keys()} <= {None}


def test_the_independent_validator_would_find_a_fault(found):
    assert "Size array length" in found["wrong.json"]["error"]


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_every_figure_is_read_back(name, language):
    read = cells(written(name, language))

    assert read == cube.cells(TABLES[name])
    assert {key: read[key] for key in expected_cells(TABLES[name])} == expected_cells(TABLES[name])


def test_a_hidden_figure_is_null_and_signed_as_confidential():
    said = written("office-month")
    table = by_office_and_month()
    number = list(cube.cells(table)).index((("306", "2013-03"), "visits_with_yield"))

    assert (said["value"][number], said["status"][str(number)]) == (None, "c")
    assert [*said["status"].values()].count("c") == sum(len(row["hidden"]) for row in table.rows) == 8


def test_a_rate_of_nothing_is_null_and_signed_as_not_applicable():
    said = written("office-month")
    number = list(cube.cells(by_office_and_month())).index((("851", "2013-04"), "visit_hit_rate"))

    assert (said["value"][number], said["status"][str(number)]) == (None, "z")


def test_a_combination_that_is_no_row_is_null_and_not_hidden():
    said = written("region-office")
    there = cube.cells(by_region_and_office())
    nowhere = [number for number, ((group, _), _) in enumerate(there.items()) if group == ("Nordjylland", "306")]

    assert {said["value"][number] for number in nowhere} == {None}
    assert {str(number) for number in nowhere} & said["status"].keys() == set()


def test_each_dimension_says_what_it_is_and_ends_with_its_total():
    said = written("office-month")

    assert (said["id"], said["size"]) == (["office", "month", "measure"], [4, 4, 40])
    assert said["role"] == {"geo": ["office"], "time": ["month"], "metric": ["measure"]}
    assert written("region-office")["role"] == {"geo": ["region", "office"], "metric": ["measure"]}
    assert said["dimension"]["office"]["label"] == "Jobcenter"
    assert said["dimension"]["office"]["category"]["label"]["306"] == "306 Odsherred"
    assert said["dimension"]["month"]["category"]["index"] == ["2013M02", "2013M03", "2013M04", "TOT"]
    assert said["dimension"]["month"]["category"]["label"]["TOT"] == "I alt"
    assert said["dimension"]["month"]["category"]["child"] == {"TOT": ["2013M02", "2013M03", "2013M04"]}


def test_months_stand_in_their_order_although_the_first_office_begins_with_a_later_one():
    assert by_office_and_month().rows[0]["month"] == "2013-03"
    assert cube.words(by_office_and_month(), "month") == ["2013-02", "2013-03", "2013-04", ""]


def test_a_kind_is_below_its_parent_and_no_position_is_counted_twice():
    said = written("yields")
    child = said["dimension"]["kind"]["category"]["child"]
    there = cells(said)

    assert child == {"TOT": ["ordinary-job", "wage-subsidy", "temporary-job"], "ordinary-job": ["acute-job"]}
    assert sum(there[(kind,), "positions"] for kind in child["TOT"]) == there[("",), "positions"] == 1257
    assert there[("ordinary-job",), "positions"] == 740
    assert sum(there[(row["kind"],), "positions_own"] for row in by_kind().rows if "kind" in row) == 1257


def test_a_figure_says_its_unit_and_decimals():
    units = written("office-month")["dimension"]["measure"]["category"]["unit"]

    assert units["calls"] == {"label": "antal", "decimals": 0}
    assert units["visit_hit_rate_low"] == {"label": "andel (0–1)", "decimals": 6}


def test_the_file_carries_its_manifest_and_says_what_its_signs_mean():
    said = written("office-month", "en")

    assert said["extension"]["manifest"] == MANIFEST
    assert (said["label"], said["updated"]) == (TITLE, "2013-04-30")
    assert [note[:3] for note in said["note"]] == ["c: ", "z: ", "Cou"]
    assert "position 1234" in said["note"][-1]
    assert MANIFEST["head"] in said["note"][-1]


def test_the_same_table_gives_the_same_text():
    assert json.dumps(dataset(by_kind(), MANIFEST, "en", TITLE)) == json.dumps(
        dataset(by_kind(), copy.deepcopy(MANIFEST), "en", TITLE)
    )


def test_a_share_is_never_not_a_number():
    assert [
        value for name in TABLES for value in written(name)["value"] if value is not None and math.isnan(value)
    ] == []


def altered(**parts: Any) -> dict[str, Any]:
    return written("office-month") | parts


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([], "Expected `object`, got `array`"),
        ({}, "Object missing required field"),
        ({"manifest": {}, "rows": []}, "Object missing required field"),
        (altered(value=["1"] * 640), r"Expected `int | float | null`, got `str`"),
        (altered(value=[1] * 639), "not as many values"),
        (altered(size=[4, 4, 39]), "not as many values"),
        (altered(id=["office", "month"]), "not those it names"),
        (altered(value=[1] * 640), "where a sign says that there is none"),
        (altered(status={"640": "c"}), "where a sign says that there is none"),
        (altered(status={"x": "c"}), "where a sign says that there is none"),
        (altered(status={"1": "?"}), "Invalid enum value"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_in_one_line(said, told):
    with pytest.raises(SettingsFault, match=told) as refused:
        cells(said)

    assert "\n" not in str(refused.value)


def test_a_code_that_is_twice_is_refused():
    said = written("office-month")
    said["dimension"]["office"]["category"]["index"][1] = "306"

    with pytest.raises(SettingsFault, match="not as many values"):
        cells(said)


def test_a_code_of_no_word_is_refused():
    said = written("office-month")
    said["dimension"]["month"]["category"]["index"][0] = "2013-02"

    with pytest.raises(SettingsFault, match="is no code of a month"):
        cells(said)


def test_an_altered_figure_is_read_as_it_stands():
    said = written("office-month")
    said["value"][41] += 1

    there, before = cells(said), cube.cells(by_office_and_month())
    assert [key for key in there if there[key] != before[key]] == [(("306", "2013-03"), "calls")]
