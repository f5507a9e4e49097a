"""Two clocks: what had happened by a day, and what was known on a day."""

from datetime import date

import pytest
from campaign_builder import BAKERY, HARBOUR, CampaignBuilder, report_scope
from campaign_strategies import CampaignBuilderUntil, log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st

from projections.questions.hit_rates import hit_rates
from projections.questions.yields_by_kind import yields_by_kind

pytestmark = pytest.mark.both_stores


def figures(builder: CampaignBuilder, **scope):
    """In total, by week and by size, and by kind."""
    with builder.tables() as connection:
        about = report_scope(connection, **scope)
        return [hit_rates(connection, about, by) for by in (None, "week", "size")], yields_by_kind(connection, about)


@given(plans, mixtures, st.integers(1, 60))
def test_known_at_a_position_gives_what_the_log_up_to_there_gives(plan, mixture, position):
    builder, earlier = log_stories(CampaignBuilder(), plan, mixture), log_stories(CampaignBuilder(), plan, mixture)
    earlier.events = earlier.events[:position]

    assert figures(builder, known=position) == figures(earlier)


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)))
def test_as_of_a_day_gives_what_had_happened_by_then(plan, mixture, then):
    builder, by_then = log_stories(CampaignBuilder(), plan, mixture), log_stories(CampaignBuilderUntil(then), plan)

    assert figures(builder, as_of=then) == figures(by_then, today=then)


def test_a_retraction_is_not_known_before_it_was_made():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-20")
    builder.yielded(visit=visit, positions=2)
    builder.retracted(visit, at="2012-12-05")

    before, after = builder.figures(known_on="2012-12-04"), builder.figures(known_on="2012-12-05")

    assert (before["visits_held"], before["positions"]) == (1, 2)
    assert (after["visits_held"], after["positions"]) == (0, 0)


def test_what_stands_again_is_known_from_the_day_it_stands_again():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01")
    gone = builder.retracted(call, at="2012-11-10")
    builder.retracted(gone, at="2012-11-20")

    known = {on: builder.figures(known_on=f"2012-11-{on}")["calls"] for on in ("01", "09", "10", "19", "20", "25")}

    assert known == {"01": 1, "09": 1, "10": 0, "19": 0, "20": 1, "25": 1}


def test_a_moved_visit_is_in_the_week_it_was_planned_for_on_the_days_between():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-01")
    builder.moved(visit, to="2012-12-04", at="2012-11-19")
    builder.held(visit, at="2012-12-04")

    assert builder.words("week", as_of="2012-10-31") == []
    assert builder.words("week", as_of="2012-11-18") == ["2012-W47"]
    assert builder.words("week", as_of="2012-11-19") == ["2012-W49"]
    assert builder.figures(as_of="2012-12-03")["visits_planned"] == 1
    assert builder.figures(as_of="2012-12-04")["visits_held"] == 1


def test_a_visit_is_overdue_from_the_day_after_it_was_planned_for_until_it_is_settled():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-01")
    builder.cancelled(visit, at="2012-11-25")

    overdue = {on: builder.figures(as_of=f"2012-11-{on}")["visits_overdue"] for on in (20, 21, 24, 25)}

    assert overdue == {20: 0, 21: 1, 24: 1, 25: 0}


def test_a_visit_held_and_logged_late_was_held_on_its_day_and_not_known_then():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-01")
    builder.held(visit, at="2012-11-20", recorded="2012-11-28")

    assert builder.figures(as_of="2012-11-21")["visits_held"] == 1
    assert builder.figures(as_of="2012-11-21", known_on="2012-11-21")["visits_held"] == 0
    assert builder.figures(as_of="2012-11-21", known_on="2012-11-21")["visits_overdue"] == 1


def test_a_yield_counts_as_of_the_day_it_was_agreed():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-20")
    builder.yielded(visit=visit, at="2012-12-10")

    assert builder.figures(as_of="2012-12-09")["visits_with_yield"] == 0
    assert builder.figures(as_of="2012-12-10")["visits_with_yield"] == 1


def test_a_contact_has_the_industry_and_size_the_company_had_that_day():
    builder = CampaignBuilder()
    builder.described(industry="107100", size="2-4")
    builder.described(industry="561010", size="10-19", since="2012-11-15", at="2012-11-16")
    builder.called(at="2012-11-14")
    builder.called(at="2012-11-15")

    assert [(row["industry"], row["calls"]) for row in builder.groups("industry")] == [("10", 1), ("56", 1)]
    assert [(row["size"], row["calls"]) for row in builder.groups("size")] == [("2-4", 1), ("10-19", 1)]
    assert builder.figures(industries=("56",))["calls"] == builder.figures(sizes=("2-4",))["calls"] == 1


def test_what_was_said_of_a_company_later_was_not_known_before():
    builder = CampaignBuilder()
    builder.described(industry="107100", at="2012-10-01")
    builder.called(at="2012-11-20")
    builder.described(industry="561010", since="2012-11-15", at="2012-12-01")

    assert builder.words("industry", known_on="2012-11-30") == ["10"]
    assert builder.words("industry", known_on="2012-12-01") == ["56"]


def test_the_day_something_was_recorded_is_a_day_in_copenhagen():
    builder = CampaignBuilder()
    builder.called(BAKERY, at="2012-11-01")
    builder.events[-1] = builder.events[-1]._replace(recorded_at="2012-11-01T23:30:00+00:00")

    assert builder.figures(known_on="2012-11-01")["calls"] == 0
    assert builder.figures(known_on="2012-11-02")["calls"] == 1


def test_before_anything_was_recorded_nothing_was_known():
    builder = CampaignBuilder()
    builder.called(HARBOUR)

    assert builder.figures(known_on="2011-01-01")["calls"] == 0


def test_an_entry_can_be_taken_back_and_stand_again_more_than_once():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01")
    for gone_at, back_at in (("2012-11-05", "2012-11-10"), ("2012-11-15", "2012-11-20")):
        gone = builder.retracted(call, at=gone_at)
        builder.retracted(gone, at=back_at)

    known = {on: builder.figures(known_on=f"2012-11-{on}")["calls"] for on in ("04", "05", "10", "15", "20", "30")}

    assert known == {"04": 1, "05": 0, "10": 1, "15": 0, "20": 1, "30": 1}


def test_a_visit_is_one_thing_on_every_day_even_when_a_later_entry_is_of_an_earlier_day():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-15", at="2012-11-05")
    moved = builder.moved(visit, "2012-11-25", at="2012-11-20")
    back = builder.retracted(moved)
    builder.cancelled(visit, at="2012-11-10")
    builder.retracted(back)

    with builder.tables() as connection:
        for on in ("2012-11-07", "2012-11-12", "2012-11-22"):
            (total,) = hit_rates(connection, report_scope(connection, as_of=on))
            assert (on, total["visits_booked"]) == (on, 1)
