"""Every figure held against the slow calculation over the events: in total, by every dimension, then and now."""

from datetime import date

import pytest
from campaign_builder import BAKERY, Told, asked, day
from campaign_strategies import mixtures, plans, tell
from hypothesis import given
from hypothesis import strategies as st
from import_fixtures import SLUG, a_home, a_slice, imported
from reference_rates import Chosen, Seen, reckoned
from scope_strategies import fitted, scopes
from tangle_strategies import attempts, tangled

from campaign.reference import offices
from campaign.storage.verified_reader import held_to_the_chain
from projections.filters import Scope
from projections.measures import DIMENSIONS
from projections.questions.hit_rates import hit_rates

pytestmark = pytest.mark.both_stores


def close(row):
    """The row, its floating numbers compared to within rounding."""
    return {name: pytest.approx(value, abs=1e-9) if type(value) is float else value for name, value in row.items()}


def by_group(rows, by):
    return {row[by] if by else None: row for row in rows}


def differences(told: Told, scope, *dimensions):
    """Where the two disagree: dimension, group, name of the figure, what is answered, what was reckoned."""
    scope = fitted(told, scope)
    with told.tables() as connection:
        for by in dimensions:
            answered = by_group(hit_rates(connection, asked(connection, **scope), by), by)
            slow = by_group(reckoned(told.events, **scope, by=by), by)
            for group in answered.keys() | slow.keys():
                theirs, ours = answered.get(group, {}), close(slow.get(group, {}))
                for name in theirs.keys() | ours.keys():
                    if theirs.get(name) != ours.get(name):
                        yield by, group, name, theirs.get(name), ours.get(name)


@given(plans, mixtures, scopes)
def test_every_figure_is_the_one_reckoned_from_the_events(plan, mixture, scope):
    told = tell(Told(), plan, mixture)

    assert list(differences(told, scope, None, *DIMENSIONS)) == []


@given(attempts, scopes, st.sampled_from(DIMENSIONS))
def test_every_figure_of_a_tangle_is_the_one_reckoned_from_the_events(tried, scope, by):
    assert list(differences(tangled(tried), scope, None, "industry", by)) == []


def booked_anew() -> Told:
    """A booking that was corrected after the visit was held: it stands behind that in the log."""
    told = Told()
    visit = told.booked(on="2012-11-20", at="2012-11-05")
    told.held(visit, at="2012-11-20")
    told.yielded(visit=visit, at="2012-11-21")
    told.retracted(visit, at="2012-11-22")
    told._done(BAKERY, "2012-11-06", {}, lambda o, act, entry: o.book_visit(act, entry, day("2012-11-19"), visit=visit))
    return told


def cancelled_before_it_was_moved() -> Told:
    """A step of an earlier day that is logged behind one of a later day."""
    told = Told()
    visit = told.booked(on="2012-11-15", at="2012-11-05")
    moved = told.moved(visit, to="2012-11-25", at="2012-11-20")
    back = told.retracted(moved)
    told.cancelled(visit, at="2012-11-10")
    told.retracted(back)
    return told


@pytest.mark.parametrize("story", [booked_anew, cancelled_before_it_was_moved])
def test_a_visit_logged_out_of_order_is_the_one_reckoned_on_every_day_and_at_every_position(story):
    told = story()

    for known in range(len(told.events)):
        for as_of in range(6):
            assert list(differences(told, {"known": known, "as_of": as_of}, None, "week")) == []


@pytest.mark.files
@pytest.mark.parametrize("by", [None, "region", "month", "industry"])
def test_every_figure_of_the_model_campaign_on_a_day_in_its_middle_is_the_one_reckoned(by, tmp_path):
    home, as_of = a_home(tmp_path / "home"), date(2013, 1, 15)
    imported(home, a_slice(tmp_path, every=40))
    with home.tracker() as tracker:
        log = held_to_the_chain(tracker, tracker.store.head()[0])(0, "", 1_000_000)
    with home.read() as connection:
        answered = hit_rates(connection, Scope(today=as_of, campaign=SLUG, as_of=as_of), by)

    slow = Seen(log, as_of, as_of, region_of=offices().region).rows(by, Chosen(campaign=SLUG))

    assert by_group(answered, by) == {group: close(row) for group, row in by_group(slow, by).items()}
