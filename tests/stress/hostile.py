"""Hostile names through every command, prompt, file and export: nothing of theirs reaches a terminal or is evaluated."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout, suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from random import Random
from typing import NamedTuple
from zipfile import ZipFile

import click

import cli
from campaign.app import open_tracker
from domain.refusals import Refusal
from domain.texts import clean_note, clean_text
from stress.findings import Found

_PAYLOADS = (
    # what a terminal obeys
    "\x1b[2J", "\x1b[31mrød", "\x1b]52;c;aGVq\x07", "\x1b]0;titel\x07", "\x1b]8;;http://x.dk\x07her\x1b]8;;\x07", "\x9b2J", "\x9d52;c;aGVq\x9c",
    "\x07", "\x08\x08\x08", "a\rb", "a\nb", "a\r\nb", "a\tb", "\x0b", "\x0c", "\x7f", "\x00", "\x1a", "\x85", "\x1b", "\x1bP+q\x1b\\", "\x1b[6n",
    # what changes how a line reads
    "\u202eSpA lived", "\u2066x\u2069", "\u200fx", "\u061cx", "\u2028", "\u2029", "\ufeff", "\xad", "\u200b", "\u2060", "\ue000", "\ufdd0",
    "\U0010ffff", "\U000e0041", "\u115f", "\u3164", "\u2800", "\ufe01", "\ud800", "\udcff", "\ufffe",
    "a" + "\u0301" * 40, "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d", "e\u0301", "ﷺ", "𝔊𝔯ø𝔫", "Ｇｒøn", "ǆ", "İ",
    # emoji and joiners
    "🥐", "👩\u200d👩\u200d👧", "🏴\U000e0067\U000e0062\U000e007f", "👍🏽", "1\ufe0f\u20e3", "a\u200db", "می\u200cخواهم", "क्\u200dष",
    # what a spreadsheet would run
    "=1+1", "=cmd|'/c calc'!A0", '=HYPERLINK("http://x.dk","x")', "+1+1", "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)",
    " =1+1", "'=1+1", '"=1+1', "\t=1+1", "=DDE(\"cmd\";\"/c calc\";\"x\")", '=WEBSERVICE("http://x.dk")', "=1+1;=2+2", '","=1+1', "%0A=1+1", "{=1+1}",
    # what other programs obey
    "[/red]", "[bold]x[/bold]", "[link=http://x.dk]x[/link]", "[", "\\[", ":smile:", "<script>alert(1)</script>", "<b>&amp;</b>", "<!--", "]]>", "&lt;", "&#27;",
    "'; DROP TABLE stored_events;--", '" OR 1=1 --', "%s%n%x", "{0.__class__}", "${HOME}", "$(id)", "`id`", "%PATH%", "\\u001b[2J", "\\x1b", "#{1+1}",
    "../../etc/passwd", "..\\..\\x", "C:\\x", "\\\\host\\x", "CON", "a/b", "-", "--", "--json", "-o", "~", "*", "?", "|id", ";id", "&id", "!!",
    # what a file is made of
    "a;b", "a,b", 'a"b', '"', "'", "a|b", '"a";"b"', "\\", "\\n", "NULL", "None", "nan", "true", "0", "00", "1e5", "2-4", "0012", "-", "1,5",
    # what is long or empty
    "", " ", "x" * 200, "x" * 201, "æ" * 200, "x" * 10_000, "\U0001f950" * 200, "ש" * 50, "מאפיית שלום", "مخبز السلام", "面包店", "ひらがな",
    # what is somebody's number
    "010190-1234", "0101901234", "０１０１９０１２３４", "010190\u20131234", "0\xad10190-1234", "010190%2D1234", "01 01 90 - 1234",
)  # fmt: skip
_FRAMES = ("{}", "Bager {} ApS", "{}{}", "\N{LATIN SMALL LETTER AE}{}x")
_OUR_SIGNS = re.compile("\x1b\\[[0-9;]*m|\r[^\r\n]*")  # headings in bold, and a bar that draws itself anew
_SLOW, _SELDOM = ("demo", "rebuild"), 60  # they take no words of their own, and a second each
_MODES = ("pipe", "terminal", "json")
_EXPORTS = ("csv", "excel-csv", "tsv", "xlsx", "json", "json-stat", "px")
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)

_BASE = {
    "call": ("{cvr}", "no-answer", "--again"),
    "book": ("{cvr}", "{tomorrow}", "--again"),
    "visit": ("{cvr}", "held", "--again"),
    "yield": ("{cvr}", "internship"),
    "retract": ("00000000",),
    "undo": ("00000000",),
    "history": ("{cvr}",),
    "company": ("{cvr}",),
    "plan": ("luk-op", "--title", "Luk op", "--from", "{first}", "--to", "{last}"),
    "target": ("luk-op", "visits_held", "10"),
    "contact list": ("{cvr}",),
    "contact add": ("{cvr}", "--name", "Anna"),
    "import": ("there-is-no-such.csv",),
    "export totals": ("-o", "-"),
}
"""What makes a command work, so that one word of it at a time can be hostile; others get the hostile word everywhere."""


@cache
def names() -> list[str]:
    """The list: every hostile text alone, then in frames, without those that come twice."""
    framed = (frame.format(*[payload] * 2) for frame in _FRAMES for payload in _PAYLOADS)
    return [*dict.fromkeys(framed)][:300]


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


def hostile(times: int, chance: Random, folder: Path) -> Found:
    """Tries so many names of the list, evenly taken from it, in one home."""
    chosen = [names()[n * len(names()) // times] for n in range(min(times, len(names())))]
    with _Session(folder, chance) as session:
        for number, name in enumerate(chosen):
            session.try_name(number, name)
        session.export(office=len(chosen) >= len(names()))
        session.look_into_the_log()
    told = f"{session.commands:,} commands, {session.taken} taken, {session.refused} refused, {session.cells} cells"
    return Found(len(chosen), f"{told}; {session.opened}", session.faults)


class _Session:
    def __init__(self, folder: Path, chance: Random) -> None:
        self.home, self.scratch, self.chance = folder / "home", folder / "a" / "b" / "c", chance
        self.faults: list[str] = []
        self.commands = self.taken = self.refused = self.cells = 0
        self.opened = "LibreOffice was not asked"
        self.sizes: set[str] = set()
        self.cvrs = _cvrs()

    def __enter__(self) -> _Session:
        self.scratch.mkdir(parents=True)
        self.stack = ExitStack()
        self.stack.enter_context(_surroundings(self.scratch, self.home))
        for words in (["init"], ["plan", *_base("plan")]):
            assert self.say(words).code == 0, words
        return self

    def __exit__(self, *raised: object) -> None:
        self.stack.close()

    # One name

    def try_name(self, number: int, name: str) -> None:
        cvr = next(self.cvrs)
        if _can_be_said(name):
            self._as_facts(cvr, name)
            self._as_each_word(number, cvr, name)
            self._as_settings(name)
            self._as_a_file_name(name, cvr)
        self._answered(cvr, name)
        self._imported(cvr, name)
        for mode in _MODES:
            self.check(["company", cvr], mode, name)
            self.check(["history", cvr], mode, name)
        self._completed(("bash", "zsh", "fish", "powershell")[number % 4], name)

    def _as_facts(self, cvr: str, name: str) -> None:
        """As the name and the size of a company: kept as the door keeps it, or refused and nothing written."""
        said = self.check(["company", cvr, f"--name={name}", f"--size={name}", "--form=ApS"], "pipe", name)
        kept = _cleaned(name)
        if said.code == 0 and kept:
            there = json.loads(self.check(["company", cvr], "json", name).out)
            if (there["name"], there["size_band"]) != (kept, kept):
                self.faults.append(f"{name!r} came back as {there['name']!r}")
            self._works(["call", cvr, "accepted", "--visit", str(_day(1))], "terminal")
            self.sizes.add(kept)
            self.taken += 1
        elif said.code in (1, 2) and not kept:
            self.refused += 1
        else:
            self.faults.append(f"{name!r}: exit {said.code}, though the door makes it {kept!r}")

    def _as_each_word(self, number: int, cvr: str, name: str) -> None:
        """In the place of one word of every command; which word goes on with each name."""
        for command, params in _commands():
            if command in _SLOW and (number + 1) % _SELDOM:
                continue
            base = _base(command, cvr)
            for param in [params[number % len(params)]] if params else []:
                self.check([*command.split(), *_with(base, param, name, params)], _MODES[number % 3], name)

    def _as_settings(self, name: str) -> None:
        for variable in ("CAMPAIGN_CONSULTANT", "CAMPAIGN_OFFICE", "CAMPAIGN_SLUG"):
            with _environment({variable: name}):
                self.check(["call", next(self.cvrs), "no-answer"], "pipe", name)
                self.check(["doctor"], "terminal", name)
        config = self.home / "config.toml"
        with suppress(UnicodeEncodeError):
            config.write_text(f"consultant = {json.dumps(name)}\n", encoding="utf-8")
            with _environment({"CAMPAIGN_CONSULTANT": ""}):
                self.check(["call", next(self.cvrs), "no-answer"], "pipe", name)
        config.unlink(missing_ok=True)

    def _answered(self, cvr: str, name: str) -> None:
        """As a note, and as the answer to a question on a terminal."""
        self.check(["call", cvr, "no-answer", "--again", "--note", "-"], "pipe", name, answers=f"{name}\n{name}")
        for words in (["call"], ["plan", "luk-op"], ["retract"]):
            self.check(words, "terminal", name, answers=f"{name}\n")

    # Files

    def _as_a_file_name(self, name: str, cvr: str) -> None:
        with suppress(OSError, ValueError):
            path = self.scratch / f"{name[:60]}.csv"
            path.write_text(f"cvr;name\n{cvr};Bager\n", encoding="utf-8")
            if path.parent == self.scratch:
                self.check(["import", f"./{path.name}"], _MODES[self.commands % 3], name)
                path.unlink()

    def _imported(self, cvr: str, name: str) -> None:
        """As cells, headings and the name of a sheet; the rejects hold no sign of theirs and no formula."""
        table = self.scratch / "calls.csv"
        headings = ["ref", "cvr", "called_at", "consultant", "office", "outcome", f"x{name[:50]}"]
        rows = [
            [name, cvr, "2012-11-05", "anna", "306", "no-answer", name],
            ["r2", cvr, "2012-11-05", name, "306", "nej", name],
        ]
        with table.open("w", encoding="utf-8", newline="", errors="ignore") as file:
            csv.writer(file, delimiter=";").writerows([headings, *rows])
        self.check(["import", "calls.csv", "--rejects", "rejects"], _MODES[self.commands % 3], name)
        for rejects in Path("rejects").glob("*.csv") if Path("rejects").exists() else ():
            self._look_at(rejects.read_text(encoding="utf-8-sig"), f"rejects of {name!r}", ";")
            self.check(["import", str(rejects), "--rejects", "again"], "pipe", name)
        for left in ("rejects", "again"):
            shutil.rmtree(left, ignore_errors=True)
        self._imported_workbook(cvr, name)

    def _imported_workbook(self, cvr: str, name: str) -> None:
        import xlsxwriter
        from xlsxwriter.exceptions import XlsxWriterException

        with suppress(XlsxWriterException, UnicodeEncodeError), xlsxwriter.Workbook("w.xlsx") as book:
            sheet = book.add_worksheet("".join(c for c in name if c not in "[]:*?/\\'")[:31])
            for n, row in enumerate([["cvr", "name"], [cvr, name]]):
                sheet.write_row(n, 0, row) if n == 0 else [sheet.write_string(n, m, cell) for m, cell in enumerate(row)]
        if Path("w.xlsx").exists():
            self.check(["import", "w.xlsx"], _MODES[self.commands % 3], name)
            Path("w.xlsx").unlink()

    # What leaves

    def export(self, office: bool) -> None:
        """All that was taken, in every format and every report; what reads the files takes no cell for a formula."""
        by = {"rates": ["--by", "size"]}
        for command in ("rates", "yields", "funnel", "cohorts", "entries"):
            for mode in _MODES:
                self._works([command, *by.get(command, [])], mode)
            for ending in ("tsv", "json"):
                self._works([command, *by.get(command, []), "-o", f"{command}.{ending}"])
        for form in _EXPORTS:
            self._works(["export", "totals", "--by", "size", "--format", form, "-o", f"totals.{form}"])
            self._works(["export", "totals", "--by", "size", "--format", form, "-o", "-"], "terminal")
        self._look_at_files()
        if office and shutil.which("soffice"):
            self._open_in_an_office()
        elif office:
            self.opened = "LibreOffice is not on this machine"

    def _works(self, words: list[str], mode: str = "pipe") -> None:
        said = self.check(words, mode, "all names")
        if said.code and words[-1] != "-":
            self.faults.append(f"{' '.join(words)}: exit {said.code}: {said.err[-300:]}")

    def _look_at_files(self) -> None:
        delimiters = {"csv": ",", "excel-csv": ";", "tsv": "\t"}
        for form, delimiter in delimiters.items():
            found = self._look_at(Path(f"totals.{form}").read_text(encoding="utf-8-sig"), form, delimiter)
            self._all_there(found, form)
        self._look_at(Path("rates.tsv").read_text(encoding="utf-8"), "rates.tsv", "\t")
        there = {row.get("size") for row in json.loads(Path("totals.json").read_text(encoding="utf-8"))["rows"]}
        if not self.sizes <= there:
            self.faults.append(f"json lacks {sorted(self.sizes - there)[:5]}")
        self._all_there(_cells_of_workbook(Path("totals.xlsx")), "xlsx")
        with ZipFile("totals.xlsx") as book:
            if any(b"<f>" in book.read(part) or b"<f " in book.read(part) for part in book.namelist()):
                self.faults.append("the workbook holds a formula")

    def _all_there(self, cells: set[str], form: str) -> None:
        from campaign.publishing.formats.formula_injection import guarded, unguarded

        lacking = [size for size in self.sizes if guarded(size) not in cells or unguarded(guarded(size)) != size]
        self.faults += [f"{form} lacks {size!r}" for size in lacking[:5]]

    def _look_at(self, text: str, where: str, delimiter: str) -> set[str]:
        """The cells of a separated file; one with a sign nobody sees, or that a spreadsheet would run, is a fault."""
        cells = {cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row}
        self.cells += len(cells)
        for cell in cells:
            if not _without_joiners(cell).isprintable():
                self.faults.append(f"{where}: a cell holds {cell[:60]!r}")
            if (
                re.match(r"[\s'\"]*[=+\-@＝＋－＠]", cell)
                and not cell.startswith("'")
                and not re.fullmatch("-?[0-9.,]+|-", cell)
            ):
                self.faults.append(f"{where}: a spreadsheet would run {cell[:60]!r}")
        return cells

    def _open_in_an_office(self) -> None:
        """LibreOffice reads each file and writes what it made of it: every size must still be its text."""
        from campaign.publishing.formats.formula_injection import guarded

        for source in ("totals.csv", "totals.xlsx"):
            out = Path("office")
            self._converted(source, out)
            written = out / "totals.csv"
            if not written.exists():
                self.faults.append(f"LibreOffice wrote nothing of {source}")
                continue
            cells = self._look_at(written.read_text(encoding="utf-8"), f"{source} in LibreOffice", ",")
            lost = [
                s
                for s in self.sizes
                if re.match(r"\W*[=+@-]", s) and guarded(s).strip() not in {c.strip() for c in cells}
            ]
            self.faults += [f"LibreOffice made something else of {size!r} in {source}" for size in lost[:5]]
            shutil.rmtree(out)
        self.opened = "opened in LibreOffice"

    def _converted(self, source: str, out: Path) -> None:
        utf8 = "44,34,76"  # a comma, a quotation mark, and LibreOffice's number for UTF-8
        reading = [f"--infilter=Text - txt - csv (StarCalc):{utf8}"] if source.endswith(".csv") else []
        profile = f"-env:UserInstallation={self.scratch.as_uri()}/profile"
        writing = ["--convert-to", f"csv:Text - txt - csv (StarCalc):{utf8}", "--outdir", str(out)]
        command = ["soffice", "--headless", profile, *reading, *writing, source]
        subprocess.run(command, capture_output=True, timeout=300, check=False)

    def look_into_the_log(self) -> None:
        """Every text of every event, and of every person and note, is as the door keeps it."""
        from campaign.storage.sqlite.workspace import SqliteWorkspace
        from campaign.terminal.clock import now

        with open_tracker(SqliteWorkspace(self.home, now)) as tracker:
            for *_, state, _entry, _recorded in tracker.store.rows(0, 1_000_000):
                for text in _texts(json.loads(state)):
                    self._look_at_text(text, "log")
            for kept in tracker.people.all():
                for text in kept.said.values():
                    self._look_at_text(text, "store of people")

    def _look_at_text(self, text: str, where: str) -> None:
        if not re.fullmatch("[0-9a-f-]{32,}", text) and _cleaned(text, clean_note) != text:
            self.faults.append(f"the {where} holds {text[:60]!r}")

    # Commands

    def check(self, words: list[str], mode: str, name: str, answers: str = "") -> Said:
        """Runs a command in a mode, and looks at every sign it says."""
        said = self.say(
            [*words, "--json"] if mode == "json" and _knows_json(words) else words, mode == "terminal", answers
        )
        where = f"{' '.join(words[:2])[:40]!r} with {name[:30]!r} ({mode})"
        if said.code not in (0, 1, 2, 3, 4, 130):
            self.faults.append(f"{where}: exit {said.code}: {said.err[-200:]!r}")
        for text in (said.out, said.err):
            ours = _OUR_SIGNS.sub("", text) if mode == "terminal" else text
            spared = "\n" if mode == "terminal" else "\n\t\r"
            spared += "\t\r\u200c\u200d\ufeff" if words[-2:] == ["-o", "-"] else ""  # a file, as it is
            bad = {c for c in ours if not c.isprintable() and c not in spared}
            if bad:
                self.faults.append(f"{where}: {sorted(bad)!r} was said")
        if mode == "json" and said.code == 0 and said.out and _knows_json(words):
            with _told(self.faults, where):
                json.loads(said.out)
        return said

    def say(self, words: list[str], terminal: bool = False, answers: str = "") -> Said:
        """What a command answers, in this process."""
        self.commands += 1
        out, err = _Screen(terminal), _Screen(terminal)
        kept, sys.stdin, hook = sys.stdin, _Keys(answers, terminal and bool(answers)), sys.excepthook
        code: object = 0
        try:
            with redirect_stdout(out), redirect_stderr(err):
                cli.main.main(words)
        except SystemExit as left:
            code = left.code
        except Exception as fault:
            code = f"{type(fault).__name__}: {fault}"
        finally:
            sys.stdin, sys.excepthook = kept, hook
        number = code if isinstance(code, int) else 0 if code is None else 99
        return Said(number, out.said, err.said + (str(code) if number == 99 else ""))

    def _completed(self, shell: str, name: str) -> None:
        """As the shell asks for what could be said next; each thing offered is one line."""
        words = f"campaign{chr(10)}history{chr(10)}" if shell == "powershell" else "campaign history "
        asked = {
            "_CAMPAIGN_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": "2",
            "COMP_INCOMPLETE": "",
        }
        with _environment(asked):
            self.check([], "pipe", name)


class _Screen(io.TextIOWrapper):
    def __init__(self, terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    @property
    def said(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined,no-any-return]


class _Keys(io.TextIOWrapper):
    def __init__(self, answers: str, terminal: bool) -> None:
        super().__init__(io.BytesIO(answers.encode(errors="surrogatepass")), "utf-8", "surrogateescape")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@contextmanager
def _surroundings(folder: Path, home: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    ours = {
        "CAMPAIGN_HOME": str(home),
        "CAMPAIGN_CONSULTANT": "anna",
        "CAMPAIGN_OFFICE": "306",
        "CAMPAIGN_SLUG": "luk-op",
    }
    try:
        with _environment({**ours, "TERM": "xterm", "COLUMNS": "100"}):
            yield
    finally:
        os.chdir(before)


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            os.environ.update({name: value} if value is not None else {})


@contextmanager
def _told(faults: list[str], where: str) -> Iterator[None]:
    try:
        yield
    except ValueError as fault:
        faults.append(f"{where}: {fault}")


@cache
def _commands() -> list[tuple[str, list[click.Parameter]]]:
    """Every command with its parameters that take a word."""
    context = click.Context(cli.main)
    return [*_below(cli.main, context, "")]


def _below(group: click.Group, context: click.Context, before: str) -> Iterator[tuple[str, list[click.Parameter]]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _below(command, context, f"{before}{name} ")
        elif command is not None:
            yield f"{before}{name}", [p for p in command.params if not getattr(p, "is_flag", False)]


def _base(command: str, cvr: str = "") -> list[str]:
    said = {"cvr": cvr, "first": _day(-200), "last": _day(200), "tomorrow": _day(1)}
    return [word.format(**said) for word in _BASE.get(command, ())]


def _day(ahead: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=ahead)


def _with(base: Sequence[str], param: click.Parameter, name: str, params: Sequence[click.Parameter]) -> list[str]:
    """The words of a command, one of them hostile."""
    if isinstance(param, click.Option):
        arguments = [name] * sum(isinstance(p, click.Argument) and p.required for p in params)
        said = [*base] if base else ["--", *arguments]
        return [f"{param.opts[0]}={name}", *said]
    place = [p for p in params if isinstance(p, click.Argument)].index(param)
    said = [word for word in base if not word.startswith("--")] or [name] * (place + 1)
    options = base[len(said) :] if base and base[0] == said[0] else []
    if base:
        first = next((n for n, word in enumerate(base) if word.startswith("-")), len(base))
        said, options = list(base[:first]), list(base[first:])
    said[place : place + 1] = [name]
    return [*options, "--", *said]


def _can_be_said(name: str) -> bool:
    """Whether an operating system can hand the text over as an argument."""
    try:
        return b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        return False


def _knows_json(words: Sequence[str]) -> bool:
    for command, _ in _commands():
        if command.split() == list(words[: len(command.split())]):
            return "--" not in words and any("--json" in p.opts for p in _options(command))
    return False


@cache
def _options(command: str) -> list[click.Parameter]:
    context, found = click.Context(cli.main), cli.main
    for word in command.split():
        found = found.get_command(context, word)  # type: ignore[assignment,union-attr]
    return list(found.params)


def _cleaned(name: str, door: object = None) -> str:
    """What the door makes of a text; empty when it refuses."""
    try:
        return clean_note(name) if door is clean_note else clean_text("name", name)
    except Refusal:
        return ""


def _without_joiners(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) != "Cf" or c not in "\u200c\u200d")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inside in value.values() if isinstance(value, dict) else value:
            yield from _texts(inside)


def _cells_of_workbook(path: Path) -> set[str]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    sheets = (book.get_sheet_by_name(name).to_python() for name in book.sheet_names)
    return {cell for sheet in sheets for row in sheet for cell in row if isinstance(cell, str)}


def _cvrs() -> Iterator[str]:
    """CVR numbers that can exist, one after the other."""
    for number in count(2_000_000):
        last = -sum(w * int(d) for w, d in zip(_CVR_WEIGHTS, str(number), strict=True)) % 11
        if last < 10:
            yield f"{number}{last}"
