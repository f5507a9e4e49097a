"""The model campaign as files of every format: others' readers find every figure that was counted independently."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import foreign_readers
import office_program
import pytest
from import_fixtures import BUNDLE, SLUG, TODAY, new_workspace, run_import
from python_calamine import CalamineWorkbook

from campaign.publishing.codes import code
from campaign.publishing.formats.registry import rendered
from campaign.publishing.publish import publish
from campaign.publishing.totals.request import Request
from campaign.publishing.wording import NAMED
from campaign.translations.names import heading
from projections.engine.catch_up import position
from projections.measures import COUNTS, RATES

EXPECTED = json.loads(BUNDLE.with_name("luk-op.expected.json").read_text(encoding="utf-8"))
BY = (("office",), ("region",), ("kind",), ("office", "kind"))
Found = dict[tuple[str, ...], Any]
"""Every figure read, by the codes of its group and its name."""


def expected(by: tuple[str, ...]) -> Found:
    """What was counted by an independent script; of kinds their own positions, and ordinary jobs with acute ones."""
    groups = {("TOT",): EXPECTED["total"]}
    if by[0] != "kind":
        groups |= {(code(by[0], word),): figures for word, figures in EXPECTED[f"by_{by[0]}"].items()}
    if "kind" not in by:
        return {
            (*g, name): value
            for g, row in groups.items()
            for name, value in row.items()
            if "kind" not in name and "incl" not in name
        }
    before = {group if len(by) == 2 else (): row for group, row in groups.items()}
    own = {
        (*g, k, "positions_own"): n for g, row in before.items() for k, n in row.get("positions_by_kind", {}).items()
    }
    sums = {(*g, "TOT", "positions"): row["positions"] for g, row in before.items()}
    ordinary = {(*g, "ordinary-job", "positions"): row.get("ordinary_jobs_incl_acute", 0) for g, row in before.items()}
    return own | sums | ordinary


def of_lines(lines: list[list[str]], by: tuple[str, ...], names: dict[str, str], decimal: str = ".") -> Found:
    """Of lines under headings; a column of names stands behind that of codes."""
    headings, *rest = lines
    at = [number + sum(each in NAMED for each in by[:number]) for number in range(len(by))]
    found = {}
    for line in rest:
        group = tuple(line[number] for number in at)
        figures = ((names.get(h, h), cell) for h, cell in zip(headings, line, strict=True))
        found |= {
            (*group, name): float(str(cell).replace(decimal, ".")) for name, cell in figures if is_number(cell, decimal)
        }
    return found


def is_number(cell: Any, decimal: str) -> bool:
    return str(cell).replace(decimal, "").removeprefix("-").isdigit()


def of_readers(told: dict[str, Any], percent: bool) -> Found:
    """Of what pyaxis or pyjstat found."""
    assert told["error"] == ""
    return {
        tuple(map(str, group)): float(value) / (100 if percent and shares(group[-1]) else 1)
        for *group, value in told["cells"]
        if value is not None
    }


def shares(figure: str) -> bool:
    return figure.removesuffix("_low").removesuffix("_high") in RATES


def files(home: Any, folder: Path) -> Iterator[tuple[tuple[str, ...], str, bytes]]:
    """The model campaign by offices, regions and kinds, nothing hidden, in every format; in Danish."""
    with home.read() as connection:
        at = position(connection)
        request = Request("csv", (), False, "da", 0, True, TODAY, at, campaign=SLUG)
        for by in BY:
            for form in ("csv", "excel-csv", "json", "json-stat", "px", "xlsx"):
                asked = replace(request, form=form, by=by)
                yield by, form, rendered(publish(connection, asked, home.head_at(at), "campaign 0"))


@pytest.mark.files
def test_every_figure_of_the_model_campaign_is_read_from_every_format_by_programs_of_others(tmp_path):
    home = new_workspace(tmp_path / "home")
    run_import(home, BUNDLE)
    made = {("-".join(by), form): content for by, form, content in files(home, tmp_path)}
    endings = {"json-stat": ".json", "px": ".px"}
    others = {f"{by}{endings[form]}": content for (by, form), content in made.items() if form in endings}
    told = foreign_readers.read_with_foreign_readers(tmp_path, others)
    books = {tmp_path / f"{name}.xlsx": made[name, "xlsx"] for name in ("office", "kind")}
    for path, content in books.items():
        path.write_bytes(content)
    opened = office_program.sheets_of(*books)
    danish = {
        heading(name, "da"): name for name in (*COUNTS, *RATES, "positions_per_visit", "positions_own", "yields_own")
    }
    for by in BY:
        name = "-".join(by)
        plain = list(csv.reader(io.StringIO(made[name, "csv"].decode(), newline="")))
        excel = list(csv.reader(io.StringIO(made[name, "excel-csv"].decode("utf-8-sig"), newline=""), delimiter=";"))
        book = CalamineWorkbook.from_filelike(io.BytesIO(made[name, "xlsx"]))
        totals = [[str(cell) for cell in line] for line in book.get_sheet_by_name("Totaler").to_python()]
        found = {
            "csv": of_lines(plain, by, {}),
            "excel-csv": of_lines(excel, by, danish, ","),
            "xlsx": of_lines(totals, by, danish),
            "json": of_json(json.loads(made[name, "json"]), by),
            "json-stat": of_readers(told[f"{name}.json"], percent=False),
            "px": of_readers(told[f"{name}.px"], percent=True),
        }
        if name in opened:
            found["LibreOffice"] = of_lines(opened[name]["Totaler"], by, danish)
        for form, cells in found.items():
            wanted = expected(by)
            wanted = {key: value for key, value in wanted.items() if form not in OF_COUNTS or key[-1] not in OF_RATES}
            assert len(wanted) > 7
            assert {key: cells.get(key) for key in wanted} == pytest.approx(wanted, abs=2e-6), (form, by)
        if by == ("kind",):
            for form, cells in found.items():
                assert the_sentence(cells) == (740, 200, 350, 167, 2619), form


OF_COUNTS = ("xlsx", "LibreOffice")
"""Read from the sheet of counts; tests/exports/test_exporting.py holds that of rates."""
OF_RATES = (*RATES, "positions_per_visit")


def of_json(said: dict[str, Any], by: tuple[str, ...]) -> Found:
    rows = ((tuple(code(each, row.get(each, "")) for each in by), row) for row in said["rows"])
    return {(*group, name): v for group, row in rows for name, v in row.items() if type(v) in (int, float)}


def the_sentence(cells: Found) -> tuple[Any, ...]:
    """Ordinary jobs, of which acute jobs; wage subsidy; temporary; and the sum of leaves, which is that of all."""
    said = [cells[kind, "positions"] for kind in ("ordinary-job", "acute-job", "wage-subsidy", "temporary-job")]
    leaves = sum(value for (kind, name), value in cells.items() if name == "positions_own" and kind != "TOT")
    assert leaves == cells["TOT", "positions"]
    return (*said, leaves)
