"""Catching up: in any batch size, in any order of entries, by two at once, in either store, the same rows and figures."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Barrier

import campaign_builder as telling
import pytest
from campaign_builder import BAKERY, CampaignBuilder, all_rows, empty_place, open_tables, region_of, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from sqlalchemy import String, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from domain.ids import identity
from domain.outreach import Outreach
from projections.definitions import definitions
from projections.engine import postgres
from projections.engine.bitemporal import steps
from projections.engine.catch_up import catch_up, position
from projections.engine.expressions import in_list
from projections.facts.calls import calls
from projections.measures import COUNTS, DIMENSIONS, RATES
from projections.questions.entries import entries
from projections.questions.hit_rates import hit_rates, total_of
from projections.questions.yields_by_kind import yields_by_kind
from projections.read_models import MODELS, TABLES

pytestmark = pytest.mark.both_stores


def rows_after(builder: CampaignBuilder, *batches: int):
    """All rows, after catching up in batches of these sizes in turn, the last one as often as it takes."""
    engine = open_tables(empty_place())
    for size in batches[:-1]:
        with engine.connect() as connection:
            after = position(connection)
        catch_up(
            engine,
            MODELS,
            lambda since, head, limit, end=after + size: builder.read(since, head, min(limit, end - since)),
            region_of,
        )
    catch_up(engine, MODELS, builder.read, region_of, batches[-1])
    rows = all_rows(engine)
    engine.dispose()
    return rows


def every_figure(builder: CampaignBuilder):
    """In total, by the dimensions that are worked out, and by kind."""
    with builder.tables() as connection:
        scope = report_scope(connection)
        groups = [hit_rates(connection, scope, by) for by in (None, "office", "week", "industry", "size")]
        return groups, yields_by_kind(connection, scope)


@given(plans, mixtures, st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_step_by_step_equals_all_at_once(plan, mixture, sizes):
    builder = log_stories(CampaignBuilder(), plan, mixture)

    assert rows_after(builder, *sizes) == rows_after(builder, 100_000)


@given(plans, mixtures)
def test_any_order_of_entries_gives_the_same_figures(plan, mixture):
    in_order, mixed = log_stories(CampaignBuilder(), plan), log_stories(CampaignBuilder(), plan, mixture)

    assert every_figure(mixed) == every_figure(in_order)


@given(plans, st.sampled_from(["office", "region", "consultant", "week", "month", "industry", "size"]))
def test_groups_add_up_to_the_total_and_rates_lie_inside_their_intervals(plan, by):
    builder = log_stories(CampaignBuilder(), plan)

    with builder.tables() as connection:
        scope = report_scope(connection)
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
    builder = log_stories(CampaignBuilder(), [*plan])
    before = every_figure(builder)
    entries = [e.event for e in builder.events if type(e.event).__qualname__ in TAKEN_BACK]
    target = entries[number % len(entries)]
    cvr = next(cvr for cvr, outreach in builder._outreaches.items() if outreach.id == target.originator_id)
    if not builder._outreaches[cvr].is_effective(target.entry):
        return

    gone = builder.retracted(target.entry, cvr=cvr)
    builder.retracted(gone, cvr=cvr)

    assert every_figure(builder) == before


TAKEN_BACK = {"Outreach.CallLogged", "Outreach.VisitBooked", "Outreach.VisitHeld", "Outreach.YieldRecorded"}


def a_long_campaign() -> CampaignBuilder:
    """Some 300 events, with retractions among them."""
    builder = CampaignBuilder()
    for number in range(100):
        call = builder.called(by=f"consultant {number}")
        builder.yielded(call=call, at="2012-11-02")
        if number % 3 == 0:
            builder.retracted(call)
    return builder


def test_two_threads_that_catch_up_at_once_apply_nothing_twice(tmp_path):
    builder = a_long_campaign()
    alone = rows_after(builder, 7)
    together, place = Barrier(4), empty_place(tmp_path / "views.db")

    def follow(_):
        engine = open_tables(place)
        together.wait()
        catch_up(engine, MODELS, builder.read, region_of, 7)
        rows = all_rows(engine)
        engine.dispose()
        return rows

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(follow, range(4))) == [alone] * 4


def _follow(place) -> int:
    engine = open_tables(place)
    reached = catch_up(engine, MODELS, a_long_campaign().read, region_of, 7)
    engine.dispose()
    return reached


def test_two_processes_that_catch_up_at_once_apply_nothing_twice(tmp_path):
    builder, place = a_long_campaign(), empty_place(tmp_path / "views.db")
    with get_context("spawn").Pool(2) as pool:
        reached = pool.map(_follow, [place] * 2)

    engine = open_tables(place)
    with engine.connect() as connection:
        counted = connection.execute(select(func.count()).select_from(calls)).scalar()
        figures = hit_rates(connection, report_scope(connection))[0]
    engine.dispose()
    assert reached == [len(builder.events)] * 2
    assert counted == 100
    assert figures == builder.figures()


def test_a_batch_that_fails_leaves_nothing_of_itself_behind(tmp_path):
    builder = CampaignBuilder()
    builder.called(office="306")
    builder.called(BAKERY, office="999")

    def no_such_office(office, day):
        return region_of(office, day)

    engine = open_tables(empty_place(tmp_path / "views.db"))
    with pytest.raises(KeyError):
        catch_up(engine, MODELS, builder.read, no_such_office, batch=2)
    with engine.connect() as connection:
        assert position(connection) == 2
        assert connection.execute(select(func.count()).select_from(calls)).scalar() == 0
    engine.dispose()


def test_an_entry_taken_back_twice_is_gone_from_the_first_time_on():
    builder = CampaignBuilder()
    builder.called(at="2012-11-01")
    builder.retracted(builder.events[-1].event.entry, at="2012-11-05")
    first = builder.events[-1]
    again = Outreach.EntryRetracted(**{**asdict(first.event), "entry": identity("again")})
    builder.events.append(first._replace(position=first.position + 1, event=again))

    with builder.tables() as connection:
        assert connection.execute(select(calls.c.known_to)).scalars().all() == [first.position]


# On a server


@pytest.fixture(scope="module")
def database():
    import server_databases

    made = telling.Database(server_databases.server().admin, f"catching_up_{os.getpid()}")
    yield made
    made.drop()


@pytest.fixture
def on_a_server(database, monkeypatch):
    """Read models are fed there from when it is called."""
    monkeypatch.setattr(telling, "database", None)
    return lambda: monkeypatch.setattr(telling, "database", database)


def all_that_is_asked(builder: CampaignBuilder):
    """Every question by every dimension, and as things were known and had happened half way."""
    with builder.tables() as connection:
        for then in ({}, {"known": len(builder.events) // 2, "as_of": "2012-12-01"}):
            scope = report_scope(connection, **then)
            yield from (hit_rates(connection, scope, by) for by in (None, *DIMENSIONS))
            yield from (entries(connection, scope, of) for of in COUNTS)
            yield yields_by_kind(connection, scope)


@settings(max_examples=15)
@given(plans, mixtures)
def test_a_server_gives_the_same_rows_and_figures_to_the_digit(on_a_server, monkeypatch, plan, mixture):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    monkeypatch.setattr(telling, "database", None)
    in_memory = rows_after(builder, 100_000), repr(list(all_that_is_asked(builder)))

    on_a_server()

    assert (rows_after(builder, 100_000), repr(list(all_that_is_asked(builder)))) == in_memory


def test_more_rows_than_a_server_is_given_at_once_take_more_statements(on_a_server, monkeypatch):
    builder = a_long_campaign()
    alone = rows_after(builder, 100_000)

    on_a_server()
    monkeypatch.setattr(postgres, "ROWS_AT_ONCE", 3)

    assert rows_after(builder, 100_000) == alone


def test_all_that_one_reader_of_a_server_asks_is_of_one_state_and_it_writes_nothing(on_a_server):
    on_a_server()
    builder, engine = a_long_campaign(), open_tables(empty_place())
    with engine.connect() as reader, reader.begin():
        before = position(reader)
        catch_up(engine, MODELS, builder.read, region_of)

        assert position(reader) == before == 0
        with pytest.raises(DBAPIError, match="read-only transaction"):
            reader.execute(calls.delete())


def test_who_feeds_a_server_waits_for_another_and_no_longer_than_its_connection_says(on_a_server, database):
    from psycopg.conninfo import make_conninfo

    on_a_server()
    feeding = open_tables(empty_place()).connect().execution_options(writing=True)
    impatient = telling.OnServer(make_conninfo(database.place.address, options="-c lock_timeout=50ms"))
    with feeding as connection, connection.begin(), pytest.raises(DBAPIError, match="lock timeout"):
        catch_up(open_tables(impatient), MODELS, a_long_campaign().read, region_of)


# Definitions


def test_every_table_and_column_of_a_server_says_what_it_holds():
    said = [statement for statement in definitions("postgresql") if statement.startswith("COMMENT ON")]

    assert len(said) >= len(TABLES) + sum(len(table.columns) for table in TABLES)


def test_text_on_a_server_is_sorted_by_its_bytes_and_positions_are_as_large_as_they_get():
    for column in (column for table in TABLES for column in table.columns):
        builder = column.type.compile(postgresql.dialect())
        if isinstance(column.type, String):
            assert builder == 'TEXT COLLATE "C"', column
        if column.name in ("position", "known_from", "known_to"):
            assert builder == "BIGINT", column


def test_all_tables_are_defined_though_nothing_else_is_loaded():
    code = "from projections.definitions import definitions; print(*definitions(), sep=';')"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert printed.count("CREATE TABLE") == len(TABLES)


def test_words_are_looked_up_in_an_index_of_sqlite(tmp_path):
    engine = open_tables(tmp_path / "views.db")
    query = select(steps).where(in_list(steps.c.thing, ["one", "two"])).compile(engine)
    with engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", tuple(query.params.values())).all()
    engine.dispose()

    assert "USING INDEX ix_steps_thing" in str(plan)


def test_each_event_is_taken_by_one_read_model_alone():
    taken = [kind for model in MODELS for kind in model.clauses]

    assert sorted(kind.__qualname__ for kind in taken) == sorted({kind.__qualname__ for kind in taken})
