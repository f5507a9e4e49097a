"""A server that somebody else runs, for tests: databases and roles are made there, and nothing of it is stopped."""

from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from postgres_servers.passwords import Passwords
from postgres_servers.runs import new_folder


class Borrowed:
    """The server at the address of a superuser, as far as it does what a ``Server`` does without being stopped."""

    def __init__(self, admin: str) -> None:
        self.admin = admin
        said = conninfo_to_dict(admin)
        self.host, self.port = str(said["host"]), str(said.get("port") or 5432)
        self._passwords = Passwords(new_folder("borrowed") / "passwords")

    @property
    def passfile(self) -> Path:
        """Readable by nobody else; it holds what ``set_password`` was told."""
        return self._passwords.path

    def address(self, role: str, database: str = "campaign", **params: str) -> str:
        """The URL at which this role finds this database."""
        where = f"postgresql://{role}@{self.host}:{self.port}/{database}"
        return f"{where}?{urlencode({'passfile': str(self.passfile), **params})}"

    def new_password(self, role: str) -> str:
        """The same for everybody who borrows this server, since its roles are everybody's."""
        return sha256(f"{self.admin} {role}".encode()).hexdigest()

    def knows(self, role: str) -> bool:
        """Whether libpq finds a password of this role."""
        return role in self._passwords

    def set_password(self, role: str, password: str) -> None:
        """Has libpq find this password."""
        self._passwords[role] = password

    def run(self, sql: str, *values: object, database: str = "") -> list[tuple[Any, ...]]:
        """The rows, if any, of one statement by the superuser that is committed at once."""
        where: dict[str, Any] = {"dbname": database} if database else {}
        with psycopg.connect(self.admin, autocommit=True, **where) as connection:
            answer = connection.execute(sql, values or None)
            return answer.fetchall() if answer.description else []

    def create_database(self, name: str, template: str = "template1") -> None:
        """A new database: empty, or a copy of one that nobody is connected to."""
        self.run(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)).as_string())

    def drop_database(self, name: str) -> None:
        """Throws out who is connected to this database, and it; nothing if it is not there."""
        self.run(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)).as_string())

    def remove(self) -> None:
        """Stays as it is."""
