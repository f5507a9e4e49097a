"""Company rows: a company is registered once; its facts change only on update."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from msgspec.structs import replace

from campaign.importing.row_importer import Fields, RowImporter, RowOutcome
from campaign.storage.personal_texts import Text
from campaign.storage.sole_traders import SoleTraderNames
from domain.acts import Act
from domain.company import Company, CompanyFacts
from domain.company_forms import is_sole_trader
from domain.ids import company_id


class CompanyRows(RowImporter):
    """Imports companies; the names of sole traders are stored apart from the log."""

    names: SoleTraderNames | None = None

    def _texts(self) -> list[Text]:
        """The new names that an event of this chunk refers to."""
        if self.names is None:
            return []
        references = (
            event.said.name_apart for c in self.touched.values() for event in c.pending_events if hasattr(event, "said")
        )
        referred = {reference.text for reference in references if reference}
        return [text for text in self.names.new if text.id in referred]

    def _load(self, rows: Sequence[Fields]) -> None:
        for row in rows:
            row["company"] = company_id(row["cvr"])
        self.loaded = self.tracker.load({row["company"] for row in rows})

    def _take(self, row: Fields) -> RowOutcome:
        cvr, act, company = row["cvr"], self.run.acting(self.run.today), self.loaded.get(row["company"])
        facts = self._facts(row, act, company)
        if company is None:
            self._touch(Company.register(act, self.run.entry("companies", cvr), cvr, facts))
            return RowOutcome.TAKEN
        if company.on(row["valid_from"]) == facts:
            return RowOutcome.EXISTING
        if company.now in (None, CompanyFacts()):  # taken back, or only a contact was named so far
            company.change(act, _next_entry(act, company), facts, None)
            self._touch(company)
            return RowOutcome.TAKEN
        if self.run.update:
            self._change_company(company, act, facts, row["valid_from"])
        return RowOutcome.CHANGED

    def _facts(self, row: Fields, act: Act, company: Company | None) -> CompanyFacts:
        """What the row says of a company, a sole trader's name apart; one that was erased does not come back so."""
        facts, current = _company_facts(row), company.on(row["valid_from"]) if company else None
        if current and not facts.form:
            facts = replace(facts, form=current.form)  # a table that does not say it does not change it
        if not (facts.name and is_sole_trader(facts.form)):
            return facts
        if company and company.owner in company.erased:
            return replace(facts, name="", name_apart=current.name_apart if current else None)
        if self.names is None:
            self.names = SoleTraderNames(self.tracker.people, self.loaded.values())
        return self.names.separate(act, row["cvr"], company, facts)

    def _change_company(self, company: Company, act: Act, facts: CompanyFacts, since: date | None) -> None:
        """From a day on when the row names one; else what was said before was an error, and is retracted."""
        if since is None:
            for fact in company.registered_facts():
                company.retract(act, act.entry("retract", fact.entry.hex), fact.entry, "imported anew")
        company.change(act, _next_entry(act, company), facts, since)
        self._touch(company)


def _next_entry(act: Act, company: Company) -> UUID:
    """The id of the next thing that this act says of the company; rows of one run can say several."""
    return act.entry("company", company.cvr, str(len(company.facts)))


def _company_facts(row: Fields) -> CompanyFacts:
    return CompanyFacts(
        name=row["name"],
        municipality=row["municipality_code"] or "",
        industry=row["industry_code"] or "",
        industry_scheme=row["industry_scheme"] or "",
        size_band=row["size_band"] or "",
        advertising_protected=bool(row["advertising_protected"]),
        form=row["company_form"] or "",
    )
