"""Codes and names: as Danmarks Statistik and jobindsats write them, in two languages, and back to the words."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import SettingsFault
from campaign.publishing.codes import code, labelled, name, word
from campaign.publishing.totals.dimensions import PUBLISHED
from campaign.publishing.totals.table import ALL
from campaign.publishing.wording import remark
from campaign.reference import industries, offices
from campaign.translations import LANGUAGES
from campaign.translations.names import heading, unit
from domain.yield_kinds import KINDS, SUPPORT_CLASSES
from projections.measures import COUNTS, RATES, RATIOS, UNKNOWN

DIMENSIONS = PUBLISHED
FIGURES = (
    *COUNTS,
    *(f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high")),
    *RATIOS,
    "yields_own",
    "positions_own",
)


@pytest.mark.parametrize(
    ("by", "said", "written"),
    [
        ("office", "306", "306"),
        ("region", "Sjælland", "085"),
        ("month", "2013-04", "2013M04"),
        ("quarter", "2013-Q2", "2013K2"),
        ("week", "2013-W14", "2013U14"),
        ("industry", "01", "01"),
        ("kind", "acute-job", "acute-job"),
        ("size", "2-4", "2-4"),
        ("size", UNKNOWN, UNKNOWN),
        ("office", ALL, "TOT"),
        ("month", ALL, "TOT"),
        ("target_group", "TOT", "TOT'"),
        ("target_group", "TOT'", "TOT''"),
    ],
)
def test_a_word_is_written_as_its_code_and_read_back(by, said, written):
    assert code(by, said) == written
    assert word(by, written) == said


def test_every_word_of_a_list_has_a_code_of_its_own_that_is_read_back():
    lists = {"office": offices().codes, "region": offices().regions, "industry": list(industries())}
    lists |= {"kind": list(KINDS), "support_class": list(SUPPORT_CLASSES)}

    for by, words in lists.items():
        codes = [code(by, each) for each in (*words, ALL)]
        assert [word(by, each) for each in codes] == [*words, ALL]
        assert len(set(codes)) == len(codes)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_period_is_read_back(day):
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"

    for by, period in (("month", f"{day:%Y-%m}"), ("week", f"{day:%G-W%V}"), ("quarter", quarter)):
        assert word(by, code(by, period)) == period


@given(st.sampled_from(["target_group", "sector", "campaign", "size"]), st.text() | st.from_regex("TOT'*"))
def test_any_word_of_people_is_read_back(by, text):
    assert word(by, code(by, text)) == text


@pytest.mark.parametrize(
    ("by", "written"),
    [
        ("office", "30"),
        ("office", "Odsherred"),
        ("region", "086"),
        ("region", "Sjælland"),
        ("month", "2013-04"),
        ("month", "2013M13"),
        ("month", "2013K2"),
        ("quarter", "2013K5"),
        ("week", "2013U54"),
        ("week", "2013U00"),
        ("industry", "1"),
        ("kind", "no-job"),
        ("support_class", "some"),
        ("target_group", ""),
        ("consultant", "TOT"),
        ("consultant", "abcd"),
    ],
)
def test_a_code_of_no_word_is_refused(by, written):
    with pytest.raises(SettingsFault, match=r"is no code of a .*, so this is no file of ours\.$"):
        word(by, written)


@pytest.mark.parametrize(
    ("by", "said", "english", "danish"),
    [
        ("office", "306", "Odsherred", "Odsherred"),
        ("region", "Sjælland", "Region Sjælland", "Region Sjælland"),
        ("month", "2013-04", "April 2013", "april 2013"),
        ("month", "2012-12", "December 2012", "december 2012"),
        ("quarter", "2013-Q1", "1st quarter 2013", "1. kvartal 2013"),
        ("quarter", "2013-Q2", "2nd quarter 2013", "2. kvartal 2013"),
        ("week", "2013-W04", "Week 4, 2013", "uge 4, 2013"),
        ("kind", "wage-subsidy", "Wage-subsidy job", "Job med løntilskud"),
        ("support_class", "unpaid", "unpaid", "ulønnet"),
        ("size", "1", "1 employee", "1 ansat"),
        ("size", "2-4", "2-4 employees", "2-4 ansatte"),
        ("size", "100-", "100- employees", "100- ansatte"),
        ("size", UNKNOWN, "unknown", "uoplyst"),
        ("sector", "public", "public", "offentlig"),
        ("sector", "municipal", "municipal", "kommunal"),
        ("sector", "church", "church", "church"),
        ("campaign", "open-doors", "open-doors", "open-doors"),
        ("industry", ALL, "Total", "I alt"),
    ],
)
def test_a_word_has_a_name_in_both_languages(by, said, english, danish):
    assert (name(by, said, "en"), name(by, said, "da")) == (english, danish)


def test_a_code_people_know_stands_before_the_name():
    assert labelled("office", "306", "da") == "306 Odsherred"
    assert labelled("region", "Sjælland", "da") == "085 Region Sjælland"
    assert labelled("industry", "01", "en") == "01 Crop and animal production, hunting"
    assert labelled("month", "2013-04", "da") == "april 2013"
    assert labelled("office", ALL, "da") == "I alt"
    assert labelled("industry", UNKNOWN, "da") == "uoplyst"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dimension_and_figure_has_a_heading_of_its_own(language):
    headings = [heading(each, language) for each in (*DIMENSIONS, "measure", *FIGURES)]

    assert len(set(headings)) == len(headings)
    assert all(each[0].isupper() or each[0].isdigit() for each in headings)


def test_a_heading_of_a_figure_is_danish_in_danish():
    english = {each: heading(each, "en") for each in FIGURES}

    assert [each for each in FIGURES if heading(each, "da") == english[each]] == []
    assert heading("visits_with_yield", "da") == "Besøg med resultat"
    assert heading("visit_hit_rate_low", "da") == "Hitrate pr. besøg, nedre 95 %-grænse"


def test_a_figure_says_what_it_is_a_number_of():
    assert {each for each in FIGURES if unit(each) == "share"} == {
        f"{rate}{end}" for rate in RATES for end in ("", "_low", "_high")
    }
    assert {each for each in FIGURES if unit(each) == "ratio"} == set(RATIOS)
    assert {unit(each) for each in (*COUNTS, "yields_own")} == {"number"}


def test_a_remark_is_there_in_both_languages():
    assert remark("hidden", "en") != remark("hidden", "da")
    assert (remark("percent", "en"), remark("percent", "da")) == ("per cent", "pct.")
