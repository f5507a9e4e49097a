"""Offices as dated reference data: by code, by name, by day."""

from datetime import date

import pytest

from campaign import reference
from domain.offices import Office, Offices
from domain.refusals import WordUnknown

MERGED = date(2007, 1, 1)
BEFORE, AFTER = date(2006, 12, 31), MERGED
OFFICES = Offices(
    [
        Office("300", "Gammelby", "Vest", None, MERGED),
        Office("300", "Nyby", "Øst", MERGED, None),
        Office("306", "Odsherred", "Øst", MERGED, None),
        Office("851", "Aalborg", "Nord", date(2000, 1, 1), MERGED),
        Office("851", "Ny Aalborg", "Nordøst", MERGED, date(2020, 1, 1)),
        Office("851", "Store Aalborg", "Nord", date(2020, 1, 1), None),
        Office("999", "Lukket", "Vest", date(2000, 1, 1), date(2001, 1, 1)),
    ]
)


def test_an_office_is_what_it_was_on_that_day():
    assert (OFFICES.on("300", BEFORE).name, OFFICES.region("300", BEFORE)) == ("Gammelby", "Vest")
    assert (OFFICES.on("300", AFTER).name, OFFICES.region("300", AFTER)) == ("Nyby", "Øst")
    assert [OFFICES.on("851", date(year, 1, 1)).name for year in (2000, 2007, 2019, 2020)] == [
        "Aalborg",
        "Ny Aalborg",
        "Ny Aalborg",
        "Store Aalborg",
    ]


def test_on_a_day_an_office_was_none_the_last_known_answers():
    assert OFFICES.on("306", BEFORE).name == "Odsherred"
    assert OFFICES.on("999", AFTER).region == "Vest"


def test_a_code_that_is_no_office_has_no_region_and_no_name():
    assert OFFICES.on("123", AFTER) is None
    assert OFFICES.region("123", AFTER) == ""
    assert OFFICES.name("123") == "123"


def test_an_office_goes_by_its_latest_name():
    assert OFFICES.name("300") == "Nyby"


@pytest.mark.parametrize(("word", "code"), [("306", "306"), ("odsherred", "306"), ("GAMMELBY", "300"), ("Nyby", "300")])
def test_an_office_is_known_by_its_code_or_any_of_its_names(word, code):
    assert OFFICES.code_of(word) == code


@pytest.mark.parametrize("word", ["Odshered", "30", "", "x" * 500])
def test_a_word_that_is_no_office_is_refused_in_one_short_line(word):
    with pytest.raises(WordUnknown, match="is no office") as refused:
        OFFICES.code_of(word)
    assert len(str(refused.value)) < 200


def test_the_nearest_office_is_proposed():
    with pytest.raises(WordUnknown, match=r"Did you mean 306 Odsherred\?"):
        OFFICES.code_of("Odshered")


def test_codes_and_regions_are_listed_once_in_the_order_of_the_list():
    assert OFFICES.codes == ["300", "306", "851", "999"]
    assert OFFICES.regions == ["Vest", "Øst", "Nord", "Nordøst"]


def test_the_98_municipalities_are_known_with_their_regions():
    offices = reference.offices()

    assert len(offices.codes) == 98
    assert sorted(offices.regions) == ["Hovedstaden", "Midtjylland", "Nordjylland", "Sjælland", "Syddanmark"]
    assert all(len(code) == 3 and code.isdigit() for code in offices.codes)
    assert (offices.name("306"), offices.region("306", date(2012, 11, 5))) == ("Odsherred", "Sjælland")


def test_every_division_of_db07_has_a_name():
    industries = reference.industries()

    assert len(industries) == 88
    assert industries["36"] == "Water collection, treatment and supply"
    assert industries["84"].startswith("Public administration")
    assert all(len(division) == 2 and division.isdigit() and name for division, name in industries.items())


def test_other_reference_data_has_another_version(tmp_path, monkeypatch):
    before = reference.offices_digest()
    (tmp_path / "offices.csv").write_bytes(b"code;name\n")
    monkeypatch.setattr(reference, "_HERE", tmp_path)

    assert reference.offices_digest() != before
    assert len(before) == 64
