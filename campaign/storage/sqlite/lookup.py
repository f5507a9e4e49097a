"""Looking up campaigns and companies in files with the standard library alone, fast enough for completion."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from campaign.company_lookup import NOW, FoundCampaign, FoundCompany, named_traders
from campaign.errors import CheckFault
from campaign.storage.hash_chain import mismatch

# Campaigns


def campaigns(log: Path) -> list[FoundCampaign]:
    """Every campaign planned in that log, oldest first. Raises ``CheckFault`` when one of their events was altered."""
    streams: dict[str, list[Any]] = {}
    for *row, stored, before, target, last, slug, title, first in _rows(log, _OF_CAMPAIGNS):
        if fault := mismatch(row[0] - 1, before, tuple(row), stored):
            raise CheckFault(f"What the log says of a campaign at position {row[0]} was altered: {fault}. {_VERIFY}")
        streams.setdefault(row[1], []).append([row[3], row[5], target, last, slug, title, first])
    return [_campaign(stream) for stream in streams.values()]


_OF_CAMPAIGNS = """
    SELECT later.position, planned.originator_id, later.originator_version, later.topic, later.state, later.entry,
           later.recorded_at, later.hash, coalesce(before.hash, zeroblob(32)), json_extract(said, '$.target'),
           json_extract(said, '$.last'), json_extract(said, '$.slug'), json_extract(said, '$.title'),
           json_extract(said, '$.first')
    FROM stored_events planned
    JOIN (SELECT *, CAST(state AS TEXT) AS said FROM stored_events) later
        ON later.originator_id = planned.originator_id
    LEFT JOIN stored_events before ON before.position = later.position - 1
    WHERE planned.topic = 'Campaign.Planned' ORDER BY planned.position, later.originator_version
"""
_VERIFY = "Run: campaign verify"


def _campaign(stream: list[Any]) -> FoundCampaign:
    retracted: set[str] = set()
    for topic, entry, target, *_ in reversed(stream):
        if topic.endswith(".EntryRetracted") and entry not in retracted:
            retracted.add(target.replace("-", ""))
    effective = [event for event in stream if event[1] not in retracted]
    last = [event[3] for event in effective if event[3]][-1]
    is_open = all(not event[0].endswith(".Closed") for event in effective)
    *_, slug, title, first = stream[0]
    return FoundCampaign(slug, title, date.fromisoformat(first), date.fromisoformat(last), is_open)


# Companies


def companies_named(views: Path, words: Sequence[str]) -> list[FoundCompany]:
    """The companies whose name contains all these words, folded as by ``folded``."""
    having = " AND ".join(["instr(folded, ?)"] * len(words)) or "0"
    return _companies(views, f"{having} AND {NOW} ORDER BY folded, cvr", words)


def sole_traders(views: Path, people: Path, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
    """Sole traders whose name contains all these words, each with their municipality."""
    if not people.exists() or not words:
        return []
    from campaign.storage.sqlite.texts import SqliteTexts

    names = dict(SqliteTexts(people).named(words, limit))
    companies = _companies(views, f"cvr IN (SELECT value FROM json_each(?)) AND {NOW}", [json.dumps([*names])])
    return named_traders(names, companies)


def companies_beginning(views: Path, number: str, words: str, limit: int) -> list[FoundCompany]:
    """Companies whose number begins so or whose name contains that text, as far as the read models know."""
    having = f"(cvr LIKE ? || '%' OR instr(folded, ?)) AND {NOW} ORDER BY folded, cvr LIMIT {limit}"
    return _companies(views, having, [number, words])


def consultants(views: Path) -> list[str]:
    """Every consultant who logged a call or a visit, by name, as far as the read models know."""
    statement = "SELECT consultant FROM calls UNION SELECT consultant FROM visits ORDER BY 1"
    return [row[0] for row in _rows(views, statement)]


def size_bands(views: Path) -> list[str]:
    """Every size band a company has or had, as far as the read models know."""
    return [row[0] for row in _rows(views, "SELECT DISTINCT size_band FROM companies ORDER BY 1") if row[0]]


def _companies(views: Path, having: str, values: Sequence[str]) -> list[FoundCompany]:
    statement = f"SELECT cvr, name, municipality FROM companies WHERE {having}"
    return [FoundCompany(*row) for row in _rows(views, statement, values)]


def _rows(path: Path, statement: str, values: Sequence[str] = ()) -> list[Any]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(statement, values).fetchall()


def copy(source: Path, target: Path) -> None:
    """Copies a database, as of its last commit, to a new file; does nothing when it does not exist."""
    if source.exists():
        with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copied:
            original.backup(copied)
