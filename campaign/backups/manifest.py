"""The manifest of a backup: up to which position of the log it goes, and the SHA-256 of every file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

from campaign.errors import CheckFault
from campaign.files.atomic import replace_file, write_new
from campaign.personal_data.erasure_log import ERASED
from campaign.settings import CONFIG

MANIFEST, LISTING, LOG, PEOPLE = "manifest.json", "backups.json", "events.db", "people.db"
DATABASES, PLAIN = (LOG, PEOPLE), (CONFIG, ERASED, LISTING)
FILES = (*DATABASES, *PLAIN)


class FileDigest(NamedTuple):
    """The expected content of a file: its SHA-256 in hexadecimal digits, and its size in bytes.

    An empty SHA-256 marks a file in which an erasure is under way: it may be missing, or have any content.
    """

    sha256: str
    size: int

    def matches(self, path: Path) -> bool:
        """Whether the file has this content."""
        return not self.sha256 or (path.exists() and file_digest_of(path) == self)


class Manifest(NamedTuple):
    """The last position of the log in a backup, the hash of the row there (hexadecimal), and the digest of every file."""

    made_at: str
    program: str
    store: int
    position: int
    head: str
    files: Mapping[str, FileDigest]

    @property
    def as_json(self) -> dict[str, Any]:
        """The manifest as ``manifest.json`` holds it."""
        return self._asdict() | {"files": {name: digest._asdict() for name, digest in self.files.items()}}


def file_digest_of(path: Path) -> FileDigest:
    """The digest of the file as it is now."""
    with path.open("rb") as file:
        return FileDigest(file_digest(file, "sha256").hexdigest(), path.stat().st_size)


@contextmanager
def erasing_in(folder: Path) -> Iterator[None]:
    """Marks a backup as being erased in, and records the new digests afterwards.

    A backup in which an erasure was interrupted can be restored: the erasure is repeated then. A backup with a
    damaged manifest keeps it, and is erased in all the same.
    """
    try:
        manifest = read_manifest(folder)
    except CheckFault:
        yield
        return
    _seal(folder, manifest, dict.fromkeys((PEOPLE, ERASED), FileDigest("", 0)))
    yield
    _seal(folder, manifest, digests(folder, (PEOPLE, ERASED)))


def digests(folder: Path, names: Iterable[str]) -> dict[str, FileDigest]:
    """The digest of each of these files that exists in the folder."""
    return {name: file_digest_of(folder / name) for name in names if (folder / name).exists()}


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest into a folder that has none."""
    write_new(folder / MANIFEST, _sealed(manifest))


def _seal(folder: Path, manifest: Manifest, changed: Mapping[str, FileDigest]) -> None:
    unchanged = {name: digest for name, digest in manifest.files.items() if name not in changed}
    replace_file(folder / MANIFEST, _sealed(manifest._replace(files={**unchanged, **changed})), failpoint="seal")


def _sealed(manifest: Manifest) -> bytes:
    """The manifest with its own SHA-256, which reveals damage to it."""
    return as_bytes(manifest.as_json | {"sha256": sha256(as_bytes(manifest.as_json)).hexdigest()})


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the backup in ``folder``. Raises ``CheckFault`` when it is missing or altered."""
    path = folder / MANIFEST
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        seal = fields.pop("sha256")
        files = {name: FileDigest(**digest) for name, digest in fields.pop("files").items()}
        manifest = Manifest(**fields, files=files)
    except FileNotFoundError as fault:
        raise CheckFault(f"{folder} is no whole backup: it has no {MANIFEST}.") from fault
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise CheckFault(f"{path} cannot be read: it is damaged.") from fault
    if seal != sha256(as_bytes(manifest.as_json)).hexdigest() or not {LOG} <= set(files) <= set(FILES):
        raise CheckFault(f"{path} is not as it was written.")
    return manifest


def as_bytes(content: Any) -> bytes:
    """The content as JSON in ASCII, because the name of a folder may not be valid text."""
    return json.dumps(content, indent=1).encode()
