"""A campaign that offices share, on a throw-away server: the database set up, and people appointed."""

from collections.abc import Iterable

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from campaign.storage.postgres.addresses import address
from campaign.storage.postgres.schema_setup import set_up
from postgres_servers.running import Server

MIGRATOR = "campaign_migrator"
REGION = "Sjælland"
PEOPLE = (
    ("office_306", "office", "306"),
    ("office_147", "office", "147"),
    ("coordinator", "coordinator", ""),
    ("region", "region", REGION),
    ("reader", "reader", ""),
    ("protection", "protection", ""),
    ("backup", "backup", ""),
)
"""Login roles, what each is, and the office or region it is of."""


def make_role(server: Server, role: str, rights: str = "") -> None:
    """A role that can log in; its password is found by whoever uses the server's passfile."""
    there = server.run("SELECT 1 FROM pg_roles WHERE rolname = %s", role)
    if there and server.knows(role):
        return
    password = server.new_password(role)
    verb = SQL("ALTER" if there else "CREATE")
    made = SQL("{} ROLE {} LOGIN {} PASSWORD {}").format(verb, Identifier(role), SQL(rights), Literal(password))
    server.run(made.as_string())
    server.set_password(role, password)


def make_database(server: Server, name: str = "campaign", rehearsal: bool = False) -> None:
    """A database of the migrator's, set up. ``rehearsal``: its clients may set the moment of recording."""
    make_role(server, MIGRATOR, "CREATEROLE")
    server.run(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(name), Identifier(MIGRATOR)).as_string())
    set_up(address(server.address(MIGRATOR, name)), rehearsal)


def appoint(server: Server, people: Iterable[tuple[str, str, str]] = PEOPLE, database: str = "campaign") -> None:
    """Makes these roles, and says in the database what each is."""
    with psycopg.connect(server.address(MIGRATOR, database), autocommit=True) as migrator:
        for role, kind, place in people:
            make_role(server, role)
            migrator.execute("SELECT campaign.appoint(%s, %s, %s)", (role, kind, place))
