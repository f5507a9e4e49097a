"""The funnel: each step counted in its unit, and its share of the step before."""

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, Told

pytestmark = pytest.mark.both_stores


def test_each_step_has_its_unit_and_its_share_of_the_step_before():
    told = Told()
    for cvr in (BAKERY, HARBOUR, SCHOOL, GARAGE):
        told.invited(cvr)
    told.called(SCHOOL, "no-answer")
    told.called(HARBOUR, "declined")
    call = told.called(BAKERY, "accepted")
    held, planned = told.booked(call=call), told.booked(on="2012-12-20")
    told.held(held)
    told.yielded(visit=held, positions=3)
    told.yielded(call=call, positions=2)

    steps = told.steps()

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
    steps = Told().steps()

    assert [step.of for step in steps[1:-1]] == [step.step for step in steps[:-2]]
    assert {step.step: (step.unit, step.of_unit) for step in steps if step.of and step.unit != step.of_unit} == {
        "visits_booked": ("visits", "companies"),
        "positions_from_visits": ("positions", "visits"),
    }


def test_a_step_without_a_base_has_no_share():
    assert {step.share for step in Told().steps()} == {None}


def test_the_funnel_keeps_to_its_filters():
    told = Told()
    told.called(office="306")
    told.called(HARBOUR, office="101")

    assert [step.count for step in told.steps(offices=("101",))][1:4] == [1, 1, 1]
