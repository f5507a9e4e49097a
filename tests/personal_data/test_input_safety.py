"""One door in and one door out: what text may enter, what files may unpack to, and what reaches a terminal or a cell."""

import io
import json
import os
import struct
import subprocess
import sys
import tracemalloc
import unicodedata
import zipfile
import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from import_fixtures import A_CALL, BAKERY, CALLS, COMPANIES, new_workspace, rows_of, run_at_terminal, run_import, table
from stress.fuzz import fuzz
from stress.hostile import hostile, names

from campaign.app import open_tracker
from campaign.errors import SettingsFault
from campaign.importing.tables import read_tables
from campaign.publishing.formats.formula_injection import guarded, unguarded
from campaign.storage.sqlite.texts import SqliteTexts
from campaign.terminal.completion import offering
from campaign.terminal.output import escaped, show_json
from domain.refusals import Refusal, TextNotAllowed
from domain.texts import clean_note, clean_text, folded

FAMILY = "👩\u200d👩\u200d👧"
HEAD = b"cvr;name\n26099382;Bager\n"


# Texts that enter


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Bager\u00a0&\u2009Søn\u3000", "Bager & Søn"),
        ("Bager\xad\u200bi\u2060et\ufeff", "Bageriet"),
        ("Bager\u200di", "Bageri"),
        (f"{FAMILY} ApS", f"{FAMILY} ApS"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("1\ufe0f\u20e3 Bager", "1\ufe0f\u20e3 Bager"),
        ("e\u0301", "é"),
    ],
)
def test_a_text_is_kept_as_people_see_it(said, kept):
    assert clean_text("name", said) == kept == clean_text("name", kept)


@pytest.mark.parametrize(
    "bad",
    [
        "\u200f",
        "\u061c",
        "\u2028",
        "\ud800",
        "\ufdd0",
        "\U0010ffff",
        "\ue000",
        "\U000e0041",
        "\u3164",
        "\u2800",
        "\ufe01",
        "\U000e0101",
        "é" + "\u0301" * 5,
    ],
)
def test_what_nobody_sees_is_refused(bad):
    with pytest.raises(TextNotAllowed) as refused:
        clean_text("name", f"Bager{bad}x")
    assert str(refused.value).isprintable()


def test_a_text_that_grows_when_it_is_composed_is_measured_again():
    with pytest.raises(TextNotAllowed, match="400 characters"):
        clean_text("name", "\u0958" * 200)


def test_a_joined_name_is_found_without_its_joiners():
    assert folded("می\u200cخواهم") == folded("میخواهم")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_the_lines_of_a_note_end_alike_however_they_were_written(end):
    assert clean_note(f"\n\n  ring\tigen {end}{end}på mandag{end}") == "  ring igen\n\npå mandag"


def test_a_note_has_a_longest_length():
    assert len(clean_note("x\n" * 4_999)) == 9_997
    with pytest.raises(TextNotAllowed, match=r"note has 10,001 characters; at most 10,000"):
        clean_note("x" * 10_001)


@pytest.mark.parametrize("bad", ["\x00", "\x1b[2J", "\u202e", "\ud800", "\x08"])
def test_a_note_holds_nothing_that_a_terminal_obeys(bad):
    with pytest.raises(TextNotAllowed, match="note holds control characters"):
        clean_note(f"linje et\nlinje {bad} to")


@given(st.text(max_size=400))
@example("\r\x1f")
def test_a_note_is_refused_in_a_sentence_or_stays_as_it_is_kept(text):
    try:
        kept, told = clean_note(text), ""
    except Refusal as refused:
        kept, told = "", str(refused)

    assert clean_note(kept) == kept == unicodedata.normalize("NFC", kept)
    assert told.isprintable()


# Files that enter


def a_zip(*parts, way=zipfile.ZIP_DEFLATED):
    """The bytes of a zip of these parts: name, content."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", way) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def a_lie(packed, size, content):
    """The same zip, whose only part is said to have another size, with the checksum that would fit that."""
    said, crc = bytearray(packed), zlib.crc32(content[:size])
    for at, offset in ((said.rindex(b"PK\x01\x02"), 16), (0, 14)):
        said[at + offset : at + offset + 4] = struct.pack("<I", crc)
        said[at + offset + 8 : at + offset + 12] = struct.pack("<I", size)
    return bytes(said)


def refusal_of(path, content):
    """What is said of a file with that content."""
    path.write_bytes(content)
    with pytest.raises(SettingsFault) as refused:
        list(read_tables(path))
    return str(refused.value)


def test_a_part_that_unpacks_to_too_much_is_not_read(tmp_path):
    noise = Random(1).randbytes(1_000_000)  # makes the zip long, so that its ratio as a whole is small
    packed = a_zip(("a.csv", HEAD + b"\n" * 10_000_000), ("b.bin", noise))

    assert "A part of a.zip unpacks to 10,000,024 bytes" in refusal_of(tmp_path / "a.zip", packed)


@pytest.mark.parametrize("name", ["a.zip", "a.xlsx"])
@pytest.mark.parametrize("size", [0, 1, len(HEAD), len(HEAD) + 50_000_001])
def test_a_part_that_is_longer_or_shorter_than_is_said_is_not_read(tmp_path, name, size):
    content = HEAD + b"\n" * 50_000_000
    lie = a_lie(a_zip(("a.csv", content)), size, content)

    tracemalloc.start()
    refusal_of(tmp_path / name, lie)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 20_000_000


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_is_packed_so_that_nobody_knows_its_size_is_not_read(tmp_path, way):
    assert "Pack it as an ordinary zip" in refusal_of(tmp_path / "a.zip", a_zip(("a.csv", HEAD), way=way))


def test_parts_that_overlap_count_each_time(tmp_path):
    packed = bytearray(a_zip(("a.csv", HEAD + b"\n" * 900_000)))
    end, directory = packed.rindex(b"PK\x05\x06"), packed.rindex(b"PK\x01\x02")
    entry = bytes(packed[directory:end])
    many = packed[:directory] + entry * 900
    many += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 900, 900, len(entry) * 900, directory, 0)

    assert "unpacks to 810,021,600 bytes in 900 files" in refusal_of(tmp_path / "a.zip", bytes(many))


@pytest.mark.parametrize("line", [b"x;y\n", b"\n"])
def test_a_table_has_at_most_a_million_rows(tmp_path, monkeypatch, line):
    monkeypatch.setattr("campaign.importing.tables.MOST_ROWS", 1_000)
    monkeypatch.setattr("campaign.importing.tables._MOST_LINES", 2_000)
    for name, rows in (("most.csv", HEAD + b"x;y\n" * 999), ("blank.csv", HEAD + b"\n" * 1_999)):
        (tmp_path / name).write_bytes(rows)
        assert [found.count for found in read_tables(tmp_path / name)] == [1_000 if name == "most.csv" else 1]

    many = {b"x;y\n": 1_000, b"\n": 2_000}[line]
    assert "more than 1,000 rows" in refusal_of(tmp_path / "a.csv", HEAD + line * many)


def test_parts_that_are_small_alone_can_be_too_much_together(tmp_path):
    packed = a_zip(*((f"{n}.csv", HEAD + b"\n" * 900_000) for n in range(20)))

    assert "unpacks to 18,000,480 bytes in 20 files" in refusal_of(tmp_path / "a.zip", packed)


def test_a_table_in_a_zip_is_no_longer_than_one_beside_it(tmp_path, monkeypatch):
    monkeypatch.setattr("campaign.importing.tables.MOST_BYTES", 1_000)

    assert "a.csv has 1,001 bytes" in refusal_of(tmp_path / "a.zip", a_zip(("a.csv", HEAD.ljust(1_001, b"\n"))))
    assert "a.csv has 1,001 bytes" in refusal_of(tmp_path / "a.csv", HEAD.ljust(1_001, b"\n"))


@pytest.mark.parametrize("name", ["../../a.csv", "/a.csv", "C:\\a.csv", "..\\a.csv"])
def test_a_part_is_written_nowhere_whatever_it_is_called(tmp_path, name):
    home, inside = new_workspace(tmp_path / "home"), tmp_path / "deep" / "er"
    inside.mkdir(parents=True)
    (inside / "z.zip").write_bytes(a_zip((name, b"cvr;name\n26099383;no such number\n26099382;Bager\n")))

    done = run_import(home, inside / "z.zip")

    assert done.counts == {"taken": 1, "rejected": 1}
    assert [path.parent.parent for path in done.rejects] == [home.path / "rejects"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "home"]


def test_files_of_every_kind_and_damage_are_read_or_refused(tmp_path):
    found = fuzz(200, Random(11), tmp_path)

    assert found.faults == []
    assert found.told.startswith("imported ")


# Rejects and settings in places where others put links


def test_rejects_are_not_written_through_a_link(tmp_path):
    home, victim = new_workspace(tmp_path / "home"), tmp_path / "victim"
    victim.write_text("mine")
    calls = table(tmp_path / "calls.csv", CALLS, ("c1", "1", *A_CALL[2:]))
    (first,) = run_import(home, calls).rejects
    for name in ("calls.writing.csv", "calls.rejects.csv"):
        (first.parent / name).unlink(missing_ok=True)
        (first.parent / name).symlink_to(victim)

    (first.parent / "calls.rejects-2.csv").symlink_to(tmp_path / "nowhere")

    (again,) = run_import(home, calls).rejects

    assert victim.read_text() == "mine"
    assert not (tmp_path / "nowhere").exists()
    assert again.name == "calls.rejects-3.csv"
    assert not again.is_symlink()


def test_settings_are_not_written_through_a_link(tmp_path, monkeypatch, capsys):
    home, victim = new_workspace(tmp_path / "home"), tmp_path / "victim"
    victim.write_text("")
    for name in ("config.toml", "config.new", f".campaign-{os.getpid()}.part", f".config.toml.{os.getpid()}"):
        (home.path / name).symlink_to(victim)
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))

    run_at_terminal(capsys, "init", "--consultant", "anna")

    assert victim.read_text() == ""


def test_a_setting_that_no_command_could_use_is_not_kept(tmp_path, monkeypatch, capsys):
    home = new_workspace(tmp_path / "home")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))

    code, _, err = run_at_terminal(capsys, "init", "--campaign", "luk\x7fop")

    assert (code, "is no short name" in err) == (2, True)
    assert not (home.path / "config.toml").exists()


def test_a_rejected_row_comes_back_as_it_was(tmp_path):
    home = new_workspace(tmp_path / "home")
    names = ["=1+1", "'=1+1", " =x", "＝1+1", "+45 33 12 34 56", "-5", f"{FAMILY} ApS", 'a"b;c', "Bager\xadiet"]
    rows = [["no such number", name, "306"] for name in names]
    companies = table(tmp_path / "companies.csv", COMPANIES, *rows)

    (rejects,) = run_import(home, companies).rejects
    mended = [{**row, "cvr": cvr} for row, cvr in zip(rows_of(rejects), _cvrs(), strict=False)]
    headings = [*COMPANIES, "rejected_line", "rejected_column", "rejected_reason"]
    again = run_import(home, table(tmp_path / "mended.csv", headings, *([row[h] for h in headings] for row in mended)))

    assert again.counts == {"taken": len(names)}
    with open_tracker(home) as tracker:
        kept = [tracker.company(row["cvr"]).now.name for row in mended]
    assert kept == [clean_text("name", name) for name in names]


def _cvrs():
    from stress.hostile import _cvrs as numbers

    return numbers()


# What leaves


@given(st.text())
@example("=1+1")
@example("'=1")
@example("' =1")
def test_a_cell_is_guarded_so_that_the_text_comes_back(text):
    cell = guarded(text)

    assert unguarded(cell) == guarded(unguarded(cell)).removeprefix("'" if cell != unguarded(cell) else "")
    assert all(c.isprintable() or c in "\u200c\u200d" for c in cell)
    if text.isprintable():
        assert unguarded(cell) == text


@given(st.recursive(st.text(), lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside)))
@example("\x1b\x7f\x9b\u202e\u2028\ud800\U000e0041🥐")
def test_json_for_a_terminal_means_the_same_and_holds_nothing_raw(value):
    told = escaped(json.dumps(value, ensure_ascii=False, indent=2))

    assert json.loads(told) == value
    assert told.replace("\n", "").isprintable()


def test_a_letter_is_shown_as_it_is_in_json(capsys):
    show_json({"name": "Ærø 🥐\x9b"})

    assert capsys.readouterr().out == '{\n  "name": "Ærø 🥐\\u009b"\n}\n'


def test_what_the_shell_is_offered_is_one_line_of_plain_text():
    complete = offering(lambda session, typed: [("26099382", "a\nb\x1b[2J\tc")])

    import click

    (item,) = complete(click.Context(click.Command("x")), click.Argument(["x"]), "")

    assert item.help == "a b[2J c"


def test_hostile_names_go_in_and_come_out_harmless_or_are_refused(tmp_path):
    assert len(set(names())) == 300
    found = hostile(5, Random(1), tmp_path)

    assert found.faults == []


def test_an_answer_with_control_characters_is_asked_for_again(monkeypatch, capsys):
    from campaign.terminal.prompts import ask

    answers = iter(["\x1b[2J", "010190-1234", "anna"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))

    assert ask("Who?") == "anna"
    assert "control characters" in (said := capsys.readouterr().err)
    assert "1234" not in said


def test_a_name_is_kept_equal_from_the_terminal_to_the_json(tmp_path, monkeypatch, capsys):
    home = new_workspace(tmp_path / "home")
    monkeypatch.setenv("CAMPAIGN_HOME", str(home.path))
    monkeypatch.setenv("CAMPAIGN_CONSULTANT", "anna")

    assert run_at_terminal(capsys, "company", BAKERY, "--name", f"{FAMILY} ApS")[0] == 0

    code, out, _ = run_at_terminal(capsys, "company", BAKERY, "--json")
    assert (code, json.loads(out)["name"]) == (0, f"{FAMILY} ApS")
    assert out.replace("\n", "").isprintable()


@pytest.mark.parametrize("variable", ["CAMPAIGN_SLUG", "CAMPAIGN_CONSULTANT", "CAMPAIGN_OFFICE", "CAMPAIGN_HOME"])
@pytest.mark.parametrize("value", ["\udcff", "x\x1b[2J", "\u202e"])
def test_a_setting_that_is_no_text_is_refused_in_a_plain_sentence(tmp_path, monkeypatch, capsys, variable, value):
    home = new_workspace(tmp_path / "home")
    for name, said in (("HOME", str(home.path)), ("CONSULTANT", "anna"), ("OFFICE", "306")):
        monkeypatch.setenv(f"CAMPAIGN_{name}", said)
    monkeypatch.setenv(variable, str(tmp_path / value) if variable == "CAMPAIGN_HOME" else value)

    code, out, err = run_at_terminal(capsys, "call", BAKERY, "no-answer")

    assert (code in (1, 2), out) == (True, "")
    assert err.replace("\n", "").isprintable()


@pytest.mark.parametrize(("content", "kept"), [("Rødgrød".encode("cp1252"), "Rødgrød"), (b"R\x81d", None)])
def test_a_note_in_another_encoding_is_read_as_windows_has_it_or_refused_in_a_sentence(tmp_path, content, kept):
    home = new_workspace(tmp_path / "home")
    settings = {"CAMPAIGN_HOME": str(home.path), "CAMPAIGN_CONSULTANT": "anna", "CAMPAIGN_OFFICE": "306"}
    said = subprocess.run(
        [sys.executable, "-m", "cli", "call", BAKERY, "no-answer", "--at", "2013-06-01", "--note", "-"],
        input=content,
        capture_output=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, **settings, "PYTHONIOENCODING": "utf-8:strict"},
        check=False,
    )

    texts = [text.content for text in SqliteTexts(home.people).all()]
    assert (said.returncode, texts) == ((0, [kept]) if kept else (1, []))
    assert b"it was read as Windows-1252.\n" in said.stderr.replace(b"\r", b"")
    assert kept or b"The note holds control characters; write it with visible characters only.\n" in said.stderr
