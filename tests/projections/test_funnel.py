"""The funnel: each step counted in its unit, and its share of the step before."""

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder

pytestmark = pytest.mark.both_stores


def test_each_step_has_its_unit_and_its_share_of_the_step_before():
    builder = CampaignBuilder()
    for cvr in (BAKERY, HARBOUR, SCHOOL, GARAGE):
        builder.invited(cvr)
    builder.called(SCHOOL, "no-answer")
    builder.called(HARBOUR, "declined")
    call = builder.called(BAKERY, "accepted")
    held, planned = builder.booked(call=call), builder.booked(on="2012-12-20")
    builder.held(held)
    builder.yielded(visit=held, positions=3)
    builder.yielded(call=call, positions=2)

    steps = builder.steps()

    assert planned != held
    assert [(step.step, step.count, step.unit, step.share) for step in steps] == [
        ("companies_mailed", 4, "companies", None),
        ("companies_called", 3, "companies", 3 / 4),
        ("companies_reached", 2, "companies", 2 / 3),
        ("companies_accepted", 1, "companies", 1 / 2),
        ("visits_booked", 2, "visits", 2),
        ("visits_held", 1, "visits", 1 / 2),
        ("visits_with_yield", 1, "visits", 1),
        ("positions_from_visits", 3, "positions", 3),
        ("positions", 5, "positions", None),
    ]


def test_each_step_says_what_it_is_a_share_of():
    steps = CampaignBuilder().steps()

    assert [step.of for step in steps[1:-1]] == [step.step for step in steps[:-2]]
    assert {step.step: (step.unit, step.of_unit) for step in steps if step.of and step.unit != step.of_unit} == {
        "visits_booked": ("visits", "companies"),
        "positions_from_visits": ("positions", "visits"),
    }


def test_a_step_without_a_base_has_no_share():
    assert {step.share for step in CampaignBuilder().steps()} == {None}


def test_the_funnel_keeps_to_its_filters():
    builder = CampaignBuilder()
    builder.called(office="306")
    builder.called(HARBOUR, office="101")

    assert [step.count for step in builder.steps(offices=("101",))][1:4] == [1, 1, 1]
