"""Random scopes of a report: filters, periods and clocks, fitted to the days on which a campaign had events."""

from campaign_builder import REGIONS, TODAY, CampaignBuilder, day
from campaign_strategies import KINDS
from hypothesis import strategies as st

SEVERAL = {
    "offices": sorted(REGIONS),
    "regions": sorted(set(REGIONS.values())),
    "consultants": ["anna", "bo", "carla"],
    "industries": ["10", "50", "56"],
    "sizes": ["2-4", "10-19"],
    "kinds": [*KINDS, "ordinary-job", "ordinary-job"],
}
CLOCKS = ("as_of", "known", "today", "first", "last")

one_filter = st.sampled_from(sorted(SEVERAL)).flatmap(
    lambda name: st.fixed_dictionaries(
        {name: st.lists(st.sampled_from(SEVERAL[name]), min_size=1, max_size=2).map(tuple)}
    )
)
scopes = st.builds(
    dict.__or__,
    st.fixed_dictionaries({}, optional={name: st.integers(0, 99) for name in CLOCKS}),
    st.just({}) | one_filter,
)
"""What is asked for; of a clock a number that stands for a day or a place in the log, as ``fitted`` says."""


def fitted(builder: CampaignBuilder, scope):
    """The scope on days on which something happened or was to happen: on these it matters where a day ends."""
    facts = [recorded.event for recorded in builder.events]
    days = sorted({day for fact in facts for day in (fact.at, getattr(fact, "on", None)) if day})
    places = {name: days[scope[name] % len(days)] for name in CLOCKS if name in scope}
    if "known" in scope:
        places["known"] = 1 + scope["known"] % len(facts)
    return {"today": day(TODAY)} | scope | places
