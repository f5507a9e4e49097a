"""Fault injection with real processes: killed, crashed at every failpoint, out of room, sixteen at once."""

import ast
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from campaign import failpoints
from campaign.errors import SettingsFault
from stress.__main__ import ROWS, SERVER_ROWS, stress_test
from stress.crowd import crowd
from stress.failpoints import REHEARSALS, died_at, prepared
from stress.full_disk import limited
from stress.kills import kills

ROOT = Path(__file__).parents[2]
WHERE = {
    "log": "campaign/storage/sqlite/log.py",
    "people": "campaign/storage/sqlite/texts.py",
    "erase": "campaign/backups/full_erasure.py",
    "erasures": "campaign/personal_data/erasure_log.py",
    "seal": "campaign/backups/manifest.py",
    "views": "projections/engine/catch_up.py",
    "rebuild": "campaign/storage/sqlite/views.py",
    "export": "campaign/files/atomic.py",
    "rejects": "campaign/importing/rejects.py",
    "config": "campaign/commands/workspace.py",
    "backup": "campaign/backups/backup.py",
    "listing": "campaign/backups/register.py",
    "restore": "campaign/backups/restore.py",
}


# Failpoints


def marked(path: Path) -> list[str]:
    """The failpoints a module passes: those it names, and those before and after it has a file put in place."""
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    named = [c.args[0].value for c in calls if ast.unparse(c.func) == "reached" and isinstance(c.args[0], ast.Constant)]
    placed = [k.value.value for c in calls for k in c.keywords if k.arg == "failpoint"]
    return [*named, *(f"{name}.{when}-name" for name in placed for when in ("before", "after"))]


def test_every_failpoint_is_passed_at_one_place_and_that_is_the_one_its_name_says():
    modules = [path for folder in ("campaign", "projections") for path in (ROOT / folder).rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix(): marked(path) for path in modules}

    assert Counter(name for names in found.values() for name in names) == Counter(list(failpoints.FAILPOINTS))
    assert {name: where for where, names in found.items() for name in names} == {
        name: WHERE[name.partition(".")[0]] for name in failpoints.FAILPOINTS
    }


def test_every_failpoint_says_in_a_sentence_where_it_is_and_has_a_command_that_passes_it():
    assert [said for said in failpoints.FAILPOINTS.values() if not re.fullmatch(r"[A-Z]([^.]|\.\w)*\.", said)] == []
    assert {name.partition(".")[0] for name in failpoints.FAILPOINTS} == set(REHEARSALS)


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, ("", 0)),
        ({failpoints.PLACE: "log.before-commit"}, ("", 0)),
        ({failpoints.PLACE: "nonsense", failpoints.REHEARSAL: "yes"}, ("", 0)),
        ({failpoints.REHEARSAL: "1"}, ("", 0)),
        ({failpoints.PLACE: "log.before-commit", failpoints.REHEARSAL: "1"}, ("log.before-commit", 1)),
        ({failpoints.PLACE: "log.after-commit:12", failpoints.REHEARSAL: "1"}, ("log.after-commit", 12)),
    ],
)
def test_a_failpoint_counts_in_fault_injection_only(environ, wanted):
    assert failpoints.active_failpoint(environ) == wanted


@pytest.mark.parametrize("said", ["", "log", "log.before-commit:0", "log.before-commit:-1", "log.before-commit:x"])
def test_a_failpoint_nobody_knows_is_refused(said):
    with pytest.raises(SettingsFault, match=failpoints.PLACE):
        failpoints.active_failpoint({failpoints.PLACE: said, failpoints.REHEARSAL: "1"})


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """A folder with all that fault injection begins with, and the note that can be erased there."""
    folder = tmp_path_factory.mktemp("failpoints")
    return folder, prepared(folder)


@pytest.mark.parametrize("name", failpoints.FAILPOINTS)
def test_at_every_failpoint_a_crash_loses_and_doubles_nothing(ready, name):
    folder, note = ready

    assert died_at(name, 0, Random(name), folder, note) == []


# Kills, a full disk, a crowd


def test_killed_at_random_moments_nothing_acknowledged_is_lost_and_no_file_is_half_there(tmp_path):
    assert kills(2, Random(1), tmp_path).faults == []


def test_without_room_it_is_said_clearly_and_with_room_again_all_goes_on(tmp_path):
    assert limited(2, Random(1), tmp_path).faults == []


def test_a_crowd_logs_at_once_and_what_is_saved_meanwhile_is_restored_as_it_was(tmp_path):
    found = crowd(8, Random(1), tmp_path, processes=4)

    assert found.faults == []
    assert found.count == 32


@pytest.mark.parametrize("row", [*ROWS.values(), *SERVER_ROWS.values()], ids=lambda row: row.function)
def test_every_stress_test_that_can_be_named_exists(row):
    assert callable(stress_test(row))
