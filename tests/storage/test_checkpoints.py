"""Heads of the log kept elsewhere: every file that holds one, and what they show that the chain alone cannot."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256

import pytest
from terminal_user import BAKERY, TIMBER, new_consultant

from campaign.errors import SettingsFault
from campaign.storage.checkpoints import checkpoints_in
from campaign.storage.hash_chain import link

HASH = "0a" * 32


@pytest.fixture
def consultant(tmp_path):
    """Somebody with a log of six entries, and a head of it in every file that can hold one."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "busy")
    return somebody


@pytest.fixture
def kept(consultant, tmp_path):
    """Files that hold the head of position 6."""
    proof = consultant.says("verify", "--json")
    (tmp_path / "proof.json").write_text(proof)
    (tmp_path / "noted.txt").write_text(f"# of November\n6 {json.loads(proof)['head']}\n")
    consultant.says("backup", str(tmp_path / "backup"))
    for name in ("totals.json", "totals.xlsx", "totals.csv", "totals.tsv"):
        consultant.says("export", "totals", "-o", str(tmp_path / name))
    (consultant.home / "views.db").unlink()
    return {name: tmp_path / name for name in KEPT}


KEPT = (
    "proof.json",
    "noted.txt",
    "backup",
    "totals.json",
    "totals.xlsx",
    "totals.csv.anchor.json",
    "totals.tsv.anchor.json",
)
in_every_file = pytest.mark.parametrize("name", KEPT)


def by_force(somebody, *statements):
    """What somebody does to the log behind the program's back."""
    with closing(sqlite3.connect(somebody.home / "events.db")) as log, log:
        for statement in statements:
            assert log.execute(statement).rowcount > 0, "nothing was altered"


def rewritten(somebody, position):
    """The log from that position on says something else, with hashes that fit."""
    with closing(sqlite3.connect(somebody.home / "events.db")) as log, log:
        rows = log.execute("SELECT * FROM stored_events ORDER BY position").fetchall()
        before = rows[position - 2][7]
        for row in rows[position - 1 :]:
            new = (*row[:6], "2012-11-13T00:00:00.000000+00:00")
            before = link(before, new)
            log.execute(
                "UPDATE stored_events SET recorded_at = ?, hash = ? WHERE position = ?", (new[6], before, row[0])
            )


def verified(somebody, *files):
    """What verify says of the log, held against these files."""
    return somebody.types("verify", *(word for file in files for word in ("--anchor", str(file))))


@in_every_file
def test_a_head_kept_elsewhere_fits_the_log_it_was_taken_from_and_what_came_after(consultant, kept, name):
    consultant.says("call", BAKERY, "no-answer")

    result = verified(consultant, kept[name])

    assert result.exit_code == 0
    assert f"It fits the head of position 6 in {kept[name]}." in result.stdout.splitlines()


@in_every_file
@pytest.mark.parametrize("position", [2, 6])
def test_an_end_that_was_rewritten_with_right_hashes_is_noticed_by_every_head(consultant, kept, name, position):
    rewritten(consultant, position)
    assert verified(consultant).exit_code == 0

    result = verified(consultant, kept[name])

    assert result.exit_code == 4
    assert result.stderr.startswith("Position 6: ")
    assert f"{kept[name]} holds another hash for it: the log was rewritten there or before" in result.stderr


@in_every_file
def test_an_end_that_was_cut_is_noticed_by_every_head(consultant, kept, name):
    by_force(consultant, "DELETE FROM stored_events WHERE position > 4", "UPDATE sqlite_sequence SET seq = 4")
    assert verified(consultant).exit_code == 0

    result = verified(consultant, kept[name])

    assert result.exit_code == 4
    assert f"Position 5: the log ends before position 6, which {kept[name]} knows." in result.stderr


def test_several_heads_are_all_held_against_the_log(consultant, kept, tmp_path):
    early = tmp_path / "early.txt"
    with closing(sqlite3.connect(consultant.home / "events.db")) as log:
        early.write_text(f"0 {'00' * 32}\n3 {log.execute('SELECT hash FROM stored_events').fetchall()[2][0].hex()}\n")
    said = json.loads(consultant.says("verify", "--json", "--anchor", str(early), "--anchor", str(kept["noted.txt"])))
    assert [anchor["position"] for anchor in said["anchors"]] == [0, 3, 6]

    rewritten(consultant, 5)

    assert verified(consultant, early).exit_code == 0
    assert verified(consultant, early, kept["noted.txt"]).exit_code == 4


def test_the_read_models_of_the_home_are_a_head_too(consultant):
    consultant.says("rebuild")
    assert "It fits the head of position 6 in views.db." in consultant.says("verify")

    rewritten(consultant, 4)

    result = verified(consultant)
    assert result.exit_code == 4
    assert "views.db holds another hash" in result.stderr


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"six and some hash",
        b"[1, 2]",
        b"{",
        b'{"position": 6}',
        b'{"position": [6], "head": 5}',
        f'{{"position": -1, "head": "{HASH}"}}'.encode(),
        f"6 {HASH}0\n".encode(),
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"PK\x05\x06" + bytes(18),
    ],
)
def test_a_file_without_a_head_is_refused(tmp_path, content):
    (tmp_path / "file").write_bytes(content)

    with pytest.raises(SettingsFault, match="holds no head"):
        checkpoints_in(tmp_path / "file")


def test_a_file_that_is_not_there_is_refused(consultant, tmp_path):
    (tmp_path / "empty").mkdir()

    for name in ("nothing.json", "empty", "a\0b"):
        result = verified(consultant, tmp_path / name)
        assert result.exit_code == 2
        assert "cannot be read" in result.stderr


# Exports


def test_an_export_carries_the_head_of_what_it_counted(consultant, tmp_path):
    consultant.on("2012-11-14").says("call", BAKERY, "no-answer")
    consultant.says("export", "totals", "-o", str(tmp_path / "now.json"))
    consultant.says("export", "totals", "-o", str(tmp_path / "then.json"), "--known-on", "2012-11-13")

    now, then = (json.loads((tmp_path / name).read_text())["manifest"] for name in ("now.json", "then.json"))
    with closing(sqlite3.connect(consultant.home / "events.db")) as log:
        hashes = [row[0].hex() for row in log.execute("SELECT hash FROM stored_events ORDER BY position")]
    assert (now["position"], now["head"]) == (8, hashes[7])
    assert (then["position"], then["head"]) == (6, hashes[5])


def test_a_csv_has_its_head_beside_it_and_is_known_by_its_hash(consultant, tmp_path):
    consultant.says("export", "totals", "-o", str(tmp_path / "totals.csv"))

    said = json.loads((tmp_path / "totals.csv.anchor.json").read_text())

    assert said["position"] == 6
    assert said["file_sha256"] == sha256((tmp_path / "totals.csv").read_bytes()).hexdigest()
    assert said["what"] == "totals of a campaign"


def test_what_lies_beside_an_export_is_replaced_only_when_that_is_said(consultant, tmp_path):
    path, beside = tmp_path / "totals.csv", tmp_path / "totals.csv.anchor.json"
    beside.write_text("mine")

    refused = consultant.types("export", "totals", "-o", str(path))

    assert refused.exit_code == 2
    assert f"{beside} is there already" in refused.stderr
    assert not path.exists()
    assert beside.read_text() == "mine"
    consultant.says("export", "totals", "-o", str(path), "--force")
    assert json.loads(beside.read_text())["position"] == 6


@pytest.mark.parametrize("name", ["totals.json", "totals.xlsx"])
def test_an_export_that_holds_its_head_has_nothing_beside_it(consultant, tmp_path, name):
    (tmp_path / "out").mkdir()
    consultant.says("export", "totals", "-o", str(tmp_path / "out" / name))
    consultant.says("export", "totals", "-o", "-")

    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_no_export_is_made_of_a_day_whose_last_entry_is_gone(consultant, tmp_path):
    consultant.on("2012-11-14").says("call", BAKERY, "no-answer")
    consultant.says("rebuild")
    by_force(consultant, "DELETE FROM stored_events WHERE position = 6")

    result = consultant.types("export", "totals", "-o", str(tmp_path / "then.json"), "--known-on", "2012-11-13")

    assert result.exit_code == 4
    assert "Position 6 is gone" in result.stderr
