"""A real terminal: what is missing is asked for, Ctrl-C ends with 130, colours can be refused."""

import os
import signal
import sys
import time
from datetime import UTC, datetime

import pexpect
import pytest
from terminal_user import TIMBER, new_consultant

from campaign.terminal.clock import copenhagen_day


@pytest.fixture
def consultant(tmp_path):
    somebody = new_consultant(tmp_path / "home")
    today = copenhagen_day(datetime.now(UTC))
    somebody.on(str(today))
    somebody.says("plan", "now", "--title", "Now", "--from", str(today.year), "--to", str(today.year))
    somebody.environment["CAMPAIGN_SLUG"] = "now"
    return somebody


@pytest.fixture
def types(consultant):
    """A command typed in a terminal of its own, 100 wide."""
    running = []

    def typed(*words, **environment):
        settings = {k: v for k, v in (os.environ | consultant.environment | {"TERM": "xterm"}).items() if v is not None}
        child = pexpect.spawn(
            sys.executable,
            ["-m", "cli", *words],
            env=settings | environment,
            encoding="utf-8",
            dimensions=(40, 100),
            timeout=20,
            preexec_fn=lambda: signal.signal(
                signal.SIGINT, signal.SIG_DFL
            ),  # tests in the background are not interrupted
        )
        running.append(child)
        return child

    yield typed
    for child in running:
        child.close(force=True)


def ended(child):
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def test_what_is_missing_is_asked_for_until_it_can_be_taken(types):
    child = types("call")
    child.expect_exact("Company (CVR number or part of the name): ")
    child.sendline("nordvang")
    child.expect_exact("Outcome (no-answer, accepted, declined, call-back ...): ")
    child.sendline("answered")
    child.expect_exact("'answered' is no outcome")
    child.expect_exact("Outcome")
    child.sendline("busy")
    child.expect("Logged: call busy, 26099382 Nordvang Tømrer ApS")

    assert ended(child) == 0


def test_a_reason_and_a_day_are_asked_for_where_the_outcome_needs_them(types):
    child = types("call", TIMBER, "declined")
    child.expect_exact("Reason")
    child.sendline("no-time")
    child.expect_exact("call declined (no-time)")
    assert ended(child) == 0

    child = types("call", TIMBER, "call-back")
    child.expect_exact("Follow up")
    child.sendline("someday")
    child.expect_exact("'someday' is no day")
    child.sendline("today")
    child.expect_exact("to be called again on")
    assert ended(child) == 0


def test_a_cpr_number_that_is_typed_as_an_answer_is_not_taken(types):
    child = types("retract", "ffffffff")
    child.expect_exact("Because")
    child.sendline("it was 151112-3441")
    child.expect_exact("form of a CPR number")
    child.expect_exact("Because")
    child.sendline("an error")
    child.expect_exact("There is no entry 'ffffffff'")

    assert ended(child) == 1


def test_an_option_that_is_needed_is_asked_for(types):
    child = types("plan", "spring", "--from", "2013-01", "--to", "2013-06")
    child.expect_exact("Title (Its name, as people know it): ")
    child.sendline("Spring")
    child.expect_exact("campaign spring planned, Spring")

    assert ended(child) == 0


def test_the_same_act_once_more_is_asked_about_and_ja_is_yes(types):
    assert ended(types("call", TIMBER, "busy")) == 0

    child = types("call", TIMBER, "busy")
    child.expect_exact("Did it happen twice? [y/N]")
    child.sendline("ja")
    child.expect_exact("Logged: call busy")

    assert ended(child) == 0


@pytest.mark.parametrize("key", ["c", "d"])
def test_ctrl_c_and_ctrl_d_at_a_question_end_with_130(types, key):
    child = types("call")
    child.expect_exact("Company")
    time.sleep(0.5)  # Python notices a Ctrl-C between writing its question and waiting only at the next key
    child.sendcontrol(key)
    child.expect_exact("Interrupted. Nothing more was written.")

    assert ended(child) == 130


def test_no_input_asks_nothing(types):
    child = types("call", "--no-input")
    child.expect_exact("Missing argument 'COMPANY'")

    assert ended(child) == 2


def screen_of(child):
    text = child.read()
    child.close()
    return text


def test_colours_can_be_refused(types):
    assert "\x1b[" in screen_of(types("company", TIMBER))
    assert "\x1b[" not in screen_of(types("company", TIMBER, NO_COLOR="1", TERM="dumb"))
    assert "\x1b[3" not in screen_of(types("company", TIMBER, NO_COLOR="1"))


def test_a_table_takes_the_width_of_the_window(types):
    lines = screen_of(types("history", TIMBER, NO_COLOR="1", TERM="dumb")).splitlines()

    assert max(map(len, lines)) <= 100
    assert any("company registered: name Nordvang" in line for line in lines)


# Notes


def test_a_note_is_typed_at_the_terminal_and_ends_with_ctrl_d(types, consultant):
    child = types("call", TIMBER, "busy", "--note", "-", EDITOR="", VISUAL="")
    child.expect_exact("end with Ctrl-D")
    child.sendline("Ib er på ferie.")
    child.sendeof()
    child.expect("; note [0-9a-f]{8}")

    assert ended(child) == 0
    assert "Ib er på ferie." in consultant.says("history", TIMBER)


def test_a_note_is_written_in_the_editor_and_its_draft_is_gone(types, consultant, tmp_path):
    editor = tmp_path / "editor.sh"
    editor.write_text(f'#!/bin/sh\necho "Ib er på ferie." > "$1"\nls -l "$1" > {tmp_path}/draft\n', encoding="utf-8")
    editor.chmod(0o700)
    child = types("call", TIMBER, "busy", "--note", "-", EDITOR=str(editor), VISUAL="")
    child.expect("; note [0-9a-f]{8}")

    assert ended(child) == 0
    assert "Ib er på ferie." in consultant.says("history", TIMBER)
    draft = (tmp_path / "draft").read_text(encoding="utf-8")
    assert draft.startswith("-rw-------"), "nobody else can read it meanwhile"
    assert str(consultant.home) in draft
    assert not list(consultant.home.glob("note-*"))


def test_an_editor_that_fails_logs_nothing(types, consultant):
    child = types("call", TIMBER, "busy", "--note", "-", EDITOR="false", VISUAL="")
    child.expect("(?i)editor|edit")

    assert ended(child) == 2
    assert "busy" not in consultant.says("history", TIMBER)


def test_an_erasure_is_asked_about_first(types, consultant):
    said = consultant.says("contact", "add", TIMBER, "--name", "Ib Holm")
    contact = said.partition("contact ")[2][:8]

    child = types("erase", contact, "--because", "asked for it")
    child.expect_exact("for good?")
    child.sendline("n")
    child.expect_exact("Nothing was erased.")
    assert ended(child) == 1
    assert "Ib Holm" in consultant.says("contact", "list")

    child = types("erase", contact, "--because", "asked for it")
    child.sendline("ja")
    child.expect_exact("It cannot be undone")
    assert ended(child) == 0
