"""The cases of docs/measures.md that must come out right, each a test named by its rule."""

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, Told

from projections.measures import RATES, RATIOS

pytestmark = pytest.mark.both_stores


def test_leaves_add_up_and_acute_jobs_are_ordinary_jobs_counted_once():
    told = Told()
    visit = told.visited()
    for kind, positions in (("ordinary-job", 540), ("acute-job", 200), ("wage-subsidy", 350), ("temporary-job", 167)):
        told.yielded(kind, positions, visit)

    tree = told.kinds()

    lines = {row.kind: row.positions for row in tree.rows}
    assert lines == {"ordinary-job": 740, "acute-job": 200, "temporary-job": 167, "wage-subsidy": 350}
    assert tree.total.positions == told.figures()["positions"] == 1_257
    assert tree.by_support_class["ordinary"].positions == 907


def test_an_office_with_a_target_and_no_calls_has_no_rate():
    told = Told()
    told.targeted("316", "visits_held", 50)

    (row,) = told.groups("office")

    assert row["office"] == "316"
    assert row["calls"] == row["visits_held"] == 0
    assert {row[rate] for rate in (*RATES, *RATIOS)} == {None}


def test_calls_and_no_visits_have_no_visit_rate():
    told = Told()
    told.called(outcome="no-answer")

    row = told.group("office", "306")

    assert (row["calls"], row["call_hit_rate"], row["reach_rate"]) == (1, 0, 0)
    assert row["visit_hit_rate"] is row["held_rate"] is row["positions_per_visit"] is None


def test_a_visit_and_no_target_has_no_call_rate():
    told = Told()
    told.visited()

    row = told.group("office", "306")

    assert (row["visits_held"], row["visit_hit_rate"]) == (1, 0)
    assert row["call_hit_rate"] is row["acceptance_rate"] is None


def test_two_offices_that_find_a_place_each_at_one_company_leave_the_region_one_company():
    told = Told()
    for office in ("306", "316"):
        call = told.called(office=office)
        told.yielded(call=call, office=office)

    offices, region = told.groups("office"), told.group("region", "Sjælland")

    assert [row["companies_accepted"] for row in offices] == [1, 1]
    assert region["companies_called"] == region["companies_accepted"] == 1
    assert (region["calls"], region["calls_with_yield"], region["positions"]) == (2, 2, 2)


def test_one_visit_with_three_yields_of_different_kinds_is_one_hit():
    told = Told()
    visit = told.visited()
    for kind in ("internship", "wage-subsidy", "flex-job"):
        told.yielded(kind, visit=visit)

    row = told.figures()

    assert (row["visits_with_yield"], row["yields"], row["visit_hit_rate"]) == (1, 3, 1)


def test_a_yield_straight_from_a_call_is_in_no_visit_figure():
    told = Told()
    call = told.called(outcome="call-back")
    told.yielded("ordinary-job", 2, call=call)

    row = told.figures()

    assert (row["positions"], row["calls_with_yield"], row["call_hit_rate"]) == (2, 1, 1)
    assert {row[name] for name in row if name.startswith("visits_")} == {0}
    assert (row["positions_from_visits"], row["visit_hit_rate"], row["positions_per_visit"]) == (0, None, None)


def test_a_visit_moved_twice_then_held_is_one_visit():
    told = Told()
    visit = told.booked(on="2012-11-20")
    told.moved(visit, to="2012-11-27", at="2012-11-19")
    told.moved(visit, to="2012-12-04", at="2012-11-26")
    told.held(visit, at="2012-12-04")

    row = told.figures()

    assert (row["visits_booked"], row["visits_held"], row["visits_planned"], row["visits_cancelled"]) == (1, 1, 0, 0)
    assert told.words("week") == ["2012-W49"]
    before = told.figures(as_of="2012-11-28")
    assert (before["visits_booked"], before["visits_planned"], before["visits_held"]) == (1, 1, 0)
    assert told.words("week", as_of="2012-11-28") == ["2012-W49"]


def test_a_retracted_visit_takes_its_yields_with_it():
    told = Told()
    call = told.called()
    visit = told.booked(call=call)
    told.held(visit)
    told.yielded(visit=visit, positions=3)
    assert told.figures()["positions"] == 3

    told.retracted(visit)

    row = told.figures()
    assert (row["visits_booked"], row["visits_held"], row["yields"], row["positions"]) == (0, 0, 0, 0)
    assert (row["calls"], row["calls_with_yield"]) == (1, 0)
    assert told.kinds().rows == []


def test_a_week_belongs_to_the_year_its_thursday_lies_in():
    told = Told()
    told.visited(BAKERY, "2012-12-31")
    told.visited(HARBOUR, "2013-12-30")

    assert told.words("week") == ["2013-W01", "2014-W01"]


def test_known_on_the_day_before_a_late_entry_gives_the_figures_as_they_were_printed():
    told = Told()
    told.visited(BAKERY, "2012-11-20")
    printed = told.figures(today="2012-11-26", known_on="2012-11-26")
    assert printed["visits_held"] == 1

    late = told.visited(GARAGE, "2012-11-21", recorded="2012-12-03")
    told.yielded(visit=late, cvr=GARAGE, at="2012-11-21")

    assert told.figures(today="2012-11-26", known_on="2012-11-26") == printed
    assert told.figures(today="2012-11-26", known_on="2012-12-02") == printed
    assert told.figures(today="2012-11-26", known_on="2012-12-03")["visits_held"] == 2


def test_a_company_asked_by_two_offices_of_two_regions_counts_once_in_all():
    told = Told()
    told.called(SCHOOL, office="101")
    told.called(SCHOOL, office="306")

    assert [row["companies_called"] for row in told.groups("region")] == [1, 1]
    assert told.figures()["companies_called"] == 1
