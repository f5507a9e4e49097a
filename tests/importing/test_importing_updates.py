"""Updating imports: what a reference says now takes the place of what it said, as a retraction and a new entry."""

from __future__ import annotations

import pytest
from import_fixtures import (
    A_CALL,
    A_VISIT,
    A_YIELD,
    BAKERY,
    CALLS,
    COMPANIES,
    HARBOUR,
    SCHOOL,
    SLUG,
    VISITS,
    YIELDS,
    current_facts,
    event_count,
    figures,
    kinds,
    log_fault,
    new_workspace,
    run_import,
    table,
)

from campaign.app import open_tracker

pytestmark = pytest.mark.both_stores


FACTS = ("calls", "calls_accepted", "visits_booked", "visits_planned", "visits_held", "visits_cancelled", "yields")
BEFORE = dict(zip(FACTS, (1, 1, 1, 0, 1, 0, 1), strict=True))


@pytest.fixture
def home(tmp_path):
    """A call, the visit it booked, and what that yielded."""
    home = new_workspace(tmp_path / "home")
    files = (CALLS, A_CALL), (VISITS, A_VISIT), (YIELDS, A_YIELD)
    run_import(home, *[table(tmp_path / f"{n}.csv", headings, row) for n, (headings, row) in enumerate(files)])
    return home


@pytest.fixture
def update(home, tmp_path):
    """Imports one row, as it says now, with --update."""

    def update(headings, *rows):
        return run_import(home, table(tmp_path / "now.csv", headings, *rows), update=True)

    return update


def now(home):
    total = figures(home)[0]
    return {name: total[name] for name in FACTS}


def changed(headings, row, **other):
    return tuple({**dict(zip(headings, row, strict=False)), **other}.values())


@pytest.mark.parametrize(
    ("headings", "row", "other", "gives"),
    [
        (CALLS, A_CALL, {"outcome": "declined"}, {"calls_accepted": 0}),
        (CALLS, A_CALL, {"consultant": "bo"}, {}),
        (
            VISITS,
            A_VISIT,
            {"status": "cancelled", "held_on": ""},
            {"visits_held": 0, "visits_cancelled": 1, "yields": 0},
        ),
        (VISITS, A_VISIT, {"status": "planned", "held_on": ""}, {"visits_held": 0, "visits_planned": 1, "yields": 0}),
        (VISITS, A_VISIT, {"planned_on": "2012-11-21", "held_on": "2012-11-21"}, {}),
        (VISITS, A_VISIT, {"booked_on": "2012-11-06"}, {}),
        (VISITS, A_VISIT, {"booked_on": ""}, {}),
        (VISITS, A_VISIT, {"held_on": "2012-11-19"}, {}),
        (YIELDS, A_YIELD, {"positions": "3"}, {}),
        (YIELDS, A_YIELD, {"visit_ref": "", "call_ref": "c1"}, {}),
    ],
)
def test_what_changed_takes_the_place_of_what_was_said(home, update, headings, row, other, gives):
    said = changed(headings, row, **other)

    assert update(headings, said).counts == {"changed": 1}

    assert now(home) == BEFORE | gives
    assert update(headings, said).counts == {"there already": 1}
    assert update(headings, row).counts == {"changed": 1}
    assert now(home) == BEFORE
    assert log_fault(home) is None


def test_a_planned_visit_is_held_and_a_held_one_cancelled(home, update):
    second = changed(VISITS, A_VISIT, ref="v2", call_ref="", status="planned", held_on="")
    update(VISITS, second)
    assert now(home) == BEFORE | {"visits_booked": 2, "visits_planned": 1}

    assert update(VISITS, changed(VISITS, second, status="held", held_on="2012-11-20")).counts == {"changed": 1}
    assert now(home) == BEFORE | {"visits_booked": 2, "visits_held": 2}

    assert update(VISITS, changed(VISITS, second, status="cancelled")).counts == {"changed": 1}
    assert now(home) == BEFORE | {"visits_booked": 2, "visits_cancelled": 1}


def test_a_visit_on_another_day_keeps_its_yields_its_call_and_its_one_place(home, update):
    update(VISITS, changed(VISITS, A_VISIT, booked_on="2012-11-06", planned_on="2012-12-03", held_on="2012-12-03"))

    (month,) = [row for row in figures(home, "month") if row["visits_booked"]]
    assert (month["month"], month["visits_booked"], month["visits_with_yield"]) == ("2012-12", 1, 1)
    assert figures(home)[0]["calls_with_yield"] == 1


def test_a_yield_of_another_kind_leaves_no_trace_of_the_old_one(home, update):
    update(YIELDS, changed(YIELDS, A_YIELD, kind="wage-subsidy", positions="4"))

    assert [(row.kind, row.positions) for row in kinds(home).rows] == [("wage-subsidy", 4)]


def test_a_call_takes_its_day_to_call_again_and_its_refusal_of_contact_with_it(home, update):
    update(CALLS, (*changed(CALLS, A_CALL, ref="c2", outcome="call-back"), "", "2012-11-10"))
    update(CALLS, (*changed(CALLS, A_CALL, ref="c2", outcome="call-back"), "", "2012-11-12"))
    assert follow_ups(home) == ["2012-11-12"]

    update(CALLS, changed(CALLS, A_CALL, ref="c2", outcome="refused-contact"))
    assert follow_ups(home) == []
    assert refuses_contact(home)

    update(CALLS, changed(CALLS, A_CALL, ref="c2", outcome="declined"))
    assert not refuses_contact(home)


def test_a_reference_that_changes_from_row_to_row_of_a_file_says_the_last(home, update):
    days = [(*changed(CALLS, A_CALL, ref="c2", outcome="call-back"), "", f"2012-11-1{n}") for n in range(4)]

    assert update(CALLS, *days, *days[::-1]).counts == {"taken": 1, "changed": 6, "there already": 1}
    assert follow_ups(home) == ["2012-11-10"]


def follow_ups(home):
    with open_tracker(home) as tracker:
        outreach = tracker.outreach(SLUG, BAKERY)
        return [str(fact.due) for fact in outreach.effective(outreach.FollowUpSet)]


def refuses_contact(home):
    with open_tracker(home) as tracker:
        return tracker.outreach(SLUG, BAKERY).refuses_contact


def test_a_visit_that_was_not_booked_after_all_was_held_once(home, update):
    update(VISITS, changed(VISITS, A_VISIT, booked_on=""))

    with open_tracker(home) as tracker:
        outreach = tracker.outreach(SLUG, BAKERY)
        assert outreach.effective(outreach.VisitBooked) == []
        assert [fact.begins for fact in outreach.effective(outreach.VisitHeld)] == [True]


# To another company


def test_a_reference_that_moves_to_another_company_counts_there_and_only_there(home, update):
    for cvr in (HARBOUR, SCHOOL, HARBOUR, BAKERY, SCHOOL):
        said = changed(CALLS, A_CALL, cvr=cvr)
        assert update(CALLS, said).counts == {"changed": 1}
        assert update(CALLS, said).counts == {"there already": 1}
        assert [row[0] for row in standing_calls(home)] == [cvr]
    assert log_fault(home) is None


def test_an_old_file_after_a_move_is_changed_and_doubles_nothing(home, update, tmp_path):
    update(CALLS, changed(CALLS, A_CALL, cvr=HARBOUR))
    before = event_count(home)

    assert run_import(home, table(tmp_path / "old.csv", CALLS, A_CALL)).counts == {"changed": 1}
    assert event_count(home) == before


def test_a_visit_that_moves_takes_what_settled_it_along_and_its_yields_when_they_move_too(home, update):
    update(CALLS, changed(CALLS, A_CALL, cvr=HARBOUR))
    assert update(VISITS, changed(VISITS, A_VISIT, cvr=HARBOUR)).counts == {"changed": 1}
    assert update(YIELDS, changed(YIELDS, A_YIELD, cvr=HARBOUR)).counts == {"changed": 1}

    assert now(home) == BEFORE
    assert {row[0] for row in standing_calls(home)} == {HARBOUR}
    assert update(VISITS, changed(VISITS, A_VISIT, cvr=HARBOUR)).counts == {"there already": 1}
    assert update(VISITS, A_VISIT).reasons == [
        f"line 2: call_ref: no call c1 of company {BAKERY} was taken; import it first"
    ]


def test_two_references_that_change_places_in_one_file_are_each_where_they_say(home, update):
    update(CALLS, changed(CALLS, A_CALL, ref="c2", cvr=HARBOUR))

    swapped = changed(CALLS, A_CALL, cvr=HARBOUR), changed(CALLS, A_CALL, ref="c2")

    assert update(CALLS, *swapped).counts == {"changed": 2}
    assert update(CALLS, *swapped).counts == {"there already": 2}
    assert figures(home)[0]["calls"] == 2


def standing_calls(home):
    with open_tracker(home) as tracker:
        reached = [tracker.outreach(SLUG, cvr) for cvr in (BAKERY, HARBOUR, SCHOOL)]
        return [(outreach.cvr, call) for outreach in reached if outreach for call in outreach.calls]


# Companies


def company(size, since=""):
    return BAKERY, "Bageri", "306", "107100", "DB07", size, since


def sizes(home):
    return {row["size"] for row in figures(home, "size") if row["calls"] or row["visits_booked"]}


def test_facts_without_a_day_were_an_error_and_hold_for_all_days(home, update):
    update(COMPANIES, company("2-4"))
    assert sizes(home) == {"2-4"}

    assert update(COMPANIES, company("5-9")).counts == {"changed": 1}

    assert sizes(home) == {"5-9"}
    assert update(COMPANIES, company("5-9")).counts == {"there already": 1}


def test_facts_with_a_day_hold_from_that_day_on(home, update):
    update(COMPANIES, company("2-4"))

    assert update(COMPANIES, company("5-9", "2012-11-10")).counts == {"changed": 1}

    by_size = {row["size"]: (row["calls"], row["visits_held"]) for row in figures(home, "size")}
    assert by_size == {"2-4": (1, 0), "5-9": (0, 1)}
    assert update(COMPANIES, company("5-9", "2012-11-10")).counts == {"there already": 1}


def test_an_earlier_day_that_comes_later_is_taken(home, update):
    update(COMPANIES, company("2-4"), company("5-9", "2012-11-10"), company("5-9", "2012-11-01"))

    assert sizes(home) == {"5-9"}
    assert update(COMPANIES, company("5-9", "2012-11-01")).counts == {"there already": 1}


def test_a_company_of_several_rows_in_one_file_says_the_last(home, update):
    assert update(COMPANIES, company("2-4"), company("5-9"), company("10-19")).counts == {"taken": 1, "changed": 2}
    assert sizes(home) == {"10-19"}
    assert log_fault(home) is None


def test_what_was_updated_is_so_in_views_made_anew_too(home, update):
    update(VISITS, changed(VISITS, A_VISIT, booked_on=""))
    update(VISITS, A_VISIT)
    update(COMPANIES, company("2-4"), company("5-9", "2012-11-10"))
    stepwise = current_facts(home)

    home.rebuild()

    assert current_facts(home) == stepwise
