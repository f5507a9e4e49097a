"""Printing a page: what a browser that fails is said to have done, and that nothing of it is left."""

import os
import subprocess
import time

import psutil
import pytest

from campaign.errors import StoreFault
from campaign.page.printing import print_pdf


@pytest.mark.parametrize(
    "what", ["exit 7", "exit 0", 'printf "no pdf" > "$target"; exit 0', 'printf "%%PDF-" > "$target"; exit 7']
)
def test_a_browser_that_prints_no_page_is_said_to_have_printed_none(what, tmp_path, monkeypatch):
    fake = tmp_path / "chromium"
    fake.write_text(
        f"#!/bin/sh\nfor word; do case $word in --print-to-pdf=*) target=${{word#--print-to-pdf=}};; esac; done\n{what}\n"
    )
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(StoreFault, match="printed nothing"):
        print_pdf("<p>")


def test_with_a_browser_that_takes_too_long_ends_all_that_it_started(tmp_path, monkeypatch):
    browser, helper = tmp_path / "chromium", tmp_path / "helper"
    browser.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {helper}.new\nmv {helper}.new {helper}\nwait\n")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    wait = subprocess.Popen.wait

    def wait_until_the_helper_runs(process, timeout=None):
        while timeout and not helper.exists():
            assert process.poll() is None, "the browser ended without starting its helper"
            time.sleep(0.01)
        return wait(process, timeout and 0)

    monkeypatch.setattr(subprocess.Popen, "wait", wait_until_the_helper_runs)

    with pytest.raises(StoreFault, match="did not print in 60 s"):
        print_pdf("<p>")

    assert has_ended(int(helper.read_text()))


def has_ended(pid):
    """A signal that was sent takes effect when the system gets round to it; the process would sleep for ten minutes."""
    for _ in range(3_000):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.01)
    return False
