"""The slow calculation of targets held against what was worked out by hand."""

from datetime import date

import pytest
from campaign_builder import BAKERY, HARBOUR, SCHOOL, CampaignBuilder, day, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st
from reference_rates import ReferenceFilters, ReferenceView, reference_rates
from reference_targets import WITHOUT_PACE, dated_amounts, forecast, reference_targets, working_days

from domain.campaign import MEASURES_BY_KIND
from projections.measures import COUNTS
from projections.questions.targets import Target, targets

ALL = (None, None, None)


def target_on(builder: CampaignBuilder, on: str, measure: str = "calls", whose=ALL):
    return reference_targets(builder.events, "open-doors", day(on))[(measure, *whose)]


def test_a_week_has_five_working_days_and_christmas_2012_took_three():
    assert len(working_days(date(2012, 11, 26), date(2012, 12, 2))) == 5
    assert [str(d) for d in working_days(date(2012, 12, 21), date(2013, 1, 2))] == [
        *("2012-12-21", "2012-12-24", "2012-12-27", "2012-12-28", "2012-12-31", "2013-01-02")
    ]


def test_calls_of_a_weekend_are_calls_of_friday():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 100, by="2012-12-07")
    for at in ("2012-11-28", "2012-11-30", "2012-12-01", "2012-12-02"):
        builder.called(at=at)

    row = target_on(builder, "2012-12-03")

    assert (row["reached"], row["left"], row["needed"]) == (4, 4, 24)
    assert (row["days"], row["pace"]) == (20, 4 / 20)
    assert target_on(builder, "2012-11-30")["pace"] == 2 / 20


def test_a_forecast_by_hand():
    row = forecast(reached=6, daily=[1, 2, 3], left=3)  # mean 2, t(0.975, 2) = 4.30265

    # One day varies by 1, and by chance alone by (6 + 1) / 3; 4.30265 x root of 7 / 3 x root of 3 + 9 / 3 is 16.1.
    assert row == {"days": 3, "pace": 2, "forecast": 12, "low": 6, "high": 29}


def test_a_forecast_ends_in_what_is_reached_when_no_days_are_left():
    assert forecast(6, [1, 2, 3], 0) == {"days": 3, "pace": 2, "forecast": 6, "low": 6, "high": 6}
    assert forecast(6, [6], 5) == {"days": 1, "pace": 6, "forecast": None, "low": None, "high": None}


def test_the_latest_day_a_target_was_set_on_says_it_and_then_the_log():
    builder = CampaignBuilder()
    builder.targeted(None, "calls", 30, at="2012-11-01")
    builder.targeted(None, "calls", 10, at="2012-10-01", recorded="2012-11-02")
    builder.targeted(None, "calls", 40, at="2012-11-20")
    again = builder.targeted(None, "calls", 50, at="2012-11-20")

    assert [target_on(builder, on)["number"] for on in ("2012-10-05", "2012-11-05", "2012-11-20")] == [10, 30, 50]
    builder._campaign.retract(builder._act("2012-11-21", "106", "planner", None), builder._entry, again, "an error")
    builder._remember(builder._campaign)
    assert target_on(builder, "2012-11-20")["number"] == 40


def test_a_target_of_an_office_a_region_or_a_kind_counts_what_is_theirs():
    builder = CampaignBuilder()
    for whose in ({}, {"region": "Sjælland"}, {"kind": "ordinary-job"}):
        builder.targeted(None, "positions", 100, **whose)
    builder.targeted("306", "positions", 100)
    for cvr, office, kind in (
        (BAKERY, "306", "acute-job"),
        (HARBOUR, "316", "internship"),
        (SCHOOL, "101", "acute-job"),
    ):
        builder.yielded(kind, 2, builder.visited(cvr, office=office), cvr=cvr, office=office)

    found = reference_targets(builder.events, "open-doors", date(2012, 11, 30))

    assert {whose[1:]: row["reached"] for whose, row in found.items()} == {
        (None, None, None): 6,
        (None, "Sjælland", None): 4,
        (None, None, "ordinary-job"): 4,
        ("306", None, None): 2,
    }


@pytest.mark.parametrize("kinds", [(), ("ordinary-job",)])
@given(plans, mixtures)
def test_what_has_a_day_adds_up_to_the_count(kinds, plan, mixture):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    seen, scope = ReferenceView(builder.events, date(2013, 3, 1)), ReferenceFilters(kinds=kinds)

    (row,) = reference_rates(builder.events, date(2013, 3, 1), kinds=kinds)

    for measure in [count for count in COUNTS if count not in WITHOUT_PACE]:
        assert (measure, sum(n for _, n in dated_amounts(seen, scope, measure))) == (measure, row[measure])


# Held against the real ones

SETTINGS = st.lists(
    st.tuples(
        st.sampled_from([m for m in COUNTS if m not in WITHOUT_PACE] + list(WITHOUT_PACE)),
        st.sampled_from([(None, {}), ("306", {}), ("851", {}), (None, {"region": "Sjælland"})]),
        st.sampled_from([None, None, "ordinary-job", "internship"]),
        st.integers(1, 40),
        st.dates(date(2012, 9, 3), date(2013, 2, 28)),
        st.dates(date(2012, 11, 1), date(2013, 4, 30)),
    ),
    min_size=1,
    max_size=6,
)


def set_all(builder: CampaignBuilder, settings) -> None:
    for measure, (office, whose), kind, number, at, by in settings:
        of_kind = {"kind": kind} if kind and measure in MEASURES_BY_KIND else {}
        builder.targeted(office, measure, number, at=str(at), by=str(by), **whose, **of_kind)


@given(plans, mixtures, SETTINGS, SETTINGS, st.dates(date(2012, 10, 15), date(2013, 5, 31)), st.integers(1, 80))
def test_targets_are_those_reckoned_on_any_day_as_known_at_any_position(plan, mixture, early, late, then, known):
    builder = CampaignBuilder()
    set_all(builder, early)
    log_stories(builder, plan, mixture)
    set_all(builder, late)
    known = None if known > 60 else min(known, len(builder.events))

    with builder.tables() as connection:
        found = targets(connection, report_scope(connection, as_of=then, known=known, campaign="open-doors"))

    expected = reference_targets(builder.events, "open-doors", then, known)
    assert {(t.measure, t.office, t.region, t.kind): as_reckoned(t) for t in found} == {
        whose: {name: value for name, value in row.items() if name != "total"} for whose, row in expected.items()
    }


def as_reckoned(target: Target) -> dict[str, object]:
    """The fields of a target that are reckoned, under the names they have there."""
    names = ("number", "by_day", "reached", "gone", "expected", "left", "needed", "pace", "forecast", "low", "high")
    return {name: getattr(target, name) for name in names} | {"days": target.pace_days}
