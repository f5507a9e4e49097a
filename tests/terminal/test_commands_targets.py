"""`campaign target` and `campaign targets`: numbers to reach as they are set, judged, forecast, kept and scored."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from hand_calculation import hand_calculated_targets
from import_fixtures import BUNDLE, TODAY, new_workspace, noon_of, run_import
from terminal_user import TIMBER, TerminalUser, new_consultant

TARGETS = (
    ("visits_held", "8000", "--by", "2013-06-30", "--at", "2012-09-03"),
    ("visits_held", "10000", "--by", "2013-06-30", "--at", "2013-03-15", "--because", "good experience"),
)


@pytest.fixture(scope="module")
def model_home(tmp_path_factory) -> Path:
    """The model campaign, with its target of 8,000 visits that was raised to 10,000."""
    home = new_workspace(tmp_path_factory.mktemp("model") / "home")
    run_import(home, BUNDLE)
    planner = TerminalUser(home.path, noon_of(TODAY), first_number=500)
    for words in TARGETS:
        planner.says("target", "luk-op", *words)
    return home.path


@pytest.fixture
def coordinator(model_home, tmp_path) -> TerminalUser:
    """Somebody with a home of their own that holds it."""
    return TerminalUser(Path(shutil.copytree(model_home, tmp_path / "home")), noon_of(TODAY))


@pytest.mark.parametrize("day", [date(2013, 3, 1), date(2013, 4, 2)], ids=str)
def test_the_target_of_the_model_campaign_is_what_was_reckoned_by_hand(coordinator, day):
    (row,) = json.loads(coordinator.says("targets", "--as-of", str(day), "--json"))["rows"]

    assert {name: row[name] for name in hand_calculated_targets(day)} == pytest.approx(hand_calculated_targets(day))


@pytest.mark.parametrize("day", [date(2013, 3, 1), date(2013, 4, 2)], ids=str)
def test_on_the_page_it_is_what_was_reckoned_by_hand_too(coordinator, tmp_path, day):
    coordinator.says("report", "-o", str(tmp_path / "page.html"), "--as-of", str(day))

    told = re.findall(
        r'<data value="([^"]*)" data-figure="targets\.visits_held\.(\w+)"', (tmp_path / "page.html").read_text()
    )
    found = {name: float(value) for value, name in told}
    assert set(found) >= {"number", "reached", "expected", "left", "pace", "needed", "forecast", "low", "high"}
    assert found == pytest.approx({name: hand_calculated_targets(day)[name] for name in found})


@pytest.mark.parametrize("columns", [60, 80, 140, None])
def test_the_target_of_the_model_campaign_on_screen(coordinator, golden, columns):
    days = ("2013-03-01", "2013-04-02")

    told = "\n".join(coordinator.screen(f"targets --as-of {day}", columns) for day in days)

    golden(f"screens/targets-{columns or 'piped'}.txt", told)


def test_a_target_is_said_back_and_taken_back_in_one_line_each(tmp_path, golden):
    somebody = new_consultant(tmp_path / "home")
    lines = (
        "target luk-op visits_held 180 --office 306 --by 2012-12-31",
        'target luk-op positions 40 --region Sjælland --kind ordinary-job --because "as agreed"',
        "targets",
        "undo",
        "targets --json -q",
        "targets --office 147",
    )
    golden("screens/target.txt", "\n".join(somebody.screen(line) for line in lines))


@pytest.mark.parametrize(
    "line",
    [
        "target luk-op calls 10 --kind internship",
        "target luk-op calls 10 --office 306 --region Sjælland",
        "target luk-op calls 10 --by 2012-08-01",
        "target luk-op calls 10 --at 2012-12-24",
        "target luk-op call 10",
        "targets --keep --scored",
        "targets --keep --as-of 2012-11-01",
        "targets --from 2012-11-01",
        "targets --consultant abcd",
    ],
)
def test_what_makes_no_target_is_refused_in_one_sentence(tmp_path, golden, line):
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "busy")
    before = somebody.log

    refused = somebody.screen(line)

    golden(f"screens/refused-{line.replace(' luk-op', '').replace(' --', '-').replace(' ', '-')}.txt", refused)
    assert somebody.log == before


def test_a_forecast_is_kept_as_it_was_made_and_scored_later(tmp_path, golden):
    somebody = new_consultant(tmp_path / "home")
    for day, calls in ((5, 3), (6, 4), (7, 2), (8, 5), (9, 3), (12, 4)):
        for _ in range(calls):
            somebody.says("call", TIMBER, "busy", "--at", f"2012-11-{day:02}", "--again")
    somebody.says("target", "luk-op", "calls", "60", "--by", "2012-11-30", "--at", "2012-11-01")
    told = [somebody.screen("targets --keep", 120)]
    for _ in range(9):
        somebody.on("2012-11-15").says("call", TIMBER, "busy", "--again")

    told += [somebody.on(day).screen("targets --scored", 120) for day in ("2012-11-16", "2012-12-03")]

    golden("screens/targets-scored.txt", "\n".join([*told, somebody.screen("targets --scored --as-of 2012-11-01")]))


def test_nothing_is_kept_where_nothing_lies_ahead(coordinator):
    before = coordinator.log

    told = coordinator.types("targets", "--keep")

    assert "nothing to forecast" in told.stderr
    assert coordinator.log == before
