"""Themes of entries: a few words of English or Danish for what an entry of a journal is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from campaign.translations import Message, plural, text
from domain.company import Company
from domain.facts import Fact, Retraction, UnknownFact
from domain.outcomes import Outcome
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.yield_kinds import KINDS


def theme(fact: Fact, language: str) -> str:
    """What the entry is about, without personal names: ``Call: accepted``, ``Resultat: Småjob, 2 pladser``."""
    if isinstance(fact, Retraction):
        return text(language, "Entry taken back")
    return _THEMES[type(fact)](fact, language)


Theme = Callable[[Any, str], str]


def _fixed(message: Message) -> Theme:
    return lambda fact, language: text(language, message)


def _on_day(message: Message) -> Theme:
    return lambda fact, language: text(language, message).format(day=_day(fact.on, language))


def _day(day: date, language: str) -> str:
    return f"{day.day}.{day.month}.{day.year}" if language == "da" else str(day)


def _call(fact: Outreach.CallLogged, language: str) -> str:
    return text(language, "Call: {outcome}").format(outcome=text(language, OUTCOMES[fact.outcome]))


def _held(fact: Outreach.VisitHeld, language: str) -> str:
    return text(language, "Visit held, unbooked") if fact.begins else text(language, "Visit held")


def _yield(fact: Outreach.YieldRecorded, language: str) -> str:
    kind = KINDS[fact.kind].name_da if language == "da" else KINDS[fact.kind].name_en
    message = plural(language, "Yield: {kind}, {number} position", "Yield: {kind}, {number} positions", fact.positions)
    return message.format(kind=kind, number=fact.positions)


def _start(fact: Outreach.StartSettled, language: str) -> str:
    return text(language, "Start: began") if fact.began else text(language, "Start: never began")


def _basis(fact: Outreach.ContactAllowed, language: str) -> str:
    return text(language, "Basis for contact: {basis}").format(basis=text(language, BASES[fact.basis]))


def _unknown(fact: UnknownFact, language: str) -> str:
    return text(language, "Entry of a later version: {kind}").format(kind=fact.topic)


_THEMES: dict[type, Theme] = {
    Outreach.InvitationSent: _fixed(Message("Letter: invitation")),
    Outreach.CallLogged: _call,
    Outreach.FollowUpSet: _fixed(Message("Call: to be called again")),
    Outreach.ContactRefused: _fixed(Message("Wish for no contact")),
    Outreach.ContactAllowed: _basis,
    Outreach.VisitBooked: _on_day(Message("Visit booked for {day}")),
    Outreach.VisitMoved: _on_day(Message("Visit moved to {day}")),
    Outreach.VisitHeld: _held,
    Outreach.VisitMissed: _fixed(Message("Visit: nobody was there")),
    Outreach.VisitCancelled: _fixed(Message("Visit cancelled")),
    Outreach.YieldRecorded: _yield,
    Outreach.StartSettled: _start,
    Outreach.NoteTaken: _fixed(Message("Note", "theme")),
    Outreach.NoteErased: _fixed(Message("Note erased")),
    Company.ContactNamed: _fixed(Message("Contact named")),
    Company.ContactChanged: _fixed(Message("Contact changed")),
    Company.PersonErased: _fixed(Message("Person erased")),
    UnknownFact: _unknown,
}

OUTCOMES = {
    Outcome.NO_ANSWER: Message("no-answer", "outcome"),
    Outcome.BUSY: Message("busy", "outcome"),
    Outcome.LEFT_MESSAGE: Message("left-message", "outcome"),
    Outcome.WRONG_NUMBER: Message("wrong-number", "outcome"),
    Outcome.CALL_BACK: Message("call-back", "outcome"),
    Outcome.ACCEPTED: Message("accepted", "outcome"),
    Outcome.DECLINED: Message("declined", "outcome"),
    Outcome.REFUSED_CONTACT: Message("refused-contact", "outcome"),
}
BASES = {
    ContactBasis.CONSENT: Message("consent", "basis"),
    ContactBasis.OWN_REQUEST: Message("own-request", "basis"),
    ContactBasis.COOPERATION: Message("cooperation", "basis"),
    ContactBasis.DUTY: Message("duty", "basis"),
}
