"""What every workspace answers, on one machine (SQLite) and in a shared database (PostgreSQL) alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias
from uuid import UUID

from campaign.company_lookup import Lookup, Progress
from domain.refusals import Refusal
from domain.texts import quoted

if TYPE_CHECKING:
    from eventsourcing.persistence import StoredEvent
    from sqlalchemy import Connection

    from campaign.storage.personal_texts import Text

Clock: TypeAlias = Callable[[], datetime]
Row: TypeAlias = tuple[int, str, int, str, bytes, str | None, str]
"""A row of the log: position, id and version of the aggregate, stored name, state, entry, and when it was recorded."""
NO_HASH = bytes(32)
"""The hash before the first row."""
ANY_EVENT = "*"
"""Stands for the stored names of all events."""
FREE_TEXT_TOPICS = (
    "Campaign.Planned",
    "Campaign.TargetSet",
    "Campaign.EntryRetracted",
    "Campaign.TextsHandedOver",
    "Company.EntryRetracted",
    "Company.PersonErased",
    "Outreach.EntryRetracted",
    "Outreach.NoteErased",
)
"""The stored names of events with a reason or a title that a person wrote."""


class Head(NamedTuple):
    """A position of the log and the hash of its row (hexadecimal); position 0 is the empty log."""

    position: int
    hash: str


BEFORE_ALL = Head(0, NO_HASH.hex())


class Entry(NamedTuple):
    """One entry of the log with its stored event, not yet decoded."""

    position: int
    entry: UUID
    originator: UUID
    topic: str
    state: bytes


class AccessDenied(Refusal):
    """The role may not do that."""


class Access(NamedTuple):
    """What the person at the terminal may see and log. The default is everything: the data directory is their own.

    ``kind``: office, coordinator, region, reader, protection or backup; empty where there are no roles.
    """

    role: str = ""
    kind: str = ""
    office: str = ""
    region: str = ""
    sees_all: bool = True

    def check_office(self, office: str) -> None:
        """Raises ``AccessDenied`` for an office this role does not act for."""
        if self.kind == "office" and office != self.office:
            raise AccessDenied(
                f"{self.role} logs for office {self.office} only, and this is of office {quoted(office)}."
            )

    def check_companies(self) -> None:
        """Raises ``AccessDenied`` for a role that sees figures, but no single company."""
        if self.kind in ("region", "reader"):
            raise AccessDenied(f"A {self.kind} reads figures, and nothing of a single company.")


class EventLog(Protocol):
    """The log: append-only rows in the order of their positions, each chained to the row before by its hash."""

    clock: Clock
    ahead_of_clock: str
    """The moment of the last entry (UTC, ISO 8601) when at the last append the clock was behind it; else empty."""

    @property
    def access(self) -> Access:
        """What may be seen and logged here."""

    @property
    def texts(self) -> PersonalTexts:
        """The personal texts that entries refer to."""

    # Writing

    def append(
        self, stored_events: Sequence[StoredEvent], texts: Sequence[Text] = (), compatible: Sequence[str] = ()
    ) -> Sequence[int]:
        """Appends events with the personal texts they refer to, and returns their positions.

        No event ever refers to a text that was not kept. ``compatible``: stored names of events (or ``ANY_EVENT``)
        that others may have logged since without a conflict; a store may report the conflict all the same. Raises
        eventsourcing's ``IntegrityError`` at a conflict, and ``OutcomeUnknown`` when the answer of a server is lost.
        """

    # Reading by position

    def head(self) -> tuple[int, bytes]:
        """The position and the hash of the last row; 0 and ``NO_HASH`` for an empty log."""

    def last_issued(self) -> int:
        """The highest position ever given to a row, whether the row still exists or not."""

    def rows(self, after_position: int, limit: int) -> list[Row]:
        """At most ``limit`` rows after position ``after_position``, by position."""

    def chained_rows(self, after_position: int, limit: int) -> list[tuple[Row, bytes]]:
        """As ``rows``, each with the hash stored beside it. In an altered file that is not always bytes."""

    def rows_of_office(self, office: str, after_position: int, until: int, limit: int) -> list[Row]:
        """At most ``limit`` rows of an office after position ``after_position``, up to ``until``, by position."""

    # Reading by aggregate and by entry

    def streams(self, ids: Iterable[UUID]) -> Iterator[tuple[UUID, list[StoredEvent]]]:
        """The events of each aggregate in the order of their versions; unknown ids are left out."""

    def originators(self, after_id: str, limit: int) -> list[str]:
        """At most ``limit`` ids of aggregates, as stored, greater than ``after_id``, in order."""

    def originators_of(self, entries: Iterable[UUID]) -> dict[UUID, UUID]:
        """The aggregate of each entry; unknown entries are left out."""

    def existing(self, ids: Iterable[UUID]) -> list[UUID]:
        """Those of these aggregates that have an event."""

    def campaigns(self) -> list[UUID]:
        """The ids of all campaigns, oldest first."""

    def position_of(self, originator: UUID, version: int) -> int | None:
        """The position of one event of an aggregate; None when the log does not have it."""

    def entries_beginning(self, digits: str) -> list[Entry]:
        """At most ten entries whose id begins with these hexadecimal digits."""

    def entries_with(self, field: Literal["act", "batch"], value: UUID) -> list[Entry]:
        """The entries of one act or one import, by position."""

    def entries_of_topics(self, topics: Sequence[str], holding: str = "") -> list[Entry]:
        """The entries with these stored names whose state contains ``holding``, by position."""

    def latest_by_hand(self, consultant: str, limit: int = 1000) -> list[Entry]:
        """The last entries of a consultant that no import made, newest first."""

    def batches_beginning(self, digits: str) -> list[UUID]:
        """At most ten imports whose id begins with these hexadecimal digits."""

    def free_texts(self) -> list[tuple[UUID, str]]:
        """Every entry with a reason or a title, and that text."""

    # Checking

    def check_version(self) -> None:
        """Raises ``SettingsFault`` when a newer version of the program wrote the log."""

    def file_faults(self) -> list[str]:
        """What is wrong with the store besides its rows, such as its indexes, as far as the program checks it."""


class PersonalTexts(Protocol):
    """Contacts, notes and names of sole traders, kept apart from the log so that they can be erased."""

    def texts(self, ids: Iterable[UUID]) -> dict[UUID, Text]:
        """The texts with these ids; missing ones are left out."""

    def of_companies(self, cvrs: Iterable[str]) -> list[Text]:
        """All texts of these companies, by id."""

    def all(self) -> list[Text]:
        """Every text, by id."""

    def named(self, words: Sequence[str], limit: int = -1) -> list[tuple[str, str]]:
        """CVR number and name of the sole traders whose name contains all these words, folded as by ``folded``."""

    def forget(self, ids: Iterable[UUID]) -> int:
        """Deletes these texts with their salts, and returns how many existed."""


class DataFiles(Protocol):
    """The files of a workspace that is a data directory on this machine."""

    path: Path
    clock: Clock

    @property
    def log(self) -> Path:
        """The events: the one file that cannot be rebuilt."""

    @property
    def people(self) -> Path:
        """The personal texts."""

    @property
    def views(self) -> Path:
        """The read models, which can always be rebuilt from the log."""


class Workspace(Lookup, Protocol):
    """A log with its personal texts and read models, and a folder of this machine for settings and rejected rows."""

    path: Path
    clock: Clock
    remarks: Sequence[str]
    """How fresh the tables of the last ``read`` are, where they do not know the whole log."""

    @property
    def name(self) -> str:
        """The folder or the address, as shown to a person."""

    @property
    def access(self) -> Access:
        """What may be seen and logged here."""

    @property
    def files(self) -> DataFiles | None:
        """The files, where the data are in files of this machine; None for a database."""

    def create(self) -> bool:
        """Creates what can be created here. False when it existed before."""

    # The log

    def open_log(self, any_log: bool = False) -> AbstractContextManager[EventLog]:
        """The log, closed afterwards.

        Raises ``CheckFault`` when it is not the log its read models have seen, unless ``any_log``.
        """

    def dry_run(self) -> AbstractContextManager[Workspace]:
        """A workspace with the same content, in which changes are discarded afterwards."""

    def head(self) -> int:
        """The highest position the log has issued."""

    def head_at(self, position: int) -> Head | None:
        """The head at that position; None when there is no such row."""

    # Read models

    def read(self, on_progress: Progress = ...) -> AbstractContextManager[Connection]:
        """A connection to read models that are caught up with the log, as far as the role may do that."""

    def rebuild(self, on_progress: Progress = ...) -> int:
        """Rebuilds the read models from the log while the old ones stay in use. Returns the position."""

    def seen(self) -> Head | None:
        """The head up to which the read models have read the log; None when they have read nothing."""

    @property
    def views_at(self) -> str:
        """Where the read models are, as shown to a person."""

    @property
    def views_named(self) -> str:
        """The name of the read models as the source of a checkpoint."""

    def for_reports(self) -> Workspace:
        """This workspace as reports read it: from the standby, where one is set."""
