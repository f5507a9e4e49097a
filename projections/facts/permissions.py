"""Permissions: which companies asked not to be contacted, and the bases for contacting one all the same."""

from __future__ import annotations

from sqlalchemy import Column, Table

from domain.facts import Fact
from domain.outreach import Outreach
from projections.engine.projector import ReadModel, when
from projections.engine.tables import WORD, Columns, Row, fact_columns, metadata


def _contact_columns() -> Columns:
    """Who logged it, and of which office, is not among them: every office sees these rows."""
    return [
        Column("campaign", WORD, nullable=False, comment="slug of the campaign in which it was said"),
        Column("cvr", WORD, nullable=False, comment="CVR number of the company"),
        Column("day", WORD, nullable=False, comment="day it was said, YYYY-MM-DD"),
    ]


refusals = Table(
    "refusals",
    metadata,
    *fact_columns(),
    *_contact_columns(),
    comment="Companies that asked not to be contacted: one row for each time.",
)
bases = Table(
    "bases",
    metadata,
    *fact_columns(),
    *_contact_columns(),
    Column("basis", WORD, nullable=False, comment="consent, own-request, cooperation or duty"),
    comment="Bases for contacting a company that is protected from advertising: one row for each.",
)


class Refusals(ReadModel):
    """Rows of companies that asked not to be contacted."""

    fact_table = refusals

    @when(Outreach.ContactRefused)
    def contact_refused(self, e: Outreach.ContactRefused) -> None:
        """A wish for no contact is a row."""
        self.batch.add(refusals, _row(self, e))


class Bases(ReadModel):
    """Rows of bases for contact."""

    fact_table = bases

    @when(Outreach.ContactAllowed)
    def contact_allowed(self, e: Outreach.ContactAllowed) -> None:
        """A basis is a row."""
        self.batch.add(bases, {**_row(self, e), "basis": e.basis.value})


def _row(model: ReadModel, e: Fact) -> Row:
    campaign, cvr = model.batch.subject(e)
    return {"entry": e.entry.hex, "campaign": campaign, "cvr": cvr, "day": e.at.isoformat()}
