"""`campaign backup` and `campaign restore`."""

from __future__ import annotations

from pathlib import Path

import click

from campaign.reports.texts import counted
from campaign.terminal.options import argument, command, json_option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@command("backup")
@argument("to", type=click.Path(path_type=Path), help="a new folder, best on another disk")
@json_option
def backup(session: Session, to: Path) -> None:
    """Save the home in the new folder TO, while others go on writing; what was saved is proved at once."""
    from campaign.backups.backup import back_up

    with session.progress("Proving the copy") as on_progress:
        manifest = back_up(session.data_directory("A database is backed up by its server's own tools"), to, on_progress)
    if session.json:
        show_json({"path": str(to), **manifest.as_json})
        return
    show(f"Saved: {counted(manifest.position, 'log entry', 'log entries')} in {to}. Head: {manifest.head}")
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

    with session.progress("Proving the copy") as on_progress:
        restored_home = restored(
            session.data_directory("A database is restored by its server's own tools"), source, erased, on_progress
        )
    manifest, head = restored_home.manifest, {"position": restored_home.head.position, "head": restored_home.head.hash}
    if session.json:
        show_json({"home": str(session.home.path), **manifest.as_json, **head, "erased_again": restored_home.erased})
        return
    entries = counted(restored_home.head.position, "log entry", "log entries")
    show(f"Restored: {entries}, as of {manifest.made_at}, in {session.home.path}. Head: {restored_home.head.hash}")
    if restored_home.erased:
        session.note(f"Erased again, as newer lists say: {counted(restored_home.erased, 'text', 'texts')}.")
    if not erased:
        session.note(
            "What was erased later than any list here says is back. Erase it, or name a newer list: --erased PATH"
        )
