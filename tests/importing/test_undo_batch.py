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
    a_home,
    at_terminal,
    fault,
    figures,
    imported,
    known_now,
    table,
    undone,
)

pytestmark = pytest.mark.both_stores


@pytest.fixture
def home(tmp_path):
    return a_home(tmp_path / "home")


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
    nothing, known = figures(home)[0], known_now(home)
    run = imported(home, *first).run
    assert figures(home)[0]["positions"] == 2

    undone(home, run.batch)

    assert figures(home)[0] == nothing
    assert known_now(home) == known
    assert fault(home) is None


def test_an_updating_import_taken_back_gives_exactly_what_was_before(home, first, second):
    imported(home, *first)
    before, by_size = known_now(home), figures(home, "size")

    run = imported(home, *second, update=True)
    assert run.counts == {"changed": 4, "taken": 1}
    assert known_now(home) != before
    undone(home, run.run.batch)

    assert known_now(home) == before
    assert figures(home, "size") == by_size
    assert imported(home, *first).counts == {"there already": 4}


def test_taken_back_and_taken_again_and_back_is_the_same_every_time(home, first, second):
    imported(home, *first)
    before = known_now(home)
    imported_now = []

    for _ in range(3):
        run = imported(home, *second, update=True)
        imported_now.append((run.counts, known_now(home)))
        undone(home, run.run.batch)
        assert known_now(home) == before

    assert imported_now[0] == imported_now[1] == imported_now[2]
    assert fault(home) is None


def test_the_first_import_taken_back_can_be_imported_again(home, first):
    run = imported(home, *first)
    known = known_now(home)
    undone(home, run.run.batch)

    again = imported(home, *first)

    assert again.counts == {"taken": 4}
    assert known_now(home) == known


def test_what_others_logged_stays(home, first, tmp_path):
    (tmp_path / "others").mkdir()
    others = files(tmp_path / "others", ("calls", [("c9", BAKERY, *A_CALL[2:])]))
    imported(home, *others)
    known = known_now(home)

    undone(home, imported(home, *first).run.batch)

    assert known_now(home) == known


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
    home = a_home(folder / "home")
    before = []

    for state in states:
        tables = [table(folder / f"{kind}.csv", VARIANTS[kind][0], row) for kind, row in state.items()]
        known = known_now(home)
        before.append((imported(home, *tables, update=True).run.batch, known))

    for batch, known in reversed(before):
        if known_now(home) != known:
            undone(home, batch)
        assert known_now(home) == known
    assert fault(home) is None


def test_at_the_terminal_the_import_says_how_it_is_taken_back(home, first, capsys):
    who = "--home", home.path, "--consultant", "abcd", "--office", "306"
    code, _, err = at_terminal(capsys, "import", *first, *who)
    words = re.search(r"campaign (undo --batch \w+)", err)
    assert code == 0
    assert words

    code, out, _ = at_terminal(capsys, *words[1].split(), *who)

    assert code == 0
    assert out.startswith("Taken back: 5 entries.")
    assert figures(home)[0]["calls"] == 0


def test_an_update_that_was_updated_since_is_not_brought_back_by_undoing_it(home, tmp_path):
    def call(outcome):
        return table(tmp_path / "calls.csv", CALLS, (*A_CALL[:5], outcome))

    imported(home, call("no-answer"))
    busy = imported(home, call("busy"), update=True)
    imported(home, call("left-message"), update=True)

    undone(home, busy.run.batch)

    assert figures(home)[0]["calls"] == 1
    assert fault(home) is None
