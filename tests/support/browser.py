"""A browser to look at pages in: the Chromium of the system, without a window, without a network of its own."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from campaign.page.printing import BROWSERS, QUIETLY

WIDE, NARROW = 1280, 400


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser, for the pages of one module: while it is open, nothing else here can run a loop of events.

    Where there is none these tests are left out; on a build machine they fail.
    """
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        reason = "there is no Chromium here to look at pages in"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*QUIETLY, *root])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium) -> Iterator[Page]:
    """An empty page of a desk's width; what was complained of, and asked for, is in ``complaints`` and ``asked``."""
    page_ = chromium.new_page(viewport={"width": WIDE, "height": 900})
    page_.complaints, page_.asked = [], []
    page_.on("console", lambda said: said.type in ("warning", "error") and page_.complaints.append(said.text))
    page_.on("pageerror", lambda fault: page_.complaints.append(str(fault)))
    page_.on("request", lambda request: page_.asked.append(request.url))
    yield page_
    page_.close()
