"""Working days: Monday to Friday, without the public holidays of Denmark."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.working_days import is_working_day, latest_working_days, working_days

days = st.dates(date(2010, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    "free",
    [
        *("2013-01-01", "2013-03-28", "2013-03-29", "2013-04-01", "2013-04-26", "2013-05-09", "2013-05-20"),
        *("2012-12-25", "2012-12-26", "2013-03-30", "2013-03-31", "2023-05-05"),
    ],
)
def test_weekends_and_public_holidays_are_free(free):
    assert not is_working_day(date.fromisoformat(free))


@pytest.mark.parametrize("day", ["2013-03-27", "2013-04-02", "2012-12-24", "2013-06-05", "2024-04-26"])
def test_all_other_days_are_worked_on_and_great_prayer_day_too_since_2024(day):
    assert is_working_day(date.fromisoformat(day))


def test_a_month_counted_by_hand():
    assert working_days(date(2013, 3, 1), date(2013, 3, 31)) == 19
    assert working_days(date(2013, 3, 28), date(2013, 4, 1)) == 0
    assert working_days(date(2013, 4, 3), date(2013, 4, 2)) == 0


@given(days, st.integers(0, 90), st.integers(0, 90))
def test_two_stretches_have_as_many_as_both_together(first, one, other):
    middle, last = first + timedelta(days=one), first + timedelta(days=one + other)

    both = working_days(first, middle) + working_days(middle + timedelta(days=1), last)

    assert both == working_days(first, last)


@given(days, st.integers(-5, 60), st.integers(1, 20))
def test_the_latest_ones_are_the_last_of_all_of_them(day, before, most):
    first = day - timedelta(days=before)
    every = [d for n in range(before + 1) if is_working_day(d := first + timedelta(days=n))]

    assert latest_working_days(day, first, most) == every[-most:]
