"""The reports of a coordinator: screens wide and narrow, tables in a pipe, JSON, filters, and what is refused."""

import csv
import json
import shlex
import subprocess
import sys
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest
from campaign_builder import BAKERY, GARAGE, HARBOUR, SCHOOL, CampaignBuilder
from click.testing import CliRunner

import cli
from campaign.app import CampaignTracker
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.storage.sqlite.workspace import SqliteWorkspace
from projections.measures import COUNTS, DIMENSIONS, RATES, RATIOS

pytestmark = pytest.mark.both_stores


NOW = datetime(2013, 1, 15, 11, tzinfo=UTC)


def some() -> CampaignBuilder:
    """Odsherred with enough to be percentages, Copenhagen with little, Holbæk with a target and nothing else."""
    builder = CampaignBuilder()
    builder.targeted("316", "visits_held", 10)
    builder.described(BAKERY, "107100", "2-4")
    builder.described(HARBOUR, "502000", "10-19")
    builder.described(SCHOOL, "853100", "100-")
    for number in range(6):
        builder.called(GARAGE, "no-answer", f"2012-11-{number + 5:02}", by="bo")
    for number, cvr in enumerate((BAKERY, HARBOUR, SCHOOL, BAKERY, HARBOUR, SCHOOL)):
        call = builder.called(cvr, "accepted", "2012-11-12", by="anna")
        visit = builder.booked(cvr, on=f"2012-11-{number + 20}", at="2012-11-12", call=call, by="anna")
        if number == 5:
            break
        builder.held(visit, f"2012-11-{number + 20}", cvr, by="anna")
        for kind in ("internship", "acute-job", "ordinary-job")[: number % 4]:
            builder.yielded(kind, 2, visit, at=f"2012-11-{number + 20}", cvr=cvr)
    call = builder.called(BAKERY, "call-back", "2013-01-07", office="101", by="åse")
    builder.yielded("wage-subsidy", call=call, at="2013-01-08", office="101")
    late = builder.visited(HARBOUR, "2012-11-21", office="101", by="åse", recorded="2013-01-10")
    builder.yielded(visit=late, cvr=HARBOUR, at="2012-11-21", office="101")
    return builder


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """A home whose log holds these events, each recorded when it was told."""
    return kept(some(), tmp_path_factory.mktemp("home"))


def kept(builder: CampaignBuilder, place: Path) -> Path:
    """A home at that place whose log holds what was told."""
    home = SqliteWorkspace(place, lambda: NOW)
    home.create()
    for moment, run in groupby(builder.events, lambda event: event.recorded_at):
        tracker = CampaignTracker(SqliteEventLog.at(home.log, lambda: datetime.fromisoformat(moment)))  # noqa: B023 - used before the next
        tracker.store.insert_events([tracker.mapper.to_stored_event(event.event) for event in run])
        tracker.store.close()
    return home.path


@pytest.fixture
def run(home, monkeypatch):
    """Runs a command at that moment in that home; ``columns`` wide as on a terminal, in a pipe without."""
    monkeypatch.setattr("campaign.terminal.clock.now", lambda: NOW)

    def run(*words: str, columns: int = 0, **env: str):
        monkeypatch.setattr("campaign.terminal.output.on_terminal", lambda: columns > 0)
        monkeypatch.setattr("campaign.terminal.output.width", lambda: columns)
        return CliRunner(env={"CAMPAIGN_HOME": str(home), **env}).invoke(cli.main, list(words))

    return run


def rows(result) -> list[dict]:
    """The rows of a report in JSON."""
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["rows"]


def unlike() -> CampaignBuilder:
    """Odsherred with a yield of nearly every visit, Copenhagen of few, Frederiksberg of all three it held."""
    builder = CampaignBuilder()
    for number, (office, hit) in enumerate(
        [("306", n > 1) for n in range(20)] + [("101", n < 8) for n in range(40)] + [("147", True)] * 3
    ):
        at = f"2012-11-{number % 28 + 1:02}"
        builder.called(BAKERY, "accepted" if hit else "declined", at, office=office)
        visit = builder.visited(HARBOUR, at, office=office)
        if hit:
            builder.yielded(visit=visit, cvr=HARBOUR, at=at, office=office)
    return builder


@pytest.fixture(scope="module")
def unlike_home(tmp_path_factory) -> Path:
    """A home of offices of which some differ."""
    return kept(unlike(), tmp_path_factory.mktemp("unlike"))


SCREENS = {
    "rates": ["rates"],
    "rates-by-office": ["rates", "--by", "office"],
    "rates-by-week": ["rates", "--by", "week"],
    "rates-by-size": ["rates", "--by", "size", "--office", "306", "--to", "2012-11"],
    "yields": ["yields"],
    "funnel": ["funnel"],
    "cohorts": ["cohorts"],
    "cohorts-of-visits": ["cohorts", "--of", "visits", "--by", "month"],
    "entries": ["entries", "--of", "visits_with_yield"],
    "entries-of-a-week": ["entries", "--of", "visits_with_yield", "--office", "306", "--week", "2012-W47"],
    "rates-by-consultant": ["rates", "--by", "consultant"],
}


@pytest.mark.parametrize("columns", [0, 60, 120])
@pytest.mark.parametrize("name", SCREENS)
def test_the_screens_are_these(run, golden, name, columns):
    result = run(*SCREENS[name], columns=columns, CAMPAIGN_OFFICE="306")

    assert result.exit_code == 0
    golden(f"screens/{name}-{columns or 'piped'}.txt", f"{result.stdout}--- stderr\n{result.stderr}")
    if columns:
        assert max(len(line) for line in result.stdout.splitlines()) <= columns


@pytest.mark.parametrize("columns", [0, 60, 80, 120])
def test_offices_that_differ_beyond_chance_are_marked(run, golden, unlike_home, columns):
    result = run("rates", "--by", "office", columns=columns, CAMPAIGN_HOME=str(unlike_home))

    golden(f"screens/rates-marked-{columns or 'piped'}.txt", f"{result.stdout}--- stderr\n{result.stderr}")


def test_marks_are_in_json_and_csv_of_offices_and_regions_and_nowhere_else(run, unlike_home, tmp_path):
    there = {"CAMPAIGN_HOME": str(unlike_home), "CAMPAIGN_OFFICE": "306"}
    marks = ["visit_hit_rate_differs", "call_hit_rate_differs", "acceptance_rate_differs"]
    by = {one: json.loads(run("rates", "--by", one, "--json", **there).stdout) for one in DIMENSIONS}

    assert [row[marks[0]] for row in by["office"]["rows"]] == ["below", None, "above"]
    assert [row[marks[0]] for row in by["region"]["rows"]] == ["below", "above"]
    assert {row[marks[1]] for row in by["office"]["rows"]} == {None}
    assert {one for one in DIMENSIONS for row in by[one]["rows"] if set(marks) & set(row)} == {"office", "region"}
    assert [one for one in DIMENSIONS if set(marks) & set(by[one]["total"])] == []

    run("rates", "--by", "office", "-o", str(tmp_path / "rates.csv"), **there)
    headings, *lines = csv.reader((tmp_path / "rates.csv").read_text().splitlines())
    assert headings[-3:] == [mark.replace("_", " ") for mark in marks]
    assert [line[-3] for line in lines] == ["below", "", "above", ""]

    run("export", "totals", "--by", "office", "-o", str(tmp_path / "totals.json"), **there)
    assert "differs" not in (tmp_path / "totals.json").read_text()


def test_by_consultant_there_is_the_own_office_alone(run):
    def consultants(*words: str, office: str = "") -> list[str]:
        return [
            row["consultant"] for row in rows(run(*words, "--json", **({"CAMPAIGN_OFFICE": office} if office else {})))
        ]

    assert consultants("rates", "--by", "consultant", office="306") == ["anna", "bo"]
    assert consultants("rates", "--by", "consultant", office="101") == ["åse"]
    assert consultants("--office", "Odsherred", "rates", "--by", "consultant") == ["anna", "bo"]
    assert consultants("rates", "--by", "consultant", "--office", "306", office="306") == ["anna", "bo"]
    assert consultants("rates", "--by", "consultant", "--consultant", "bo", office="306") == ["bo"]


@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize(
    "narrowed",
    [
        [],
        ["--from", "2012-11-22", "--to", "2012-11-22"],
        ["--as-of", "2012-11-21", "--campaign", "open-doors"],
        ["--known-on", "2013-01-09", "--kind", "acute-job"],
    ],
    ids=" ".join,
)
def test_the_command_under_a_table_opens_its_first_figure(run, by, narrowed):
    said = run("rates", "--by", by, *narrowed, "--json", CAMPAIGN_OFFICE="306")
    first = next(row for row in rows(said) if row["visits_with_yield"])
    notes = run("rates", "--by", by, *narrowed, columns=80, CAMPAIGN_OFFICE="306").stderr.splitlines()

    (line,) = [note.removeprefix("Open a figure: campaign ") for note in notes if note.startswith("Open a figure: ")]
    assert len(rows(run(*shlex.split(line), "--json"))) == first["visits_with_yield"]


@pytest.mark.parametrize(
    ("words", "period"),
    [
        (["--week", "2012-W47"], ["--from", "2012-11-19", "--to", "2012-11-25"]),
        (["--week", "uge 47"], ["--from", "2012-W47", "--to", "2012-W47"]),
        (["--month", "2012-11"], ["--from", "2012-11-01", "--to", "2012-11-30"]),
        (["--month", "november"], ["--from", "2012-11", "--to", "2012-11"]),
    ],
)
@pytest.mark.parametrize("report", ["rates", "funnel", "yields", "entries"])
def test_a_week_or_a_month_is_the_period_of_any_report(run, report, words, period):
    assert run(report, *words).output == run(report, *period).output != run(report).output


def test_json_has_every_figure_under_its_name_and_the_group_under_its_dimension(run):
    said = json.loads(run("rates", "--by", "office", "--json").stdout)

    assert [row["office"] for row in said["rows"]] == ["101", "306", "316"]
    figures = {*COUNTS, *RATES, *RATIOS, *(f"{rate}{end}" for rate in RATES for end in ("_low", "_high"))}
    assert figures <= set(said["rows"][0])
    assert figures <= set(said["total"])
    assert said["rows"][2]["visit_hit_rate"] is None
    assert said["rows"][1]["visit_hit_rate"] == 3 / 5 == said["rows"][1]["visits_with_yield"] / 5


def test_without_a_dimension_there_is_one_row_the_total(run):
    said = json.loads(run("rates", "--json").stdout)

    assert said["rows"] == [said["total"]]


@pytest.mark.parametrize("by", ["region", "week", "size", "industry", "consultant", "month", "campaign"])
def test_the_words_of_a_group_are_these(run, by):
    words = {
        "region": ["Hovedstaden", "Sjælland"],
        "week": ["2012-W45", "2012-W46", "2012-W47", "2013-W02"],
        "month": ["2012-11", "2013-01"],
        "size": ["2-4", "10-19", "100-", "unknown"],
        "industry": ["10", "50", "85", "unknown"],
        "consultant": ["anna", "bo"],
        "campaign": ["open-doors"],
    }

    assert [row[by] for row in rows(run("rates", "--by", by, "--json", CAMPAIGN_OFFICE="306"))] == words[by]


def test_the_settings_of_who_logs_do_not_narrow_what_is_seen(run):
    mine = run("rates", "--json", CAMPAIGN_OFFICE="101", CAMPAIGN_CONSULTANT="åse")
    root = run("--office", "101", "--consultant", "åse", "rates", "--json")

    assert rows(mine)[0]["calls"] == rows(root)[0]["calls"] == 13


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        (["--office", "101"], 1),
        (["--office", "Odsherred"], 12),
        (["--office", "101", "--office", "306"], 13),
        (["--region", "sjælland"], 12),
        (["--consultant", "åse"], 1),
        (["--industry", "10"], 3),
        (["--industry", "50.20.00", "--industry", "85"], 4),
        (["--size", "10-19"], 2),
        (["--from", "2013-01-01"], 1),
        (["--to", "2012-11-09"], 5),
        (["--from", "uge 46 2012", "--to", "uge 46 2012"], 6),
        (["--as-of", "2012-11-06"], 2),
        (["--known-on", "2012-11-11"], 6),
        (["--campaign", "open-doors"], 13),
    ],
)
def test_filters_narrow_what_is_counted(run, words, calls):
    assert rows(run("rates", "--json", *words))[0]["calls"] == calls


def test_a_kind_narrows_the_yields_that_count(run):
    row = rows(run("rates", "--json", "--kind", "Ordinary job"))[0]

    assert (row["visits_held"], row["visits_with_yield"], row["positions"]) == (6, 2, 6)


def test_known_on_the_day_before_a_late_entry_prints_the_report_of_that_day(run, monkeypatch):
    monkeypatch.setattr("campaign.terminal.clock.now", lambda: datetime(2013, 1, 9, 11, tzinfo=UTC))

    before = json.loads(run("rates", "--by", "week", "--known-on", "2013-01-09", "--json").stdout)
    after = json.loads(run("rates", "--by", "week", "--json").stdout)

    assert before["total"]["visits_held"] == 5
    assert after["total"]["visits_held"] == 6


def test_what_is_overdue_or_maturing_is_seen_from_the_day_it_is_known_on(run):
    early = rows(run("rates", "--by", "week", "--known-on", "2012-11-24", "--json"))
    now = rows(run("rates", "--by", "week", "--json"))

    assert [row["maturing"] for row in early] == [True, True, True]
    assert [row["maturing"] for row in now] == [False, False, False, True]
    assert sum(row["visits_overdue"] for row in early) == 0
    assert sum(row["visits_overdue"] for row in now) == 1


def test_a_yield_is_counted_on_its_contacts_day_or_on_its_own(run):
    late = ["--from", "2013-01-08", "--to", "2013-01-08", "--json"]

    assert json.loads(run("yields", *late).stdout)["total"] == {"yields": 0, "positions": 0}
    assert json.loads(run("yields", "--basis", "recorded", *late).stdout)["total"] == {"yields": 1, "positions": 1}


def test_yields_as_json_have_the_tree_and_its_totals(run):
    said = json.loads(run("yields", "--json").stdout)

    lines = {row["kind"]: (row["parent"], row["positions"]) for row in said["rows"]}
    assert lines["ordinary-job"] == (None, 6)
    assert lines["acute-job"] == ("ordinary-job", 4)
    assert said["total"]["positions"] == sum(amount["positions"] for amount in said["by_support_class"].values())


def test_the_funnel_as_json_has_steps_with_units(run):
    steps = rows(run("funnel", "--json"))

    assert [step["step"] for step in steps][4:6] == ["visits_booked", "visits_held"]
    assert (steps[5]["count"], steps[5]["of"], steps[5]["unit"]) == (6, "visits_booked", "visits")
    assert steps[5]["share"] == 6 / 7


@pytest.mark.parametrize("count", COUNTS)
def test_every_count_opens_to_its_entries(run, count):
    said = json.loads(run("entries", "--of", count, "--office", "306", "--json").stdout)
    figure = rows(run("rates", "--office", "306", "--json"))[0][count]

    if count.startswith("positions"):
        assert sum(row["positions"] for row in said["rows"]) == figure
    elif count.startswith("companies_"):
        assert len({row["cvr"] for row in said["rows"]}) == figure
    else:
        assert len(said["rows"]) == figure


REFUSED = {
    "region": (["rates", "--region", "Sjaeland"], 1),
    "office": (["rates", "--office", "Odsherad"], 1),
    "industry": (["rates", "--industry", "04"], 1),
    "kind": (["yields", "--kind", "acute"], 1),
    "consultant": (["rates", "--consultant", "ana"], 1),
    "size": (["rates", "--size", "10-20"], 1),
    "campaign": (["rates", "--campaign", "open-dors"], 1),
    "count": (["entries", "--of", "visits_hold"], 1),
    "cohorts-of-calls-by-kind": (["cohorts", "--kind", "internship"], 2),
    "dimension": (["rates", "--by", "town"], 2),
    "period-twice": (["rates", "--week", "2012-W47", "--to", "2012-12-01"], 2),
    "week": (["rates", "--week", "2012-11"], 2),
    "month": (["funnel", "--month", "uge 47"], 2),
    "month-13": (["funnel", "--month", "2013-13"], 2),
    "consultants-of-no-office": (["rates", "--by", "consultant"], 2),
    "consultants-of-others": (["--office", "306", "rates", "--by", "consultant", "--office", "101"], 2),
    "basis": (["entries", "--of", "calls", "--basis", "recorded"], 2),
    "period": (["rates", "--from", "2012-12-01", "--to", "2012-11-01"], 2),
    "as-of": (["rates", "--as-of", "2014-01-01"], 2),
    "known-on": (["rates", "--known-on", "2014-01-01"], 2),
    "export-without-file": (["export", "totals"], 2),
    "export-of-consultants": (["export", "totals", "--by", "consultant", "-o", "x.csv"], 2),
    "export-of-a-consultant": (["export", "totals", "--consultant", "anna", "-o", "x.csv"], 2),
    "export-dimension": (["export", "totals", "--by", "office,town", "-o", "x.csv"], 1),
    "export-format": (["export", "totals", "-o", "x.doc"], 2),
    "export-workbook-to-stdout": (["export", "totals", "--format", "xlsx", "-o", "-"], 2),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_said_in_one_line(run, golden, name, tmp_path, monkeypatch):
    words, code = REFUSED[name]
    monkeypatch.chdir(tmp_path)

    result = run(*words)

    assert list(tmp_path.iterdir()) == []
    assert (result.exit_code, result.stdout) == (code, "")
    assert len(result.stderr.splitlines()) == 1
    golden(f"screens/refused-{name}.txt", result.stderr)


def test_a_report_goes_to_a_file_as_lines_or_json_and_never_over_one(run, tmp_path):
    lines, whole = tmp_path / "rates.txt", tmp_path / "rates.json"

    assert run("rates", "--by", "office", "-o", str(lines)).exit_code == 0
    assert run("rates", "--by", "office", "-o", str(whole)).exit_code == 0

    assert lines.read_text().split("\n")[1].split("\t")[:2] == ["101 København", "1"]
    assert json.loads(whole.read_text()) == json.loads(run("rates", "--by", "office", "--json").stdout)
    again = run("rates", "-o", str(lines))
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)
    assert run("rates", "-o", str(lines), "--force").exit_code == 0
    assert lines.read_text().startswith("rate\tshare")


@pytest.mark.parametrize("name", ["x.csv", "x.TSV", "x.txt"])
def test_json_goes_into_no_file_whose_name_promises_lines(run, tmp_path, name):
    result = run("rates", "--json", "-o", str(tmp_path / name))

    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "Leave --json out, or name it .json." in result.stderr


def test_the_command_beside_overdue_visits_lists_as_many(run):
    words = ["--region", "Sjælland", "--as-of", "2012-11-30"]
    figure = rows(run("rates", *words, "--json"))[0]["visits_overdue"]
    told = run("rates", *words).stderr

    line = told.partition("Which: campaign ")[2].splitlines()[0]

    assert line == "entries --of visits_overdue --region Sjælland --as-of 2012-11-30"
    assert len(rows(run(*shlex.split(line), "--json"))) == figure > 0


def test_where_no_line_is_marked_maturing_nothing_is_said_of_a_mark(run):
    words = ["--as-of", "2012-11-25"]

    assert "* Maturing" not in run("rates", "--by", "region", *words, columns=120).stderr
    assert "* Maturing" in run("rates", "--by", "week", *words, columns=120).stderr


def test_a_step_of_the_funnel_of_fewer_than_five_is_no_percentage(run):
    held = next(line for line in run("funnel", "--office", "101").stdout.splitlines() if line.startswith("held\t"))

    assert held.split("\t")[3] == "1 of 1"


def test_entries_of_positions_keep_how_many_they_are(run):
    shown = run("entries", "--of", "positions", columns=60)
    other = run("entries", "--of", "visits_with_yield", columns=60)

    assert "positions" in shown.stdout.splitlines()[0]
    assert "positions" not in other.stdout.splitlines()[0]


def test_where_there_is_no_value_a_file_has_an_empty_cell_and_a_screen_a_dash(run, tmp_path):
    file = tmp_path / "funnel.csv"

    assert run("funnel", "-o", str(file)).exit_code == 0

    assert file.read_text(encoding="utf-8").splitlines()[1] == "mailed,0,companies,,"
    assert run("funnel").stdout.splitlines()[1] == "mailed\t0\tcompanies\t-\t"


def test_quiet_says_nothing_but_the_table(run):
    assert run("rates", "--quiet").stderr == ""
    assert "Campaign open-doors" in run("rates").stderr


def test_rates_load_no_part_they_do_not_need(run, home):
    assert run("rates").exit_code == 0
    script = (
        "import sys, cli\n"
        "try: cli.main(['rates', '--quiet'])\n"
        "except SystemExit as end: print(end.code)\n"
        "print(*sorted({'eventsourcing.application', 'babel', 'xlsxwriter', 'rich', 'campaign.app'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"CAMPAIGN_HOME": str(home), "PATH": ""},
        cwd=Path(cli.__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-2:] == ["0", ""]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "tsv", "json-stat", "px"])
def test_an_export_is_of_the_form_its_name_says(run, tmp_path, ending):
    path = tmp_path / f"totals.{ending}"

    result = run("export", "totals", "--by", "office,week", "-o", str(path))

    assert (result.exit_code, result.stdout) == (0, "")
    assert " figures suppressed: counts below 5" in result.stderr.splitlines()[0].removeprefix(f"Written: {path}. ")
    start = {
        "csv": b"office,office_name,week,",
        "xlsx": b"PK",
        "json": b'{\n  "manifest"',
        "tsv": b"office\toffice_name\tweek",
        "json-stat": b'{\n  "version": "2.0"',
        "px": b'CHARSET="ANSI"',
    }
    assert path.read_bytes().startswith(start[ending])


def test_an_export_holds_the_rows_of_the_rates_and_says_what_they_are_of(run, tmp_path):
    narrowed = ["--region", "Sjælland", "--as-of", "2012-12-31", "--known-on", "2013-01-09"]
    unprotected = ["--internal", "--suppress-below", "0"]
    run("export", "totals", "--by", "office", "-o", str(tmp_path / "totals.json"), *narrowed, *unprotected)
    said = json.loads((tmp_path / "totals.json").read_text())

    figures = rows(run("rates", "--by", "office", "--json", *narrowed))
    total = json.loads(run("rates", "--by", "office", "--json", *narrowed).stdout)["total"]
    assert [{k: v for k, v in row.items() if k != "hidden"} for row in said["rows"]] == [
        *({k: v for k, v in row.items() if not k.endswith("_differs")} for row in figures),
        total,
    ]
    request = said["manifest"]["request"]
    assert (request["regions"], request["as_of"], request["known_on"]) == (["Sjælland"], "2012-12-31", "2013-01-09")
    assert said["manifest"]["position"] > 0


def test_a_figure_that_tells_of_few_leaves_the_house_unhidden_only_when_that_is_said(run, tmp_path):
    refused = run("export", "totals", "-o", str(tmp_path / "x.json"), "--suppress-below", "3")
    run("export", "totals", "-o", str(tmp_path / "inside.json"), "--internal")
    run("export", "totals", "-o", str(tmp_path / "all.json"), "--internal", "--suppress-below", "0")
    run("export", "totals", "-o", str(tmp_path / "out.json"))

    said = {name: json.loads((tmp_path / f"{name}.json").read_text())["manifest"] for name in ("inside", "all", "out")}
    assert refused.exit_code == 2
    assert "For internal use: --suppress-below 3 --internal" in refused.stderr
    assert [said[name]["request"]["suppress_below"] for name in ("out", "inside", "all")] == [5, 3, 0]
    assert "internal use only" in said["inside"]["rule"]
    assert "internal use only" not in said["out"]["rule"]
    assert said["all"]["hidden"] == 0


def test_an_export_to_stdout_is_the_same_as_to_a_file(run, tmp_path):
    run("export", "totals", "--by", "week", "-o", str(tmp_path / "totals.csv"))

    shown = run("export", "totals", "--by", "week", "--format", "csv", "-o", "-")

    assert shown.stdout_bytes == (tmp_path / "totals.csv").read_bytes()
    assert run("export", "totals", "-o", "-").stdout.startswith("companies_mailed\t")


def test_danish_excel_is_asked_for_by_name(run, tmp_path):
    path = tmp_path / "totals.csv"

    result = run("export", "totals", "--by", "size", "--format", "excel-csv", "-o", str(path))

    assert path.read_bytes().startswith(b"\xef\xbb\xbfSize of company;")
    assert "reads sizes such as 2-4 in a CSV as dates" in result.stderr


def test_an_export_never_replaces_a_file_unasked(run, tmp_path):
    path = tmp_path / "totals.csv"
    path.write_text("mine")

    result = run("export", "totals", "-o", str(path))

    assert (result.exit_code, path.read_text()) == (2, "mine")
    assert run("export", "totals", "-o", str(path), "--force").exit_code == 0
    assert path.read_text() != "mine"
