"""Hit rates in total and by every dimension, inside a period and filters."""

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder

from projections.measures import COUNTS, DIMENSIONS, UNKNOWN

pytestmark = pytest.mark.both_stores


def two_offices() -> CampaignBuilder:
    """Odsherred in Sjælland: two calls, a held visit with a yield. Copenhagen: a call, a visit in the next month."""
    builder = CampaignBuilder()
    builder.described(BAKERY, "107100", "2-4")
    builder.described(HARBOUR, "502000", "10-19")
    call = builder.called(BAKERY, "accepted", "2012-11-01", office="306", by="anna")
    builder.called(SCHOOL, "no-answer", "2012-11-02", office="306", by="bo")
    visit = builder.booked(BAKERY, on="2012-11-20", call=call, office="306", by="anna")
    builder.held(visit, "2012-11-20", BAKERY, office="306", by="anna")
    builder.yielded("acute-job", 2, visit, cvr=BAKERY, at="2012-11-20")
    builder.called(HARBOUR, "declined", "2012-12-03", office="101", by="carla")
    builder.visited(HARBOUR, "2012-12-04", office="101", by="carla")
    return builder


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("office", {"101": (1, 1), "306": (2, 1)}),
        ("region", {"Hovedstaden": (1, 1), "Sjælland": (2, 1)}),
        ("consultant", {"anna": (1, 1), "bo": (1, 0), "carla": (1, 1)}),
        ("week", {"2012-W44": (2, 0), "2012-W47": (0, 1), "2012-W49": (1, 1)}),
        ("month", {"2012-11": (2, 1), "2012-12": (1, 1)}),
        ("industry", {"10": (1, 1), "50": (1, 1), UNKNOWN: (1, 0)}),
        ("size", {"2-4": (1, 1), "10-19": (1, 1), UNKNOWN: (1, 0)}),
        ("campaign", {"open-doors": (3, 2)}),
    ],
)
def test_every_dimension_groups_calls_and_visits_in_the_order_of_its_words(by, groups):
    rows = two_offices().groups(by)

    assert {row[by]: (row["calls"], row["visits_held"]) for row in rows} == groups
    assert [row[by] for row in rows] == list(groups)


def test_every_dimension_is_tested():
    marks = test_every_dimension_groups_calls_and_visits_in_the_order_of_its_words.pytestmark

    assert {by for by, _ in marks[0].args[1]} == set(DIMENSIONS)


@pytest.mark.parametrize(
    ("filters", "calls", "held"),
    [
        ({"offices": ("306",)}, 2, 1),
        ({"offices": ("306", "101")}, 3, 2),
        ({"regions": ("Hovedstaden",)}, 1, 1),
        ({"consultants": ("anna", "bo")}, 2, 1),
        ({"industries": ("10",)}, 1, 1),
        ({"sizes": ("10-19", "2-4")}, 2, 2),
        ({"campaign": "open-doors"}, 3, 2),
        ({"campaign": "another"}, 0, 0),
        ({"first": "2012-11-02"}, 2, 2),
        ({"last": "2012-11-20"}, 2, 1),
        ({"first": "2012-11-20", "last": "2012-11-20"}, 0, 1),
        ({"offices": ("306",), "regions": ("Hovedstaden",)}, 0, 0),
    ],
)
def test_a_filter_lets_its_words_through_and_a_period_both_its_ends(filters, calls, held):
    row = two_offices().figures(**filters)

    assert (row["calls"], row["visits_held"]) == (calls, held)


def test_a_filter_by_industry_goes_with_groups_by_size():
    builder = two_offices()

    assert [(row["size"], row["calls"]) for row in builder.groups("size", industries=("50",))] == [("10-19", 1)]
    assert [(row["industry"], row["calls"]) for row in builder.groups("industry", sizes=("2-4",))] == [("10", 1)]


def test_a_kind_narrows_what_counts_as_a_yield_and_a_parent_holds_its_children():
    builder = two_offices()

    for kind, hits in (("ordinary-job", 1), ("acute-job", 1), ("internship", 0)):
        row = builder.figures(kinds=(kind,))
        assert (row["visits_with_yield"], row["calls_with_yield"], row["positions"]) == (hits, hits, 2 * hits)
        assert (row["visits_held"], row["calls"]) == (2, 3)


def test_a_call_is_a_hit_when_the_visit_it_booked_yields_even_after_the_period():
    builder = two_offices()

    row = builder.figures(last="2012-11-10")

    assert (row["calls"], row["calls_with_yield"], row["visits_held"], row["positions"]) == (2, 1, 0, 0)


def test_a_yield_belongs_to_the_office_and_day_of_its_visit_whoever_recorded_it():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-20", office="306", by="anna")
    builder.yielded(visit=visit, at="2012-12-20", office="101", by="bo")

    assert builder.words("office") == ["306"]
    assert builder.group("month", "2012-11")["positions"] == 1


def test_a_visit_belongs_to_the_office_that_held_it():
    builder = CampaignBuilder()
    visit = builder.booked(office="306", by="anna")
    builder.held(visit, office="316", by="bo")

    assert builder.words("office") == ["316"]


def test_a_visit_whose_call_was_retracted_stays_and_hits_no_call():
    builder = CampaignBuilder()
    call = builder.called()
    visit = builder.booked(call=call)
    builder.held(visit)
    builder.yielded(visit=visit)
    builder.retracted(call)

    row = builder.figures()

    assert (row["calls"], row["calls_with_yield"], row["visits_held"], row["visits_with_yield"]) == (0, 0, 1, 1)


def test_taking_back_that_a_visit_was_held_takes_its_yields_out_and_plans_it_again():
    builder = CampaignBuilder()
    visit = builder.booked()
    held = builder.held(visit)
    builder.yielded(visit=visit)
    builder.retracted(held)

    row = builder.figures()

    assert (row["visits_planned"], row["visits_held"], row["yields"], row["visits_with_yield"]) == (1, 0, 0, 0)


def test_every_outcome_counts_as_the_table_of_outcomes_says():
    builder = CampaignBuilder()
    reached = ("accepted", "declined", "call-back", "refused-contact")
    for outcome in (*reached, "no-answer", "busy", "left-message", "wrong-number"):
        builder.called(outcome=outcome)

    row = builder.figures()

    assert (row["calls"], row["calls_reached"], row["calls_accepted"]) == (8, 4, 1)
    assert (row["companies_called"], row["companies_reached"], row["companies_accepted"]) == (1, 1, 1)


def test_the_four_ends_of_a_visit():
    builder = CampaignBuilder()
    builder.held(builder.booked(BAKERY), cvr=BAKERY)
    builder.missed(builder.booked(HARBOUR), cvr=HARBOUR)
    builder.cancelled(builder.booked(SCHOOL), cvr=SCHOOL)
    builder.booked(GARAGE, on="2012-11-20")

    row = builder.figures(today="2012-11-20")

    ends = ("booked", "held", "no_show", "cancelled", "planned", "overdue")
    assert [row[f"visits_{end}"] for end in ends] == [4, 1, 1, 1, 1, 0]
    assert builder.figures(today="2012-11-21")["visits_overdue"] == 1
    assert (row["held_rate"], row["no_show_rate"]) == (1 / 3, 1 / 2)


def test_a_letter_counts_its_company_once():
    builder = CampaignBuilder()
    builder.invited()
    builder.invited(office="101")

    assert builder.figures()["companies_mailed"] == 1
    assert [row["companies_mailed"] for row in builder.groups("office")] == [1, 1]


def test_an_office_that_takes_part_is_named_and_a_filter_leaves_it_out():
    builder = CampaignBuilder()
    builder.enrolled("851")

    assert builder.words("office") == ["851"]
    assert builder.words("region") == ["Nordjylland"]
    assert builder.words("office", offices=("306",)) == []
    assert builder.words("office", campaign="another") == []


def test_without_anything_there_is_one_row_of_noughts():
    (row,) = CampaignBuilder().groups()

    assert [row[count] for count in COUNTS] == [0] * len(COUNTS)
    assert CampaignBuilder().groups("office") == []


@pytest.mark.parametrize(
    ("today", "maturing"), [("2012-12-29", [True, True]), ("2012-12-30", [False, True]), ("2013-01-06", [False, False])]
)
def test_a_period_matures_for_28_days(today, maturing):
    builder = CampaignBuilder()
    builder.called(at="2012-11-29")
    builder.called(at="2012-12-06")

    assert [row["maturing"] for row in builder.groups("week", today=today)] == maturing


def test_a_period_asked_for_matures_too():
    builder = CampaignBuilder()
    builder.called(at="2012-11-29")

    assert builder.figures(last="2012-11-30", today="2012-12-27")["maturing"]
    assert not builder.figures(last="2012-11-30", today="2012-12-28")["maturing"]
