"""An office program to open workbooks in: the LibreOffice of the system, without a window."""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest

EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""Commas, quotation marks, UTF-8, values as they are and not as they are shown, a file for each sheet."""


def sheets_of(*paths: Path) -> dict[str, dict[str, list[list[str]]]]:
    """The lines of every sheet of every workbook, by their names, as LibreOffice has them; it may complain of nothing.

    Where there is no LibreOffice the test is left out; on a build machine it fails.
    """
    program = shutil.which("soffice")
    if program is None:
        reason = "there is no LibreOffice here to open workbooks in"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    folder = paths[0].with_suffix(".sheets")
    words = [program, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", EVERY_SHEET]
    done = subprocess.run([*words, "--outdir", folder, *paths], capture_output=True, text=True, timeout=120, check=True)
    assert [line for line in done.stderr.splitlines() if "javaldx" not in line] == []  # it says so where no Java is
    return {path.stem: _sheets(folder, path.stem) for path in paths}


def _sheets(folder: Path, stem: str) -> dict[str, list[list[str]]]:
    return {file.stem.removeprefix(f"{stem}-"): _lines(file) for file in folder.glob(f"{stem}-*.csv")}


def _lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
