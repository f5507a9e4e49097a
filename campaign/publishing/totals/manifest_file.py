"""The manifest beside an export whose format has no place for it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from campaign.publishing.totals.manifest import Manifest
from campaign.storage.checkpoints import ENDING
from campaign.storage.ports import Head


def manifest_path(path: Path) -> Path:
    """Where the manifest lies that belongs to the export at ``path``; the head of the log is in it."""
    return path.with_name(f"{path.name}{ENDING}")


def manifest_file(content: bytes, manifest: Manifest) -> bytes:
    """That file: the manifest, and by which SHA-256 the other file is known."""
    return _written(manifest | {"file_sha256": sha256(content).hexdigest()})


def log_head_file(digest: str, head: Head) -> bytes:
    """For a file of entries, of that SHA-256 (hexadecimal): the head of the log it was read from."""
    return _written({"position": head.position, "head": head.hash, "sha256": digest})


def _written(fields: dict[str, Any]) -> bytes:
    return f"{json.dumps(fields, ensure_ascii=False, indent=2)}\n".encode()
