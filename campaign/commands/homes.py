"""Making a home and keeping settings in it; its read models made anew, and what other programs can read of them."""

from __future__ import annotations

import json
from pathlib import Path

from campaign.terminal.declaring import command, json_option
from campaign.terminal.output import counted, show, show_json
from campaign.terminal.parameters import Slug
from campaign.terminal.session import Session

_KEPT = ("office", "consultant", "campaign")


@command("init")
@json_option
def init(session: Session) -> None:
    """Make a home, and keep --office, --consultant and --campaign in its config.toml."""
    wanted = _checked(session)
    new = session.home.create()
    path = session.home.path
    kept = keep(path, wanted) if wanted else {}
    if session.json:
        show_json({"home": str(path), "new": new, "settings": kept})
        return
    show(f"Home {'made' if new else 'is there'}: {path}")
    if kept:
        show(f"Kept in config.toml: {', '.join(f'{name} {value}' for name, value in kept.items())}")
    if new:
        session.note("Next: campaign plan SLUG --title TITLE --from DAY --to DAY")


def _checked(session: Session) -> dict[str, str]:
    """The settings that were given as options, as they are kept."""
    given = {name: value for name, value in session.options_given().items() if value and name in _KEPT}
    checked = {"office": lambda: session.office, "consultant": lambda: session.consultant}
    checked["campaign"] = lambda: Slug().convert(session.setting("campaign"), None, None)
    return {name: checked[name]() if name in checked else value for name, value in given.items()}


def keep(home: Path, settings: dict[str, str]) -> dict[str, str]:
    """Writes these settings into the home's config.toml beside those that are there; readable by this user only."""
    from campaign.exporting.files import replace
    from campaign.settings import CONFIG, read_config

    path = home / CONFIG
    kept = read_config(path) | settings
    # A JSON string is a TOML string too.
    text = "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in kept.items())
    replace(path, text.encode(), failpoint="config")
    return kept


@command("rebuild")
@json_option
def rebuild(session: Session) -> None:
    """Make the read models anew from the log; the ones in use stay until the new are ready."""
    with session.progress("Rebuilding") as seen:
        position = session.home.rebuild(seen)
    if session.json:
        show_json({"position": position})
    else:
        show(f"Rebuilt from {counted(position, 'log entry', 'log entries')}: {session.home.views}")


@command("views")
def views(session: Session) -> None:
    """Print the tables of views.db, for whoever reads them with Excel, Power BI or SQL."""
    from projections.tables import definitions

    for statement in definitions():
        show(f"{statement};\n")
