"""Themes: what an entry is about in a few words of Danish or English, as a journal names it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.company import Company
from domain.facts import Retraction, UnknownFact
from domain.outcomes import Outcome
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.yield_kinds import KINDS


def theme(fact: Any, language: str) -> str:
    """What the fact is about, without anybody's name: ``Call: accepted``, ``Resultat: Småjob, 2 pladser``."""
    danish = language == "da"
    if isinstance(fact, Retraction):
        return "Registrering taget tilbage" if danish else "Entry taken back"
    return _THEMES[type(fact)](fact, danish)


def _word(english: str, danish: str) -> Callable[[Any, bool], str]:
    return lambda fact, in_danish: danish if in_danish else english


def _day(english: str, danish: str) -> Callable[[Any, bool], str]:
    return lambda fact, in_danish: f"{danish} {_written(fact.on)}" if in_danish else f"{english} {fact.on}"


def _written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def _call(fact: Outreach.CallLogged, danish: bool) -> str:
    return f"Opkald: {OUTCOMES_DA[fact.outcome]}" if danish else f"Call: {fact.outcome}"


def _held(fact: Outreach.VisitHeld, danish: bool) -> str:
    said = "Besøg afholdt" if danish else "Visit held"
    return f"{said}{', ikke aftalt' if danish else ', unbooked'}" if fact.begins else said


def _yield(fact: Outreach.YieldRecorded, danish: bool) -> str:
    kind, number = KINDS[fact.kind], fact.positions
    if danish:
        return f"Resultat: {kind.name_da}, {number} {'plads' if number == 1 else 'pladser'}"
    return f"Yield: {kind.name_en}, {number} {'position' if number == 1 else 'positions'}"


def _start(fact: Outreach.StartSettled, danish: bool) -> str:
    if danish:
        return "Start: begyndt" if fact.began else "Start: blev ikke til noget"
    return "Start: began" if fact.began else "Start: never began"


def _basis(fact: Outreach.ContactAllowed, danish: bool) -> str:
    return f"Grundlag for kontakt: {BASES_DA[fact.basis]}" if danish else f"Basis for contact: {fact.basis}"


def _unknown(fact: UnknownFact, danish: bool) -> str:
    return f"{'Registrering fra en nyere version' if danish else 'Entry of a later version'}: {fact.topic}"


_THEMES: dict[type, Callable[[Any, bool], str]] = {
    Outreach.InvitationSent: _word("Letter: invitation", "Brev: invitation"),
    Outreach.CallLogged: _call,
    Outreach.FollowUpSet: _word("Call: to be called again", "Opkald: skal ringes op igen"),
    Outreach.ContactRefused: _word("Wish for no contact", "Ønske om ikke at blive kontaktet"),
    Outreach.ContactAllowed: _basis,
    Outreach.VisitBooked: _day("Visit booked for", "Besøg aftalt til"),
    Outreach.VisitMoved: _day("Visit moved to", "Besøg flyttet til"),
    Outreach.VisitHeld: _held,
    Outreach.VisitMissed: _word("Visit: nobody was there", "Besøg: ingen mødte op"),
    Outreach.VisitCancelled: _word("Visit cancelled", "Besøg aflyst"),
    Outreach.YieldRecorded: _yield,
    Outreach.StartSettled: _start,
    Outreach.NoteTaken: _word("Note", "Notat"),
    Outreach.NoteErased: _word("Note erased", "Notat slettet"),
    Company.ContactNamed: _word("Contact named", "Kontaktperson oprettet"),
    Company.ContactChanged: _word("Contact changed", "Kontaktperson ændret"),
    Company.PersonErased: _word("Person erased", "Person slettet"),
    UnknownFact: _unknown,
}

OUTCOMES_DA = {
    Outcome.NO_ANSWER: "intet svar",
    Outcome.BUSY: "optaget",
    Outcome.LEFT_MESSAGE: "besked lagt",
    Outcome.WRONG_NUMBER: "forkert nummer",
    Outcome.CALL_BACK: "ring igen",
    Outcome.ACCEPTED: "ja til besøg",
    Outcome.DECLINED: "nej tak",
    Outcome.REFUSED_CONTACT: "ønsker ikke kontakt",
}
BASES_DA = {
    ContactBasis.CONSENT: "samtykke",
    ContactBasis.OWN_REQUEST: "egen henvendelse",
    ContactBasis.COOPERATION: "løbende samarbejde",
    ContactBasis.DUTY: "pligt efter loven",
}
