"""Read models opened: brought up to the log, made anew when broken or of other code, and never taken from a holder."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from import_fixtures import A_CALL, A_VISIT, A_YIELD, CALLS, VISITS, YIELDS, figures, new_workspace, run_import, table

from campaign.company_lookup import company_named
from campaign.errors import CheckFault, StoreFault
from campaign.storage.sqlite import log_head, views
from projections import definitions


@pytest.fixture
def home(tmp_path):
    home = new_workspace(tmp_path / "wh?at")
    calls = table(tmp_path / "calls.csv", CALLS, A_CALL)
    visits = table(tmp_path / "visits.csv", VISITS, A_VISIT)
    run_import(home, calls, visits, table(tmp_path / "yields.csv", YIELDS, A_YIELD))
    return home


def hit(home):
    total = figures(home)[0]
    return total["calls"], total["visits_held"], total["positions"]


def test_all_files_of_a_home_lie_in_it_whatever_its_name_and_are_its_users_own(home):
    assert hit(home) == (1, 1, 2)

    home.rebuild()

    assert sorted(path.name for path in home.path.parent.iterdir() if path.is_dir()) == ["wh?at"]
    assert {path.stat().st_mode & 0o777 for path in (home.log, home.views)} == {0o600}


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to be taken for one" * 99])
def test_broken_tables_are_made_anew(home, content):
    hit(home)
    home.views.write_bytes(content)

    assert hit(home) == (1, 1, 2)


def test_a_rebuild_takes_the_place_of_what_is_no_database(home):
    home.views.write_bytes(b"x" * 9_000)

    home.rebuild()

    assert hit(home) == (1, 1, 2)


@pytest.mark.parametrize("name", ["projections/facts/calls.py", "domain/outreach.py"])
def test_other_code_is_known_by_what_fills_a_table_and_by_the_events_it_knows(tmp_path, monkeypatch, name):
    here = Path(definitions.__file__).parents[1]
    for folder in ("projections", "domain"):
        shutil.copytree(here / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    now = definitions.fingerprint("of today")
    monkeypatch.setattr(definitions, "__file__", str(tmp_path / "projections" / "definitions.py"))
    assert definitions.fingerprint("of today") == now

    with (tmp_path / name).open("a") as file:
        file.write("# changed\n")

    assert definitions.fingerprint("of today") != now


def test_tables_of_other_code_are_made_anew(home):
    hit(home)
    with closing(sqlite3.connect(home.views)) as connection, connection:
        connection.execute("UPDATE made_by SET fingerprint = 'of yesterday'")
        connection.execute("DELETE FROM calls")

    assert hit(home) == (1, 1, 2)


# The chain


def by_force(home, *statements):
    """What somebody does to the log behind the program's back."""
    with closing(sqlite3.connect(home.log)) as log, log:
        for statement in statements:
            assert log.execute(statement).rowcount > 0, "nothing was altered"


def one_more(home, folder):
    run_import(home, table(folder / "more.csv", CALLS, ("c2", *A_CALL[1:2], "2012-11-06T10:00", *A_CALL[3:])))


@pytest.mark.parametrize("reading", [hit, lambda home: home.rebuild()])
@pytest.mark.parametrize("position", [1, 3, 5])
def test_no_figures_are_made_of_a_log_whose_rows_were_altered(home, reading, position):
    by_force(home, f"UPDATE stored_events SET recorded_at = '2012-11-30' WHERE position = {position}")

    with pytest.raises(CheckFault, match=f"at position {position}, .*campaign verify"):
        reading(home)


@pytest.mark.parametrize(
    "alteration",
    [
        "state = CAST(state AS TEXT)",
        "originator_id = 7",
        "hash = 'x'",
        "recorded_at = x'00'",
        "entry = 1",
    ],
)
def test_a_row_of_other_types_is_altered_too(home, alteration):
    by_force(home, f"UPDATE stored_events SET {alteration} WHERE position = 3")

    with pytest.raises(CheckFault, match="at position 3"):
        hit(home)


def test_what_was_logged_since_follows_what_was_seen(home, tmp_path):
    assert hit(home) == (1, 1, 2)

    one_more(home, tmp_path)

    assert hit(home) == (2, 1, 2)


def test_what_was_seen_is_what_the_next_row_has_to_follow(home, tmp_path):
    hit(home)
    seen = log_head.seen_by(home.views)
    one_more(home, tmp_path)
    by_force(home, f"UPDATE stored_events SET state = x'7b7d' WHERE position = {seen.position + 1}")

    with pytest.raises(CheckFault, match=f"at position {seen.position + 1}"):
        hit(home)

    assert log_head.seen_by(home.views) == seen


def test_rows_that_are_gone_from_the_end_are_not_waited_for(home):
    by_force(home, "DELETE FROM stored_events WHERE position > 4")

    with pytest.raises(CheckFault, match=r"at position 5, .*5 to 6 are gone"):
        hit(home)


def test_a_count_of_positions_that_was_set_back_hides_no_rows(home):
    by_force(home, "UPDATE sqlite_sequence SET seq = 0")

    with pytest.raises(CheckFault, match="counts 0 positions, but has one at 6"):
        hit(home)


def test_a_log_older_than_its_read_models_is_noticed_until_a_rebuild_takes_it_as_it_is(home, tmp_path):
    older = home.log.read_bytes()
    one_more(home, tmp_path)
    assert hit(home) == (2, 1, 2)
    home.log.write_bytes(older)

    for reading in (hit, lambda home: company_named(home, "firma")):
        with pytest.raises(CheckFault, match=r"ends at position 6, .*seen position 7.*older copy.*campaign rebuild"):
            reading(home)

    assert home.rebuild() == 6
    assert hit(home) == (1, 1, 2)


def test_another_log_is_noticed_until_a_rebuild_takes_it_as_it_is(home, tmp_path):
    hit(home)
    other = new_workspace(tmp_path / "other")
    for number in range(8):
        row = (f"c{number}", A_CALL[1], f"2012-11-06T1{number}:00", *A_CALL[3:])
        run_import(other, table(tmp_path / f"other{number}.csv", CALLS, row))
    home.log.write_bytes(other.log.read_bytes())

    for reading in (hit, lambda home: company_named(home, "firma")):
        with pytest.raises(CheckFault, match=r"another entry at position 6 .*replaced.*campaign rebuild"):
            reading(home)

    home.rebuild()
    assert hit(home) == (8, 0, 0)


def test_tables_of_other_code_do_not_hide_that_the_log_is_another(home, tmp_path):
    older = home.log.read_bytes()
    one_more(home, tmp_path)
    hit(home)
    home.log.write_bytes(older)
    with closing(sqlite3.connect(home.views)) as connection, connection:
        connection.execute("UPDATE made_by SET fingerprint = 'of yesterday'")

    with pytest.raises(CheckFault, match="ends at position 6"):
        hit(home)


def test_tables_from_before_they_kept_the_chain_are_made_anew(home):
    hit(home)
    with closing(sqlite3.connect(home.views)) as connection, connection:
        connection.execute("UPDATE made_by SET fingerprint = 'of yesterday'")
        connection.execute("ALTER TABLE progress DROP COLUMN head")

    assert hit(home) == (1, 1, 2)


def test_what_is_read_is_as_new_as_the_log_though_a_rebuild_put_older_tables_in_place(home, monkeypatch):
    hit(home)
    follow, times = views._follow, []

    def follow_then_lose(paths, engine, on_progress):
        follow(paths, engine, on_progress)
        if not times:
            times.append("lost")
            with closing(sqlite3.connect(home.views)) as live, live:
                live.execute("UPDATE progress SET position = 0, head = ''")
                for name in ("calls", "steps", "visits", "yields", "subjects", "companies", "enrolments"):
                    live.execute(f"DELETE FROM {name}")

    monkeypatch.setattr(views, "_follow", follow_then_lose)

    assert hit(home) == (1, 1, 2)
    assert times


def test_tables_that_somebody_holds_are_not_taken_for_broken(home, monkeypatch):
    hit(home)
    monkeypatch.setattr(views, "open_database", _impatient(views.open_database))
    before = home.views.stat().st_ino
    with closing(sqlite3.connect(home.views)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreFault, match="Try again"):
            hit(home)

    assert home.views.stat().st_ino == before


def _impatient(opened):
    def open_impatiently(path, lasting=True):
        from sqlalchemy import event

        engine = opened(path, lasting)
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=50"), insert=True)
        return engine

    return open_impatiently
