"""Cohorts: how soon calls led to visits and visits to yields, what is too young to tell, and the days it took."""

from datetime import date, timedelta
from statistics import quantiles

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, CampaignBuilder, day, report_scope
from campaign_strategies import KINDS, REGIONS, log_stories, mixtures, plans
from hypothesis import given
from hypothesis import strategies as st

from projections.questions.cohorts import HORIZONS, Cell, Times, cohorts
from projections.questions.entries import entries
from projections.questions.hit_rates import hit_rates
from projections.statistics import wilson

pytestmark = pytest.mark.both_stores


def triangle(builder, of="calls", by="week", known_on=None, **scope):
    with builder.tables() as connection:
        return cohorts(connection, report_scope(connection, known_on, **scope), of, by)


def reached(cells):
    return [cell.reached for cell in cells]


def bases(found):
    return {row.period: row.base for row in found.rows}


def after(days, since="2012-11-01"):
    """So many days later, as text."""
    return str(day(since) + timedelta(days=days))


def led(builder, days, at="2012-11-01", cvr=BAKERY, **who):
    """A call, and the visit it booked, held so many days later. Returns both."""
    call = builder.called(cvr, at=at, **who)
    visit = builder.booked(cvr, on=after(days, at), at=at, call=call, **who)
    builder.held(visit, after(days, at), cvr, **who)
    return call, visit


# What counts as having led to something


@pytest.mark.parametrize(
    ("days", "within"),
    [
        (0, [1, 1, 1, 1]),
        (7, [1, 1, 1, 1]),
        (8, [0, 1, 1, 1]),
        (14, [0, 1, 1, 1]),
        (15, [0, 0, 1, 1]),
        (28, [0, 0, 1, 1]),
        (29, [0, 0, 0, 1]),
        (56, [0, 0, 0, 1]),
        (57, [0, 0, 0, 0]),
    ],
)
def test_a_week_ends_with_the_seventh_day_after(days, within):
    builder = CampaignBuilder()
    _, visit = led(builder, days)
    builder.yielded(visit=visit, at=after(2 * days))

    (of_calls,), (of_visits,) = triangle(builder).rows, triangle(builder, "visits").rows

    assert reached(of_calls.cells) == reached(of_visits.cells) == within
    assert (of_calls.base, of_visits.base) == (1, 1)


def test_a_cell_says_what_it_is_a_share_of_and_how_sure_it_is():
    builder = CampaignBuilder()
    led(builder, 7)
    led(builder, 7, cvr=GARAGE)
    for _ in range(4):
        builder.called(HARBOUR, "no-answer", at="2012-11-01")

    found = triangle(builder)

    assert found.rows[0].cells[0] == Cell(1, 2, 6, 2 / 6, *wilson(2, 6), False)
    assert found.times == (2, 7, 7, 7)


def test_a_visit_that_no_call_booked_is_of_no_call():
    builder = CampaignBuilder()
    builder.called(outcome="declined", at="2012-11-01")
    builder.visited(at="2012-11-05")

    (row,) = triangle(builder).rows

    assert (row.base, reached(row.cells)) == (1, [0, 0, 0, 0])
    assert bases(triangle(builder, "visits")) == {"2012-W45": 1}


@pytest.mark.parametrize("ending", ["planned", "missed", "cancelled"])
def test_a_visit_that_was_not_held_is_none(ending):
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-06", at="2012-11-01", call=builder.called(at="2012-11-01"))
    if ending != "planned":
        getattr(builder, ending)(visit, at="2012-11-06")

    assert reached(triangle(builder).rows[0].cells) == [0, 0, 0, 0]
    assert triangle(builder, "visits").rows == []


def test_a_moved_visit_counts_by_the_day_it_was_held():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-06", at="2012-11-01", call=builder.called(at="2012-11-01"))
    builder.moved(visit, to=after(20), at="2012-11-05")
    builder.held(visit, at=after(20))

    assert reached(triangle(builder).rows[0].cells) == [0, 0, 1, 1]
    assert bases(triangle(builder, "visits")) == {"2012-W47": 1}


def test_of_two_visits_by_one_call_the_first_one_counts_whichever_was_logged_first():
    builder = CampaignBuilder()
    call, late = led(builder, 20)
    early = builder.booked(on=after(10), at="2012-11-01", call=call)
    builder.held(early, at=after(10))

    (row,) = triangle(builder).rows
    builder.retracted(early)
    (without,) = triangle(builder).rows

    assert (row.base, reached(row.cells)) == (1, [0, 1, 1, 1])
    assert (without.base, reached(without.cells)) == (1, [0, 0, 1, 1])
    assert late != early


def test_of_two_yields_of_a_visit_the_first_one_counts():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-01")
    builder.yielded(visit=visit, at=after(20))
    early = builder.yielded(visit=visit, at=after(3))

    both = triangle(builder, "visits").rows[0]
    builder.retracted(early)

    assert (both.base, reached(both.cells)) == (1, [1, 1, 1, 1])
    assert reached(triangle(builder, "visits").rows[0].cells) == [0, 0, 1, 1]


def test_a_yield_straight_from_a_call_is_of_no_visit():
    builder = CampaignBuilder()
    call, _ = led(builder, 5)
    builder.yielded(call=call, at="2012-11-06")

    assert reached(triangle(builder, "visits").rows[0].cells) == [0, 0, 0, 0]


def test_what_was_taken_back_leaves_its_cohort_and_leads_to_nothing():
    builder = CampaignBuilder()
    call, visit = led(builder, 5)
    recorded = builder.yielded(visit=visit, at=after(6))

    builder.retracted(recorded)
    assert reached(triangle(builder, "visits").rows[0].cells) == [0, 0, 0, 0]
    builder.retracted(visit)
    assert triangle(builder, "visits").rows == []
    assert (bases(triangle(builder)), reached(triangle(builder).rows[0].cells)) == ({"2012-W44": 1}, [0, 0, 0, 0])
    builder.retracted(call)
    assert triangle(builder).rows == []


def test_a_call_that_was_taken_back_is_in_no_cohort_though_its_visit_was_held():
    builder = CampaignBuilder()
    call, _ = led(builder, 5)
    builder.retracted(call)

    assert triangle(builder).rows == []
    assert triangle(builder).times == Times(0, None, None, None)
    assert bases(triangle(builder, "visits")) == {"2012-W45": 1}


def test_a_visit_of_a_day_before_its_call_was_soon_enough_for_any_week():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-03", at="2012-11-01", call=builder.called(at="2012-11-05"))
    builder.held(visit, at="2012-11-03")

    assert reached(triangle(builder).rows[0].cells) == [1, 1, 1, 1]
    assert triangle(builder).times == (1, -2, -2, -2)


# What narrows it


def test_as_of_a_day_what_happened_later_has_not_happened():
    builder = CampaignBuilder()
    _, visit = led(builder, 5)
    builder.called(HARBOUR, "busy", at="2012-11-02")
    builder.yielded(visit=visit, at=after(6))

    assert bases(triangle(builder, as_of="2012-11-01")) == {"2012-W44": 1}
    assert reached(triangle(builder, as_of=after(4)).rows[0].cells) == [0, 0, 0, 0]
    assert reached(triangle(builder, as_of=after(5)).rows[0].cells) == [1, 1, 1, 1]
    assert reached(triangle(builder, "visits", as_of=after(5)).rows[0].cells) == [0, 0, 0, 0]
    assert reached(triangle(builder, "visits", as_of=after(6)).rows[0].cells) == [1, 1, 1, 1]


def test_what_was_logged_late_was_not_known_before():
    builder = CampaignBuilder()
    visit = builder.booked(on="2012-11-06", at="2012-11-01", call=builder.called(at="2012-11-01"))
    builder.held(visit, at="2012-11-06", recorded="2012-11-20")
    builder.yielded(visit=visit, at="2012-11-06", recorded="2012-11-27")

    assert reached(triangle(builder, known_on="2012-11-19").rows[0].cells) == [0, 0, 0, 0]
    assert reached(triangle(builder, known_on="2012-11-20").rows[0].cells) == [1, 1, 1, 1]
    assert triangle(builder, "visits", known_on="2012-11-19").rows == []
    assert reached(triangle(builder, "visits", known_on="2012-11-26").rows[0].cells) == [0, 0, 0, 0]
    assert reached(triangle(builder, "visits", known_on="2012-11-27").rows[0].cells) == [1, 1, 1, 1]


def test_of_certain_kinds_the_first_yield_of_these_counts():
    builder = CampaignBuilder()
    visit = builder.visited(at="2012-11-01")
    builder.yielded("internship", visit=visit, at=after(3))
    builder.yielded("acute-job", visit=visit, at=after(10))

    found = {kind: reached(triangle(builder, "visits", kinds=(kind,)).rows[0].cells) for kind in KINDS}

    assert found["internship"] == [1, 1, 1, 1]
    assert found["ordinary-job"] == found["acute-job"] == [0, 1, 1, 1]
    assert found["mentorship"] == [0, 0, 0, 0]


def test_a_period_narrows_the_contacts_and_not_what_they_led_to():
    builder = CampaignBuilder()
    _, visit = led(builder, 10)
    led(builder, 1, at="2012-11-06", cvr=HARBOUR)
    builder.yielded(visit=visit, at=after(15))

    found = triangle(builder, first="2012-10-29", last="2012-11-02")
    of_visits = triangle(builder, "visits", first="2012-11-11", last="2012-11-11")

    assert (bases(found), reached(found.rows[0].cells)) == ({"2012-W44": 1}, [0, 1, 1, 1])
    assert (bases(of_visits), reached(of_visits.rows[0].cells)) == ({"2012-W45": 1}, [1, 1, 1, 1])


def test_a_filter_is_of_the_contact_that_led_to_the_visit():
    builder = CampaignBuilder()
    call = builder.called(at="2012-11-01", office="306", by="anna")
    visit = builder.booked(on="2012-11-06", at="2012-11-01", call=call, office="306", by="anna")
    builder.held(visit, at="2012-11-06", office="101", by="bo")

    assert reached(triangle(builder, offices=("306",), consultants=("anna",)).rows[0].cells) == [1, 1, 1, 1]
    assert triangle(builder, offices=("101",)).rows == []


def test_of_the_contacts_of_a_day_only_those_inside_the_filters_led_to_anything():
    builder = CampaignBuilder()
    _, visit = led(builder, 5, office="306")
    builder.called(HARBOUR, "busy", at="2012-11-01", office="101")
    builder.yielded(visit=visit, at="2012-11-06")
    builder.visited(HARBOUR, at="2012-11-06", office="101")

    for of in ("calls", "visits"):
        rows = [triangle(builder, of, offices=(office,)).rows[0] for office in ("101", "306")]

        assert [(row.base, row.cells[0].reached) for row in rows] == [(1, 0), (1, 1)]


def test_the_company_is_what_it_was_on_the_day_of_the_contact():
    builder = CampaignBuilder()
    builder.described(industry="107100", size="2-4")
    builder.described(industry="561010", size="10-19", since="2012-11-03", at="2012-11-03")
    led(builder, 5)

    assert reached(triangle(builder, industries=("10",), sizes=("2-4",)).rows[0].cells) == [1, 1, 1, 1]
    assert triangle(builder, industries=("56",)).rows == []
    assert bases(triangle(builder, "visits", industries=("56",))) == {"2012-W45": 1}


# Weeks and months


def test_a_cohort_at_new_year_is_of_the_week_with_its_own_year_and_of_the_month_of_the_day():
    builder = CampaignBuilder()
    for at in ("2012-12-30", "2012-12-31", "2013-01-01", "2013-12-29", "2013-12-30"):
        builder.called(at=at)

    assert bases(triangle(builder)) == {"2012-W52": 1, "2013-W01": 2, "2013-W52": 1, "2014-W01": 1}
    assert bases(triangle(builder, by="month")) == {"2012-12": 2, "2013-01": 1, "2013-12": 2}


# What is too young to tell


@pytest.mark.parametrize("weeks", HORIZONS)
@pytest.mark.parametrize(("by", "end"), [("week", "2012-11-04"), ("month", "2012-11-30")])
def test_a_cell_matures_until_the_last_day_of_its_period_is_so_many_weeks_old(weeks, by, end):
    builder = CampaignBuilder()
    builder.called(at="2012-11-01")

    def maturing(on):
        return {cell.weeks: cell.maturing for cell in triangle(builder, by=by, as_of=on).rows[0].cells}

    assert maturing(after(7 * weeks - 1, end))[weeks]
    assert not maturing(after(7 * weeks, end))[weeks]
    assert maturing(after(7 * weeks, end)) == {other: other > weeks for other in HORIZONS}


def test_a_cohort_that_the_period_cuts_ends_with_the_period():
    builder = CampaignBuilder()
    builder.called(at="2012-11-01")

    cut = triangle(builder, as_of="2012-11-09", last="2012-11-02").rows[0].cells
    whole = triangle(builder, as_of="2012-11-09").rows[0].cells

    assert [cell.maturing for cell in cut] == [False, True, True, True]
    assert [cell.maturing for cell in whole] == [True, True, True, True]


def test_the_total_of_so_many_weeks_is_of_the_contacts_that_are_so_old():
    builder = CampaignBuilder()
    led(builder, 3, at="2012-11-01")
    builder.called(GARAGE, "busy", at="2012-11-08")
    led(builder, 3, at="2012-11-09", cvr=HARBOUR)

    total = triangle(builder, as_of="2012-11-15").total

    assert [(cell.weeks, cell.reached, cell.base) for cell in total] == [(1, 1, 2), (2, 1, 1), (4, 0, 0), (8, 0, 0)]
    assert [cell.share for cell in total] == [1 / 2, 1, None, None]
    assert (total[2].low, total[2].high) == (None, None)
    assert not any(cell.maturing for cell in total)


def test_where_there_are_no_contacts_there_are_no_cohorts():
    found = triangle(CampaignBuilder())

    assert found == triangle(CampaignBuilder(), as_of="0001-01-01")
    assert found.rows == []
    assert [(cell.reached, cell.base, cell.share) for cell in found.total] == [(0, 0, None)] * 4
    assert found.times == Times(0, None, None, None)


# The days it took


@pytest.mark.parametrize("days", [[1, 2], [2, 9, 11], [0, 0, 7, 30], [1, 4, 4, 6, 15, 70]])
def test_the_quartiles_are_those_of_the_days_to_the_first_visit(days):
    builder = CampaignBuilder()
    for number, one in enumerate(days):
        led(builder, one, at=after(number))
    builder.called(outcome="busy")

    assert triangle(builder).times == (len(days), *quantiles(days, n=4, method="inclusive"))


def test_one_contact_is_all_three_quartiles():
    builder = CampaignBuilder()
    led(builder, 9)

    assert triangle(builder).times == (1, 9, 9, 9)


# Laws


OF = st.sampled_from(["calls", "visits"])
DAYS = st.dates(date(2012, 10, 15), date(2013, 4, 30))


@given(plans, mixtures, OF, DAYS)
def test_more_weeks_never_hold_fewer_and_no_share_leaves_its_interval(plan, mixture, of, then):
    found = triangle(log_stories(CampaignBuilder(), plan, mixture), of, as_of=then)

    for row in found.rows:
        assert reached(row.cells) == sorted(reached(row.cells))
        assert [cell.maturing for cell in row.cells] == sorted(cell.maturing for cell in row.cells)
        assert {cell.base for cell in row.cells} == {row.base}
    for cell in (cell for cells in (*(row.cells for row in found.rows), found.total) for cell in cells):
        assert cell.base == 0 or 0 <= cell.low <= cell.share <= cell.high <= 1


@given(plans, mixtures, OF, st.integers(1, 60))
def test_known_at_a_position_gives_what_the_log_up_to_there_gives(plan, mixture, of, position):
    builder, earlier = log_stories(CampaignBuilder(), plan, mixture), log_stories(CampaignBuilder(), plan, mixture)
    earlier.events = earlier.events[:position]

    assert triangle(builder, of, known=position) == triangle(earlier, of)


@given(plans, mixtures, st.sampled_from(["week", "month"]), st.none() | DAYS)
def test_the_contacts_of_all_cohorts_are_those_the_rates_count(plan, mixture, by, then):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        scope = report_scope(connection, as_of=then) if then else report_scope(connection)
        counted = {row[by]: row for row in hit_rates(connection, scope, by)}
        of_calls, of_visits = (bases(cohorts(connection, scope, of, by)) for of in ("calls", "visits"))

    assert of_calls == {word: row["calls"] for word, row in counted.items() if row["calls"]}
    assert of_visits == {word: row["visits_held"] for word, row in counted.items() if row["visits_held"]}


@given(plans, mixtures, OF, DAYS)
def test_months_and_weeks_hold_the_same(plan, mixture, of, then):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    weeks, months = (triangle(builder, of, by, as_of=then) for by in ("week", "month"))

    assert [sum(cell) for cell in zip(*(reached(row.cells) for row in weeks.rows), strict=True)] == [
        sum(cell) for cell in zip(*(reached(row.cells) for row in months.rows), strict=True)
    ]
    assert sum(bases(weeks).values()) == sum(bases(months).values())
    assert (weeks.total, weeks.times) == (months.total, months.times)


@given(plans, mixtures, OF)
def test_the_offices_add_up_to_all(plan, mixture, of):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    apart = [triangle(builder, of, offices=(office,)).total for office in REGIONS]
    together = triangle(builder, of).total

    assert [sum(cell.base for cell in cells) for cells in zip(*apart, strict=True)] == [c.base for c in together]
    assert [sum(cell.reached for cell in cells) for cells in zip(*apart, strict=True)] == reached(together)


@given(plans, mixtures, OF, DAYS, st.none() | st.sampled_from(KINDS))
def test_it_is_what_the_entries_tell_one_by_one(plan, mixture, of, then, kind):
    with log_stories(CampaignBuilder(), plan, mixture).tables() as connection:
        scope = report_scope(connection, as_of=then, kinds=(kind,) if kind else ())
        found = cohorts(connection, scope, of)
        contacts = entries(connection, scope, {"calls": "calls", "visits": "visits_held"}[of])
        came = entries(connection, scope, {"calls": "visits_held", "visits": "yields"}[of])
    firsts: dict[str, str] = {}
    for one in came:
        came_on = one.recorded_on or one.day
        firsts[one.origin] = min(came_on, firsts.get(one.origin, came_on))
    delays = [(day(firsts[one.entry]) - day(one.day)).days for one in contacts if one.entry in firsts]
    old = {weeks: [one for one in contacts if day(one.day) + timedelta(weeks=weeks) <= then] for weeks in HORIZONS}

    assert sum(row.base for row in found.rows) == len(contacts)
    for place, weeks in enumerate(HORIZONS):
        within = sum(delay <= 7 * weeks for delay in delays)
        assert sum(row.cells[place].reached for row in found.rows) == within
        assert found.total[place].base == len(old[weeks])
    assert found.times.number == len(delays)
