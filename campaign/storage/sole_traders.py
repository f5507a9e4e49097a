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
    """Names to keep apart: one that is there is used again, the ``new`` ones are to be kept with what refers to them."""

    def __init__(self, people: PersonalTexts, companies: Iterable[Company]) -> None:
        wanted = [kept.text for company in companies for kept in company.names_apart]
        self._texts = people.texts(wanted) if wanted else {}
        self.new: list[Text] = []

    def separate(self, act: Act, cvr: str, company: Company | None, said: CompanyFacts) -> CompanyFacts:
        """These facts of a sole trader without the name, which is kept apart."""
        names = company.names_apart if company else []
        same = next((kept for kept in reversed(names) if self._has_name(kept, said.name)), None)
        return replace(said, name="", name_apart=same or self._add(act, cvr, said.name))

    def _has_name(self, kept: TextReference, name: str) -> bool:
        return kept.text in self._texts and self._texts[kept.text].content == name

    def _add(self, act: Act, cvr: str, name: str) -> TextReference:
        text = Text.new(act, NAME, identity("owner", cvr), cvr, name)
        self.new.append(text)
        self._texts[text.id] = text
        return text.kept


def company_names(people: PersonalTexts, companies: Iterable[Any]) -> dict[str, str]:
    """The name of each of these companies that has one, kept apart or not, by CVR number."""
    known = {company.cvr: company.now for company in companies}
    apart = {said.name_apart.text: cvr for cvr, said in known.items() if said and said.name_apart}
    texts = people.texts(apart) if apart else {}
    named = {cvr: said.name for cvr, said in known.items() if said and said.name}
    return named | {apart[text]: there.content for text, there in texts.items()}
