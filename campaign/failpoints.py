"""Failpoints: the named places at which a rehearsal has the program die as a crash would, and nothing elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NoReturn

from campaign.errors import SettingsFault

FAILPOINTS = {
    "log.before-commit": "What an act records lies in the log's transaction; nobody else sees it.",
    "log.after-commit": "The log has it; the person was not told.",
    "people.before-commit": "A name or a text lies in the transaction of people.db; nobody else sees it.",
    "people.after-commit": "People.db has it; no event refers to it yet.",
    "erase.before-texts": "The log says that something was erased; the text is still there.",
    "erase.after-texts": "The text is gone from everywhere; the person was not told.",
    "erasures.before-name": "The list of erasures is written beside its place, in the home or in a backup.",
    "erasures.after-name": "The list of erasures is in place.",
    "seal.before-name": "What a backup's files are while something is erased in them, or after, is written beside.",
    "seal.after-name": "A backup says so itself.",
    "views.before-position": "A batch of events is in the read models' transaction, their position is not.",
    "views.before-commit": "The batch and the position lie in the read models' transaction.",
    "views.after-commit": "The read models have the batch and the position.",
    "rebuild.before-swap": "The new read models are finished in a file beside the old.",
    "rebuild.after-swap": "The new read models are in place; the file beside is still there.",
    "export.before-name": "An export is written beside its place.",
    "export.after-name": "An export has its name; what was written beside is still there.",
    "rejects.before-name": "Rejected rows are written, under a name that says so.",
    "rejects.after-name": "Rejected rows have their name.",
    "config.before-name": "Settings are written beside config.toml.",
    "config.after-name": "Settings are kept.",
    "backup.before-listing": "A backup is begun beside its place; nothing is copied, and the home does not know of it.",
    "backup.before-name": "A backup is whole under another name; the home knows where it will be.",
    "backup.after-name": "A backup has its name; the home does not know that it is whole.",
    "listing.before-name": "The list of backups is written beside its place.",
    "listing.after-name": "The list of backups is in place.",
    "restore.before-erasing": "A backup is copied and proved beside; what was erased since is still in it.",
    "restore.before-name": "A home is restored whole beside its place.",
    "restore.after-name": "A restored home is in its place.",
}

PLACE, REHEARSAL = "CAMPAIGN_FAILPOINT", "CAMPAIGN_REHEARSAL"


def active_failpoint(environ: Mapping[str, str]) -> tuple[str, int]:
    """The place ``CAMPAIGN_FAILPOINT`` names (``name`` or ``name:N``), and at which time of reaching it to die there.

    It counts only while ``CAMPAIGN_REHEARSAL`` is 1; otherwise there is no name. Raises ``SettingsFault`` for a name
    that is not in the table, or a number that is none.
    """
    if PLACE not in environ or environ.get(REHEARSAL) != "1":
        return "", 0
    name, _, times = environ[PLACE].partition(":")
    if name not in FAILPOINTS:
        raise SettingsFault(f"{PLACE} names no failpoint: {name}. Known: {', '.join(FAILPOINTS)}.")
    if times and not (times.isdecimal() and int(times)):
        raise SettingsFault(f"{PLACE} counts from 1: {times} is no number of times.")
    return name, int(times or 1)


_name, _remaining = active_failpoint(os.environ)


def reached(name: str) -> None:
    """Marks a place of the table. The process dies here, unheard, when a rehearsal wants it to."""
    global _remaining
    if name == _name:
        _remaining -= 1
        if not _remaining:
            _die()


def _die() -> NoReturn:
    import signal  # no other run needs it

    if hasattr(signal, "SIGKILL"):
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(137)
