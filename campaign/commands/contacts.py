"""Contacts: who can be spoken to at a company, kept apart from the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from campaign.commands.confirmation import company_label, show_result
from campaign.terminal import completion
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import Column, show_json, show_table
from campaign.terminal.session import Session
from domain.ids import short

if TYPE_CHECKING:
    from uuid import UUID

    from campaign.app import CampaignTracker
    from domain.company import Company

_company = argument("company", help="CVR number or part of the name", shell_complete=completion.companies)
_role = click.option("--role", metavar="TEXT", help="What they do there.")
_phone = click.option("--phone", metavar="NUMBER", help="Their telephone.")
_email = click.option("--email", metavar="ADDRESS", help="Their e-mail address.")


@command("add")
@_company
@option("--name", metavar="NAME", required=True, help="Who it is.")
@_role
@_phone
@_email
@json_option
def add(session: Session, company: str, **fields: str | None) -> None:
    """Note who can be spoken to at a COMPANY. It lies apart from the log and can be erased."""
    from campaign.personal_data.contacts import name_contact
    from domain.company import Company

    act, cvr = session.act(anywhere=True), session.company(company)
    with session.tracker() as tracker:
        facts = name_contact(tracker, act, cvr, _without_missing(fields))
        contact = next(short(fact.entry) for fact in facts if isinstance(fact, Company.ContactNamed))
        line = f"Kept: contact {contact}, {fields['name']}, {company_label(tracker, cvr)}."
        show_result(
            session, facts, f"{line} Undo: campaign undo {contact}. Erase it: campaign erase {contact} --because T"
        )


@command("change")
@argument("contact", help="the contact, by its first digits")
@click.option("--name", metavar="NAME", help="Who it is.")
@_role
@_phone
@_email
@json_option
def change(session: Session, contact: str, **fields: str | None) -> None:
    """Change what is kept of a CONTACT."""
    from campaign.personal_data.contacts import change_contact, find_contact

    changes = _without_missing(fields)
    if not changes:
        raise click.UsageError("Say what has changed: --name, --role, --phone, --email.", click.get_current_context())
    with session.tracker() as tracker:
        company, person = find_contact(tracker, contact)
        facts = change_contact(tracker, session.act(anywhere=True), company, person, changes)
        if not facts:
            show_result(session, facts, f"That is kept of contact {short(person)} already; nothing was changed.")
            return
        entry = short(facts[0].entry)
        show_result(
            session,
            facts,
            f"Changed: contact {short(person)}, {', '.join(changes)} (entry {entry}). Undo: campaign undo {entry}",
        )


def _without_missing(fields: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


@command("list")
@argument("company", required=False, help="CVR number or part of the name", shell_complete=completion.companies)
@json_option
def list_(session: Session, company: str | None) -> None:
    """Name the contacts of a COMPANY, or all there are."""
    with session.tracker() as tracker:
        rows = _rows(tracker, _companies(session, tracker, company))
    _show(session, rows, ("contact", "cvr", "company", "name", "role"))


@command("show")
@_company
@json_option
def show(session: Session, company: str) -> None:
    """Show all that is kept of the contacts of a COMPANY."""
    with session.tracker() as tracker:
        rows = _rows(tracker, _companies(session, tracker, company))
    _show(session, rows, ("contact", "name", "role", "phone", "email", "since", "by"))


def _companies(session: Session, tracker: CampaignTracker, words: str | None) -> list[Company]:
    from campaign.personal_data.references import owners
    from campaign.storage.personal_texts import CONTACT

    if words:
        match = tracker.company(session.company(words))
        return [match] if match else []
    contacts = [text for text in tracker.people.all() if text.kind == CONTACT]
    return [*owners(tracker, contacts).values()]


def _rows(tracker: CampaignTracker, companies: list[Company]) -> list[dict[str, Any]]:
    from campaign.personal_data.contacts import contact_fields
    from campaign.storage.sole_traders import company_names

    names = company_names(tracker.people, companies)
    return [
        _row(company, names.get(company.cvr, ""), person, fields)
        for company in sorted(companies, key=lambda company: company.cvr)
        for person, fields in contact_fields(tracker, company).items()
    ]


def _row(company: Company, name: str, person: UUID, fields: dict[str, str]) -> dict[str, Any]:
    fact = company.facts[person]
    contact = {field: fields.get(field, "") for field in ("name", "role", "phone", "email")}
    return {"contact": person.hex, "cvr": company.cvr, "company": name, **contact, "since": str(fact.at), "by": fact.by}


_HEADINGS = {
    "contact": Column("contact"),
    "cvr": Column("cvr", drop=1),
    "company": Column("company", drop=2, folds=True),
    "name": Column("name", folds=True),
    "role": Column("role", drop=3, folds=True),
    "phone": Column("phone"),
    "email": Column("email", folds=True),
    "since": Column("since", drop=5),
    "by": Column("by", drop=4),
}


def _show(session: Session, rows: list[dict[str, Any]], fields: tuple[str, ...]) -> None:
    if session.json:
        show_json({"rows": rows})
    elif rows:
        lines = [[row[field][:8] if field == "contact" else row[field] for field in fields] for row in rows]
        show_table([_HEADINGS[field] for field in fields], lines)
    else:
        session.note("No contact is kept here. Add one: campaign contact add COMPANY --name NAME")
