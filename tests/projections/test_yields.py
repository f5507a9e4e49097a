"""Yields by kind: the tree with its totals, by the day of the contact or the day of recording."""

import pytest
from campaign_builder import BAKERY, HARBOUR, CampaignBuilder, report_scope
from campaign_strategies import log_stories, plans
from hypothesis import given
from hypothesis import strategies as st

from projections.measures import BASES
from projections.questions.hit_rates import hit_rates
from projections.questions.yields_by_kind import Amount, yields_by_kind

pytestmark = pytest.mark.both_stores


def some() -> CampaignBuilder:
    """A visit in November that yielded twice, the second time in January, and a call that yielded in November."""
    builder = CampaignBuilder()
    visit = builder.visited(BAKERY, "2012-11-20", office="306")
    builder.yielded("acute-job", 2, visit, at="2012-11-20")
    builder.yielded("ordinary-job", 3, visit, at="2013-01-10")
    call = builder.called(HARBOUR, "call-back", "2012-11-05", office="101")
    builder.yielded("internship", 4, call=call, cvr=HARBOUR, at="2012-11-06", office="101")
    return builder


def test_a_parent_holds_its_own_and_its_children_which_follow_it():
    rows = some().kinds().rows

    assert [(row.kind, row.parent, row.depth) for row in rows] == [
        ("ordinary-job", None, 0),
        ("acute-job", "ordinary-job", 1),
        ("internship", None, 0),
    ]
    assert [(row.yields, row.positions, row.yields_own, row.positions_own) for row in rows] == [
        (2, 5, 1, 3),
        (1, 2, 1, 2),
        (1, 4, 1, 4),
    ]
    assert (rows[1].name_en, rows[1].name_da, rows[1].support_class) == ("Acute job", "Akutjob", "ordinary")


def test_totals_hold_every_position_once():
    tree = some().kinds()

    assert tree.total == Amount(yields=3, positions=9)
    assert tree.by_support_class == {
        "ordinary": Amount(2, 5),
        "supported": Amount(),
        "unpaid": Amount(1, 4),
        "other": Amount(),
    }


def test_a_parent_is_there_when_only_its_children_yielded():
    rows = some().kinds(kinds=("acute-job",)).rows

    assert [(row.kind, row.positions, row.positions_own) for row in rows] == [
        ("ordinary-job", 2, 0),
        ("acute-job", 2, 2),
    ]


def test_the_day_of_the_contact_or_the_day_of_recording_decides_the_period():
    builder = some()
    november = {"first": "2012-11-01", "last": "2012-11-30"}
    january = {"first": "2013-01-01", "last": "2013-01-31"}

    assert [builder.kinds("contact", **period).total.positions for period in (november, january)] == [9, 0]
    assert [builder.kinds("recorded", **period).total.positions for period in (november, january)] == [6, 3]


@pytest.mark.parametrize("basis", BASES)
def test_the_group_is_always_that_of_the_contact(basis):
    builder = some()

    assert builder.kinds(basis, offices=("101",)).total.positions == 4
    assert builder.kinds(basis, offices=("306",), kinds=("ordinary-job",)).total.positions == 5


@pytest.mark.parametrize("basis", BASES)
def test_what_came_of_a_call_or_visit_that_does_not_count_does_not_count(basis):
    builder = CampaignBuilder()
    visit, call = builder.booked(), builder.called(HARBOUR)
    held = builder.held(visit)
    builder.yielded(visit=visit)
    builder.yielded(call=call, cvr=HARBOUR)
    assert builder.kinds(basis).total.yields == 2

    builder.retracted(held)
    builder.retracted(call, cvr=HARBOUR)

    assert builder.kinds(basis).total.yields == 0


@given(plans, st.sampled_from([{}, {"offices": ("306",)}, {"kinds": ("ordinary-job",)}, {"as_of": "2012-12-01"}]))
def test_the_totals_are_those_of_the_hit_rates(plan, filters):
    builder = log_stories(CampaignBuilder(), plan)

    with builder.tables() as connection:
        scope = report_scope(connection, **filters)
        tree, counts = yields_by_kind(connection, scope), hit_rates(connection, scope)[0]

    assert tree.total == (counts["yields"], counts["positions"])
    assert tree.total.positions == sum(row.positions_own for row in tree.rows)
    assert tree.total.positions == sum(row.positions for row in tree.rows if row.depth == 0)
    assert tree.total.positions == sum(amount.positions for amount in tree.by_support_class.values())
