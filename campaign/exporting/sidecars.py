"""The head of the log beside an export whose format has no place for it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from campaign.eventstore.anchors import ENDING, HEAD, POSITION


def anchor_of(path: Path) -> Path:
    """Where the head of the log lies that belongs to the export at ``path``."""
    return path.with_name(f"{path.name}{ENDING}")


def as_anchor(content: bytes, about: dict[str, str]) -> bytes:
    """That file: position and head of the log, when the export was made, and by which SHA-256 it is known."""
    said = {"position": int(about[POSITION]), HEAD: about[HEAD], "made at": about["made at"]}
    return f"{json.dumps({**said, 'sha256': sha256(content).hexdigest()}, indent=2)}\n".encode()
