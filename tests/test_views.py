"""Read models opened: brought up to the log, made anew when broken or of other code, and never taken from a holder."""

import sqlite3
from contextlib import closing

import pytest
from imported import A_CALL, A_VISIT, A_YIELD, CALLS, VISITS, YIELDS, a_home, figures, imported, table

from campaign import views
from campaign.faults import StoreFault


@pytest.fixture
def home(tmp_path):
    home = a_home(tmp_path / "wh?at")
    calls = table(tmp_path / "calls.csv", CALLS, A_CALL)
    visits = table(tmp_path / "visits.csv", VISITS, A_VISIT)
    imported(home, calls, visits, table(tmp_path / "yields.csv", YIELDS, A_YIELD))
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


def test_tables_of_other_code_are_made_anew(home):
    hit(home)
    with closing(sqlite3.connect(home.views)) as connection, connection:
        connection.execute("UPDATE made_by SET fingerprint = 'of yesterday'")
        connection.execute("DELETE FROM calls")

    assert hit(home) == (1, 1, 2)


def test_what_is_read_is_as_new_as_the_log_though_a_rebuild_put_older_tables_in_place(home, monkeypatch):
    hit(home)
    follow, times = views._follow, []

    def follow_then_lose(home, engine, seen):
        follow(home, engine, seen)
        if not times:
            times.append("lost")
            with closing(sqlite3.connect(home.views)) as live, live:
                live.execute("UPDATE progress SET position = 0")
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
