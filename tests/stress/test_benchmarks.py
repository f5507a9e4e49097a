"""The benchmark's campaigns: the model itself, or so many times it, every row fit to be imported."""

import csv
import zipfile
from pathlib import Path

from benchmarks.model import write_campaign
from domain.cvr import cvr_number

ROOT = Path(__file__).parents[2]


def table(folder: Path, name: str):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_one_time_is_the_model_campaign_row_by_row(tmp_path):
    write_campaign(tmp_path, 1)

    with zipfile.ZipFile(ROOT / "examples" / "luk-op.zip") as bundle:
        for name in bundle.namelist():
            assert (tmp_path / name).read_text(encoding="utf-8") == bundle.read(name).decode().replace("\r\n", "\n")


def test_every_further_time_has_companies_and_references_of_its_own(tmp_path):
    write_campaign(tmp_path, 2)

    companies, calls, visits, yields = (table(tmp_path, name) for name in ("companies", "calls", "visits", "yields"))
    assert (len(companies), len(calls), len(visits), len(yields)) == (29_400, 50_010, 9_800, 5_052)
    assert len({cvr_number(row["cvr"]) for row in companies}) == 29_400
    called = {row["ref"]: row["cvr"] for row in calls}
    held = {row["ref"]: row["cvr"] for row in visits}
    assert (len(called), len(held), len({row["ref"] for row in yields})) == (50_010, 9_800, 5_052)
    assert all(called[row["call_ref"]] == row["cvr"] for row in visits if row["call_ref"])
    assert all({**called, **held}[row["visit_ref"] or row["call_ref"]] == row["cvr"] for row in yields)


def test_a_part_of_a_time_is_the_same_part_every_time(tmp_path):
    write_campaign(tmp_path / "one", 0.1)
    write_campaign(tmp_path / "other", 0.1)

    assert 1_300 < len(table(tmp_path / "one", "companies")) < 1_640
    for name in ("companies", "calls", "visits", "yields"):
        assert table(tmp_path / "one", name) == table(tmp_path / "other", name)
