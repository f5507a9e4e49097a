"""What all acts of a consultant share: the question whether it happened twice, and the line that says it back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import click

from campaign.terminal import prompts
from campaign.terminal.output import give_up_stdout, show, show_json, talk
from campaign.terminal.session import Session
from domain.refusals import ConcurrentChange, Refusal, SameActLogged

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from domain.acts import Act
    from domain.company import Company
    from domain.outreach import Outreach


P = ParamSpec("P")
T = TypeVar("T")


class Overtaken(Refusal):
    """Somebody else was quicker, and what they logged makes a difference."""


def again_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--again``: it happened twice."""
    return click.option("--again", "repeated", is_flag=True, help="It happened twice that day.")(function)


def confirmed(
    session: Session,
    act: Act,
    use_case: Callable[Concatenate[Act, P], T],
    *arguments: P.args,
    **named_arguments: P.kwargs,
) -> T:
    """What ``use_case(act, ...)`` returns, asked about on a terminal when the domain wants it confirmed first.

    It does when the same act was logged that day, and when another person logged something that makes a difference.
    """
    while True:
        try:
            return use_case(act, *arguments, **named_arguments)
        except SameActLogged as refusal:
            question = str(refusal).partition(" Say --again")[0]
            if act.repeated or not (session.is_interactive and prompts.confirm(f"{question} Did it happen twice?")):
                raise
            act = act._replace(repeated=True)
        except ConcurrentChange as refusal:
            _confirm_conflict(session, refusal)


def _confirm_conflict(session: Session, refusal: ConcurrentChange) -> None:
    """Shows what another person logged meanwhile. Raises ``Overtaken`` unless it is confirmed on a terminal."""
    conflict = f"Meanwhile {_overtaken_by(refusal.facts)}."
    if not session.is_interactive:
        raise Overtaken(f"{conflict} Nothing was logged. If yours holds all the same, say it again.") from refusal
    if not prompts.confirm(f"{conflict} Log yours all the same?"):
        raise Overtaken("Nothing was logged.") from refusal


def _overtaken_by(facts: Sequence[Any]) -> str:
    from campaign.reference import offices
    from campaign.terminal.event_sentences import in_words
    from domain.ids import short

    first = facts[0]
    office = f"{first.office} {offices().name(first.office)}" if first.office else ""
    author = ", ".join(filter(None, [first.by, office])) or "somebody"
    return f"{author} logged: {'; '.join(f'{in_words(fact)} (entry {short(fact.entry)})' for fact in facts)}"


def say_logged(session: Session, tracker: CampaignTracker, cvr: str, facts: Sequence[Any]) -> None:
    """Says back what was logged at a company, and how it is undone; warns where the company wants to be left alone."""
    from campaign.terminal.event_sentences import in_words
    from domain.ids import short

    if not facts:
        show_result(session, facts, "It was saved before. Nothing was logged twice.")
        return
    first, *later_facts = facts
    company, entry = tracker.company(cvr), short(first.entry)
    later_sentences = "".join(f"; {in_words(fact)}" for fact in later_facts)
    sentences = f"{in_words(first)}, {_name(tracker, cvr, company)}, {when_and_who(first)}{later_sentences}"
    show_result(session, facts, f"Logged: {sentences} (entry {entry}). Undo: campaign undo {entry}")
    for warning in _warnings(cvr, company, tracker.outreach(session.slug, cvr), first.act):
        session.note(warning)


def show_result(session: Session, facts: Sequence[Any], line: str) -> None:
    """The result of an act: one line, or its entries as JSON."""
    from campaign.terminal.event_sentences import as_row

    try:
        show_json({"entries": [as_row(fact) for fact in facts]}) if session.json else show(line)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as fault:  # it is in the log, whatever becomes of the screen: not a reason to log it again
        talk(f"It was logged, but that could not be written out: {fault.strerror}. {line}")
        give_up_stdout()


def when_and_who(fact: Any) -> str:
    """The day, the office and the consultant of a fact."""
    from campaign.reference import offices
    from campaign.reports.texts import day_with_weekday

    office = f", {fact.office} {offices().name(fact.office)}" if fact.office else ""
    return f"{day_with_weekday(fact.at)}{office}, {fact.by}"


def company_label(tracker: CampaignTracker, cvr: str) -> str:
    """The company with its name, or that it is in no register here."""
    return _name(tracker, cvr, tracker.company(cvr))


def _name(tracker: CampaignTracker, cvr: str, company: Company | None) -> str:
    name = name_of(tracker, company)
    return f"{cvr} {name}" if name else f"{cvr} (no name known)"


def name_of(tracker: CampaignTracker, company: Company | None) -> str:
    """The company's name, kept apart from the log or not; empty when none is known, or no more."""
    facts = company.now if company else None
    if facts and facts.name_apart:
        texts = tracker.people.texts([facts.name_apart.text])
        return next((text.content for text in texts.values()), "")
    return facts.name if facts else ""


def _warnings(cvr: str, company: Company | None, outreach: Outreach | None, act: UUID) -> Iterator[str]:
    from domain.outreach import Outreach

    if company is None or company.now is None:
        yield f"{cvr} is in no register here. Name it: campaign company {cvr} --name NAME"
    elif company.now.advertising_protected and not (outreach and outreach.bases):
        yield (
            "Note: the company is protected from advertising (reklamebeskyttet). "
            f"Is there a basis for contact? campaign allow {cvr} BASIS"
        )
    if outreach and any(fact.act != act for fact in outreach.effective(Outreach.ContactRefused)):
        yield "Note: the company asked not to be contacted."
