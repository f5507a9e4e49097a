"""Importing: a reference is taken once, a row whole or not at all, and every row read has exactly one verdict."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from import_fixtures import (
    A_CALL,
    A_VISIT,
    A_YIELD,
    BAKERY,
    CALLS,
    COMPANIES,
    GARAGE,
    HARBOUR,
    INVITATIONS,
    SCHOOL,
    VISITS,
    YIELDS,
    current_facts,
    entry_ids,
    event_count,
    figures,
    log_fault,
    log_of,
    new_workspace,
    rows_of,
    run_at_terminal,
    run_import,
    table,
)

from campaign.app import open_tracker
from domain.outreach import Outreach
from domain.refusals import VisitOutOfOrder

pytestmark = pytest.mark.both_stores


CPR = "010170-1234"


@pytest.fixture
def home(tmp_path):
    return new_workspace(tmp_path / "home")


def of_call(**other):
    return tuple({**dict(zip(CALLS, A_CALL, strict=False)), **other}.values())


def of_visit(**other):
    return tuple({**dict(zip(VISITS, A_VISIT, strict=False)), **other}.values())


def of_yield(**other):
    return tuple({**dict(zip(YIELDS, A_YIELD, strict=False)), **other}.values())


def some(tmp_path):
    """A company with a call, the visit it booked, and what that yielded; and an invitation."""
    return (
        table(tmp_path / "companies.csv", COMPANIES, (BAKERY, "Bageri", "306", "107100", "DB07", "2-4")),
        table(tmp_path / "letters.csv", INVITATIONS, ("l1", BAKERY, "2012-10-01", "anna", "306")),
        table(tmp_path / "calls.csv", CALLS, A_CALL),
        table(tmp_path / "visits.csv", VISITS, A_VISIT),
        table(tmp_path / "yields.csv", YIELDS, A_YIELD),
    )


# Once


def test_the_same_rows_again_are_there_already_and_nothing_is_written(home, tmp_path):
    assert run_import(home, *some(tmp_path)).counts == {"taken": 5}
    before = event_count(home)

    assert run_import(home, *some(tmp_path)).counts == {"there already": 5}
    assert event_count(home) == before


def test_a_reference_twice_in_a_file_is_taken_once(home, tmp_path):
    twice = table(tmp_path / "calls.csv", CALLS, A_CALL, A_CALL)

    assert run_import(home, twice).counts == {"taken": 1, "there already": 1}
    assert figures(home)[0]["calls"] == 1


def test_a_reference_twice_for_two_companies_is_changed_the_second_time(home, tmp_path):
    twice = table(tmp_path / "calls.csv", CALLS, A_CALL, of_call(cvr=HARBOUR))

    assert run_import(home, twice).counts == {"taken": 1, "changed": 1}
    assert figures(home)[0]["calls"] == 1


def test_two_sources_with_equal_references_stay_apart(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, A_CALL)

    assert run_import(home, calls, source="east").counts == {"taken": 1}
    assert run_import(home, calls, source="west").counts == {"taken": 1}
    assert run_import(home, calls, source="east").counts == {"there already": 1}
    assert figures(home)[0]["calls"] == 2


def test_two_kinds_with_equal_references_stay_apart(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, of_call(ref="1"))
    visits = table(tmp_path / "visits.csv", VISITS, of_visit(ref="1", call_ref="1"))

    assert run_import(home, calls, visits).counts == {"taken": 2}


def test_a_visit_cancelled_for_a_day_to_come_is_there_already_on_every_later_day(home, tmp_path):
    visits = table(
        tmp_path / "visits.csv", VISITS, of_visit(planned_on="2012-12-20", held_on="", status="cancelled", call_ref="")
    )

    run_import(home, visits, today=date(2012, 11, 10))

    assert run_import(home, visits, today=date(2012, 11, 11)).counts == {"there already": 1}
    assert run_import(home, visits, today=date(2013, 3, 1)).counts == {"there already": 1}


def test_a_company_with_several_dated_rows_is_there_already_once_they_were_taken(home, tmp_path):
    sizes = [(BAKERY, "Bageri", "", "", "", size, f"{year}-01-01") for size, year in (("2-4", 2012), ("5-9", 2013))]
    companies = table(tmp_path / "companies.csv", COMPANIES, *sizes)
    run_import(home, companies, update=True)

    assert run_import(home, companies, update=True).counts == {"there already": 2}


# Changed


@pytest.mark.parametrize(
    ("headings", "changed"),
    [
        (CALLS, of_call(outcome="declined")),
        (CALLS, of_call(called_at="2012-11-05T09:31")),
        (CALLS, of_call(consultant="bo")),
        (CALLS, of_call(office="316")),
        (CALLS, of_call(reason="no-need")),
        (CALLS, (*A_CALL, "", "2012-11-12")),
        (VISITS, of_visit(planned_on="2012-11-19")),
        (VISITS, of_visit(held_on="2012-11-21")),
        (VISITS, of_visit(status="cancelled", held_on="")),
        (VISITS, of_visit(status="planned", held_on="")),
        (VISITS, of_visit(booked_on="")),
        (VISITS, of_visit(consultant="bo")),
        (YIELDS, of_yield(positions="3")),
        (YIELDS, of_yield(kind="wage-subsidy")),
        (YIELDS, of_yield(recorded_on="2012-11-21")),
        (YIELDS, of_yield(hours_per_week="20")),
        (YIELDS, of_yield(target_group="youth")),
        (YIELDS, of_yield(visit_ref="", call_ref="c1")),
        (INVITATIONS, ("l1", BAKERY, "2012-10-02", "anna", "306")),
        (COMPANIES, (BAKERY, "Bageri", "306", "107100", "DB07", "5-9")),
    ],
)
def test_a_reference_with_other_content_is_changed_and_left(home, tmp_path, headings, changed):
    run_import(home, *some(tmp_path))
    before = event_count(home)

    assert run_import(home, table(tmp_path / "other.csv", headings, changed)).counts == {"changed": 1}
    assert event_count(home) == before


def test_a_visit_held_unbooked_that_was_booked_the_same_day_after_all_is_changed(home, tmp_path):
    unbooked = of_visit(booked_on="", call_ref="")
    run_import(home, table(tmp_path / "visits.csv", VISITS, unbooked))
    booked = table(tmp_path / "now.csv", VISITS, of_visit(booked_on="2012-11-20", call_ref=""))

    assert run_import(home, booked).counts == {"changed": 1}
    assert run_import(home, booked, update=True).counts == {"changed": 1}
    assert run_import(home, booked).counts == {"there already": 1}


def test_a_yield_is_there_already_when_only_the_office_of_its_visit_changed(home, tmp_path):
    run_import(home, *some(tmp_path))
    run_import(home, table(tmp_path / "other.csv", VISITS, of_visit(consultant="bo", office="316")), update=True)

    assert run_import(home, table(tmp_path / "yields.csv", YIELDS, A_YIELD)).counts == {"there already": 1}


# Whole or not at all


def test_a_visit_whose_second_half_is_refused_leaves_no_booking(home, tmp_path, monkeypatch):
    visits = table(tmp_path / "visits.csv", VISITS, A_VISIT, of_visit(status="no-show", held_on=""))
    run_import(home, table(tmp_path / "calls.csv", CALLS, A_CALL))

    def refuses(*_):
        raise VisitOutOfOrder("The second half is refused.")

    monkeypatch.setattr(Outreach, "hold_visit", refuses)
    taken = run_import(home, visits)

    assert (taken.counts, taken.reasons) == (
        {"rejected": 1, "taken": 1},
        ["line 2: planned_on: The second half is refused."],
    )
    total = figures(home)[0]
    assert (total["visits_booked"], total["visits_no_show"], total["visits_held"]) == (1, 1, 0)
    before = event_count(home)
    assert run_import(home, visits).counts == {"changed": 1, "there already": 1}
    assert (event_count(home), log_fault(home)) == (before, None)


def test_a_refused_row_leaves_what_the_rows_around_it_did_to_its_company(home, tmp_path):
    visits = (
        of_visit(),
        of_visit(ref="v2", booked_on="2012-11-21", planned_on="2012-11-22", held_on="2012-11-19", call_ref=""),
        of_visit(ref="v3", booked_on="2012-11-21", planned_on="2012-11-22", held_on="2012-11-22", call_ref=""),
    )
    yields = (of_yield(), of_yield(ref="y2", positions="0"), of_yield(ref="y3"))

    files = table(tmp_path / "v.csv", VISITS, *visits), table(tmp_path / "y.csv", YIELDS, *yields)
    taken = run_import(home, table(tmp_path / "calls.csv", CALLS, A_CALL), *files)

    assert taken.counts == {"taken": 5, "rejected": 2}
    total = figures(home)[0]
    assert (total["calls"], total["visits_booked"], total["visits_held"], total["positions"]) == (1, 2, 2, 4)
    assert log_fault(home) is None


def test_a_refused_move_to_another_company_leaves_the_entry_where_it_was(home, tmp_path):
    run_import(home, *some(tmp_path))
    theirs = table(tmp_path / "c2.csv", CALLS, of_call(ref="c2", cvr=HARBOUR))
    run_import(home, theirs, table(tmp_path / "v2.csv", VISITS, of_visit(ref="v2", cvr=HARBOUR, call_ref="c2")))
    before = current_facts(home)

    moved = table(tmp_path / "y.csv", YIELDS, of_yield(cvr=HARBOUR, visit_ref="v2", positions="5000"))

    assert run_import(home, moved, update=True).counts == {"rejected": 1}
    assert current_facts(home) == before


WORDS = st.sampled_from
BAD = st.sampled_from(["", "x" * 101, "\x1b[2J", "35-11-2012", "1990-01-01", "2999-01-01", "-1", "4e3", "nobody", CPR])
REFS, CVRS = st.sampled_from(["1", "2", "3"]), st.sampled_from([BAKERY, HARBOUR, SCHOOL])
DAYS = st.sampled_from(["2012-11-05", "2012-11-20", "2012-12-01"])
OR_BAD = {
    "calls": (
        REFS,
        CVRS,
        DAYS,
        st.just("anna"),
        st.sampled_from(["306", "101"]),
        st.sampled_from(["accepted", "busy"]),
    ),
    "visits": (
        REFS,
        CVRS,
        DAYS,
        DAYS,
        DAYS,
        st.sampled_from(["held", "planned", "no-show"]),
        st.just("bo"),
        st.just("306"),
    ),
    "yields": (
        REFS,
        CVRS,
        st.sampled_from(["1", "2"]),
        st.just(""),
        DAYS,
        st.just("internship"),
        st.sampled_from(["1", "2"]),
    ),
}
HEADINGS = {"calls": CALLS, "visits": VISITS, "yields": YIELDS}


def rows_of_kind(kind):
    columns = OR_BAD[kind]
    good = st.tuples(*columns)
    spoilt = st.tuples(good, st.integers(0, len(columns) - 1), BAD).map(
        lambda s: (*s[0][: s[1]], s[2], *s[0][s[1] + 1 :])
    )
    return st.lists(good | spoilt, min_size=1, max_size=12)


@given(st.fixed_dictionaries({kind: rows_of_kind(kind) for kind in OR_BAD}), st.booleans())
@example({"calls": [A_CALL], "visits": [A_VISIT], "yields": [A_YIELD]}, True)
def test_read_is_taken_and_there_and_changed_and_rejected_and_again_nothing_is_new(tmp_path_factory, rows, update):
    folder = tmp_path_factory.mktemp("mixed")
    home = new_workspace(folder / "home")
    files = [table(folder / f"{kind}.csv", HEADINGS[kind], *some) for kind, some in rows.items()]

    rehearsed = run_import(home, *files, update=update, dry=True)
    first = run_import(home, *files, update=update)
    second = run_import(home, *files)

    assert [o.rows for o in rehearsed.outcomes] == [o.rows for o in first.outcomes]
    for run in (first, second):
        assert {o.kind: o.read for o in run.outcomes} == {kind: len(some) for kind, some in rows.items()}
        assert all(sum(o.rows.values()) == o.read for o in run.outcomes)
        assert all(len(rows_of(o.rejects)) == run_rejected(o) for o in run.outcomes if o.rejects)
    assert "taken" not in second.counts or any(map(run_rejected, first.outcomes))
    assert log_fault(home) is None
    assert len(entry_ids(home) - {None}) == len([e for e in all_entries(home) if e]), "an entry is in the log once"


def run_rejected(outcome):
    return sum(number for verdict, number in outcome.rows.items() if verdict.value == "rejected")


def all_entries(home):
    with open_tracker(home) as tracker:
        return [row[5] for row in tracker.store.rows(0, 100_000)]


# A dry run


def test_a_dry_run_says_what_the_run_says_and_leaves_the_log_byte_for_byte(home, tmp_path):
    run_import(home, *some(tmp_path))
    calls = table(tmp_path / "calls.csv", CALLS, A_CALL, of_call(ref="c2", cvr=HARBOUR), of_call(ref="c3", cvr="1"))
    before = log_of(home)

    rehearsed = run_import(home, calls, dry=True)

    assert log_of(home) == before
    assert rehearsed.counts == run_import(home, calls).counts == {"there already": 1, "taken": 1, "rejected": 1}


def test_a_dry_run_at_the_terminal_writes_no_rejects_either(home, tmp_path, capsys):
    calls = table(tmp_path / "calls.csv", CALLS, of_call(cvr="1"))
    before = {path: path.read_bytes() for path in sorted(home.path.rglob("*")) if path.is_file()}

    code, out, err = run_at_terminal(
        capsys, "import", calls, "--dry-run", "--rejects", tmp_path / "mine", "--home", home.path, "--json"
    )

    assert code == 0
    assert '"rejected": 1' in out
    assert '"rejects": null' in out
    assert err.endswith("Nothing was written: this was a dry run.\n")
    assert not (tmp_path / "mine").exists()
    assert {path: path.read_bytes() for path in before} == before


# Rejects


def test_rejects_have_the_columns_of_the_table_and_say_where_and_why(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, A_CALL, (*of_call(ref="c2", outcome="declined"), "no-need", "soon"))

    (path,) = run_import(home, calls).rejects

    assert path.name == "calls.rejects.csv"
    assert rows_of(path) == [
        {
            **dict(zip(CALLS, (*of_call(ref="c2", outcome="declined"), "no-need", "soon"), strict=True)),
            "rejected_line": "3",
            "rejected_column": "follow_up",
            "rejected_reason": "'soon' is no day; write it as 2012-11-20",
        }
    ]


def test_mended_rejects_are_taken(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, of_call(cvr="123"), of_call(ref="=c2", outcome="perhaps"))
    (path,) = run_import(home, calls).rejects
    mended = tmp_path / "mended.csv"
    mended.write_text(path.read_text(encoding="utf-8-sig").replace("perhaps", "busy"), encoding="utf-8")

    again = run_import(home, mended)

    assert again.counts == {"taken": 1, "rejected": 1}
    assert len(rows_of(again.rejects[0])[0]) == len(CALLS) + 3
    assert run_import(home, table(tmp_path / "c.csv", CALLS, of_call(ref="=c2", outcome="busy"))).counts == {
        "there already": 1
    }


def test_rejects_saved_by_a_danish_spreadsheet_are_taken(home, tmp_path):
    rows = f"c1;{BAKERY};05-11-2012 09:30;anna;306;call-back;;12/11/2012;2;ref;why\r\n"
    headings = ";".join((*CALLS, "rejected_line", "rejected_column", "rejected_reason"))
    (tmp_path / "calls.csv").write_bytes(f"{headings}\r\n{rows}".encode("cp1252"))

    assert run_import(home, tmp_path / "calls.csv").counts == {"taken": 1}
    iso = table(tmp_path / "iso.csv", CALLS, (*of_call(outcome="call-back"), "", "2012-11-12"))
    assert run_import(home, iso).counts == {"there already": 1}


def test_rejects_take_no_other_rejects_place(home, tmp_path):
    for folder, cvr in (("a", "1"), ("b", "2")):
        (tmp_path / folder).mkdir()
        table(tmp_path / folder / "calls.csv", CALLS, of_call(cvr=cvr))
    two = tmp_path / "a" / "calls.csv", tmp_path / "b" / "calls.csv"

    first, second = run_import(home, *two).rejects
    assert (rows_of(first)[0]["cvr"], rows_of(second)[0]["cvr"]) == ("1", "2")

    first.write_text("half mended", encoding="utf-8")
    assert run_import(home, *two).rejects[0] != first
    assert first.read_text(encoding="utf-8") == "half mended"


def test_the_same_rejects_again_are_one_file(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, of_call(cvr="1"))

    assert run_import(home, calls).rejects == run_import(home, calls).rejects


def test_cells_beyond_the_headings_are_kept_and_the_row_stays_too_long_until_mended(home, tmp_path):
    calls = table(tmp_path / "calls.csv", CALLS, (*A_CALL, "", "", "", "beyond"))
    (path,) = run_import(home, calls).rejects

    assert "the row has 10 columns, the headings 8" in path.read_text(encoding="utf-8-sig")
    assert path.read_text(encoding="utf-8-sig").endswith(";;beyond\n")
    assert run_import(home, path).counts == {"rejected": 1}


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "'=1+1"])
def test_what_a_spreadsheet_would_run_is_text_in_rejects_and_comes_back_as_it_was(home, tmp_path, cell):
    companies = table(tmp_path / "companies.csv", COMPANIES, (BAKERY, cell, "999"))
    (path,) = run_import(home, companies).rejects
    assert rows_of(path)[0]["name"] == f"'{cell}"

    path.write_text(path.read_text(encoding="utf-8-sig").replace(";999;", ";306;"), encoding="utf-8")

    assert run_import(home, path).counts == {"taken": 1}
    with open_tracker(home) as tracker:
        assert tracker.company(BAKERY).now.name == cell


# A CPR number


SPOILT = {
    "ref": (CALLS, of_call(ref=CPR)),
    "cvr": (CALLS, of_call(cvr=CPR)),
    "called_at": (CALLS, of_call(called_at=CPR)),
    "consultant": (CALLS, of_call(consultant=f"anna {CPR}")),
    "office": (CALLS, of_call(office=CPR)),
    "outcome": (CALLS, of_call(outcome=CPR)),
    "follow_up": (CALLS, (*A_CALL, "", CPR)),
    "positions": (YIELDS, of_yield(positions=CPR)),
    "target_group": (YIELDS, of_yield(target_group=CPR)),
    "visit_ref": (YIELDS, of_yield(visit_ref=CPR)),
    "kind": (YIELDS, of_yield(kind=CPR)),
    "name": (COMPANIES, (BAKERY, f"Jens Jensen {CPR}")),
    "size_band": (COMPANIES, (BAKERY, "Bageri", "", "", "", CPR)),
    "industry_code": (COMPANIES, (BAKERY, "Bageri", "", CPR)),
    "valid_from": (COMPANIES, (BAKERY, "Bageri", "", "", "", "", CPR)),
}


@pytest.mark.parametrize("column", SPOILT)
@pytest.mark.parametrize("number", [CPR, "0101701234", "010170 1234", "０１０１７０-１２３４"])
def test_a_cpr_number_is_rejected_and_never_repeated(home, tmp_path, capsys, column, number):
    headings, row = SPOILT[column]
    spoilt = table(tmp_path / "some.csv", headings, [cell.replace(CPR, number) for cell in row])

    code, out, err = run_at_terminal(capsys, "import", spoilt, "--home", home.path)

    assert (code, out.split("\n")[1].split("\t")[-1]) == (0, "1")
    (path,) = (home.path / "rejects").rglob("*.csv")
    written = path.read_text(encoding="utf-8")
    assert "[a CPR number was here]" in written
    assert f";2;{column};" in written
    assert all(n not in text for n in (number, "1234", "１２３４") for text in (out, err, written))
    assert event_count(home) == 1


def test_a_cpr_number_that_stood_beside_the_fault_is_not_in_the_rejects(home, tmp_path):
    spoilt = table(tmp_path / "calls.csv", (*CALLS, "note"), (*of_call(outcome="perhaps"), "", "", f"born {CPR}"))

    (path,) = run_import(home, spoilt).rejects

    assert rows_of(path)[0]["note"] == "[a CPR number was here]"


def test_what_was_taken_out_of_a_rejected_row_must_be_mended_where_it_is_read(home, tmp_path):
    rows = (BAKERY, f"Jens {CPR}"), (GARAGE, "Smed\x07en")
    (path,) = run_import(home, table(tmp_path / "companies.csv", COMPANIES, *rows)).rejects

    again = run_import(home, path)

    assert again.counts == {"rejected": 2}
    reasons = [row["rejected_reason"] for row in rows_of(again.rejects[0])]
    assert reasons[0] == "[a CPR number was here] still stands here; write what belongs here"
    assert reasons[1] == "� still stands here; write what belongs here"


@pytest.mark.parametrize("what", ["file", "heading"])
def test_a_cpr_number_in_the_name_of_a_file_or_a_heading_is_refused(home, tmp_path, capsys, what):
    folder = tmp_path / "folder"
    folder.mkdir()
    named = f"calls {CPR}.csv" if what == "file" else "calls.csv"
    table(folder / named, (*CALLS, CPR) if what == "heading" else CALLS, A_CALL)

    code, out, err = run_at_terminal(capsys, "import", folder, "--home", home.path)

    assert (code, out) == (1, "")
    assert "holds a number in the form of a CPR number" in err
    assert "1234" not in err
    assert event_count(home) == 1
