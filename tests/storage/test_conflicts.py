"""Two people at one company at once: what commutes goes in unseen, and for the rest one of them is told and asked."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest
from aggregate_fixtures import SLUG, act, day, imported_act, new_events, new_id, new_outreach
from msgspec.structs import asdict
from terminal_user import TIMBER, new_consultant

from campaign.app import CampaignTracker
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.undo import retract
from domain.acts import Act
from domain.calls import Call
from domain.campaign import Target
from domain.conflicts import _ALWAYS_COMPATIBLE, _CONFLICT_KEYS, always_compatible_kinds, conflicting
from domain.outcomes import Outcome, Status
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.refusals import ConcurrentChange
from domain.yields import Yield

pytestmark = pytest.mark.both_stores


CVR = "26099382"
EVE, ADAM = partial(act, by="eve", office="147"), partial(act, by="adam", office="306")


def facts(*says):
    """What each of these people logs about one company, as if each were the only one."""
    outreach = new_outreach()
    for say in says:
        say(outreach)
    return new_events(outreach)


def booked(by: Act, on: str = "11-20"):
    return lambda outreach: outreach.book_visit(by._replace(repeated=True), new_id(), day(on))


def called(by: Act, outcome: Outcome = Outcome.BUSY, **more):
    return lambda outreach: outreach.log_call(by, new_id(), Call(outcome, **more))


def allowed(by: Act, basis: ContactBasis = ContactBasis.CONSENT):
    return lambda outreach: outreach.allow_contact(by, new_id(), basis)


@pytest.mark.parametrize(
    ("mine", "other", "opposes"),
    [
        (called(ADAM()), called(EVE()), False),
        (called(ADAM()), booked(EVE()), False),
        (booked(ADAM()), booked(EVE(), "11-21"), True),
        (booked(ADAM()), called(EVE(), Outcome.REFUSED_CONTACT), True),
        (called(ADAM()), called(EVE(), Outcome.REFUSED_CONTACT), False),
        (booked(ADAM()), called(EVE(), Outcome.CALL_BACK, follow_up=day("12-01")), True),
        (allowed(ADAM()), called(EVE(), Outcome.REFUSED_CONTACT), True),
        (allowed(ADAM()), allowed(EVE()), True),
        (allowed(ADAM()), allowed(EVE(), ContactBasis.DUTY), False),
        (allowed(ADAM()), booked(EVE()), False),
        (booked(ADAM()), allowed(EVE()), False),
        (called(ADAM()), allowed(EVE()), False),
    ],
)
def test_which_facts_commute(mine, other, opposes):
    own, others = facts(mine), facts(other)
    others = [type(o)(**{**asdict(o), "originator_id": own[0].originator_id}) for o in others]

    assert bool(conflicting(own, others)) is opposes


def test_steps_of_one_visit_do_not_commute_and_steps_of_two_do():
    outreach = new_outreach()
    first, second = new_id(), new_id()
    outreach.book_visit(ADAM(), first, day("11-20"))
    outreach.book_visit(ADAM(), second, day("11-21"))
    new_events(outreach)
    outreach.move_visit(ADAM("11-06"), new_id(), day("11-22"), first)
    outreach.move_visit(EVE("11-06"), new_id(), day("11-23"), first)
    outreach.cancel_visit(EVE("11-06"), new_id(), second)
    mine, same, apart = new_events(outreach)

    assert conflicting([mine], [same, apart]) == [same]


def test_who_says_the_very_same_says_nothing_against_it():
    outreach = new_outreach()
    visit = new_id()
    outreach.book_visit(ADAM(), visit, day("11-20"))
    new_events(outreach)
    outreach.cancel_visit(ADAM("11-06"), new_id(), visit)
    (mine,) = new_events(outreach)
    other = Outreach.VisitCancelled(**{**asdict(mine), "act": new_id(), "entry": new_id()})

    assert conflicting([mine], [other]) == []


@pytest.mark.parametrize("kind", _ALWAYS_COMPATIBLE, ids=lambda kind: kind.__qualname__)
def test_what_may_come_meanwhile_is_about_no_matter(kind):
    assert kind not in _CONFLICT_KEYS


def test_of_facts_that_happened_anything_may_come_before_and_of_others_only_such():
    assert always_compatible_kinds(facts(called(ADAM()))) is None
    assert always_compatible_kinds(facts(booked(ADAM()))) == _ALWAYS_COMPATIBLE
    assert always_compatible_kinds(facts(called(ADAM()), booked(ADAM()))) == _ALWAYS_COMPATIBLE
    assert always_compatible_kinds(facts(called(imported_act()))) == ()
    assert always_compatible_kinds(Outreach.open(ADAM(), SLUG, CVR).collect_events()) == ()


# In the log: somebody is quicker between the moment this one read what is there and the moment it writes


class Overtaken(CampaignTracker):
    """Another person logs once, just before this one writes."""

    quicker = None

    def _write(self, pending, texts):
        quicker, self.quicker = self.quicker, None
        if quicker:
            quicker()
        super()._write(pending, texts)


@pytest.fixture
def two(tmp_path, noon):
    other = CampaignTracker(SqliteEventLog.at(tmp_path / "events.db", lambda: noon))
    other.store.create_table()
    other.plan(act(), SLUG, "Luk op", date(2012, 11, 1), date(2012, 12, 31))
    mine = Overtaken(SqliteEventLog.at(tmp_path / "events.db", lambda: noon))
    yield mine, other
    mine.store.close()
    other.store.close()


def test_two_calls_at_once_are_both_logged_and_nobody_notices(two):
    mine, other = two
    mine.quicker = lambda: other.log_call(EVE(), SLUG, CVR, Call(Outcome.BUSY))

    mine.log_call(ADAM(), SLUG, CVR, Call(Outcome.NO_ANSWER))

    assert [call.by for call in other.outreach(SLUG, CVR).calls.values()] == ["eve", "adam"]


def test_a_booking_that_another_overtook_is_told_of_it_and_nothing_is_logged(two):
    mine, other = two
    mine.log_call(ADAM(), SLUG, CVR, Call(Outcome.BUSY))
    mine.quicker = lambda: other.book_visit(EVE(), SLUG, CVR, day("11-21"))

    with pytest.raises(ConcurrentChange) as told:
        mine.book_visit(ADAM(), SLUG, CVR, day("11-20"))

    assert [(fact.by, fact.on) for fact in told.value.facts] == [("eve", day("11-21"))]
    assert [visit.by for visit in other.outreach(SLUG, CVR).visits.values()] == ["eve"]


def test_said_again_knowing_of_it_the_booking_goes_in(two):
    mine, other = two
    mine.log_call(ADAM(), SLUG, CVR, Call(Outcome.BUSY))
    mine.quicker = lambda: other.book_visit(EVE(), SLUG, CVR, day("11-21"))
    said = ADAM()

    for _ in range(2):
        try:
            mine.book_visit(said, SLUG, CVR, day("11-20"))
        except ConcurrentChange:
            continue

    assert [visit.by for visit in other.outreach(SLUG, CVR).visits.values()] == ["eve", "adam"]


def test_a_visit_settled_in_two_ways_at_once_is_settled_in_one(two):
    mine, other = two
    mine.book_visit(ADAM(), SLUG, CVR, day("11-20"))
    mine.quicker = lambda: other.settle_visit(EVE("11-20"), SLUG, CVR, Status.CANCELLED)

    with pytest.raises(ConcurrentChange):
        mine.settle_visit(ADAM("11-20"), SLUG, CVR, Status.HELD)

    (visit,) = other.outreach(SLUG, CVR).visits.values()
    assert visit.status is Status.CANCELLED


def test_two_targets_at_once_for_one_measure_are_asked_about(two):
    mine, other = two
    mine.quicker = lambda: other.set_target(EVE(), SLUG, Target("visits_held", 50, None, "306"))

    with pytest.raises(ConcurrentChange):
        mine.set_target(ADAM(), SLUG, Target("visits_held", 60, None, "306"))


def test_one_yield_that_began_for_the_one_and_never_did_for_the_other_is_asked_about(two):
    mine, other = two
    mine.settle_visit(ADAM("11-20"), SLUG, CVR, Status.HELD, yields=[Yield("internship"), Yield("mentorship")])
    first, second = (y.entry for y in mine.outreach(SLUG, CVR).unsettled_yields)
    mine.quicker = lambda: other.settle_start(EVE("11-26"), SLUG, CVR, False, first)
    with pytest.raises(ConcurrentChange):
        mine.settle_start(ADAM("11-26"), SLUG, CVR, True, first)

    mine.quicker = lambda: other.record_yield(EVE("11-26"), SLUG, CVR, Yield("flex-job"))
    assert len(mine.settle_start(ADAM("11-26"), SLUG, CVR, True, second)) == 1


def test_a_start_of_a_yield_that_was_taken_back_meanwhile_is_asked_about(two):
    mine, other = two
    mine.settle_visit(ADAM("11-20"), SLUG, CVR, Status.HELD, yields=[Yield("internship")])
    (recorded,) = (y.entry for y in mine.outreach(SLUG, CVR).unsettled_yields)
    mine.quicker = lambda: retract(EVE("11-26"), other, other.entry_named(recorded.hex), "another company")

    with pytest.raises(ConcurrentChange):
        mine.settle_start(ADAM("11-26"), SLUG, CVR, True, recorded)

    assert other.outreach(SLUG, CVR).effective(Outreach.StartSettled) == []


# At the terminal


@pytest.fixture
def overtaken(tmp_path, monkeypatch):
    """A consultant whom a colleague overtakes at the next act."""
    consultant = new_consultant(tmp_path / "home")
    colleague = new_consultant(tmp_path / "other")
    colleague.environment = consultant.environment | {"CAMPAIGN_CONSULTANT": "eve", "CAMPAIGN_OFFICE": "147"}
    consultant.says("call", TIMBER, "busy")
    once = ["book", TIMBER, "2012-11-22"]
    record = CampaignTracker.record

    def overtaken_record(self, *aggregates, **more):
        words = once.copy()
        once.clear()
        if words:
            colleague.now = consultant.now
            colleague.says(*words)
        return record(self, *aggregates, **more)

    monkeypatch.setattr(CampaignTracker, "record", overtaken_record)
    return consultant


def test_in_a_pipe_the_other_is_shown_and_nothing_is_logged(overtaken):
    result = overtaken.types("book", TIMBER, "2012-11-20")

    assert result.exit_code == 1
    assert result.stderr.startswith("Meanwhile eve, 147 Frederiksberg logged: visit booked for Thu 2012-11-22 (entry ")
    assert result.stderr.endswith("Nothing was logged. If yours holds all the same, say it again.\n")
    assert "Tue 2012-11-20" not in overtaken.says("history", TIMBER)


@pytest.mark.parametrize(("answer", "code", "booked"), [("y", 0, True), ("n", 1, False), ("ja", 0, True)])
def test_on_a_terminal_it_is_asked_about(overtaken, monkeypatch, answer, code, booked):
    monkeypatch.setattr("campaign.terminal.prompts.can_ask", lambda: True)

    result = overtaken.types("book", TIMBER, "2012-11-20", columns=80, answers=f"{answer}\n")

    assert result.exit_code == code
    assert "Log yours all the same?" in result.output
    assert ("Tue 2012-11-20" in overtaken.says("history", TIMBER)) is booked
