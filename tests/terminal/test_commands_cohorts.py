"""`campaign cohorts`: what it says on a terminal, in a pipe, in a file and as JSON."""

import json

import pytest
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

pytestmark = pytest.mark.both_stores


@pytest.fixture
def somebody(tmp_path):
    """Called four times in a week, which led to one visit after eight days, and that to a yield on the spot."""
    consultant = new_consultant(tmp_path / "home")
    consultant.says("call", TIMBER, "accepted", "--visit", "2012-11-20")
    for cvr in (BAKERY, BARBER):
        consultant.says("call", cvr, "no-answer")
    consultant.on("2012-11-14").says("call", BARBER, "busy")
    consultant.on("2012-11-20").says("visit", TIMBER, "held", "--yield", "internship:2")
    return consultant


def lines(result):
    assert result.exit_code == 0, result.output
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_under_five_a_share_is_said_in_numbers_and_a_star_stands_behind_the_young(somebody):
    shown = somebody.on("2012-11-27").types("cohorts", columns=80).stdout.splitlines()

    assert shown[0].split("  ")[0] == "week"
    assert [" ".join(line.split()) for line in shown[1:]] == [
        "2012-W46 4 0 of 4 1 of 4* 1 of 4* 1 of 4*",
        "all 4 0 of 4 1 of 3 - -",
        "of so many 4 3 0 0",
    ]


def test_a_pipe_says_from_which_week_on_a_cohort_matures(somebody):
    head, week, every, many = lines(somebody.on("2012-12-02").types("cohorts"))

    assert head[0::2] == ["week", "1 week", "2 weeks", "4 weeks", "8 weeks", "maturing from"]
    assert week[2::2] == ["0 of 4", "1 of 4", "1 of 4", "1 of 4", "4 weeks"]
    assert every[-1] == many[-1] == ""
    assert lines(somebody.on("2013-02-01").types("cohorts"))[1][-1] == ""


def test_a_file_holds_what_a_pipe_does(somebody, tmp_path):
    assert somebody.types("cohorts", "-o", str(tmp_path / "c.tsv"), columns=80).exit_code == 0

    piped = [line.split("\t") for line in somebody.types("cohorts").stdout.splitlines()]
    filed = [line.split("\t") for line in (tmp_path / "c.tsv").read_text().splitlines()]
    assert filed == [["" if cell == "-" else cell for cell in line] for line in piped]


def test_a_base_of_five_has_a_percentage_and_its_interval(somebody):
    somebody.on("2012-11-20").says("call", BAKERY, "no-answer")

    months = lines(somebody.types("cohorts", "--by", "month"))

    assert months[1][:6] == ["2012-11", "5", "0.0 %", "0.0–43.4 %", "20.0 %", "3.6–62.4 %"]


def test_json_has_every_cell_under_its_name(somebody):
    said = json.loads(somebody.says("cohorts", "--of", "visits", "--json"))

    assert list(said) == ["of", "by", "rows", "total", "times"]
    assert (said["of"], said["by"]) == ("visits", "week")
    (row,) = said["rows"]
    assert (row["week"], row["base"]) == ("2012-W47", 1)
    assert list(row["cells"][0]) == ["weeks", "reached", "base", "share", "low", "high", "maturing"]
    assert (row["cells"][0]["share"], row["cells"][0]["maturing"]) == (1.0, True)
    assert (said["total"][0]["base"], said["total"][0]["share"]) == (0, None)
    assert said["times"] == {"number": 1, "lower": 0.0, "median": 0.0, "upper": 0.0}
    assert "month" in json.loads(somebody.says("cohorts", "--by", "month", "--json"))["rows"][0]


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ((), "Days from call to visit: median 8, quartiles 8 and 8 (of 1 call that led to one)."),
        (("--of", "visits"), "Days from visit to yield: median 0, quartiles 0 and 0 (of 1 visit that led to one)."),
        (("--as-of", "2012-11-19"), "Days from call to visit: no call led to one."),
    ],
)
def test_the_last_note_says_how_long_it_took(somebody, words, last):
    assert somebody.types("cohorts", *words).stderr.splitlines()[-1] == last


def test_what_is_no_longer_young_is_not_said_to_be(somebody):
    assert "* Maturing: not every call in that week" in somebody.types("cohorts").stderr
    assert "Maturing" not in somebody.on("2013-02-01").types("cohorts").stderr


def test_early_weeks_go_first_where_there_is_no_room(somebody):
    for columns, kept in ((60, 4), (50, 3), (40, 2), (30, 1)):
        heading = somebody.types("cohorts", columns=columns).stdout.splitlines()[0]
        weeks = [word for word in ("1 week ", "2 weeks", "4 weeks", "8 weeks") if word in f"{heading} "]

        assert weeks == ["1 week ", "2 weeks", "4 weeks", "8 weeks"][4 - kept :]


def test_a_kind_narrows_what_visits_led_to(somebody):
    found = json.loads(somebody.says("cohorts", "--of", "visits", "--kind", "mentorship", "--json"))

    assert [cell["reached"] for cell in found["rows"][0]["cells"]] == [0, 0, 0, 0]
