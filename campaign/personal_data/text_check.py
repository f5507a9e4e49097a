"""Check of personal texts against the log: none missing, none altered, none erased but still stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from campaign.storage.personal_texts import CONTACT, NAME, NOTE, Text
from domain.facts import UnknownSubject
from domain.ids import short
from domain.text_reference import TextReference

if TYPE_CHECKING:
    from campaign.app import CampaignTracker

_WITH_TEXT = ("Outreach.NoteTaken", "Company.ContactNamed", "Company.ContactChanged")
_WITH_NAME = ("Company.Registered", "Company.FactsChanged")
_AT_ONCE = 2_000


class TextCheck(NamedTuple):
    """How many texts are as the log says, and a sentence for each that is not."""

    intact: int
    faults: list[str]


def check_texts(tracker: CampaignTracker) -> TextCheck:
    """Holds every text against its commitment in the log, and against whose it is there; looks for erased ones too."""
    facts = [
        *tracker.store.entries_of_topics(_WITH_TEXT),
        *tracker.store.entries_of_topics(_WITH_NAME, holding='"name_apart":{'),
    ]
    checked, faults = 0, []
    for start in range(0, len(facts), _AT_ONCE):
        batch = [tracker.fact(entry) for entry in facts[start : start + _AT_ONCE]]
        owners = tracker.load({fact.originator_id for fact in batch})
        batch = [fact for fact in batch if not isinstance(owners[fact.originator_id], UnknownSubject)]
        references = {_reference(fact): (owners[fact.originator_id], fact) for fact in batch}
        stored = tracker.people.texts(reference.text for reference in references)
        current = {reference for reference, (owner, _) in references.items() if reference.text in owner.texts}
        faults_by_entry = {
            references[reference][1].entry: _fault(reference, stored.get(reference.text), *references[reference])
            for reference in current
        }
        faults += [f"the text of entry {short(entry)} {fault}" for entry, fault in faults_by_entry.items() if fault]
        faults += [
            f"the text of entry {short(references[k][1].entry)} was erased and is there"
            for k in _surviving(references, current, stored)
        ]
        checked += len(current)
    return TextCheck(checked - len(faults), faults)


def _surviving(
    references: Iterable[TextReference], current: set[TextReference], stored: Mapping[UUID, Text]
) -> list[TextReference]:
    """Those that the log does not hold to be kept any more, and that are in the store."""
    return [reference for reference in references if reference not in current and reference.text in stored]


def _reference(fact: Any) -> TextReference:
    reference: TextReference = fact.kept if hasattr(fact, "kept") else fact.said.name_apart
    return reference


def _fault(reference: TextReference, text: Text | None, owner: Any, fact: Any) -> str:
    if text is None:
        return "is missing"
    actual_owner = (text.kind, text.subject, text.cvr, text.campaign)
    if text.kept != reference or actual_owner != _expected_owner(owner, fact):
        return "is not the one that was logged"
    return ""


def _expected_owner(owner: Any, fact: Any) -> tuple[str, UUID, str, str]:
    """Of which kind a text has to be, and to whom it has to belong."""
    if hasattr(fact, "note"):
        return NOTE, fact.note, owner.cvr, owner.slug
    if hasattr(fact, "person"):
        return CONTACT, fact.person, owner.cvr, ""
    return NAME, owner.owner, owner.cvr, ""
