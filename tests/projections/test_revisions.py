"""Changes: why a count is another than it was known to be, each cause by hand, and that the lines always add up."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder, day, report_scope
from campaign_strategies import COMPANIES, OUTCOMES, Story, log_stories, mixtures, plans
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal_user import BAKERY as BAKER
from terminal_user import BARBER, TIMBER, new_consultant

from domain.calls import Call
from domain.outcomes import Outcome
from domain.outreach import Outreach
from projections.engine.catch_up import copenhagen_day
from projections.measures import COUNTS
from projections.questions.hit_rates import hit_rates
from projections.questions.revision_causes import CAUSES
from projections.questions.revisions import revised_counts, revisions

pytestmark = pytest.mark.both_stores


ALL = tuple(COUNTS)


def lines(builder, of, since="2012-11-15", **scope):
    """The lines of one count."""
    with builder.tables() as connection:
        return revisions(connection, report_scope(connection, **scope), day(since), [of])


def causes(builder, of, since="2012-11-15", **scope):
    """The effect and the cause of each line."""
    return [(line.effect, line.cause) for line in lines(builder, of, since, **scope)]


# Each cause


def test_what_happened_since_is_new_and_what_had_happened_and_was_logged_since_is_late():
    builder = CampaignBuilder()
    builder.called(BAKERY, at="2012-11-15")
    builder.called(HARBOUR, at="2012-11-15", recorded="2012-11-16")
    builder.called(SCHOOL, at="2012-11-16")

    found = lines(builder, "calls")

    assert [(line.effect, line.cause, line.cvr) for line in found] == [(1, "late", HARBOUR), (1, "new", SCHOOL)]
    assert [(line.day, line.recorded_on) for line in found] == [
        ("2012-11-15", "2012-11-16"),
        ("2012-11-16", "2012-11-16"),
    ]


def test_a_line_names_the_contact_and_the_company_it_is_of():
    builder = CampaignBuilder()
    builder.described(GARAGE)
    builder.called(GARAGE, "declined", at="2012-11-20", office="101", by="bo")

    (line,) = lines(builder, "calls")

    assert (line.of, line.what, line.said, line.because) == ("calls", "call", "declined", "")
    assert (line.cvr, line.company, line.office, line.region) == (GARAGE, f"Company {GARAGE}", "101", "Hovedstaden")
    assert (line.consultant, line.campaign, line.happened_on) == ("bo", "open-doors", "2012-11-20")


def test_a_call_that_says_otherwise_under_its_own_id_is_corrected_and_one_call_on_both_sides():
    builder = CampaignBuilder()
    builder.called(BAKERY, "no-answer", at="2012-11-01", recorded="2012-11-05")
    builder.called(HARBOUR, "busy", at="2012-11-20")
    correct(builder, 0, "accepted")

    assert causes(builder, "calls", "2012-11-19") == [(1, "new")]
    (line,) = lines(builder, "calls_accepted", "2012-11-19")
    assert (line.effect, line.cause, line.said) == (1, "corrected", "no-answer -> accepted")
    assert line.because == "registered in error"


def test_what_was_taken_back_says_why_and_takes_with_it_what_hangs_on_it():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-10")
    builder.yielded(positions=3, visit=visit, at="2012-11-11")
    builder.retracted(visit, at="2012-11-20")

    for of, effect in (("visits_held", -1), ("visits_with_yield", -1), ("yields", -1), ("positions", -3)):
        (line,) = lines(builder, of)
        assert (line.effect, line.cause, line.because) == (effect, "retracted", "registered in error")
        assert (line.day, line.recorded_on) == ("2012-11-10", "2012-11-20")


def test_a_retraction_that_was_itself_taken_back_lets_the_entry_return():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01")
    gone = builder.retracted(call, at="2012-11-10")
    builder.retracted(gone, at="2012-11-20")

    assert causes(builder, "calls") == [(1, "returned")]
    assert causes(builder, "calls", "2012-11-05") == []


def test_what_was_never_known_before_does_not_return_however_often_it_was_taken_back_since():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-20")
    gone = builder.retracted(call, at="2012-11-21")
    builder.retracted(gone, at="2012-11-22")

    assert causes(builder, "calls") == [(1, "new")]


def test_a_planned_visit_is_settled_when_it_was_held_since_and_late_when_it_had_been_by_then():
    builder = CampaignBuilder()
    soon = builder.booked(BAKERY, on="2012-11-20", at="2012-11-01")
    past = builder.booked(HARBOUR, on="2012-11-14", at="2012-11-01")
    builder.held(past, "2012-11-14", HARBOUR, recorded="2012-11-19")
    builder.held(soon, "2012-11-20")

    assert causes(builder, "visits_held") == [(1, "late"), (1, "settled")]
    assert causes(builder, "visits_planned") == [(-1, "late"), (-1, "settled")]
    assert causes(builder, "visits_booked") == []
    assert {line.said for line in lines(builder, "visits_held")} == {"planned -> held"}


def test_as_of_a_day_a_visit_is_what_it_was_then_whatever_came_of_it():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-22", at="2012-11-01", recorded="2012-11-20")
    builder.held(visit, "2012-11-22")

    (line,) = lines(builder, "visits_booked", as_of="2012-11-10")
    assert (line.cause, line.said, line.happened_on) == ("late", "planned", "2012-11-01")
    assert causes(builder, "visits_booked", as_of="2012-11-22") == [(1, "new")]


def test_a_visit_for_another_day_is_moved_into_the_period_or_out_of_it():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-01")
    builder.moved(visit, to="2012-12-04", at="2012-11-19")

    (line,) = lines(builder, "visits_planned", last="2012-11-30")
    assert (line.effect, line.cause, line.said) == (-1, "moved", "planned 2012-11-20 -> 2012-12-04")
    assert causes(builder, "visits_planned", first="2012-12-01") == [(1, "moved")]
    assert causes(builder, "visits_planned") == []


def test_a_booking_that_is_another_office_s_now_is_corrected_and_not_moved():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-20", at="2012-11-01", office="306")
    builder.retracted(visit, at="2012-11-19")
    who = {"office": "316", "by": "bo", "recorded": None}
    builder._on_outreach(
        BAKERY, "2012-11-19", who, lambda o, act, entry: o.book_visit(act, entry, day("2012-11-20"), visit=visit)
    )

    assert causes(builder, "visits_planned", offices=("316",)) == [(1, "corrected")]
    assert causes(builder, "visits_planned", offices=("306",)) == [(-1, "corrected")]
    assert causes(builder, "visits_planned") == []


def test_a_step_of_a_visit_that_was_taken_back_takes_the_visit_back_to_what_it_was():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-10", at="2012-11-01")
    held = builder.held(visit, at="2012-11-10")
    builder.retracted(held, at="2012-11-20")

    assert causes(builder, "visits_held") == [(-1, "retracted")]
    assert causes(builder, "visits_planned") == [(1, "retracted")]


def test_a_visit_that_was_held_and_is_said_to_have_been_missed_is_corrected():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-10", at="2012-11-01")
    held = builder.held(visit, at="2012-11-10")
    builder.retracted(held, at="2012-11-20")
    builder.missed(visit, at="2012-11-20")

    assert causes(builder, "visits_held") == [(-1, "corrected")]
    assert causes(builder, "visits_no_show") == [(1, "corrected")]


def test_a_visit_becomes_overdue_by_time_alone():
    builder = CampaignBuilder()
    builder.booked(on="2012-11-20", at="2012-11-01")

    (line,) = lines(builder, "visits_overdue", today="2012-11-21")

    assert (line.effect, line.cause, line.recorded_on) == (1, "time", None)
    assert causes(builder, "visits_overdue", today="2012-11-20") == []
    assert causes(builder, "visits_overdue", as_of="2012-11-21") == []


def test_a_hit_is_there_for_its_first_yield_and_gone_with_its_last():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-10")
    builder.visited(HARBOUR, at="2012-11-10")
    first = builder.yielded(visit=visit, at="2012-11-14", recorded="2012-11-20")
    second = builder.yielded("wage-subsidy", visit=visit, at="2012-11-21")
    with_first = causes(builder, "visits_with_yield")
    builder.retracted(first, at="2012-11-22")
    with_second = causes(builder, "visits_with_yield")
    builder.retracted(second, at="2012-11-23")

    assert (with_first, with_second) == ([(1, "late")], [(1, "new")])
    (line,) = lines(builder, "visits_with_yield", "2012-11-21")
    assert (line.effect, line.cause, line.recorded_on) == (-1, "retracted", "2012-11-23")


def test_a_call_is_a_hit_for_what_the_visit_it_booked_brought():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01")
    visit = builder.booked(on="2012-11-20", at="2012-11-01", call=call)
    builder.held(visit, "2012-11-20")
    builder.yielded(visit=visit, at="2012-11-20")

    (line,) = lines(builder, "calls_with_yield")

    assert (line.effect, line.cause, line.what, line.day) == (1, "new", "call", "2012-11-01")
    assert (line.said, line.recorded_on) == ("internship", "2012-11-20")


def test_a_call_that_was_corrected_is_a_hit_for_its_yield_all_the_same():
    builder = CampaignBuilder()
    builder.called(outcome="busy", at="2012-11-01")
    correct(builder, 0, "accepted")
    call = builder.events[-1].event.call
    builder.yielded(call=call, at="2012-11-20")

    assert causes(builder, "calls_with_yield", "2012-10-31") == [(1, "new")]
    assert causes(builder, "calls_with_yield") == [(1, "new")]
    builder.called(HARBOUR, "busy", at="2012-11-21")
    correct(builder, 0, "declined")
    assert causes(builder, "calls_with_yield") == [(1, "new")]
    assert causes(builder, "calls_reached") == []


def test_the_yield_of_a_visit_that_is_planned_again_makes_no_hit_of_its_call():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01")
    visit = builder.booked(on="2012-11-10", at="2012-11-01", call=call)
    held = builder.held(visit, at="2012-11-10")
    builder.yielded(visit=visit, at="2012-11-10")
    builder.retracted(held, at="2012-11-12")
    builder.yielded("wage-subsidy", call=call, at="2012-11-20")

    (line,) = lines(builder, "calls_with_yield")

    assert (line.effect, line.cause, line.said) == (1, "new", "wage-subsidy")


def test_a_company_counts_from_its_first_call_on():
    builder = CampaignBuilder()
    builder.called(BAKERY, "busy", at="2012-11-10")
    builder.called(BAKERY, "accepted", at="2012-11-20")
    builder.called(HARBOUR, "busy", at="2012-11-14", recorded="2012-11-20")
    builder.called(HARBOUR, "busy", at="2012-11-21")

    assert [(line.cvr, line.cause) for line in lines(builder, "companies_called")] == [(HARBOUR, "late")]
    assert [(line.cvr, line.cause) for line in lines(builder, "companies_accepted")] == [(BAKERY, "new")]


def test_a_contact_comes_into_a_filter_by_what_the_register_now_says_of_the_company():
    builder = CampaignBuilder()
    builder.described(industry="107100", at="2012-10-01")
    builder.called(at="2012-11-15")
    builder.described(industry="561010", at="2012-11-20")

    (line,) = lines(builder, "calls", industries=("56",))

    assert (line.effect, line.cause, line.recorded_on) == (1, "company", "2012-11-20")
    assert causes(builder, "calls", industries=("10",)) == [(-1, "company")]
    assert causes(builder, "calls") == []


def test_a_target_that_was_set_or_taken_back_changes_no_count_and_is_a_line():
    builder = CampaignBuilder()
    builder.targeted(None, "visits_held", 8_000, at="2012-10-01")
    builder.targeted(None, "visits_held", 10_000, at="2012-11-20")
    builder.targeted("306", "visits_held", 40, at="2012-11-20")
    builder.targeted(None, "calls", 7, at="2012-11-20")

    found = lines(builder, "visits_held")

    assert {(line.effect, line.cause, line.office) for line in found} == {(0, "target", ""), (0, "target", "306")}
    assert {line.said for line in found} == {
        "8,000 by 2014-06-30 -> 10,000 by 2014-06-30",
        "306: none -> 40 by 2014-06-30",
    }
    assert len(lines(builder, "visits_held", offices=("101",))) == 1


def test_what_became_known_after_the_later_day_is_no_change():
    builder = CampaignBuilder()
    builder.called(BAKERY, at="2012-11-16")
    builder.called(HARBOUR, at="2012-11-25")

    assert [line.cvr for line in lines(builder, "calls", known_on="2012-11-20")] == [BAKERY]


# The law: what was known then, and the lines, are what is known now


class ToldLate(CampaignBuilder):
    """Each act is logged so many days after it happened as its turn in the list says."""

    def __init__(self, delays):
        self._delays = delays
        super().__init__()

    def _act(self, at, office, by, recorded):
        delay = self._delays[self._acts % len(self._delays)] if self._delays else 0
        return super()._act(at, office, by, recorded or str(day(at) + timedelta(days=delay)))


def correct(builder, number, outcome):
    """A call that stands is taken back, and said anew under its own id, as an import of a changed line does."""
    standing = [(o, call) for o in builder._outreaches.values() for call in o.calls.values()]
    if standing:
        outreach, call = standing[number % len(standing)]
        who = {"office": call.office, "by": call.by}
        builder.retracted(call.entry, str(call.at), outreach.cvr, **who)
        builder._on_outreach(outreach.cvr, str(call.at), {**builder._actor(who)}, again(call, outcome))


def again(call, outcome):
    """Says a call anew."""
    return lambda o, act, entry: o.log_call(act._replace(repeated=True), entry, Call(Outcome(outcome)), call.call)


def hold_again(builder, number, later):
    """A visit that was held is taken back, and held another day, or not at all."""
    held = [(o, fact) for o in builder._outreaches.values() for fact in o.effective(Outreach.VisitHeld)]
    if held:
        outreach, fact = held[number % len(held)]
        builder.retracted(fact.entry, str(fact.at), outreach.cvr, office=fact.office)
        settle = builder.missed if later % 3 == 0 else builder.held
        if fact.visit in outreach.visits:
            settle(fact.visit, str(fact.at + timedelta(days=later)), outreach.cvr, office="316", by="bo")


def describe(builder, number, later):
    """The register says otherwise of a company, for all days or from one on."""
    cvr = COMPANIES[number % len(COMPANIES)]
    since = str(date(2012, 11, 1) + timedelta(days=later)) if later % 2 else None
    builder.described(cvr, "107100" if number % 3 else "561010", "2-4", since=since, at="2012-12-01")


def target(builder, number, later):
    """A target is set, or the last one is taken back."""
    builder.targeted("306" if later % 2 else None, ALL[number % len(ALL)], 10 * later, at="2012-12-01")


LATER = {
    "correct": lambda builder, n, m: correct(builder, n, OUTCOMES[m % len(OUTCOMES)]),
    "hold": hold_again,
    "describe": describe,
    "target": target,
}
afterthoughts = st.lists(
    st.tuples(st.sampled_from(sorted(LATER)), st.integers(0, 30), st.integers(0, 9)), min_size=1, max_size=8
)
delays = st.lists(st.sampled_from([0, 0, 0, 1, 3, 14, 40]), max_size=9)
FILTERS = {
    "offices": st.sampled_from([("306",), ("316", "101")]),
    "regions": st.just(("Sjælland",)),
    "consultants": st.just(("anna", "bo")),
    "industries": st.sampled_from([("10",), ("56", "50")]),
    "sizes": st.just(("2-4",)),
    "kinds": st.sampled_from([("ordinary-job",), ("internship", "mentorship")]),
    "first": st.dates(date(2012, 10, 15), date(2013, 1, 15)),
    "last": st.dates(date(2012, 11, 15), date(2013, 3, 31)),
    "as_of": st.dates(date(2012, 10, 15), date(2013, 4, 30)),
}
names = st.lists(st.sampled_from(sorted(FILTERS)), max_size=2, unique=True)
filters = names.flatmap(lambda chosen: st.fixed_dictionaries({name: FILTERS[name] for name in chosen}))
tenths = st.tuples(st.sampled_from([3, 4, 5, 6, 7, 8]), st.sampled_from([10, 9, 8]))


ALWAYS = [  # what hypothesis seldom thinks of: visits that stay planned, and are moved
    Story(cvr, office, "anna", start, True, "accepted", None, ending, moves, (("internship", 2),), None, 1)
    for cvr, office, start, ending, moves in (
        (BAKERY, "306", 15, "planned", 0),
        (HARBOUR, "316", 30, "planned", 2),
        (BAKERY, "101", 45, "held", 1),
    )
]


@settings(max_examples=200 if settings.default.max_examples > 10 else 10)  # fewer on a server
@given(plans, mixtures, delays, afterthoughts, filters, tenths)
def test_what_was_known_then_and_the_lines_add_up_to_what_is_known_now(plan, mixture, late, more, scope, when):
    builder = log_stories(ToldLate(late), ALWAYS + plan, mixture)
    for name, number, other in more:
        LATER[name](builder, number, other)
    recorded = [date.fromisoformat(copenhagen_day(event.recorded_at)) for event in builder.events]
    since, known_on = (recorded[len(recorded) * tenth // 10 - 1] for tenth in when)
    scope = {"known_on": str(known_on), **scope} if when[1] < 10 else scope

    with builder.tables() as connection:
        about = report_scope(connection, **scope, **({"today": known_on} if "known_on" in scope else {}))
        found = revisions(connection, about, since, ALL)
        summed = revised_counts(connection, about, ALL, found)
        then = report_scope(connection, **{**scope, "known_on": str(since), "today": since})
        (before,), (after,) = hit_rates(connection, then), hit_rates(connection, about)

    sums = Counter()
    for line in found:
        sums[line.of] += line.effect
        assert line.effect or line.cause == "target"
        assert line.recorded_on is None or since < date.fromisoformat(line.recorded_on)
        assert "known_on" not in scope or line.recorded_on is None or line.recorded_on <= str(known_on)
        assert (line.recorded_on is None) == (line.cause == "time")
        assert line.cause in CAUSES
        if line.cause in ("new", "settled"):
            assert line.happened_on > str(since)
        if line.cause == "late":
            assert line.happened_on <= str(since)
        if line.cause == "time":
            assert line.of == "visits_overdue"
        if line.cause == "company":
            assert {"industries", "sizes"} & set(scope)
    assert {of: before[of] + sums[of] for of in ALL} == {of: after[of] for of in ALL}
    assert [(t.before, t.after) for t in summed] == [(before[of], after[of]) for of in ALL]
    assert all(t.before + sum(t.by_cause.values()) == t.after for t in summed)


# Screens


@pytest.fixture
def coordinator(tmp_path):
    """A home with two weeks: what was known on Friday 16 November, and what was logged the week after."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("target", "luk-op", "visits_held", "20", "--because", "as agreed with the region")
    somebody.says("call", TIMBER, "accepted", "--visit", "2012-11-15")
    somebody.says("call", BAKER, "accepted", "--visit", "2012-11-14")
    somebody.on("2012-11-13").says("call", BARBER, "no-answer")
    somebody.on("2012-11-14").says("visit", BAKER, "held", "--yield", "internship:2", "--yield", "wage-subsidy")
    somebody.on("2012-11-19").says("visit", TIMBER, "held", "--on", "2012-11-15", "--yield", "ordinary-job")
    somebody.says("call", BARBER, "accepted", "--visit", "2012-11-20")
    history = json.loads(somebody.says("history", BAKER, "--json"))["rows"]
    entry = next(row["entry"] for row in history if row.get("kind") == "wage-subsidy")
    somebody.on("2012-11-20").says("retract", entry, "--because", "agreed with another company")
    somebody.says("target", "luk-op", "visits_held", "25", "--because", "two more consultants")
    return somebody.on("2012-11-21")


@pytest.mark.parametrize("columns", [None, 60, 80, 120])
def test_the_screens_are_these(coordinator, golden, columns):
    shown = coordinator.types("changes", "--since", "2012-11-16", columns=columns)

    golden(f"screens/changes-{columns or 'piped'}.txt", f"{shown.stdout}--- stderr\n{shown.stderr}")
    assert max(map(len, shown.stdout.splitlines())) <= (columns or 400)


def test_json_has_both_totals_what_each_cause_did_and_every_line(coordinator):
    said = json.loads(coordinator.says("changes", "--since", "2012-11-16", "--json"))

    assert (said["since"], said["known_on"]) == ("2012-11-16", "2012-11-21")
    positions = next(total for total in said["totals"] if total["of"] == "positions")
    assert positions == {"of": "positions", "before": 3, "after": 3, "by_cause": {"late": 1, "retracted": -1}}
    taken_back = next(row for row in said["rows"] if row["cause"] == "retracted")
    assert (taken_back["of"], taken_back["effect"], taken_back["recorded_on"]) == ("yields", -1, "2012-11-20")
    assert taken_back["because"] == "agreed with another company"


def test_in_a_pipe_the_lines_of_a_count_add_up_from_the_first_number_to_the_last(coordinator):
    shown = coordinator.says("changes", "--since", "2012-11-13", "--of", "visits_held")

    numbers = [int(line.split("\t")[1]) for line in shown.splitlines()[1:]]
    assert numbers == [0, 1, 1, 0, 2]


def test_known_on_an_earlier_day_it_is_what_changed_between_both(coordinator):
    said = json.loads(coordinator.says("changes", "--since", "2012-11-12", "--known-on", "2012-11-16", "--json"))

    totals = {total["of"]: (total["before"], total["after"]) for total in said["totals"]}
    assert (totals["calls"], totals["visits_held"], totals["positions"]) == ((2, 3), (0, 1), (0, 3))


def test_a_terminal_shows_some_lines_of_each_count_and_says_how_many_more_there_are(coordinator):
    for number in range(45):
        coordinator.says("call", BARBER, "busy", "--at", "2012-11-20", "--again", "--consultant", f"c{number}")

    shown = coordinator.types("changes", "--since", "2012-11-16", "--of", "calls", "--of", "yields", columns=120)

    lines = shown.stdout.split("\n\n")[1].splitlines()[1:]
    assert sum(line.startswith("calls ") for line in lines) == 38
    assert sum(line.startswith("yields ") for line in lines) == 2
    assert "8 lines more: --json or -o FILE has them all" in shown.stderr


REFUSED = {
    "changes-after-known-on": ["--since", "2012-11-16", "--known-on", "2012-11-12"],
    "changes-ahead": ["--since", "2012-11-22"],
    "changes-without-day": [],
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_said_in_one_line(coordinator, golden, name):
    result = coordinator.types("changes", *REFUSED[name])

    assert (result.exit_code, result.stdout, len(result.stderr.splitlines())) == (2, "", 1)
    golden(f"screens/refused-{name}.txt", result.stderr)
