"""Making a home and keeping settings in it; its read models made anew, and what other programs can read of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from campaign.errors import SettingsFault
from campaign.failpoints import REHEARSAL
from campaign.files.atomic import replace_file
from campaign.reports.texts import counted
from campaign.settings import CONFIG, read_config
from campaign.terminal.options import command, json_option, option
from campaign.terminal.output import show, show_json
from campaign.terminal.parameters import Slug
from campaign.terminal.session import Session

_STORED_SETTINGS = ("office", "consultant", "campaign", "database")


@command("init")
@option("--database", metavar="ADDRESS", help="Work in this database, shared by offices: postgresql://ROLE@HOST/NAME.")
@option("--server", is_flag=True, help="Make the tables and roles in the database, or bring them up to this version.")
@json_option
def init(session: Session, database: str | None, server: bool) -> None:
    """Make a home, and keep --office, --consultant, --campaign and --database in its config.toml.

    With --server the tables of a database are made instead, by the role that is to own them.
    """
    if database:
        session.options["database"] = database
    if server:
        _set_up(session)
        return
    checked = _checked(session)
    new = session.home.create()
    path = session.home.path
    stored = write_config(path, checked) if checked else {}
    if session.json:
        show_json({"home": str(path), "new": new, "settings": stored})
        return
    show(f"Home {'made' if new else 'is there'}: {session.home.name}")
    if stored:
        show(f"Kept in config.toml: {', '.join(f'{name} {value}' for name, value in stored.items())}")
    if new:
        session.note("Next: campaign plan SLUG --title TITLE --from DAY --to DAY")


def _set_up(session: Session) -> None:
    """Sets up the database that is set."""

    from campaign.storage.postgres.addresses import address
    from campaign.storage.postgres.schema_setup import set_up

    name = session.setting("database")
    if not name:
        raise SettingsFault(
            "No database is set. Write --database postgresql://ROLE@HOST/NAME, or set CAMPAIGN_DATABASE."
        )
    server = address(name, session.setting("password_file") or "", os.environ)
    setup = set_up(server, os.environ.get(REHEARSAL) == "1")
    if session.json:
        show_json({"database": server.shown, **setup._asdict()})
        return
    state = "set up" if setup.before == 0 else "brought up to date" if setup.before < setup.version else "ready"
    views = "; its read models are to be filled by the next report of a coordinator" if setup.views_made else ""
    show(f"The database {server.shown} is {state}: tables of version {setup.version}{views}.")
    if setup.before == 0:
        session.note(
            "Next: appoint roles, as docs/operations.md shows: SELECT campaign.appoint('office_306', 'office', '306')"
        )


def _checked(session: Session) -> dict[str, str]:
    """The settings that were given as options, as they are kept."""
    options = {name: value for name, value in session.setting_options().items() if value and name in _STORED_SETTINGS}
    checked = {"office": lambda: session.office, "consultant": lambda: session.consultant}
    checked["campaign"] = lambda: Slug().convert(session.setting("campaign"), None, None)
    return {name: checked[name]() if name in checked else value for name, value in options.items()}


def write_config(home: Path, settings: dict[str, str]) -> dict[str, str]:
    """Writes these settings into the home's config.toml beside those that are there; readable by this user only."""

    path = home / CONFIG
    merged = read_config(path) | settings
    # A JSON string is a TOML string too.
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in merged.items())
    replace_file(path, text.encode(), failpoint="config")
    return merged


@command("rebuild")
@json_option
def rebuild(session: Session) -> None:
    """Make the read models anew from the log; the ones in use stay until the new are ready."""
    with session.progress("Rebuilding") as on_progress:
        position = session.home.rebuild(on_progress)
    if session.json:
        show_json({"position": position})
    else:
        show(f"Rebuilt from {counted(position, 'log entry', 'log entries')}: {session.home.views_at}")


@command("views")
def views(session: Session) -> None:
    """Print the read models' tables, for whoever reads them with Excel, Power BI or SQL."""
    from projections.definitions import definitions

    for statement in definitions("postgresql" if session.setting("database") else "sqlite"):
        show(f"{statement};\n")
