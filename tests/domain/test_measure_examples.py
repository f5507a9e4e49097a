"""The cases of docs/measures.md that must come out right, each a test named by its rule."""

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder

from projections.measures import RATES, RATIOS

pytestmark = pytest.mark.both_stores


def test_leaves_add_up_and_acute_jobs_are_ordinary_jobs_counted_once():
    builder = CampaignBuilder()
    visit = builder.visited()
    for kind, positions in (("ordinary-job", 540), ("acute-job", 200), ("wage-subsidy", 350), ("temporary-job", 167)):
        builder.yielded(kind, positions, visit)

    tree = builder.kinds()

    lines = {row.kind: row.positions for row in tree.rows}
    assert lines == {"ordinary-job": 740, "acute-job": 200, "temporary-job": 167, "wage-subsidy": 350}
    assert tree.total.positions == builder.figures()["positions"] == 1_257
    assert tree.by_support_class["ordinary"].positions == 907


def test_an_office_with_a_target_and_no_calls_has_no_rate():
    builder = CampaignBuilder()
    builder.targeted("316", "visits_held", 50)

    (row,) = builder.groups("office")

    assert row["office"] == "316"
    assert row["calls"] == row["visits_held"] == 0
    assert {row[rate] for rate in (*RATES, *RATIOS)} == {None}


def test_calls_and_no_visits_have_no_visit_rate():
    builder = CampaignBuilder()
    builder.called(outcome="no-answer")

    row = builder.group("office", "306")

    assert (row["calls"], row["call_hit_rate"], row["reach_rate"]) == (1, 0, 0)
    assert row["visit_hit_rate"] is row["held_rate"] is row["positions_per_visit"] is None


def test_a_visit_and_no_target_has_no_call_rate():
    builder = CampaignBuilder()
    builder.visited()

    row = builder.group("office", "306")

    assert (row["visits_held"], row["visit_hit_rate"]) == (1, 0)
    assert row["call_hit_rate"] is row["acceptance_rate"] is None


def test_two_offices_that_find_a_place_each_at_one_company_leave_the_region_one_company():
    builder = CampaignBuilder()
    for office in ("306", "316"):
        call = builder.called(office=office)
        builder.yielded(call=call, office=office)

    offices, region = builder.groups("office"), builder.group("region", "Sjælland")

    assert [row["companies_accepted"] for row in offices] == [1, 1]
    assert region["companies_called"] == region["companies_accepted"] == 1
    assert (region["calls"], region["calls_with_yield"], region["positions"]) == (2, 2, 2)


def test_one_visit_with_three_yields_of_different_kinds_is_one_hit():
    builder = CampaignBuilder()
    visit = builder.visited()
    for kind in ("internship", "wage-subsidy", "flex-job"):
        builder.yielded(kind, visit=visit)

    row = builder.figures()

    assert (row["visits_with_yield"], row["yields"], row["visit_hit_rate"]) == (1, 3, 1)


def test_a_yield_straight_from_a_call_is_in_no_visit_figure():
    builder = CampaignBuilder()
    call = builder.called(outcome="call-back")
    builder.yielded("ordinary-job", 2, call=call)

    row = builder.figures()

    assert (row["positions"], row["calls_with_yield"], row["call_hit_rate"]) == (2, 1, 1)
    assert {row[name] for name in row if name.startswith("visits_")} == {0}
    assert (row["positions_from_visits"], row["visit_hit_rate"], row["positions_per_visit"]) == (0, None, None)


def test_a_visit_moved_twice_then_held_is_one_visit():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20")
    builder.moved(visit, to="2012-11-27", at="2012-11-19")
    builder.moved(visit, to="2012-12-04", at="2012-11-26")
    builder.held(visit, at="2012-12-04")

    row = builder.figures()

    assert (row["visits_booked"], row["visits_held"], row["visits_planned"], row["visits_cancelled"]) == (1, 1, 0, 0)
    assert builder.words("week") == ["2012-W49"]
    before = builder.figures(as_of="2012-11-28")
    assert (before["visits_booked"], before["visits_planned"], before["visits_held"]) == (1, 1, 0)
    assert builder.words("week", as_of="2012-11-28") == ["2012-W49"]


def test_a_retracted_visit_takes_its_yields_with_it():
    builder = CampaignBuilder()
    call = builder.called()
    visit = builder.booked(call=call)
    builder.held(visit)
    builder.yielded(visit=visit, positions=3)
    assert builder.figures()["positions"] == 3

    builder.retracted(visit)

    row = builder.figures()
    assert (row["visits_booked"], row["visits_held"], row["yields"], row["positions"]) == (0, 0, 0, 0)
    assert (row["calls"], row["calls_with_yield"]) == (1, 0)
    assert builder.kinds().rows == []


def test_a_week_belongs_to_the_year_its_thursday_lies_in():
    builder = CampaignBuilder()
    builder.visited(BAKERY, "2012-12-31")
    builder.visited(HARBOUR, "2013-12-30")

    assert builder.words("week") == ["2013-W01", "2014-W01"]


def test_known_on_the_day_before_a_late_entry_gives_the_figures_as_they_were_printed():
    builder = CampaignBuilder()
    builder.visited(BAKERY, "2012-11-20")
    printed = builder.figures(today="2012-11-26", known_on="2012-11-26")
    assert printed["visits_held"] == 1

    late = builder.visited(GARAGE, "2012-11-21", recorded="2012-12-03")
    builder.yielded(visit=late, cvr=GARAGE, at="2012-11-21")

    assert builder.figures(today="2012-11-26", known_on="2012-11-26") == printed
    assert builder.figures(today="2012-11-26", known_on="2012-12-02") == printed
    assert builder.figures(today="2012-11-26", known_on="2012-12-03")["visits_held"] == 2


def test_a_company_asked_by_two_offices_of_two_regions_counts_once_in_all():
    builder = CampaignBuilder()
    builder.called(SCHOOL, office="101")
    builder.called(SCHOOL, office="306")

    assert [row["companies_called"] for row in builder.groups("region")] == [1, 1]
    assert builder.figures()["companies_called"] == 1
