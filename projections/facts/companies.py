"""Companies: the registered facts of each on every day, with its name as it is searched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Boolean, Column, Table

from domain.company import Company, CompanyFacts
from domain.texts import folded
from projections.engine.bitemporal import BitemporalModel
from projections.engine.projector import when
from projections.engine.tables import ALWAYS, EVER, WORD, Row, metadata, version_columns

companies = Table(
    "companies",
    metadata,
    *version_columns(),
    Column("cvr", WORD, nullable=False, index=True, comment="CVR number"),
    Column("name", WORD, nullable=False, comment="name as registered"),
    Column("folded", WORD, nullable=False, comment="the name as it is searched: lower case, without accents"),
    Column("municipality", WORD, nullable=False, comment="code of the municipality"),
    Column("industry", WORD, nullable=False, comment="industry code as registered"),
    Column("industry_scheme", WORD, nullable=False, comment="list the code is of: DB07 or DB25"),
    Column("division", WORD, nullable=False, comment="first two digits of the industry code"),
    Column("size_band", WORD, nullable=False, comment="employees, as registered (2-4)"),
    Column("advertising_protected", Boolean, nullable=False, comment="the register says: no advertising to it"),
    comment="What was said of each company, by the days it holds for.",
)


class CompanyStep(Struct, tag="company", tag_field="kind"):
    """The registered facts of a company ``since`` a day; ``EVER`` for all days."""

    since: str
    facts: Row


class Companies(BitemporalModel[CompanyStep]):
    """Rows of the registered facts of a company, by the days for which they are valid."""

    table = companies
    kind = "company"
    subject_column = "cvr"
    content_type = CompanyStep

    def begin(self, events: Sequence[Any]) -> None:
        """Reads the companies these events are of."""
        self.load({self._cvr(event) for event in events})

    def _cvr(self, event: Any) -> str:
        return event.cvr if isinstance(event, Company.Registered) else self.batch.subject(event)[1]

    @when(Company.Registered)
    def registered(self, e: Company.Registered) -> None:
        """The first statement is valid for all days."""
        self.add_step(e.entry.hex, e.cvr, _step(e.cvr, EVER, e.said))

    @when(Company.FactsChanged)
    def facts_changed(self, e: Company.FactsChanged) -> None:
        """A later statement is valid from its day on."""
        since = e.since.isoformat() if e.since else EVER
        self.add_step(e.entry.hex, self._cvr(e), _step(self._cvr(e), since, e.said))

    def versions(self, contents: Sequence[CompanyStep]) -> Iterator[Row]:
        """Each statement is valid until the day of the next; one for all days replaces all before it."""
        by_day: dict[str, Row] = {}
        for step in contents:
            by_day = {EVER: step.facts} if step.since == EVER else {**by_day, step.since: step.facts}
        for (since, facts), (until, _) in pairwise([*sorted(by_day.items()), (ALWAYS, {})]):
            yield {**facts, "valid_from": since, "valid_to": until}


def _step(cvr: str, since: str, statement: CompanyFacts) -> CompanyStep:
    computed = {"cvr": cvr, "folded": folded(statement.name), "division": statement.industry[:2]}
    facts = {name: value for name, value in asdict(statement).items() if name not in _NOT_OF_REPORTS}
    return CompanyStep(since, facts | computed)


_NOT_OF_REPORTS = frozenset({"form", "name_apart"})
"""Registered facts that no report needs; names of sole traders therefore never reach a table."""
