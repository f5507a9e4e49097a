"""`campaign verify`: the log held against its hash chain, and every personal text against the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from campaign.errors import CheckFault, SettingsFault
from campaign.terminal.options import command, json_option, option
from campaign.terminal.output import counted, show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.storage.checkpoints import Anchor
    from campaign.storage.verification import Verdict

_TOLD = 3


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
    from campaign.personal_data.text_check import TextCheck, check_texts
    from campaign.storage.verification import verify as examined

    if not session.home.is_whole:
        raise SettingsFault("The log is proved by somebody who sees all of it: log in as coordinator or protection.")
    anchors = _anchors(session, files)
    with session.home.tracker(any_log=True) as tracker, session.progress("Verifying") as seen:
        done, of = 0, session.home.head()

        def told(rows: int) -> None:
            nonlocal done
            done += rows
            seen(done, of)

        verdict = examined(tracker.store, tracker.mapper, told, anchors)
        texts = TextCheck(0, []) if verdict.fault else check_texts(tracker)
    if session.json:
        show_json(_as_json(verdict, anchors) | {"texts": texts.intact, "text_faults": texts.faults})
    if verdict.fault:
        where = f"Position {verdict.position:,}: " if verdict.position else ""
        raise CheckFault(f"{where}{verdict.fault}. Entries before it, as they were written: {verdict.events:,}.")
    if not session.json:
        _show_proof(session, verdict, anchors)
    if texts.faults:
        raise CheckFault(f"Of the personal texts {_listed(texts.faults)}. The log itself is as it was written.")
    if texts.intact and not session.json:
        show(f"Personal texts as they were logged: {texts.intact:,}.")


def _listed(faults: Sequence[str]) -> str:
    more = f"; and {len(faults) - _TOLD:,} more" if len(faults) > _TOLD else ""
    return "; ".join(faults[:_TOLD]) + more


def _anchors(session: Session, files: Sequence[str]) -> list[Anchor]:
    """The heads in these files, and that of the read models where there are any."""
    from pathlib import Path

    from campaign.storage.checkpoints import Anchor, anchors_in

    kept = [anchor for file in files for anchor in anchors_in(Path(file))]
    seen = session.home.seen()
    return [*kept, Anchor(seen, session.home.views_named)] if seen else kept


def _as_json(verdict: Verdict, anchors: Sequence[Anchor]) -> dict[str, object]:
    held = [{"position": a.head.position, "head": a.head.hash, "source": a.source} for a in anchors]
    found = {"position": verdict.position, "fault": verdict.fault, "unknown": verdict.unknown, "anchors": held}
    return {"events": verdict.events, "head": verdict.head.hex(), **found}


def _show_proof(session: Session, verdict: Verdict, anchors: Sequence[Anchor]) -> None:
    from campaign.reports.formats import unknown_kinds

    show(f"As it was written: {counted(verdict.events, 'entry', 'entries')}. Head: {verdict.head.hex()}")
    for anchor in anchors:
        show(f"It fits the head of position {anchor.head.position:,} in {anchor.source}.")
    if verdict.unknown:
        show(f"Kept, though not to be read here: {unknown_kinds(verdict.unknown)}.")
    session.note("Keep the head elsewhere: only then can a rewritten end of the log be noticed.")
