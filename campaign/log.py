"""The log as use cases see it: aggregates are loaded, acted on and recorded, and a conflict is retried."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from uuid import UUID

from eventsourcing.persistence import IntegrityError, PersistenceError

from campaign.storage.mapper import TypedMapper
from campaign.storage.ports import Entry
from campaign.storage.sqlite.log import DurableDatastore, SqliteEventLog
from domain.conflicts import conflicting
from domain.facts import Fact, FactHistory, UnknownFact, UnknownSubject
from domain.outreach import Outreach
from domain.refusals import ConcurrentChange, EntryOfUnknownKind, EntryUnknown
from domain.texts import quoted

if TYPE_CHECKING:  # loaded when a personal text is stored or read
    from campaign.storage.personal_texts import Text
    from campaign.storage.sqlite.texts import SqliteTexts

_ATTEMPTS = 8
_TEXTS_AT_ONCE = 2_000
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
    """The log in the file ``path``, with the personal texts beside it. ``clock`` gives the moment of recording.

    It uses the recorder and mapper of eventsourcing directly. Its Application class would add a repository, a
    notification log and a factory read from the environment, none of which is used, and 10 ms to every start.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.store = SqliteEventLog(DurableDatastore(str(path)), clock)
        self.mapper = TypedMapper()
        self.folder = path.parent

    @cached_property
    def people(self) -> SqliteTexts:
        """The personal texts that belong to this log."""
        from campaign.storage.sqlite.texts import SqliteTexts

        return SqliteTexts(self.folder / "people.db")

    def create(self) -> None:
        """Creates the table of an empty log."""
        self.store.create_table()

    def close(self) -> None:
        """Closes the log."""
        self.store.datastore.close()

    def check_office(self, office: str) -> None:
        """Nothing: the owner of a data directory logs for every office. A database knows roles."""

    # Loading

    def load(self, ids: Iterable[UUID]) -> Aggregates:
        """These aggregates in the order of their ids; those that are not in the log are left out."""
        wanted = list(ids)
        loaded = {originator: self.mapper.replay(stored) for originator, stored in self.store.streams(wanted)}
        return {originator: loaded[originator] for originator in wanted if originator in loaded}

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
        """Texts that the log does not refer to after a failed write are deleted; after a crash, by the next clean-up."""
        if texts:
            self.people.keep(texts)
        try:
            self.store.insert_events([self.mapper.to_stored_event(event) for event in pending])
        except PersistenceError:
            if texts:
                self.people.forget(text.id for text in self.orphaned_texts(texts))
            raise

    def _check_conflicts(self, pending: Sequence[Fact]) -> None:
        """Raises ``ConcurrentChange`` when another process logged what makes a difference to what a person logs here."""
        own = [event for event in pending if event.batch is None]
        first = {event.originator_id: event.originator_version for event in reversed(own)}
        if facts := conflicting(own, self._since(first)):
            raise ConcurrentChange(facts)

    def _since(self, first: Mapping[UUID, int]) -> list[Any]:
        """The events of these aggregates from the given version on."""
        return [
            self.mapper.to_domain_event(stored)
            for originator, stream in self.store.streams(first)
            for stored in stream
            if stored.originator_version >= first[originator]
        ]

    # Personal texts

    def orphaned_texts(self, texts: Sequence[Text]) -> list[Text]:
        """Those of these texts to which no event refers any more: erased ones, and those whose act was never recorded.

        An aggregate with facts of a kind that only a later version knows may refer to any text, so none of its counts.
        """
        from campaign.storage.personal_texts import KINDS

        orphaned: list[Text] = []
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            batch = [text for text in texts[start : start + _TEXTS_AT_ONCE] if text.kind in KINDS]
            owners = self.load(dict.fromkeys(text.owner for text in batch))
            referred = {text for owner in owners.values() for text in owner.texts}
            unreadable = {originator for originator, owner in owners.items() if _is_unreadable(owner)}
            orphaned += [text for text in batch if text.id not in referred and text.owner not in unreadable]
        return orphaned


def known(kind: type[A], aggregate: FactHistory | None) -> A | None:
    """The aggregate, which is of that kind. Refused when only a later version knows how it began."""
    if isinstance(aggregate, UnknownSubject):
        raise EntryOfUnknownKind("That began with an entry of a kind this version does not know. Upgrade first.")
    return aggregate if isinstance(aggregate, kind) else None


def _is_unreadable(owner: FactHistory) -> bool:
    return any(isinstance(fact, UnknownFact) for fact in owner.facts.values())
