"""`campaign follow` and `campaign move`: shared databases."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from campaign.errors import SettingsFault
from campaign.reports.texts import counted
from campaign.terminal.options import argument, command, json_option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.storage.postgres.workspace import PostgresWorkspace
    from campaign.storage.transfer import Moved


@command("follow")
@click.option("--once", is_flag=True, help="Bring the read models up to the log, and end.")
@json_option
def follow(session: Session, once: bool) -> None:
    """Keep the read models of a database warm: bring in whatever is logged, until interrupted.

    One process follows at a time; a second one waits for its turn.
    """
    database = shared_workspace(session)
    from campaign.storage.postgres.follower import follow as follow_log

    position = follow_log(database.read_models(), session.note, once)
    if session.json:
        show_json({"position": position})
    else:
        show(f"The read models know the log up to position {position:,}.")


@command("move")
@argument("to", metavar="TO", help="postgresql://ROLE@HOST/NAME, or a new folder")
@json_option
def move(session: Session, to: str) -> None:
    """Copy this home into an empty database, or the database that is set into a new home.

    Positions, hashes and personal texts go along. What was copied stays as it is: log in one of them only.
    """
    moved, source, place = (_move_in if "://" in to else _move_out)(session, to)
    if session.json:
        show_json(
            {
                "from": source,
                "to": place,
                "position": moved.head.position,
                "head": moved.head.hash,
                "texts": moved.texts,
            }
        )
        return
    entries = counted(moved.head.position, "entry", "entries")
    show(
        f"Copied from {source} to {place}: {entries}, {counted(moved.texts, 'personal text', 'personal texts')}. Head: {moved.head.hash}"
    )
    session.note(f"{source} is as it was. Log in {place} from now on, and in nothing else.")


def _move_in(session: Session, to: str) -> tuple[Moved, str, str]:
    from campaign.storage.postgres.addresses import address
    from campaign.storage.transfer import move_in

    workspace = session.data_directory("A database is moved into another by its server's own tools")
    workspace.require()
    target = address(to, session.setting("password_file") or "", os.environ)
    return move_in(workspace, target), workspace.name, target.shown


def _move_out(session: Session, to: str) -> tuple[Moved, str, str]:
    database = shared_workspace(session)
    from campaign.storage.sqlite.workspace import SqliteWorkspace
    from campaign.storage.transfer import move_out

    target = SqliteWorkspace(Path(to).expanduser(), database.clock)
    return move_out(database, target), database.name, target.name


def shared_workspace(session: Session) -> PostgresWorkspace:
    """The database that is set. Raises ``SettingsFault`` when none is."""
    if not session.setting("database"):
        raise SettingsFault(
            "No database is set: a data directory on this machine needs no such command. Set CAMPAIGN_DATABASE."
        )
    from campaign.storage.postgres.workspace import PostgresWorkspace

    assert isinstance(session.home, PostgresWorkspace)
    return session.home
