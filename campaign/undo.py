"""Undoing acts and imports, and retracting single entries; what is retracted stays in the history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from campaign.log import Log, retried
from campaign.storage.ports import Entry
from domain.acts import Act
from domain.campaign import Campaign
from domain.facts import Erasure, Fact, FactHistory, Retraction
from domain.refusals import EntryUnknown
from domain.texts import quoted

_AGGREGATES_AT_ONCE = 2_000
_NO_ENTRIES = frozenset({"Outreach.Opened", "Campaign.Planned", "Campaign.TextsHandedOver"})


@retried
def retract(act: Act, log: Log, target: Entry, because: str) -> list[Fact]:
    """Retracts one entry."""
    aggregate = log.load([target.originator])[target.originator]
    aggregate.retract(act, _entry(act, target.entry), target.entry, because)
    return log.record(aggregate)


def undo(
    act: Act,
    log: Log,
    entries: Iterable[Entry],
    because: str,
    on_progress: Callable[[int, int], None] = lambda finished_entries, total: None,
) -> int:
    """Retracts these entries, the last first, and returns how many it retracted; retracted ones are left out.

    A retraction among them is retracted too, so that its target is effective again. ``on_progress`` is called with the
    number of entries that are finished, and of all.
    """
    targets: dict[UUID, list[UUID]] = {}
    for entry in sorted(entries, reverse=True):
        targets.setdefault(entry.originator, []).append(entry.entry)
    owners, finished, retracted = list(targets), 0, 0
    for start in range(0, len(owners), _AGGREGATES_AT_ONCE):
        batch = {owner: targets[owner] for owner in owners[start : start + _AGGREGATES_AT_ONCE]}
        retracted += len(_retract_all(act, log, batch, because))
        finished += sum(map(len, batch.values()))
        on_progress(finished, sum(map(len, targets.values())))
    return retracted


@retried
def _retract_all(act: Act, log: Log, targets: dict[UUID, list[UUID]], because: str) -> list[Fact]:
    aggregates = log.load(targets)
    for owner, entries in targets.items():
        _retract_entries(act, aggregates[owner], entries, because)
    return log.record(*aggregates.values())


def _retract_entries(act: Act, aggregate: Any, entries: Sequence[UUID], because: str) -> None:
    replaced = _replaced_since(aggregate, entries)
    for entry in entries:
        if entry not in replaced and aggregate.is_effective(entry) and not _is_final(aggregate.facts[entry]):
            aggregate.retract(act, _entry(act, entry), entry, because)


def _entry(act: Act, target: UUID) -> UUID:
    return act.entry("retract", target.hex)


def _is_final(fact: Fact) -> bool:
    return isinstance(fact, Campaign.Planned | Campaign.TextsHandedOver | Erasure)


def _replaced_since(aggregate: FactHistory, targets: Iterable[UUID]) -> set[UUID]:
    """The retractions among these whose new entry was itself replaced later: their targets stay retracted."""
    facts, entries = list(aggregate.facts.values()), set(targets)
    replaced = set()
    for position, fact in enumerate(facts):
        if isinstance(fact, Retraction) and fact.entry in entries:
            same_act = (f for f in facts[position + 1 :] if f.act == fact.act and not isinstance(f, Retraction))
            new = next(same_act, None)
            if new is not None and not aggregate.is_effective(new.entry):
                replaced.add(fact.entry)
    return replaced


# Finding what to undo


def dependents(log: Log, target: Entry) -> int:
    """How many effective entries are of the visit that this one began: its steps, and what it yielded."""
    fact = log.fact(target)
    if not getattr(fact, "begins", False):
        return 0
    owner: FactHistory = log.load([target.originator])[target.originator]
    return sum(getattr(candidate, "visit", None) == fact.visit for candidate in owner.effective_facts())


def entries_of_act(log: Log, target: Entry) -> list[Entry]:
    """All entries of the act that made this one."""
    return log.store.entries_with("act", log.fact(target).act)


def entries_of_batch(log: Log, digits: str) -> list[Entry]:
    """All entries of the one import whose id begins with these digits; refused when there is none, or more than one."""
    batches = log.store.batches_beginning(digits.lower().replace("-", ""))
    if len(batches) != 1:
        candidates = ", ".join(batch.hex[:12] for batch in batches) or "none"
        raise EntryUnknown(f"Which import is {quoted(digits)}? Batches that begin so: {candidates}.")
    return log.store.entries_with("batch", batches[0])


def latest_act(log: Log, consultant: str) -> list[Entry]:
    """The effective entries of the last act this person logged by hand; acts that only retracted are left out."""
    acts: dict[UUID, list[Entry]] = {}
    for entry in log.store.latest_by_hand(consultant):
        fact: Any = log.fact(entry)
        if entry.topic not in _NO_ENTRIES and not isinstance(fact, Retraction):
            acts.setdefault(fact.act, []).append(entry)
    return next((effective for act in acts.values() if (effective := _effective(log, act))), [])


def _effective(log: Log, entries: Sequence[Entry]) -> list[Entry]:
    owners = log.load({entry.originator for entry in entries})
    return [entry for entry in reversed(entries) if owners[entry.originator].is_effective(entry.entry)]
