"""Looking whether all is well: the log proved row by row, and the machine, the home and the settings examined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from campaign.errors import CheckFault, SettingsFault
from campaign.terminal.options import command, json_option, option
from campaign.terminal.output import Column, counted, show, show_json, show_table
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.diagnostics import Check
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
    from campaign.personal_data.text_check import TextsVerdict, check_texts
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
        texts = TextsVerdict(0, []) if verdict.fault else check_texts(tracker)
    if session.json:
        show_json(_as_json(verdict, anchors) | {"texts": texts.kept, "text_faults": texts.faults})
    if verdict.fault:
        where = f"Position {verdict.position:,}: " if verdict.position else ""
        raise CheckFault(f"{where}{verdict.fault}. Entries before it, as they were written: {verdict.events:,}.")
    if not session.json:
        _show_proof(session, verdict, anchors)
    if texts.faults:
        raise CheckFault(f"Of the personal texts {_listed(texts.faults)}. The log itself is as it was written.")
    if texts.kept and not session.json:
        show(f"Personal texts as they were logged: {texts.kept:,}.")


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
    from campaign.terminal.number_format import unknown_kinds

    show(f"As it was written: {counted(verdict.events, 'entry', 'entries')}. Head: {verdict.head.hex()}")
    for anchor in anchors:
        show(f"It fits the head of position {anchor.head.position:,} in {anchor.source}.")
    if verdict.unknown:
        show(f"Kept, though not to be read here: {unknown_kinds(verdict.unknown)}.")
    session.note("Keep the head elsewhere: only then can a rewritten end of the log be noticed.")


def _checkup(session: Session) -> Iterator[Check]:
    if session.setting("database"):
        from campaign.storage.postgres.diagnostics import checkup as of_database

        return of_database(session.home, session.settings)  # type: ignore[arg-type]
    from campaign.diagnostics import checkup

    return checkup(session.home, session.settings)


@command("doctor")
@json_option
def doctor(session: Session) -> None:
    """Look whether all is well here: Python and SQLite, the home, settings, permissions, disk, log, read models."""
    found = list(_checkup(session))
    if session.json:
        show_json({"checks": [check._asdict() for check in found]})
    else:
        columns = [Column("state"), Column("what"), Column("found", folds=True)]
        show_table(columns, [["ok" if check.ok else "FAULT", check.what, check.found] for check in found])
    faults = [check.what for check in found if not check.ok]
    if faults:
        raise CheckFault(f"{len(faults)} of {len(found)} checks found a fault: {', '.join(faults)}.")
