"""Events to stored rows and back, with every field checked against its type at load."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, get_origin, get_type_hints
from uuid import UUID

import msgspec
from eventsourcing.domain import CanInitAggregate, DomainEventProtocol
from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
)
from eventsourcing.utils import get_topic

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Fact
from domain.outreach import Outreach

_OWNERS = (Campaign, Company, Outreach)
_KEPT_BY_THE_ROW = frozenset({"originator_id", "originator_version", "originator_topic"})

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
        kind = type(domain_event)
        state = {name: value for name, value in vars(domain_event).items() if name not in _KEPT_BY_THE_ROW}
        version = getattr(kind, "class_version", 1)
        if version > 1:
            state["class_version"] = version
        return StoredFact(
            originator_id=domain_event.originator_id,
            originator_version=domain_event.originator_version,
            topic=_NAME_OF[kind],  # type: ignore[index]
            state=msgspec.json.encode(state),
            entry=state["entry"],
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event of a row. Raises ``EventUnreadable`` for a name, field or value this version does not know."""
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
            kind, fields = _reader(topic)(state)
        except (KeyError, msgspec.MsgspecError) as fault:
            what = f"its name is not known ({fault})" if topic not in STORED_NAMES else str(fault)
            raise EventUnreadable(f"{topic} {version} of {originator_id.hex} cannot be read: {what}") from fault
        fields["originator_id"], fields["originator_version"] = originator_id, version
        event = object.__new__(kind)
        object.__setattr__(event, "__dict__", fields)
        return event


def as_id(hexed: str) -> UUID:
    """The id of 32 hexadecimal digits; a third of the time that ``UUID`` takes, where there are many."""
    return msgspec.convert(hexed, UUID)


@cache
def _reader(topic: str) -> Any:
    """A function from the stored bytes of ``topic`` to its class and its checked fields."""
    kind = STORED_NAMES[topic]
    shape = fields_of(kind)
    current = getattr(kind, "class_version", 1)
    created = issubclass(kind, CanInitAggregate)
    owner = _ORIGINATOR_TOPIC[topic.partition(".")[0]]
    decode, fields_in = msgspec.json.Decoder(shape).decode, msgspec.structs.asdict

    def read(state: bytes) -> tuple[type[Fact], dict[str, Any]]:
        fields = fields_in(decode(state))
        if created:
            fields["originator_topic"] = owner
        return kind, fields

    def read_versions(state: bytes) -> tuple[type[Fact], dict[str, Any]]:
        raw = msgspec.json.decode(state, type=dict)
        written = msgspec.convert(raw.pop("class_version", 1), int)
        if written > current:
            raise msgspec.ValidationError(f"it is of version {written}; this program knows {current}")
        for version in range(written, current):
            getattr(kind, f"upcast_v{version}_v{version + 1}")(raw)
        return kind, fields_in(msgspec.convert(raw, shape)) | ({"originator_topic": owner} if created else {})

    return read if current == 1 else read_versions


def fields_of(kind: type[Fact]) -> type[msgspec.Struct]:
    """The strict shape of an event class: its annotated fields, none missing, none besides."""
    hints = {name: hint for name, hint in get_type_hints(kind).items() if get_origin(hint) is not ClassVar}
    fields = [(name, hint) for name, hint in hints.items() if name not in _KEPT_BY_THE_ROW | {"originator_id_type"}]
    return msgspec.defstruct(kind.__qualname__, fields, forbid_unknown_fields=True)
