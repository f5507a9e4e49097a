"""Names of sole traders: a company of that form has the name of a person, which is kept apart from the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from campaign.storage.personal_texts import NAME, Text
from campaign.storage.ports import PersonalTexts
from domain.ids import identity
from domain.text_reference import TextReference

if TYPE_CHECKING:
    from domain.acts import Act
    from domain.company import Company, CompanyFacts


class SoleTraderNames:
    """References to names: an existing text is used again; ``new`` texts are stored with the events that refer to them."""

    def __init__(self, people: PersonalTexts, companies: Iterable[Company]) -> None:
        text_ids = [reference.text for company in companies for reference in company.names_apart]
        self._texts = people.texts(text_ids) if text_ids else {}
        self.new: list[Text] = []

    def separate(self, act: Act, cvr: str, company: Company | None, facts: CompanyFacts) -> CompanyFacts:
        """These facts of a sole trader without the name, which is kept apart."""
        names = company.names_apart if company else []
        existing = next((reference for reference in reversed(names) if self._has_name(reference, facts.name)), None)
        return replace(facts, name="", name_apart=existing or self._add(act, cvr, facts.name))

    def _has_name(self, reference: TextReference, name: str) -> bool:
        return reference.text in self._texts and self._texts[reference.text].content == name

    def _add(self, act: Act, cvr: str, name: str) -> TextReference:
        text = Text.new(act, NAME, identity("owner", cvr), cvr, name)
        self.new.append(text)
        self._texts[text.id] = text
        return text.kept


def company_names(people: PersonalTexts, companies: Iterable[Any]) -> dict[str, str]:
    """The name of each of these companies that has one, from the log or the personal texts, by CVR number."""
    facts_by_cvr = {company.cvr: company.now for company in companies}
    apart = {facts.name_apart.text: cvr for cvr, facts in facts_by_cvr.items() if facts and facts.name_apart}
    texts = people.texts(apart) if apart else {}
    names = {cvr: facts.name for cvr, facts in facts_by_cvr.items() if facts and facts.name}
    return names | {apart[text_id]: text.content for text_id, text in texts.items()}
