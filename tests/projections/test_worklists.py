"""Worklists: what is on them, whose it is, which single entry takes it off, and that it returns when that is taken back."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder, report_scope
from campaign_strategies import CampaignBuilderUntil, log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st

from projections.questions.hit_rates import hit_rates
from projections.questions.worklists import ITEM_KINDS, Item, due_on, overdue, overdue_counts

pytestmark = pytest.mark.both_stores


NOV_1, NOV_8, NOV_9, NOV_20 = "2012-11-01", "2012-11-08", "2012-11-09", "2012-11-20"


def what(items: list[Item]) -> list[tuple[str, str]]:
    """What is listed, of which day."""
    return [(item.what, item.day) for item in items]


def late(builder: CampaignBuilder, on: str = "2012-12-01", **scope) -> list[str]:
    """What is overdue on a day."""
    return [item.what for item in builder.overdue(today=on, **scope).items]


def called_back(builder: CampaignBuilder, cvr: str = BAKERY, at: str = NOV_1, follow_up: str = NOV_8, **more) -> UUID:
    return builder.called(cvr, "call-back", at, follow_up, **more)


def agreed(builder: CampaignBuilder, starts: str = NOV_20, positions: int = 1, at: str = "2012-11-05", **more) -> UUID:
    """A yield with a first day, of a visit that was held."""
    visit = builder.visited(at=at, **more)
    return builder.yielded("internship", positions, visit, at=at, starts=starts, **more)


# What is listed, and on which days


@pytest.mark.parametrize(
    ("tell_of", "item", "day"),
    [
        (lambda builder: builder.booked(on=NOV_20), "visit", NOV_20),
        (lambda builder: called_back(builder), "call-back", NOV_8),
        (lambda builder: builder.called(BAKERY, "no-answer", NOV_1, NOV_8), "follow-up", NOV_8),
        (lambda builder: agreed(builder), "start", NOV_20),
    ],
)
def test_what_is_agreed_for_a_day_is_listed_that_day_and_overdue_from_the_next(tell_of, item, day):
    builder = CampaignBuilder()
    tell_of(builder)
    before, after = str(date.fromisoformat(day).replace(day=int(day[-2:]) - 1)), day[:-2] + f"{int(day[-2:]) + 1:02}"

    due = {on: what(builder.due(on).items) for on in (before, day, after)}
    overdue = {on: what(builder.overdue(today=on).items) for on in (before, day, after)}

    assert due == {before: [], day: [(item, day)], after: []}
    assert overdue == {before: [], day: [], after: [(item, day)]}


def test_a_yes_without_a_visit_is_overdue_from_the_next_day_and_never_due():
    builder = CampaignBuilder()
    builder.called(outcome="accepted", at=NOV_8)

    assert what(builder.due(NOV_8).items) == late(builder, NOV_8) == []
    assert what(builder.overdue(today=NOV_9).items) == [("accepted-not-booked", NOV_8)]


def test_an_item_says_whose_it_is_since_when_and_by_which_entry_to_name_it():
    builder = CampaignBuilder()
    builder.described(BAKERY)
    start = agreed(builder, positions=3, by="bo", office="101")

    (item,) = builder.overdue(today="2012-11-23").items

    assert item == Item(
        *("start", NOV_20, 3, "open-doors", BAKERY, f"Company {BAKERY}", "101", "Hovedstaden", "bo", "internship", 3),
        start.hex,
    )


def test_items_come_by_day_then_office_then_company():
    builder = CampaignBuilder()
    called_back(builder, SCHOOL, office="306")
    called_back(builder, BAKERY, office="306")
    called_back(builder, HARBOUR, office="101")
    called_back(builder, GARAGE, follow_up="2012-11-07")

    listed = [(item.office, item.cvr) for item in builder.overdue().items]

    assert listed == [("306", GARAGE), ("101", HARBOUR), ("306", BAKERY), ("306", SCHOOL)]


@pytest.mark.parametrize(
    "outcome", ["no-answer", "busy", "left-message", "wrong-number", "declined", "refused-contact"]
)
def test_a_call_alone_leaves_nothing_to_do_unless_it_was_a_yes(outcome):
    builder = CampaignBuilder()
    builder.called(outcome=outcome)

    assert late(builder) == []


def test_a_yield_without_a_first_day_is_not_waited_for():
    builder = CampaignBuilder()
    builder.yielded(visit=builder.visited())

    assert late(builder) == []


# What takes it off, each by one entry, and back on


def once_more(builder: CampaignBuilder, cvr: str = BAKERY, at: str = NOV_9) -> UUID:
    return builder.called(cvr, "no-answer", at)


FOLLOWED_UP: dict[str, Callable[[CampaignBuilder], UUID]] = {
    "a call of a later day": once_more,
    "a call later the same day": lambda builder: once_more(builder, at=NOV_1),
    "a visit agreed since": lambda builder: builder.booked(on="2012-12-20", at="2012-11-02"),
    "a visit agreed the same day": lambda builder: builder.booked(on="2012-12-20", at=NOV_1),
    "a visit held unbooked": lambda builder: builder.held(UUID(int=7), at=NOV_1),
    "another call back": lambda builder: called_back(builder, at="2012-11-02", follow_up="2013-01-10"),
}


@pytest.mark.parametrize("by", FOLLOWED_UP)
def test_a_call_back_is_answered_by_one_entry_and_returns_when_that_is_taken_back(by):
    builder = CampaignBuilder()
    called_back(builder)
    assert late(builder) == ["call-back"]

    entry = FOLLOWED_UP[by](builder)
    assert late(builder) == []

    builder.retracted(entry)
    assert late(builder) == ["call-back"]


def test_a_day_to_call_again_leaves_with_the_call_it_was_agreed_in_and_returns_with_it():
    builder = CampaignBuilder()
    call = called_back(builder)

    builder.retracted(call)
    assert late(builder) == []


@pytest.mark.parametrize(
    "not_by",
    [
        lambda builder: once_more(builder, HARBOUR),
        lambda builder: once_more(builder, at="2012-10-31"),
        lambda builder: builder.booked(HARBOUR, on=NOV_20, at=NOV_1),
        lambda builder: builder.booked(on="2012-10-31", at="2012-10-30"),
        lambda builder: builder.yielded(call=builder.called(HARBOUR), cvr=HARBOUR),
    ],
)
def test_a_call_back_is_not_answered_by_what_happened_before_or_elsewhere(not_by):
    builder = CampaignBuilder()
    called_back(builder)
    not_by(builder)

    assert "call-back" in late(builder)


def test_a_call_logged_before_it_the_same_day_answers_nothing_even_when_it_is_corrected_later():
    builder = CampaignBuilder()
    first = once_more(builder, at=NOV_1)
    called_back(builder)
    builder.retracted(first)
    builder.called(BAKERY, "busy", NOV_1, call=first)

    assert late(builder) == ["call-back"]


def test_a_call_corrected_is_no_other_call_and_its_new_day_is_the_one_that_counts():
    builder = CampaignBuilder()
    call = called_back(builder)
    builder.retracted(call)
    builder.called(BAKERY, "call-back", NOV_1, "2012-11-12", call=call)

    assert what(builder.overdue(today="2012-12-01").items) == [("call-back", "2012-11-12")]


def test_of_two_days_agreed_in_one_call_the_later_said_counts():
    builder = CampaignBuilder()
    call = called_back(builder)
    builder.retracted(call)
    gone = builder.events[-2].event.entry
    builder.called(BAKERY, "call-back", NOV_1, "2012-11-12", call=call)
    builder.retracted(gone)  # the first day stands again beside the second

    assert len(builder.overdue(today="2012-12-01").items) == 1


def test_a_day_to_call_again_agreed_together_with_a_visit_holds_until_something_else_happens():
    builder = CampaignBuilder()
    call = builder.called(BAKERY, "accepted", NOV_1, NOV_8)
    visit = builder.booked(on=NOV_20, at=NOV_1, call=call)
    assert late(builder, "2012-11-10") == ["follow-up"]

    builder.held(visit, at="2012-11-10")
    assert late(builder, "2012-11-10") == []


ACCEPTED: dict[str, Callable[[CampaignBuilder, UUID], UUID]] = {
    "a visit that names it": lambda builder, call: builder.booked(on="2012-12-20", at=NOV_8, call=call),
    "a visit agreed since": lambda builder, _: builder.booked(on="2012-12-20", at="2012-11-30"),
    "a visit agreed the same day in another call": lambda builder, _: builder.booked(
        on="2012-12-20", at=NOV_8, call=builder.called(BAKERY, "no-answer", NOV_8)
    ),
    "a visit held unbooked": lambda builder, _: builder.held(UUID(int=7), at=NOV_9),
    "a later no": lambda builder, _: builder.called(BAKERY, "declined", NOV_9),
    "a later no the same day": lambda builder, _: builder.called(BAKERY, "declined", NOV_8),
}


@pytest.mark.parametrize("by", ACCEPTED)
def test_a_yes_is_settled_by_one_entry_and_returns_when_that_is_taken_back(by):
    builder = CampaignBuilder()
    call = builder.called(outcome="accepted", at=NOV_8)
    assert late(builder) == ["accepted-not-booked"]

    entry = ACCEPTED[by](builder, call)
    assert late(builder) == []

    builder.retracted(entry)
    assert late(builder) == ["accepted-not-booked"]


def test_a_yes_is_settled_by_a_visit_that_is_planned_already_and_not_by_one_that_is_over():
    builder = CampaignBuilder()
    over = builder.booked(on="2012-11-02", at=NOV_1)
    builder.held(over, at="2012-11-02")
    builder.called(outcome="accepted", at=NOV_8)
    assert late(builder) == ["accepted-not-booked"]

    builder.booked(on="2012-12-20", at="2012-11-03")
    assert late(builder) == []


def test_of_several_yeses_of_a_company_the_latest_is_listed():
    builder = CampaignBuilder()
    builder.called(outcome="accepted", at=NOV_1)
    builder.called(outcome="accepted", at=NOV_8)
    builder.called(outcome="no-answer", at=NOV_9)

    assert what(builder.overdue().items) == [("accepted-not-booked", NOV_8)]


VISITED: dict[str, Callable[[CampaignBuilder, UUID], UUID]] = {
    "held": lambda builder, visit: builder.held(visit, at="2012-11-25"),
    "no-show": lambda builder, visit: builder.missed(visit, at="2012-11-20"),
    "cancelled": lambda builder, visit: builder.cancelled(visit, at="2012-11-25"),
    "moved": lambda builder, visit: builder.moved(visit, "2012-12-10", at="2012-11-25"),
}


@pytest.mark.parametrize("by", VISITED)
def test_a_visit_is_settled_by_one_entry_and_returns_when_that_is_taken_back(by):
    builder = CampaignBuilder()
    visit = builder.booked(on=NOV_20)
    assert late(builder) == ["visit"]

    entry = VISITED[by](builder, visit)
    assert late(builder) == []

    builder.retracted(entry)
    assert late(builder) == ["visit"]


@pytest.mark.parametrize("began", [True, False])
def test_a_start_is_settled_by_one_entry_and_returns_when_that_is_taken_back(began):
    builder = CampaignBuilder()
    start = agreed(builder)
    assert late(builder) == ["start"]

    entry = builder.started(start, began, at="2012-11-25")
    assert late(builder) == []

    builder.retracted(entry)
    assert late(builder) == ["start"]


def test_a_start_is_settled_for_one_yield_alone():
    builder = CampaignBuilder()
    first, second = agreed(builder), agreed(builder, starts="2012-11-21", at="2012-11-06")
    builder.started(first)

    assert [item.entry for item in builder.overdue(today="2012-12-15").items] == [second.hex]


def test_a_start_leaves_with_its_visit_and_its_yield_and_returns_with_them():
    builder = CampaignBuilder()
    start = agreed(builder)
    visit = builder.events[-1].event.visit
    for taken in (start, visit):
        gone = builder.retracted(taken)
        assert late(builder) == []
        builder.retracted(gone)
        assert late(builder) == ["start"]


# Whom nobody may call


def everything(builder: CampaignBuilder, cvr: str = BAKERY) -> None:
    """A yes without a visit in the one, a call back, an appointment and a start at one company."""
    builder.called(cvr, "accepted", "2012-10-20")
    visit = builder.visited(cvr, "2012-10-15")
    builder.yielded(visit=visit, at="2012-10-15", cvr=cvr, starts="2012-10-25")
    called_back(builder, cvr, at="2012-10-20", follow_up=NOV_8)


def test_a_company_that_asked_not_to_be_contacted_is_in_no_call_list_of_any_campaign():
    builder, elsewhere = CampaignBuilder(), in_winter()
    called_back(builder)
    builder.booked(HARBOUR, on=NOV_20)
    refused = elsewhere.called(BAKERY, "refused-contact", "2012-11-05", office="101")
    both = merged(builder, elsewhere)

    assert late(builder) == ["call-back", "visit"]
    assert (late(both), both.overdue(today="2012-12-01").left_out) == (["visit"], {"asked": 1})
    assert late(both, "2012-11-10", as_of="2012-11-10", known_on="2012-11-04") == ["call-back"]
    elsewhere.retracted(refused)
    assert late(merged(builder, elsewhere)) == ["call-back", "visit"]


def in_winter() -> CampaignBuilder:
    """Another campaign, whose entries have ids of their own."""
    builder = CampaignBuilder("winter")
    builder._acts = 1_000
    return builder


def merged(*tellers: CampaignBuilder) -> CampaignBuilder:
    """The log of several campaigns, one behind the other."""
    both = CampaignBuilder()
    events = [event for builder in tellers for event in builder.events]
    both.events = [event._replace(position=number) for number, event in enumerate(events, 1)]
    return both


@pytest.mark.parametrize("tell_of", [called_back, lambda builder: builder.called(outcome="accepted", at=NOV_8)])
def test_what_is_done_in_another_campaign_takes_nothing_off(tell_of):
    builder, elsewhere = CampaignBuilder(), in_winter()
    tell_of(builder)
    elsewhere.called(BAKERY, "declined", "2012-11-15")
    elsewhere.visited(BAKERY, "2012-11-15")

    assert len(late(merged(builder, elsewhere), campaign="open-doors")) == len(late(builder)) == 1


def test_a_wish_for_no_contact_does_not_hold_before_the_day_it_was_said():
    builder = CampaignBuilder()
    called_back(builder, follow_up="2012-11-02")
    other = in_winter()
    other.called(BAKERY, "refused-contact", "2012-11-05")
    both = merged(builder, other)

    assert what(both.overdue(as_of="2012-11-04").items) == [("call-back", "2012-11-02")]
    assert both.overdue(as_of="2012-11-05") == ([], {"asked": 1})


def test_a_protected_company_is_called_on_a_recorded_basis_only_and_on_that_campaigns():
    builder = CampaignBuilder()
    builder.described(BAKERY, protected=True)
    called_back(builder)
    assert builder.overdue(today="2012-12-01") == ([], {"protected": 1})
    assert builder.due(NOV_8) == ([], {"protected": 1})

    elsewhere = in_winter()
    elsewhere.allowed(BAKERY)
    assert late(merged(builder, elsewhere)) == []

    basis = builder.allowed(at="2012-11-05", basis="cooperation")
    assert late(builder) == ["call-back"]
    builder.retracted(basis)
    assert late(builder) == []


def test_a_basis_holds_from_the_day_it_was_given():
    builder = CampaignBuilder()
    builder.described(BAKERY, protected=True)
    called_back(builder, follow_up="2012-11-02")
    builder.allowed(at="2012-11-05")

    assert builder.overdue(as_of="2012-11-04") == ([], {"protected": 1})
    assert late(builder, as_of="2012-11-05") == ["call-back"]


def test_protection_counts_as_it_is_on_the_day_of_the_report():
    builder = CampaignBuilder()
    builder.described(BAKERY)
    called_back(builder)
    builder.described(BAKERY, protected=True, since="2012-11-15", at="2012-11-15")

    assert late(builder, as_of="2012-11-14") == ["call-back"]
    assert late(builder, as_of="2012-11-15") == []


def test_appointments_and_starts_stay_whatever_the_company_wants():
    builder = CampaignBuilder()
    builder.described(BAKERY, protected=True)
    builder.booked(on=NOV_20)
    agreed(builder, at="2012-11-02")
    builder.called(outcome="refused-contact", at="2012-11-03")

    assert sorted(late(builder)) == ["start", "visit"]


def test_a_company_left_out_is_counted_once_with_all_it_is_left_out_of():
    builder = CampaignBuilder()
    builder.described(BAKERY, protected=True)
    builder.described(HARBOUR, protected=True)
    builder.described(GARAGE, protected=True)
    builder.called(BAKERY, "accepted", NOV_1, NOV_8)
    called_back(builder, HARBOUR)
    called_back(builder, GARAGE)
    other = in_winter()
    other.called(GARAGE, "refused-contact", "2012-11-05")

    assert merged(builder, other).overdue().left_out == {"protected": 2, "asked": 1}


# Whose


def some() -> CampaignBuilder:
    """One of each, of three offices and consultants."""
    builder = CampaignBuilder()
    builder.described(BAKERY, "107100", "2-4")
    called_back(builder, BAKERY, office="101", by="åse")
    builder.called(HARBOUR, "accepted", NOV_9, office="306", by="anna")
    builder.booked(GARAGE, on=NOV_20, office="306", by="bo")
    agreed(builder, cvr=SCHOOL, starts="2012-11-22", office="851", by="anna")
    return builder


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
    builder = CampaignBuilder()
    called_back(builder, office="101")
    once_more(builder)

    assert late(builder, offices=("101",)) == []


# Two clocks


def test_what_was_logged_late_was_overdue_until_then():
    builder = CampaignBuilder()
    called_back(builder)
    builder.called(BAKERY, "no-answer", NOV_8, recorded="2012-11-15")

    assert late(builder, as_of="2012-11-10") == []
    assert late(builder, as_of="2012-11-10", known_on="2012-11-14") == ["call-back"]
    assert late(builder, as_of="2012-11-10", known_on="2012-11-15") == []


def test_what_happened_after_the_day_of_the_report_does_not_empty_it():
    builder = CampaignBuilder()
    start = agreed(builder)
    builder.started(start, at="2012-11-25")
    called_back(builder, HARBOUR)
    once_more(builder, HARBOUR, at="2012-11-22")

    assert late(builder, as_of=NOV_20) == ["call-back"]
    assert late(builder, as_of="2012-11-24") == ["start"]
    assert late(builder, as_of="2012-11-25") == []


def both(builder: CampaignBuilder, **scope):
    """Both lists, seen from one day."""
    with builder.tables() as connection:
        about = report_scope(connection, **{"today": "2012-12-20", **scope})
        return overdue(connection, about), due_on(connection, about)


@given(plans, mixtures, st.integers(1, 60))
def test_known_at_a_position_gives_what_the_log_up_to_there_gives(plan, mixture, position):
    builder, earlier = log_stories(CampaignBuilder(), plan, mixture), log_stories(CampaignBuilder(), plan, mixture)
    earlier.events = earlier.events[:position]

    assert both(builder, known=position) == both(earlier)


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)))
def test_as_of_a_day_gives_what_had_happened_by_then(plan, mixture, then):
    builder, by_then = (
        log_stories(CampaignBuilder(), plan, mixture),
        log_stories(CampaignBuilderUntil(then), plan, mixture),
    )

    assert visible(both(builder, as_of=then)) == visible(both(by_then, today=then))


def visible(lists) -> list[tuple]:
    """The lists without the entries' ids, which follow the order in which all of it was told."""
    return [(sorted(item[:-1] for item in listed.items), listed.left_out) for listed in lists]


@given(plans, mixtures, st.dates(date(2012, 10, 15), date(2013, 3, 31)))
def test_counts_are_the_lengths_and_visits_are_those_the_rates_call_overdue(plan, mixture, then):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    with builder.tables() as connection:
        scope = report_scope(connection, as_of=then)
        listed = [item.what for item in overdue(connection, scope).items]
        counted = overdue_counts(connection, scope)
        (total,) = hit_rates(connection, scope)

    assert counted == {name: listed.count(name) for name in ITEM_KINDS}
    assert counted["visit"] == total["visits_overdue"]


@given(plans, mixtures)
def test_no_company_is_listed_twice_for_one_thing(plan, mixture):
    late, _ = both(log_stories(CampaignBuilder(), plan, mixture))
    once = [(item.what, item.cvr) for item in late.items if item.what not in ("visit", "start")]

    assert len(set(once)) == len(once)
