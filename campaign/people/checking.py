"""Whether every personal text is the one that was logged: none missing, none altered, none that was erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from campaign.people.store import commitment
from domain.facts import short

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from domain.kept import Kept

_WITH_TEXT = ("Outreach.NoteTaken", "Company.ContactNamed", "Company.ContactChanged")
_WITH_NAME = ("Company.Registered", "Company.FactsChanged")
_AT_ONCE = 2_000


class TextsVerdict(NamedTuple):
    """How many texts are kept as the log says, and a sentence for each that is not."""

    kept: int
    faults: list[str]


def check_texts(tracker: CampaignTracker) -> TextsVerdict:
    """Holds every text against its commitment in the log."""
    facts = [*tracker.store.of_topics(_WITH_TEXT), *tracker.store.of_topics(_WITH_NAME, holding='"name_apart":{')]
    kept, faults = 0, []
    for start in range(0, len(facts), _AT_ONCE):
        some = facts[start : start + _AT_ONCE]
        held = {text for owner in tracker.load({entry.originator for entry in some}).values() for text in owner.texts}
        wanted = {entry.entry: known for entry in some if (known := _kept(tracker.fact(entry))) and known.text in held}
        there = tracker.people.texts(known.text for known in wanted.values())
        said = {entry: _fault(known, there.get(known.text)) for entry, known in wanted.items()}
        faults += [f"the text of entry {short(entry)} {fault}" for entry, fault in said.items() if fault]
        kept += len(wanted)
    return TextsVerdict(kept - len(faults), faults)


def _kept(fact: Any) -> Kept | None:
    kept: Kept | None = fact.kept if hasattr(fact, "kept") else fact.said.name_apart
    return kept


def _fault(known: Kept, text: Any) -> str:
    if text is None:
        return "is missing"
    return "" if _fits(known, text.salt, text.id, text.content) else "is not the one that was logged"


def _fits(known: Kept, salt: bytes, text: UUID, content: str) -> bool:
    return commitment(salt, text, content) == known.commitment
