"""Catching up: in any batch size, in any order of entries, by two at once, the same rows and figures."""

from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from told import BAKERY, Told, all_rows, asked, region_of
from told_at_random import mixtures, plans, tell

from projections.calls import calls
from projections.catch_up import catch_up, make_tables, position
from projections.hit_rates import hit_rates, total_of
from projections.measures import RATES
from projections.tables import open_database
from projections.yields import yields_by_kind


def rows_after(told: Told, *batches: int):
    """All rows, after catching up in batches of these sizes in turn, the last one as often as it takes."""
    engine = open_database(":memory:")
    make_tables(engine)
    for size in batches[:-1]:
        with engine.connect() as connection:
            after = position(connection)
        catch_up(
            engine,
            lambda since, head, limit, end=after + size: told.read(since, head, min(limit, end - since)),
            region_of,
        )
    catch_up(engine, told.read, region_of, batches[-1])
    rows = all_rows(engine)
    engine.dispose()
    return rows


def every_figure(told: Told):
    """In total, by the dimensions that are worked out, and by kind."""
    with told.tables() as connection:
        scope = asked(connection)
        groups = [hit_rates(connection, scope, by) for by in (None, "office", "week", "industry", "size")]
        return groups, yields_by_kind(connection, scope)


@given(plans, mixtures, st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_step_by_step_equals_all_at_once(plan, mixture, sizes):
    told = tell(Told(), plan, mixture)

    assert rows_after(told, *sizes) == rows_after(told, 100_000)


@given(plans, mixtures)
def test_any_order_of_entries_gives_the_same_figures(plan, mixture):
    in_order, mixed = tell(Told(), plan), tell(Told(), plan, mixture)

    assert every_figure(mixed) == every_figure(in_order)


@given(plans, st.sampled_from(["office", "region", "consultant", "week", "month", "industry", "size"]))
def test_groups_add_up_to_the_total_and_rates_lie_inside_their_intervals(plan, by):
    told = tell(Told(), plan)

    with told.tables() as connection:
        scope = asked(connection)
        (total,), groups = (hit_rates(connection, scope, one) for one in (None, by))
        summed = total_of(connection, scope, groups)

    assert summed == total
    for count in ("calls", "calls_with_yield", "visits_booked", "visits_held", "visits_with_yield", "positions"):
        assert sum(row[count] for row in groups) == total[count]
    for row in (total, *groups):
        for rate in RATES:
            if row[rate] is not None:
                assert 0 <= row[f"{rate}_low"] <= row[rate] <= row[f"{rate}_high"] <= 1


@given(plans, st.integers(0, 99))
def test_taking_an_entry_back_and_letting_it_stand_again_restores_the_figures(plan, number):
    told = tell(Told(), [*plan])
    before = every_figure(told)
    entries = [e.event for e in told.events if type(e.event).__qualname__ in TAKEN_BACK]
    target = entries[number % len(entries)]
    cvr = next(cvr for cvr, outreach in told._outreaches.items() if outreach.id == target.originator_id)
    if not told._outreaches[cvr].stands(target.entry):
        return

    gone = told.retracted(target.entry, cvr=cvr)
    told.retracted(gone, cvr=cvr)

    assert every_figure(told) == before


TAKEN_BACK = {"Outreach.CallLogged", "Outreach.VisitBooked", "Outreach.VisitHeld", "Outreach.YieldRecorded"}


def a_long_campaign() -> Told:
    """Some 300 events, with retractions among them."""
    told = Told()
    for number in range(100):
        call = told.called(by=f"consultant {number}")
        told.yielded(call=call, at="2012-11-02")
        if number % 3 == 0:
            told.retracted(call)
    return told


def test_two_threads_that_catch_up_at_once_apply_nothing_twice(tmp_path):
    told = a_long_campaign()
    alone = rows_after(told, 7)
    together = Barrier(4)

    def follow(_):
        engine = open_database(tmp_path / "views.db")
        make_tables(engine)
        together.wait()
        catch_up(engine, told.read, region_of, 7)
        rows = all_rows(engine)
        engine.dispose()
        return rows

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(follow, range(4))) == [alone] * 4


def _follow(path) -> int:
    engine = open_database(path)
    make_tables(engine)
    reached = catch_up(engine, a_long_campaign().read, region_of, 7)
    engine.dispose()
    return reached


def test_two_processes_that_catch_up_at_once_apply_nothing_twice(tmp_path):
    told = a_long_campaign()
    with get_context("spawn").Pool(2) as pool:
        reached = pool.map(_follow, [tmp_path / "views.db"] * 2)

    engine = open_database(tmp_path / "views.db")
    with engine.connect() as connection:
        counted = connection.execute(select(func.count()).select_from(calls)).scalar()
        figures = hit_rates(connection, asked(connection))[0]
    engine.dispose()
    assert reached == [len(told.events)] * 2
    assert counted == 100
    assert figures == told.figures()


def test_a_batch_that_fails_leaves_nothing_of_itself_behind(tmp_path):
    told = Told()
    told.called(office="306")
    told.called(BAKERY, office="999")

    def no_such_office(office, day):
        return region_of(office, day)

    engine = open_database(tmp_path / "views.db")
    make_tables(engine)
    with pytest.raises(KeyError):
        catch_up(engine, told.read, no_such_office, batch=2)
    with engine.connect() as connection:
        assert position(connection) == 2
        assert connection.execute(select(func.count()).select_from(calls)).scalar() == 0
    engine.dispose()
