"""What all acts of a consultant share: the question whether it happened twice, and the line that says it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from campaign.terminal import asking
from campaign.terminal.output import show, show_json
from campaign.terminal.session import Session

if TYPE_CHECKING:
    from campaign.app import CampaignTracker


def again_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--again``: it happened twice."""
    return click.option("--again", is_flag=True, help="It happened twice that day.")(function)


def confirmed(session: Session, again: bool, work: Callable[[bool], list[Any]]) -> list[Any]:
    """The facts ``work`` records. The same act once more is asked about on a terminal, and refused elsewhere."""
    from domain.refusals import SameActLogged

    try:
        return work(again)
    except SameActLogged as refusal:
        told = str(refusal).partition(" Say --again")[0]
        if not (session.asks and asking.confirm(f"{told} Did it happen twice?")):
            raise
        return work(True)


def say_logged(session: Session, tracker: CampaignTracker, cvr: str, facts: Sequence[Any]) -> None:
    """Says back what was logged at a company, and how it is undone; warns where the company wants to be left alone."""
    from campaign.terminal.words import in_words
    from domain.facts import short

    first, *others = facts
    entry = short(first.entry)
    rest = "".join(f"; {in_words(fact)}" for fact in others)
    said(
        session,
        facts,
        f"Logged: {in_words(first)}, {named(tracker, cvr)}, {when_and_who(first)}{rest} (entry {entry}). "
        f"Undo: campaign undo {entry}",
    )
    _warn(session, tracker, cvr, first.act)


def said(session: Session, facts: Sequence[Any], line: str) -> None:
    """The result of an act: one line, or its entries as JSON."""
    from campaign.terminal.words import as_row

    if session.json:
        show_json({"entries": [as_row(fact) for fact in facts]})
    else:
        show(line)


def when_and_who(fact: Any) -> str:
    """The day, the office and the consultant of a fact."""
    from campaign.reference import offices
    from campaign.terminal.dates import shown

    office = f", {fact.office} {offices().name(fact.office)}" if fact.office else ""
    return f"{shown(fact.at)}{office}, {fact.by}"


def named(tracker: CampaignTracker, cvr: str) -> str:
    """The company with its name, or that it is in no register here."""
    company = tracker.company(cvr)
    name = company.now.name if company and company.now else ""
    return f"{cvr} {name}" if name else f"{cvr} (no name known)"


def _warn(session: Session, tracker: CampaignTracker, cvr: str, act: Any) -> None:
    from domain.outreach import Outreach

    company, outreach = tracker.company(cvr), tracker.outreach(session.slug, cvr)
    if company is None or company.now is None:
        session.note(f"{cvr} is in no register here. Name it: campaign company {cvr} --name NAME")
    elif company.now.advertising_protected:
        session.note("Note: the company is protected from advertising (reklamebeskyttet).")
    if outreach and any(fact.act != act for fact in outreach.standing(Outreach.ContactRefused)):
        session.note("Note: the company asked not to be contacted.")
