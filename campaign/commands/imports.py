"""`campaign import`: tables from files go in, each row once; what became of every row is said."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from campaign.errors import SettingsFault
from campaign.reference import offices
from campaign.terminal.options import argument, command, json_option
from campaign.terminal.output import Column, show_json, show_table
from campaign.terminal.session import Session
from domain.texts import clean_text

if TYPE_CHECKING:  # loaded when an import runs, not for its help
    from campaign.importing.imports import ImportPlan, TableOutcome
    from campaign.storage.ports import Workspace


@command("import")
@argument(
    "paths",
    metavar="PATH...",
    nargs=-1,
    required=True,
    type=click.Path(),
    help="a CSV, XLSX, zip or folder",
)
@click.option("--source", default="", metavar="NAME", help="The system the references are of, if several are imported.")
@click.option("--update", is_flag=True, help="Take changed rows: the old entry is retracted, a new one logged.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, write nothing.")
@click.option(
    "--rejects", type=click.Path(path_type=Path), metavar="DIR", help="Folder for the rows that cannot be taken."
)
@json_option
def import_(
    session: Session, paths: Sequence[str], source: str, update: bool, dry_run: bool, rejects: Path | None
) -> None:
    """Import companies, invitations, calls, visits and yields.

    PATH is a CSV, an XLSX, or a folder or a zip of them; the headings say what a table holds. Importing the same
    rows again changes nothing.
    """
    from campaign.importing.imports import plan_import

    session.home.require()
    if any(not path for path in paths):
        raise SettingsFault("A PATH is empty. Is a variable not set?")
    plan = plan_import([Path(path) for path in paths], offices())
    if dry_run:
        with session.home.dry_run() as home:
            batch, outcomes = _run(session, home, plan, source, update, None)
            outcomes = [replace(outcome, rejects=None) for outcome in outcomes]
    else:
        _check_folder(rejects)
        batch, outcomes = _run(session, session.home, plan, source, update, rejects)
    _say(session, outcomes, _notes(plan, outcomes, batch, update, dry_run), batch, dry_run)


def _check_folder(folder: Path | None) -> None:
    """Refuses a folder for rejects that cannot be written to, before anything is taken."""
    if folder is None:
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsFault(f"--rejects {folder} cannot be made: {fault.strerror}.") from fault
    if not os.access(folder, os.W_OK):
        raise SettingsFault(f"--rejects {folder} cannot be written to.")


def _run(
    session: Session, home: Workspace, plan: ImportPlan, source: str, update: bool, rejects: Path | None
) -> tuple[UUID, list[TableOutcome]]:
    from campaign.app import open_tracker
    from campaign.importing.imports import import_tables, new_run

    by = session.consultant if session.setting("consultant") else "import"
    office = session.office if session.setting("office") else ""
    source_name = clean_text("source", source, 50)
    run = new_run(plan, session.slug, source_name, by, office, session.now, session.today, update)
    folder = rejects or home.path / "rejects" / run.batch.hex[:8]
    with open_tracker(home) as tracker, session.progress("Importing") as on_progress:
        tracker.campaign(session.slug)
        try:
            return run.batch, import_tables(tracker, plan, run, folder, on_progress)
        except KeyboardInterrupt:
            session.note("What was taken so far stays; the same command goes on where it stopped.")
            session.note(f"Take it back instead: campaign undo --batch {run.batch.hex[:8]}")
            raise


def _say(session: Session, outcomes: Sequence[TableOutcome], notes: Sequence[str], batch: UUID, dry_run: bool) -> None:
    if session.json:
        show_json({"batch": str(batch), "dry_run": dry_run, "tables": [_row(outcome) for outcome in outcomes]})
    else:
        columns = [Column("table", folds=True), *(Column(name, right=True) for name in _COUNTS)]
        rows = [[outcome.table, *(f"{_row(outcome)[name]:,}" for name in _COUNTS)] for outcome in outcomes]
        show_table(columns, rows)
    for line in notes:
        session.note(line)


_COUNTS = ("read", "taken", "there already", "changed", "rejected")


def _row(outcome: TableOutcome) -> dict[str, Any]:
    verdicts = {verdict.value: count for verdict, count in outcome.rows.items()}
    counts = {name: verdicts.get(name, 0) for name in _COUNTS[1:]}
    rejects = str(outcome.rejects) if outcome.rejects else None
    return {"table": outcome.table, "kind": outcome.kind, "read": outcome.read, **counts, "rejects": rejects}


def _notes(plan: ImportPlan, outcomes: Sequence[TableOutcome], batch: UUID, update: bool, dry_run: bool) -> list[str]:
    rows = [_row(outcome) for outcome in outcomes]
    notes = [f"{o.table} was read as {o.encoding}." for o in outcomes if o.encoding]
    notes += [f"Left out: {reason}." for reason in plan.left_out]
    notes += [f"{table.name} has headings and no rows." for _, table in plan.tables if not table.count]
    notes += [f"{o.table}: first rejected {o.first_fault}" for o in outcomes if o.first_fault]
    if any(row["changed"] for row in rows) and not update:
        notes.append("Changed rows were left as they are in the log; --update takes what they say now.")
    if any(row["changed"] for row in rows) and update:
        notes.append("Changed rows were taken: what they said before is retracted, what they say now is logged.")
    if dry_run:
        return [*notes, "Nothing was written: this was a dry run."]
    notes += [
        f"Rejected rows of {o.table} are in {o.rejects}: mend and import that file." for o in outcomes if o.rejects
    ]
    if any(row["taken"] or (row["changed"] and update) for row in rows):
        notes.append(f"Take all of it back: campaign undo --batch {batch.hex[:8]}")
    return notes
