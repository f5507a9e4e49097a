"""Targets: which number counts on a day, how far it has come, the pace it needs, and what to expect."""

from datetime import date
from math import ceil, floor, sqrt

import pytest
from campaign_builder import BAKERY, HARBOUR, LAST, CampaignBuilder, day, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hand_calculation import WINDOWS, WORKING_DAYS, hand_calculated_targets
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from domain.campaign import Forecast, Target
from projections.measures import COUNTS
from projections.questions.campaign_periods import CampaignPeriod, campaign_period
from projections.questions.hit_rates import hit_rates
from projections.questions.series import per_day, per_day_achieved, per_week
from projections.questions.targets import expected_line
from projections.statistics import T_975, forecast

pytestmark = pytest.mark.both_stores


def the_only(found):
    assert len(found) == 1
    return found[0]


# Which number counts


def test_a_day_is_judged_by_the_target_that_was_valid_then():
    builder = CampaignBuilder()
    builder.targeted(None, "visits_held", 8000, at="2012-09-03")
    builder.targeted(None, "visits_held", 10000, at="2013-03-15", because="good experience")

    numbers = {day: the_only(builder.targets(as_of=day)).number for day in ("2012-09-03", "2013-03-14", "2013-03-15")}

    assert numbers == {"2012-09-03": 8000, "2013-03-14": 8000, "2013-03-15": 10000}
    assert builder.targets(as_of="2012-09-02") == []
    history = the_only(builder.targets()).history
    assert [(s.number, s.set_by, s.because) for s in history] == [
        (8000, "planner", ""),
        (10000, "planner", "good experience"),
    ]


def test_a_target_of_an_earlier_day_that_is_logged_later_does_not_take_its_place():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 30, at="2012-11-01")
    builder.targeted(None, "calls", 10, at="2012-10-01", recorded="2012-11-02")

    assert [the_only(builder.targets(as_of=day)).number for day in ("2012-10-05", "2012-11-05")] == [10, 30]


def test_a_target_that_was_logged_late_was_not_known_before():
    builder = CampaignBuilder()
    builder.targeted(None, "visits_held", 8000, at="2012-09-03")
    builder.targeted(None, "visits_held", 10000, at="2013-03-15", recorded="2013-03-20")

    assert the_only(builder.targets(known_on="2013-03-19", today="2013-03-19")).number == 8000
    assert the_only(builder.targets(known_on="2013-03-20", as_of="2013-03-15")).number == 10000


def test_a_target_that_is_taken_back_lets_the_one_before_count_again():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 100)
    raised = builder.targeted(None, "calls", 200, at="2012-10-01")
    builder.retargeted(raised, at="2012-10-05")

    assert the_only(builder.targets()).number == 100
    assert the_only(builder.targets(known_on="2012-10-04")).number == 200


def test_each_campaign_region_office_and_kind_has_a_target_of_its_own():
    builder = CampaignBuilder()
    builder.targeted("306", "positions", 5, kind="internship")
    builder.targeted(None, "positions", 7, region="Sjælland")
    builder.targeted("306", "positions", 6)
    builder.targeted(None, "positions", 9)

    assert [(t.office, t.region, t.kind, t.number) for t in builder.targets()] == [
        (None, None, None, 9),
        (None, "Sjælland", None, 7),
        ("306", None, None, 6),
        ("306", None, "internship", 5),
    ]
    assert [t.number for t in builder.targets(offices=("306",))] == [6, 5]
    assert [t.number for t in builder.targets(regions=("Sjælland",))] == [7, 6, 5]
    assert builder.targets(regions=("Nordjylland",)) == []


def test_without_a_day_it_is_to_be_reached_by_the_last_of_the_campaign_as_it_stood():
    builder = CampaignBuilder()
    builder._campaign.set_target(
        builder._act("2012-09-03", "106", "planner", None), builder._entry, Target("calls", 10)
    )
    builder._remember(builder._campaign)
    builder.extended("2014-12-31", at="2013-05-01")

    assert the_only(builder.targets(as_of="2013-04-30")).by_day == date(2014, 6, 30)
    assert the_only(builder.targets(as_of="2013-05-01")).by_day == date(2014, 12, 31)


def test_a_target_that_is_taken_back_and_returns_stays_before_a_later_one_of_the_same_day():
    builder = CampaignBuilder()
    first = builder.targeted(None, "calls", 100, at="2012-10-01")
    builder.targeted(None, "calls", 200, at="2012-10-01")
    gone = builder.retargeted(first, at="2012-10-05")
    builder.retargeted(gone, at="2012-10-06")

    assert the_only(builder.targets()).number == 200


def test_an_extension_that_is_taken_back_and_returns_stays_before_a_later_one():
    builder = CampaignBuilder()
    first = builder.extended("2014-08-31", at="2012-10-01")
    builder.extended("2014-12-31", at="2012-10-01")
    gone = builder.retargeted(first, at="2012-10-05")
    builder.retargeted(gone, at="2012-10-06")

    with builder.tables() as connection:
        period = campaign_period(connection, report_scope(connection, campaign=builder.slug))
    assert (period.last, builder._campaign.last) == (date(2014, 12, 31), date(2014, 12, 31))


def test_a_kind_is_asked_for_with_the_kinds_below_it_and_by_its_support_class():
    builder = CampaignBuilder()
    builder.targeted(None, "positions", 7, kind="acute-job")
    builder.targeted(None, "positions", 8, kind="internship")

    asked_for = {
        kind: [t.number for t in builder.targets(kinds=(kind,))] for kind in ("ordinary-job", "unpaid", "mentorship")
    }

    assert asked_for == {"ordinary-job": [7], "unpaid": [8], "mentorship": []}


def test_the_target_of_an_office_that_moved_is_of_the_region_it_lies_in_with_all_its_history(monkeypatch):
    builder = CampaignBuilder()
    builder.targeted("306", "calls", 5, at="2012-10-01")
    builder.targeted("306", "calls", 9, at="2013-02-01")
    moved_on = date(2013, 1, 1)
    monkeypatch.setattr("campaign_builder.region_of", lambda _, on: "Hovedstaden" if on >= moved_on else "Sjælland")

    assert builder.targets(regions=("Sjælland",)) == []
    assert [s.number for s in the_only(builder.targets(regions=("Hovedstaden",))).history] == [5, 9]


def test_as_known_on_a_day_nothing_is_said_of_the_days_after_it():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 100)
    for n in range(1, 31):
        builder.called(at=f"2012-10-{n:02}")
    known = {"known_on": "2012-10-31", "today": "2012-10-31"}

    assert builder.targets(**known, as_of="2012-11-30") == builder.targets(**known)


# How far it has come


def test_what_is_reached_is_the_count_of_its_group():
    builder = CampaignBuilder()
    for measure, whose in (("calls", {}), ("calls", {"region": "Sjælland"}), ("companies_called", {})):
        builder.targeted(None, measure, 10, **whose)
    builder.targeted("316", "calls", 10)
    builder.called(BAKERY, office="306")
    builder.called(BAKERY, office="316", at="2012-11-02")
    builder.called(HARBOUR, office="851", at="2012-11-03")

    reached = {(t.measure, t.region, t.office): t.reached for t in builder.targets()}

    assert reached == {
        ("calls", None, None): 3,
        ("companies_called", None, None): 2,
        ("calls", "Sjælland", None): 2,
        ("calls", None, "316"): 1,
    }


def test_a_target_whose_day_is_over_is_judged_on_that_day():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 10, by="2012-11-30")
    builder.called(at="2012-11-30")
    builder.called(at="2012-12-03")

    over = the_only(builder.targets())

    assert (over.reached, over.left, over.needed, over.expected) == (1, 0, None, 10)
    assert (over.forecast, over.low, over.high) == (1, 1, 1)


def test_before_the_campaign_began_nothing_was_expected():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 10, at="2012-08-01")

    early = the_only(builder.targets(as_of="2012-08-20"))

    assert (early.gone, early.expected, early.pace, early.forecast) == (0, 0, None, None)
    assert early.left == the_only(builder.targets(as_of="2012-08-31")).left


def test_the_pace_of_a_young_campaign_is_of_its_own_days():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 10)
    builder.called(at="2012-09-03")
    builder.called(at="2012-09-04")

    first, second = (the_only(builder.targets(as_of=day)) for day in ("2012-09-03", "2012-09-05"))

    assert (first.pace, first.pace_days, first.low) == (1, 1, None)
    assert (second.pace, second.pace_days) == (pytest.approx(2 / 3), 3)


def test_what_was_done_on_a_free_day_belongs_to_the_working_day_before():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 10)
    builder.called(at="2012-11-03")  # a Saturday

    on_sunday, before = the_only(builder.targets(as_of="2012-11-04")), the_only(builder.targets(as_of="2012-11-02"))

    assert (on_sunday.pace, before.pace) == (1 / 20, 0)


def test_a_visit_is_booked_on_the_day_it_was_agreed():
    builder = CampaignBuilder()
    builder.targeted(None, "visits_booked", 10)
    builder.booked(on="2013-04-20", at="2012-11-01")

    with builder.tables() as connection:
        assert per_day_achieved(connection, report_scope(connection), "visits_booked", None) == {
            "": {date(2012, 11, 1): 1}
        }
        assert per_day(connection, report_scope(connection), "visits_booked") == {date(2013, 4, 20): 1}


def test_a_yield_came_on_the_day_it_was_agreed_and_is_of_its_contact():
    builder = CampaignBuilder()
    builder.yielded(positions=3, visit=builder.visited(at="2012-11-20"), at="2012-12-03")

    with builder.tables() as connection:
        assert per_day_achieved(connection, report_scope(connection), "positions", None) == {"": {date(2012, 12, 3): 3}}
        assert per_week(connection, report_scope(connection), "positions") == [("2012-W47", 3)]


def test_what_comes_and_goes_has_no_pace():
    builder = CampaignBuilder()
    builder.targeted(None, "visits_planned", 10)
    builder.booked(on="2013-04-20", at="2012-11-01")

    state = the_only(builder.targets(as_of="2012-11-05"))

    assert (state.reached, state.pace, state.forecast) == (1, None, None)


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)), st.sampled_from(list(COUNTS)))
def test_a_series_adds_up_to_its_figure(plan, mixture, then, of):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    with builder.tables() as connection:
        scope = report_scope(connection, as_of=then)
        figure = hit_rates(connection, scope)[0][of]
        offices = {row["office"]: row[of] for row in hit_rates(connection, scope, "office") if row[of]}

        assert sum(per_day(connection, scope, of).values()) == figure
        assert sum(amount for _, amount in per_week(connection, scope, of)) == figure
        by_office = per_day_achieved(connection, scope, of, "office")
        assert {word: sum(days.values()) for word, days in by_office.items()} == offices


def test_a_day_of_the_line_is_judged_by_the_day_that_the_target_had_then():
    builder = CampaignBuilder()
    builder._campaign.set_target(
        builder._act("2012-09-03", "106", "planner", None), builder._entry, Target("calls", 8000)
    )
    builder._remember(builder._campaign)
    builder.targeted(None, "calls", 10000, at="2013-03-15", by="2013-06-30")
    builder.extended("2015-06-30", at="2013-03-20")
    then = the_only(builder.targets(as_of="2013-03-01"))

    with builder.tables() as connection:
        period = campaign_period(connection, report_scope(connection, campaign=builder.slug))
    ((_, drawn),) = expected_line(the_only(builder.targets()), period, [date(2013, 3, 1)])

    assert drawn == then.expected


def test_the_line_of_a_target_rises_by_the_working_day_and_bends_where_it_was_raised():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 100, at="2012-09-05", by="2012-09-14")
    builder.targeted(None, "calls", 200, at="2012-09-12", by="2012-09-14")
    target = the_only(builder.targets())

    line = expected_line(
        target, CampaignPeriod(date(2012, 9, 3), day(LAST)), [date(2012, 9, n) for n in (4, 5, 8, 11, 12, 14)]
    )

    assert [(day.day, amount) for day, amount in line] == [(5, 30), (8, 50), (11, 70), (12, 160), (14, 200)]


# The model campaign, by hand


def test_the_hand_calculation_stands_on_twenty_days_that_were_worked_on():
    assert [len(set(window)) for window in WINDOWS.values()] == [20, 20]
    assert sum(WORKING_DAYS.values()) == 206
    assert hand_calculated_targets(date(2013, 4, 2))["reached"] == 4600


# Forecasts


def test_students_points_are_those_of_scipy():
    assert pytest.approx([student.ppf(0.975, n) for n in range(1, 20)], abs=1e-9) == T_975


def test_a_steady_pace_leaves_the_doubt_of_chance_and_a_single_day_has_no_interval():
    by_chance = 2.0930 * sqrt(101 / 20) * sqrt(10 + 10 * 10 / 20)

    assert forecast(100, [5] * 20, 10) == (5, 150, floor(150 - by_chance), ceil(150 + by_chance))
    assert forecast(100, [5], 10) == (5, 150, None, None)


def test_days_without_anything_are_no_proof_that_nothing_comes():
    pace, middle, low, high = forecast(7, [0] * 20, 60)

    assert (pace, middle, low) == (0, 7, 7)
    assert high - 7 == ceil(2.0930 * sqrt(1 / 20) * sqrt(60 + 60 * 60 / 20))


def test_what_was_reached_is_never_lost():
    assert forecast(100, [0, 0, 0, 40], 2)[2] == 100


def test_an_interval_holds_what_comes_in_95_of_100_cases():
    import numpy

    chance, inside = numpy.random.default_rng(2013), 0
    for _ in range(2000):
        days = [int(n) for n in chance.poisson(16, 60)]
        _, _, low, high = forecast(500, days[:20], 40)
        inside += low <= 500 + sum(days[20:]) <= high

    assert 0.94 < inside / 2000 < 0.98  # the spread is never taken for less than that of chance


def test_a_forecast_is_scored_by_what_came_until_now_and_when_its_day_is_over():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 100, by="2012-11-16")
    said = Forecast("calls", None, None, None, 100, date(2012, 11, 16), 10, 20, 15, 25, 20)
    builder.kept_forecast(said, at="2012-11-02")
    for n in range(12):
        builder.called(at=f"2012-11-{5 + n % 5:02}")

    half, over = (the_only(builder.scored(as_of=day)) for day in ("2012-11-09", "2013-01-01"))

    assert (half.until, half.is_over, half.meant, half.came) == (date(2012, 11, 9), False, 15, 12)
    assert half.meant_high - half.meant < 5
    assert (over.until, over.is_over, over.meant, over.came, over.inside) == (date(2012, 11, 16), True, 20, 12, False)
    assert (over.error, over.forecast) == (-8, 20)
    assert builder.scored(as_of="2012-11-01") == []


def test_a_forecast_is_held_against_the_very_ends_it_was_kept_with():
    for low, high, came, inside in ((7, 14, 6, False), (7, 14, 7, True), (3, 10, 10, True), (3, 10, 11, False)):
        builder = CampaignBuilder()
        builder.kept_forecast(
            Forecast("calls", None, None, None, 9, date(2012, 11, 16), 0, 9, low, high, 20), at="2012-11-02"
        )
        for _ in range(came):
            builder.called(at="2012-11-12")

        assert (low, high, came, the_only(builder.scored()).inside) == (low, high, came, inside)


def test_on_the_day_it_was_kept_a_forecast_is_neither_right_nor_wrong():
    builder = CampaignBuilder()
    builder.kept_forecast(Forecast("calls", None, None, None, 9, date(2012, 12, 31), 2, 5, 1, 9, 20), at="2012-11-09")
    builder.called(at="2012-11-09")

    assert [the_only(builder.scored(as_of=f"2012-11-{n:02}")).inside for n in (9, 11)] == [
        None,
        None,
    ]  # the 11th is a Sunday


def test_of_one_thing_the_first_forecast_of_a_day_is_kept():
    builder = CampaignBuilder()
    said = Forecast("calls", None, None, None, 9, date(2012, 12, 31), 2, 5, 1, 9, 20)
    builder.kept_forecast(said, at="2012-11-09")
    builder.kept_forecast(said, at="2012-11-09")
    builder.kept_forecast(said, at="2012-11-10")

    assert [s.made_on.day for s in builder.scored()] == [9, 10]


def test_forecasts_that_were_kept_together_are_taken_back_and_return_together():
    builder = CampaignBuilder()
    both = [Forecast("calls", office, None, None, 9, date(2012, 12, 31), 2, 5, 1, 9, 20) for office in ("306", None)]
    builder._campaign.keep_forecasts(builder._act("2012-11-09", "106", "planner", None), builder._entry, both)
    kept = builder._remember(builder._campaign)
    gone = builder.retargeted(kept, at="2012-11-10")
    assert builder.scored() == []

    builder.retargeted(gone, at="2012-11-11")

    assert [s.office for s in builder.scored()] == ["306", None]


def test_a_forecast_of_an_office_or_a_region_or_a_kind_is_scored_by_its_own():
    builder = CampaignBuilder()
    for office, region in (("306", None), (None, "Sjælland"), (None, None)):
        builder.kept_forecast(
            Forecast("calls", office, region, None, 9, date(2012, 12, 31), 0, 5, 1, 9, 20), at="2012-10-01"
        )
    builder.called(BAKERY, office="306")
    builder.called(HARBOUR, office="316")
    builder.called(HARBOUR, office="851")

    assert [(s.office, s.region, s.came) for s in builder.scored()] == [
        ("306", None, 1),
        (None, "Sjælland", 2),
        (None, None, 3),
    ]
