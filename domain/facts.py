"""Facts and their retraction: what every event says, and how an aggregate remembers facts and takes them back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from eventsourcing.domain import CanMutateAggregate
from msgspec import Struct
from msgspec.structs import asdict

from domain.acts import Act
from domain.ids import short
from domain.refusals import (
    EntryDiffers,
    EntryOfUnknownKind,
    EntryRetractedAlready,
    EntryUnknown,
    ErasureCannotBeRetracted,
    SameActLogged,
)

_NOT_CONTENT = frozenset({"act", "batch", "entry", "originator_id", "originator_version", "timestamp"})


class Fact(Struct, CanMutateAggregate[UUID], frozen=True):
    """One fact that was logged: a frozen value. Applying it only remembers it: no rule runs at replay."""

    originator_id: UUID
    originator_version: int
    timestamp: datetime
    entry: UUID
    act: UUID
    at: date
    by: str
    office: str
    batch: UUID | None

    def __post_init__(self) -> None:
        if not isinstance(self.originator_id, UUID):
            raise TypeError(f"{type(self)} was initialized with a non-UUID originator_id: {self.originator_id!r}")

    def _as_dict(self) -> dict[str, Any]:
        """The fields by name; the hook by which the library reads the first event of an aggregate."""
        return asdict(self)

    def apply(self, aggregate: Any) -> None:
        """The aggregate keeps the event itself and folds its state from the effective ones."""
        aggregate.remember(self)

    @property
    def content(self) -> dict[str, Any]:
        """What was said, without when and with what it was logged: facts of equal content are the same fact."""
        return {name: value for name, value in asdict(self).items() if name not in _NOT_CONTENT}


class Retraction(Fact, frozen=True):
    """``target`` was registered in error. Retracting a retraction lets its target stand again."""

    target: UUID
    because: str


class Erasure(Fact, frozen=True):
    """A personal text was erased: that it happened, by whom and why, and nothing of what it said. It cannot be undone."""

    because: str


class UnknownFact(Fact, frozen=True):
    """A fact of a kind that only a later version knows: who logged it and when, under the name it is stored by."""

    topic: str

    def mutate(self, aggregate: Any) -> Any:
        """As any fact; where it is the first of its aggregate, so is the aggregate of an unknown kind."""
        return super().mutate(UnknownSubject(self.originator_id) if aggregate is None else aggregate)


F = TypeVar("F", bound=Fact)


class FactHistory:
    """The part of an aggregate that holds its facts, in the order they were logged, and their retractions.

    State is folded as events apply: ``fold`` is told of each fact that was logged, retracted or made effective again.
    """

    def __init__(self) -> None:
        self.facts: dict[UUID, Fact] = {}
        self.retractions: dict[UUID, UUID] = {}
        self._by_kind: dict[type[Fact], list[Fact]] = {}

    def remember(self, fact: Fact) -> None:
        """Adds a fact to the history. A retraction changes whether its target, or the target of that, is effective."""
        self.facts[fact.entry] = fact
        self._by_kind.setdefault(type(fact), []).append(fact)
        self.fold(fact)
        if isinstance(fact, Retraction):
            self.retractions[fact.target] = fact.entry
            target = self.facts.get(fact.target)
            changed = self.facts.get(target.target) if isinstance(target, Retraction) else target
            if changed is not None:
                self.fold(changed)

    def fold(self, fact: Fact) -> None:
        """Updates what is derived from a fact; ``is_effective`` says whether it counts. Nothing, unless overridden."""

    def is_effective(self, entry: UUID) -> bool:
        """Whether the fact is known and was not retracted, or its retraction was."""
        retraction = self.retractions.get(entry)
        return entry in self.facts and (retraction is None or retraction in self.retractions)

    def effective(self, kind: type[F]) -> list[F]:
        """The effective facts of this very class, in the order they were logged."""
        facts, retracted = self._by_kind.get(kind, ()), self.retractions
        return [
            fact
            for fact in facts
            if isinstance(fact, kind) and (fact.entry not in retracted or self.is_effective(fact.entry))
        ]

    def effective_facts(self) -> list[Fact]:
        """All effective facts, in the order they were logged."""
        return [fact for entry, fact in self.facts.items() if self.is_effective(entry)]

    def already_logged(self, entry: UUID, content: Mapping[str, object]) -> bool:
        """Whether this very fact was logged before. Refused when its id was, with other content."""
        fact = self.facts.get(entry)
        if fact is not None and any(getattr(fact, name, None) != value for name, value in content.items()):
            raise EntryDiffers(f"Entry {short(entry)} is there with other content. Nothing was changed.")
        return fact is not None

    def check_not_twice(self, act: Act, description: str, fact: type[Fact], **content: object) -> None:
        """Refuses, by hand, the same fact by the same person on the same day as in an earlier act, unless ``again``."""
        if act.repeated or not act.by_hand:
            return
        content |= {"at": act.at, "by": act.by}
        for earlier in self.effective(fact):
            if earlier.act != act.id and all(getattr(earlier, name) == value for name, value in content.items()):
                raise SameActLogged(
                    f"{act.by} logged the same {description} for {act.at} already (entry {short(earlier.entry)}). "
                    "Say --again if it happened twice."
                )

    def check_retractable(self, target: UUID) -> None:
        """Refuses to take back what is not known, was taken back before, or is itself the return of a fact."""
        fact = self.facts.get(target)
        if fact is None:
            raise EntryUnknown(f"There is no entry {short(target)} here.")
        if isinstance(fact, UnknownFact):
            raise EntryOfUnknownKind(
                f"Entry {short(target)} is of a kind this version does not know ({fact.topic}). "
                "Take it back with the version that logged it."
            )
        if isinstance(fact, Erasure):
            raise ErasureCannotBeRetracted(
                f"Entry {short(target)} is an erasure. What was erased is gone and cannot be brought back."
            )
        if not self.is_effective(target):
            raise EntryRetractedAlready(f"Entry {short(target)} was taken back before.")
        if isinstance(fact, Retraction) and isinstance(self.facts[fact.target], Retraction):
            raise EntryRetractedAlready(f"Entry {short(target)} lets a fact stand again; retract that fact instead.")


class UnknownSubject(FactHistory):
    """What an aggregate of an unknown kind is here: an id, a version, and facts that cannot be taken back."""

    def __init__(self, originator: UUID) -> None:
        super().__init__()
        self.id, self.version, self.modified_on = originator, 0, None

    def retract(self, act: Act, entry: UUID, target: UUID, because: str) -> None:
        """Refused."""
        self.check_retractable(target)

    def collect_events(self) -> list[Any]:
        """Nothing: nobody can act on it here."""
        return []
