"""`campaign export totals`: the figures as a file, for a regional office to check, publish and answer for."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from campaign.eventstore.anchors import HEAD, POSITION
from campaign.exporting.sidecars import anchor_of, as_anchor
from campaign.faults import CheckFault, SettingsFault
from campaign.terminal.declaring import command, option
from campaign.terminal.output import escaped
from campaign.terminal.scopes import Asked, described, report, scope_of
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.eventstore.heads import Head
    from campaign.exporting.totals import Totals
    from projections.scope import Scope

_FORMATS = ("csv", "excel-csv", "xlsx", "json", "tsv")
_WITH_HEAD = ("xlsx", "json")
"""Formats that have a place for the head of the log in the file itself."""


class Dimensions(click.ParamType[tuple[str, ...]]):
    """Names of dimensions with commas between them; consultants are refused."""

    name = "dimensions"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names, each once."""
        from campaign.exporting.totals import EXPORTED
        from domain.vocabulary import one_of

        words = [word.strip() for word in value.split(",")]
        if "consultant" in words:
            raise _NO_CONSULTANTS
        return tuple(dict.fromkeys(one_of("dimension", word, EXPORTED) for word in words))


_NO_CONSULTANTS = SettingsFault(
    "An export has no figures of single consultants, for it is made to be handed on. "
    "On the screen they are in: campaign rates --by consultant"
)


@command("totals")
@option("--by", "dimensions", type=Dimensions(), metavar="DIM[,DIM]", help="office, region, week, month, size ...")
@option("--format", "chosen", type=click.Choice(_FORMATS), help="Otherwise the end of the file's name says it.")
@report
def totals(session: Session, asked: Asked, dimensions: tuple[str, ...] | None, chosen: str | None) -> None:
    """Totals with every rate, its interval and its base, as a file (-o FILE; - is stdout).

    .csv is for programs; --format excel-csv opens right in Danish Excel; .xlsx explains every figure in it.
    """
    form = _checked(asked, chosen or ("json" if session.json else None))
    with session.read() as connection:
        scope = scope_of(session, connection, asked, all_campaigns="campaign" in (dimensions or ()))
        found = _gather(session, connection, scope, asked, dimensions or ())
    _hand_over(session, asked, _WRITTEN[form](found), found.about, has_head=form in _WITH_HEAD)
    if form == "excel-csv" and "size" in found.dimensions:
        session.note("Excel takes sizes such as 2-4 for dates in a CSV; in an .xlsx they stay what they are.")


def _checked(asked: Asked, chosen: str | None) -> str:
    """The format to write; refused before any work is done when the file cannot be meant."""
    from campaign.exporting.files import check_target

    if asked.consultants:
        raise _NO_CONSULTANTS
    if asked.output is None:
        raise click.UsageError("Say which file to write: -o FILE.csv, .xlsx, .json or .tsv; -o - for stdout.")
    if asked.output != "-":
        check_target(Path(asked.output), asked.force)
    form = chosen or _form(asked.output)
    if asked.output != "-" and form not in _WITH_HEAD:
        check_target(anchor_of(Path(asked.output)), asked.force)
    if asked.output == "-" and form == "xlsx":
        raise click.UsageError("A workbook cannot be shown on stdout. Write it to a file: -o FILE.xlsx")
    return form


def _form(output: str) -> str:
    ending = "tsv" if output == "-" else Path(output).suffix.casefold().removeprefix(".")
    if ending not in _FORMATS:
        raise click.UsageError(f"{output!r} ends in no format. Say --format, one of {', '.join(_FORMATS)}.")
    return ending


def _gather(
    session: Session, connection: Connection, scope: Scope, asked: Asked, dimensions: tuple[str, ...]
) -> Totals:
    from campaign import __version__
    from campaign.exporting.totals import gather
    from projections.catch_up import position

    head = _head(session, position(connection) if scope.known is None else scope.known)
    at = {POSITION: str(head.position), HEAD: head.hash}
    made = {"day of the report": str(scope.day), **at, "made at": session.now.isoformat()}
    about = dict(described(scope, asked)) | made | {"made by": f"campaign {__version__}"}
    return gather(connection, scope, dimensions, about)


def _head(session: Session, position: int) -> Head:
    """The head of the log as the figures know it: whoever keeps it can tell later that nothing before was rewritten."""
    head = session.home.head_at(position)
    if head is None:
        raise CheckFault(f"Position {position:,} is gone from the log, or was altered. Run: campaign verify")
    return head


def _hand_over(session: Session, asked: Asked, content: bytes, about: dict[str, str], has_head: bool) -> None:
    from campaign.exporting.files import put

    if asked.output == "-":
        sys.stdout.buffer.write(content)
        return
    path = Path(asked.output or "")
    put(path, content, asked.force)
    session.note(f"Written: {path}")
    if not has_head:
        put(anchor_of(path), as_anchor(content, about), asked.force)
        session.note(f"Beside it, to prove the log by: {anchor_of(path).name}")


def _json(found: Totals) -> bytes:
    from campaign.exporting.totals import as_json

    return f"{escaped(json.dumps(as_json(found), ensure_ascii=False, indent=2))}\n".encode()


def _separated(dialect: str) -> Callable[[Totals], bytes]:
    def write(found: Totals) -> bytes:
        from campaign.exporting import separated

        return separated.separated(found, separated.DIALECTS[dialect])

    return write


def _workbook(found: Totals) -> bytes:
    from campaign.exporting.workbooks import workbook

    return workbook(found)


_WRITTEN: dict[str, Callable[[Totals], bytes]] = {
    "csv": _separated("csv"),
    "excel-csv": _separated("excel-csv"),
    "tsv": _separated("tsv"),
    "json": _json,
    "xlsx": _workbook,
}
