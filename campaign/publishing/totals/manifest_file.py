"""Manifest files, written beside an export whose format has no place for a manifest."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from campaign.publishing.totals.manifest import Manifest
from campaign.storage.checkpoints import ENDING
from campaign.storage.ports import Head


def manifest_path(path: Path) -> Path:
    """The path of the manifest file of the export at ``path``."""
    return path.with_name(f"{path.name}{ENDING}")


def manifest_file(content: bytes, manifest: Manifest) -> bytes:
    """The manifest file: the manifest with the SHA-256 of the export."""
    return _written(manifest | {"file_sha256": sha256(content).hexdigest()})


def log_head_file(digest: str, head: Head) -> bytes:
    """The file beside a file of entries with that SHA-256 (hexadecimal): the log head it was read at."""
    return _written({"position": head.position, "head": head.hash, "sha256": digest})


def _written(fields: dict[str, Any]) -> bytes:
    return f"{json.dumps(fields, ensure_ascii=False, indent=2)}\n".encode()
