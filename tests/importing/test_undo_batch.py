"""`undo --batch`: a whole import taken back gives exactly the figures before, an updating one included."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from import_fixtures import (
    A_CALL,
    A_VISIT,
    A_YIELD,
    BAKERY,
    CALLS,
    COMPANIES,
    HARBOUR,
    VISITS,
    YIELDS,
    current_facts,
    figures,
    log_fault,
    new_workspace,
    run_at_terminal,
    run_import,
    table,
    undo_import,
)

pytestmark = pytest.mark.both_stores


@pytest.fixture
def home(tmp_path):
    return new_workspace(tmp_path / "home")


def files(folder, *rows):
    """A table for each kind of row."""
    named = {"companies": COMPANIES, "calls": CALLS, "visits": VISITS, "yields": YIELDS}
    return [table(folder / f"{kind}.csv", named[kind], *some) for kind, some in rows]


@pytest.fixture
def first(tmp_path):
    """A company, a call, a visit, a yield."""
    company = BAKERY, "Bageri", "306", "107100", "DB07", "2-4"
    rows = ("companies", [company]), ("calls", [A_CALL]), ("visits", [A_VISIT]), ("yields", [A_YIELD])
    return files(tmp_path, *rows)


@pytest.fixture
def second(tmp_path):
    """Another size, another outcome, a day of booking, a kind; and a call that is new."""
    (tmp_path / "now").mkdir()
    company = BAKERY, "Bageri", "306", "107100", "DB07", "5-9", "2012-11-10"
    calls = (*A_CALL[:5], "declined"), ("c2", HARBOUR, *A_CALL[2:])
    visit, gave = (*A_VISIT[:2], "2012-11-06", *A_VISIT[3:]), (*A_YIELD[:5], "wage-subsidy", "3")
    return files(tmp_path / "now", ("companies", [company]), ("calls", calls), ("visits", [visit]), ("yields", [gave]))


def test_the_first_import_taken_back_leaves_no_figure(home, first):
    nothing, known = figures(home)[0], current_facts(home)
    run = run_import(home, *first).run
    assert figures(home)[0]["positions"] == 2

    undo_import(home, run.batch)

    assert figures(home)[0] == nothing
    assert current_facts(home) == known
    assert log_fault(home) is None


def test_an_updating_import_taken_back_gives_exactly_what_was_before(home, first, second):
    run_import(home, *first)
    before, by_size = current_facts(home), figures(home, "size")

    run = run_import(home, *second, update=True)
    assert run.counts == {"changed": 4, "taken": 1}
    assert current_facts(home) != before
    undo_import(home, run.run.batch)

    assert current_facts(home) == before
    assert figures(home, "size") == by_size
    assert run_import(home, *first).counts == {"there already": 4}


def test_taken_back_and_taken_again_and_back_is_the_same_every_time(home, first, second):
    run_import(home, *first)
    before = current_facts(home)
    imported_now = []

    for _ in range(3):
        run = run_import(home, *second, update=True)
        imported_now.append((run.counts, current_facts(home)))
        undo_import(home, run.run.batch)
        assert current_facts(home) == before

    assert imported_now[0] == imported_now[1] == imported_now[2]
    assert log_fault(home) is None


def test_the_first_import_taken_back_can_be_imported_again(home, first):
    run = run_import(home, *first)
    known = current_facts(home)
    undo_import(home, run.run.batch)

    again = run_import(home, *first)

    assert again.counts == {"taken": 4}
    assert current_facts(home) == known


def test_what_others_logged_stays(home, first, tmp_path):
    (tmp_path / "others").mkdir()
    others = files(tmp_path / "others", ("calls", [("c9", BAKERY, *A_CALL[2:])]))
    run_import(home, *others)
    known = current_facts(home)

    undo_import(home, run_import(home, *first).run.batch)

    assert current_facts(home) == known


VARIANTS = {
    "calls": (CALLS, [A_CALL, (*A_CALL[:5], "declined"), (*A_CALL[:5], "call-back", "", "2012-11-12")]),
    "visits": (
        VISITS,
        [
            A_VISIT,
            (*A_VISIT[:4], "", "planned", *A_VISIT[6:]),
            (*A_VISIT[:4], "", "cancelled", *A_VISIT[6:]),
            (*A_VISIT[:2], "2012-11-06", *A_VISIT[3:]),
            (*A_VISIT[:2], "", *A_VISIT[3:]),
        ],
    ),
    "yields": (YIELDS, [A_YIELD, (*A_YIELD[:5], "wage-subsidy", "3"), (*A_YIELD[:2], "", "c1", *A_YIELD[4:])]),
}


STATES = st.fixed_dictionaries({kind: st.sampled_from(rows) for kind, (_, rows) in VARIANTS.items()})


@settings(max_examples=10)
@given(st.lists(STATES, min_size=2, max_size=4, unique_by=str))
def test_updates_taken_back_in_turn_give_every_state_before(tmp_path_factory, states):
    folder = tmp_path_factory.mktemp("states")
    home = new_workspace(folder / "home")
    before = []

    for state in states:
        tables = [table(folder / f"{kind}.csv", VARIANTS[kind][0], row) for kind, row in state.items()]
        known = current_facts(home)
        before.append((run_import(home, *tables, update=True).run.batch, known))

    for batch, known in reversed(before):
        if current_facts(home) != known:
            undo_import(home, batch)
        assert current_facts(home) == known
    assert log_fault(home) is None


def test_at_the_terminal_the_import_says_how_it_is_taken_back(home, first, capsys):
    who = "--home", home.path, "--consultant", "abcd", "--office", "306"
    code, _, err = run_at_terminal(capsys, "import", *first, *who)
    words = re.search(r"campaign (undo --batch \w+)", err)
    assert code == 0
    assert words

    code, out, _ = run_at_terminal(capsys, *words[1].split(), *who)

    assert code == 0
    assert out.startswith("Taken back: 5 entries.")
    assert figures(home)[0]["calls"] == 0


def test_an_update_that_was_updated_since_is_not_brought_back_by_undoing_it(home, tmp_path):
    def call(outcome):
        return table(tmp_path / "calls.csv", CALLS, (*A_CALL[:5], outcome))

    run_import(home, call("no-answer"))
    busy = run_import(home, call("busy"), update=True)
    run_import(home, call("left-message"), update=True)

    undo_import(home, busy.run.batch)

    assert figures(home)[0]["calls"] == 1
    assert log_fault(home) is None
