"""`campaign funnel`: from letters to positions, each step with its share of the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from campaign.terminal import output
from campaign.terminal.options import command
from campaign.terminal.output import Column, bar
from campaign.terminal.report_options import Asked, in_words, report, scope_of
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from projections.questions.funnel import FunnelStep

_CELLS = 20
_ROOM = 80 + _CELLS


@command("funnel")
@report
def funnel(session: Session, asked: Asked) -> None:
    """Mailed, called, reached, accepted, booked, held, with yield, positions: each of the step before."""
    from campaign.terminal.number_format import deliver
    from projections.questions.funnel import funnel as steps_of

    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        steps = steps_of(connection, scope)
    bars = output.on_terminal() and output.width() >= _ROOM and not asked.output
    columns = [*_COLUMNS, Column("drawn")] if bars else _COLUMNS
    most = max(step.count for step in steps)
    counts = {step.step: step.count for step in steps}
    lines = [_line(step, counts) + ([bar(step.count / most, _CELLS) if most else ""] if bars else []) for step in steps]
    deliver(session, asked, {"rows": [asdict(step) for step in steps]}, columns, lines, [in_words(scope, asked), _NOTE])


_COLUMNS = [
    Column("step"),
    Column("number", right=True),
    Column("unit"),
    Column("share", right=True),
    Column("of", folds=True),
]
_ONE = {"companies": "company", "visits": "visit"}
_NOTE = "Companies are counted once. Positions in all hold those straight from calls, which no visit is the base of."


def _line(step: FunnelStep, counts: Mapping[str, int]) -> list[str]:
    from campaign.reports.formats import NOTHING, number, share_text
    from campaign.reports.report import Share
    from projections.questions.funnel import STEPS

    if step.of is None or step.of_unit is None:
        return [step.name, number(step.count), step.unit, NOTHING, ""]
    if step.unit == step.of_unit:
        share = share_text(Share(step.count, counts[step.of], step.share))
        return [step.name, number(step.count), step.unit, share, f"those {STEPS[step.of][0]}"]
    each = NOTHING if step.share is None else f"{step.share:.2f}"
    return [step.name, number(step.count), step.unit, each, f"per {_ONE[step.of_unit]} {STEPS[step.of][0]}"]
