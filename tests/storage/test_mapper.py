"""Events survive the store with values and types, old ones stay readable, and what is not known is said to be so."""

import ast
import inspect
from datetime import UTC, date, datetime, time
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ClassVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
import pytest
from aggregate_fixtures import new_id, replay
from eventsourcing.domain import Aggregate, CanInitAggregate
from eventsourcing.persistence import StoredEvent
from golden_events import ADDED_FIELDS, golden_lines
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

import domain.facts
from campaign.storage import mapper as mapping
from campaign.storage.mapper import STORED_NAMES, EventUnreadable, TypedMapper
from domain import outreach_events
from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Fact
from domain.outreach import Outreach

GOLDEN = Path(__file__).parents[1] / "golden"
MAPPER = TypedMapper()
by_name = pytest.mark.parametrize("name", STORED_NAMES)

# What a value of each type can be; an annotation of another type makes the tests say so.
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    UUID: st.uuids(),
    str: st.text(st.characters(exclude_categories=["Cs"])),
    int: st.integers(-(2**63), 2**63 - 1),
    bool: st.booleans(),
    date: st.dates(),
    time: st.times(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    NoneType: st.none(),
}


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotated type."""
    if get_origin(hint) in (Union, UnionType):
        return st.one_of(*map(values, get_args(hint)))
    if get_origin(hint) is tuple:
        return st.lists(values(get_args(hint)[0]), max_size=3).map(tuple)
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return st.builds(hint, **{name: values(of) for name, of in get_type_hints(hint).items()})
    if isinstance(hint, type) and issubclass(hint, str) and hint is not str:
        return st.sampled_from(hint)
    return VALUES[hint]


def fields(kind: type[Fact]) -> dict[str, Any]:
    """The fields of an event class as its annotations say, without those the row keeps."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
    apart = {"originator_id", "originator_version", "originator_topic", "originator_id_type"}
    return {name: hint for name, hint in hints.items() if name not in apart}


def events(kind: type[Fact], version: int = 2) -> st.SearchStrategy[Any]:
    """Any event of a class, as it could have been made."""
    made_first = (
        {"originator_topic": st.just(mapping.get_topic(owner(kind)))} if issubclass(kind, CanInitAggregate) else {}
    )
    place = {"originator_id": st.uuids(), "originator_version": st.just(1 if made_first else version)}
    return st.builds(kind, **place, **made_first, **{name: values(hint) for name, hint in fields(kind).items()})


def owner(kind: type[Fact]) -> type[Aggregate]:
    """The aggregate an event class belongs to."""
    return {"Campaign": Campaign, "Company": Company, "Outreach": Outreach}[kind.__qualname__.partition(".")[0]]


def types(value: Any) -> Any:
    """The types of a value and of all that is in it."""
    if isinstance(value, msgspec.Struct):
        return type(value), [types(getattr(value, name)) for name in value.__struct_fields__]
    if isinstance(value, tuple):
        return tuple, [types(each) for each in value]
    return type(value)


def a_row(name: str) -> tuple[StoredEvent, dict[str, Any]]:
    """One stored event of that name, from the golden file, and what its state says."""
    line = next(line for line in golden_lines() if line["topic"] == name)
    row = StoredEvent(UUID(line["originator_id"]), line["version"], name, line["state"].encode())
    return row, msgspec.json.decode(row.state)


def said(row: StoredEvent, state: Any) -> StoredEvent:
    """The row with another state."""
    return StoredEvent(row.originator_id, row.originator_version, row.topic, msgspec.json.encode(state))


# Survival


@by_name
@given(data=st.data())
def test_an_event_survives_with_its_values_and_types(name, data):
    event = data.draw(events(STORED_NAMES[name]))

    again = MAPPER.to_domain_event(MAPPER.to_stored_event(event))

    assert again == event
    assert type(again) is type(event)
    assert {n: types(v) for n, v in asdict(again).items()} == {n: types(v) for n, v in asdict(event).items()}


@by_name
@settings(max_examples=10)
@given(data=st.data())
def test_a_row_holds_its_event_once_and_names_its_entry(name, data):
    event = data.draw(events(STORED_NAMES[name]))

    row = MAPPER.to_stored_event(event)

    assert (row.originator_id, row.originator_version) == (event.originator_id, event.originator_version)
    assert (row.topic, row.entry) == (name, event.entry)
    versioned = {"class_version"} if getattr(type(event), "class_version", 1) > 1 else set()
    assert set(msgspec.json.decode(row.state)) == set(fields(type(event))) | versioned


def test_every_event_of_every_aggregate_has_a_stored_name():
    nested = [
        e for owned in (Campaign, Company, outreach_events.Outreach) for e in vars(owned).values() if inspect.isclass(e)
    ]
    told = {e for e in nested if issubclass(e, Fact) and e.__name__ not in ("Event", "Created")}

    assert told == set(STORED_NAMES.values())


# Refusal to read


@by_name
def test_a_field_that_is_not_known_makes_an_event_unreadable(name):
    row, state = a_row(name)

    with pytest.raises(EventUnreadable, match=f"{name}.*bogus"):
        MAPPER.to_domain_event(said(row, {**state, "bogus": 1}))


@by_name
def test_a_field_that_is_missing_makes_an_event_unreadable(name):
    row, state = a_row(name)

    for missing in state:
        with pytest.raises(EventUnreadable, match=f"{name}.*{missing}"):
            MAPPER.to_domain_event(said(row, {n: v for n, v in state.items() if n != missing}))


@by_name
def test_a_value_of_another_type_makes_an_event_unreadable(name):
    row, state = a_row(name)

    for wrong in state:
        with pytest.raises(EventUnreadable, match=rf"{name}.*\$\.{wrong}"):
            MAPPER.to_domain_event(said(row, {**state, wrong: [1]}))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("Outreach.CallLogged", "outcome", "perhaps"),
        ("Outreach.CallLogged", "reason", "whim"),
        ("Outreach.CallLogged", "time", "25:00"),
        ("Outreach.CallLogged", "at", "2012-02-30"),
        ("Outreach.CallLogged", "entry", "not-an-id"),
        ("Outreach.YieldRecorded", "positions", "2"),
        ("Outreach.YieldRecorded", "positions", 2.5),
        ("Outreach.YieldRecorded", "place", {"weeks": "many"}),
        ("Company.Registered", "said", {"advertising_protected": 1}),
    ],
)
def test_a_value_that_no_type_has_makes_an_event_unreadable(name, field, value):
    row, state = a_row(name)

    with pytest.raises(EventUnreadable, match=rf"{name}.*\$\.{field}"):
        MAPPER.to_domain_event(said(row, {**state, field: value}))


@pytest.mark.parametrize("state", [b"", b"{", b"null", b"[]", b"\xff", b'{"entry":'])
def test_a_state_that_is_no_event_is_unreadable(state):
    with pytest.raises(EventUnreadable, match=r"Outreach\.CallLogged 2"):
        MAPPER.to_domain_event(StoredEvent(new_id(), 2, "Outreach.CallLogged", state))


def test_bytes_that_are_no_text_make_an_event_unreadable():
    row, _ = a_row("Outreach.CallLogged")
    for sign in (b"-", b"anna", b"timestamp"):
        state = row.state.replace(sign, b"\xad" + sign[1:], 1)
        assert state != row.state
        with pytest.raises(EventUnreadable, match=r"Outreach\.CallLogged"):
            MAPPER.event(row.originator_id, 2, row.topic, state)


def test_a_history_without_its_beginning_or_with_a_gap_is_unreadable():
    rows = [said(row, state) for row, state in map(a_row, ("Outreach.Opened", "Outreach.CallLogged"))]
    owner = rows[0].originator_id
    opened, call = (
        StoredEvent(owner, version, row.topic, row.state) for row, version in zip(rows, (1, 2), strict=True)
    )

    assert MAPPER.replay([opened, call]).version == 2
    for history in ([call], [opened, StoredEvent(owner, 3, call.topic, call.state)], [opened, opened]):
        with pytest.raises(EventUnreadable, match=f"the history of {owner.hex} at version"):
            MAPPER.replay(history)


@pytest.mark.parametrize("name", ["Outreach.Imagined", "CallLogged", "domain.outreach:Outreach.CallLogged", ""])
def test_a_name_that_is_not_known_makes_an_event_unreadable(name):
    with pytest.raises(EventUnreadable, match="name is not known"):
        MAPPER.to_domain_event(StoredEvent(new_id(), 2, name, b"{}"))


# Stored names and events only grow


def test_stored_names_only_grow():
    known = (GOLDEN / "stored_names.txt").read_text(encoding="utf-8").split()

    assert set(known) - set(STORED_NAMES) == set(), "a stored name is gone; old logs hold it, so it has to stay"
    assert set(STORED_NAMES) - set(known) == set(), "a name is new; add it at the end of tests/golden/stored_names.txt"


def test_every_stored_name_has_a_stored_event_to_be_read_for_ever():
    assert {line["topic"] for line in golden_lines()} == set(STORED_NAMES)


@pytest.mark.parametrize("line", golden_lines(), ids=lambda line: f"{line['release']} {line['topic']}")
def test_the_events_of_every_release_are_read_as_they_were_written(line):
    row = StoredEvent(UUID(line["originator_id"]), line["version"], line["topic"], line["state"].encode())

    event = MAPPER.to_domain_event(row)

    added = ADDED_FIELDS.get((line["release"], line["topic"]), {})
    assert {name: str(value) for name, value in asdict(event).items()} == line["read"] | added
    if "class_version" not in msgspec.json.decode(row.state) and getattr(type(event), "class_version", 1) == 1:
        assert MAPPER.to_stored_event(event).state == row.state


# Events that changed


class Told(Outreach.Event, frozen=True):
    """An event that once said ``number``, then ``positions``, and now says of what sort they are."""

    positions: int
    sort: str
    class_version = 3

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        state["positions"] = state.pop("number")

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        state["sort"] = "any"


@pytest.fixture
def told(monkeypatch):
    """What every event says; ``Outreach.Told`` is a stored name for as long as the test runs."""
    monkeypatch.setitem(STORED_NAMES, "Outreach.Told", Told)
    monkeypatch.setitem(mapping._NAME_OF, Told, "Outreach.Told")
    mapping._reader.cache_clear()
    row, state = a_row("Outreach.InvitationSent")
    yield lambda **more: StoredEvent(
        row.originator_id, row.originator_version, "Outreach.Told", msgspec.json.encode({**state, **more})
    )
    mapping._reader.cache_clear()


@pytest.mark.parametrize(
    "state",
    [
        {"number": 3},
        {"class_version": 1, "number": 3},
        {"class_version": 2, "positions": 3},
        {"class_version": 3, "positions": 3, "sort": "any"},
    ],
)
def test_an_event_of_any_earlier_version_is_read_as_the_present_one(told, state):
    event = MAPPER.to_domain_event(told(**state))

    assert type(event) is Told
    assert (event.positions, event.sort, type(event.at), type(event.act)) == (3, "any", date, UUID)
    assert not hasattr(event, "class_version") or "class_version" not in asdict(event)


def test_an_event_is_written_with_its_class_version_and_read_again(told):
    event = MAPPER.to_domain_event(told(number=3))

    row = MAPPER.to_stored_event(event)

    assert msgspec.json.decode(row.state)["class_version"] == 3
    assert MAPPER.to_domain_event(row) == event


@pytest.mark.parametrize(
    "state",
    [
        {"number": "3"},
        {"number": 3, "bogus": 1},
        {"class_version": 2},
        {"class_version": 4, "positions": 3, "sort": "any"},
        {"class_version": "2", "positions": 3},
        {},
    ],
)
def test_an_earlier_version_is_checked_as_strictly_and_a_later_one_is_not_known(told, state):
    with pytest.raises(EventUnreadable, match=r"Outreach\.Told"):
        MAPPER.to_domain_event(told(**state))


# Replay decides nothing


@given(st.data())
def test_replay_takes_whatever_was_recorded(data):
    kinds = [kind for kind in STORED_NAMES.values() if owner(kind) is Outreach and kind is not Outreach.Opened]
    history = [data.draw(events(Outreach.Opened))]
    for version in range(2, data.draw(st.integers(2, 12))):
        event = data.draw(events(data.draw(st.sampled_from(kinds)), version))
        history.append(replace(event, originator_id=history[0].originator_id))

    assert replay(history).version == len(history)


def test_what_remembers_an_event_refuses_nothing():
    """Nothing that runs at replay raises, and ``apply`` only has the aggregate remember the event."""
    for file in Path(domain.facts.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.name in _REPLAYED or _is_marked(node)):
                inside = list(ast.walk(node))
                assert [n for n in inside if isinstance(n, ast.Raise | ast.Assert)] == [], f"{file.name} {node.name}"
                calls = [
                    ast.unparse(n.func) for n in inside if isinstance(n, ast.Call) and n not in node.decorator_list
                ]
                if node.name == "apply":
                    assert set(calls) <= {"aggregate.remember"}, f"{file.name} {node.name}"


_REPLAYED = ("apply", "remember", "fold", "is_effective", "visit_of", "_advance", "_effective_steps")


def _is_marked(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(mark).startswith("event(") for mark in function.decorator_list)
