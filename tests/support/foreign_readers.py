"""Readers of JSON-stat and PX that others wrote, run in an environment of their own, which is made when it is not there."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv" / "readers" / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def read_with_foreign_readers(folder: Path, files: dict[str, bytes]) -> dict[str, dict[str, Any]]:
    """What those readers find in these files, which are put in ``folder``, by their names; all in one start of them.

    Of each there are ``cells`` (codes and figure, then the value as it was read; ``hidden``, or None) and ``error``.
    """
    if not PYTHON.exists():
        subprocess.run(["sh", ROOT / "scripts" / "readers"], check=True, env=os.environ | {"PYTHON": sys.executable})
    for name, content in files.items():
        (folder / name).write_bytes(content)
    paths = json.dumps([str(folder / name) for name in files])
    told = subprocess.run([PYTHON, "-I", __file__], input=paths, capture_output=True, text=True, timeout=120)
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout.splitlines()[-1])


# What runs there


def _reading(path: Path) -> dict[str, Any]:
    from jsonstat_validator import JSONStatValidationError

    try:
        return {"cells": _READERS[path.suffix](path), "error": ""}
    except (JSONStatValidationError, ValueError, KeyError) as fault:
        return {"cells": [], "error": str(fault)}


def _px(path: Path) -> list[list[Any]]:
    """The cells that pyaxis finds: it reads names, and the codes beside them."""
    from pyaxis import pyaxis

    found = pyaxis.parse(str(path), encoding="utf-8")
    said, frame = found["METADATA"], found["DATA"]
    columns = [column for column in frame.columns if column != "DATA"]
    codes = {c: dict(zip(said[f"VALUES({c})"], said[f"CODES({c})"], strict=True)) for c in columns}
    return [[*(codes[c][row[c]] for c in columns), _px_value(row["DATA"])] for row in frame.to_dict("records")]


def _px_value(value: Any) -> Any:
    return "hidden" if value != value else value or None  # it reads a hidden one as not a number, and none as ""


def _json_stat(path: Path) -> list[list[Any]]:
    """The cells that pyjstat finds, once jsonstat-validator has found nothing wrong; signs are looked up by number."""
    from jsonstat_validator import validate_jsonstat
    from pyjstat import pyjstat

    text = path.read_text(encoding="utf-8")
    validate_jsonstat(json.loads(text))
    signs = json.loads(text).get("status", {})
    rows = pyjstat.Dataset.read(text).write("dataframe", naming="id").values.tolist()
    return [[*row[:-1], _json_stat_value(row[-1], signs.get(str(number)))] for number, row in enumerate(rows)]


def _json_stat_value(value: Any, sign: str | None) -> Any:
    empty = value is None or value != value
    return ("hidden" if sign == "c" else None) if empty else value


_READERS = {".px": _px, ".json": _json_stat}

if __name__ == "__main__":
    sys.stdout.write(json.dumps({Path(path).name: _reading(Path(path)) for path in json.load(sys.stdin)}))
