"""Files of totals that version 0.4.0 wrote are verified by this version, from the log of that version."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from terminal_user import new_consultant

GOLDEN = Path(__file__).parents[1] / "golden" / "exports-0.4.0"
FILES = sorted(path.name for path in GOLDEN.iterdir() if not path.name.endswith((".sql", ".anchor.json")))


@pytest.fixture(scope="module")
def consultant(tmp_path_factory):
    """A consultant whose data directory has the log of version 0.4.0."""
    folder = tmp_path_factory.mktemp("earlier")
    consultant = new_consultant(folder / "home")
    for path in consultant.home.iterdir():
        path.unlink()
    with sqlite3.connect(consultant.home / "events.db") as log:
        log.executescript((GOLDEN / "events.sql").read_text(encoding="utf-8"))
    log.close()
    return consultant.on("2012-11-16")


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_version_0_4_0_is_verified(consultant, name):
    against = ("--against", str(GOLDEN / "totals.json")) if name == "later.json" else ()

    result = consultant.types("export", "verify", str(GOLDEN / name), *against)

    assert result.exit_code == 0, result.output


def test_an_edited_file_of_version_0_4_0_is_found(consultant, tmp_path):
    content = (GOLDEN / "kinds.csv").read_bytes()
    (tmp_path / "kinds.csv").write_bytes(content.replace(b",positions,7,", b",positions,8,", 1))
    shutil.copy(GOLDEN / "kinds.csv.anchor.json", tmp_path)

    assert consultant.types("export", "verify", str(tmp_path / "kinds.csv")).exit_code == 4
