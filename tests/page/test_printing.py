"""Printing a page: what a browser that fails is said to have done, and that nothing of it is left."""

import os

import psutil
import pytest

from campaign.errors import StoreFault
from campaign.page import printing
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
    fake, told = tmp_path / "chromium", tmp_path / "helper"
    fake.write_text(f"#!/bin/sh\nsleep 60 &\necho $! > {told}\nwait\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(printing, "_LONGEST", 1)

    with pytest.raises(StoreFault, match="did not print in 1 s"):
        print_pdf("<p>")

    assert not psutil.pid_exists(int(told.read_text())) or psutil.Process(int(told.read_text())).status() == "zombie"
