"""The list of erasures: what was erased, by reference, in the log and in a file that goes with every backup."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from campaign.errors import SettingsFault
from campaign.files.atomic import replace_file
from domain.outreach import Outreach

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

ERASED = "erased.jsonl"
_TOPICS = ("Company.PersonErased", "Outreach.NoteErased")


class ErasureRecord(NamedTuple):
    """One erasure: whose, of what, when, by whom and why. Nothing of what was erased.

    ``recorded``: the moment it was logged (UTC, ISO 8601).
    """

    entry: UUID
    owner: UUID
    subject: UUID
    at: date
    by: str
    office: str
    because: str
    recorded: str


def erasures(tracker: CampaignTracker) -> Iterator[ErasureRecord]:
    """Every erasure in the log, oldest first."""
    for entry in tracker.store.entries_of_topics(_TOPICS):
        fact = tracker.fact(entry)
        subject = fact.note if isinstance(fact, Outreach.NoteErased) else fact.person
        fields = (fact.at, fact.by, fact.office, fact.because, fact.timestamp.isoformat())
        yield ErasureRecord(entry.entry, entry.originator, subject, *fields)


def read_list(path: Path) -> list[ErasureRecord]:
    """The erasures in a list, or in the list of a data directory or a backup; none when there is no list.

    Raises ``SettingsFault`` for what is no such list.
    """
    path = path / ERASED if path.is_dir() else path
    if not path.exists():
        return []
    try:
        return [_record(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise SettingsFault(f"{path} is no list of erasures, or is damaged.") from fault


def write_list(folder: Path, records: Iterable[ErasureRecord]) -> None:
    """Writes the list into a data directory or a backup, with its earlier entries; readable by this user only."""
    existing = read_list(folder)
    merged = {line.entry: line for line in [*existing, *records]}
    if len(merged) > len(existing):
        text = "".join(f"{json.dumps(_as_json(line))}\n" for line in merged.values())
        replace_file(folder / ERASED, text.encode(), failpoint="erasures")


def _as_json(line: ErasureRecord) -> dict[str, str]:
    return {name: value.hex if isinstance(value, UUID) else str(value) for name, value in line._asdict().items()}


def _record(fields: dict[str, str]) -> ErasureRecord:
    entry, owner, subject = (UUID(fields[name]) for name in ("entry", "owner", "subject"))
    words = (str(fields[name]) for name in ("by", "office", "because", "recorded"))
    return ErasureRecord(entry, owner, subject, date.fromisoformat(fields["at"]), *words)
