"""The entries behind every count: exactly those that it counted."""

from dataclasses import replace
from datetime import date

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder, report_scope
from campaign_strategies import log_stories, mixtures, plans
from drill_downs import amount, cells
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.yield_kinds import SUPPORT_CLASSES
from projections.filters import Scope
from projections.measures import BASES, COUNTS, DIMENSIONS, UNKNOWN
from projections.questions.entries import entries
from projections.questions.funnel import funnel
from projections.questions.hit_rates import hit_rates
from projections.questions.yields_by_kind import yields_by_kind

pytestmark = pytest.mark.both_stores


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


@settings(max_examples=10)  # each asks for every count in every scope
@given(plans, mixtures)
def test_every_count_opens_to_as_many_entries(plan, mixture):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        for scope in (report_scope(connection, **filters) for filters in SCOPES):
            figures = hit_rates(connection, scope)[0]
            for count in COUNTS:
                listed = entries(connection, scope, count)
                assert amount(count, listed) == figures[count]
                assert len({entry.entry for entry in listed}) == len(listed)


days = st.dates(date(2012, 10, 20), date(2013, 4, 30))
clocks = st.fixed_dictionaries({"as_of": st.none() | days, "known_on": st.none() | days})
periods = st.none() | st.tuples(days, days).map(sorted)


def asked_on(connection, clock, period=None) -> Scope:
    """A scope of random clocks and days."""
    first, last = period or (None, None)
    return report_scope(connection, clock["known_on"], as_of=clock["as_of"], first=first, last=last)


@pytest.mark.parametrize("by", DIMENSIONS)
@settings(max_examples=10)  # each opens some hundred cells
@given(plans, mixtures, clocks, periods)
def test_every_cell_of_every_table_of_rates_opens_to_its_figure(by, plan, mixture, clock, period):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        scope = asked_on(connection, clock, period)
        for row, inside in cells(connection, scope, by):
            for count in COUNTS:
                assert amount(count, entries(connection, inside, count)) == row[count], (row.get(by), count)


@pytest.mark.parametrize("basis", BASES)
@settings(max_examples=20)
@given(plans, mixtures, clocks, periods)
def test_every_line_of_the_kinds_of_yield_opens_to_its_positions_and_yields(basis, plan, mixture, clock, period):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        scope = asked_on(connection, clock, period)
        tree = yields_by_kind(connection, scope, basis)
        lines = {(row.kind,): (row.yields, row.positions) for row in tree.rows}
        lines |= {(word,): tuple(tree.by_support_class[word]) for word in SUPPORT_CLASSES} | {(): tuple(tree.total)}
        for kinds, figures in lines.items():
            inside = replace(scope, kinds=kinds)
            listed = [amount(of, entries(connection, inside, of, basis)) for of in ("yields", "positions")]
            assert tuple(listed) == figures, kinds


@settings(max_examples=20)
@given(plans, mixtures, clocks, periods)
def test_every_step_of_the_funnel_opens_to_its_number(plan, mixture, clock, period):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        scope = asked_on(connection, clock, period)
        for step in funnel(connection, scope):
            assert amount(step.step, entries(connection, scope, step.step)) == step.count


def half_known() -> CampaignBuilder:
    """Calls of a November to companies with both facts, with the industry, with the size, and never told about.

    In December the register says nothing more of the first, and it is called again.
    """
    builder = CampaignBuilder()
    builder.described(BAKERY, "107100", "2-4")
    builder.described(HARBOUR, "502000", "")
    builder.described(SCHOOL, "", "10-19")
    builder.described(BAKERY, "", "", since="2012-12-01", at="2012-12-01")
    for cvr in (BAKERY, HARBOUR, SCHOOL, GARAGE):
        builder.called(cvr, at="2012-11-05")
    builder.called(BAKERY, at="2012-12-05")
    return builder


IN_NOVEMBER, IN_DECEMBER = (BAKERY, "2012-11-05"), (BAKERY, "2012-12-05")
NO_SIZE, NO_INDUSTRY, UNTOLD = ((cvr, "2012-11-05") for cvr in (HARBOUR, SCHOOL, GARAGE))


@pytest.mark.parametrize(
    ("filters", "called"),
    [
        ({"industries": (UNKNOWN,)}, {NO_INDUSTRY, UNTOLD, IN_DECEMBER}),
        ({"sizes": (UNKNOWN,)}, {NO_SIZE, UNTOLD, IN_DECEMBER}),
        ({"industries": (UNKNOWN,), "sizes": (UNKNOWN,)}, {UNTOLD, IN_DECEMBER}),
        ({"industries": (UNKNOWN, "50")}, {NO_SIZE, NO_INDUSTRY, UNTOLD, IN_DECEMBER}),
        ({"sizes": ("2-4", UNKNOWN)}, {IN_NOVEMBER, NO_SIZE, UNTOLD, IN_DECEMBER}),
        ({"industries": ("50", "10"), "sizes": (UNKNOWN,)}, {NO_SIZE}),
        ({"industries": ("10",)}, {IN_NOVEMBER}),
    ],
    ids=lambda value: " ".join(sorted(map(str, value))) if isinstance(value, set) else str(value),
)
def test_unknown_are_those_without_that_fact_on_the_day_of_the_contact(filters, called):
    assert {(entry.cvr, entry.day) for entry in half_known().entries("calls", **filters)} == called


def test_what_became_known_later_is_unknown_as_known_before():
    builder = CampaignBuilder()
    builder.called(BAKERY, at="2012-11-05")
    builder.described(BAKERY, "107100", "2-4", at="2012-11-20")

    assert builder.entries("calls", industries=(UNKNOWN,)) == []
    assert len(builder.entries("calls", industries=(UNKNOWN,), known_on="2012-11-10")) == 1


def test_the_entry_of_a_visit_says_its_status_and_the_call_that_booked_it():
    builder = CampaignBuilder()
    builder.described(BAKERY, "107100")
    call = builder.called()
    visit = builder.booked(call=call, office="306", by="anna")
    builder.held(visit, at="2012-11-20", office="316", by="bo")

    (entry,) = builder.entries("visits_held")

    assert (entry.entry, entry.what, entry.said, entry.origin) == (visit.hex, "visit", "held", call.hex)
    assert (entry.day, entry.cvr, entry.company) == ("2012-11-20", BAKERY, f"Company {BAKERY}")
    assert (entry.campaign, entry.office, entry.region, entry.consultant) == ("open-doors", "316", "Sjælland", "bo")
    assert (entry.positions, entry.recorded_on) == (None, None)


def test_the_entry_of_a_yield_has_the_day_of_its_contact_and_its_own():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-20")
    builder.yielded("flex-job", 4, visit, at="2012-12-03")

    (entry,) = builder.entries("yields")

    assert (entry.what, entry.said, entry.positions, entry.origin) == ("yield", "flex-job", 4, visit.hex)
    assert (entry.day, entry.recorded_on) == ("2012-11-20", "2012-12-03")


def test_yields_are_listed_by_the_day_of_their_contact_or_by_their_own():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-20")
    builder.yielded("flex-job", 4, visit, at="2012-12-03")

    for of in ("yields", "positions", "positions_from_visits"):
        assert builder.entries(of, first="2012-12-01") == []
        assert len(builder.entries(of, basis="recorded", first="2012-12-01")) == 1
        assert builder.entries(of, basis="recorded", last="2012-11-30") == []


def test_the_entry_of_a_call_says_its_outcome_and_that_of_a_letter_nothing():
    builder = CampaignBuilder()
    builder.called(HARBOUR, "declined")
    builder.invited(HARBOUR)

    assert [(e.what, e.said, e.company) for e in builder.entries("calls")] == [("call", "declined", None)]
    assert [(e.what, e.said, e.cvr) for e in builder.entries("companies_mailed")] == [("letter", None, HARBOUR)]


def test_entries_come_in_the_order_of_their_days():
    builder = CampaignBuilder()
    for at in ("2012-11-09", "2012-11-03", "2012-11-21"):
        builder.called(at=at)

    assert [entry.day for entry in builder.entries("calls")] == ["2012-11-03", "2012-11-09", "2012-11-21"]


@pytest.mark.parametrize("count", ["visits_overdue", "visits_planned"])
def test_a_planned_visit_is_listed_as_overdue_only_after_its_day(count):
    builder = CampaignBuilder()
    builder.booked(on="2012-11-20")

    assert len(builder.entries(count, today="2012-11-21")) == 1
    assert len(builder.entries(count, today="2012-11-20")) == (count == "visits_planned")
