"""`campaign verify`: the log held against its hash chain, and every personal text against the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from campaign.errors import CheckFault, SettingsFault
from campaign.reports.formats import unknown_kinds
from campaign.reports.texts import counted
from campaign.storage.checkpoints import Checkpoint, checkpoints_in
from campaign.terminal.options import command, json_option, option
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.storage.checkpoints import Checkpoint
    from campaign.storage.verification import Verdict

_MOST_LISTED = 3


@command("verify")
@option(
    "--anchor",
    "files",
    multiple=True,
    metavar="FILE",
    help="Hold the log against a head kept elsewhere: an export, a backup, an earlier --json. Repeat it for more.",
)
@json_option
def verify(session: Session, files: tuple[str, ...]) -> None:
    """Prove that the log is what was written: recompute its chain of hashes, and replay every event.

    Only a head kept elsewhere shows that the end of the log was cut or rewritten: --anchor FILE. The read models
    here count as one.
    """
    from campaign.app import open_tracker
    from campaign.personal_data.text_check import TextCheck, check_texts
    from campaign.storage.verification import verify as examined

    if not session.home.access.sees_all:
        raise SettingsFault("The log is proved by somebody who sees all of it: log in as coordinator or protection.")
    anchors = _anchors(session, files)
    with open_tracker(session.home, any_log=True) as tracker, session.progress("Verifying") as on_progress:
        verified, total = 0, session.home.head()

        def report_progress(rows: int) -> None:
            nonlocal verified
            verified += rows
            on_progress(verified, total)

        verdict = examined(tracker.store, tracker.mapper, report_progress, anchors)
        texts = TextCheck(0, []) if verdict.fault else check_texts(tracker)
    if session.json:
        show_json(_as_json(verdict, anchors) | {"texts": texts.intact, "text_faults": texts.faults})
    if verdict.fault:
        place = f"Position {verdict.position:,}: " if verdict.position else ""
        raise CheckFault(f"{place}{verdict.fault}. Entries before it, as they were written: {verdict.events:,}.")
    if not session.json:
        _show_proof(session, verdict, anchors)
    if texts.faults:
        raise CheckFault(f"Of the personal texts {_listed(texts.faults)}. The log itself is as it was written.")
    if texts.intact and not session.json:
        show(f"Personal texts as they were logged: {texts.intact:,}.")


def _listed(faults: Sequence[str]) -> str:
    more = f"; and {len(faults) - _MOST_LISTED:,} more" if len(faults) > _MOST_LISTED else ""
    return "; ".join(faults[:_MOST_LISTED]) + more


def _anchors(session: Session, files: Sequence[str]) -> list[Checkpoint]:
    """The heads in these files, and that of the read models where there are any."""

    anchors = [anchor for file in files for anchor in checkpoints_in(Path(file))]
    head = session.home.seen()
    return [*anchors, Checkpoint(head, session.home.views_named)] if head else anchors


def _as_json(verdict: Verdict, anchors: Sequence[Checkpoint]) -> dict[str, object]:
    checkpoints = [{"position": a.head.position, "head": a.head.hash, "source": a.source} for a in anchors]
    fields = {"position": verdict.position, "fault": verdict.fault, "unknown": verdict.unknown, "anchors": checkpoints}
    return {"events": verdict.events, "head": verdict.head.hex(), **fields}


def _show_proof(session: Session, verdict: Verdict, anchors: Sequence[Checkpoint]) -> None:

    show(f"As it was written: {counted(verdict.events, 'entry', 'entries')}. Head: {verdict.head.hex()}")
    for anchor in anchors:
        show(f"It fits the head of position {anchor.head.position:,} in {anchor.source}.")
    if verdict.unknown:
        show(f"Kept, though not to be read here: {unknown_kinds(verdict.unknown)}.")
    session.note("Keep the head elsewhere: only then can a rewritten end of the log be noticed.")
