"""What a server takes as an event: all that this version writes, and nothing that it cannot read again."""

import copy
import json
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError
from golden_events import golden_lines
from postgres_servers.shared import appoint, make_database
from server_databases import MIGRATOR, address, drop_database, server

from campaign.storage.mapper import STORED_NAMES, EventUnreadable, StoredFact, TypedMapper
from campaign.storage.ports import AccessDenied
from campaign.storage.postgres.addresses import address as parsed
from campaign.storage.postgres.connection import Connection
from campaign.storage.postgres.log import PostgresEventLog

MAPPER = TypedMapper()
FITS = "SELECT campaign.fits(%s::jsonb, jsonb_build_object('$ref', %s::text))"


@pytest.fixture(scope="module")
def database():
    """One in which clients do not set the clock: what is taken there is what is taken in earnest."""
    name = "campaign_shapes"
    drop_database(name)
    make_database(server(), name)
    appoint(server(), [("office_306", "office", "306"), ("coordinator", "coordinator", "")], name)
    yield name
    drop_database(name)


@pytest.fixture(scope="module")
def owner(database):
    with psycopg.connect(address(MIGRATOR, database), autocommit=True) as connection:
        connection.execute("SET ROLE campaign_owner")
        yield connection


def fits(owner, state, topic):
    return owner.execute(FITS, (json.dumps(state), topic)).fetchone()[0]


def written_today():
    """States of every kind of event as this version writes them, from the golden rows."""
    for line in golden_lines():
        event = MAPPER.event(UUID(line["originator_id"]), line["version"], line["topic"], line["state"].encode())
        yield line["topic"], json.loads(MAPPER.to_stored_event(event).state)


def test_every_kind_of_event_that_is_written_today_fits(owner):
    there = list(written_today())

    assert {topic for topic, _ in there} == set(STORED_NAMES)
    assert [topic for topic, state in there if not fits(owner, state, topic)] == []


ODD = [
    *(
        None,
        True,
        0,
        -1,
        5,
        2**31,
        1.5,
        1e30,
        "",
        "nonsense",
        [],
        {},
        {"a": 1},
        "0000-01-01",
        "2012-02-30",
        "10000-01-01",
    ),
    *(
        "2012-11-20",
        "infinity",
        "today",
        "24:00:00",
        "09:30:60",
        "09:30",
        "2012-11-20T25:00:00Z",
        "26099382",
        "2609938",
    ),
    *(
        "2012-11-20T09:30:00+25:00",
        "2012-11-20T09:30:00",
        str(uuid4()),
        uuid4().hex,
        "{" + str(uuid4()) + "}",
        "internship",
    ),
]


def test_what_fits_can_be_read(owner):
    chance, taken = Random(7), 0
    there = list(written_today())

    for _ in range(1_500):
        topic, state = copy.deepcopy(chance.choice(there))
        place = chance.choice([state, *(value for value in state.values() if isinstance(value, dict) and value)])
        field = chance.choice([*place, "extra"])
        if chance.random() < 0.2:
            place.pop(field, None)
        else:
            place[field] = chance.choice(ODD)
        if fits(owner, state, topic):
            taken += 1
            MAPPER.event(uuid4(), 2, topic, json.dumps(state).encode())  # raises what cannot be read

    assert 50 < taken < 1_000


def a_call(**other):
    said = next(state for topic, state in written_today() if topic == "Outreach.CallLogged")
    return said | {"entry": str(uuid4()), "office": "306", "batch": None} | other


def stored(topic, said, owner, version):
    return StoredFact(owner, version, topic, json.dumps(said).encode(), UUID(said["entry"]))


def opened(**other):
    said = next(state for topic, state in written_today() if topic == "Outreach.Opened")
    return said | {"entry": str(uuid4()), "office": "306", "batch": None} | other


@pytest.fixture
def recorder(database):
    recorder = PostgresEventLog(Connection(parsed(address("office_306", database))), None)
    yield recorder
    recorder.connection.close()


@pytest.mark.parametrize(
    "poison",
    [
        {"outcome": "nonsense"},
        {"at": "2012-02-30"},
        {"call": "none"},
        {"extra": 1},
        {"time": "24:00:00"},
        {"timestamp": "yesterday"},
    ],
    ids=str,
)
def test_a_row_that_nobody_could_read_is_not_taken(recorder, database, poison):
    owner = uuid4()
    with pytest.raises(EventUnreadable):
        MAPPER.event(owner, 2, "Outreach.CallLogged", json.dumps(a_call(**poison)).encode())

    with pytest.raises(AccessDenied, match="that is no entry as this version knows them"):
        recorder.append(
            [stored("Outreach.Opened", opened(), owner, 1), stored("Outreach.CallLogged", a_call(**poison), owner, 2)]
        )

    assert server().run("SELECT count(*) FROM campaign.stored_events", database=database) == [(0,)]


def test_what_is_said_twice_in_one_row_is_not_taken(recorder, database):
    """The database keeps the last of two, and other readers need not."""
    owner, said = uuid4(), a_call()
    twice = json.dumps(said).replace('"outcome"', '"outcome": "nonsense", "outcome"')
    bad = StoredFact(owner, 2, "Outreach.CallLogged", twice.encode(), UUID(said["entry"]))

    with pytest.raises(AccessDenied, match="that is no entry as this version knows them"):
        recorder.append([stored("Outreach.Opened", opened(), owner, 1), bad])


@pytest.mark.parametrize("entry", [None, uuid4()])
def test_a_coordinator_too_names_an_entry_by_what_it_says(database, entry):
    boss = PostgresEventLog(Connection(parsed(address("coordinator", database))), None)
    said = opened()
    try:
        with pytest.raises(AccessDenied, match="that is no entry as this version knows them"):
            boss.append([StoredFact(uuid4(), 1, "Outreach.Opened", json.dumps(said).encode(), entry)])
    finally:
        boss.connection.close()


def test_a_kind_of_yield_that_no_scheme_has_is_not_taken(owner):
    said = next(state for topic, state in written_today() if topic == "Outreach.YieldRecorded")

    assert fits(owner, said, "Outreach.YieldRecorded")
    assert not fits(owner, said | {"kind": "nonsense"}, "Outreach.YieldRecorded")
    assert not fits(owner, said | {"positions": 2**40}, "Outreach.YieldRecorded")


def test_a_stream_begins_with_what_begins_it_and_with_nothing_else(recorder, database):
    owner = uuid4()
    first = stored("Outreach.Opened", opened(), owner, 1)

    for wrong in (
        [stored("Outreach.CallLogged", a_call(), owner, 1)],
        [first, stored("Outreach.Opened", opened(), owner, 2)],
        [first, stored("Company.FactsChanged", a_company_changed(), owner, 2)],
    ):
        with pytest.raises(IntegrityError):
            recorder.append(wrong)
    recorder.append([first])
    with pytest.raises(IntegrityError):
        recorder.append([stored("Outreach.Opened", opened(), owner, 1)], (), ["*"])

    assert server().run("SELECT topic FROM campaign.stored_events", database=database) == [("Outreach.Opened",)]


def a_company_changed():
    said = next(state for topic, state in written_today() if topic == "Company.FactsChanged")
    return said | {"entry": str(uuid4()), "office": "306", "batch": None}
