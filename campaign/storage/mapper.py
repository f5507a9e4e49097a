"""Events to stored rows and back, with every field checked against its type at load."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from eventsourcing.domain import CanInitAggregate, DomainEventProtocol, EventSourcingError
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
)
from eventsourcing.utils import get_topic

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Fact, UnknownFact
from domain.outreach import Outreach
from domain.yield_kinds import KINDS

_OWNERS = (Campaign, Company, Outreach)
_IN_COLUMNS = ("originator_id", "originator_version", "originator_topic")

# The names events are stored under. The list only grows: a class that gets another name keeps its old one here.
STORED_NAMES: dict[str, type[Fact]] = {
    event.__qualname__: event
    for event in (
        Campaign.Planned,
        Campaign.OfficeEnrolled,
        Campaign.TargetSet,
        Campaign.Extended,
        Campaign.Closed,
        Campaign.EntryRetracted,
        Company.Registered,
        Company.FactsChanged,
        Company.EntryRetracted,
        Outreach.Opened,
        Outreach.InvitationSent,
        Outreach.CallLogged,
        Outreach.FollowUpSet,
        Outreach.ContactRefused,
        Outreach.VisitBooked,
        Outreach.VisitMoved,
        Outreach.VisitHeld,
        Outreach.VisitMissed,
        Outreach.VisitCancelled,
        Outreach.YieldRecorded,
        Outreach.EntryRetracted,
        Campaign.RetentionSet,
        Company.ContactNamed,
        Company.ContactChanged,
        Company.PersonErased,
        Outreach.NoteTaken,
        Outreach.NoteErased,
        Campaign.ForecastsKept,
        Outreach.ContactAllowed,
        Outreach.StartSettled,
        Campaign.TextsHandedOver,
    )
}
_NAME_OF = {event: name for name, event in STORED_NAMES.items()}
_ORIGINATOR_TOPIC = {owner.__name__: get_topic(owner) for owner in _OWNERS}


@dataclass(frozen=True)
class StoredFact(StoredEvent):
    """A stored event with the id of its entry beside it, so that the store can hold each entry once."""

    entry: UUID


class EventUnreadable(MapperDeserialisationError):
    """A stored event whose name or fields this version does not know; the message names the event and the field."""


class TypedMapper(Mapper[UUID]):
    """Encodes events as JSON, and decodes them into the types of their class, refusing any other field or value."""

    def __init__(self) -> None:
        super().__init__(transcoder=JSONTranscoder())

    def to_stored_event(self, domain_event: DomainEventProtocol[UUID]) -> StoredFact:
        """The row of an event. Its class version goes with it from the second on."""
        assert isinstance(domain_event, Fact)
        kind = type(domain_event)
        state = msgspec.structs.asdict(domain_event)
        for name in _IN_COLUMNS:
            state.pop(name, None)
        version = getattr(kind, "class_version", 1)
        if version > 1:
            state["class_version"] = version
        return StoredFact(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=_NAME_OF[kind],
            state=msgspec.json.encode(state),
            entry=state["entry"],
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event of a row; an ``UnknownFact`` for a name this version does not know.

        Raises ``EventUnreadable`` for a field or value it does not know, or when what every fact says is missing.
        """
        originator_id = stored_event.originator_id
        return self.event(
            originator_id if isinstance(originator_id, UUID) else UUID(originator_id),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
        )

    def event(self, originator_id: UUID, version: int, topic: str, state: bytes) -> Any:
        """The event of these four columns; the way of a batch, without a row object in between."""
        try:
            return _reader(topic).event(originator_id, version, state)
        except (KeyError, TypeError, msgspec.MsgspecError, UnicodeDecodeError) as fault:
            reason = f"its name is not known ({fault})" if topic not in STORED_NAMES else str(fault)
            raise EventUnreadable(f"{topic} {version} of {originator_id.hex} cannot be read: {reason}") from fault

    def replay(self, stored_events: Iterable[StoredEvent]) -> Any:
        """The aggregate these rows make; None of none. Raises ``EventUnreadable`` when they make none."""
        return self.replay_events(map(self.to_domain_event, stored_events))

    def replay_events(self, events: Iterable[Any]) -> Any:
        """As ``replay``, of events."""
        aggregate = None
        for event in events:
            try:
                aggregate = event.mutate(aggregate)
            except (EventSourcingError, AssertionError) as fault:
                at = f"{event.originator_id.hex} at version {event.originator_version}"
                raise EventUnreadable(f"the history of {at} does not follow from what is before it") from fault
        return aggregate


def as_id(hexed: str) -> UUID:
    """The id of 32 hexadecimal digits; a third of the time that ``UUID`` takes, where there are many."""
    return msgspec.convert(hexed, UUID)


class _Reader:
    """Reads the stored states of one kind of event. ``added``: the values of the fields after those that are stored."""

    def __init__(self, kind: type[Fact], written: type[msgspec.Struct], *added: str) -> None:
        self.kind, self.added = kind, added
        self.decode = msgspec.json.Decoder(written).decode
        self.count = len(kind.__struct_fields__) - 2 - len(added)

    def event(self, originator_id: UUID, version: int, state: bytes) -> Fact:
        """The event of a state. Raises ``msgspec.ValidationError`` for a field or value it does not know."""
        try:
            stored = self.decode(state)
        except msgspec.ValidationError:
            if self.kind is UnknownFact:
                raise
            stored = self.earlier(state)
        values = msgspec.structs.astuple(stored)[: self.count]
        return self.kind(originator_id, version, *values, *self.added)

    def earlier(self, state: bytes) -> msgspec.Struct:
        """A state that an earlier version wrote, upcast to the fields of this one."""
        raw, current = msgspec.json.decode(state, type=dict), getattr(self.kind, "class_version", 1)
        _refuse_later(raw, current)
        version = msgspec.convert(raw.pop("class_version", 1), int) if current > 1 else 1
        for earlier in range(version, current):
            getattr(self.kind, f"upcast_v{earlier}_v{earlier + 1}")(raw)
        return msgspec.convert(raw, fields_of(self.kind))


@cache
def _reader(topic: str) -> _Reader:
    """The reader of states with that stored name.

    Of a name that only a later version knows, it reads what every fact has, as strictly as of any other; the rest stays
    in the log for that version.
    """
    kind = STORED_NAMES.get(topic)
    if kind is None:
        return _Reader(UnknownFact, fields_of(Fact, strict=False), topic)
    added = [_ORIGINATOR_TOPIC[topic.partition(".")[0]]] if issubclass(kind, CanInitAggregate) else []
    return _Reader(kind, _as_written(kind), *added)


def _as_written(kind: type[Fact]) -> type[msgspec.Struct]:
    """The shape of rows that are written today; they are read in one go."""
    current = getattr(kind, "class_version", 1)
    marked: dict[str, Any] = {"class_version": Literal[current]} if current > 1 else {}
    return fields_of(kind, **marked)


def schemas() -> dict[str, Any]:
    """What a row that is written today has to say, by stored name, and what it refers to: JSON Schema."""
    shapes = msgspec.json.schema_components(
        [_as_written(kind) for kind in STORED_NAMES.values()], ref_template="{name}"
    )[1]
    for name in STORED_NAMES:
        fields = shapes[name]["properties"]
        fields["timestamp"]["format"] = "date-time"  # msgspec says so of moments with a zone only
        fields |= {field: narrow for field, narrow in _NARROWER.items() if field in fields}
    for shape in shapes.values():  # the words of a docstring change no table
        shape.pop("description", None)
    return shapes


_NARROWER: dict[str, Any] = {
    "time": {"anyOf": [{"type": "string", "format": "time"}, {"type": "null"}]},
    "kind": {"enum": [*KINDS]},
    "cvr": {"type": "string", "pattern": "^[0-9]{8}$"},
    "slug": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,39}$"},
}
"""Fields of which their type says less than what read models rely on."""


def _refuse_later(raw: Any, current: int) -> None:
    written = raw.get("class_version") if isinstance(raw, dict) else None
    if isinstance(written, int) and written > current:
        raise msgspec.ValidationError(f"it is of version {written} and this program knows {current}: upgrade first")


def fields_of(kind: type[Fact], strict: bool = True, **more: Any) -> type[msgspec.Struct]:
    """The shape of an event class: its annotated fields, none missing, and when it is ``strict`` none besides.

    ``more``: fields that are stored with them, by name and type.
    """
    stored = [field for field in msgspec.structs.fields(kind) if field.name not in _IN_COLUMNS]
    fields = [*((field.name, field.type) for field in stored), *more.items()]
    return msgspec.defstruct(kind.__qualname__, fields, forbid_unknown_fields=strict)
