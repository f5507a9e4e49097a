"""The table in which the read models of both stores record which code filled them."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from campaign.reference import offices_digest
from projections.definitions import fingerprint
from projections.engine.tables import WORD, metadata

made_by = Table(
    "made_by",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False, comment="always 1: there is one row"),
    Column("fingerprint", WORD, nullable=False, comment="definitions and reference data the tables were made with"),
    comment="Which code filled the read models: there is one row.",
)


def current_fingerprint() -> str:
    """The fingerprint of the tables that this version fills, with its reference data."""
    return fingerprint(offices_digest())
