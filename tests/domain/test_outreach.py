"""What can be said of a company in a campaign, in which order, and what is refused."""

from datetime import time

import pytest
from aggregate_fixtures import CVR, SLUG, act, day, event_names, imported_act, new_events, new_id, new_outreach, replay

from domain.calls import Call
from domain.ids import outreach_id
from domain.outcomes import Outcome, Reason, Status
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.refusals import (
    CallNotAccepted,
    EntryDiffers,
    EntryReplaced,
    EntryRetractedAlready,
    EntryUnknown,
    ErasureCannotBeRetracted,
    FollowUpMissing,
    FollowUpTooEarly,
    NothingToErase,
    OriginUnknown,
    OutOfUse,
    PositionsOutOfRange,
    ReasonMissing,
    ReasonOutOfPlace,
    SameActLogged,
    StartSettledAlready,
    StartTooEarly,
    VisitNotBooked,
    VisitNotHeld,
    VisitOutOfOrder,
    VisitSettled,
    VisitUnclear,
    WordUnknown,
    YieldUnclear,
)
from domain.terms import Terms
from domain.text_reference import TextReference
from domain.yields import Yield


def called(outreach, at="11-05", outcome=Outcome.ACCEPTED, at_time=None, **kw):
    """A call that was logged, by its id."""
    entry = new_id()
    outreach.log_call(act(at, **kw, again=True), entry, Call(outcome, at_time=at_time))
    return entry


def booked(outreach, on="11-20", at="11-05", call=None):
    """A visit that was booked, by its id."""
    entry = new_id()
    outreach.book_visit(act(at, again=True), entry, day(on), call)
    return entry


def held(outreach, at="11-20", visit=None):
    """A visit that was held, by its id."""
    entry = new_id()
    outreach.hold_visit(act(at, again=True), entry, visit)
    return outreach.facts[entry].visit


def the_visit(outreach, visit):
    """What is known of the visit now."""
    return outreach.visits[visit]


def yields_of(outreach, visit):
    """The effective yields that came from the visit."""
    return [fact for fact in outreach.effective(Outreach.YieldRecorded) if fact.visit == visit]


def consequences_of_calls(outreach):
    """The effective follow-ups and wishes for no contact."""
    return [*outreach.effective(Outreach.ContactRefused), *outreach.effective(Outreach.FollowUpSet)]


def yielded(outreach, kind="internship", at="11-20", **kw):
    """A yield that was recorded, by its entry."""
    entry = new_id()
    outreach.record_yield(act(at, again=True), entry, Yield(kind, **kw))
    return entry


def refuses(outreach, refusal, work, *words):
    """The refusal is raised, its sentence holds these words, and the aggregate knows nothing new."""
    new_events(outreach)
    before = dict(outreach.facts)
    with pytest.raises(refusal) as refused:
        work()
    assert type(refused.value) is refusal
    assert [word for word in words if word not in str(refused.value)] == []
    assert new_events(outreach) == []
    assert outreach.facts == before


# Opening, inviting


def test_every_machine_gives_a_company_in_a_campaign_the_same_id():
    outreach = Outreach.open(act(), SLUG, CVR)

    assert outreach.id == Outreach.create_id(SLUG, CVR) == outreach_id(SLUG, CVR)
    assert outreach.id != outreach_id(SLUG, "10000009")


def test_opening_is_no_entry_of_its_own():
    outreach = Outreach.open(act(), SLUG, CVR)

    assert event_names(new_events(outreach)) == ["Opened"]
    assert outreach.facts == {}


def test_an_invitation_is_sent_once():
    outreach, letter, entry = new_outreach(), act(), new_id()

    assert outreach.invite(letter, entry) is True
    assert outreach.invite(letter, entry) is False
    assert event_names(new_events(outreach)) == ["InvitationSent"]


def test_an_invitation_of_the_same_id_on_another_day_is_refused():
    outreach, entry = new_outreach(), new_id()
    outreach.invite(imported_act("11-05"), entry)

    refuses(outreach, EntryDiffers, lambda: outreach.invite(imported_act("11-06"), entry), entry.hex[:8])


# Calls


@pytest.mark.parametrize("outcome", [o for o in Outcome if not (o.needs_reason or o.needs_follow_up)])
def test_a_call_is_logged_with_what_was_said(outcome):
    outreach, call = new_outreach(), act("11-05", by="bo", office="101")

    outreach.log_call(call, new_id(), Call(outcome, at_time=time(9, 30)))

    fact = new_events(outreach)[0]
    assert (fact.outcome, fact.time, fact.at, fact.by, fact.office) == (outcome, time(9, 30), call.at, "bo", "101")
    assert (fact.act, fact.batch, fact.timestamp, fact.call) == (call.id, None, call.recorded, fact.entry)


def test_a_call_of_the_same_id_is_logged_once():
    outreach, call, entry = new_outreach(), act(), new_id()

    assert outreach.log_call(call, entry, Call(Outcome.BUSY)) is True
    assert outreach.log_call(call, entry, Call(Outcome.BUSY)) is False
    assert event_names(new_events(outreach)) == ["CallLogged"]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (imported_act("11-06"), {}),
        (imported_act(by="bo"), {}),
        (imported_act(office="101"), {}),
        (imported_act(), {"outcome": Outcome.NO_ANSWER}),
        (imported_act(), {"at_time": time(9)}),
        (imported_act(), {"reason": Reason.NO_NEED}),
    ],
)
def test_a_call_of_the_same_id_with_other_content_is_refused(second, said):
    outreach, entry = new_outreach(), new_id()
    outreach.log_call(imported_act(), entry, Call(Outcome.BUSY))

    refuses(outreach, EntryDiffers, lambda: outreach.log_call(second, entry, Call(**{"outcome": Outcome.BUSY, **said})))


def test_an_entry_keeps_its_id_when_it_was_taken_back():
    outreach, call, entry = new_outreach(), act(), new_id()
    outreach.log_call(call, entry, Call(Outcome.BUSY))
    outreach.retract(act(), new_id(), entry, "wrong company")
    new_events(outreach)

    assert outreach.log_call(call, entry, Call(Outcome.BUSY)) is False
    assert new_events(outreach) == []


def test_a_no_needs_a_reason():
    outreach = new_outreach()

    refuses(
        outreach,
        ReasonMissing,
        lambda: outreach.log_call(act(), new_id(), Call(Outcome.DECLINED)),
        "--reason",
        "no-need",
    )

    outreach.log_call(act(), new_id(), Call(Outcome.DECLINED, Reason.NO_NEED))
    assert new_events(outreach)[0].reason is Reason.NO_NEED


def test_a_call_back_needs_a_day():
    outreach = new_outreach()

    refuses(
        outreach, FollowUpMissing, lambda: outreach.log_call(act(), new_id(), Call(Outcome.CALL_BACK)), "--follow-up"
    )


def test_a_day_to_call_again_is_an_entry_of_its_own():
    outreach, entry = new_outreach(), new_id()

    outreach.log_call(act(), entry, Call(Outcome.CALL_BACK, follow_up=day("11-12")))

    call, follow_up = new_events(outreach)
    assert (follow_up.call, follow_up.due, follow_up.act) == (entry, day("11-12"), call.act)
    assert follow_up.entry != call.entry


def test_somebody_may_be_called_again_the_same_day_but_not_before():
    outreach = new_outreach()

    assert outreach.log_call(act("11-05"), new_id(), Call(Outcome.CALL_BACK, follow_up=day("11-05"))) is True
    refuses(
        outreach,
        FollowUpTooEarly,
        lambda: outreach.log_call(act("11-05"), new_id(), Call(Outcome.CALL_BACK, follow_up=day("11-04"))),
        "2012-11-04",
    )


@pytest.mark.parametrize("outcome", Outcome)
def test_an_imported_call_is_not_asked_for_what_is_missing(outcome):
    outreach = new_outreach()

    assert outreach.log_call(imported_act(), new_id(), Call(outcome)) is True
    assert outreach.log_call(imported_act(), new_id(), Call(outcome)) is True
    assert len(outreach.calls) == 2


def test_a_company_that_refuses_contact_is_remembered_as_such():
    outreach = new_outreach()

    call = called(outreach, outcome=Outcome.REFUSED_CONTACT)

    assert event_names(new_events(outreach)) == ["CallLogged", "ContactRefused"]
    assert outreach.refuses_contact
    outreach.retract(act(), new_id(), next(e for e, f in outreach.facts.items() if e != call), "misheard")
    assert not outreach.refuses_contact


def test_the_same_call_twice_by_hand_asks_first():
    outreach = new_outreach()
    earlier = called(outreach, outcome=Outcome.NO_ANSWER)

    refuses(
        outreach,
        SameActLogged,
        lambda: outreach.log_call(act(), new_id(), Call(Outcome.NO_ANSWER)),
        "--again",
        "anna",
        earlier.hex[:8],
    )
    assert outreach.log_call(act(again=True), new_id(), Call(Outcome.NO_ANSWER)) is True


@pytest.mark.parametrize(
    ("other", "outcome"),
    [(act("11-06"), Outcome.NO_ANSWER), (act(by="bo"), Outcome.NO_ANSWER), (act(), Outcome.BUSY)],
)
def test_another_day_person_or_outcome_is_another_call(other, outcome):
    outreach = new_outreach()
    called(outreach, outcome=Outcome.NO_ANSWER)

    assert outreach.log_call(other, new_id(), Call(outcome)) is True


def test_a_call_taken_back_can_be_logged_again_without_asking():
    outreach = new_outreach()
    outreach.retract(act(), new_id(), called(outreach, outcome=Outcome.NO_ANSWER), "wrong company")

    assert outreach.log_call(act(), new_id(), Call(Outcome.NO_ANSWER)) is True


def test_a_correction_of_a_call_keeps_the_calls_name():
    outreach = new_outreach()
    wrong = called(outreach, outcome=Outcome.NO_ANSWER)
    outreach.retract(act(), new_id(), wrong, "was busy")

    outreach.log_call(act(), new_id(), Call(Outcome.BUSY), wrong)

    assert [(c.call, c.outcome) for c in outreach.calls.values()] == [(wrong, Outcome.BUSY)]


def test_a_corrected_call_has_a_day_to_call_again_of_its_own():
    outreach, one, wrong, right = new_outreach(), imported_act(), new_id(), new_id()
    outreach.log_call(one, wrong, Call(Outcome.CALL_BACK, follow_up=day("11-12")))
    outreach.retract(act(), new_id(), wrong, "another day")

    outreach.log_call(one, right, Call(Outcome.CALL_BACK, follow_up=day("11-13")), wrong)

    follow_ups = [fact for fact in outreach.facts.values() if isinstance(fact, Outreach.FollowUpSet)]
    assert [(fact.call, fact.due) for fact in follow_ups] == [(wrong, day("11-12")), (wrong, day("11-13"))]


# Booking


def test_a_visit_is_booked_for_a_day():
    outreach, entry = new_outreach(), new_id()

    assert outreach.book_visit(act("11-05"), entry, day("11-20")) is True

    visit = outreach.visits[entry]
    assert (visit.status, visit.on, visit.booked_on, visit.call) == (Status.PLANNED, day("11-20"), day("11-05"), None)


def test_a_booking_of_the_same_id_is_made_once():
    outreach, booking, entry = new_outreach(), act(), new_id()

    assert outreach.book_visit(booking, entry, day("11-20")) is True
    assert outreach.book_visit(booking, entry, day("11-20")) is False
    refuses(outreach, EntryDiffers, lambda: outreach.book_visit(booking, entry, day("11-21")))


def test_a_visit_can_be_booked_for_the_same_day_but_not_for_one_before():
    outreach = new_outreach()

    assert outreach.book_visit(act("11-05"), new_id(), day("11-05")) is True
    refuses(outreach, VisitOutOfOrder, lambda: outreach.book_visit(act("11-05"), new_id(), day("11-04")), "2012-11-04")


def test_the_same_booking_twice_by_hand_asks_first():
    outreach = new_outreach()
    booked(outreach, "11-20")

    refuses(outreach, SameActLogged, lambda: outreach.book_visit(act(), new_id(), day("11-20")), "--again")
    assert outreach.book_visit(act(), new_id(), day("11-21")) is True
    assert outreach.book_visit(act(again=True), new_id(), day("11-20")) is True
    assert outreach.book_visit(imported_act(), new_id(), day("11-20")) is True


def test_a_visit_was_booked_by_the_latest_accepted_call():
    outreach = new_outreach()
    called(outreach, "11-02")
    latest = called(outreach, "11-04")
    called(outreach, "11-05", Outcome.NO_ANSWER)

    assert the_visit(outreach, booked(outreach)).call == latest


def test_of_several_accepted_calls_on_a_day_the_later_by_the_clock_booked_the_visit():
    outreach = new_outreach()
    called(outreach, "11-05")
    later = called(outreach, "11-05", at_time=time(14))
    called(outreach, "11-05", at_time=time(9))
    called(outreach, "11-05")

    assert the_visit(outreach, booked(outreach)).call == later


def test_a_call_books_one_visit():
    outreach = new_outreach()
    first, second = called(outreach, "11-02"), called(outreach, "11-04")

    found = [the_visit(outreach, booked(outreach, on)).call for on in ("11-20", "11-21", "11-22")]

    assert found == [second, first, None]


def test_a_call_after_the_booking_did_not_book_the_visit():
    outreach = new_outreach()
    called(outreach, "11-06")

    assert the_visit(outreach, booked(outreach, at="11-05")).call is None


def test_a_call_taken_back_books_no_visit():
    outreach = new_outreach()
    outreach.retract(act(), new_id(), called(outreach, "11-04"), "wrong company")

    assert the_visit(outreach, booked(outreach)).call is None


def test_a_call_is_free_again_when_its_visit_is_taken_back():
    outreach = new_outreach()
    call = called(outreach, "11-04")
    outreach.retract(act(), new_id(), booked(outreach, "11-20"), "wrong day")

    assert the_visit(outreach, booked(outreach, "11-21")).call == call


def test_a_visit_that_names_its_call_keeps_to_it():
    outreach = new_outreach()
    first = called(outreach, "11-02")
    called(outreach, "11-04")

    assert the_visit(outreach, booked(outreach, call=first)).call == first


# What happens to a visit


def test_a_visit_moved_twice_then_held_is_one_visit():
    outreach = new_outreach()
    visit = booked(outreach, "11-20")

    outreach.move_visit(act("11-18"), new_id(), day("11-25"))
    outreach.move_visit(act("11-24"), new_id(), day("11-28"))
    outreach.hold_visit(act("11-28"), new_id())

    assert [(v.id, v.status, v.on) for v in outreach.visits.values()] == [(visit, Status.HELD, day("11-28"))]


def test_a_visit_is_held_on_the_day_it_was_held():
    outreach = new_outreach()
    visit = booked(outreach, "11-20")

    held(outreach, "11-22")

    assert (outreach.visits[visit].status, outreach.visits[visit].on) == (Status.HELD, day("11-22"))


def test_a_held_visit_belongs_to_whoever_held_it():
    outreach = new_outreach()
    visit = booked(outreach)

    outreach.hold_visit(act("11-20", by="bo", office="101"), new_id())

    assert (outreach.visits[visit].by, outreach.visits[visit].office) == ("bo", "101")


def test_a_visit_held_unbooked_counts_as_booked_that_day_by_the_accepted_call():
    outreach = new_outreach()
    call = called(outreach, "11-10")

    visit = the_visit(outreach, held(outreach, "11-20"))

    assert (visit.status, visit.on, visit.booked_on, visit.call) == (Status.HELD, day("11-20"), day("11-20"), call)


@pytest.mark.parametrize(
    ("settle", "status", "at"),
    [("miss_visit", Status.NO_SHOW, "11-21"), ("cancel_visit", Status.CANCELLED, "11-19")],
)
def test_a_visit_missed_or_cancelled_keeps_the_day_it_was_planned_for(settle, status, at):
    outreach = new_outreach()
    visit = booked(outreach, "11-20")

    assert getattr(outreach, settle)(act(at), new_id()) is True

    assert (outreach.visits[visit].status, outreach.visits[visit].on) == (status, day("11-20"))


STEPS = {
    "moved": lambda outreach, *words, **more: outreach.move_visit(*words, to=day("11-25"), **more),
    "held": lambda outreach, *words, **more: outreach.hold_visit(*words, **more),
    "missed": lambda outreach, *words, **more: outreach.miss_visit(*words, **more),
    "cancelled": lambda outreach, *words, **more: outreach.cancel_visit(*words, **more),
}
each_step = pytest.mark.parametrize("word", STEPS)


@each_step
def test_a_step_of_the_same_id_is_taken_once(word):
    outreach, step, entry = new_outreach(), act("11-20"), new_id()
    booked(outreach)
    new_events(outreach)

    assert STEPS[word](outreach, step, entry) is True
    assert STEPS[word](outreach, step, entry) is False
    assert len(new_events(outreach)) == 1
    refuses(outreach, EntryDiffers, lambda: STEPS[word](outreach, act("11-21"), entry))


@each_step
def test_a_step_names_the_visit_it_is_of_when_several_are_planned(word):
    outreach = new_outreach()
    first, second = booked(outreach, "11-20"), booked(outreach, "11-22")

    refuses(
        outreach,
        VisitUnclear,
        lambda: STEPS[word](outreach, act("11-20"), new_id()),
        first.hex[:8],
        second.hex[:8],
        "--visit",
    )
    assert STEPS[word](outreach, act("11-22"), new_id(), visit=second) is True
    assert outreach.visits[first].status is Status.PLANNED


@each_step
def test_nothing_happens_to_a_visit_that_is_not_known(word):
    outreach, unknown = new_outreach(), new_id()
    booked(outreach)

    refuses(
        outreach, EntryUnknown, lambda: STEPS[word](outreach, act("11-20"), new_id(), visit=unknown), unknown.hex[:8]
    )


@each_step
@pytest.mark.parametrize("settled", ["held", "missed", "cancelled"])
def test_nothing_more_happens_to_a_settled_visit(word, settled):
    outreach = new_outreach()
    visit = booked(outreach)
    STEPS[settled](outreach, act("11-20"), new_id())

    status = str(outreach.visits[visit].status)
    refuses(
        outreach, VisitSettled, lambda: STEPS[word](outreach, act("11-20", "bo"), new_id(), visit=visit), status, word
    )


@each_step
def test_a_step_does_not_come_before_the_visit_was_agreed(word):
    outreach = new_outreach()
    booked(outreach, "11-20", at="11-10")

    refuses(outreach, VisitOutOfOrder, lambda: STEPS[word](outreach, act("11-09"), new_id()), "2012-11-09")


@each_step
def test_a_step_may_come_the_day_the_visit_was_agreed(word):
    outreach = new_outreach()
    booked(outreach, "11-20", at="11-20")

    assert STEPS[word](outreach, act("11-20"), new_id()) is True


@pytest.mark.parametrize("word", ["held", "missed", "cancelled"])
def test_a_step_does_not_come_before_the_one_before(word):
    outreach = new_outreach()
    booked(outreach, "11-20", at="11-10")
    outreach.move_visit(act("11-15"), new_id(), day("11-25"))

    refuses(outreach, VisitOutOfOrder, lambda: STEPS[word](outreach, act("11-14"), new_id()), "2012-11-15")


@pytest.mark.parametrize("word", ["moved", "missed", "cancelled"])
def test_only_a_planned_visit_is_moved_missed_or_cancelled(word):
    outreach = new_outreach()

    refuses(outreach, VisitNotBooked, lambda: STEPS[word](outreach, act("11-20"), new_id()), word)


def test_a_visit_may_be_moved_to_the_day_of_the_act_but_not_to_one_before():
    outreach = new_outreach()
    booked(outreach)

    assert outreach.move_visit(act("11-20"), new_id(), day("11-20")) is True
    refuses(outreach, VisitOutOfOrder, lambda: outreach.move_visit(act("11-20"), new_id(), day("11-19")), "2012-11-19")


def test_a_second_visit_held_the_same_day_by_hand_asks_first():
    outreach = new_outreach()
    held(outreach, "11-20")

    refuses(outreach, SameActLogged, lambda: outreach.hold_visit(act("11-20"), new_id()), "--again")
    assert outreach.hold_visit(act("11-20", again=True), new_id()) is True
    assert outreach.hold_visit(imported_act("11-20"), new_id()) is True
    assert len(outreach.visits) == 3


def test_an_imported_visit_that_is_not_known_was_held_unbooked():
    outreach, visit = new_outreach(), new_id()

    outreach.hold_visit(imported_act("11-20"), new_id(), visit)

    assert outreach.visits[visit].status is Status.HELD


# Taking back


@pytest.mark.parametrize("settled", ["held", "missed", "cancelled"])
def test_a_visit_taken_back_leaves_with_all_that_happened_to_it(settled):
    outreach = new_outreach()
    visit = booked(outreach)
    outreach.move_visit(act("11-18"), new_id(), day("11-20"))
    STEPS[settled](outreach, act("11-20"), new_id())

    outreach.retract(act(), new_id(), visit, "another company")

    assert outreach.visits == {}
    assert len(outreach.facts) == 4


def test_a_visit_is_planned_again_when_its_holding_is_taken_back():
    outreach, entry = new_outreach(), new_id()
    visit = booked(outreach, "11-20")
    outreach.hold_visit(act("11-22"), entry)

    outreach.retract(act(), new_id(), entry, "it was another company")

    assert (outreach.visits[visit].status, outreach.visits[visit].on) == (Status.PLANNED, day("11-20"))
    assert outreach.miss_visit(act("11-20"), new_id()) is True


def test_what_was_taken_back_stands_again_when_the_retraction_is_taken_back():
    outreach, retraction = new_outreach(), new_id()
    call = called(outreach)
    outreach.retract(act(), retraction, call, "wrong company")
    assert not outreach.is_effective(call)

    outreach.retract(act(), new_id(), retraction, "it was right")

    assert outreach.is_effective(call)
    assert not outreach.is_effective(retraction)
    assert list(outreach.calls) == [call]


def test_a_fact_that_stands_again_can_be_taken_back_again():
    outreach, first, second = new_outreach(), new_id(), new_id()
    call = called(outreach)
    outreach.retract(act(), first, call, "wrong")
    outreach.retract(act(), new_id(), first, "right")

    outreach.retract(act(), second, call, "wrong after all")
    assert not outreach.is_effective(call)

    outreach.retract(act(), new_id(), second, "right after all")
    assert outreach.is_effective(call)


def test_only_what_is_here_and_stands_can_be_taken_back():
    outreach, unknown, retraction, back = new_outreach(), new_id(), new_id(), new_id()
    call = called(outreach)
    outreach.retract(act(), retraction, call, "wrong")

    refuses(outreach, EntryUnknown, lambda: outreach.retract(act(), new_id(), unknown, ""), unknown.hex[:8])
    refuses(outreach, EntryRetractedAlready, lambda: outreach.retract(act(), new_id(), call, ""), call.hex[:8])
    outreach.retract(act(), back, retraction, "right")
    refuses(outreach, EntryRetractedAlready, lambda: outreach.retract(act(), new_id(), retraction, ""))
    refuses(outreach, EntryRetractedAlready, lambda: outreach.retract(act(), new_id(), back, ""), "retract that fact")


def test_a_retraction_says_what_and_why():
    outreach, entry = new_outreach(), new_id()
    call = called(outreach)
    new_events(outreach)

    outreach.retract(act("11-07", by="bo"), entry, call, "wrong company")

    fact = new_events(outreach)[0]
    assert (fact.entry, fact.target, fact.because, fact.by) == (entry, call, "wrong company", "bo")


# Yields


def test_a_yield_came_from_the_visit_that_is_named():
    outreach = new_outreach()
    visit = held(outreach)

    entry = yielded(outreach, "wage-subsidy", visit=visit, positions=2, terms=Terms(hours_per_week=37))

    fact = outreach.facts[entry]
    assert (fact.visit, fact.call, fact.kind, fact.positions) == (visit, None, "wage-subsidy", 2)
    assert fact.place.hours_per_week == 37
    assert yields_of(outreach, visit) == [fact]


def test_a_yield_came_from_the_latest_held_visit():
    outreach = new_outreach()
    held(outreach, "11-10")
    later = held(outreach, "11-15")
    called(outreach, "11-18")
    booked(outreach, "11-25")

    assert outreach.facts[yielded(outreach)].visit == later


def test_a_yield_came_from_the_latest_call_that_reached_somebody_when_no_visit_was_held():
    outreach = new_outreach()
    called(outreach, "11-10")
    called(outreach, "11-12")
    later = called(outreach, "11-12", at_time=time(14))
    called(outreach, "11-12", at_time=time(9))
    called(outreach, "11-14", Outcome.NO_ANSWER)

    for on in ("11-12", "11-20"):
        fact = outreach.facts[yielded(outreach, at=on)]
        assert (fact.visit, fact.call, fact.positions) == (None, later, 1)


def test_what_happened_after_the_yield_is_not_its_origin():
    outreach = new_outreach()
    visit = held(outreach, "11-10")
    held(outreach, "11-25")

    assert outreach.facts[yielded(outreach, at="11-20")].visit == visit


def test_a_yield_needs_an_origin():
    outreach = new_outreach()
    called(outreach, "11-05", Outcome.NO_ANSWER)
    booked(outreach, "11-20")

    refuses(outreach, OriginUnknown, lambda: yielded(outreach), "held visit or a call")


def test_a_yield_has_one_origin_of_this_company():
    outreach = new_outreach()
    visit, call, unknown = held(outreach, "11-10"), called(outreach, "11-05"), new_id()

    refuses(outreach, OriginUnknown, lambda: yielded(outreach, visit=visit, call=call), "not both")
    refuses(outreach, OriginUnknown, lambda: yielded(outreach, visit=unknown), unknown.hex[:8])
    refuses(outreach, OriginUnknown, lambda: yielded(outreach, call=unknown), unknown.hex[:8])


@pytest.mark.parametrize("word", ["planned", "no-show", "cancelled"])
def test_a_visit_that_was_not_held_yields_nothing(word):
    outreach = new_outreach()
    visit = booked(outreach)
    if word != "planned":
        STEPS["missed" if word == "no-show" else word](outreach, act("11-20"), new_id())

    refuses(outreach, VisitNotHeld, lambda: yielded(outreach, visit=visit), word)


def test_an_origin_taken_back_yields_nothing():
    outreach = new_outreach()
    visit, call = held(outreach), called(outreach)
    for entry in (visit, call):
        outreach.retract(act(), new_id(), entry, "wrong company")

    refuses(outreach, OriginUnknown, lambda: yielded(outreach, visit=visit))
    refuses(outreach, OriginUnknown, lambda: yielded(outreach, call=call))
    refuses(outreach, OriginUnknown, lambda: yielded(outreach))


def test_nothing_is_yielded_before_the_visit_or_call():
    outreach = new_outreach()
    visit, call = held(outreach, "11-20"), called(outreach, "11-20")

    refuses(outreach, OriginUnknown, lambda: yielded(outreach, at="11-19", visit=visit), "2012-11-19")
    refuses(outreach, OriginUnknown, lambda: yielded(outreach, at="11-19", call=call), "2012-11-19")


@pytest.mark.parametrize("positions", [0, -1, 1000, 10**12])
@pytest.mark.parametrize("how", [act, imported_act])
def test_an_absurd_number_of_positions_is_refused(positions, how):
    outreach = new_outreach()
    visit = held(outreach)

    refuses(
        outreach,
        PositionsOutOfRange,
        lambda: outreach.record_yield(how("11-20"), new_id(), Yield("internship", positions, visit)),
        str(positions),
    )


@pytest.mark.parametrize("positions", [1, 999])
def test_a_number_of_positions_goes_to_999(positions):
    outreach = new_outreach()
    held(outreach)

    assert outreach.facts[yielded(outreach, positions=positions)].positions == positions


@pytest.mark.parametrize("how", [act, imported_act])
def test_a_kind_that_is_none_is_refused(how):
    outreach = new_outreach()
    held(outreach)

    refuses(
        outreach,
        WordUnknown,
        lambda: outreach.record_yield(how("11-20"), new_id(), Yield("intership")),
        "mean internship?",
    )


def test_a_kind_is_stored_under_its_own_name_however_it_was_said():
    outreach = new_outreach()
    held(outreach)

    assert outreach.facts[yielded(outreach, "Virksomhedspraktik")].kind == "internship"


def test_a_kind_out_of_use_is_refused_by_hand_and_taken_from_an_import():
    outreach, late = new_outreach(), day("2013-07-01")
    held(outreach)

    refuses(outreach, OutOfUse, lambda: yielded(outreach, "acute-job", at="2013-07-01"), str(late))
    refuses(outreach, OutOfUse, lambda: yielded(outreach, "acute-job", terms=Terms(starts_on=late)), str(late))
    assert outreach.record_yield(imported_act("2013-07-01"), new_id(), Yield("acute-job")) is True


def test_a_yield_of_the_same_id_is_recorded_once():
    outreach, recorded, entry = new_outreach(), act("11-20"), new_id()
    visit = held(outreach)
    new_events(outreach)

    assert outreach.record_yield(recorded, entry, Yield("internship", 2, visit)) is True
    assert outreach.record_yield(recorded, entry, Yield("internship", 2, visit)) is False
    assert event_names(new_events(outreach)) == ["YieldRecorded"]
    refuses(outreach, EntryDiffers, lambda: outreach.record_yield(recorded, entry, Yield("internship", 3, visit)))


def test_the_same_yield_twice_by_hand_asks_first():
    outreach = new_outreach()
    visit = held(outreach)
    yielded(outreach, "internship", visit=visit)

    def again(kind="internship", how=act, **kw):
        return outreach.record_yield(how("11-20", **kw), new_id(), Yield(kind, visit=visit))

    refuses(outreach, SameActLogged, again, "--again")
    assert again("wage-subsidy") is True
    assert again(how=imported_act) is True
    assert again(again=True) is True


def test_one_act_may_yield_the_same_kind_twice():
    outreach, one = new_outreach(), act("11-20")
    visit = held(outreach)

    for hours in (20, 37):
        outreach.record_yield(one, new_id(), Yield("small-job", visit=visit, terms=Terms(hours_per_week=hours)))

    assert len(yields_of(outreach, visit)) == 2


# Replay


def test_a_history_replayed_is_the_same_outreach():
    outreach = Outreach.open(act("11-01"), SLUG, CVR)
    called(outreach)
    visit = booked(outreach)
    outreach.move_visit(act("11-06"), new_id(), day("11-21"))
    held(outreach, "11-21")
    gone = yielded(outreach, at="11-21")
    outreach.retract(act("11-22"), new_id(), gone, "never came")

    again = replay(new_events(outreach))

    assert (again.facts, again.retractions, again.version) == (outreach.facts, outreach.retractions, outreach.version)
    assert (again.slug, again.cvr, again.id) == (SLUG, CVR, outreach.id)
    assert again.visits == outreach.visits
    assert yields_of(again, visit) == []


def test_a_call_that_was_not_accepted_books_no_visit():
    outreach = new_outreach()
    call = called(outreach, outcome=Outcome.NO_ANSWER)

    with pytest.raises(CallNotAccepted, match="Log it as accepted"):
        booked(outreach, call=call)

    assert not outreach.visits


def test_a_yield_logged_again_without_an_origin_changes_nothing_even_when_its_visit_is_gone():
    outreach = new_outreach()
    visit, entry = held(outreach, "11-20"), new_id()
    outreach.record_yield(act("11-20"), entry, Yield("internship"))
    outreach.retract(act("11-21"), new_id(), visit, "wrong company")

    assert not outreach.record_yield(act("11-20"), entry, Yield("internship"))


def test_nobody_can_have_missed_a_visit_before_its_day():
    outreach = new_outreach()
    booked(outreach, on="11-20")

    refuses(outreach, VisitOutOfOrder, lambda: outreach.miss_visit(act("11-19"), new_id()), "2012-11-20")


def test_with_a_call_goes_the_wish_for_no_contact_that_was_said_in_it():
    outreach, call = new_outreach(), new_id()
    outreach.log_call(act(), call, Call(Outcome.REFUSED_CONTACT))

    outreach.retract(act(), new_id(), call, "another company")

    assert not outreach.refuses_contact


def test_a_booking_corrected_later_keeps_what_happened_to_the_visit():
    outreach = new_outreach()
    visit = booked(outreach, on="11-20", at="11-05")
    held(outreach, "11-20", visit)
    outreach.retract(act("11-21"), new_id(), visit, "wrong day")

    outreach.book_visit(imported_act("11-04"), new_id(), day("11-20"), visit=visit)

    assert outreach.visits[visit].status is Status.HELD


def test_a_reason_for_a_no_goes_with_a_no():
    outreach = new_outreach()

    refuses(
        outreach,
        ReasonOutOfPlace,
        lambda: outreach.log_call(act(), new_id(), Call(Outcome.ACCEPTED, Reason.NO_TIME)),
        "--reason",
    )


# Notes


KEPT = TextReference(new_id(), "5f" * 32)


def test_a_note_is_about_a_fact_and_its_text_lies_apart():
    outreach = new_outreach()
    outreach.log_call(act(), call := new_id(), Call(Outcome.NO_ANSWER))
    new_events(outreach)

    outreach.take_note(act(), note := new_id(), call, KEPT)

    (taken,) = new_events(outreach)
    assert (type(taken).__name__, taken.note, taken.about, taken.kept) == ("NoteTaken", note, call, KEPT)
    assert (outreach.notes, outreach.texts) == ({note: KEPT}, {KEPT.text})


def test_an_erased_note_is_kept_no_more_and_is_erased_once():
    outreach = new_outreach()
    outreach.take_note(act(), note := new_id(), new_id(), KEPT)
    new_events(outreach)

    outreach.erase_note(act(), new_id(), note, "asked for it")

    assert (event_names(new_events(outreach)), outreach.notes, outreach.texts) == (["NoteErased"], {}, set())
    refuses(outreach, NothingToErase, lambda: outreach.erase_note(act(), new_id(), note, "asked for it"), "no note")


def test_the_text_of_a_note_that_was_taken_back_is_kept_until_it_is_erased():
    outreach = new_outreach()
    outreach.take_note(act(), note := new_id(), new_id(), KEPT)

    outreach.retract(act(), new_id(), note, "undone")

    assert outreach.texts == {KEPT.text}


def test_an_erasure_cannot_be_taken_back():
    outreach = new_outreach()
    outreach.take_note(act(), note := new_id(), new_id(), KEPT)
    outreach.erase_note(act(), erasure := new_id(), note, "asked for it")

    new_events(outreach)
    refuses(
        outreach,
        ErasureCannotBeRetracted,
        lambda: outreach.retract(act(), new_id(), erasure, "by mistake"),
        "brought back",
    )


# Starts


def agreed(outreach, at="11-20", starts="11-26"):
    """A yield of a visit that was held, with a first day."""
    visit = held(outreach, at)
    return yielded(outreach, at=at, visit=visit, terms=Terms(starts_on=day(starts)))


@pytest.mark.parametrize("began", [True, False])
def test_of_a_yield_it_is_said_that_it_began_or_never_will(began):
    outreach = new_outreach()
    recorded = agreed(outreach)
    new_events(outreach)

    assert outreach.settle_start(act("11-26", by="bo"), new_id(), recorded, began) is True

    (fact,) = new_events(outreach)
    assert isinstance(fact, Outreach.StartSettled)
    assert (fact.recorded, fact.began, fact.at, fact.by) == (recorded, began, day("11-26"), "bo")
    assert outreach.unsettled_yields == []


def test_the_only_yield_that_is_still_to_begin_need_not_be_named():
    outreach = new_outreach()
    first, second = agreed(outreach), agreed(outreach, "11-21")
    outreach.settle_start(act("11-26"), new_id(), first, True)

    outreach.settle_start(act("11-27"), new_id(), None, True)

    assert [fact.recorded for fact in outreach.effective(Outreach.StartSettled)] == [first, second]


def test_of_several_yields_the_one_that_began_has_to_be_named():
    outreach = new_outreach()
    first, second = agreed(outreach), agreed(outreach, "11-21")

    refuses(
        outreach,
        YieldUnclear,
        lambda: outreach.settle_start(act("11-26"), new_id(), None, True),
        *(first.hex[:8], second.hex[:8], "--yield ENTRY"),
    )


def test_where_nothing_was_agreed_nothing_begins():
    outreach = new_outreach()

    refuses(outreach, EntryUnknown, lambda: outreach.settle_start(act(), new_id(), None, True), "still to begin")


@pytest.mark.parametrize("tell_of", [lambda outreach: called(outreach), lambda _: new_id()])
def test_only_a_yield_of_this_company_begins(tell_of):
    outreach = new_outreach()
    agreed(outreach)
    other = tell_of(outreach)

    refuses(outreach, EntryUnknown, lambda: outreach.settle_start(act("11-26"), new_id(), other, True), other.hex[:8])


@pytest.mark.parametrize("began", [True, False])
def test_a_start_is_settled_once_until_that_is_taken_back(began):
    outreach = new_outreach()
    recorded, settled = agreed(outreach), new_id()
    outreach.settle_start(act("11-26"), settled, recorded, True)

    refuses(
        outreach,
        StartSettledAlready,
        lambda: outreach.settle_start(act("11-27"), new_id(), recorded, began),
        "Undo it first",
    )
    outreach.retract(act("11-27"), new_id(), settled, "it did not")

    assert outreach.settle_start(act("11-27"), new_id(), recorded, began) is True


def test_a_start_of_the_same_id_is_settled_once_however_it_was_named():
    outreach, entry = new_outreach(), new_id()
    recorded = agreed(outreach)
    outreach.settle_start(act("11-26"), entry, None, True)
    new_events(outreach)

    assert outreach.settle_start(act("11-26"), entry, None, True) is False
    assert outreach.settle_start(act("11-26"), entry, recorded, True) is False
    refuses(outreach, EntryDiffers, lambda: outreach.settle_start(act("11-26"), entry, recorded, False))
    refuses(outreach, EntryDiffers, lambda: outreach.settle_start(act("11-26"), entry, new_id(), True))


@pytest.mark.parametrize("began", [True, False])
def test_nobody_knows_whether_it_began_before_it_was_agreed(began):
    outreach = new_outreach()
    recorded = agreed(outreach, "11-20")

    refuses(
        outreach, StartTooEarly, lambda: outreach.settle_start(act("11-19"), new_id(), recorded, began), "2012-11-20"
    )
    assert outreach.settle_start(act("11-20"), new_id(), recorded, began) is True


def test_a_start_leaves_with_its_yield_and_returns_with_it():
    outreach = new_outreach()
    recorded, gone = agreed(outreach), new_id()
    outreach.settle_start(act("11-26"), new_id(), recorded, True)
    outreach.retract(act("11-27"), gone, recorded, "never agreed")
    assert outreach.unsettled_yields == []

    outreach.retract(act("11-28"), new_id(), gone, "it was")

    assert outreach.unsettled_yields == []
    refuses(outreach, StartSettledAlready, lambda: outreach.settle_start(act("11-28"), new_id(), recorded, True))


def test_a_yield_that_was_taken_back_does_not_begin():
    outreach = new_outreach()
    recorded = agreed(outreach)
    outreach.retract(act("11-27"), new_id(), recorded, "never agreed")

    refuses(outreach, EntryUnknown, lambda: outreach.settle_start(act("11-28"), new_id(), recorded, True))


# Bases for contact


def test_a_basis_of_an_earlier_day_is_recorded_beside_that_of_a_later_one():
    outreach, entry = new_outreach(), new_id()

    assert outreach.allow_contact(act("11-06"), entry, ContactBasis.CONSENT) is True
    assert outreach.allow_contact(act("11-06"), entry, ContactBasis.CONSENT) is False
    assert outreach.allow_contact(act("11-02"), new_id(), ContactBasis.CONSENT) is True
    assert [fact.at for fact in new_events(outreach)] == [day("11-06"), day("11-02")]


def test_a_basis_is_gone_when_it_is_taken_back():
    outreach, entry = new_outreach(), new_id()
    outreach.allow_contact(act(), entry, ContactBasis.CONSENT)

    outreach.retract(act("11-07"), new_id(), entry, "another company")

    assert outreach.bases == []


def test_with_a_call_that_stands_again_so_do_the_wish_and_the_day_said_in_it():
    for outcome, follow_up in ((Outcome.REFUSED_CONTACT, None), (Outcome.CALL_BACK, day("11-12"))):
        outreach, call, gone = new_outreach(), new_id(), new_id()
        outreach.log_call(act(), call, Call(outcome, follow_up=follow_up))
        outreach.retract(act("11-06"), gone, call, "another company")
        assert consequences_of_calls(outreach) == []

        outreach.retract(act("11-07"), new_id(), gone, "it was this one")

        assert len(consequences_of_calls(outreach)) == 1


def test_there_may_be_several_bases():
    outreach = new_outreach()
    for basis in ContactBasis:
        outreach.allow_contact(act(), new_id(), basis)

    assert outreach.bases == list(ContactBasis)


def test_a_basis_of_the_same_id_with_other_content_is_refused():
    outreach, entry = new_outreach(), new_id()
    outreach.allow_contact(act(), entry, ContactBasis.CONSENT)

    assert outreach.allow_contact(act(), entry, ContactBasis.CONSENT) is False
    refuses(outreach, EntryDiffers, lambda: outreach.allow_contact(act(), entry, ContactBasis.DUTY))


def test_a_basis_does_not_undo_that_the_company_asked_not_to_be_contacted():
    outreach = new_outreach()
    called(outreach, outcome=Outcome.REFUSED_CONTACT)
    outreach.allow_contact(act("11-06"), new_id(), ContactBasis.COOPERATION)

    assert outreach.refuses_contact


def test_a_call_that_was_corrected_does_not_stand_again_beside_its_correction():
    outreach = new_outreach()
    wrong, gone, anew = called(outreach, outcome=Outcome.NO_ANSWER), new_id(), new_id()
    outreach.retract(act(), gone, wrong, "was busy")
    outreach.log_call(act(), anew, Call(Outcome.BUSY), wrong)

    refuses(outreach, EntryReplaced, lambda: outreach.retract(act(), new_id(), gone, "was not"), anew.hex[:8])

    outreach.retract(act(), new_id(), anew, "was not")
    outreach.retract(act(), new_id(), gone, "was not")
    assert [c.outcome for c in outreach.calls.values()] == [Outcome.NO_ANSWER]


def test_a_booking_that_was_corrected_does_not_stand_again_beside_its_correction():
    outreach = new_outreach()
    visit, gone = booked(outreach, on="11-20"), new_id()
    outreach.retract(act(), gone, visit, "another day")
    outreach.book_visit(act(), new_id(), day("11-21"), visit=visit)

    refuses(outreach, EntryReplaced, lambda: outreach.retract(act(), new_id(), gone, "no"), "was corrected")
