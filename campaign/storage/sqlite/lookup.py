"""Looking up campaigns and companies with the standard library alone: quick enough for every keystroke."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaign.company_lookup import FoundCampaign, FoundCompany
from campaign.errors import CheckFault
from campaign.storage.sqlite import log_head

if TYPE_CHECKING:
    from campaign.storage.sqlite.workspace import Home


# Campaigns


def campaigns(log: Path) -> list[FoundCampaign]:
    """Every campaign planned in that log, oldest first. Raises ``CheckFault`` when what it says of one was altered."""
    from campaign.storage.hash_chain import mismatch

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
    gone: set[str] = set()
    for topic, entry, target, *_ in reversed(stream):
        if topic.endswith(".EntryRetracted") and entry not in gone:
            gone.add(target.replace("-", ""))
    standing = [event for event in stream if event[1] not in gone]
    last = [event[3] for event in standing if event[3]][-1]
    is_open = all(not event[0].endswith(".Closed") for event in standing)
    *_, slug, title, first = stream[0]
    return FoundCampaign(slug, title, date.fromisoformat(first), date.fromisoformat(last), is_open)


# Companies


_NOW = "known_to = 4611686018427387904 AND valid_to = '9999-12-31'"


def companies_named(home: Home, words: Sequence[str], seen: Callable[[int, int], None]) -> list[FoundCompany]:
    """The companies of a home whose name holds all these words."""
    _follow(home, seen)
    having = " AND ".join(["instr(folded, ?)"] * len(words)) or "0"
    return _companies(home.views, f"{having} AND {_NOW} ORDER BY folded, cvr", words) + sole_traders(home, words)


def sole_traders(home: Home, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
    """Companies whose name is kept apart, found there by name; each with its place, as the read models know it."""
    if not home.people.exists() or not words:
        return []
    import json

    from campaign.storage.sqlite.texts import SqliteTexts

    apart = dict(SqliteTexts(home.people).named(words, limit))
    there = _companies(home.views, f"cvr IN (SELECT value FROM json_each(?)) AND {_NOW}", [json.dumps([*apart])])
    others = {c.cvr for c in there if c.name}  # of another form by now, with a name of its own
    places = {c.cvr: c.municipality for c in there}
    return [FoundCompany(cvr, name, places.get(cvr, "")) for cvr, name in apart.items() if cvr not in others]


def companies_beginning(views: Path, number: str, words: str, limit: int) -> list[FoundCompany]:
    """Companies whose number begins so or whose name holds that text, as far as these read models know."""
    having = f"(cvr LIKE ? || '%' OR instr(folded, ?)) AND {_NOW} ORDER BY folded, cvr LIMIT {limit}"
    return _companies(views, having, [number, words])


def consultants(views: Path) -> list[str]:
    """Everybody who logged a call or a visit, by name, as far as the read models know."""
    statement = "SELECT consultant FROM calls UNION SELECT consultant FROM visits ORDER BY 1"
    return [row[0] for row in _rows(views, statement)]


def size_bands(views: Path) -> list[str]:
    """Every size band a company has or had, as far as the read models know."""
    return [row[0] for row in _rows(views, "SELECT DISTINCT size_band FROM companies ORDER BY 1") if row[0]]


def _companies(views: Path, having: str, values: Sequence[str]) -> list[FoundCompany]:
    statement = f"SELECT cvr, name, municipality FROM companies WHERE {having}"
    return [FoundCompany(*row) for row in _rows(views, statement, values)]


def _follow(home: Home, seen: Callable[[int, int], None]) -> None:
    """Brings the read models up to the log, unless they are; only then is what reads them in full loaded."""
    home.require()
    if not _is_up_to_date(home):
        with home.read(seen):
            pass


def _is_up_to_date(home: Home) -> bool:
    """Whether they have seen the whole log, and this one; what else they are, ``Home.read`` says."""
    seen = log_head.seen_by(home.views)
    return seen is not None and seen == log_head.last(home.log)


def _rows(path: Path, statement: str, values: Sequence[str] = ()) -> list[Any]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=20)) as connection:
        return connection.execute(statement, values).fetchall()
