"""Personal texts in PostgreSQL: what the store in a file answers, as far as the role may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from campaign.storage.personal_texts import COLUMNS, Text, as_text
from campaign.storage.postgres.connection import Connection

_READ = ", ".join(COLUMNS[:-1])


class PostgresTexts:
    """The texts. They come in with the events that refer to them (``campaign.append``), never by themselves."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def texts(self, ids: Iterable[UUID]) -> dict[UUID, Text]:
        """The texts with these ids; missing ones are left out."""
        return {text.id: text for text in self._read("id", [i.hex for i in ids])}

    def of_companies(self, cvrs: Iterable[str]) -> list[Text]:
        """All texts of these companies, by id."""
        return self._read("cvr", list(cvrs))

    def all(self) -> list[Text]:
        """Every text, by id."""
        return [_text(row) for row in self.connection.fetch(f"SELECT {_READ} FROM campaign.texts ORDER BY id")]

    def named(self, words: Sequence[str], limit: int = -1) -> list[tuple[str, str]]:
        """CVR number and name of the sole traders whose name contains all these words, folded as by ``folded``."""
        if not words:
            return []
        having = " AND ".join(["position(%s IN folded) > 0"] * len(words))
        statement = f"SELECT cvr, content FROM campaign.texts WHERE {having} ORDER BY folded LIMIT %s"
        return self.connection.fetch(statement, (*words, None if limit < 0 else limit))

    def forget(self, ids: Iterable[UUID]) -> int:
        """Deletes these texts with their salts, and returns how many existed. Only a data-protection officer may."""
        statement = "DELETE FROM campaign.texts WHERE id = ANY (%s) RETURNING id"
        return len(self.connection.fetch(statement, ([i.hex for i in ids],)))

    def _read(self, column: str, values: list[str]) -> list[Text]:
        statement = f"SELECT {_READ} FROM campaign.texts WHERE {column} = ANY (%s) ORDER BY id"
        return [_text(row) for row in self.connection.fetch(statement, (values,))]


def _text(row: tuple[Any, ...]) -> Text:
    return as_text((*row[:6], bytes(row[6]), row[7]))
