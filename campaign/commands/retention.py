"""How long personal texts are kept, and erasing those whose time is over."""

from __future__ import annotations

from datetime import date

import click

from campaign.commands.confirmation import show_result
from campaign.commands.erase import as_json, removal_notes, result_notes
from campaign.errors import SettingsFault
from campaign.reports.texts import counted
from campaign.terminal import completion
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import Column, show, show_json, show_table
from campaign.terminal.parameters import Edge, Slug
from campaign.terminal.session import Session
from domain.ids import short


@command("set")
@argument("slug", type=Slug(), help="the campaign", shell_complete=completion.campaigns)
@option(
    "--keep-until", type=Edge(last=True, ahead=True), metavar="DAY", required=True, help="The last day they are kept."
)
@json_option
def set_(session: Session, slug: str, keep_until: date) -> None:
    """Say until when contacts, notes and sole traders' names of a campaign are kept."""
    from campaign.terminal.event_sentences import in_words

    with session.tracker() as tracker:
        facts = tracker.set_retention(session.act(anywhere=True), slug, keep_until)
    if not facts:
        show_result(session, facts, f"Campaign {slug} keeps them until {keep_until} already; nothing was changed.")
        return
    entry = short(facts[0].entry)
    show_result(
        session, facts, f"Logged: {in_words(facts[0])}, campaign {slug} (entry {entry}). Undo: campaign undo {entry}"
    )


@command("run")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, erase nothing.")
@json_option
def run(session: Session, dry_run: bool) -> None:
    """Erase the personal texts whose time is over. Nothing is said of what they were."""
    from campaign.backups.full_erasure import clean_up, erase
    from campaign.personal_data.retention import due_texts

    with session.tracker() as tracker:
        texts = due_texts(tracker, session.today)
        if dry_run or not texts.targets:
            leftovers, removal = (0, None) if dry_run else clean_up(session.home, tracker)
            _say_due(session, texts.kinds, dry_run, leftovers, removal_notes(removal) if removal else [])
            return
        result = erase(
            session.home, tracker, session.act(anywhere=True, in_parts=True), texts.targets, "kept no longer: retention"
        )
        clean_up(session.home, tracker)
    if session.json:
        show_json({"dry_run": False, "kinds": texts.kinds, **as_json(result)})
        return
    show(f"Erased: {_in_words(texts.kinds)}; the log says so in {counted(len(result.facts), 'entry', 'entries')}.")
    for line in result_notes(result):
        session.note(line)


def _say_due(session: Session, kinds: dict[str, int], dry_run: bool, leftovers: int, notes: list[str]) -> None:
    if session.json:
        show_json({"dry_run": dry_run, "kinds": kinds, "entries": []})
        return
    show(f"Due: {_in_words(kinds)}." if kinds else "Nothing is due.")
    for line in notes:
        session.note(line)
    if leftovers:
        session.note(f"Left by something that was interrupted, and deleted: {counted(leftovers, 'text', 'texts')}.")
    if kinds and dry_run:
        session.note("Nothing was erased: this was a dry run.")


def _in_words(kinds: dict[str, int]) -> str:
    return ", ".join(counted(number, kind, f"{kind}s") for kind, number in sorted(kinds.items()))


@command("log")
@json_option
def log(session: Session) -> None:
    """List what was erased: when, by whom and why, and never what it said."""
    from campaign.personal_data.erasure_log import erasures

    if not session.home.access.sees_all:
        raise SettingsFault("What was erased is seen by a data-protection officer or a coordinator.")
    with session.tracker() as tracker:
        rows = [(line, tracker.load([line.owner])[line.owner].cvr) for line in erasures(tracker)]
    if session.json:
        listed = [
            {"entry": e.entry.hex, "erased": e.subject.hex, "cvr": cvr, "at": e.at, "by": e.by, "because": e.because}
            for e, cvr in rows
        ]
        show_json({"rows": listed})
        return
    columns = [
        Column("day"),
        Column("erased"),
        Column("cvr", drop=2),
        Column("by", drop=1),
        Column("because", folds=True),
        Column("entry", drop=3),
    ]
    show_table(columns, [[str(e.at), e.subject.hex[:8], cvr, e.by, e.because, e.entry.hex[:8]] for e, cvr in rows])
    if not rows:
        session.note("Nothing was erased here.")
