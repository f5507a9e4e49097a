"""Cohorts held against the slow calculation over the events."""

from dataclasses import asdict, is_dataclass

import pytest
from campaign_builder import Told, asked
from campaign_strategies import mixtures, plans, tell
from hypothesis import given
from hypothesis import strategies as st
from reference_cohorts import reckoned_cohorts
from scope_strategies import fitted, scopes
from tangle_strategies import attempts, tangled

from projections.questions.cohorts import cohorts

pytestmark = pytest.mark.both_stores


def plain(answer):
    """Rows as dictionaries, whatever kind of rows they are."""
    if isinstance(answer, float):
        return pytest.approx(answer, abs=1e-9)
    if isinstance(answer, list):
        return [plain(one) for one in answer]
    if isinstance(answer, dict):
        return {name: plain(value) for name, value in answer.items()}
    if is_dataclass(answer) or hasattr(answer, "_asdict"):
        return plain(asdict(answer) if is_dataclass(answer) else answer._asdict())
    return answer


def check(told: Told, scope, of: str, by: str) -> None:
    scope = fitted(told, scope)
    with told.tables() as connection:
        answered = cohorts(connection, asked(connection, **scope), of, by)

    slow = reckoned_cohorts(told.events, **scope, of=of, by=by)

    assert {"of": of, "by": by, **slow} == plain(answered)


of_what, by_what = st.sampled_from(["calls", "visits"]), st.sampled_from(["week", "month"])


@given(plans, mixtures, scopes, of_what, by_what)
def test_every_cohort_is_the_one_reckoned_from_the_events(plan, mixture, scope, of, by):
    check(tell(Told(), plan, mixture), scope, of, by)


@given(attempts, scopes, of_what, by_what)
def test_every_cohort_of_a_tangle_is_the_one_reckoned_from_the_events(tried, scope, of, by):
    check(tangled(tried), scope, of, by)
