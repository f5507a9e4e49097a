"""Saving a home elsewhere and making one from what was saved."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.terminal.options import argument, command, json_option
from campaign.terminal.output import counted, show, show_json
from campaign.terminal.session import Session

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@command("backup")
@argument("to", type=click.Path(path_type=Path), help="a new folder, best on another disk")
@json_option
def backup(session: Session, to: Path) -> None:
    """Save the home in the new folder TO, while others go on writing; what was saved is proved at once."""
    from campaign.backups.backup import back_up

    with session.progress("Proving the copy") as seen:
        made = back_up(session.own_home("A database is backed up by its server's own tools"), to, seen)
    if session.json:
        show_json({"path": str(to), **made.as_json})
        return
    show(f"Saved: {counted(made.position, 'log entry', 'log entries')} in {to}. Head: {made.head}")
    session.note(f"Keep it on another disk, and keep the head elsewhere. Back again: campaign restore {to} --home NEW")


@command("restore")
@argument("source", metavar="FROM", type=_FOLDER, help="the folder of a backup")
@click.option(
    "--erased",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A newer backup, home or list that says what was erased since; can be repeated.",
)
@json_option
def restore(session: Session, source: Path, erased: tuple[Path, ...]) -> None:
    """Make a home from the backup in the folder FROM. Where there is a log already, nothing is done."""
    from campaign.backups.restore import restore as restored

    with session.progress("Proving the copy") as seen:
        done = restored(session.own_home("A database is restored by its server's own tools"), source, erased, seen)
    made, head = done.manifest, {"position": done.head.position, "head": done.head.hash}
    if session.json:
        show_json({"home": str(session.home.path), **made.as_json, **head, "erased_again": done.erased})
        return
    entries = counted(done.head.position, "log entry", "log entries")
    show(f"Restored: {entries}, as of {made.made_at}, in {session.home.path}. Head: {done.head.hash}")
    if done.erased:
        session.note(f"Erased again, as newer lists say: {counted(done.erased, 'text', 'texts')}.")
    if not erased:
        session.note(
            "What was erased later than any list here says is back. Erase it, or name a newer list: --erased PATH"
        )
