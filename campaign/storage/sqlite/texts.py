"""The store of personal texts, people.db: who the contacts are, what was noted, what sole traders are called."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from campaign.errors import StoreFault
from campaign.failpoints import reached
from campaign.storage.personal_texts import COLUMNS, Text, as_row, as_text

_WAIT_SECONDS = 20
_COLUMNS = ", ".join(COLUMNS[:-1])

# ``secure_delete`` writes zeros over what is deleted. A rollback journal, unlike a write-ahead log, is gone after each
# commit: nothing that was deleted waits in it.
_SETTINGS = ("journal_mode=DELETE", "secure_delete=ON", "synchronous=FULL", "temp_store=MEMORY")
_TABLE = """
    CREATE TABLE IF NOT EXISTS texts (
        id TEXT PRIMARY KEY, subject TEXT NOT NULL, kind TEXT NOT NULL, cvr TEXT NOT NULL, campaign TEXT NOT NULL,
        content TEXT NOT NULL, salt BLOB NOT NULL, kept_at TEXT NOT NULL, folded TEXT
    ) WITHOUT ROWID
"""


class SqliteTexts:
    """The texts in the file at ``path``. The file is made with the first text, readable by this user only."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, texts: Sequence[Text]) -> None:
        """Keeps these texts, before the log refers to them."""
        if texts:
            with self._writing() as c:
                c.executemany("INSERT INTO texts VALUES (?,?,?,?,?,?,?,?,?)", map(as_row, texts))

    def texts(self, ids: Iterable[UUID]) -> dict[UUID, Text]:
        """The texts with these ids; missing ones are left out."""
        return {text.id: text for text in self._read("id", [i.hex for i in ids])}

    def of_companies(self, cvrs: Iterable[str]) -> list[Text]:
        """All texts of these companies, by id."""
        return self._read("cvr", list(cvrs))

    def all(self) -> list[Text]:
        """Every text, by id."""
        return self._read()

    def named(self, words: Sequence[str], limit: int = -1) -> list[tuple[str, str]]:
        """CVR number and name of the sole traders whose name contains all these words, folded as by ``folded``."""
        having = " AND ".join(["instr(folded, ?)"] * len(words)) or "0"
        statement = f"SELECT cvr, content FROM texts WHERE {having} ORDER BY folded LIMIT {limit}"
        with self._reading() as c:
            return c.execute(statement, words).fetchall() if c else []

    def forget(self, ids: Iterable[UUID]) -> int:
        """Deletes these texts with their salts, overwrites them with zeros, and returns how many existed."""
        text_ids = list(ids)
        if not text_ids or not self.path.exists():
            return 0
        with self._writing() as c:
            count = c.execute(
                "DELETE FROM texts WHERE id IN (SELECT value FROM json_each(?))", (_hexes(text_ids),)
            ).rowcount
        return int(count)

    # The file

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._translated_errors():
            os.close(os.open(self.path, os.O_CREAT | os.O_WRONLY, 0o600))
            with self._connection() as c:
                c.execute("BEGIN IMMEDIATE")
                c.execute(_TABLE)
                yield c
                reached("people.before-commit")
                c.execute("COMMIT")
                reached("people.after-commit")

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection in which texts can be read; None when none was ever kept."""
        with self._translated_errors():
            if not self.path.exists() or not self.path.stat().st_size:
                yield None
                return
            with self._connection() as c:
                yield c

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            for setting in _SETTINGS:
                connection.execute(f"PRAGMA {setting}")
            yield connection
        finally:
            with suppress(sqlite3.Error):
                connection.close()

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError):
                raise
            raise StoreFault(
                f"{self.path} is damaged: {fault}. Put back your copy of it, or see: campaign doctor"
            ) from fault

    def _read(self, column: str = "", values: Sequence[str] = ()) -> list[Text]:
        having = f"WHERE {column} IN (SELECT value FROM json_each(?))" if column else ""
        with self._reading() as c:
            parameters = (json.dumps(list(values)),) if column else ()
            rows = c.execute(f"SELECT {_COLUMNS} FROM texts {having} ORDER BY id", parameters) if c else ()
            return [as_text(row) for row in rows]


def _hexes(ids: Iterable[UUID]) -> str:
    return json.dumps([i.hex for i in ids])
