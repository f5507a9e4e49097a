"""Days, moments and periods as people write them."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.reports.texts import day_with_weekday
from campaign.terminal.dates import DayUnclear, Lean, day, edge, moment, month, period, week

TODAY = date(2012, 11, 14)  # a Wednesday, ISO week 46

SAME_EITHER_WAY = {
    "2012-11-12": "2012-11-12",
    "2012-1-5": "2012-01-05",
    "12-11-2012": "2012-11-12",
    "12.11.12": "2012-11-12",
    "12/11 2012": "2012-11-12",
    "12/11-2012": "2012-11-12",
    "12. 11. 2012": "2012-11-12",
    "15. nov. 2012": "2012-11-15",
    "15. november 2012": "2012-11-15",
    "15 Nov 2012": "2012-11-15",
    "3. oktober 2012": "2012-10-03",
    "1. maj 2013": "2013-05-01",
    "today": "2012-11-14",
    "i dag": "2012-11-14",
    "Idag": "2012-11-14",
    "yesterday": "2012-11-13",
    "i går": "2012-11-13",
    "I GÅR": "2012-11-13",
    "i gaar": "2012-11-13",
    "i forgårs": "2012-11-12",
    "tomorrow": "2012-11-15",
    "i morgen": "2012-11-15",
    "i overmorgen": "2012-11-16",
    "-3d": "2012-11-11",
    "+2w": "2012-11-28",
    "+1u": "2012-11-21",
    "-1w": "2012-11-07",
    "i mandags": "2012-11-12",
    "i onsdags": "2012-11-07",
    "på fredag": "2012-11-16",
    "på onsdag": "2012-11-21",
    "Mon 2012-11-12": "2012-11-12",
    "mandag d. 12. november 2012": "2012-11-12",
    "man 12/11 2012": "2012-11-12",
    "  12/11   2012 ": "2012-11-12",
}
BACK_AND_AHEAD = {
    "12/11": ("2012-11-12", "2013-11-12"),
    "14/11": ("2012-11-14", "2012-11-14"),
    "15.11": ("2011-11-15", "2012-11-15"),
    "12.11.": ("2012-11-12", "2013-11-12"),
    "24. dec.": ("2011-12-24", "2012-12-24"),
    "29/2": ("2012-02-29", "2016-02-29"),
    "monday": ("2012-11-12", "2012-11-19"),
    "mandag": ("2012-11-12", "2012-11-19"),
    "ons": ("2012-11-14", "2012-11-21"),
    "Thu": ("2012-11-08", "2012-11-15"),
    "lørdag": ("2012-11-10", "2012-11-17"),
    "søndag": ("2012-11-11", "2012-11-18"),
}
PERIODS = {
    "2012-W46": ("2012-11-12", "2012-11-18"),
    "2013W01": ("2012-12-31", "2013-01-06"),
    "2014-W01": ("2013-12-30", "2014-01-05"),
    "2026-W53": ("2026-12-28", "2027-01-03"),
    "uge 47 2012": ("2012-11-19", "2012-11-25"),
    "2012 uge 47": ("2012-11-19", "2012-11-25"),
    "uge 46": ("2012-11-12", "2012-11-18"),
    "week 45": ("2012-11-05", "2012-11-11"),
    "u45": ("2012-11-05", "2012-11-11"),
    "uge 47": ("2011-11-21", "2011-11-27"),
    "2013-02": ("2013-02-01", "2013-02-28"),
    "2012-12": ("2012-12-01", "2012-12-31"),
    "feb 2013": ("2013-02-01", "2013-02-28"),
    "oktober": ("2012-10-01", "2012-10-31"),
    "december": ("2011-12-01", "2011-12-31"),
    "2013-Q1": ("2013-01-01", "2013-03-31"),
    "2012-q4": ("2012-10-01", "2012-12-31"),
    "2013K1": ("2013-01-01", "2013-03-31"),
    "Q2 2013": ("2013-04-01", "2013-06-30"),
    "1. kvartal 2013": ("2013-01-01", "2013-03-31"),
    "Q3": ("2012-07-01", "2012-09-30"),
    "2013": ("2013-01-01", "2013-12-31"),
}
MOMENTS = {
    "yesterday 14:05": ("2012-11-13", "14:05"),
    "i går kl 14": ("2012-11-13", "14:00"),
    "i går kl. 14.30": ("2012-11-13", "14:30"),
    "12/11 kl 9": ("2012-11-12", "09:00"),
    "12.11.12": ("2012-11-12", None),
    "2012-11-12T14:05": ("2012-11-12", "14:05"),
    "2012-11-12 14:05:59": ("2012-11-12", "14:05"),
    "mandag, 9:15": ("2012-11-12", "09:15"),
    "monday at 9": ("2012-11-12", "09:00"),
    "14:05": ("2012-11-14", "14:05"),
    "kl 8": ("2012-11-14", "08:00"),
    "i går": ("2012-11-13", None),
}
NO_DAYS = [
    "",
    "x",
    "soon",
    "32/1",
    "29/2 2013",
    "31. nov. 2012",
    "2012-13-01",
    "0/0",
    "20121112",
    "12",
    "Tue 2012-11-12",
    "12/11/10/9",
    "uge 47",
    "2012-W46",
    "2013-02",
    "2012-W54",
    "2013-W53",
    "2012-W00",
    "2013-13",
    "١٢/١١ x",
    "12-11-99999",
]


@pytest.mark.parametrize(("text", "expected"), SAME_EITHER_WAY.items())
def test_a_full_day_is_the_same_whether_it_happened_or_is_planned(text, expected):
    assert day(text, TODAY, Lean.BACK) == day(text, TODAY, Lean.AHEAD) == date.fromisoformat(expected)


@pytest.mark.parametrize(("text", "expected"), BACK_AND_AHEAD.items())
def test_a_day_without_a_year_is_the_latest_that_has_come_or_the_next_one(text, expected):
    assert [str(day(text, TODAY, Lean.BACK)), str(day(text, TODAY, Lean.AHEAD))] == [*expected]


@pytest.mark.parametrize(("text", "expected"), PERIODS.items())
def test_a_period_has_a_first_and_a_last_day(text, expected):
    assert [str(edge(text, TODAY, last=False)), str(edge(text, TODAY, last=True))] == [*expected]


@pytest.mark.parametrize(
    ("read", "text", "expected"),
    [
        (week, "2013-W07", ("2013-02-11", "2013-02-17")),
        (week, "uge 1 2013", ("2012-12-31", "2013-01-06")),
        (week, "uge 47", ("2011-11-21", "2011-11-27")),
        (week, "U46", ("2012-11-12", "2012-11-18")),
        (month, "2012-02", ("2012-02-01", "2012-02-29")),
        (month, "december", ("2011-12-01", "2011-12-31")),
        (month, "Maj 2013", ("2013-05-01", "2013-05-31")),
    ],
)
def test_a_week_or_a_month_by_name_is_the_latest_that_has_begun(read, text, expected):
    assert tuple(map(str, read(text, TODAY))) == expected


@pytest.mark.parametrize(
    ("read", "text"),
    [
        *((week, text) for text in ("2013-02", "2013-02-11", "7", "Q1", "2013", "today", "2013-W54", "")),
        *((month, text) for text in ("2013-W07", "2013-02-11", "2", "Q1", "2013", "today", "2013-13", "smarch")),
    ],
)
def test_what_is_no_week_or_no_month_is_refused_as_such(read, text):
    with pytest.raises(DayUnclear):
        read(text, TODAY)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("uge 45", "2013-11-04"),
        ("uge 46", "2012-11-12"),
        ("oktober", "2013-10-01"),
        ("Q4", "2012-10-01"),
        ("Q1", "2013-01-01"),
    ],
)
def test_a_period_ahead_is_this_one_or_the_next(text, first):
    assert str(edge(text, TODAY, last=False, lean=Lean.AHEAD)) == first


@pytest.mark.parametrize(("text", "expected"), MOMENTS.items())
def test_a_moment_is_a_day_and_perhaps_a_time(text, expected):
    when, at = moment(text, TODAY)

    assert str(when) == expected[0]
    assert at == (time.fromisoformat(expected[1]) if expected[1] else None)


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_is_no_day_is_answered_with_how_to_write_one(text):
    with pytest.raises(DayUnclear) as raised:
        day(text, TODAY)

    assert str(raised.value).endswith(".")


@pytest.mark.parametrize("text", ["yesterday 24:00", "kl 25", "today 9:60"])
def test_a_time_that_does_not_exist_is_refused(text):
    with pytest.raises(DayUnclear, match="no time of day"):
        moment(text, TODAY)


def test_a_week_the_year_does_not_have_is_named():
    with pytest.raises(DayUnclear, match="2013 has no week 53"):
        period("2013-W53", TODAY)


days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(days, days)
def test_a_day_that_was_shown_can_be_written_again(some, today):
    danish = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")[some.month - 1]
    written = [
        str(some),
        day_with_weekday(some),
        f"{some:%d-%m-%Y}",
        f"{some.day}.{some.month}.{some:%y}",
        f"{some.day}. {danish}. {some.year}",
    ]

    assert {day(text, today) for text in written} == {some}


@given(days, st.integers(1, 7))
def test_a_weekday_lies_within_a_week_of_today(today, number):
    name = (date(2012, 11, 11) + timedelta(days=number)).strftime("%A")

    back, ahead = day(name, today, Lean.BACK), day(name, today, Lean.AHEAD)

    assert back.isoweekday() == ahead.isoweekday() == number
    assert back <= today < ahead
    assert (ahead - back).days == 7


@given(days)
def test_every_day_lies_in_its_week(some):
    year, week, _ = some.isocalendar()
    first, last = period(f"{year}-W{week:02}", some)

    assert first <= some <= last


@given(st.text(max_size=30), days)
def test_any_text_is_a_day_or_is_refused(text, today):
    try:
        found = day(text, today)
    except DayUnclear:
        return
    assert isinstance(found, date)


def test_the_calendar_ends_within_its_last_week():
    with pytest.raises(DayUnclear, match="9999 has no week 52"):
        edge("9999-W52", TODAY, True, Lean.BACK)
