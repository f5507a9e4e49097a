"""`campaign today` and `campaign overdue`: what is agreed for today, and what should have happened and has not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from campaign.terminal import completion, output
from campaign.terminal.options import command, option
from campaign.terminal.output import Column
from campaign.terminal.parameters import OneOf
from campaign.terminal.report_options import Asked, in_words, of_own_office, refuse_region, report, scope_of
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from projections.questions.worklists import Item, Worklist


_NAMED = {
    "visit": ("visit", "visits"),
    "call-back": ("call-back", "call-backs"),
    "follow-up": ("follow-up", "follow-ups"),
    "accepted-not-booked": ("yes without a visit", "yeses without a visit"),
    "start": ("start", "starts"),
}
"""What an item can be, in the singular and the plural."""


@command("today")
@option("--all", "everybody", is_flag=True, help="Of everybody, not of you alone.")
@report
def today(session: Session, asked: Asked, everybody: bool) -> None:
    """Your appointments, call-backs and starts of today; --all, --office or --consultant: those of others."""
    from campaign.terminal.dates import shown
    from projections.questions.worklists import due_on, overdue_counts

    refuse_region(session, "what is to be done")
    mine = not (everybody or asked.consultants or asked.regions or _named_offices(session, asked))
    me = (session.consultant,) if mine else asked.consultants
    with session.read() as connection:
        scope = replace(scope_of(session, connection, asked), consultants=me)
        due, late = due_on(connection, scope), overdue_counts(connection, scope)
    asked = replace(asked, consultants=me)
    value = {"day": str(scope.day), **_as_json(due), "left_out": due.left_out, "overdue": late}
    told = f"{shown(scope.day)}: {_told(due.items)}." if due.items else f"{shown(scope.day)}: {_NOTHING_TODAY}"
    notes = [in_words(scope, asked), told, *_more(session, asked, late), *_left_out(due)]
    _show(session, asked, value, _TODAY, [_line(item)[2:] for item in due.items], notes)


@command("overdue")
@option("--all", "everywhere", is_flag=True, help="Of all offices, not of yours alone.")
@option("--by", type=click.Choice(["consultant", "office"]), help="One line of numbers for each of these.")
@option(
    "--what",
    multiple=True,
    type=OneOf("kind of overdue work", tuple(_NAMED)),
    metavar="WORK",
    shell_complete=completion.words(tuple(_NAMED)),
    help=f"Only these; can be repeated: {', '.join(_NAMED)}.",
)
@report
def overdue(session: Session, asked: Asked, everywhere: bool, by: str | None, what: tuple[str, ...]) -> None:
    """What should have happened and has not: in your office, or wherever else is said."""
    from projections.questions.worklists import overdue as overdue_on

    refuse_region(session, "what is overdue")
    asked = _of_own_office(session, asked, everywhere, by)
    with session.read() as connection:
        scope = scope_of(session, connection, asked)
        late = overdue_on(connection, scope)
    late = late._replace(items=[item for item in late.items if item.what in (what or _NAMED)])
    told = f"Overdue on {scope.day}: {_told(late.items)}." if late.items else _nothing_late(what)
    notes = [in_words(scope, asked), told, *_settled_by(late.items), *_left_out(late)]
    shown = _by(late.items, by) if by else (_as_json(late), _LATE, [_line(item) for item in late.items])
    value, columns, lines = shown
    _show(session, asked, {"day": str(scope.day), **value, "left_out": late.left_out}, columns, lines, notes)


# Whose


def _named_offices(session: Session, asked: Asked) -> set[str]:
    """The offices that were asked for; a role in a database has its own anyway."""
    return set(asked.offices) - {session.home.access.office}


def _of_own_office(session: Session, asked: Asked, everywhere: bool, by: str | None) -> Asked:
    """As asked, of the office that is set unless others are; who did what is shown of the own office alone."""
    if by == "consultant":
        if everywhere:
            raise click.UsageError("By consultant, numbers are of your own office only. Leave --all out.")
        return of_own_office(session, asked)
    named = asked.offices or asked.regions or asked.consultants
    own = not (named or everywhere or by) and session.setting("office")
    return replace(asked, offices=(session.office,)) if own else asked


# What is shown


_LATE = [
    Column("day"),
    Column("days late", right=True, drop=2),
    Column("what"),
    Column("company", folds=True),
    Column("cvr", drop=1),
    Column("said", drop=6),
    Column("positions", right=True, drop=7),
    Column("consultant", drop=4),
    Column("office", drop=5),
    Column("entry", drop=3),
]
_TODAY = _LATE[2:]
_NOTHING_TODAY = "nothing is agreed for this day."


def _show(
    session: Session, asked: Asked, value: Any, columns: list[Column], lines: list[list[str]], notes: list[str]
) -> None:
    """As any report; on a terminal an empty list is what is said below it, without headings of nothing."""
    from campaign.terminal.number_format import deliver

    if lines or asked.output or session.json or not output.on_terminal():
        deliver(session, asked, value, columns, lines, notes)
        return
    for note in notes:
        session.note(note)


def _as_json(listed: Worklist) -> dict[str, Any]:
    return {"rows": [item._asdict() for item in listed.items]}


def _line(item: Item) -> list[str]:
    positions = "" if item.positions is None else str(item.positions)
    what = (item.day, str(item.days_late), item.what, item.company or "", item.cvr, item.said, positions)
    return [*what, item.consultant, item.office, item.entry[:8]]


def _by(items: list[Item], by: str) -> tuple[dict[str, Any], list[Column], list[list[str]]]:
    """Numbers by consultant or office, and of all: as JSON, and as columns and lines."""
    from campaign.reports.formats import group
    from projections.questions.worklists import ACCEPTED, ITEM_KINDS

    rows, total = _rows(items, by), _row(items)
    numbers = [Column(what, right=True, drop=1 if what == ACCEPTED else 0) for what in ITEM_KINDS]
    lines = [[group(by, row[by]), *_numbers(row)] for row in rows] + ([["all", *_numbers(total)]] if rows else [])
    return {"rows": rows, "total": total}, [Column(by, folds=True), *numbers, Column("all", right=True)], lines


def _rows(items: list[Item], by: str) -> list[dict[str, Any]]:
    """One row for each group, in the order of its words."""
    words = sorted({getattr(item, by) for item in items})
    return [{by: word, **_row([item for item in items if getattr(item, by) == word])} for word in words]


def _row(items: list[Item]) -> dict[str, int]:
    from projections.questions.worklists import counts_by_kind

    return {**counts_by_kind(items), "all": len(items)}


def _numbers(row: Mapping[str, Any]) -> list[str]:
    from campaign.reports.formats import number
    from projections.questions.worklists import ITEM_KINDS

    return [number(row[name]) for name in (*ITEM_KINDS, "all")]


# What is said below


_SETTLED_BY = {
    "visit": "campaign visit",
    "call-back": "campaign call or book",
    "follow-up": "campaign call or book",
    "accepted-not-booked": "campaign book or call",
    "start": "campaign started COMPANY --yield ENTRY",
}


def _nothing_late(what: tuple[str, ...]) -> str:
    return (
        f"No {' or '.join(_NAMED[word][0] for word in what)} is overdue." if what else "Nothing is overdue. Well done."
    )


def _told(items: list[Item]) -> str:
    from campaign.reports.formats import counted
    from projections.questions.worklists import counts_by_kind

    return ", ".join(counted(amount, *_NAMED[what]) for what, amount in counts_by_kind(items).items() if amount)


def _settled_by(items: list[Item]) -> list[str]:
    """By which commands what is listed leaves the list."""
    from projections.questions.worklists import counts_by_kind

    there = [what for what, amount in counts_by_kind(items).items() if amount]
    return (
        [f"What takes them off the list: {'; '.join(f'{what}: {_SETTLED_BY[what]}' for what in there)}."]
        if there
        else []
    )


def _more(session: Session, asked: Asked, late: Mapping[str, int]) -> list[str]:
    from campaign.terminal.drill_down import likewise

    more = sum(late.values())
    if not more:
        return []
    words = "overdue" if asked.consultants or asked.offices or asked.regions else "overdue --all"
    return [f"{more:,} more {'is' if more == 1 else 'are'} overdue: {likewise(session, asked, words)}"]


def _left_out(listed: Worklist) -> list[str]:
    """How many companies are not to be called, and why; which they are is nobody's business here."""
    from campaign.reports.formats import counted

    told = [
        f"{counted(listed.left_out[why], 'company', 'companies')} {because}"
        for why, because in _BECAUSE.items()
        if why in listed.left_out
    ]
    return [f"Left out of what is to be called: {'; '.join(told)}."] if told else []


_BECAUSE = {
    "asked": "that asked not to be contacted",
    "protected": "protected from advertising without a basis for contact (campaign allow)",
}
