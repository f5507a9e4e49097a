"""The model campaign: every figure that was counted independently, however its files come in."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from drill_downs import amount, cells
from import_fixtures import (
    BUNDLE,
    FILES,
    SLUG,
    TODAY,
    current_facts,
    entry_ids,
    event_count,
    figures,
    kinds,
    log_fault,
    log_of,
    model_slice,
    new_workspace,
    rows_of,
    run_import,
)

from projections.filters import Scope
from projections.measures import COUNTS, DIMENSIONS
from projections.questions.entries import entries as listed_of

pytestmark = pytest.mark.both_stores


EXPECTED = json.loads(BUNDLE.with_name("luk-op.expected.json").read_text(encoding="utf-8"))
OF_KINDS = ("positions_by_kind", "ordinary_jobs_incl_acute")
TAKEN = {"companies.csv": 14_700, "calls.csv": 25_005, "visits.csv": 4_900, "yields.csv": 2_526}
A_SLICE = 20  # every 20th company


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    home = new_workspace(tmp_path_factory.mktemp("model") / "home")
    return home, run_import(home, BUNDLE)


def counted(expected):
    return {name: pytest.approx(value, abs=1e-6) for name, value in expected.items() if name not in OF_KINDS}


def found(tree):
    own = {row.kind: row.positions_own for row in tree.rows if row.yields_own}
    ordinary = sum(row.positions for row in tree.rows if row.kind == "ordinary-job")
    return {"positions_by_kind": own, "ordinary_jobs_incl_acute": ordinary}


def of_kinds(expected):
    return {"positions_by_kind": {}, "ordinary_jobs_incl_acute": 0} | {
        name: value for name, value in expected.items() if name in OF_KINDS
    }


def test_every_row_is_taken(model):
    assert {o.table: o.read for o in model[1].outcomes} == TAKEN
    assert model[1].counts == {"taken": sum(TAKEN.values())}


def test_every_figure_in_total(model):
    total = figures(model[0])[0]

    assert {name: total[name] for name in counted(EXPECTED["total"])} == counted(EXPECTED["total"])


@pytest.mark.parametrize("by", ["office", "region"])
def test_every_figure_by_group(model, by):
    groups = {row[by]: row for row in figures(model[0], by)}

    assert set(groups) == set(EXPECTED[f"by_{by}"])
    for word, expected in EXPECTED[f"by_{by}"].items():
        assert {name: groups[word][name] for name in counted(expected)} == counted(expected), word


def test_positions_by_kind_in_total_and_by_region_and_office(model):
    home, _ = model

    assert found(kinds(home)) == of_kinds(EXPECTED["total"])
    for region, expected in EXPECTED["by_region"].items():
        assert found(kinds(home, regions=[region])) == of_kinds(expected), region
    for office, expected in EXPECTED["by_office"].items():
        assert found(kinds(home, offices=[office])) == of_kinds(expected), office


def test_the_published_ordinary_jobs_hold_the_acute_ones_once(model):
    ordinary = next(row for row in kinds(model[0]).rows if row.kind == "ordinary-job")

    assert (ordinary.positions, ordinary.positions_own) == (740, 540)


def test_again_it_writes_nothing(model):
    home, first = model
    before = event_count(home), log_of(home)

    again = run_import(home, BUNDLE)

    assert again.counts == {"there already": sum(TAKEN.values())}
    assert again.run.batch == first.run.batch
    assert (event_count(home), log_of(home)) == before
    assert log_fault(home) is None


# A slice of it, in other clothes


@pytest.fixture(scope="module")
def part(tmp_path_factory):
    """A folder with some companies of the model campaign, and all that was done towards them."""
    return model_slice(tmp_path_factory.mktemp("slice"), A_SLICE)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, part):
    """What the slice gives when its folder is imported in one go."""
    home = new_workspace(tmp_path_factory.mktemp("straight") / "home")
    assert run_import(home, part).counts.keys() == {"taken"}
    return home


@pytest.mark.parametrize("by", DIMENSIONS)
def test_every_cell_of_the_slice_opens_to_its_figure(straight, by):
    with straight.read() as connection:
        for row, inside in cells(connection, Scope(today=TODAY, campaign=SLUG), by):
            for count in COUNTS:
                assert amount(count, listed_of(connection, inside, count)) == row[count], (row.get(by), count)


def same_as(straight, home):
    assert entry_ids(home) == entry_ids(straight)
    assert current_facts(home) == current_facts(straight)
    assert figures(home, "office") == figures(straight, "office")


def test_files_in_another_order_give_the_same(tmp_path, part, straight):
    home = new_workspace(tmp_path / "home")

    taken = run_import(home, *[part / name for name in reversed(FILES)])

    assert taken.counts.keys() == {"taken"}
    same_as(straight, home)


def test_rows_in_another_order_give_the_same(tmp_path, part, straight):
    home = new_workspace(tmp_path / "home")
    for name in FILES:
        headings, *lines = (part / name).read_text(encoding="utf-8").splitlines(keepends=True)
        random.Random(name).shuffle(lines)
        (tmp_path / name).write_text(headings + "".join(lines), encoding="utf-8")

    run_import(home, *[tmp_path / name for name in FILES])

    same_as(straight, home)


def test_a_file_a_command_in_an_order_that_can_work_gives_the_same(tmp_path, part, straight):
    home = new_workspace(tmp_path / "home")

    for name in ("calls.csv", "visits.csv", "companies.csv", "yields.csv"):
        assert run_import(home, part / name).counts.keys() == {"taken"}

    same_as(straight, home)


def test_what_came_too_early_is_rejected_and_taken_from_the_rejects_later(tmp_path, part, straight):
    home = new_workspace(tmp_path / "home")

    yields = run_import(home, part / "yields.csv")
    visits = run_import(home, part / "visits.csv")
    assert yields.counts.keys() == visits.counts.keys() == {"rejected"}
    why = rows_of(yields.rejects[0])[0]
    assert why["rejected_reason"] == f"no {why['visit_ref']} of company {why['cvr']} was taken; import it first"
    assert why["rejected_column"] == "visit_ref"
    assert event_count(home) == 1

    run_import(home, part / "companies.csv", part / "calls.csv")
    early = run_import(home, *yields.rejects)
    assert set(early.counts) == {"rejected", "taken"}, "a yield of a call can go in, one of a visit cannot yet"
    assert run_import(home, *visits.rejects).counts.keys() == {"taken"}
    assert set(run_import(home, *yields.rejects).counts) == {"taken", "there already"}

    same_as(straight, home)


def test_a_zip_a_workbook_and_a_folder_of_both_give_the_same(tmp_path, part, straight):
    zipped, mixed = tmp_path / "part.zip", tmp_path / "mixed"
    mixed.mkdir()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in FILES:
            archive.write(part / name, f"some folder/{name}")
    book = a_workbook(tmp_path / "part.xlsx", part, FILES)
    for name in FILES[:2]:
        (mixed / name).write_bytes((part / name).read_bytes())
    a_workbook(mixed / "rest.xlsx", part, FILES[2:])

    for number, path in enumerate((zipped, book, mixed)):
        home = new_workspace(tmp_path / f"home{number}")
        assert run_import(home, path).counts.keys() == {"taken"}, path
        same_as(straight, home)
        assert run_import(home, part).counts.keys() == {"there already"}, path


def a_workbook(path: Path, part: Path, names) -> Path:
    """The tables as a person would have them in a spreadsheet: numbers as numbers, days and moments as such."""
    with xlsxwriter.Workbook(str(path)) as book:
        day, moment = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
        for name in names:
            sheet = book.add_worksheet(name.removesuffix(".csv"))
            rows = list(csv.reader(io.StringIO((part / name).read_text(encoding="utf-8")), delimiter=";"))
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    heading = rows[0][x]
                    if y and cell and heading in ("cvr", "positions", "office", "weeks", "hours_per_week"):
                        sheet.write_number(y, x, float(cell))
                    elif y and cell and heading == "called_at":
                        sheet.write_datetime(y, x, datetime.fromisoformat(cell), moment)
                    elif y and cell and heading.endswith("_on"):
                        sheet.write_datetime(y, x, date.fromisoformat(cell), day)
                    else:
                        sheet.write_string(y, x, cell)
    return path
