"""The log as use cases see it: aggregates are loaded, acted on and recorded, and a conflict is retried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError

from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import ANY_EVENT, Entry, EventLog
from domain.conflicts import always_compatible_kinds, conflicting
from domain.facts import Fact, FactHistory, UnknownSubject
from domain.outreach import Outreach
from domain.refusals import ConcurrentChange, EntryOfUnknownKind, EntryUnknown
from domain.texts import quoted

if TYPE_CHECKING:  # loaded when a personal text is stored or read
    from campaign.storage.personal_texts import Text

_ATTEMPTS = 8
Aggregates = dict[UUID, Any]
A = TypeVar("A", bound=FactHistory)
P = ParamSpec("P")
T = TypeVar("T")


def retried(use_case: Callable[P, T]) -> Callable[P, T]:
    """The use case, run again on the log as it is by then when another process logged at the same moment."""

    @wraps(use_case)
    def attempts(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return use_case(*args, **kwargs)
            except IntegrityError:
                continue
        return use_case(*args, **kwargs)

    return attempts


class Log:
    """A log, ``store``, with the personal texts its entries refer to.

    It uses a recorder and a mapper of eventsourcing directly. Its Application class would add a repository, a
    notification log and a factory read from the environment, none of which is used, and 10 ms to every start.
    """

    def __init__(self, store: EventLog) -> None:
        self.store, self.people = store, store.texts
        self.mapper = TypedMapper()

    # Loading

    def load(self, ids: Iterable[UUID]) -> Aggregates:
        """These aggregates in the order of their ids; those that are not in the log are left out."""
        originators = list(ids)
        loaded = {originator: self.mapper.replay(stored) for originator, stored in self.store.streams(originators)}
        return {originator: loaded[originator] for originator in originators if originator in loaded}

    def find(self, kind: type[A], originator: UUID) -> A | None:
        """One aggregate; ``None`` when it is not in the log. Refused when it is of a kind this version does not know."""
        return known(kind, self.load([originator]).get(originator))

    def fact(self, entry: Entry) -> Any:
        """The event that recorded this entry."""
        return self.mapper.event(entry.originator, 0, entry.topic, entry.state)

    def entry_named(self, digits: str) -> Entry:
        """The one entry whose id begins with these digits; refused when there is none, or more than one."""
        plain = digits.lower().replace("-", "")
        is_hexadecimal = plain and not set(plain) - set("0123456789abcdef")
        entries = self.store.entries_beginning(plain) if is_hexadecimal else []
        if not entries:
            raise EntryUnknown(
                f"There is no entry {quoted(digits)}. campaign history COMPANY lists a company's entries."
            )
        if len(entries) > 1:
            raise EntryUnknown(
                f"{len(entries)} entries begin with {plain}: {', '.join(e.entry.hex[:12] for e in entries)}."
            )
        return entries[0]

    # Recording

    def record(self, *aggregates: Any, texts: Sequence[Text] = ()) -> list[Fact]:
        """Writes the pending events of these aggregates in one transaction, and returns them. The write ends here.

        Personal texts are stored before it: an event never refers to a text that does not exist.
        """
        pending = [event for aggregate in aggregates for event in aggregate.collect_events()]
        try:
            self._write(pending, texts)
        except IntegrityError:
            self._check_conflicts(pending)
            raise
        return [event for event in pending if not isinstance(event, Outreach.Opened)]

    def _write(self, pending: Sequence[Any], texts: Sequence[Text]) -> None:
        """Appends these events with their texts. Raises ``AccessDenied`` for an office the role does not act for."""
        for office in {event.office for event in pending}:
            self.store.access.check_office(office)
        kinds = always_compatible_kinds(pending)
        compatible = [ANY_EVENT] if kinds is None else [kind.__qualname__ for kind in kinds]
        self.store.append([self.mapper.to_stored_event(event) for event in pending], texts, compatible)

    def _check_conflicts(self, pending: Sequence[Fact]) -> None:
        """Raises ``ConcurrentChange`` when another process logged what makes a difference to what a person logs here."""
        facts_by_hand = [event for event in pending if event.batch is None]
        first = {event.originator_id: event.originator_version for event in reversed(facts_by_hand)}
        if facts := conflicting(facts_by_hand, self._since(first)):
            raise ConcurrentChange(facts)

    def _since(self, first: Mapping[UUID, int]) -> list[Any]:
        """The events of these aggregates from the given version on."""
        return [
            self.mapper.to_domain_event(stored)
            for originator, stream in self.store.streams(first)
            for stored in stream
            if stored.originator_version >= first[originator]
        ]

    def orphaned_texts(self, texts: Sequence[Text]) -> list[Text]:
        """Those of these texts to which no event refers: erased ones, and those whose act was never recorded."""
        from campaign.storage.text_references import orphaned_texts

        return orphaned_texts(self.store, texts)


def known(kind: type[A], aggregate: FactHistory | None) -> A | None:
    """The aggregate, which is of that kind. Refused when only a later version knows how it began."""
    if isinstance(aggregate, UnknownSubject):
        raise EntryOfUnknownKind("That began with an entry of a kind this version does not know. Upgrade first.")
    return aggregate if isinstance(aggregate, kind) else None
