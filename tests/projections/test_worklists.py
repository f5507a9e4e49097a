"""Worklists: what is on them, whose it is, which single entry takes it off, and that it returns when that is taken back."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, Told, asked
from campaign_strategies import ToldUntil, mixtures, plans, tell
from hypothesis import given
from hypothesis import strategies as st

from projections.questions.hit_rates import hit_rates
from projections.questions.worklists import ITEM_KINDS, Item, due_on, overdue, overdue_counts

pytestmark = pytest.mark.both_stores


NOV_1, NOV_8, NOV_9, NOV_20 = "2012-11-01", "2012-11-08", "2012-11-09", "2012-11-20"


def what(items: list[Item]) -> list[tuple[str, str]]:
    """What is listed, of which day."""
    return [(item.what, item.day) for item in items]


def late(told: Told, on: str = "2012-12-01", **scope) -> list[str]:
    """What is overdue on a day."""
    return [item.what for item in told.overdue(today=on, **scope).items]


def called_back(told: Told, cvr: str = BAKERY, at: str = NOV_1, follow_up: str = NOV_8, **more) -> UUID:
    return told.called(cvr, "call-back", at, follow_up, **more)


def agreed(told: Told, starts: str = NOV_20, positions: int = 1, at: str = "2012-11-05", **more) -> UUID:
    """A yield with a first day, of a visit that was held."""
    visit = told.visited(at=at, **more)
    return told.yielded("internship", positions, visit, at=at, starts=starts, **more)


# What is listed, and on which days


@pytest.mark.parametrize(
    ("tell_of", "item", "day"),
    [
        (lambda told: told.booked(on=NOV_20), "visit", NOV_20),
        (lambda told: called_back(told), "call-back", NOV_8),
        (lambda told: told.called(BAKERY, "no-answer", NOV_1, NOV_8), "follow-up", NOV_8),
        (lambda told: agreed(told), "start", NOV_20),
    ],
)
def test_what_is_agreed_for_a_day_is_listed_that_day_and_overdue_from_the_next(tell_of, item, day):
    told = Told()
    tell_of(told)
    before, after = str(date.fromisoformat(day).replace(day=int(day[-2:]) - 1)), day[:-2] + f"{int(day[-2:]) + 1:02}"

    due = {on: what(told.due(on).items) for on in (before, day, after)}
    overdue = {on: what(told.overdue(today=on).items) for on in (before, day, after)}

    assert due == {before: [], day: [(item, day)], after: []}
    assert overdue == {before: [], day: [], after: [(item, day)]}


def test_a_yes_without_a_visit_is_overdue_from_the_next_day_and_never_due():
    told = Told()
    told.called(outcome="accepted", at=NOV_8)

    assert what(told.due(NOV_8).items) == late(told, NOV_8) == []
    assert what(told.overdue(today=NOV_9).items) == [("accepted-not-booked", NOV_8)]


def test_an_item_says_whose_it_is_since_when_and_by_which_entry_to_name_it():
    told = Told()
    told.described(BAKERY)
    start = agreed(told, positions=3, by="bo", office="101")

    (item,) = told.overdue(today="2012-11-23").items

    assert item == Item(
        *("start", NOV_20, 3, "open-doors", BAKERY, f"Company {BAKERY}", "101", "Hovedstaden", "bo", "internship", 3),
        start.hex,
    )


def test_items_come_by_day_then_office_then_company():
    told = Told()
    called_back(told, SCHOOL, office="306")
    called_back(told, BAKERY, office="306")
    called_back(told, HARBOUR, office="101")
    called_back(told, GARAGE, follow_up="2012-11-07")

    listed = [(item.office, item.cvr) for item in told.overdue().items]

    assert listed == [("306", GARAGE), ("101", HARBOUR), ("306", BAKERY), ("306", SCHOOL)]


@pytest.mark.parametrize(
    "outcome", ["no-answer", "busy", "left-message", "wrong-number", "declined", "refused-contact"]
)
def test_a_call_alone_leaves_nothing_to_do_unless_it_was_a_yes(outcome):
    told = Told()
    told.called(outcome=outcome)

    assert late(told) == []


def test_a_yield_without_a_first_day_is_not_waited_for():
    told = Told()
    told.yielded(visit=told.visited())

    assert late(told) == []


# What takes it off, each by one entry, and back on


def once_more(told: Told, cvr: str = BAKERY, at: str = NOV_9) -> UUID:
    return told.called(cvr, "no-answer", at)


FOLLOWED_UP: dict[str, Callable[[Told], UUID]] = {
    "a call of a later day": once_more,
    "a call later the same day": lambda told: once_more(told, at=NOV_1),
    "a visit agreed since": lambda told: told.booked(on="2012-12-20", at="2012-11-02"),
    "a visit agreed the same day": lambda told: told.booked(on="2012-12-20", at=NOV_1),
    "a visit held unbooked": lambda told: told.held(UUID(int=7), at=NOV_1),
    "another call back": lambda told: called_back(told, at="2012-11-02", follow_up="2013-01-10"),
}


@pytest.mark.parametrize("by", FOLLOWED_UP)
def test_a_call_back_is_answered_by_one_entry_and_returns_when_that_is_taken_back(by):
    told = Told()
    called_back(told)
    assert late(told) == ["call-back"]

    entry = FOLLOWED_UP[by](told)
    assert late(told) == []

    told.retracted(entry)
    assert late(told) == ["call-back"]


def test_a_day_to_call_again_leaves_with_the_call_it_was_agreed_in_and_returns_with_it():
    told = Told()
    call = called_back(told)

    told.retracted(call)
    assert late(told) == []


@pytest.mark.parametrize(
    "not_by",
    [
        lambda told: once_more(told, HARBOUR),
        lambda told: once_more(told, at="2012-10-31"),
        lambda told: told.booked(HARBOUR, on=NOV_20, at=NOV_1),
        lambda told: told.booked(on="2012-10-31", at="2012-10-30"),
        lambda told: told.yielded(call=told.called(HARBOUR), cvr=HARBOUR),
    ],
)
def test_a_call_back_is_not_answered_by_what_happened_before_or_elsewhere(not_by):
    told = Told()
    called_back(told)
    not_by(told)

    assert "call-back" in late(told)


def test_a_call_logged_before_it_the_same_day_answers_nothing_even_when_it_is_corrected_later():
    told = Told()
    first = once_more(told, at=NOV_1)
    called_back(told)
    told.retracted(first)
    told.called(BAKERY, "busy", NOV_1, call=first)

    assert late(told) == ["call-back"]


def test_a_call_corrected_is_no_other_call_and_its_new_day_is_the_one_that_counts():
    told = Told()
    call = called_back(told)
    told.retracted(call)
    told.called(BAKERY, "call-back", NOV_1, "2012-11-12", call=call)

    assert what(told.overdue(today="2012-12-01").items) == [("call-back", "2012-11-12")]


def test_of_two_days_agreed_in_one_call_the_later_said_counts():
    told = Told()
    call = called_back(told)
    told.retracted(call)
    gone = told.events[-2].event.entry
    told.called(BAKERY, "call-back", NOV_1, "2012-11-12", call=call)
    told.retracted(gone)  # the first day stands again beside the second

    assert len(told.overdue(today="2012-12-01").items) == 1


def test_a_day_to_call_again_agreed_together_with_a_visit_holds_until_something_else_happens():
    told = Told()
    call = told.called(BAKERY, "accepted", NOV_1, NOV_8)
    visit = told.booked(on=NOV_20, at=NOV_1, call=call)
    assert late(told, "2012-11-10") == ["follow-up"]

    told.held(visit, at="2012-11-10")
    assert late(told, "2012-11-10") == []


ACCEPTED: dict[str, Callable[[Told, UUID], UUID]] = {
    "a visit that names it": lambda told, call: told.booked(on="2012-12-20", at=NOV_8, call=call),
    "a visit agreed since": lambda told, _: told.booked(on="2012-12-20", at="2012-11-30"),
    "a visit agreed the same day in another call": lambda told, _: told.booked(
        on="2012-12-20", at=NOV_8, call=told.called(BAKERY, "no-answer", NOV_8)
    ),
    "a visit held unbooked": lambda told, _: told.held(UUID(int=7), at=NOV_9),
    "a later no": lambda told, _: told.called(BAKERY, "declined", NOV_9),
    "a later no the same day": lambda told, _: told.called(BAKERY, "declined", NOV_8),
}


@pytest.mark.parametrize("by", ACCEPTED)
def test_a_yes_is_settled_by_one_entry_and_returns_when_that_is_taken_back(by):
    told = Told()
    call = told.called(outcome="accepted", at=NOV_8)
    assert late(told) == ["accepted-not-booked"]

    entry = ACCEPTED[by](told, call)
    assert late(told) == []

    told.retracted(entry)
    assert late(told) == ["accepted-not-booked"]


def test_a_yes_is_settled_by_a_visit_that_is_planned_already_and_not_by_one_that_is_over():
    told = Told()
    over = told.booked(on="2012-11-02", at=NOV_1)
    told.held(over, at="2012-11-02")
    told.called(outcome="accepted", at=NOV_8)
    assert late(told) == ["accepted-not-booked"]

    told.booked(on="2012-12-20", at="2012-11-03")
    assert late(told) == []


def test_of_several_yeses_of_a_company_the_latest_is_listed():
    told = Told()
    told.called(outcome="accepted", at=NOV_1)
    told.called(outcome="accepted", at=NOV_8)
    told.called(outcome="no-answer", at=NOV_9)

    assert what(told.overdue().items) == [("accepted-not-booked", NOV_8)]


VISITED: dict[str, Callable[[Told, UUID], UUID]] = {
    "held": lambda told, visit: told.held(visit, at="2012-11-25"),
    "no-show": lambda told, visit: told.missed(visit, at="2012-11-20"),
    "cancelled": lambda told, visit: told.cancelled(visit, at="2012-11-25"),
    "moved": lambda told, visit: told.moved(visit, "2012-12-10", at="2012-11-25"),
}


@pytest.mark.parametrize("by", VISITED)
def test_a_visit_is_settled_by_one_entry_and_returns_when_that_is_taken_back(by):
    told = Told()
    visit = told.booked(on=NOV_20)
    assert late(told) == ["visit"]

    entry = VISITED[by](told, visit)
    assert late(told) == []

    told.retracted(entry)
    assert late(told) == ["visit"]


@pytest.mark.parametrize("began", [True, False])
def test_a_start_is_settled_by_one_entry_and_returns_when_that_is_taken_back(began):
    told = Told()
    start = agreed(told)
    assert late(told) == ["start"]

    entry = told.started(start, began, at="2012-11-25")
    assert late(told) == []

    told.retracted(entry)
    assert late(told) == ["start"]


def test_a_start_is_settled_for_one_yield_alone():
    told = Told()
    first, second = agreed(told), agreed(told, starts="2012-11-21", at="2012-11-06")
    told.started(first)

    assert [item.entry for item in told.overdue(today="2012-12-15").items] == [second.hex]


def test_a_start_leaves_with_its_visit_and_its_yield_and_returns_with_them():
    told = Told()
    start = agreed(told)
    visit = told.events[-1].event.visit
    for taken in (start, visit):
        gone = told.retracted(taken)
        assert late(told) == []
        told.retracted(gone)
        assert late(told) == ["start"]


# Whom nobody may call


def everything(told: Told, cvr: str = BAKERY) -> None:
    """A yes without a visit in the one, a call back, an appointment and a start at one company."""
    told.called(cvr, "accepted", "2012-10-20")
    visit = told.visited(cvr, "2012-10-15")
    told.yielded(visit=visit, at="2012-10-15", cvr=cvr, starts="2012-10-25")
    called_back(told, cvr, at="2012-10-20", follow_up=NOV_8)


def test_a_company_that_asked_not_to_be_contacted_is_in_no_call_list_of_any_campaign():
    told, elsewhere = Told(), in_winter()
    called_back(told)
    told.booked(HARBOUR, on=NOV_20)
    refused = elsewhere.called(BAKERY, "refused-contact", "2012-11-05", office="101")
    both = merged(told, elsewhere)

    assert late(told) == ["call-back", "visit"]
    assert (late(both), both.overdue(today="2012-12-01").left_out) == (["visit"], {"asked": 1})
    assert late(both, "2012-11-10", as_of="2012-11-10", known_on="2012-11-04") == ["call-back"]
    elsewhere.retracted(refused)
    assert late(merged(told, elsewhere)) == ["call-back", "visit"]


def in_winter() -> Told:
    """Another campaign, whose entries have ids of their own."""
    told = Told("winter")
    told._acts = 1_000
    return told


def merged(*tellers: Told) -> Told:
    """The log of several campaigns, one behind the other."""
    both = Told()
    events = [event for told in tellers for event in told.events]
    both.events = [event._replace(position=number) for number, event in enumerate(events, 1)]
    return both


@pytest.mark.parametrize("tell_of", [called_back, lambda told: told.called(outcome="accepted", at=NOV_8)])
def test_what_is_done_in_another_campaign_takes_nothing_off(tell_of):
    told, elsewhere = Told(), in_winter()
    tell_of(told)
    elsewhere.called(BAKERY, "declined", "2012-11-15")
    elsewhere.visited(BAKERY, "2012-11-15")

    assert len(late(merged(told, elsewhere), campaign="open-doors")) == len(late(told)) == 1


def test_a_wish_for_no_contact_does_not_hold_before_the_day_it_was_said():
    told = Told()
    called_back(told, follow_up="2012-11-02")
    other = in_winter()
    other.called(BAKERY, "refused-contact", "2012-11-05")
    both = merged(told, other)

    assert what(both.overdue(as_of="2012-11-04").items) == [("call-back", "2012-11-02")]
    assert both.overdue(as_of="2012-11-05") == ([], {"asked": 1})


def test_a_protected_company_is_called_on_a_recorded_basis_only_and_on_that_campaigns():
    told = Told()
    told.described(BAKERY, protected=True)
    called_back(told)
    assert told.overdue(today="2012-12-01") == ([], {"protected": 1})
    assert told.due(NOV_8) == ([], {"protected": 1})

    elsewhere = in_winter()
    elsewhere.allowed(BAKERY)
    assert late(merged(told, elsewhere)) == []

    basis = told.allowed(at="2012-11-05", basis="cooperation")
    assert late(told) == ["call-back"]
    told.retracted(basis)
    assert late(told) == []


def test_a_basis_holds_from_the_day_it_was_given():
    told = Told()
    told.described(BAKERY, protected=True)
    called_back(told, follow_up="2012-11-02")
    told.allowed(at="2012-11-05")

    assert told.overdue(as_of="2012-11-04") == ([], {"protected": 1})
    assert late(told, as_of="2012-11-05") == ["call-back"]


def test_protection_counts_as_it_is_on_the_day_of_the_report():
    told = Told()
    told.described(BAKERY)
    called_back(told)
    told.described(BAKERY, protected=True, since="2012-11-15", at="2012-11-15")

    assert late(told, as_of="2012-11-14") == ["call-back"]
    assert late(told, as_of="2012-11-15") == []


def test_appointments_and_starts_stay_whatever_the_company_wants():
    told = Told()
    told.described(BAKERY, protected=True)
    told.booked(on=NOV_20)
    agreed(told, at="2012-11-02")
    told.called(outcome="refused-contact", at="2012-11-03")

    assert sorted(late(told)) == ["start", "visit"]


def test_a_company_left_out_is_counted_once_with_all_it_is_left_out_of():
    told = Told()
    told.described(BAKERY, protected=True)
    told.described(HARBOUR, protected=True)
    told.described(GARAGE, protected=True)
    told.called(BAKERY, "accepted", NOV_1, NOV_8)
    called_back(told, HARBOUR)
    called_back(told, GARAGE)
    other = in_winter()
    other.called(GARAGE, "refused-contact", "2012-11-05")

    assert merged(told, other).overdue().left_out == {"protected": 2, "asked": 1}


# Whose


def some() -> Told:
    """One of each, of three offices and consultants."""
    told = Told()
    told.described(BAKERY, "107100", "2-4")
    called_back(told, BAKERY, office="101", by="åse")
    told.called(HARBOUR, "accepted", NOV_9, office="306", by="anna")
    told.booked(GARAGE, on=NOV_20, office="306", by="bo")
    agreed(told, cvr=SCHOOL, starts="2012-11-22", office="851", by="anna")
    return told


@pytest.mark.parametrize(
    ("scope", "listed"),
    [
        ({}, ["call-back", "accepted-not-booked", "visit", "start"]),
        ({"offices": ("306",)}, ["accepted-not-booked", "visit"]),
        ({"regions": ("Hovedstaden",)}, ["call-back"]),
        ({"consultants": ("anna",)}, ["accepted-not-booked", "start"]),
        ({"campaign": "open-doors"}, ["call-back", "accepted-not-booked", "visit", "start"]),
        ({"campaign": "winter"}, []),
        ({"kinds": ("wage-subsidy",)}, ["call-back", "accepted-not-booked", "visit"]),
        ({"first": date(2012, 11, 9), "last": date(2012, 11, 20)}, ["accepted-not-booked", "visit"]),
        ({"first": date(2012, 11, 8), "last": date(2012, 11, 8)}, ["call-back"]),
        ({"first": date(2012, 11, 22)}, ["start"]),
        ({"industries": ("10",)}, ["call-back"]),
        ({"sizes": ("2-4",)}, ["call-back"]),
    ],
)
def test_filters_are_of_who_is_to_do_it_and_the_period_is_of_the_day_it_was_to_happen(scope, listed):
    assert late(some(), **scope) == listed


def test_a_filter_hides_what_is_to_be_done_and_not_that_it_was_done():
    told = Told()
    called_back(told, office="101")
    once_more(told)

    assert late(told, offices=("101",)) == []


# Two clocks


def test_what_was_logged_late_was_overdue_until_then():
    told = Told()
    called_back(told)
    told.called(BAKERY, "no-answer", NOV_8, recorded="2012-11-15")

    assert late(told, as_of="2012-11-10") == []
    assert late(told, as_of="2012-11-10", known_on="2012-11-14") == ["call-back"]
    assert late(told, as_of="2012-11-10", known_on="2012-11-15") == []


def test_what_happened_after_the_day_of_the_report_does_not_empty_it():
    told = Told()
    start = agreed(told)
    told.started(start, at="2012-11-25")
    called_back(told, HARBOUR)
    once_more(told, HARBOUR, at="2012-11-22")

    assert late(told, as_of=NOV_20) == ["call-back"]
    assert late(told, as_of="2012-11-24") == ["start"]
    assert late(told, as_of="2012-11-25") == []


def both(told: Told, **scope):
    """Both lists, seen from one day."""
    with told.tables() as connection:
        about = asked(connection, **{"today": "2012-12-20", **scope})
        return overdue(connection, about), due_on(connection, about)


@given(plans, mixtures, st.integers(1, 60))
def test_known_at_a_position_gives_what_the_log_up_to_there_gives(plan, mixture, position):
    told, earlier = tell(Told(), plan, mixture), tell(Told(), plan, mixture)
    earlier.events = earlier.events[:position]

    assert both(told, known=position) == both(earlier)


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)))
def test_as_of_a_day_gives_what_had_happened_by_then(plan, mixture, then):
    told, by_then = tell(Told(), plan, mixture), tell(ToldUntil(then), plan, mixture)

    assert visible(both(told, as_of=then)) == visible(both(by_then, today=then))


def visible(lists) -> list[tuple]:
    """The lists without the entries' ids, which follow the order in which all of it was told."""
    return [(sorted(item[:-1] for item in listed.items), listed.left_out) for listed in lists]


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)))
def test_counts_are_the_lengths_and_visits_are_those_the_rates_call_overdue(plan, mixture, then):
    told = tell(Told(), plan, mixture)
    with told.tables() as connection:
        scope = asked(connection, as_of=then)
        listed = [item.what for item in overdue(connection, scope).items]
        counted = overdue_counts(connection, scope)
        (total,) = hit_rates(connection, scope)

    assert counted == {name: listed.count(name) for name in ITEM_KINDS}
    assert counted["visit"] == total["visits_overdue"]


@given(plans, mixtures)
def test_no_company_is_listed_twice_for_one_thing(plan, mixture):
    late, _ = both(tell(Told(), plan, mixture))
    once = [(item.what, item.cvr) for item in late.items if item.what not in ("visit", "start")]

    assert len(set(once)) == len(once)
