"""Distinct companies: which companies a figure counted in each group, so that a sum counts each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection, select

from projections.engine.expressions import Query
from projections.facts.calls import calls, invitations
from projections.filters import Scope
from projections.questions.hit_rates import by_group, count_if, group_column, group_words

Words = tuple[str, ...]
OF_CALLS = {"companies_called": "calls", "companies_reached": "reached", "companies_accepted": "accepted"}
"""Each figure of companies called, and which number of calls has to be positive."""


class CountedCompany(NamedTuple):
    """A company that a figure counted in a group of contacts: the words of the group, the figure, the CVR number."""

    words: Words
    figure: str
    cvr: str


def companies_counted(connection: Connection, scope: Scope, by: Words) -> Iterator[CountedCompany]:
    """Each company once for every group by these dimensions and every figure that has counted it there.

    They are as many as ``hit_rates`` by the same dimensions says. Single companies are not for reports.
    """
    for row in connection.execute(_called(scope, by)).mappings():
        figures = [figure for figure, number in OF_CALLS.items() if row[number]]
        yield from (CountedCompany(group_words(row["word"], by), figure, row["cvr"]) for figure in figures)
    for row in connection.execute(_mailed(scope, by)).mappings():
        yield CountedCompany(group_words(row["word"], by), "companies_mailed", row["cvr"])


def _called(scope: Scope, by: Words) -> Query:
    c = calls.c
    attempts = count_if(c.cvr.is_not(None), "calls")
    query = select(
        group_column(calls, by), c.cvr, attempts, count_if(c.reached, "reached"), count_if(c.accepted, "accepted")
    )
    return by_group(query, calls, scope, by).where(*scope.facts_at(calls)).group_by(c.cvr)


def _mailed(scope: Scope, by: Words) -> Query:
    sent = select(group_column(invitations, by), invitations.c.cvr)
    return by_group(sent, invitations, scope, by).where(*scope.facts_at(invitations)).group_by(invitations.c.cvr)
