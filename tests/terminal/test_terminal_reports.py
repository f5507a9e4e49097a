"""Reports as files and in narrow windows: what the ending says, and no cell that is cut."""

import pytest
from terminal_user import TIMBER, new_consultant

from campaign.terminal.output import Column, show_table

pytestmark = pytest.mark.both_stores


@pytest.fixture
def consultant(tmp_path):
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "accepted")
    somebody.says("visit", TIMBER, "held", "--yield", "internship:2")
    return somebody


@pytest.mark.parametrize(
    ("ending", "first"), [("csv", "step,number,unit"), ("tsv", "step\tnumber\tunit"), ("txt", "step\tnumber\tunit")]
)
def test_a_report_is_written_as_the_ending_says(consultant, tmp_path, ending, first):
    consultant.says("funnel", "-o", str(tmp_path / f"f.{ending}"))

    assert (tmp_path / f"f.{ending}").read_text(encoding="utf-8").startswith(first)


def test_a_report_is_no_workbook(consultant, tmp_path):
    result = consultant.types("funnel", "-o", str(tmp_path / "f.xlsx"))

    assert (result.exit_code, "campaign export totals" in result.stderr) == (2, True)
    assert not (tmp_path / "f.xlsx").exists()


@pytest.mark.parametrize("columns", [20, 30, 40, 50])
def test_however_narrow_no_cell_is_cut_and_what_is_left_out_is_named(consultant, columns):
    wide = consultant.types("funnel", columns=200).stdout.splitlines()
    narrow = consultant.types("funnel", columns=columns)

    words = {word for line in wide for word in line.split()}
    assert {word for line in narrow.stdout.splitlines() for word in line.split()} <= words
    assert narrow.stdout.splitlines()[1].startswith("mailed")
    assert "Left out for want of room" in narrow.stderr


def test_before_a_word_is_broken_a_column_goes(monkeypatch, capsys):
    monkeypatch.setattr("campaign.terminal.output.on_terminal", lambda: True)
    columns = [Column("office", folds=True), Column("calls"), Column("more", drop=1)]

    for width in (33, 32):
        monkeypatch.setattr("campaign.terminal.output.width", lambda: width)  # noqa: B023 - used before the next
        show_table(columns, [["147 Frederiksberg-Nord", "12345", "678901"]])
        shown = capsys.readouterr()
        assert ("Frederiksberg-Nord" in shown.out, "678901" in shown.out) == (True, width == 33)
