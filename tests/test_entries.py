"""The entries behind every count: exactly those that it counted."""

import pytest
from hypothesis import given, settings
from told import BAKERY, HARBOUR, Told, asked
from told_at_random import mixtures, plans, tell

from projections.entries import Entry, entries
from projections.hit_rates import hit_rates
from projections.measures import COUNTS

SCOPES = (
    {},
    {"offices": ("306", "101")},
    {"regions": ("Sjælland",)},
    {"consultants": ("anna",)},
    {"industries": ("10",)},
    {"kinds": ("ordinary-job",)},
    {"first": "2012-11-10", "last": "2012-12-31"},
    {"as_of": "2012-12-01"},
    {"known": 20},
)


def amount(count: str, listed: list[Entry]) -> int:
    """What a list of entries adds up to."""
    if count.startswith("companies_"):
        return len({entry.cvr for entry in listed})
    if count.startswith("positions"):
        return sum(entry.positions or 0 for entry in listed)
    return len(listed)


@settings(max_examples=20)  # each asks for every count in every scope
@given(plans, mixtures)
def test_every_count_opens_to_as_many_entries(plan, mixture):
    with tell(Told(), plan, mixture).tables() as connection:
        for scope in (asked(connection, **filters) for filters in SCOPES):
            figures = hit_rates(connection, scope)[0]
            for count in COUNTS:
                listed = entries(connection, scope, count)
                assert amount(count, listed) == figures[count]
                assert len({entry.entry for entry in listed}) == len(listed)


def test_the_entry_of_a_visit_says_its_status_and_the_call_that_booked_it():
    told = Told()
    told.described(BAKERY, "107100")
    call = told.called()
    visit = told.booked(call=call, office="306", by="anna")
    told.held(visit, at="2012-11-20", office="316", by="bo")

    (entry,) = told.entries("visits_held")

    assert (entry.entry, entry.what, entry.said, entry.origin) == (visit.hex, "visit", "held", call.hex)
    assert (entry.day, entry.cvr, entry.company) == ("2012-11-20", BAKERY, f"Company {BAKERY}")
    assert (entry.campaign, entry.office, entry.region, entry.consultant) == ("open-doors", "316", "Sjælland", "bo")
    assert (entry.positions, entry.recorded_on) == (None, None)


def test_the_entry_of_a_yield_has_the_day_of_its_contact_and_its_own():
    told = Told()
    visit = told.visited(at="2012-11-20")
    told.yielded("flex-job", 4, visit, at="2012-12-03")

    (entry,) = told.entries("yields")

    assert (entry.what, entry.said, entry.positions, entry.origin) == ("yield", "flex-job", 4, visit.hex)
    assert (entry.day, entry.recorded_on) == ("2012-11-20", "2012-12-03")


def test_the_entry_of_a_call_says_its_outcome_and_that_of_a_letter_nothing():
    told = Told()
    told.called(HARBOUR, "declined")
    told.invited(HARBOUR)

    assert [(e.what, e.said, e.company) for e in told.entries("calls")] == [("call", "declined", None)]
    assert [(e.what, e.said, e.cvr) for e in told.entries("companies_mailed")] == [("letter", None, HARBOUR)]


def test_entries_come_in_the_order_of_their_days():
    told = Told()
    for at in ("2012-11-09", "2012-11-03", "2012-11-21"):
        told.called(at=at)

    assert [entry.day for entry in told.entries("calls")] == ["2012-11-03", "2012-11-09", "2012-11-21"]


@pytest.mark.parametrize("count", ["visits_overdue", "visits_planned"])
def test_a_planned_visit_is_listed_as_overdue_only_after_its_day(count):
    told = Told()
    told.booked(on="2012-11-20")

    assert len(told.entries(count, today="2012-11-21")) == 1
    assert len(told.entries(count, today="2012-11-20")) == (count == "visits_planned")
