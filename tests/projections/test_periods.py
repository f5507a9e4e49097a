"""Periods: the days of weeks, months and quarters, and their names."""

from datetime import date

import pytest

from projections.periods import Period, day_names, week_name


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2012-W52", "2012-12-24", "2012-12-30"),
        ("2013-W01", "2012-12-31", "2013-01-06"),
        ("2012-12", "2012-12-01", "2012-12-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2013-02", "2013-02-01", "2013-02-28"),
        ("2013-Q1", "2013-01-01", "2013-03-31"),
        ("2013-Q4", "2013-10-01", "2013-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
    ],
)
def test_a_named_period_covers_its_first_to_its_last_day(name, first, last):
    assert Period.named(name) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("name", ["2013-W53", "2013-13", "2013-00", "2013-Q5", "2013", "9999-W52"])
def test_a_period_that_the_calendar_does_not_have_is_refused(name):
    with pytest.raises(ValueError, match=r"."):
        Period.named(name)


def test_a_period_is_clipped_to_one_that_may_be_open():
    january = Period.named("2013-01")

    assert january.clipped(None, None) == january
    assert january.clipped(date(2013, 1, 10), None) == (date(2013, 1, 10), date(2013, 1, 31))
    assert january.clipped(date(2012, 1, 1), date(2013, 1, 10)) == (date(2013, 1, 1), date(2013, 1, 10))


def test_a_week_overlaps_each_month_it_has_a_day_in():
    week = Period.named("2013-W05")

    assert week.overlaps(Period.named("2013-01"))
    assert week.overlaps(Period.named("2013-02"))
    assert not week.overlaps(Period.named("2013-03"))


def test_only_seven_days_from_a_monday_on_are_a_week():
    assert Period.named("2013-W01").week_name == "2013-W01"
    assert Period(date(2013, 1, 1), date(2013, 1, 7)).week_name is None
    assert Period(date(2012, 12, 31), date(2013, 1, 5)).week_name is None


def test_a_day_is_in_the_week_of_its_iso_year_and_in_its_month():
    assert day_names(date(2012, 12, 31)) == ("2012-12-31", "2013-W01", "2012-12")
    assert week_name(date(2013, 1, 6)) == "2013-W01"
