"""The terminal: commands loaded late, harmless text, tables that fit, and one place for exit codes."""

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from terminal_user import TIMBER, new_consultant

import cli
from campaign.errors import CheckFault, SettingsFault, StoreFault
from campaign.terminal import output, prompts
from campaign.terminal.groups import LazyGroup
from campaign.terminal.output import Column, harmless, show, show_table
from campaign.terminal.progress import progress
from campaign.terminal.root import Root, sentence
from domain.refusals import DayInFuture

EVERY = [(name,) for section in cli.COMMANDS.values() for name in section]
EVERY += [("export", name) for section in cli.EXPORTS.values() for name in section]


@pytest.fixture
def consultant(tmp_path):
    return new_consultant(tmp_path / "home")


# Commands are loaded late


def loaded_by(code, **environment):
    """The modules that are loaded once this code ran."""
    run = subprocess.run(
        [sys.executable, "-c", f"import sys\ntry:\n {code}\nfinally:\n print(*sys.modules, file=sys.stderr)"],
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    return set(run.stderr.splitlines()[-1].split())


HEAVY = {"sqlalchemy", "eventsourcing", "rich", "babel", "msgspec", "difflib", "tomllib", "csv"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["export", "--help"]])
def test_help_and_version_load_no_command_and_no_library_but_click(words):
    loaded = loaded_by(f"import cli; cli.main({words})")

    assert not {name for name in loaded if name.startswith("campaign.commands.")}
    assert not loaded & HEAVY


def test_completing_the_name_of_a_command_loads_none():
    typed = {"_CAMPAIGN_COMPLETE": "bash_complete", "COMP_WORDS": "campaign c", "COMP_CWORD": "1"}

    loaded = loaded_by("import cli; cli.main()", **typed)

    assert "click.shell_completion" in loaded
    assert not {name for name in loaded if name.startswith("campaign.commands.")}
    assert not loaded & HEAVY


def test_logging_a_call_loads_neither_reports_nor_tables(consultant):
    settings = {name: value for name, value in consultant.environment.items() if value}

    loaded = loaded_by(f"import cli; cli.main(['call', '{TIMBER}', 'busy', '--at', '2012-11-12'])", **settings)

    assert {"campaign.app", "eventsourcing", "msgspec"} <= loaded
    assert not loaded & {"sqlalchemy", "rich", "babel", "difflib", "csv", "platformdirs", "projections"}


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_has_help_whose_first_words_are_not_those_of_another(words):
    result = CliRunner().invoke(cli.main, [*words, "--help"], terminal_width=100)

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"Usage: campaign {' '.join(words)} ")
    assert "--help" in result.stdout


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_parameter_of_a_command_is_explained(words):
    command = cli.main
    for word in words:
        command = command.get_command(click.Context(command), word)

    unexplained = [p.name for p in command.params if not getattr(p, "help", None)]
    assert not unexplained


def test_the_help_shows_every_command_under_its_heading(golden):
    result = CliRunner().invoke(cli.main, ["--help"], terminal_width=80)

    golden("screens/help.txt", result.stdout)
    assert CliRunner().invoke(cli.main, [], terminal_width=80).output == result.stdout


def test_a_command_that_does_not_exist_is_answered_with_the_nearest(consultant):
    assert consultant.screen("cal nordvang busy").splitlines()[1:] == [
        "No such command 'cal'. Did you mean 'call'? See: campaign --help",
        "(exit 2)",
    ]
    assert "Did you mean 'totals'?" in consultant.screen("export total")
    assert consultant.screen("frobnicate").splitlines()[1] == "No such command 'frobnicate'. See: campaign --help"


# What went wrong becomes a sentence and a code


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (DayInFuture("It has not come."), (1, "It has not come.")),
        (SettingsFault("No."), (2, "No.")),
        (StoreFault("Busy."), (3, "Busy.")),
        (CheckFault("Altered."), (4, "Altered.")),
        (click.UsageError("So not"), (2, "So not")),
        (click.FileError("x.csv", "no such file"), (2, "Could not open file 'x.csv': no such file")),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), (3, "/x: Permission denied.")),
        (OSError(errno.ENOSPC, "No space left on device"), (3, "No space left on device.")),
        (ZeroDivisionError("a mistake of ours"), None),
    ],
)
def test_each_fault_has_its_code(fault, expected):
    assert sentence(fault) == expected


def raising(fault):
    """The program, with one command that ends so."""

    def callback():
        raise fault

    root = Root("campaign", table={"All": {"go": ("nowhere:go", "Goes.")}})
    root.add_command(click.Command("go", callback=callback))
    return CliRunner().invoke(root, ["go"])


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), click.Abort(), EOFError()])
def test_an_interruption_is_130_and_says_that_nothing_more_was_written(fault):
    result = raising(fault)

    assert result.exit_code == 130
    assert result.stderr.strip() == "Interrupted. Nothing more was written."


def test_a_mistake_of_ours_is_not_hidden():
    assert isinstance(raising(ZeroDivisionError("a mistake of ours")).exception, ZeroDivisionError)


def program(*words, env, **options):
    """The program as a process of its own."""
    settings = {name: value for name, value in (os.environ | env).items() if value is not None}
    return subprocess.Popen([sys.executable, "-m", "cli", *words], env=settings, **options)


def test_whoever_reads_stdout_may_go_early(consultant):
    consultant.says("call", TIMBER, "busy")

    run = program("views", env=consultant.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
    run.stdout.close()

    with run.stderr:
        assert run.stderr.read() == b""
    assert run.wait(20) == 0


def test_a_full_disk_under_stdout_is_said(consultant):
    with open("/dev/full", "wb") as full:
        run = program("company", TIMBER, env=consultant.environment, stdout=full, stderr=subprocess.PIPE)
        _, err = run.communicate(timeout=20)

    assert (run.returncode, err) == (3, b"No space left on device.\n")


def test_a_screen_without_danish_letters_shows_something_else(consultant):
    env = consultant.environment | {"PYTHONIOENCODING": "cp437", "PYTHONUTF8": "0"}

    run = program("company", TIMBER, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    out, err = run.communicate(timeout=20)
    assert (run.returncode, err) == (0, b"")
    assert b"Nordvang T?mrer ApS" in out


def test_the_program_ends_with_its_code_and_all_that_it_said(consultant):
    run = program(
        "call", TIMBER, "answered", env=consultant.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = run.communicate(timeout=20)

    assert (run.returncode, out) == (1, b"")
    assert b"'answered' is no outcome" in err


def test_words_that_are_no_text_at_all_are_refused_in_one_sentence(consultant):
    run = program(b"call", b"Nordv\xe6ng\xff", b"busy", env=consultant.environment, stderr=subprocess.PIPE)
    _, err = run.communicate(timeout=20)

    assert run.returncode == 1
    assert len(err.splitlines()) == 1


# Text that leaves is harmless

HOSTILE = {
    "\x1b[2Jgone": "[2Jgone",
    "\x1b]52;c;ZXZpbA==\x07": "]52;c;ZXZpbA==",
    "a\x00b\x9bc\x7fd": "abcd",
    "\u202etxt.exe\u202c": "txt.exe",
    "\u2066x\u2069\u200b": "x",
    "[/red] [bold]x[/]": "[/red] [bold]x[/]",
    "tab\there": "tab here",
    "two\nlines": "two\nlines",
    "Æble \N{NO-BREAK SPACE}ø": "Æble  ø",
    "\ud800x": "x",
    ":smile: {x} %s": ":smile: {x} %s",
}


@pytest.mark.parametrize(("text", "expected"), HOSTILE.items())
def test_control_escape_and_bidirectional_characters_are_removed(text, expected):
    assert harmless(text) == expected


@pytest.mark.parametrize("columns", [None, 80])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_table_prints_a_hostile_name_as_harmless_text(monkeypatch, capsys, text, columns):
    monkeypatch.setattr(output, "on_terminal", lambda: columns is not None)
    monkeypatch.setattr(output, "width", lambda: columns)

    show_table([Column("name", folds=True), Column("n", right=True)], [[text, "7"]])

    line = capsys.readouterr().out.splitlines()[1]
    assert line.split() == [*harmless(text).split(), "7"]


def test_what_is_shown_is_harmless(capsys):
    show("x\x1b[2Jy")

    assert capsys.readouterr().out == "x[2Jy\n"


@pytest.mark.parametrize("name", ["\x1b[2Jx", "x\u202ey", "a\nb", "x" * 201, "x\x00y"])
def test_a_hostile_name_is_not_even_stored(consultant, name):
    result = consultant.types("company", TIMBER, "--name", name)

    assert result.exit_code == 1
    assert result.stderr.startswith("The name ")
    assert "\x1b" not in result.output


# Tables


def table(monkeypatch, capsys, columns, width):
    monkeypatch.setattr(output, "on_terminal", lambda: width is not None)
    monkeypatch.setattr(output, "width", lambda: width)
    rows = [
        ["306", "Odsherred", "1,234", "a sentence that is long enough to be folded somewhere"],
        ["101", "København", "7", "short"],
    ]
    show_table(columns, rows, notes=["A note."])
    return capsys.readouterr()


COLUMNS = [Column("office"), Column("name", drop=1), Column("calls", right=True), Column("remark", folds=True, drop=2)]


def test_a_wide_table_is_aligned_numbers_to_the_right(monkeypatch, capsys):
    assert table(monkeypatch, capsys, COLUMNS, 100).out.splitlines() == [
        "office  name       calls  remark",
        "306     Odsherred  1,234  a sentence that is long enough to be folded somewhere",
        "101     København      7  short",
    ]


def test_a_table_folds_before_it_drops_and_drops_before_it_cuts(monkeypatch, capsys):
    folded = table(monkeypatch, capsys, COLUMNS, 45)
    assert "1,234" in folded.out
    assert "somewhere" in folded.out
    assert "Left out" not in folded.err

    dropped = table(monkeypatch, capsys, COLUMNS, 30)
    assert dropped.out.splitlines()[0] == "office  name       calls"
    assert "Left out for want of room: remark" in dropped.err

    assert table(monkeypatch, capsys, COLUMNS, 20).out.splitlines()[1] == "306     1,234"


@pytest.mark.parametrize("width", range(20, 100, 7))
def test_no_line_is_wider_than_the_terminal_and_no_number_is_cut(monkeypatch, capsys, width):
    out = table(monkeypatch, capsys, COLUMNS, width).out

    assert max(map(len, out.splitlines())) <= width
    assert "1,234" in out


def test_in_a_pipe_a_table_is_tab_separated_whole_and_its_notes_are_talk(monkeypatch, capsys):
    piped = table(monkeypatch, capsys, COLUMNS, None)

    assert [line.split("\t") for line in piped.out.splitlines()] == [
        ["office", "name", "calls", "remark"],
        ["306", "Odsherred", "1,234", "a sentence that is long enough to be folded somewhere"],
        ["101", "København", "7", "short"],
    ]
    assert piped.err == "A note.\n"


def test_a_tab_in_a_cell_does_not_make_a_column(monkeypatch, capsys):
    monkeypatch.setattr(output, "on_terminal", lambda: False)

    show_table([Column("a"), Column("b")], [["x\ty", "1\n2"]])

    assert capsys.readouterr().out.splitlines()[1] == "x y\t1 2"


def test_a_table_without_rows_still_has_its_headings(monkeypatch, capsys):
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    monkeypatch.setattr(output, "width", lambda: 80)

    show_table([Column("a"), Column("b")], [])

    assert capsys.readouterr().out.strip() == "a  b"


# Progress


class Screen:
    """What was written to a stderr that a person sees."""

    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass

    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    seen = Screen()
    monkeypatch.setattr("campaign.terminal.progress.sys", SimpleNamespace(stderr=seen))
    monkeypatch.setenv("TERM", "xterm")
    clock = iter(range(100))
    monkeypatch.setattr("campaign.terminal.progress.time", SimpleNamespace(monotonic=lambda: next(clock)))
    return seen


def test_a_bar_shows_the_number_first_and_is_gone_at_the_end(screen):
    with progress("Reading") as seen:
        seen(500, 2000)
        assert screen.text == "\rReading  25% (500 of 2,000) ██████"
        seen(2000, 2000)

    assert screen.text.endswith("\r")
    assert screen.text.split("\r")[-2].strip() == ""


def test_no_bar_is_drawn_for_a_dumb_terminal_a_quiet_command_or_a_pipe(screen, monkeypatch):
    with progress("Reading", quiet=True) as seen:
        seen(500, 2000)
    monkeypatch.setenv("TERM", "dumb")
    with progress("Reading") as seen:
        seen(500, 2000)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(Screen, "isatty", lambda self: False)
    with progress("Reading") as seen:
        seen(500, 2000)

    assert screen.text == ""


def test_progress_of_nothing_at_all_divides_by_nothing(screen):
    with progress("Reading") as seen:
        seen(0, 0)

    assert "0%" in screen.text


# Asking


def test_nothing_is_asked_where_nobody_sits(consultant):
    assert not prompts.can_ask()
    assert consultant.types("call").exit_code == 2


def test_a_group_can_be_made_of_other_groups():
    inner = LazyGroup("inner", table={"All": {"go": ("nowhere:go", "Goes.")}})
    outer = LazyGroup("outer", table={"All": {"inner": ("nowhere:inner", "More.")}}, groups=[inner])

    assert outer.get_command(click.Context(outer), "inner") is inner
    assert inner.list_commands(click.Context(inner)) == ["go"]


def test_the_day_is_the_day_in_denmark(consultant):
    consultant.now = datetime(2012, 11, 12, 23, 30, tzinfo=UTC)  # half past midnight there

    said = json.loads(consultant.says("call", TIMBER, "busy", "--json"))["entries"][0]

    assert said["at"] == "2012-11-13"
    assert said["recorded_at"].startswith("2012-11-12T23:30")


def test_a_missing_driver_names_the_extra_that_brings_it():
    code, message = sentence(ModuleNotFoundError("No module named 'psycopg'", name="psycopg"))

    assert code == 2
    assert message == "A shared database requires the `postgres` extra: install campaign-tracker[postgres]."
