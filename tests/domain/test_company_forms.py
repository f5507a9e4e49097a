"""Forms of company: whose name is the name of a person."""

import pytest

from domain.company_forms import company_form, is_sole_trader


@pytest.mark.parametrize(
    "form",
    [
        "10",
        "ENK",
        "Enkeltmandsvirksomhed",
        "enkeltmandsfirma",
        "15",
        "PMV",
        "Personligt ejet Mindre Virksomhed",
        "010",
        "10.0",
        "10 - Enkeltmandsvirksomhed",
        "Enkeltmandsvirksomhed (ENK)",
        "ENK.",
    ],
)
def test_a_sole_trader_is_known_by_code_and_by_name(form):
    assert is_sole_trader(company_form(f" {form} "))


@pytest.mark.parametrize(
    "form", ["", "ApS", "A/S", "30", "60", "80", "100", "110", "1015", "Interessentskab", "Enkelt A/S"]
)
def test_other_forms_have_names_of_their_own(form):
    assert not is_sole_trader(company_form(form))
