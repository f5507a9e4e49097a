"""Every figure held against the slow calculation over the events: in total, by every dimension, then and now."""

from datetime import date

import pytest
from campaign_builder import BAKERY, CampaignBuilder, day, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st
from import_fixtures import SLUG, model_slice, new_workspace, run_import
from reference_rates import ReferenceFilters, ReferenceView, reference_rates
from scope_strategies import fitted, scopes
from tangle_strategies import attempts, tangled_campaign

from campaign.app import open_tracker
from campaign.reference import offices
from campaign.storage.verified_reader import verified_events
from projections.filters import Scope
from projections.measures import DIMENSIONS
from projections.questions.hit_rates import hit_rates

pytestmark = pytest.mark.both_stores


def close(row):
    """The row, its floating numbers compared to within rounding."""
    return {name: pytest.approx(value, abs=1e-9) if type(value) is float else value for name, value in row.items()}


def by_group(rows, by):
    return {row[by] if by else None: row for row in rows}


def differences(builder: CampaignBuilder, scope, *dimensions):
    """Where the two disagree: dimension, group, name of the figure, what is answered, what was reckoned."""
    scope = fitted(builder, scope)
    with builder.tables() as connection:
        for by in dimensions:
            answered = by_group(hit_rates(connection, report_scope(connection, **scope), by), by)
            slow = by_group(reference_rates(builder.events, **scope, by=by), by)
            for group in answered.keys() | slow.keys():
                theirs, ours = answered.get(group, {}), close(slow.get(group, {}))
                for name in theirs.keys() | ours.keys():
                    if theirs.get(name) != ours.get(name):
                        yield by, group, name, theirs.get(name), ours.get(name)


@given(plans, mixtures, scopes)
def test_every_figure_is_the_one_reckoned_from_the_events(plan, mixture, scope):
    builder = log_stories(CampaignBuilder(), plan, mixture)

    assert list(differences(builder, scope, None, *DIMENSIONS)) == []


@given(attempts, scopes, st.sampled_from(DIMENSIONS))
def test_every_figure_of_a_tangle_is_the_one_reckoned_from_the_events(tried, scope, by):
    assert list(differences(tangled_campaign(tried), scope, None, "industry", by)) == []


def booked_anew() -> CampaignBuilder:
    """A booking that was corrected after the visit was held: it stands behind that in the log."""
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-05")
    builder.held(visit, at="2012-11-20")
    builder.yielded(visit=visit, at="2012-11-21")
    builder.retracted(visit, at="2012-11-22")
    builder._on_outreach(
        BAKERY, "2012-11-06", {}, lambda o, act, entry: o.book_visit(act, entry, day("2012-11-19"), visit=visit)
    )
    return builder


def cancelled_before_it_was_moved() -> CampaignBuilder:
    """A step of an earlier day that is logged behind one of a later day."""
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-15", at="2012-11-05")
    moved = builder.moved(visit, to="2012-11-25", at="2012-11-20")
    back = builder.retracted(moved)
    builder.cancelled(visit, at="2012-11-10")
    builder.retracted(back)
    return builder


@pytest.mark.parametrize("story", [booked_anew, cancelled_before_it_was_moved])
def test_a_visit_logged_out_of_order_is_the_one_reckoned_on_every_day_and_at_every_position(story):
    builder = story()

    for known in range(len(builder.events)):
        for as_of in range(6):
            assert list(differences(builder, {"known": known, "as_of": as_of}, None, "week")) == []


@pytest.mark.files
@pytest.mark.parametrize("by", [None, "region", "month", "industry"])
def test_every_figure_of_the_model_campaign_on_a_day_in_its_middle_is_the_one_reckoned(by, tmp_path):
    home, as_of = new_workspace(tmp_path / "home"), date(2013, 1, 15)
    run_import(home, model_slice(tmp_path, every=40))
    with open_tracker(home) as tracker:
        log = verified_events(tracker.store, tracker.store.head()[0])(0, "", 1_000_000)
    with home.read() as connection:
        answered = hit_rates(connection, Scope(today=as_of, campaign=SLUG, as_of=as_of), by)

    slow = ReferenceView(log, as_of, as_of, region_of=offices().region).rows(by, ReferenceFilters(campaign=SLUG))

    assert by_group(answered, by) == {group: close(row) for group, row in by_group(slow, by).items()}
