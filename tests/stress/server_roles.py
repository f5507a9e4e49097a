"""Whoever has the password of a role and SQL, at random: what they append is theirs to append, and what they read theirs to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
from postgres_servers.running import SUPERUSER, Server
from postgres_servers.shared import PEOPLE, appoint, make_database

from campaign.storage.mapper import STORED_NAMES, schemas
from campaign.storage.personal_texts import commitment
from domain.ids import campaign_id, company_id, outreach_id
from stress.findings import Found

OFFICES = {"office_306": "306", "office_147": "147"}
_COMPANIES = ("26099382", "72287029", "97383979")
_REFUSED = ("42501", "CT001", "CT002", "CT003", "22P02", "22P05", "22021", "23502", "23505", "22023")
"""Codes in which a server refuses; any other one is a fault of ours."""


class Event(NamedTuple):
    """A row as a client sends it."""

    stream: str
    topic: str
    state: str
    entry: str | None


def an_event(topic: str, office: str, stream: str = "", **more: Any) -> Event:
    """An event that says what every event of its name says, and more; of a stream of its own unless one is named."""
    entry = uuid4()
    first = {"entry": str(entry), "act": str(uuid4()), "at": str(date(2012, 11, 12)), "by": "abcd", "office": office}
    said = first | {name: value for name, value in _said(_SHAPES.get(topic, {})).items() if name not in first}
    return Event(stream or uuid4().hex, topic, json.dumps(said | more), entry.hex)


_SHAPES = schemas()
_SAID = {"uuid": str(uuid4()), "date": "2012-11-12", "date-time": "2012-11-12T12:00:00+00:00", "time": "12:00:00"}


def _said(shape: dict[str, Any]) -> dict[str, Any]:
    """Something that is of that shape."""
    return {name: _word(name, of) for name, of in shape.get("properties", {}).items()}


def _word(name: str, shape: dict[str, Any]) -> Any:
    if "$ref" in shape:
        return _word(name, _SHAPES[shape["$ref"]])
    if "anyOf" in shape:
        return None
    if "enum" in shape:
        return shape["enum"][0]
    if shape["type"] == "object":
        return _said(shape)
    if shape["type"] == "array":
        return [_word(name, shape["items"])]
    other = {"string": "x", "integer": 1, "boolean": False}[shape["type"]]
    return {"cvr": _COMPANIES[0], "slug": "luk-op"}.get(name) or _SAID.get(shape.get("format", ""), other)


def a_text(kind: str, **more: str) -> dict[str, str]:
    """A personal text as a client sends it."""
    said = {"id": uuid4().hex, "subject": uuid4().hex, "kind": kind, "cvr": _COMPANIES[0], "campaign": ""}
    return said | {"content": "said", "salt": "00", "kept_at": "", "folded": "said"} | more


def referring_to(text: dict[str, str], office: str, **more: Any) -> Event:
    """An event that refers to a text as one that keeps a note does."""
    text_id = UUID(text["id"])
    committed = commitment(bytes.fromhex(text["salt"]), text_id, text["content"])
    stream = outreach_id("luk-op", _COMPANIES[1]).hex
    kept = {"text": str(text_id), "commitment": committed}
    return an_event("Outreach.NoteTaken", office, more.pop("stream", stream), kept=kept, **more)


def sent(
    connection: psycopg.Connection[Any], *events: Event, texts: Sequence[dict[str, str]] | None = None
) -> list[Any]:
    """What the server answers to these events, each the next of its stream."""
    streams = [event.stream for event in events]
    versions = [_versions(connection, stream) + 1 + streams[:n].count(stream) for n, stream in enumerate(streams)]
    columns = [list(column) for column in zip(*events, strict=True)] or [[], [], [], []]
    return connection.execute(
        "SELECT * FROM campaign.append(%s::text[], %s::integer[], %s::text[], ARRAY("
        "SELECT convert_to(s, 'UTF8') FROM unnest(%s::text[]) WITH ORDINALITY AS u (s, n) ORDER BY n"
        "), %s::text[], %s::jsonb)",
        (columns[0], versions, *columns[1:], texts and json.dumps(texts)),
    ).fetchall()


def _versions(connection: psycopg.Connection[Any], stream: str) -> int:
    found = connection.execute("SELECT count(*) FROM campaign.streams(ARRAY[%s])", (stream,)).fetchone()
    return int(found[0]) if found else 0


# At random


def run(count: int, seed: int) -> Found:
    """So many calls of ``campaign.append``, each with something in it that is not as it should be, or with nothing."""
    chance, faults = Random(seed), []
    taken = refused = 0
    with Server.start() as server:
        make_database(server)
        appoint(server)
        with _logged_in(server) as people, psycopg.connect(server.address(SUPERUSER), autocommit=True) as admin:
            for _ in range(count):
                role = chance.choice([*people])
                before = _head(admin)
                try:
                    _try(people[role], role, chance, admin)
                    taken += 1
                except psycopg.Error as fault:
                    refused += 1
                    faults += [] if fault.sqlstate in _REFUSED else [f"{role}: the server failed: {fault}"]
                faults += [f"{role}: {told}" for told in _wrong(admin, role, before)]
            faults += _seen_of_others(people)
    return Found(count, f"taken: {taken:,}; refused: {refused:,}", faults)


def roles(times: int, chance: Random, folder: Path) -> Found:
    """As ``run``, as a stress test."""
    return run(times, chance.getrandbits(32))


@contextmanager
def _logged_in(server: Server) -> Iterator[dict[str, psycopg.Connection[Any]]]:
    people = {role: psycopg.connect(server.address(role), autocommit=True) for role, *_ in PEOPLE}
    yield people
    for connection in people.values():
        connection.close()


def _try(connection: psycopg.Connection[Any], role: str, chance: Random, admin: psycopg.Connection[Any]) -> None:
    """One call, with one to three events and perhaps a text."""
    there = admin.execute(_THERE).fetchall()
    events = [_bent(_any_event(role, chance, there), chance, there) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    texts = [a_text(chance.choice(("note", "contact", "name")))] if chance.random() < 0.4 else None
    if texts and chance.random() < 0.7:
        events.append(referring_to(texts[0], _office(role, chance)))
    sent(connection, *(events if chance.random() < 0.97 else []), texts=texts)


_THERE = """
    SELECT entry, originator_id FROM campaign.stored_events WHERE entry ~ '^[0-9a-f]{32}$' ORDER BY position DESC LIMIT 200
"""


def _any_event(role: str, chance: Random, there: Sequence[Any]) -> Event:
    topic, cvr = chance.choice([*STORED_NAMES]), chance.choice(_COMPANIES)
    stream = {"Campaign": campaign_id("luk-op"), "Company": company_id(cvr), "Outreach": outreach_id("luk-op", cvr)}
    more = {"target": str(UUID(chance.choice(there)[0]))} if there and topic.endswith("Retracted") else {}
    return an_event(topic, _office(role, chance), stream[topic.partition(".")[0]].hex, **more)


def _office(role: str, chance: Random) -> str:
    return OFFICES.get(role, "306") if chance.random() < 0.8 else chance.choice(["306", "147", "", "101"])


def _bent(event: Event, chance: Random, there: Sequence[Any]) -> Event:
    """The event, mostly as it is, or with one thing in it another."""
    entry, stream = chance.choice(there) if there else (uuid4().hex, uuid4().hex)
    own = str(UUID(event.entry))
    bends = [
        event._replace(entry=None),
        event._replace(entry=entry),
        event._replace(entry=event.entry and event.entry.upper()),
        event._replace(state=event.state.replace(own, str(UUID(entry)))),
        event._replace(state=event.state.replace(own, str(UUID(entry))), entry=entry),
        event._replace(state=event.state.replace(own, own.upper())),
        event._replace(state=event.state.replace('"office": ', '"office": "147", "office": ')),
        event._replace(state=event.state.replace('", "at"', '", "office": "147", "at"')),
        event._replace(state=event.state[:-1] + ', "more": "\\u0000"}'),
        event._replace(state=event.state[:-1]),
        event._replace(state="[]"),
        event._replace(state="null"),
        event._replace(stream=stream),
        event._replace(stream=chance.choice(["", "no id", str(uuid4()), "æ" * 32])),
        event._replace(topic=chance.choice(["", "Campaign", "campaign.Planned", "Outreach.", "Outreach.Never", "X.Y"])),
    ]
    return event if chance.random() < 0.5 else chance.choice(bends)


def _head(admin: psycopg.Connection[Any]) -> int:
    found = admin.execute("SELECT position FROM campaign.head").fetchone()
    return int(found[0]) if found else 0


_WRONG = """
    WITH new AS (
        SELECT e.*, convert_from(e.state, 'UTF8')::jsonb AS said FROM campaign.stored_events e WHERE position > %s
    ), me AS (SELECT * FROM campaign.members WHERE role = %s)
    SELECT format('%%s by %%s, who is %%s: %%s', new.topic, me.role, me.kind, new.said)
    FROM new, me WHERE NOT CASE me.kind
        WHEN 'coordinator' THEN new.topic NOT IN ('Company.PersonErased', 'Outreach.NoteErased')
        WHEN 'protection' THEN new.topic IN ('Company.PersonErased', 'Outreach.NoteErased', 'Campaign.RetentionSet')
        WHEN 'office' THEN new.office = me.office AND new.said ->> 'office' = me.office
            AND new.topic NOT IN ('Company.PersonErased', 'Outreach.NoteErased') AND new.topic ~ '^(Company|Outreach)[.]'
            AND new.entry = replace(new.said ->> 'entry', '-', '') AND new.originator_id ~ '^[0-9a-f]{32}$'
            AND NOT EXISTS (
                SELECT FROM campaign.stored_events t
                WHERE t.entry = replace(new.said ->> 'target', '-', '') AND t.office <> me.office
            ) AND NOT EXISTS (
                SELECT FROM campaign.stored_events t
                WHERE t.originator_id = new.originator_id AND split_part(t.topic, '.', 1) <> split_part(new.topic, '.', 1)
            )
        ELSE false END
    UNION ALL
    SELECT format('a text of office %%s that no entry of that office refers to', t.office) FROM campaign.texts t
    WHERE NOT EXISTS (
        SELECT FROM campaign.stored_events e WHERE e.office = t.office
        AND replace(convert_from(e.state, 'UTF8')::jsonb #>> '{kept,text}', '-', '') = t.id
    )
"""


def _wrong(admin: psycopg.Connection[Any], role: str, before: int) -> list[str]:
    """What that role logged since, and may not have."""
    return [told for (told,) in admin.execute(_WRONG, (before, role))]


def _seen_of_others(people: dict[str, psycopg.Connection[Any]]) -> list[str]:
    found = []
    for role, office in OFFICES.items():
        for table, rest in (("stored_events", "topic NOT LIKE 'Campaign.%%'"), ("texts", "kind <> 'name'")):
            seen = people[role].execute(f"SELECT 1 FROM campaign.{table} WHERE office <> %s AND {rest}", (office,))
            found += [f"{role} sees a row of {table} of another office" for _ in seen]
    return found
