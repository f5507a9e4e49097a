"""Contacts of a company: their fields are personal texts, to which the log only refers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from campaign.log import retried
from campaign.storage.personal_texts import CONTACT, Text
from domain.company import Company, CompanyFacts
from domain.refusals import EntryUnknown, TextNotAllowed
from domain.texts import clean_text

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from domain.acts import Act
    from domain.company import Company
    from domain.facts import Fact

MAX_LENGTHS = {"name": 200, "role": 100, "phone": 40, "email": 254}
"""The fields of a contact, and their longest text in characters. 254: the longest e-mail address (RFC 5321)."""


@retried
def name_contact(tracker: CampaignTracker, act: Act, cvr: str, fields: dict[str, str]) -> list[Fact]:
    """Somebody can be spoken to at the company. Refused when nothing says who."""

    clean, entry = clean_fields({"name": "", **fields}), act.entry("contact")

    text = Text.new(act, CONTACT, entry, cvr, json.dumps(clean, ensure_ascii=False))
    company = tracker.company(cvr) or Company.register(act, act.entry("company"), cvr, CompanyFacts())
    company.name_contact(act, entry, text.kept)
    return tracker.record(company, texts=[text])


@retried
def change_contact(
    tracker: CampaignTracker, act: Act, company: Company, person: UUID, fields: dict[str, str]
) -> list[Fact]:
    """Other things are said of the contact. What was said before is kept, so that this can be undone, until erased."""
    clean = clean_fields(fields)

    current = tracker.company(company.cvr) or company
    stored = contact_fields(tracker, current).get(person, {})
    if stored | clean == stored:
        return []
    text = Text.new(act, CONTACT, person, current.cvr, json.dumps(stored | clean, ensure_ascii=False))
    current.change_contact(act, act.entry("contact"), person, text.kept)
    return tracker.record(current, texts=[text])


def contact_fields(tracker: CampaignTracker, company: Company) -> dict[UUID, dict[str, str]]:
    """What is said of each contact of the company, by field, in the order they were named."""
    texts = tracker.people.texts(reference.text for reference in company.contacts.values())
    return {
        person: texts[reference.text].said for person, reference in company.contacts.items() if reference.text in texts
    }


def clean_fields(fields: dict[str, str]) -> dict[str, str]:
    """What is said of a contact as it is kept. Refused as any text is, and when the name is empty."""
    clean = {name: clean_text(name, value, MAX_LENGTHS[name]) for name, value in fields.items()}
    if not clean.get("name", "?"):
        raise TextNotAllowed("The name is empty. Write who the contact is.")
    return clean


def find_contact(tracker: CampaignTracker, digits: str) -> tuple[Company, UUID]:
    """The contact whose id begins with these digits, and its company. Refused when there is none."""
    entry = tracker.entry_named(digits)
    person = getattr(tracker.fact(entry), "person", None)
    company = tracker.load([entry.originator])[entry.originator]
    if person is None or person not in company.contacts:
        raise EntryUnknown(f"{digits} is no contact that is kept. campaign contact list names those that are.")
    return company, person
