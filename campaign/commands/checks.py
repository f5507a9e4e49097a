"""Looking whether all is well: the log proved row by row, and the machine, the home and the settings examined."""

from __future__ import annotations

from campaign.faults import CheckFault
from campaign.terminal.declaring import command, json_option
from campaign.terminal.output import Column, counted, show, show_json, show_table
from campaign.terminal.session import Session


@command("verify")
@json_option
def verify(session: Session) -> None:
    """Prove that the log is what was written: recompute its chain of hashes, and replay every event."""
    from campaign.eventstore import heads
    from campaign.eventstore.verification import verify as examined

    with session.tracker() as tracker, session.progress("Verifying") as seen:
        done, of = 0, heads.head(session.home.log)

        def told(rows: int) -> None:
            nonlocal done
            done += rows
            seen(done, of)

        verdict = examined(tracker.store, tracker.mapper, told)
    if session.json:
        found = {"position": verdict.position, "fault": verdict.fault}
        show_json({"events": verdict.events, "head": verdict.head.hex(), **found})
    if verdict.fault:
        where = f"Position {verdict.position:,}: " if verdict.position else ""
        raise CheckFault(f"{where}{verdict.fault}. Entries before it, as they were written: {verdict.events:,}.")
    if not session.json:
        show(f"As it was written: {counted(verdict.events, 'entry', 'entries')}. Head: {verdict.head.hex()}")
        session.note("Keep the head elsewhere: only then can a rewritten end of the log be noticed.")


@command("doctor")
@json_option
def doctor(session: Session) -> None:
    """Look whether all is well here: Python and SQLite, the home, settings, permissions, disk, log, read models."""
    from campaign.checkup import checkup

    found = list(checkup(session.home, session.settings))
    if session.json:
        show_json({"checks": [check._asdict() for check in found]})
    else:
        columns = [Column("state"), Column("what"), Column("found", folds=True)]
        show_table(columns, [["ok" if check.ok else "FAULT", check.what, check.found] for check in found])
    faults = [check.what for check in found if not check.ok]
    if faults:
        raise CheckFault(f"{len(faults)} of {len(found)} checks found a fault: {', '.join(faults)}.")
