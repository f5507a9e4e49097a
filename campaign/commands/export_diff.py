"""`campaign export diff`: the totals that differ between two files, and the kinds of entries that caused it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.publishing.formats.reading import read
from campaign.publishing.revision_note import note
from campaign.publishing.revisions import left_out, publishable, revisions
from campaign.terminal.languages import LANGUAGES, language_of
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.publishing.revisions import Revision


@command("diff")
@argument("old", metavar="OLD", help="the file given out before")
@argument("new", metavar="NEW", help="the file of the same table now")
@option("--lang", type=click.Choice(LANGUAGES), help="The language of the note; default: the setting lang, else en.")
@json_option
def diff(session: Session, old: str, new: str, lang: str | None) -> None:
    """Which totals changed between two exports, and by which kinds of entries: as a note that can be published.

    Figures that one of the files hides are left out; where a cause is of few entries, causes are named without numbers.
    """
    language = language_of(session, lang)
    earlier, later = read(Path(old)), read(Path(new))
    with session.read() as connection:
        differences = revisions(connection, earlier, later)
    hidden = left_out(earlier, later)
    if session.json:
        rows = [_row(revision, later.request.suppress_below) for revision in differences]
        show_json({"old": old, "new": new, "hidden": hidden, "rows": rows})
        return
    for line in note(earlier, later, differences, hidden, language):
        show(line)


def _row(revision: Revision, below: int) -> dict[str, Any]:
    return revision._asdict() | {
        "group": dict(sorted(revision.group)),
        "by_cause": publishable(revision.by_cause, below),
    }
