"""Contacts, notes and names of sole traders at the terminal: kept, shown, erased, and kept no longer than said."""

import json
import os
import re
import shutil
import sqlite3

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError
from terminal_user import BAKERY, BARBER, TIMBER, TerminalUser, new_consultant

from campaign.app import open_tracker
from campaign.personal_data.text_check import check_texts
from campaign.storage.sqlite.log import SqliteEventLog
from campaign.storage.sqlite.texts import SqliteTexts
from campaign.storage.sqlite.workspace import SqliteWorkspace

NOTE = "Talte med Ib Holm om to praktikanter; ring igen efter jul."
CPR = "151112-3441"


@pytest.fixture
def consultant(tmp_path):
    return new_consultant(tmp_path / "home")


def home(somebody):
    return SqliteWorkspace(somebody.home, lambda: somebody.now)


def noted(somebody, *words, text=NOTE):
    """An act with a note: what was said back, and how the note is named."""
    result = somebody.types(*words, "--note", "-", answers=text)
    assert result.exit_code == 0, result.output
    return re.search(r"note (\w{8})", result.stdout)[1]


def a_contact(somebody, name="Ib Holm", company=TIMBER, *more):
    """A contact, by its first digits."""
    return re.search(r"contact (\w{8})", somebody.says("contact", "add", company, "--name", name, *more))[1]


def a_sole_trader(somebody, cvr=BARBER, name="Åse Møllers Frisør"):
    somebody.says("company", cvr, "--name", name, "--form", "Enkeltmandsvirksomhed")
    return cvr


def everything_in(folder, *left_out):
    """All bytes of all files under a folder."""
    return b"\n".join(p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file() and p.name not in left_out)


# Screens


def test_contacts_and_notes_in_the_terminal(consultant, golden):
    noted(consultant, "call", TIMBER, "accepted", "--visit", "20/11")
    golden(
        "screens/people.txt",
        "\n".join(
            [
                consultant.screen("contact list"),
                consultant.screen("contact add nordvang --name 'Ib Holm' --role formand --phone '12 34 56 78'"),
                consultant.screen("contact list"),
                consultant.screen("contact show nordvang"),
                consultant.screen("contact show nordvang", columns=40),
                consultant.screen("history nordvang"),
                consultant.screen("call nordvang busy --note 'ring til Ib'"),
                consultant.screen("company frisør --form ENK --name 'Åse Møllers Frisør'"),
                consultant.screen("call 'åse møller' no-answer"),
                consultant.screen("company 'åse møller'"),
            ]
        ),
    )


def test_erasing_in_the_terminal(consultant, golden):
    note, contact = noted(consultant, "call", TIMBER, "busy"), a_contact(consultant)
    a_sole_trader(consultant)
    lines = [
        consultant.screen(f"erase {contact} --because 'Ib bad om det'"),
        consultant.screen(f"erase {contact} --because 'asked for it'"),
        consultant.screen(f"erase {contact} --because 'asked for it'"),
        consultant.screen(f"erase {note} --because 'asked for it'"),
        consultant.screen(f"erase {BARBER} --because 'asked for it'"),
        consultant.screen("history nordvang"),
        consultant.screen(f"history {BARBER}"),
        consultant.screen("retention log"),
        consultant.screen("undo"),
        consultant.screen(f"erase {BAKERY} --because 'asked for it'"),
        consultant.screen("erase ffffffff --because 'asked for it'"),
    ]

    golden("screens/erasing.txt", "\n".join(lines))


def test_retention_in_the_terminal(consultant, golden):
    noted(consultant, "call", TIMBER, "busy")
    a_contact(consultant)
    lines = [
        consultant.screen("retention run"),
        consultant.screen("retention set luk-op --keep-until 2013-03-31"),
        consultant.screen("retention set luk-op --keep-until 2013-12-31"),
        consultant.screen("retention set luk-op --keep-until 2013-12-31"),
        consultant.on("2013-12-31").screen("retention run --dry-run"),
        consultant.on("2014-01-01").screen("retention run --dry-run"),
        consultant.screen("retention run"),
        consultant.screen("retention run"),
        consultant.screen("contact list"),
    ]

    golden("screens/retention.txt", "\n".join(lines))


# Notes


@pytest.mark.parametrize(
    "words",
    [
        ("call", TIMBER, "busy"),
        ("book", TIMBER, "20/11"),
        ("visit", TIMBER, "held"),
        ("visit", BAKERY, "moved", "--to", "21/11"),
        ("yield", BAKERY, "internship"),
    ],
    ids=lambda words: words[0],
)
def test_every_act_takes_a_note_that_the_history_shows_and_the_log_does_not_hold(consultant, words):
    consultant.says("book", BAKERY, "20/11")
    consultant.says("call", BAKERY, "accepted")

    note = noted(consultant, *words)

    rows = json.loads(consultant.says("history", words[1], "--json"))["rows"]
    (row,) = [row for row in rows if row["fact"] == "NoteTaken"]
    assert (row["entry"][:8], row["text"]) == (note, NOTE)
    assert b"praktikanter" not in everything_in(consultant.home, "people.db")


def test_a_note_of_several_lines_keeps_them(consultant):
    noted(consultant, "call", TIMBER, "busy", text="\r\nFørst dette.\r\n\r\n\tSå dette.  \n\n")

    rows = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]
    assert rows[-1]["text"] == "Først dette.\n\n Så dette."


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "empty"), (" \n\t\n", "empty"), ("x" * 10_001, "10,000"), (f"cpr {CPR}", "CPR"), ("hej\x1b[2J", "control")],
)
def test_a_note_that_cannot_be_kept_is_refused_and_nothing_is_logged(consultant, text, told):
    result = consultant.types("call", TIMBER, "busy", "--note", "-", answers=text)

    assert (result.exit_code, told in result.stderr, CPR in result.output) == (1, True, False)
    assert "busy" not in consultant.says("history", TIMBER)


def test_a_note_has_no_place_on_the_command_line(consultant):
    result = consultant.types("call", TIMBER, "busy", "--note", "ring til Ib")

    assert (result.exit_code, "--note -" in result.stderr) == (2, True)


def test_a_refused_act_gives_its_note_back_and_keeps_no_text(consultant):
    result = consultant.types("visit", TIMBER, "no-show", "--note", "-", answers=NOTE)

    assert (result.exit_code, NOTE in result.stderr) == (1, True)
    assert not home(consultant).people.exists()


def test_an_undone_act_takes_its_note_along_and_an_undone_undo_brings_it_back(consultant):
    note = noted(consultant, "call", TIMBER, "busy")
    consultant.says("undo")

    assert f"note {note}: {NOTE} [taken back" in consultant.says("history", TIMBER)


# Contacts


def test_what_changes_of_a_contact_is_shown_and_can_be_undone(consultant):
    contact = a_contact(consultant, "Ib Holm", TIMBER, "--phone", "12345678")

    consultant.says("contact", "change", contact, "--phone", "87654321", "--role", "formand")
    (row,) = json.loads(consultant.says("contact", "show", TIMBER, "--json"))["rows"]
    assert (row["name"], row["phone"], row["role"]) == ("Ib Holm", "87654321", "formand")
    assert "already" in consultant.says("contact", "change", contact, "--phone", "87654321")

    consultant.says("undo")
    (row,) = json.loads(consultant.says("contact", "show", TIMBER, "--json"))["rows"]
    assert (row["name"], row["phone"], row["role"]) == ("Ib Holm", "12345678", "")


def test_a_contact_of_a_company_in_no_register_is_kept(consultant):
    a_contact(consultant, "Ib Holm", "26382114")

    (row,) = json.loads(consultant.says("contact", "list", "--json"))["rows"]
    assert (row["cvr"], row["name"]) == ("26382114", "Ib Holm")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("add", TIMBER), 2, "name"),
        (("add", TIMBER, "--name", " "), 1, "empty"),
        (("add", TIMBER, "--name", f"Ib {CPR}"), 1, "CPR"),
        (("add", TIMBER, "--name", "Ib", "--email", "x" * 255), 1, "254"),
        (("change", "ffffffff", "--name", "Ib"), 1, "ffffffff"),
        (("change", "ffffffff"), 2, "--phone"),
    ],
)
def test_a_contact_that_cannot_be_is_refused(consultant, words, code, told):
    result = consultant.types("contact", *words)

    assert (result.exit_code, told in result.stderr) == (code, True)
    assert json.loads(consultant.says("contact", "list", "--json")) == {"rows": []}


# Sole traders


def test_the_name_of_a_sole_trader_is_in_no_file_but_the_store_of_people(consultant):
    a_sole_trader(consultant)
    consultant.says("call", "møllers", "accepted")
    consultant.says("rates")

    assert "Åse Møllers Frisør" in consultant.says("history", BARBER)
    assert "Åse".encode() not in everything_in(consultant.home, "people.db")
    assert b"moller" not in everything_in(consultant.home, "people.db")


def test_a_register_with_forms_keeps_names_of_sole_traders_apart_and_comes_again_unchanged(consultant, tmp_path):
    table = tmp_path / "register.csv"
    rows = "26382114;Tømrer Bo Ås;306;PMV\n97383978;Frisør Åse;306;10\n88888880;Ny ApS;306;80\n"
    table.write_text(f"cvr;name;municipality_code;company_form\n{rows}", encoding="utf-8")

    first, again = (json.loads(consultant.says("import", str(table), "--json"))["tables"][0] for _ in range(2))

    assert (first["taken"], again["there already"]) == (first["read"] - first["rejected"],) * 2
    assert "Tømrer Bo Ås" in consultant.says("call", "bo ås", "no-answer")
    assert "Bo Ås".encode() not in everything_in(consultant.home, "people.db", *_rejects(consultant))
    assert check_texts_of(consultant) == []


def _rejects(somebody):
    return [path.name for path in somebody.home.rglob("rejects/**/*.csv")]


def check_texts_of(somebody):
    with open_tracker(home(somebody)) as tracker:
        return check_texts(tracker).faults


def test_an_erased_name_does_not_come_back_with_the_register(consultant, tmp_path):
    table = tmp_path / "register.csv"
    table.write_text("cvr;name;company_form\n26382114;Tømrer Bo Ås;PMV\n", encoding="utf-8")
    consultant.says("import", str(table))
    consultant.says("erase", "26382114", "--because", "asked for it")

    for update in ([], ["--update"]):
        told = json.loads(consultant.says("import", str(table), "--json", *update))["tables"][0]
        assert (told["there already"], told["changed"]) == (1, 0)
    assert consultant.types("call", "bo ås", "no-answer").exit_code == 1
    assert "Bo Ås".encode() not in everything_in(consultant.home)


# Erasing


def test_what_is_erased_is_in_no_file_of_the_home_and_every_figure_stands(consultant, tmp_path):
    noted(consultant, "call", TIMBER, "accepted")
    consultant.says("visit", TIMBER, "held", "--yield", "internship:2")
    contact = a_contact(consultant, "Ib Holm", TIMBER, "--email", "ib@holm.dk")
    (consultant.home / "my list.csv").write_text("Ib Holm;ib@holm.dk\n", encoding="utf-16")
    (consultant.home / "other.csv").write_text("Bo Lind\n", encoding="utf-8")
    before = consultant.says("rates", "--json")

    said = json.loads(consultant.says("erase", contact, "--because", "asked for it", "--with-notes", "--json"))

    assert (said["texts"], [*map(len, (said["files"], said["notes"]))]) == (2, [1, 0])
    left = everything_in(consultant.home)
    assert not [w for w in ("Holm", "holm.dk", "praktikanter") for e in ("utf-8", "utf-16-le") if w.encode(e) in left]
    assert (consultant.home / "other.csv").exists()
    assert consultant.says("rates", "--json") == before
    assert "As it was written" in consultant.says("verify")


def test_a_name_that_somebody_wrote_into_the_log_is_told(consultant):
    contact = a_contact(consultant)
    consultant.says("call", TIMBER, "busy")
    entry = re.search(r"entry (\w{8})", consultant.says("call", TIMBER, "no-answer"))[1]
    consultant.says("retract", entry, "--because", "Ib Holm said so")

    result = consultant.types("erase", contact, "--because", "asked for it")

    assert "nothing is ever taken out of the log" in result.stderr


def test_an_interrupted_erasure_is_completed_by_the_next(consultant, monkeypatch):
    contact, other = a_contact(consultant), a_contact(consultant, "Bo Lind", BAKERY)
    with monkeypatch.context() as patched:
        patched.setattr("campaign.storage.sqlite.texts.SqliteTexts.forget", lambda self, ids: _dies())
        with pytest.raises(SystemError):
            consultant.types("erase", contact, "--because", "asked for it")
    assert b"Ib Holm" in everything_in(consultant.home)

    consultant.says("erase", other, "--because", "asked for it")

    assert b"Ib Holm" not in everything_in(consultant.home)


def _dies():
    raise SystemError("as if the machine had stopped")


def test_a_text_whose_act_never_came_is_deleted_after_an_hour(consultant, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("campaign.storage.sqlite.texts.SqliteTexts.forget", lambda self, ids: 0)
        patched.setattr("campaign.storage.sqlite.log.SqliteEventLog.insert_events", lambda *_, **__: _dies())
        with pytest.raises(SystemError):
            consultant.types("call", TIMBER, "busy", "--note", "-", answers=NOTE)

    consultant.on("2012-11-12", "12:59").says("retention", "run")
    assert b"praktikanter" in everything_in(consultant.home)
    assert "1 text" in consultant.on("2012-11-12", "13:01").types("retention", "run").stderr
    assert b"praktikanter" not in everything_in(consultant.home)


# Checking


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE texts SET content = replace(content, 'to', 'ti')", "is not the one that was logged"),
        ("UPDATE texts SET salt = zeroblob(32)", "is not the one that was logged"),
        ("DELETE FROM texts", "is missing"),
    ],
)
def test_a_text_that_was_altered_or_taken_away_is_noticed(consultant, damage, told):
    note = noted(consultant, "call", TIMBER, "busy")
    assert check_texts_of(consultant) == []
    with sqlite3.connect(home(consultant).people) as people:
        people.execute(damage)
    people.close()

    assert check_texts_of(consultant) == [f"the text of entry {note} {told}"]
    result = consultant.types("verify")
    assert (result.exit_code, told in result.stderr) == (4, True)


def doctor(somebody):
    """What the doctor says, by what it looked at."""
    said = json.loads(somebody.types("doctor", "--json").stdout)
    return {check["what"]: (check["ok"], check["found"]) for check in said["checks"]}


def test_doctor_says_what_is_kept_of_people_and_how_long(consultant):
    assert doctor(consultant)["personal texts"] == (True, "none kept")

    noted(consultant, "call", TIMBER, "busy")
    a_contact(consultant)
    assert doctor(consultant)["personal texts"] == (True, "2, as they were logged")
    assert doctor(consultant)["retention"] == (True, "kept luk-op for ever")

    consultant.says("retention", "set", "luk-op", "--keep-until", "2013-12-31")
    assert doctor(consultant)["retention"] == (True, "kept luk-op until 2013-12-31")
    ok, found = doctor(consultant.on("2014-01-01"))["retention"]
    assert (ok, "campaign retention run" in found, found[:1]) == (False, True, "2")


def test_doctor_finds_texts_that_were_altered_erased_or_never_logged(consultant, monkeypatch):
    note, contact = noted(consultant, "call", TIMBER, "busy"), a_contact(consultant)
    with monkeypatch.context() as patched:
        patched.setattr("campaign.storage.sqlite.texts.SqliteTexts.forget", lambda self, ids: 0)
        consultant.says("erase", contact, "--because", "asked for it")
    ok, found = doctor(consultant)["personal texts"]
    assert (ok, "was erased and is there" in found) == (False, True)

    consultant.says("retention", "run")
    assert doctor(consultant)["personal texts"] == (True, "1, as they were logged")
    with sqlite3.connect(home(consultant).people) as people:
        people.execute("UPDATE texts SET content = 'another'")
    people.close()
    assert doctor(consultant)["personal texts"] == (False, f"the text of entry {note} is not the one that was logged")


# What an attacker tried


def a_table(folder, text, name="register.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("later", ["cvr;name\n", "cvr;name;company_form\n"])
def test_a_table_that_says_no_form_keeps_the_name_of_a_sole_trader_apart(consultant, tmp_path, later):
    consultant.says("import", a_table(tmp_path, "cvr;name;company_form\n26382114;Tømrer Bo Ås;10\n"))

    consultant.says("import", "--update", a_table(tmp_path, f"{later}26382114;Snedker Bo Ås\n", "later.csv"))

    assert "Snedker Bo Ås" in consultant.says("company", "26382114")
    assert b"Snedker" not in everything_in(consultant.home, "people.db")


def test_an_interruption_after_the_log_has_it_takes_no_text_away(consultant, monkeypatch):
    whole = SqliteEventLog.insert_events

    def interrupted(self, *events, **more):
        whole(self, *events, **more)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SqliteEventLog, "insert_events", interrupted)
        assert consultant.types("call", TIMBER, "busy", "--note", "-", answers=NOTE).exit_code == 130

    assert NOTE in consultant.says("history", TIMBER)
    assert check_texts_of(consultant) == []


def test_another_home_inside_is_not_touched_and_is_named(consultant):
    contact, old = a_contact(consultant), consultant.home / "old"
    old.mkdir()
    for name in ("events.db", "people.db", "config.toml"):
        (old / name).write_bytes(b"SQLite format 3\0 Ib Holm")

    result = consultant.types("erase", contact, "--because", "asked for it")

    assert {path.name for path in old.iterdir()} == {"events.db", "people.db", "config.toml"}
    assert "old/people.db: it is of another home" in result.stderr


def test_a_home_is_made_in_a_folder_of_its_own(consultant, tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "contract.txt").write_text("mine")

    result = consultant.types("init", "--home", str(tmp_path / "documents"))

    assert (result.exit_code, "folder of its own" in result.stderr) == (2, True)


def test_an_erasure_at_the_same_moment_takes_nothing_that_is_being_logged(consultant, monkeypatch):
    a_sole_trader(consultant)
    consultant.says("erase", BARBER, "--because", "asked for it")
    whole = SqliteEventLog.insert_events

    def erasing_meanwhile(self, *events, **more):
        monkeypatch.setattr(SqliteEventLog, "insert_events", whole)
        assert consultant.types("retention", "run").exit_code == 0
        whole(self, *events, **more)

    monkeypatch.setattr(SqliteEventLog, "insert_events", erasing_meanwhile)
    consultant.on("2012-11-13").says("company", BARBER, "--name", "Nyt Navn")

    assert check_texts_of(consultant) == []
    assert "Nyt Navn" in consultant.says("company", BARBER)


def test_a_backup_that_was_away_is_erased_in_when_it_is_back(consultant, tmp_path):
    contact, saved, away = a_contact(consultant), tmp_path / "saved", tmp_path / "away"
    consultant.says("backup", str(saved))
    saved.rename(away)
    told = consultant.types("erase", contact, "--because", "asked for it").stderr
    assert f"Not erased in the backup {saved}: it is not there" in told
    away.rename(saved)
    assert b"Ib Holm" in everything_in(saved)

    told = consultant.types("retention", "run").stderr

    assert f"Erased in the backup {saved}" in told
    assert b"Ib Holm" not in everything_in(saved)


def test_names_of_rows_that_are_not_taken_are_not_kept(consultant, tmp_path):
    consultant.says("import", a_table(tmp_path, "cvr;name;company_form\n26382114;Tømrer Bo Ås;10\n"))

    consultant.says("import", a_table(tmp_path, "cvr;name;company_form\n26382114;Viggo Ulriksholm;10\n"))

    assert b"Viggo" not in everything_in(consultant.home)


def test_an_erased_name_does_not_come_back_after_another_was_given(consultant, tmp_path):
    table = a_table(tmp_path, "cvr;name;company_form\n26382114;Tømrer Bo Ås;10\n")
    consultant.says("import", table)
    consultant.says("erase", "26382114", "--because", "asked for it")
    consultant.says("company", "26382114", "--name", "Nyt Navn")

    consultant.says("import", "--update", table)

    assert "Bo Ås".encode() not in everything_in(consultant.home)
    assert "Nyt Navn" in consultant.says("company", "26382114")


def test_what_stands_in_the_way_is_told_and_keeps_nothing_else_from_being_erased(consultant, tmp_path):
    contact = a_contact(consultant)
    for name in ("one", "two"):
        consultant.says("backup", str(tmp_path / name))
    (tmp_path / "one" / "people.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 4_000)
    (consultant.home / "a.zip").write_bytes(b"PK\x03\x04 no zip at all, Ib")
    (consultant.home / "b.zip").write_bytes(b"PK\x05\x06" + bytes(18))

    result = consultant.types("erase", contact, "--because", "asked for it")

    assert (result.exit_code, f"Not erased in the backup {tmp_path / 'one'}" in result.stderr) == (0, True)
    assert f"Erased in the backup {tmp_path / 'two'}" in result.stderr
    assert b"Ib Holm" not in everything_in(consultant.home) + everything_in(tmp_path / "two")


def test_a_contact_named_before_the_register_came_does_not_keep_it_out(consultant, tmp_path):
    a_contact(consultant, "Ib Holm", "26382114")
    table = a_table(tmp_path, "cvr;name;municipality_code\n26382114;Ny ApS;306\n")

    told = json.loads(consultant.says("import", table, "--json"))["tables"][0]

    assert (told["taken"], told["changed"]) == (1, 0)
    assert "Ny ApS" in consultant.says("company", "26382114")


def test_a_sole_trader_that_becomes_a_company_has_the_name_of_the_company(consultant, tmp_path):
    cvr = a_sole_trader(consultant, "26382114", "Jensine Kvistgaard")
    consultant.says("company", cvr, "--form", "ApS", "--name", "Blomster ApS")
    assert "Blomster ApS" in consultant.says("company", "blomster")
    assert consultant.types("company", "kvistgaard").exit_code == 1

    cvr = a_sole_trader(consultant, "39800152", "Egon Ravn")
    consultant.says("import", "--update", a_table(tmp_path, f"cvr;name;company_form\n{cvr};Egon Ravn ApS;80\n"))
    assert "Egon Ravn ApS" in consultant.says("company", "egon")


def test_a_store_of_people_that_is_gone_is_told_by_doctor_and_history(consultant):
    noted(consultant, "call", TIMBER, "busy")
    home(consultant).people.unlink()

    ok, found = doctor(consultant)["personal texts"]
    assert (ok, "is missing" in found) == (False, True)
    assert "(missing: see campaign verify)" in consultant.says("history", TIMBER)


def test_an_empty_store_of_people_is_no_hindrance(consultant):
    home(consultant).people.touch()

    assert "Nordvang" in consultant.says("company", "nordvang")
    assert a_contact(consultant)


def test_erasures_of_another_home_are_not_obeyed_and_damaged_lists_count_for_nothing(consultant, tmp_path):
    a_sole_trader(consultant)
    other = new_consultant(tmp_path / "other")
    a_sole_trader(other)
    (tmp_path / "saved").mkdir()
    consultant.says("backup", str(tmp_path / "saved" / "mine"))
    consultant.says("backup", str(tmp_path / "saved" / "damaged"))
    other.says("erase", BARBER, "--because", "asked there")
    other.says("backup", str(tmp_path / "saved" / "theirs"))
    (tmp_path / "saved" / "damaged" / "erased.jsonl").write_text('{"entry": 5}\n')
    restored = TerminalUser(tmp_path / "restored", consultant.now)

    restored.says("restore", str(tmp_path / "saved" / "mine"))

    assert "Åse Møllers Frisør" in restored.says("company", BARBER)
    result = TerminalUser(tmp_path / "again", consultant.now).types(
        "restore", str(tmp_path / "saved" / "mine"), "--erased", str(tmp_path / "saved" / "damaged")
    )
    assert (result.exit_code, "is no list of erasures" in result.stderr) == (2, True)


def test_a_restored_home_knows_the_backups_beside_and_erases_in_them(consultant, tmp_path):
    contact = a_contact(consultant)
    (tmp_path / "saved").mkdir()
    for name in ("one", "two"):
        consultant.says("backup", str(tmp_path / "saved" / name))
    restored = TerminalUser(tmp_path / "restored", consultant.now)
    restored.says("restore", str(tmp_path / "saved" / "one"))

    restored.says("erase", contact, "--because", "asked for it")

    assert b"Ib Holm" not in everything_in(tmp_path / "saved")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("erased.jsonl", '{"entry": 5}', ("erase", "{contact}", "--because", "asked")),
        ("erased.jsonl", "[" * 5_000, ("erase", "{contact}", "--because", "asked")),
        ("backups.json", '[{"path": 5}]', ("doctor",)),
        ("backups.json", "[" * 5_000, ("doctor",)),
    ],
)
def test_hostile_lists_end_in_a_sentence(consultant, name, content, words):
    contact = a_contact(consultant)
    (consultant.home / name).write_text(content, encoding="utf-8")

    result = consultant.types(*(word.format(contact=contact) for word in words))

    assert result.exit_code in (0, 2, 3, 4)
    assert name in result.output or result.exit_code == 0


@pytest.mark.parametrize(
    "damage",
    ["UPDATE texts SET content = 'notjson'", "UPDATE texts SET id = 'nohex'", "UPDATE texts SET content = '[1]'"],
)
def test_a_store_of_people_with_what_nobody_kept_ends_in_a_sentence(consultant, damage):
    a_contact(consultant)
    with sqlite3.connect(home(consultant).people) as people:
        people.execute(damage)
    people.close()

    for words in (("contact", "list"), ("history", TIMBER), ("doctor",), ("verify",)):
        result = consultant.types(*words)
        assert result.exit_code in (3, 4) or "missing" in result.stdout, words


def test_a_note_that_is_too_long_is_given_back(consultant):
    result = consultant.types("call", TIMBER, "busy", "--note", "-", answers=f"{'x' * 10_000} slut")

    assert (result.exit_code, "slut" in result.stderr) == (1, True)


def test_what_a_killed_process_left_is_removed_by_the_next_erasure(consultant, tmp_path):
    contact = a_contact(consultant)
    consultant.says("backup", str(tmp_path / "saved"))
    dead, mine = "4194000-0123abcd", f"{os.getpid()}-0123abcd"
    for path in (
        consultant.home / f"rehearsal-{dead}",
        tmp_path / f"saved.part-{dead}",
        consultant.home / f"rehearsal-{mine}",
    ):
        path.mkdir()
        (path / "people.db").write_bytes(b"Ib Holm")
    (consultant.home / f"note-{dead}.txt").write_text("Ib Holm ringede")

    consultant.says("erase", contact, "--because", "asked for it")

    there = {path.name for path in [*consultant.home.iterdir(), *tmp_path.iterdir()]}
    assert not [name for name in there if dead in name]
    assert f"rehearsal-{mine}" in there


def test_two_at_once_at_one_company_are_both_kept(consultant, monkeypatch):
    whole = SqliteEventLog.insert_events

    def overtaken(self, *events, **more):
        monkeypatch.setattr(SqliteEventLog, "insert_events", whole)
        raise IntegrityError("somebody was quicker")

    for words in (
        ("contact", "add", TIMBER, "--name", "Bo Lind"),
        ("erase", a_contact(consultant), "--because", "asked"),
    ):
        monkeypatch.setattr(SqliteEventLog, "insert_events", overtaken)
        consultant.says(*words)
    assert check_texts_of(consultant) == []
    assert "Bo Lind" in consultant.says("contact", "list")


def test_a_sole_trader_can_be_changed_after_the_name_was_erased(consultant):
    cvr = a_sole_trader(consultant)
    consultant.says("erase", cvr, "--because", "asked for it")

    consultant.says("company", cvr, "--size", "5-9")

    assert check_texts_of(consultant) == []
    assert consultant.types("doctor").exit_code == 0


def test_retention_is_not_kept_up_by_what_somebody_is_called(consultant):
    a_sole_trader(consultant, BARBER, "No Longer v. Kept Holm")
    consultant.says("retention", "set", "luk-op", "--keep-until", "2013-12-31")

    assert "Erased: 1 name" in consultant.on("2014-01-01").says("retention", "run")


def test_clocks_have_no_say_in_what_is_erased(consultant):
    contact = a_contact(consultant.on("2019-01-01"))

    consultant.on("2012-11-12").says("erase", contact, "--because", "asked for it")

    assert b"Ib Holm" not in everything_in(consultant.home)


@pytest.mark.parametrize("column", ["subject", "cvr", "campaign", "kind"])
def test_a_text_that_was_given_to_somebody_else_is_noticed_and_is_erased_all_the_same(consultant, column):
    note = noted(consultant, "call", TIMBER, "busy")
    with sqlite3.connect(home(consultant).people) as people:
        people.execute(f"UPDATE texts SET {column} = '{'0' * 32}'")
    people.close()

    assert check_texts_of(consultant) == [f"the text of entry {note} is not the one that was logged"]
    consultant.says("erase", note, "--because", "asked for it")
    assert b"praktikanter" not in everything_in(consultant.home)


def test_an_interrupted_erasure_is_not_shown_and_not_restored(consultant, tmp_path, monkeypatch):
    contact = a_contact(consultant)
    with monkeypatch.context() as patched:
        patched.setattr("campaign.backups.full_erasure.write_list", lambda *_: _dies())
        with pytest.raises(SystemError):
            consultant.types("erase", contact, "--because", "asked for it")
    assert f"contact {contact}: (erased)" in consultant.says("history", TIMBER)

    consultant.says("backup", str(tmp_path / "saved"))

    assert b"Ib Holm" not in everything_in(tmp_path / "saved")
    restored = TerminalUser(tmp_path / "restored", consultant.now)
    restored.says("restore", str(tmp_path / "saved"))
    assert b"Ib Holm" not in everything_in(restored.home)


def test_a_note_is_given_back_when_the_store_is_busy_or_full(consultant, monkeypatch):
    def full(self, *events, **more):
        raise OperationalError(sqlite3.OperationalError("database or disk is full"))

    monkeypatch.setattr("campaign.storage.sqlite.log.SqliteEventLog.insert_events", full)
    result = consultant.types("call", TIMBER, "busy", "--note", "-", answers=NOTE)

    assert (result.exit_code, NOTE in result.stderr) == (3, True)
    assert SqliteTexts(home(consultant).people).all() == []


def test_nothing_is_written_to_a_log_that_was_replaced_by_an_older_copy(consultant, tmp_path):
    older = (consultant.home / "events.db").read_bytes()
    consultant.says("call", TIMBER, "busy")
    consultant.says("rates")
    with sqlite3.connect(consultant.home / "events.db") as log:
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    (consultant.home / "events.db").write_bytes(older)

    for words in (
        ("call", TIMBER, "no-answer"),
        ("undo",),
        ("contact", "add", TIMBER, "--name", "Ib"),
        ("backup", str(tmp_path / "b")),
    ):
        result = consultant.types(*words)
        assert (result.exit_code, "campaign rebuild" in result.stderr) == (4, True), words
    consultant.says("rebuild")
    consultant.says("call", TIMBER, "no-answer")


def test_restoring_says_what_it_erased_again_and_what_it_cannot_know(consultant, tmp_path):
    contact = a_contact(consultant)
    consultant.says("backup", str(tmp_path / "saved"))
    (tmp_path / "away").mkdir()
    old = shutil.copytree(tmp_path / "saved", tmp_path / "away" / "old")
    consultant.says("erase", contact, "--because", "asked for it")

    named = TerminalUser(tmp_path / "one", consultant.now).types("restore", str(old), "--erased", str(consultant.home))
    alone = TerminalUser(tmp_path / "two", consultant.now)
    without = alone.types("restore", str(old))

    assert "Erased again, as newer lists say: 1 text." in named.stderr
    assert "name a newer list: --erased PATH" in without.stderr
    head = json.loads(TerminalUser(tmp_path / "one", consultant.now).says("verify", "--json"))["head"]
    assert f"Head: {head}" in named.stdout, "the head is that of the home, in whose log the erasure is now"
    assert "Ib Holm" in alone.says("contact", "list"), "nobody can know better"


def test_what_is_taken_back_says_that_its_text_is_still_there(consultant):
    contact = a_contact(consultant)

    assert f"campaign erase {contact} --because T" in consultant.types("undo").stderr


def test_another_contact_of_the_same_name_is_named(consultant):
    contact, other = a_contact(consultant), a_contact(consultant, "IB  HOLM", BAKERY)

    result = consultant.types("erase", contact, "--because", "asked for it")

    assert f"is kept of {other} as well" in result.stderr


def test_a_campaign_is_planned_with_the_day_its_texts_are_kept_until(consultant):
    plan = ("plan", "two", "--title", "Two", "--from", "2012-09-03", "--to", "2013-06-30", "--keep-until")

    assert consultant.types(*plan, "2013-06-29").exit_code == 1
    assert "two" not in doctor(consultant)["campaigns"][1], "nothing of it was logged"
    consultant.says(*plan, "2014-06-30")
    assert "two until 2014-06-30" in doctor(consultant)["retention"][1]
