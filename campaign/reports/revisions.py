"""Revisions: why a total differs from what was known on an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.reports.report import Cell, Column, Line, Report
from campaign.reports.texts import number

if TYPE_CHECKING:  # it loads SQLAlchemy
    from projections.questions.revisions import RevisedCount, Revision

_SUMS = (Column("count", "count"), Column("number", "number", "count"), Column("what", "what it is", folds=True))
_SHOWN = (
    Column("of", "count", folds=True),
    Column("effect", "+/-", "count"),
    Column("cause", "cause"),
    Column("day", "day", "day"),
    Column("recorded_on", "logged", "day", drop=7),
    Column("said", "said", folds=True, drop=5),
    Column("company", "company", folds=True),
    Column("office", "office", drop=8),
    Column("consultant", "consultant", drop=9),
    Column("entry", "entry", drop=6),
)
_HEADINGS = (
    *("count", "effect", "cause", "day", "logged", "said", "because"),
    *("company", "cvr", "office", "consultant", "entry"),
)


class Revisions(NamedTuple):
    """The counts with their lines, between what was known on ``since`` and what was known on ``known_on``."""

    counts: Sequence[RevisedCount]
    lines: Sequence[Revision]
    since: date
    known_on: date

    def lines_of(self, count: str) -> list[Revision]:
        """The lines that make one count what it is."""
        return [line for line in self.lines if line.of == count]


def sums_report(revisions: Revisions) -> Report:
    """For each count what was known then, the effect of each cause, and what is known now."""
    return _report(_SUMS, [line for count in revisions.counts for line in _sums(count, revisions)], {})


def _sums(count: RevisedCount, revisions: Revisions) -> list[list[str]]:
    from projections.questions.revision_causes import CAUSES

    since, known_on = revisions.since, revisions.known_on
    name = count.of.replace("_", " ")
    targets = [["", "", f"target: {line.said}"] for line in revisions.lines_of(count.of) if line.cause == "target"]
    causes = [["", _signed(effect), f"{cause}: {CAUSES[cause]}"] for cause, effect in count.by_cause.items()]
    if not causes:
        return [[name, number(count.after), f"as known on {known_on}, and on {since}"], *targets]
    before, after = f"as known on {since}", f"as known on {known_on}"
    return [[name, number(count.before), before], *causes, ["", number(count.after), after], *targets]


def shown_report(lines: Sequence[Revision]) -> Report:
    """Some of the lines, as there is room for on a terminal."""
    return _report(_SHOWN, [_shown(line) for line in lines], {})


def first_lines(revisions: Revisions, most: int) -> list[Revision]:
    """At most ``most`` lines, of each count as many; what one count does not need is left to the others."""
    by_count = [revisions.lines_of(count.of) for count in revisions.counts]
    each, left = 0, most
    while left >= (more := sum(len(lines) > each for lines in by_count)) > 0:
        each, left = each + 1, left - more
    return [line for lines in by_count for line in lines[: max(1, each)]]


def all_lines_report(revisions: Revisions) -> Report:
    """For each count what was known then, every line, and what is known now, which is the sum of those above."""
    lines = []
    for count in revisions.counts:
        lines.append(_edge(count.of, count.before, revisions.since))
        lines += [_line(line) for line in revisions.lines_of(count.of)]
        lines.append(_edge(count.of, count.after, revisions.known_on))
    document = {
        "since": revisions.since,
        "known_on": revisions.known_on,
        "totals": [count._asdict() for count in revisions.counts],
        "rows": [line._asdict() for line in revisions.lines],
    }
    return _report(tuple(Column(heading, heading) for heading in _HEADINGS), lines, document)


def _report(columns: tuple[Column, ...], lines: Sequence[Sequence[str]], document: dict[str, Any]) -> Report:
    return Report(
        columns, tuple(Line(str(place), tuple(map(Cell, line))) for place, line in enumerate(lines)), (), document
    )


def _edge(count: str, amount: int, day: date) -> list[str]:
    return [count, str(amount), f"known on {day}", *[""] * (len(_HEADINGS) - 3)]


def _line(line: Revision) -> list[str]:
    cause = (line.of, str(line.effect), line.cause, line.day, line.recorded_on or "", line.said, line.because)
    return [*cause, line.company or "", line.cvr, line.office, line.consultant, line.entry[:8]]


def _shown(line: Revision) -> list[str]:
    cause = (line.of.replace("_", " "), _signed(line.effect), line.cause, line.day, line.recorded_on or "")
    details = ": ".join(filter(None, (line.said, line.because)))
    return [*cause, details, line.company or "", line.office, line.consultant, line.entry[:8]]


def _signed(effect: int) -> str:
    return f"{effect:+,}" if effect else "0"
