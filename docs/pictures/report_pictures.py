"""Takes the pictures of `campaign report` in docs/: on a desk, in a hand and on paper, of the model campaign in April 2013."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from campaign.page.printing import QUIETLY, browser

HERE = Path(__file__).parents[2]
TARGETS = (
    ("8000", "--at", "2012-09-03"),
    ("10000", "--at", "2013-03-15", "--because", "good experience"),
)
SEEN = {1280: "weeks", 400: "funnel"}
"""Widths, and the section the picture ends with: whole pages are too long to look at in a document."""
DOTS = "80"  # an inch of paper


def main() -> None:
    """Imports the model campaign into a throw-away home, sets its target twice, and looks at the page."""
    with tempfile.TemporaryDirectory() as folder:
        page = made(Path(folder))
        photograph(page)
        first_sheet(page.with_suffix(".pdf"), HERE / "docs/report-a4")


def made(folder: Path) -> Path:
    """The page, and beside it the PDF."""
    home = folder / "home"
    campaign("demo", "--quiet", "--home", home)
    whose = ("--campaign", "luk-op", "--home", home)
    for number, *said in TARGETS:
        campaign("target", "luk-op", "visits_held", number, "--by", "2013-06-30", *said, "--consultant", "demo", *whose)
    page = folder / "page.html"
    campaign("report", "-o", page, "--pdf", "--as-of", "2013-04-02", *whose)
    return page


def campaign(*words: str | Path) -> None:
    """Runs the program of this tree."""
    there = {**os.environ, "PYTHONPATH": str(HERE)}
    subprocess.run([sys.executable, HERE / "cli.py", *words], check=True, capture_output=True, env=there)


def photograph(page: Path) -> None:
    """The page at each width."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser(), args=[*QUIETLY, *root])
        for width, last in SEEN.items():
            opened = chromium.new_page(viewport={"width": width, "height": 900})
            opened.goto(page.as_uri())
            box = opened.locator(f"#{last}").bounding_box()
            assert box is not None
            seen = {"x": 0, "y": 0, "width": width, "height": box["y"] + box["height"]}
            opened.screenshot(path=HERE / f"docs/report-{width}.png", full_page=True, clip=seen)
        chromium.close()


def first_sheet(pdf: Path, picture: Path) -> None:
    """The first sheet of paper; pdftoppm is in the package poppler-utils."""
    drawing = shutil.which("pdftoppm")
    if drawing is None:
        sys.exit("To draw a sheet of paper pdftoppm is needed: install poppler-utils.")
    subprocess.run([drawing, "-r", DOTS, "-f", "1", "-l", "1", "-singlefile", "-png", pdf, picture], check=True)


if __name__ == "__main__":
    main()
