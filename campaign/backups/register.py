"""The register of backups: the folder of each backup of a data directory, for erasures."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from campaign.backups.manifest import LISTING, MANIFEST, Manifest, as_bytes
from campaign.errors import StoreFault
from campaign.files.atomic import replace_file
from campaign.storage.ports import DataFiles

_WAIT_SECONDS = 20


class Backup(NamedTuple):
    """A backup in the register. One that is not ``finished`` may have been interrupted."""

    path: str
    made_at: str
    position: int
    head: str
    finished: bool

    @property
    def is_usable(self) -> bool:
        """Whether it was finished, by the register or by its manifest."""
        return self.finished or (Path(self.path) / MANIFEST).exists()

    @property
    def as_json(self) -> dict[str, Any]:
        """The backup as ``backups.json`` lists it."""
        fields = self._asdict()
        return {("whole" if name == "finished" else name): value for name, value in fields.items()}


def registered(home: DataFiles) -> list[Backup]:
    """The backups of this data directory, oldest first, including those that have been moved or deleted since."""
    path = home.path / LISTING
    if not path.exists():
        return []
    try:
        return [_backup(fields) for fields in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        raise StoreFault(f"{path} cannot be read. Move it away; then note yourself where backups lie.") from fault


def _backup(fields: dict[str, Any]) -> Backup:
    position, finished = int(fields["position"]), bool(fields["whole"])
    return Backup(str(fields["path"]), str(fields["made_at"]), position, str(fields["head"]), finished)


def register(home: DataFiles, path: Path, manifest: Manifest, finished: bool) -> None:
    """Records a backup at ``path``, in place of an earlier one there."""
    backup = Backup(str(path), manifest.made_at, manifest.position, manifest.head, finished)
    with _exclusive(home):
        backups = [*(b for b in registered(home) if b.path != backup.path), backup]
        replace_file(home.path / LISTING, as_bytes([b.as_json for b in backups]), failpoint="listing")


@contextmanager
def _exclusive(home: DataFiles) -> Iterator[None]:
    """Locks the data directory for writing, so that two concurrent backups are both registered."""
    with closing(sqlite3.connect(home.log, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
