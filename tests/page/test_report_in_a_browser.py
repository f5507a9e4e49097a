"""The page of figures as people meet it: on a desk, in a hand, on paper, with a keyboard, with a screen reader."""

import json
import re
from pathlib import Path

import pytest
from browser import NARROW, WIDE, chromium, page  # noqa: F401 - fixtures
from click.testing import CliRunner
from conftest import GOLDEN
from report_fixtures import NOW, report_campaign, workspace_of

import cli

AXE = GOLDEN / "axe-core" / "axe.min.js"


@pytest.fixture(scope="module")
def reports(tmp_path_factory) -> dict[str, Path]:
    """The page in both languages, and one of a day before anything."""
    home = workspace_of(report_campaign(), tmp_path_factory.mktemp("home"))
    folder = tmp_path_factory.mktemp("pages")
    pages = {"en": (), "da": ("--lang", "da"), "empty": ("--as-of", "2012-09-15", "--office", "306")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("campaign.terminal.clock.now", lambda: NOW)
        for name, words in pages.items():
            said = ["report", "-o", str(folder / f"{name}.html"), *words, "--home", str(home)]
            assert CliRunner(env={"CAMPAIGN_OFFICE": None}).invoke(cli.main, said).exit_code == 0
    return {name: folder / f"{name}.html" for name in pages}


every_page = pytest.mark.parametrize("name", ["en", "da", "empty"])
every_width = pytest.mark.parametrize("width", [WIDE, NARROW])


def show(page, path: Path, width: int = WIDE) -> None:  # noqa: F811
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")


@every_page
@every_width
def test_a_page_complains_of_nothing_and_fetches_nothing(page, reports, name, width):  # noqa: F811
    show(page, reports[name], width)

    assert page.complaints == []
    assert page.asked == [reports[name].as_uri()]


@every_page
@every_width
def test_nothing_on_a_page_bars_anybody(page, reports, name, width):  # noqa: F811
    show(page, reports[name], width)
    page.evaluate(AXE.read_text(encoding="utf-8"))

    found = page.evaluate("axe.run()")

    assert [(v["id"], [node["html"][:120] for node in v["nodes"]][:3]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@every_page
@pytest.mark.parametrize("width", [WIDE, 700, NARROW, 320])
def test_a_page_is_never_wider_than_its_window(page, reports, name, width):  # noqa: F811
    show(page, reports[name], width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


OUTSIDE = """
() => [...document.querySelectorAll('svg')].filter(svg => svg.clientWidth).flatMap(svg => {
    const room = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')].filter(one => {
        const box = one.getBoundingClientRect();
        return box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1
            || box.bottom > room.bottom + 1;
    }).map(one => one.textContent);
})
"""


@pytest.mark.parametrize("name", ["en", "da"])
@every_width
def test_no_label_of_a_chart_is_cut_off(page, reports, name, width):  # noqa: F811
    show(page, reports[name], width)

    assert page.evaluate("[...document.querySelectorAll('svg')].filter(svg => svg.clientWidth).length") == 8
    assert page.evaluate(OUTSIDE) == []


@every_width
def test_text_in_charts_is_large_enough_to_be_read(page, reports, width):  # noqa: F811
    show(page, reports["en"], width)

    heights = page.evaluate(
        "[...document.querySelectorAll('svg text')].map(one => one.getBoundingClientRect().height).filter(h => h > 0)"
    )

    assert min(heights) > 10


def test_a_screen_reader_is_told_what_every_chart_shows(page, reports):  # noqa: F811
    show(page, reports["en"])

    charts = page.get_by_role("img").all()

    assert len(charts) == 8
    assert all(len(chart.locator("desc").text_content()) > 40 for chart in charts)
    assert page.get_by_role("img", name=re.compile("dot plot of 5 offices")).count() == 1


def test_a_page_has_one_heading_of_the_first_rank_and_its_landmarks(page, reports):  # noqa: F811
    show(page, reports["da"])

    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "da"
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1


def test_the_first_stop_of_the_keyboard_leads_past_the_contents(page, reports):  # noqa: F811
    show(page, reports["en"])

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the figures"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "figures"


def test_a_table_wider_than_a_hand_is_reached_by_keyboard_and_scrolls_alone(page, reports):  # noqa: F811
    show(page, reports["en"], NARROW)
    region = page.get_by_role("region", name=re.compile("Hit rates by office"))

    region.focus()
    page.keyboard.press("ArrowRight")

    scrolled = (page.wait_for_timeout(50) or page.evaluate("document.activeElement.scrollLeft") for _ in range(100))
    assert any(scrolled)  # asked again and again from outside: a page that waits for itself would need a script
    assert page.evaluate("window.scrollX") == 0


@pytest.mark.parametrize("name", ["en", "da"])
def test_a_page_prints_on_a_few_sheets_with_its_tables_open(page, reports, name):  # noqa: F811
    page.goto(reports[name].as_uri())

    paper = page.pdf(format="A4")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 1000})

    assert paper.startswith(b"%PDF-")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", paper)) <= 12
    assert page.evaluate("[...document.querySelectorAll('td')].filter(one => !one.checkVisibility()).length") == 0
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 680


def test_a_pdf_is_written_beside_the_page(reports, tmp_path, chromium):  # noqa: F811
    home = workspace_of(report_campaign(), tmp_path / "home")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("campaign.terminal.clock.now", lambda: NOW)
        said = ["report", "-o", str(tmp_path / "page.html"), "--pdf", "--home", str(home)]
        result = CliRunner().invoke(cli.main, said)

    assert result.exit_code == 0, result.output
    assert result.stderr == f"Written: {tmp_path / 'page.html'}\nWritten: {tmp_path / 'page.pdf'}\n"
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_the_numbers_a_reader_copies_are_those_a_program_reads(page, reports):  # noqa: F811
    """A figure stands as plain text, so that it can be found and copied, with its exact value beside it."""
    show(page, reports["en"])

    said = page.evaluate("[...document.querySelectorAll('data')].map(one => [one.value, one.innerText])")

    assert json.dumps(said).count("%") > 50
    assert all(text for _, text in said)
