"""The command ``allow``: the legal basis on which a protected company may be contacted."""

from __future__ import annotations

from datetime import date

from campaign.commands.confirmation import confirmed, say_logged
from campaign.terminal import completion
from campaign.terminal.note_editor import note_option, note_to_log
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.parameters import Day, OneOf
from campaign.terminal.session import Session
from domain.permissions import ContactBasis

_BASES = tuple(ContactBasis)


@command("allow")
@argument("company", help="CVR number or part of the name", shell_complete=completion.companies)
@argument(
    "basis",
    type=OneOf("basis for contact", _BASES),
    help="consent, own-request, cooperation or duty",
    shell_complete=completion.words(_BASES),
)
@option("--at", type=Day(), metavar="DAY", help="The day it was said or found, if not today.")
@note_option
@json_option
def allow(session: Session, company: str, basis: str, at: date | None, note: str | None) -> None:
    """Log the BASIS on which a COMPANY that is protected from advertising may be contacted.

    consent: it said yes to being contacted; own-request: it asked for contact itself; cooperation: the office works
    with it already; duty: a law wants the contact. With a basis it is in call lists again.
    """
    act, cvr = session.act(at), session.company(company)
    with note_to_log(session, note) as text, session.tracker() as tracker:
        act = act._replace(note=text)
        facts = confirmed(session, act, tracker.allow_contact, session.slug, cvr, ContactBasis(basis))
        say_logged(session, tracker, cvr, facts)
