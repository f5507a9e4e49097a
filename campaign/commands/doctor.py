"""`campaign doctor`: checks of the machine, the data directory and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from campaign.commands.servers import shared_workspace
from campaign.errors import CheckFault
from campaign.terminal.options import command, json_option
from campaign.terminal.output import Column, show_json, show_table
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.storage.checks import Check


@command("doctor")
@json_option
def doctor(session: Session) -> None:
    """Look whether all is well here: Python and SQLite, the home, settings, permissions, disk, log, read models."""
    checks = list(_checkup(session))
    if session.json:
        show_json({"checks": [check.as_json for check in checks]})
    else:
        columns = [Column("state"), Column("what"), Column("found", folds=True)]
        show_table(columns, [["ok" if check.ok else "FAULT", check.subject, check.result] for check in checks])
    faults = [check.subject for check in checks if not check.ok]
    if faults:
        raise CheckFault(f"{len(faults)} of {len(checks)} checks found a fault: {', '.join(faults)}.")


def _checkup(session: Session) -> Iterator[Check]:
    if session.setting("database"):
        from campaign.database_diagnostics import checkup as database_checkup

        return database_checkup(shared_workspace(session), session.settings)
    from campaign.diagnostics import checkup

    return checkup(session.data_directory(""), session.settings)
