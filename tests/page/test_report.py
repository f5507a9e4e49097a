"""The page of figures: every number on it is the one the terminal says, nobody is named, and nothing is fetched."""

import json
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from campaign_builder import REGIONS, CampaignBuilder, report_scope
from campaign_strategies import log_stories, mixtures, plans
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from report_fixtures import NOW, SECRETS, report_campaign, workspace_of

import cli
from campaign.page.axes import rounded_up
from campaign.page.comparison_charts import INNER
from campaign.page.document import page
from campaign.page.drawing import BLUE_TEXT, INK, MUTED, VERMILLION_TEXT, Alternative, Frame, layered, svg, text
from campaign.page.figures import About, read_figures
from campaign.page.heat_map import shade
from campaign.page.line_charts import FAN
from campaign.page.printing import BROWSERS
from campaign.page.texts import Words
from projections.measures import COUNTS, LEAST_BASE, base

RATED = ("visit_hit_rate", "call_hit_rate")
FILTERS = {
    "all": (),
    "as of a day": ("--as-of", "2012-12-20"),
    "as known on a day": ("--known-on", "2012-12-10"),
    "of an office": ("--office", "306"),
    "of a region and a kind": ("--region", "Sjælland", "--kind", "ordinary-job"),
    "of a period": ("--from", "2012-11-12", "--to", "2012-12-31"),
    "before anything": ("--as-of", "2012-09-15"),
    "of one with little": ("--office", "147"),
    "before any visit": ("--as-of", "2012-10-31"),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return workspace_of(report_campaign(), tmp_path_factory.mktemp("home"))


@pytest.fixture
def run(home, monkeypatch):
    """Runs a command at that moment in that home."""
    monkeypatch.setattr("campaign.terminal.clock.now", lambda: NOW)

    def run(*words: str, **env: str):
        there = {"CAMPAIGN_HOME": str(home), "CAMPAIGN_OFFICE": None, **env}
        return CliRunner(env=there).invoke(cli.main, list(words))

    return run


PAGES: dict[tuple[str, ...], str] = {}
"""Every page that was made, by its words: to draw one takes longer than to look at it."""


@pytest.fixture
def made(run):
    """The page for these words."""

    def made(*words: str) -> str:
        if words not in PAGES:
            result = run("report", "-o", "-", *words)
            assert result.exit_code == 0, result.output
            PAGES[words] = result.stdout
        return PAGES[words]

    return made


class Reader(HTMLParser):
    """Every figure of a page by its name: the values it has, and how they are read; and all tags, with what they say."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.figures: dict[str, set[tuple[str, str]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._open: tuple[str, str] | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.tags.append((tag, said))
        if tag == "data":
            self._open = str(said["data-figure"]), str(said["value"])

    def handle_data(self, data):
        if self._open:
            name, value = self._open
            self.figures.setdefault(name, set()).add((value, data))
            self._open = None


# The same numbers as the terminal


GROUPED = (
    *("visits_held", "visits_with_yield", "visit_hit_rate", "calls", "calls_with_yield", "call_hit_rate"),
    *("companies_called", "acceptance_rate", "positions"),
)


def grouped(path: str, row: dict) -> dict[str, object]:
    """What a table of groups says of a row."""
    said = {f"{path}.{name}": row[name] for name in GROUPED}
    for name in RATED:
        if base(row, name)[1] >= LEAST_BASE:
            said |= {f"{path}.{name}_{end}": row[f"{name}_{end}"] for end in ("low", "high")}
    return said


def headlines(total: dict) -> dict[str, object]:
    also = ("companies_accepted", "visits_booked", "positions_from_visits")
    said = {f"rates.total.{name}": total[name] for name in also}
    if base(total, "acceptance_rate")[1] >= LEAST_BASE:
        said |= {f"rates.total.acceptance_rate_{end}": total[f"acceptance_rate_{end}"] for end in ("low", "high")}
    return said


def of_targets(rows: list[dict]) -> dict[str, object]:
    names = ("number", "reached", "expected", "left", "pace", "needed", "forecast", "low", "high")
    said = {}
    for n, row in enumerate(rows):
        path = ".".join(part for part in ("targets", row["measure"], row["office"], row["region"], row["kind"]) if part)
        said |= {f"{path}.{name}": row[name] for name in names if row["low"] is not None or name not in ("low", "high")}
        if row == next((r for r in rows if r["measure"] == "visits_held"), rows[0]) and len(row["history"]) > 1:
            said |= {f"{path}.history.{n}.number": setting["number"] for n, setting in enumerate(row["history"])}
    return said


def of_cohorts(said: dict) -> dict[str, object]:
    path = f"cohorts.{said['of']}"
    if not said["rows"]:
        return {}
    found = {f"{path}.{row['month']}.base": row["base"] for row in said["rows"]}
    for row in said["rows"]:
        found |= {f"{path}.{row['month']}.{cell['weeks']}.share": cell["share"] for cell in row["cells"]}
    found |= {f"{path}.total.{cell['weeks']}.share": cell["share"] for cell in said["total"]}
    median = said["times"]["median"]
    return found if median is None else found | {f"{path}.times.median": median}


def of_terminal(run, words: tuple[str, ...]) -> dict[str, object]:
    """All that a page is to say, from what the commands print as JSON."""

    def said(*command: str):
        result = run(*command, "--json", *words)
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    offices, weeks, yields = said("rates", "--by", "office"), said("rates", "--by", "week"), said("yields")
    total = said("rates")["total"]
    found = headlines(total)
    for by, found_by in (("office", offices), ("week", weeks)):
        found |= {k: v for row in found_by["rows"] for k, v in grouped(f"rates.{by}.{row[by]}", row).items()}
    steps = said("funnel")["rows"]
    if any(step["count"] for step in steps):
        found |= {f"funnel.{step['step']}.count": step["count"] for step in steps}
        found |= {f"funnel.{step['step']}.share": step["share"] for step in steps if step["of"]}
    if yields["rows"]:
        amounts = {"total": yields["total"], **{row["kind"]: row for row in yields["rows"]}}
        amounts |= {f"by_support_class.{word}": amount for word, amount in yields["by_support_class"].items()}
        found |= {f"yields.{k}.{n}": amount[n] for k, amount in amounts.items() for n in ("positions", "yields")}
    for of in ("visits",) if "--kind" in words else ("calls", "visits"):
        found |= of_cohorts(said("cohorts", "--of", of, "--by", "month"))
    if "--from" not in words:
        found |= of_targets(said("targets")["rows"])
    late = said("overdue", "--all", "--by", "office")["total"]
    if late["all"]:
        found |= {f"overdue.{what}": number for what, number in late.items() if what != "all"}
    return found | grouped("rates.total", total)


@pytest.mark.parametrize("words", FILTERS.values(), ids=FILTERS.keys())
def test_a_page_has_the_numbers_of_the_terminal_and_no_others(run, made, words):
    figures = Reader(made(*words)).figures
    expected = of_terminal(run, words)

    assert set(figures) == set(expected)
    assert {name: {value for value, _ in said} for name, said in figures.items()} == {
        name: {"" if value is None else str(value)} for name, value in expected.items()
    }


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_number_reads_as_what_it_is(made, language):
    figures = Reader(made("--lang", language)).figures

    assert len(figures) > 300
    wrong = {name: said for name, said in figures.items() for one in said if not reads_as(*one, name, language)}
    assert wrong == {}


def reads_as(value: str, told: str, name: str, language: str) -> bool:
    """Whether the text is that value, rounded as it is read."""
    if value == "":
        return told == "–"
    number = float(value)
    first = re.match(r"[\d.,]+", told)[0]
    if part := re.fullmatch(r"(\d+) (?:of|af) (\d+)", told):
        return number == int(part[1]) / int(part[2])
    thousands, comma = (",", ".") if language == "en" else (".", ",")
    plain = first.replace(thousands, "").replace(comma, ".")
    decimals = len(plain.partition(".")[2])
    shown = float(plain) / (100 if "%" in told or name.endswith("rate_low") else 1)
    return abs(shown - number) <= 0.5001 / 10 ** (decimals + (2 if "%" in told or name.endswith("rate_low") else 0))


def test_numbers_and_days_are_written_as_the_language_writes_them(made):
    danish, english = made("--lang", "da"), made("--lang", "en")

    assert ">54,6\N{NO-BREAK SPACE}%<" in danish
    assert ">54.6\N{NO-BREAK SPACE}%<" in english
    assert "Opgjort pr. 15. januar 2013" in danish
    assert "As of 15 January 2013" in english
    assert '<html lang="da">' in danish
    assert '<html lang="en">' in english


def test_the_language_is_the_one_of_the_setting_where_none_is_said(run, tmp_path):
    run("report", "-o", str(tmp_path / "a.html"), CAMPAIGN_LANG="da")
    run("report", "-o", str(tmp_path / "b.html"), "--lang", "en", CAMPAIGN_LANG="da")

    assert '<html lang="da">' in (tmp_path / "a.html").read_text(encoding="utf-8")
    assert '<html lang="en">' in (tmp_path / "b.html").read_text(encoding="utf-8")


# What is on it


def test_no_company_and_no_consultant_is_named(made):
    html = made()

    assert [name for name in SECRETS if name in html] == []


def test_a_page_holds_no_script_and_asks_for_nothing(made):
    tags = Reader(made()).tags
    named = {name for _, attrs in tags for name in attrs}
    policy = next(attrs["content"] for tag, attrs in tags if "http-equiv" in attrs)

    assert {"script", "link", "img", "iframe", "object", "image", "use"} & {tag for tag, _ in tags} == set()
    assert {name for name in named if name.startswith("on")} | ({"src", "xlink:href", "style"} & named) == set()
    assert {attrs["href"][0] for tag, attrs in tags if tag == "a"} == {"#"}
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def test_every_chart_has_a_title_a_description_and_a_table(made):
    html = made()
    tags = Reader(html).tags
    charts = [attrs for tag, attrs in tags if tag == "svg"]
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]

    assert len(charts) == 2 * 8
    assert {attrs["role"] for attrs in charts} == {"img"}
    assert all(set(str(attrs["aria-labelledby"]).split()) <= set(ids) for attrs in charts)
    assert len(ids) == len(set(ids))
    for section in re.findall(r"<section.*?</section>", html, re.DOTALL):
        assert ("<svg" in section) <= ("<table" in section)


def test_offices_stand_in_order_of_their_names_and_differing_ones_are_marked(made):
    offices = re.findall(r'<th scope="row">([\wæøåÆØÅ]+) \(\d{3}\)</th>.*?</tr>', made())
    rows = {
        name: row for row, name in re.findall(r'(<tr><th scope="row">([\wæøåÆØÅ]+) \(\d{3}\)</th>.*?</tr>)', made())
    }

    assert offices == ["Frederiksberg", "Holbæk", "København", "Odsherred", "Aalborg"]
    marked = re.compile("visit hit rate (above|below)")
    assert {name: bool(marked.search(row)) for name, row in rows.items()} == {
        **dict.fromkeys(offices, False),
        "Odsherred": True,
        "Holbæk": True,
    }
    told = "The visit hit rate differs from the whole beyond chance (Holm) in: Holbæk, Odsherred. Marked by a triangle"
    assert told in made()


def test_a_page_of_a_part_says_of_which_at_its_head(made):
    head = made("--office", "306", "--kind", "ordinary-job").split("</header>")[0]

    assert "Only: Odsherred (306); yields: ordinary job" in head
    assert "Only:" not in made().split("</header>")[0]


def test_a_page_of_a_support_class_is_made_and_says_so(made):
    assert "yields: unpaid" in made("--kind", "unpaid")


def test_before_the_campaign_began_there_is_a_page_without_a_course(tmp_path):
    told = CampaignBuilder()
    told.targeted(None, "visits_held", 10, at="2012-08-01")
    with told.tables() as connection:
        about = About(
            "Open doors", report_scope(connection, campaign=told.slug, today="2012-08-15"), None, 0, "", NOW, "0"
        )
        html = page(read_figures(connection, about), "en", REGIONS)

    assert 'data-figure="targets.visits_held.number"' in html
    assert 'id="targets-wide' not in html


def test_why_a_target_was_set_is_free_text_and_stays_off_the_page():
    told = CampaignBuilder()
    told.targeted(None, "visits_held", 10, at="2012-10-01", because="Ida Hansen is ill")
    told.targeted(None, "visits_held", 20, at="2012-11-01", because="Ida Hansen is back")
    with told.tables() as connection:
        about = About(
            "Open doors", report_scope(connection, campaign=told.slug, today="2012-12-15"), None, 0, "", NOW, "0"
        )

        assert "Hansen" not in page(read_figures(connection, about), "en", REGIONS)


def test_an_office_with_fewer_than_five_visits_is_said_and_not_plotted(made):
    html = made()

    assert "Offices with fewer than 5 visits held are not plotted" in html
    assert ">1 of 2</text>" in html
    assert "Offices with fewer than 5 visits held are not plotted" not in made("--office", "306")


def test_a_section_without_anything_says_so_in_a_sentence(made):
    html = made("--as-of", "2012-09-15", "--office", "306")

    for said in ("Nobody has been called yet", "No visit has been held yet", "No yield has been recorded", "No target"):
        assert said in html
    assert "<svg" not in html


def test_targets_are_left_out_under_filters_they_know_nothing_of(made):
    assert "under other filters there are none" in made("--from", "2012-11-01")


def test_what_it_is_about_is_said(made, home):
    html = made("--known-on", "2012-12-10", "--office", "306")

    assert "As of 10 December 2012, as known on 10 December 2012" in html
    assert "Odsherred (306)" in html
    assert re.search(r"<dd>[0-9a-f]{64}</dd>", html)


def test_names_are_data_and_no_markup():
    told = report_campaign()
    with told.tables() as connection:
        about = About("<script>x</script> & co", report_scope(connection, campaign=told.slug), None, 1, "ab", NOW, "1")
        figures = read_figures(connection, about)
    names = dict.fromkeys((row["office"] for row in figures.offices), '<b onclick="x">&')

    html = page(figures, "en", names)

    assert "<script" not in html
    assert "<b " not in html
    assert "&lt;script&gt;x&lt;/script&gt; &amp; co" in html


def test_a_campaign_of_which_nothing_is_known_yet_has_a_page():
    told = CampaignBuilder()
    with told.tables() as connection:
        about = About(
            "Open doors", report_scope(connection, campaign=told.slug, today="2012-09-02"), None, 0, "", NOW, "1"
        )
        html = page(read_figures(connection, about), "da", {})

    assert "Ingen er ringet op endnu" in html


def test_of_a_region_nothing_of_single_companies_is_counted():
    told = report_campaign()
    with told.tables() as connection:
        about = About("Open doors", report_scope(connection, campaign=told.slug), None, 1, "ab", NOW, "1")
        figures = read_figures(connection, about, sees_single=False)

    assert figures.overdue is None
    assert "what is overdue is not among them" in page(figures, "en", {row["office"]: "X" for row in figures.offices})


def test_the_way_to_a_target_is_the_sum_of_its_days_and_ends_in_its_forecast():
    told = report_campaign()
    with told.tables() as connection:
        scope = report_scope(connection, campaign=told.slug, as_of="2013-01-15", today="2013-01-15")
        way = read_figures(connection, About("", scope, None, 1, "", NOW, "1")).course

    assert way.target.measure == "visits_held"
    assert way.reached[-1] == (scope.day, way.target.reached)
    assert [amount for _, amount in way.reached] == sorted(amount for _, amount in way.reached)
    assert dict(way.expected)[scope.day] == pytest.approx(way.target.expected)
    assert way.fan[0].low == way.fan[0].middle == way.fan[0].high == way.target.reached
    assert way.fan[-1].day == way.target.by_day
    assert way.fan[-1].middle == pytest.approx(way.target.forecast, abs=0.5)
    assert way.fan[-1].high == pytest.approx(way.target.high)
    assert way.weekly["2012-W46"] * 200 == pytest.approx(way.weekly["2012-W50"] * 150)


def test_text_in_a_chart_stays_as_it_is_written():
    spec = layered(Frame(200), 20, [text([{"text": 'Aa 14.7000 & <x> role="y"'}], {"x": {"value": 1}})])

    drawn = svg(spec, "a", Alternative("A & B", "c"))

    assert '>Aa 14.7000 &amp; &lt;x&gt; role="y"</text>' in drawn
    assert '<title id="a-title">A &amp; B</title>' in drawn


def contrast(one: str, other: str) -> float:
    """How far two colours are apart, 1 to 21 (WCAG 2.2, relative luminance)."""

    def light(color: str) -> float:
        parts = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted(map(light, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_in_charts_can_be_read_on_what_lies_behind_it():
    grounds = ("#ffffff", FAN, INNER)

    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert [(a, b) for a in (INK, MUTED, BLUE_TEXT, VERMILLION_TEXT) for b in grounds if contrast(a, b) < 4.5] == []
    assert [depth for depth in range(101) if contrast(INK, shade(depth / 100)) < 4.5] == []


@pytest.mark.parametrize(
    ("number", "top"),
    [(0, 4), (5, 8), (41, 60), (97, 100), (243, 280), (999, 1_000), (10_000, 10_000), (10_001, 12_000)],
)
def test_an_axis_ends_at_a_number_whose_quarters_are_round(number, top):
    assert rounded_up(number) == top


def test_days_and_shares_where_there_is_none():
    assert Words("da").percent(None) == "–"
    assert Words("da").number(1234.5, 1) == "1.234,5"
    assert Words("da").percent(0.48, 0) == "48\N{NO-BREAK SPACE}%"


# What is refused


REFUSED = {
    ("report",): "Say which file to write: -o FILE.html; -o - for stdout.",
    ("report", "-o", "page.pdf"): "'page.pdf' ends in no .html. A page is written as -o FILE.html",
    ("report", "-o", "p.html", "--json"): "A page is HTML. Figures as JSON: campaign export totals -o FILE.json",
    ("report", "-o", "-", "--pdf"): "A PDF is not written to stdout. Say which file: -o FILE.html --pdf",
    ("report", "-o", "p.html", "--consultant", "anna"): "No such option '--consultant'",
}


@pytest.mark.parametrize("words", REFUSED, ids=" ".join)
def test_what_cannot_be_meant_is_refused_in_a_sentence(run, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)

    result = run(*words)

    assert result.exit_code == 2
    assert REFUSED[words] in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_language_nobody_set_a_page_in_is_refused(run, tmp_path):
    result = run("report", "-o", str(tmp_path / "a.html"), CAMPAIGN_LANG="sv")

    assert result.exit_code == 2
    assert result.stderr == "The setting lang is 'sv'; it can be en or da.\n"


def test_a_page_goes_to_stdout_and_never_over_a_file(run, tmp_path):
    there = tmp_path / "page.html"
    there.write_text("mine")

    assert run("report", "-o", "-").stdout.startswith("<!DOCTYPE html>")
    refused = run("report", "-o", str(there))
    assert (refused.exit_code, there.read_text()) == (2, "mine")
    assert "say --force to replace it" in refused.stderr


def test_without_a_browser_a_pdf_is_refused_before_anything_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)

    result = run("report", "-o", str(tmp_path / "a.html"), "--pdf")

    assert BROWSERS
    assert result.exit_code == 2
    assert "A PDF needs Chromium or Chrome on this machine, and none was found." in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_figures_of_a_scope_are_all_of_one_day():
    told = report_campaign()
    with told.tables() as connection:
        scope = report_scope(connection, campaign=told.slug, as_of="2012-12-01")
        figures = read_figures(connection, About("", scope, None, 1, "", NOW, "1"))
        later = read_figures(connection, About("", replace(scope, as_of=None), None, 1, "", NOW, "1"))

    assert figures.total["visits_held"] < later.total["visits_held"]
    assert figures.course.reached[-1][0] == scope.as_of


@settings(max_examples=10)
@given(plans, mixtures, st.dates(date(2012, 10, 1), date(2013, 3, 31)), st.sampled_from([0, 1, 3, 500]))
def test_whatever_was_logged_there_is_a_page_of_it(plan, mixture, then, number):
    told = log_stories(CampaignBuilder(), plan, mixture)
    told.targeted(None, "visits_held", number, at="2012-10-10", by="2013-02-01")
    told.targeted("306", "positions", number, at="2012-11-10", kind="ordinary-job")
    with told.tables() as connection:
        about = About("Open doors", report_scope(connection, campaign=told.slug, as_of=then), None, 1, "ab", NOW, "1")
        figures = read_figures(connection, about)

    html = page(figures, "da", REGIONS)

    assert html.count("<h1>") == 1
    assert "NaN" not in html
    assert "undefined" not in html
    assert {type(row[name]) for row in figures.offices for name in COUNTS} <= {int}
