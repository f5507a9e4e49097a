"""Acts of which nobody said whether they were saved: the same command on the same day is the same act again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import UUID

_FILE = "unanswered.json"
_MOST = 20


def remember(folder: Path, words: Sequence[str], day: date, act: UUID) -> None:
    """Keeps the id of an act under what was typed, of which only a hash is kept: it can hold names."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = folder / f"{_FILE}.part"
    beside.touch(0o600)
    pending = _kept(folder) | {_digest(words, day): act.hex}
    beside.write_text(json.dumps(dict([*pending.items()][-_MOST:])), encoding="utf-8")
    beside.replace(folder / _FILE)


def recall(folder: Path, words: Sequence[str], day: date) -> UUID | None:
    """The id under which these words were to be logged that day, if nobody said what became of it."""
    try:
        return UUID(_kept(folder)[_digest(words, day)])
    except (KeyError, ValueError, AttributeError):
        return None


def forget(folder: Path, words: Sequence[str], day: date) -> None:
    """It is known now."""
    remaining = {key: act for key, act in _kept(folder).items() if key != _digest(words, day)}
    with suppress(FileNotFoundError):
        (folder / _FILE).write_text(json.dumps(remaining), encoding="utf-8") if remaining else (folder / _FILE).unlink()


def _kept(folder: Path) -> dict[str, str]:
    try:
        pending = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none there, or not what was kept here
        return {}
    return pending if isinstance(pending, dict) else {}


def _digest(words: Sequence[str], day: date) -> str:
    return sha256(json.dumps([str(day), *words]).encode()).hexdigest()
