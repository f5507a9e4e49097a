"""Looking up campaigns and companies with the standard library alone: quick enough for every keystroke."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.errors import CheckFault
from campaign.storage.sqlite import log_head
from domain.cvr import cvr_number
from domain.refusals import CampaignUnknown, Refusal
from domain.texts import clean_text, folded, quoted

if TYPE_CHECKING:
    from campaign.storage.sqlite.workspace import Home

_SHOWN = 10
_NUMBER = r"\s*(?i:DK)?[\d\s.-]+"


class CompanyUnknown(Refusal):
    """No company has that in its name."""


class CompanyUnclear(Refusal):
    """Several companies have that in their name."""


class CampaignUnclear(Refusal):
    """Several campaigns are open, and none was named."""


class FoundCampaign(NamedTuple):
    """A campaign as it stands."""

    slug: str
    title: str
    first: date
    last: date
    is_open: bool


class FoundCompany(NamedTuple):
    """A company as it is known today."""

    cvr: str
    name: str
    municipality: str


# Campaigns


def campaigns(log: Path) -> list[FoundCampaign]:
    """Every campaign planned in that log, oldest first. Raises ``CheckFault`` when what it says of one was altered."""
    from campaign.storage.hash_chain import misfit

    streams: dict[str, list[Any]] = {}
    for *row, stored, before, target, last, slug, title, first in _rows(log, _OF_CAMPAIGNS):
        if fault := misfit(row[0] - 1, before, tuple(row), stored):
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


def only_open_campaign(home: Home) -> str:
    """The slug of the only campaign that is open. Refused, with what there is, when there is none or more than one."""
    home.require()
    there = [c.slug for c in home.campaigns() if c.is_open]
    if not there:
        raise CampaignUnknown(
            "No campaign is open here. Plan one: campaign plan SLUG --title TITLE --from DAY --to DAY"
        )
    if len(there) > 1:
        raise CampaignUnclear(
            f"{len(there)} campaigns are open: {', '.join(there)}. Say which: --campaign SLUG, or set CAMPAIGN_SLUG."
        )
    return there[0]


# Companies


def company_named(home: Home, text: str, seen: Callable[[int, int], None] = lambda done, of: None) -> str:
    """The CVR number of a company said by number or by part of its name. Refused when that is nobody, or several."""
    if re.fullmatch(_NUMBER, text):
        return cvr_number(text)
    name = clean_text("company", text)
    words = folded(name).split()
    found = home.companies_named(words, seen)
    found = [c for c in found if folded(c.name) == " ".join(words)] or found
    if not found:
        raise CompanyUnknown(f"No company has {quoted(name)} in its name. Write its CVR number, 8 digits.")
    if len(found) > 1:
        raise CompanyUnclear(_candidates(name, found))
    return found[0].cvr


def _candidates(name: str, found: list[FoundCompany]) -> str:
    from campaign.reference import offices

    lines = [f"  {c.cvr}  {c.name}" + (f", {offices().name(c.municipality)}" if c.municipality else "") for c in found]
    more = [f"  and {len(found) - _SHOWN:,} more"] if len(found) > _SHOWN else []
    return "\n".join([f"{len(found):,} companies have {quoted(name)} in their name:", *lines[:_SHOWN], *more, _CHOOSE])


_CHOOSE = "Write the CVR number, or more of the name."
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

    from campaign.storage.sqlite.texts import PeopleStore

    apart = dict(PeopleStore(home.people).named(words, limit))
    there = _companies(home.views, f"cvr IN (SELECT value FROM json_each(?)) AND {_NOW}", [json.dumps([*apart])])
    others = {c.cvr for c in there if c.name}  # of another form by now, with a name of its own
    places = {c.cvr: c.municipality for c in there}
    return [FoundCompany(cvr, name, places.get(cvr, "")) for cvr, name in apart.items() if cvr not in others]


def beginning(home: Home, typed: str, limit: int = 30) -> list[FoundCompany]:
    """Companies whose number begins so or whose name holds it, as far as the read models know; for completion."""
    found = home.companies_beginning("".join(c for c in typed if c.isalnum()), folded(typed), limit)
    apart = home.sole_traders(folded(typed).split(), limit)
    return list({c.cvr: c for c in [*found, *apart]}.values())[:limit]


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
