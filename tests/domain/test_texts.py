"""Texts as they are stored, CPR numbers that must not enter, names as they are searched."""

import unicodedata
from datetime import date
from uuid import UUID

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum.dk import cpr

from domain.refusals import PersonalNumber, Refusal, TextNotAllowed
from domain.texts import clean_text, folded, quoted, refuse_personal_numbers

NAMESPACE = UUID("6d1c8f0e-52a7-5b5e-9a55-3d0c5c1d8a10")
days = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: (day.day, day.month))
two_digits = st.integers(0, 99)
serials = st.integers(0, 9999)


# CPR numbers


def is_refused(text):
    """Whether the text is refused, in a sentence without a digit of it."""
    try:
        refuse_personal_numbers(text)
    except PersonalNumber as refused:
        return not any(c.isdigit() for c in str(refused))
    return False


@given(days, two_digits, serials, st.sampled_from(["-", " ", " - ", "–", "—", "‑", "/", ".", "_"]), st.booleans())
@example((1, 1), 90, 1234, "-", True)
@example((31, 12), 90, 1234, "-", True)
def test_a_number_in_cpr_form_is_refused_whatever_its_check_digit(day, year, serial, dash, replacement):
    dd, mm = day[0] + (60 if replacement else 0), day[1]

    assert is_refused(f"{dd:02}{mm:02}{year:02}{dash}{serial:04}")
    assert is_refused(f"ring til {dd:02}{mm:02}{year:02}{dash}{serial:04}, hun er der")


@given(days, two_digits, serials)
@example((1, 1), 90, 1234)
def test_ten_digits_in_a_row_are_refused_when_the_check_digit_fits_or_on_1_january(day, year, serial):
    digits = f"{day[0]:02}{day[1]:02}{year:02}{serial:04}"

    assert is_refused(digits) == (cpr.checksum(digits) == 0 or day == (1, 1))


def test_full_width_digits_are_digits():
    fitting = next(n for n in range(3112990000, 3112999999) if cpr.checksum(str(n)) == 0)

    assert is_refused(str(fitting).translate({ord("0") + n: ord("０") + n for n in range(10)}))


@given(st.integers(0, 10**10 - 1))
def test_ten_digits_that_are_no_day_are_taken(number):
    digits = f"{number:010}"
    dd, mm = int(digits[:2]), int(digits[2:4])
    assume(mm == 0 or mm > 12 or dd in (0, 32, 60) or 31 < dd < 61 or dd > 91)

    assert not is_refused(digits)


@pytest.mark.parametrize(
    "said",
    [
        "1003456789012",
        "tlf. 22 11 12 34",
        "+45 22 11 12 34",
        "2012-11-20",
        "20.11.2012 kl. 14",
        "26099382",
        "310290-123",
    ],
)
def test_phones_dates_and_other_numbers_are_taken(said):
    assert not is_refused(said)


def test_a_day_that_does_not_exist_makes_no_cpr_number():
    assert not is_refused("310290-1234")
    assert is_refused("290200-1234")


# Texts


def test_a_text_is_trimmed_and_composed():
    assert clean_text("name", "  Mu\u0308ller\u00a0& So\u0308n ") == "Müller & Sön"


@pytest.mark.parametrize(
    "bad",
    ["\x00", "\x1b[2J", "\x1b]52;c;aGVq\x07", "a\nb", "a\tb", "\u202eevil", "\u2066x", "\ue000x", "\x7f", "\x9b1m"],
)
def test_control_and_direction_characters_are_refused_and_not_repeated(bad):
    with pytest.raises(TextNotAllowed, match="name holds control characters") as refused:
        clean_text("name", f"Bageren {bad} x")
    assert str(refused.value).isprintable()


def test_a_text_has_a_longest_length():
    assert clean_text("name", "x" * 200) == "x" * 200
    with pytest.raises(TextNotAllowed, match=r"name has 201 characters; at most 200"):
        clean_text("name", "x" * 201)
    with pytest.raises(TextNotAllowed, match=r"1,000,000"):
        clean_text("note", "x" * 1_000_000, limit=4_000)


@pytest.mark.parametrize("said", ["Spørg efter 010190-1234", "010190 1234", "０１０１９０１２３４"])
def test_a_text_with_a_cpr_number_is_refused(said):
    with pytest.raises(PersonalNumber):
        clean_text("name", said)


@given(st.text(max_size=300))
def test_a_text_is_refused_in_one_sentence_or_clean(text):
    try:
        said = clean_text("name", text)
        assert clean_text("name", said) == said.strip() == unicodedata.normalize("NFC", said) == said
    except Refusal as refused:
        said = str(refused)

    assert said.isprintable()


def test_a_text_is_quoted_up_to_40_characters():
    assert quoted("x" * 40) == f"'{'x' * 40}'"
    assert quoted("x" * 41) == f"'{'x' * 39}…'"


# Names as searched


@pytest.mark.parametrize(
    ("name", "searched"),
    [
        ("Ærø Bådbyg", "aero badbyg"),
        ("ÅRHUS", "arhus"),
        ("Aarhus", "arhus"),
        ("Müller & Søn", "muller & son"),
        ("Café Großmann", "cafe grossmann"),
        ("Mo\u0308ller", "moller"),
    ],
)
def test_a_name_is_searched_without_accents_and_in_lower_case(name, searched):
    assert folded(name) == searched


@given(st.lists(st.text("aAåÅæøöüßéBr&'", min_size=1), min_size=1))
def test_a_name_is_found_by_each_of_its_words(words):
    assert [word for word in words if folded(word) not in folded(" ".join(words))] == []
