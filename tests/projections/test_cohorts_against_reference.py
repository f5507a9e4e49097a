"""Cohorts held against the slow calculation over the events."""

from dataclasses import asdict, is_dataclass

import pytest
from campaign_builder import CampaignBuilder, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st
from reference_cohorts import reference_cohorts
from scope_strategies import fitted, scopes
from tangle_strategies import attempts, tangled_campaign

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


def check(builder: CampaignBuilder, scope, of: str, by: str) -> None:
    scope = fitted(builder, scope)
    with builder.tables() as connection:
        answered = cohorts(connection, report_scope(connection, **scope), of, by)

    slow = reference_cohorts(builder.events, **scope, of=of, by=by)

    assert {"of": of, "by": by, **slow} == plain(answered)


of_what, by_what = st.sampled_from(["calls", "visits"]), st.sampled_from(["week", "month"])


@given(plans, mixtures, scopes, of_what, by_what)
def test_every_cohort_is_the_one_reckoned_from_the_events(plan, mixture, scope, of, by):
    check(log_stories(CampaignBuilder(), plan, mixture), scope, of, by)


@given(attempts, scopes, of_what, by_what)
def test_every_cohort_of_a_tangle_is_the_one_reckoned_from_the_events(tried, scope, of, by):
    check(tangled_campaign(tried), scope, of, by)
