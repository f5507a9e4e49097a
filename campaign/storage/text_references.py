"""Which texts the log refers to: a text is orphaned when it was erased, or when its act was never logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from campaign.storage.mapper import TypedMapper
from campaign.storage.personal_texts import KINDS, Text
from campaign.storage.ports import EventLog
from domain.facts import UnknownFact

_BATCH = 2_000


def orphaned_texts(log: EventLog, texts: Sequence[Text]) -> list[Text]:
    """Those of these texts that the log does not refer to, or no longer.

    An aggregate with an entry of a later version may refer to a text in a way this version cannot read, so no text of
    such an aggregate is counted.
    """
    orphaned: list[Text] = []
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        owners = _replayed(log, dict.fromkeys(text.owner for text in batch))
        unreadable = {id_ for id_, owner in owners.items() if _has_unknown_facts(owner)}
        referred = {text for id_, owner in owners.items() if id_ not in unreadable for text in owner.texts}
        orphaned += [t for t in batch if t.id not in referred and t.owner not in unreadable and t.kind in KINDS]
    return orphaned


def _replayed(log: EventLog, ids: Iterable[UUID]) -> dict[UUID, Any]:
    mapper = TypedMapper()
    return {originator: mapper.replay(stored) for originator, stored in log.streams(ids)}


def _has_unknown_facts(owner: Any) -> bool:
    return any(isinstance(fact, UnknownFact) for fact in owner.facts.values())
