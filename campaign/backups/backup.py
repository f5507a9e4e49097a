"""Backups: a home copied whole while others write, proved where it lies, and remembered by the home."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, NamedTuple

from eventsourcing.persistence import PersistenceError

from campaign import __version__
from campaign.errors import CheckFault, Fault, SettingsFault, StoreFault
from campaign.failpoints import reached
from campaign.files import folders
from campaign.files.atomic import replace_file
from campaign.settings import CONFIG
from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import BEFORE_ALL
from campaign.storage.sqlite import log_head
from campaign.storage.sqlite.log import DurableDatastore, SqliteEventLog
from campaign.storage.sqlite.workspace import Home
from campaign.storage.verification import verify

MANIFEST, LISTING, ERASED, LOG, PEOPLE = "manifest.json", "backups.json", "erased.jsonl", "events.db", "people.db"
DATABASES, PLAIN = (LOG, PEOPLE), (CONFIG, ERASED, LISTING)
HELD = (*DATABASES, *PLAIN)
_WAIT_SECONDS = 20

OnProgress = Callable[[int, int], None]


class FileDigest(NamedTuple):
    """What a file of a backup has to be: its SHA-256 in hexadecimal digits, and its size in bytes.

    An empty SHA-256 says that something is being erased in the file: it may be there or not, with any content.
    """

    sha256: str
    size: int

    def matches(self, path: Path) -> bool:
        """Whether the file is what it has to be."""
        return not self.sha256 or (path.exists() and file_digest_of(path) == self)


class Manifest(NamedTuple):
    """What a backup holds: up to which position of the log, the hash of its last row, and every file."""

    made_at: str
    program: str
    store: int
    position: int
    head: str
    files: Mapping[str, FileDigest]

    @property
    def as_json(self) -> dict[str, Any]:
        """The manifest as JSON says it."""
        return self._asdict() | {"files": {name: mark._asdict() for name, mark in self.files.items()}}


class Backup(NamedTuple):
    """A backup the home remembers. One that is not ``whole`` was perhaps never finished."""

    path: str
    made_at: str
    position: int
    head: str
    finished: bool

    @property
    def is_usable(self) -> bool:
        """Whether it was finished, as far as can be told from here."""
        return self.finished or (Path(self.path) / MANIFEST).exists()

    @property
    def as_json(self) -> dict[str, Any]:
        """The backup as ``backups.json`` lists it."""
        fields = self._asdict()
        return {("whole" if name == "finished" else name): value for name, value in fields.items()}


def back_up(home: Home, to: Path, seen: OnProgress) -> Manifest:
    """Copies the home to the new folder ``to`` and returns what it holds; nobody has to stop writing.

    The copy is proved before it gets its name. Raises ``SettingsFault`` where no backup can be, ``CheckFault`` when
    what was copied is not intact, ``StoreFault`` when the disk does not take it.
    """
    home.require()
    log_head.check_seen(home.log, log_head.seen_by(home.views))
    to = Path(os.path.abspath(to))
    _check_place(home, to)
    with folders.staging_folder(to, home.clock()) as part:
        reached("backup.before-listing")
        register(home, to, _begun(home), whole=False)  # an erasure has to find it, whatever happens next
        _copy(home, part)
        manifest = _manifest(home, part, seen)
        write_new(part / MANIFEST, _sealed(manifest))
        reached("backup.before-name")
        folders.move_into_place(part, to)
        reached("backup.after-name")
    try:
        _erase_concurrent(home, to)
        register(home, to, manifest, whole=True)
    except (Fault, OSError, sqlite3.Error, PersistenceError):
        folders.remove(to)  # who is told that it failed finds nothing, and can say the same again
        raise
    return read_manifest(to)


def _erase_concurrent(home: Home, to: Path) -> None:
    """Erases in a backup what the log says was erased and the backup does not; who erased it did not find it then."""
    from campaign.backups.erasure import erase_in_backup, is_outdated
    from campaign.personal_data.erasure_log import erasures

    with home.tracker() as tracker:
        lines = list(erasures(tracker))
        if is_outdated(to, lines):
            erase_in_backup(to, tracker, lines)


def _check_place(home: Home, to: Path) -> None:
    folders.check_new_folder(to)
    if to.resolve().is_relative_to(home.path.resolve()):
        raise SettingsFault(f"{to} lies in the home it is to save. Choose another folder, best on another disk.")


# Copying


def _copy(home: Home, part: Path) -> None:
    """The log first, then the texts it refers to: whoever writes keeps a text before the log refers to it."""
    copy_database(home.log, part / LOG)
    if home.people.exists():
        copy_database(home.people, part / PEOPLE)
    for name in PLAIN:
        if (home.path / name).exists():
            write_new(part / name, (home.path / name).read_bytes())


def copy_database(source: Path, place: Path) -> None:
    """A copy as of one moment, in one file that needs no other beside it, readable by this user only."""
    write_new(place, b"")
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)) as read,
        closing(sqlite3.connect(place)) as written,
    ):
        written.execute("PRAGMA locking_mode=EXCLUSIVE")  # a write-ahead log is not safe on a network drive otherwise
        read.backup(written)
        written.execute("PRAGMA journal_mode=DELETE")


def write_new(path: Path, content: bytes) -> None:
    """Makes the file, readable by this user only, with this content. Raises ``FileExistsError`` when it is there."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


# Proving


def _begun(home: Home) -> Manifest:
    """What is known of a backup before anything is copied."""
    return Manifest(home.clock().isoformat(timespec="seconds"), __version__, log_head.STORE_VERSION, *BEFORE_ALL, {})


def _manifest(home: Home, folder: Path, seen: OnProgress) -> Manifest:
    position, head = verified_head(folder, seen)
    files = {name: file_digest_of(folder / name) for name in HELD if (folder / name).exists()}
    return Manifest(
        home.clock().isoformat(timespec="seconds"), __version__, log_head.STORE_VERSION, position, head, files
    )


def verified_head(folder: Path, seen: OnProgress) -> tuple[int, str]:
    """The position and the hash of the last row of the log in ``folder``, once every database there is intact.

    Nothing is written to the folder. Raises ``CheckFault`` for what is damaged or altered.
    """
    for name in DATABASES:
        if (folder / name).exists():
            _check_integrity(folder / name)
    store = SqliteEventLog(DurableDatastore(_read_only(folder / LOG)), lambda: None)  # type: ignore[arg-type, return-value]
    done, of = 0, log_head.head(folder / LOG)

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        seen(done, of)

    try:
        store.check_version()
        verdict = verify(store, TypedMapper(), told)
    finally:
        store.datastore.close()
    if verdict.fault:
        raise CheckFault(f"{folder / LOG} is not as it was written: position {verdict.position}: {verdict.fault}.")
    return verdict.events, verdict.head.hex()


def _check_integrity(path: Path) -> None:
    try:
        with closing(sqlite3.connect(_read_only(path), uri=True)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as fault:
        found = str(fault)
    if found != "ok":
        raise CheckFault(f"{path} is damaged: {found}.")


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?immutable=1"


def file_digest_of(path: Path) -> FileDigest:
    """What the file is."""
    with path.open("rb") as file:
        return FileDigest(file_digest(file, "sha256").hexdigest(), path.stat().st_size)


@contextmanager
def erasing_in(folder: Path) -> Iterator[None]:
    """While texts are erased in a backup, its manifest says so; afterwards it says what the files have become.

    A backup in which an erasure was cut short can be restored: what was to be erased is erased again then. One that
    is damaged already stays so, and is erased in all the same.
    """
    try:
        manifest = read_manifest(folder)
    except CheckFault:
        yield
        return
    _seal(folder, manifest, dict.fromkeys((PEOPLE, ERASED), FileDigest("", 0)))
    yield
    _seal(
        folder, manifest, {name: file_digest_of(folder / name) for name in (PEOPLE, ERASED) if (folder / name).exists()}
    )


def _seal(folder: Path, manifest: Manifest, marks: Mapping[str, FileDigest]) -> None:
    kept = {name: found for name, found in manifest.files.items() if name not in marks}
    replace_file(folder / MANIFEST, _sealed(manifest._replace(files={**kept, **marks})), failpoint="seal")


def _sealed(manifest: Manifest) -> bytes:
    """The manifest with a SHA-256 of its own, by which damage to it is noticed."""
    return _json(manifest.as_json | {"sha256": sha256(_json(manifest.as_json)).hexdigest()})


def read_manifest(folder: Path) -> Manifest:
    """What the backup in ``folder`` says it holds. Raises ``CheckFault`` when it says nothing, or was altered."""
    path = folder / MANIFEST
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        seal = said.pop("sha256")
        files = {name: FileDigest(**found) for name, found in said.pop("files").items()}
        manifest = Manifest(**said, files=files)
    except FileNotFoundError as fault:
        raise CheckFault(f"{folder} is no whole backup: it has no {MANIFEST}.") from fault
    except (ValueError, TypeError, KeyError, AttributeError) as fault:
        raise CheckFault(f"{path} cannot be read: it is damaged.") from fault
    if seal != sha256(_json(manifest.as_json)).hexdigest() or not {LOG} <= set(files) <= set(HELD):
        raise CheckFault(f"{path} is not as it was written.")
    return manifest


def _json(said: Any) -> bytes:
    return json.dumps(said, indent=1).encode()  # in ASCII, for the name of a folder need be no text


# Remembering


def registered(home: Home) -> list[Backup]:
    """The backups made of this home, the oldest first, also those that are no longer where they were put."""
    path = home.path / LISTING
    if not path.exists():
        return []
    try:
        return [_backup(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    except (ValueError, TypeError, RecursionError) as fault:
        raise StoreFault(f"{path} cannot be read. Move it away; then note yourself where backups lie.") from fault


def _backup(path: str, made_at: str, position: int, head: str, whole: bool) -> Backup:
    return Backup(str(path), str(made_at), int(position), str(head), bool(whole))


def register(home: Home, path: Path, manifest: Manifest, whole: bool) -> None:
    """Notes in the home that a backup lies at ``path``; one that lay there before is forgotten."""
    backup = Backup(str(path), manifest.made_at, manifest.position, manifest.head, whole)
    with _exclusive(home):
        listed = [*(b for b in registered(home) if b.path != backup.path), backup]
        replace_file(home.path / LISTING, _json([b.as_json for b in listed]), failpoint="listing")


@contextmanager
def _exclusive(home: Home) -> Iterator[None]:
    """Nobody else writes to the home meanwhile: two backups that end at once are both remembered."""
    with closing(sqlite3.connect(home.log, timeout=_WAIT_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")
