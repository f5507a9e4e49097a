"""The folded state of an outreach: what folding each event gives is what all effective facts give at once."""

from hypothesis import given
from tangle_strategies import attempts, tangled_campaign

from domain.outreach import Outreach
from domain.outreach_events import VisitStep
from domain.visits import visit_of


@given(attempts)
def test_state_folded_event_by_event_is_that_of_all_effective_facts(tried):
    for outreach in tangled_campaign(tried)._outreaches.values():
        steps = [fact for fact in outreach.facts.values() if isinstance(fact, VisitStep)]
        effective = [step for step in steps if outreach.is_effective(step.entry)]
        visits = {
            id_: visit_of(step for step in effective if step.visit == id_) for id_ in {s.visit for s in effective}
        }

        assert dict(outreach.visits) == {id_: visit for id_, visit in visits.items() if visit}
        assert dict(outreach.calls) == {call.call: call for call in outreach.effective(Outreach.CallLogged)}
