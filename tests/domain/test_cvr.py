"""CVR numbers that can exist, however they are written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stdnum.dk import cvr
from stdnum.exceptions import ValidationError

from domain.cvr import cvr_number
from domain.refusals import NumberNotValid, PersonalNumber


@given(st.integers(0, 10**8 - 1))
@settings(max_examples=400)
@example(26099382)
@example(0)
def test_a_cvr_number_can_exist_just_when_stdnum_says_so(number):
    digits = f"{number:08}"
    try:
        expected = cvr.validate(digits)
    except ValidationError:
        expected = None

    try:
        found = cvr_number(digits)
    except NumberNotValid:
        found = None

    assert found == expected


@pytest.mark.parametrize("said", ["26099382", "DK26099382", "dk 26 09 93 82", " 26.09.93.82 ", "26-09-93-82"])
def test_a_cvr_number_is_taken_however_it_is_usually_written(said):
    assert cvr_number(said) == "26099382"


@pytest.mark.parametrize(
    "said", ["26099383", "2609938", "260993820", "", "x", "DK", "２６０９９３８２", "26099382\x00"]
)
def test_what_is_no_cvr_number_is_refused_saying_what_to_write(said):
    with pytest.raises(NumberNotValid, match="8 digits"):
        cvr_number(said)


def test_a_long_text_is_not_repeated_in_full():
    with pytest.raises(NumberNotValid) as refused:
        cvr_number("9" * 100_000)
    assert len(str(refused.value)) < 200


def test_control_characters_are_not_repeated():
    with pytest.raises(NumberNotValid) as refused:
        cvr_number("\x1b]52;c;aGVq\x07")
    assert str(refused.value).isprintable()


def test_a_cpr_number_in_place_of_a_cvr_number_is_not_repeated():
    with pytest.raises(PersonalNumber) as refused:
        cvr_number("010190-1234")
    assert not any(c.isdigit() for c in str(refused.value))
