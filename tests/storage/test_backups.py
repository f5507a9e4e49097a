"""Saving a home and making one from what was saved: whole, proved, for its owner alone, or not at all."""

import json
import os
import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from terminal_user import BAKERY, TIMBER, TerminalUser, new_consultant

from campaign.backups import backup, manifest
from campaign.files import folders
from campaign.storage.sqlite.texts import SqliteTexts
from campaign.storage.sqlite.workspace import SqliteWorkspace

NOON = datetime(2012, 11, 12, 12, tzinfo=UTC)
HOUR = 3_600


@pytest.fixture
def consultant(tmp_path):
    """Somebody who has logged a visit that yielded something."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", BAKERY, "accepted", "--visit", "2012-11-14")
    somebody.says("visit", TIMBER, "held", "--yield", "internship:2")
    return somebody


def newcomer(folder: Path) -> TerminalUser:
    """The same person, at another machine."""
    return TerminalUser(folder, NOON)


def modes(folder: Path) -> dict[str, int]:
    """The permissions of a folder and its files."""
    return {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}


def bytes_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file of a folder, with the moment it was last written."""
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def a_note(somebody: TerminalUser, text: str) -> str:
    """Takes a note at a call, and returns how it is named."""
    result = somebody.types("call", BAKERY, "busy", "--again", "--note", "-", answers=text)
    assert result.exit_code == 0, result.output
    return re.search(r"note (\w+)", result.stdout)[1]


# backup


def test_a_home_that_is_restored_shows_what_was_saved(consultant, tmp_path):
    saved = tmp_path / "saved"
    told = consultant.screen(f"backup {saved}")
    before = [consultant.says(*words) for words in (["rates", "--json"], ["verify", "--json"], ["entries", "--json"])]
    consultant.says("call", BAKERY, "busy")

    restored = newcomer(tmp_path / "restored")
    answer = restored.says("restore", str(saved))

    after = [restored.says(*words) for words in (["rates", "--json"], ["verify", "--json"], ["entries", "--json"])]
    assert after == before
    assert "log entries in" in told
    assert answer.startswith("Restored: ")
    assert restored.types("doctor").exit_code == 0


def test_a_backup_says_what_it_holds(consultant, tmp_path):
    said = json.loads(consultant.says("backup", str(tmp_path / "saved"), "--json"))

    proved = json.loads(consultant.says("verify", "--json"))
    log = (tmp_path / "saved" / "events.db").read_bytes()
    assert (said["position"], said["head"]) == (proved["events"], proved["head"])
    assert said["files"]["events.db"] == {"sha256": sha256(log).hexdigest(), "size": len(log)}
    assert (
        json.loads((tmp_path / "saved" / "manifest.json").read_text()).items()
        >= {
            "made_at": "2012-11-12T12:00:00+00:00",
            "position": said["position"],
            "head": said["head"],
        }.items()
    )


def test_settings_texts_and_lists_of_the_home_are_saved_too(consultant, tmp_path):
    consultant.says("init", "--office", "306")
    consultant.says("erase", a_note(consultant, "They close at noon"), "--because", "asked")
    a_note(consultant, "They open at nine")
    consultant.says("backup", str(tmp_path / "first"))
    consultant.says("backup", str(tmp_path / "second"))

    restored = newcomer(tmp_path / "restored")
    restored.says("restore", str(tmp_path / "second"))

    for name in ("config.toml", "erased.jsonl"):
        assert (restored.home / name).read_bytes() == (consultant.home / name).read_bytes()
    assert [text.content for text in SqliteTexts(restored.home / "people.db").all()] == ["They open at nine"]
    listed = json.loads((restored.home / "backups.json").read_text())
    assert [Path(backup["path"]).name for backup in listed] == ["first", "second"]


def test_a_backup_in_which_something_was_erased_is_whole_and_does_not_hold_it(consultant, tmp_path):
    saved = tmp_path / "saved"
    note = a_note(consultant, "They close at noon")
    a_note(consultant, "They open at nine")
    consultant.says("backup", str(saved))
    consultant.says("erase", note, "--because", "asked")

    restored = newcomer(tmp_path / "restored")
    restored.says("restore", str(saved))

    assert manifest.read_manifest(saved).files.keys() == {"events.db", "people.db", "erased.jsonl", "backups.json"}
    for home in (saved, restored.home):
        assert [text.content for text in SqliteTexts(home / "people.db").all()] == ["They open at nine"]
    restored.says("verify")


def test_a_backup_in_which_an_erasure_was_cut_short_is_restored_without_what_was_to_be_erased(consultant, tmp_path):
    saved, cut = tmp_path / "saved", tmp_path / "elsewhere" / "cut"
    note, other = a_note(consultant, "They close at noon"), a_note(consultant, "They open at nine")
    consultant.says("backup", str(saved))
    shutil.copytree(saved, cut)
    for each in (note, other):
        consultant.says("erase", each, "--because", "asked")
    cut_short = manifest.erasing_in(cut)
    cut_short.__enter__()  # and no end
    shutil.copy(saved / "erased.jsonl", cut)
    there = SqliteTexts(cut / "people.db")
    there.forget([there.all()[0].id])

    restored = newcomer(tmp_path / "restored")
    restored.says("restore", str(cut))

    assert len(there.all()) == 1
    assert SqliteTexts(restored.home / "people.db").all() == []


@pytest.mark.parametrize("moment", ["_manifest", "register"])
def test_what_is_erased_while_a_backup_is_made_is_not_in_it(consultant, tmp_path, monkeypatch, moment):
    """It is copied already; who erases does not find the backup, which has no name yet."""
    note, step, erased = a_note(consultant, "They close at noon"), getattr(backup, moment), []

    def another_erases_first(*words, **named):
        if not erased:
            erased.append(consultant.types("erase", note, "--because", "asked").exit_code)
        return step(*words, **named)

    monkeypatch.setattr(backup, moment, another_erases_first)
    backup.back_up(SqliteWorkspace(consultant.home, lambda: NOON), tmp_path / "saved", lambda done, of: None)

    assert erased == [0]
    assert SqliteTexts(tmp_path / "saved" / "people.db").all() == []
    newcomer(tmp_path / "restored").says("restore", str(tmp_path / "saved"))


def test_something_is_erased_in_a_damaged_backup_too_which_stays_refused(consultant, tmp_path):
    saved = tmp_path / "saved"
    note = a_note(consultant, "They close at noon")
    consultant.says("backup", str(saved))
    (saved / "manifest.json").write_text("{")
    consultant.says("erase", note, "--because", "asked")

    assert SqliteTexts(saved / "people.db").all() == []
    assert newcomer(tmp_path / "restored").types("restore", str(saved)).exit_code == 4


@pytest.mark.parametrize("there", [False, True])
def test_a_note_that_is_taken_while_the_home_is_copied_is_whole_or_not_there(consultant, tmp_path, monkeypatch, there):
    """Nobody waits for a backup: what comes between log and texts is a text the log does not refer to."""
    if there:
        a_note(consultant, "They open at nine")
    copy, done = backup.copy_database, []

    def copy_while_another_writes(source, place):
        copy(source, place)
        if source.name == "events.db" and not done:
            done.append(a_note(consultant, "They close at noon"))

    monkeypatch.setattr(backup, "copy_database", copy_while_another_writes)
    backup.back_up(SqliteWorkspace(consultant.home, lambda: NOON), tmp_path / "saved", lambda done, of: None)
    monkeypatch.undo()
    restored = newcomer(tmp_path / "restored")
    restored.says("restore", str(tmp_path / "saved"))

    kept = [text.content for text in SqliteTexts(restored.home / "people.db").all()]
    assert kept == (["They open at nine"] if there else [])
    restored.says("verify")
    restored.says("doctor")


def test_a_backup_and_a_restored_home_are_for_their_owner_alone(consultant, tmp_path):
    consultant.says("init", "--office", "306")
    consultant.says("backup", str(tmp_path / "saved"))
    newcomer(tmp_path / "restored").says("restore", str(tmp_path / "saved"))

    for folder in ("saved", "restored"):
        found = modes(tmp_path / folder)
        assert found.pop(folder) == 0o700
        assert set(found.values()) == {0o600}, found


def test_a_backup_needs_no_file_that_is_not_in_it(consultant, tmp_path):
    consultant.says("backup", str(tmp_path / "saved"))

    assert {path.name for path in (tmp_path / "saved").iterdir()} == {"events.db", "backups.json", "manifest.json"}
    with closing(sqlite3.connect(tmp_path / "saved" / "events.db")) as log:
        assert log.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_a_backup_takes_the_place_of_an_empty_folder(consultant, tmp_path):
    (tmp_path / "saved").mkdir(mode=0o755)

    consultant.says("backup", str(tmp_path / "saved"))

    assert modes(tmp_path / "saved")["saved"] == 0o700


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("full", "not empty"),
        ("file", "is a file"),
        ("link", "is a link"),
        ("home", "not empty"),
        ("home/saved", "is in the data directory"),
        ("by/../home/saved", "is in the data directory"),
        ("nowhere/saved", "There is no folder"),
    ],
)
def test_a_backup_is_put_where_nothing_is(consultant, tmp_path, place, told):
    for folder in ("full", "by"):
        (tmp_path / folder).mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "by")

    result = consultant.types("backup", str(tmp_path / place))

    assert result.exit_code == 2
    assert told in result.stderr
    assert not list(tmp_path.rglob("*.part-*"))


def test_without_a_home_there_is_nothing_to_save(tmp_path):
    result = newcomer(tmp_path / "none").types("backup", str(tmp_path / "saved"))

    assert result.exit_code == 2
    assert not (tmp_path / "saved").exists()


def test_an_altered_log_is_not_saved_as_if_it_were_intact(consultant, tmp_path):
    with closing(sqlite3.connect(consultant.home / "events.db")) as log, log:
        log.execute("UPDATE stored_events SET recorded_at = '2012-11-12T12:00:01' WHERE position = 2")

    result = consultant.types("backup", str(tmp_path / "saved"))

    assert result.exit_code == 4
    assert "position 2" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


# restore


def flip(path: Path) -> None:
    """Turns one bit, in the middle."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def say_otherwise(path: Path, sealed: bool, **otherwise: object) -> None:
    """Writes something else into a manifest, ``sealed`` as if it had been written so."""
    said = json.loads(path.read_text())
    seal = said.pop("sha256")
    said |= otherwise
    path.write_bytes(
        manifest.as_bytes(said | {"sha256": sha256(manifest.as_bytes(said)).hexdigest() if sealed else seal})
    )


DAMAGE = {
    "a bit of the log": lambda saved: flip(saved / "events.db"),
    "a bit of the manifest": lambda saved: flip(saved / "manifest.json"),
    "a bit of the settings": lambda saved: flip(saved / "config.toml"),
    "the log is gone": lambda saved: (saved / "events.db").unlink(),
    "the settings are gone": lambda saved: (saved / "config.toml").unlink(),
    "the manifest is gone": lambda saved: (saved / "manifest.json").unlink(),
    "the manifest is empty": lambda saved: (saved / "manifest.json").write_text(""),
    "the manifest is a list": lambda saved: (saved / "manifest.json").write_text("[]"),
    "the manifest says another position": lambda saved: say_otherwise(saved / "manifest.json", False, position=1),
    "the manifest says another moment": lambda saved: say_otherwise(saved / "manifest.json", False, made_at="2012"),
    "it says so under a new seal": lambda saved: say_otherwise(saved / "manifest.json", True, position=1),
    "it says another head under a new seal": lambda saved: say_otherwise(saved / "manifest.json", True, head="00"),
    "it names no files": lambda saved: say_otherwise(saved / "manifest.json", True, files={}),
    "it names a file elsewhere": lambda saved: say_otherwise(
        saved / "manifest.json", True, files={"events.db": {"sha256": "", "size": 0}, "../x": {"sha256": "", "size": 0}}
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_backup_is_refused_and_nothing_is_made_of_it(consultant, tmp_path, damage):
    saved = tmp_path / "saved"
    consultant.says("init", "--office", "306")
    consultant.says("backup", str(saved))
    damage(saved)

    result = newcomer(tmp_path / "restored").types("restore", str(saved))

    assert result.exit_code == 4
    assert {path.name for path in tmp_path.iterdir()} == {"home", "saved"}


def test_a_log_altered_together_with_its_manifest_is_noticed_by_its_chain(consultant, tmp_path):
    saved = tmp_path / "saved"
    consultant.says("backup", str(saved))
    with closing(sqlite3.connect(saved / "events.db")) as log, log:
        log.execute("UPDATE stored_events SET recorded_at = '2012-11-12T12:00:01' WHERE position = 2")
    files = {"events.db": manifest.file_digest_of(saved / "events.db")._asdict()}
    say_otherwise(saved / "manifest.json", True, files=files)

    result = newcomer(tmp_path / "restored").types("restore", str(saved))

    assert result.exit_code == 4
    assert "position 2" in result.stderr


def test_a_restored_home_never_takes_the_place_of_a_log(consultant, tmp_path):
    consultant.says("backup", str(tmp_path / "saved"))
    log = (consultant.home / "events.db").read_bytes()

    result = consultant.types("restore", str(tmp_path / "saved"))

    assert result.exit_code == 2
    assert "no log is ever replaced" in result.stderr
    assert (consultant.home / "events.db").read_bytes() == log


def test_a_folder_that_holds_something_else_does_not_become_a_home(consultant, tmp_path):
    consultant.says("backup", str(tmp_path / "saved"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")

    result = newcomer(tmp_path / "full").types("restore", str(tmp_path / "saved"))

    assert result.exit_code == 2
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_a_restored_home_lies_where_no_folder_was_or_an_empty_one(consultant, tmp_path):
    consultant.says("backup", str(tmp_path / "saved"))
    (tmp_path / "empty").mkdir()

    for place in (tmp_path / "empty", tmp_path / "deep" / "er" / "home"):
        newcomer(place).says("restore", str(tmp_path / "saved"))
        assert (place / "events.db").exists()


def test_a_backup_that_is_restored_stays_as_it_is(consultant, tmp_path):
    saved = tmp_path / "saved"
    consultant.says("backup", str(saved))
    before = bytes_of(saved)

    newcomer(tmp_path / "restored").says("restore", str(saved))

    assert bytes_of(saved) == before


def test_a_backup_of_a_newer_version_is_not_restored(consultant, tmp_path):
    saved = tmp_path / "saved"
    consultant.says("backup", str(saved))
    with closing(sqlite3.connect(saved / "events.db")) as log:
        log.execute("PRAGMA user_version = 99")
    say_otherwise(
        saved / "manifest.json", True, files={"events.db": manifest.file_digest_of(saved / "events.db")._asdict()}
    )

    result = newcomer(tmp_path / "restored").types("restore", str(saved))

    assert result.exit_code == 2
    assert "newer version" in result.stderr


# What is left behind


def a_leftover(folder: Path, name: str, age: float) -> Path:
    """A folder as a killed backup leaves it, last touched so many seconds before noon."""
    left = folder / name
    left.mkdir()
    (left / "events.db").write_bytes(b"half")
    touched = NOON.timestamp() - age
    for path in (left / "events.db", left):
        os.utime(path, (touched, touched))
    return left


def test_the_next_backup_removes_what_killed_ones_left_an_hour_ago(consultant, tmp_path):
    old = a_leftover(tmp_path, "other.part-7-0123abcd", HOUR + 1)
    fresh = a_leftover(tmp_path, "another.part-7-0123abce", HOUR - 1)
    strange = a_leftover(tmp_path, "film.part-7-01234567", HOUR + 1)
    (strange / "film.mp4").write_bytes(b"mine")
    os.utime(strange, (0, 0))
    os.utime(strange / "film.mp4", (0, 0))

    consultant.says("backup", str(tmp_path / "saved"))

    assert not old.exists()
    assert fresh.exists(), "somebody may be at it"
    assert (strange / "film.mp4").exists(), "what is not ours stays"


def test_a_folder_that_cannot_be_written_is_told_and_leaves_nothing(consultant, tmp_path, monkeypatch):
    def full(part, place):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders, "move_into_place", full)
    result = consultant.types("backup", str(tmp_path / "saved"))

    assert result.exit_code == 3
    assert "No space left on device" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


# What the home remembers


def last_backup(somebody: TerminalUser) -> dict[str, object]:
    checks = json.loads(somebody.says("doctor", "--json"))["checks"]
    return next(check for check in checks if check["what"] == "backup")


def test_doctor_says_when_the_home_was_saved_last(consultant, tmp_path):
    assert last_backup(consultant)["found"] == "none yet; make one: campaign backup FOLDER"

    consultant.says("backup", str(tmp_path / "saved"))
    consultant.says("call", BAKERY, "busy")

    found = f"2012-11-12 in {tmp_path / 'saved'}; logged since: 1"
    assert last_backup(consultant) == {"what": "backup", "ok": True, "found": found}
    assert last_backup(consultant.on("2012-11-19"))["found"] == found
    late = last_backup(consultant.on("2012-11-20"))
    assert late == {"what": "backup", "ok": True, "found": f"{found}; it is 8 days old: make another"}


def test_a_backup_that_was_not_finished_does_not_count(consultant, tmp_path):
    consultant.says("backup", str(tmp_path / "saved"))
    content = manifest.read_manifest(tmp_path / "saved")
    backup.register(SqliteWorkspace(consultant.home, lambda: NOON), tmp_path / "killed", content, finished=False)

    assert str(last_backup(consultant)["found"]).startswith(f"2012-11-12 in {tmp_path / 'saved'};")


def test_a_backup_in_the_place_of_one_that_was_taken_away_is_listed_once(consultant, tmp_path):
    for _ in range(2):
        consultant.says("backup", str(tmp_path / "saved"))
        shutil.rmtree(tmp_path / "saved")

    assert len(json.loads((consultant.home / "backups.json").read_text())) == 1


def test_a_list_of_backups_that_cannot_be_read_is_told(consultant):
    (consultant.home / "backups.json").write_text("{")

    result = consultant.types("doctor", "--json")

    assert result.exit_code == 4
    assert "backups.json cannot be read" in result.stdout


def test_a_backup_of_which_the_home_cannot_take_note_is_not_left_behind(consultant, tmp_path, monkeypatch):
    take_note = backup.register

    def full(home, path, content, finished):
        if finished:
            raise OSError(28, "No space left on device")
        take_note(home, path, content, finished)

    with monkeypatch.context() as patched:
        patched.setattr(backup, "register", full)
        assert consultant.types("backup", str(tmp_path / "saved")).exit_code == 3
    assert not (tmp_path / "saved").exists()

    consultant.says("backup", str(tmp_path / "saved"))
