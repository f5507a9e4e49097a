"""One company: all that was logged about it, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import click

from campaign.commands.confirmation import company_label, confirmed, name_of, show_result
from campaign.reference import industries, offices
from campaign.reports.texts import counted, day_with_weekday
from campaign.terminal import completion
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.output import Column, show, show_json, show_table
from campaign.terminal.parameters import Day, IndustryCode, OfficeCode
from campaign.terminal.session import Session
from domain.company_forms import is_sole_trader
from domain.ids import short
from domain.texts import needed_text

if TYPE_CHECKING:
    from campaign.app import CampaignTracker
    from campaign.storage.personal_texts import Text
    from domain.company import CompanyFacts

_company = argument("company", help="CVR number or part of the name", shell_complete=completion.companies)


class HistoryEntry(NamedTuple):
    """A fact, the campaign it belongs to (empty for the company's own), and the retraction that took it back.

    ``text`` is the personal text it refers to; of one that is not there it says why.
    """

    fact: Any
    slug: str
    retraction: Any
    text: str = ""


@command("history")
@_company
@json_option
def history(session: Session, company: str) -> None:
    """All that was logged about a COMPANY, in the order it was logged, with what was taken back and why."""
    cvr = session.company(company)
    with session.tracker() as tracker:
        entries, name = list(_history(session, tracker, cvr)), company_label(tracker, cvr)
    if session.json:
        show_json({"cvr": cvr, "rows": [_row(entry) for entry in entries]})
        return
    session.note(f"{name}: {counted(len(entries), 'entry', 'entries')}." if entries else f"{name}: nothing was logged.")
    _show(entries)


def _in_order(facts: Iterable[HistoryEntry]) -> list[HistoryEntry]:
    """By the moment of logging; a clock that was set back changes no order within a campaign."""
    latest: dict[str, datetime] = {}

    def moment(entry: HistoryEntry) -> datetime:
        latest[entry.slug] = max(entry.fact.timestamp, latest.get(entry.slug, entry.fact.timestamp))
        return latest[entry.slug]

    return sorted(facts, key=moment)


def _history(session: Session, tracker: CampaignTracker, cvr: str) -> Iterator[HistoryEntry]:
    facts = _in_order(_facts(session, tracker, cvr))
    references = {entry.fact.entry: text for entry in facts if (text := _text_reference(entry.fact))}
    texts = tracker.people.texts(references.values()) if references else {}
    for entry in facts:
        text = references.get(entry.fact.entry)
        yield entry._replace(text=_text_of(tracker, texts.get(text), text, entry)) if text else entry


def _text_of(tracker: CampaignTracker, stored: Text | None, text: UUID, entry: HistoryEntry) -> str:
    owner = tracker.load([entry.fact.originator_id])[entry.fact.originator_id]
    if text not in owner.texts:
        return "(erased)"
    return ", ".join(filter(None, stored.said.values())) if stored else "(missing: see campaign verify)"


def _text_reference(fact: Any) -> UUID | None:
    """The id of the personal text a fact refers to."""
    reference = getattr(fact, "kept", None) or getattr(getattr(fact, "said", None), "name_apart", None)
    return reference.text if reference else None


def _facts(session: Session, tracker: CampaignTracker, cvr: str) -> Iterator[HistoryEntry]:
    """The company's own facts, then those of each campaign, or of the one that was named."""
    campaign = session.setting("campaign")
    slugs = [tracker.campaign(campaign).slug] if campaign else [c.slug for c in session.home.campaigns()]
    outreaches = [(slug, tracker.outreach(slug, cvr)) for slug in slugs]
    owners: list[tuple[str, Any]] = [("", tracker.company(cvr)), *outreaches]
    for slug, owner in (pair for pair in owners if pair[1]):
        for entry, fact in owner.facts.items():
            retraction = None if owner.is_effective(entry) else owner.facts[owner.retractions[entry]]
            yield HistoryEntry(fact, slug, retraction)


def _row(entry: HistoryEntry) -> dict[str, Any]:
    from campaign.terminal.event_sentences import as_row

    retraction = entry.retraction
    by = retraction and {
        "entry": retraction.entry.hex,
        "by": retraction.by,
        "at": retraction.at,
        "because": retraction.because,
    }
    return as_row(entry.fact) | {"campaign": entry.slug or None, "taken_back": by, "text": entry.text or None}


def _show(entries: Sequence[HistoryEntry]) -> None:
    from campaign.terminal.event_sentences import in_words

    columns = [
        Column("day"),
        Column("what", folds=True),
        Column("office", drop=2),
        Column("by", drop=1),
        Column("campaign", drop=3),
        Column("entry"),
    ]
    rows = []
    for fact, slug, retraction, text in entries:
        mark = f": {text}" if text else ""
        mark += f" [taken back by {retraction.by} on {retraction.at}: {retraction.because}]" if retraction else ""
        rows.append([day_with_weekday(fact.at), in_words(fact) + mark, fact.office, fact.by, slug, short(fact.entry)])
    show_table(columns, rows)


@command("company")
@_company
@option("--name", metavar="NAME", help="Its name.")
@option("--municipality", type=OfficeCode(), metavar="CODE", shell_complete=completion.offices, help="Where it lies.")
@option("--industry", type=IndustryCode(), metavar="CODE", help="Its industry code, 2 to 6 digits.")
@option("--scheme", type=click.Choice(["DB07", "DB25"]), help="The list the industry code is of; default: DB07.")
@option("--size", metavar="BAND", help="How many work there: 5-9, 50-99.")
@option("--form", metavar="FORM", help="Its form: ApS, or 10 for a sole trader, whose name is kept apart.")
@option("--protected/--not-protected", default=None, help="Whether it is protected from advertising.")
@option("--since", type=Day(), metavar="DAY", help="From which day on this holds; default: all days.")
@json_option
def company(session: Session, company: str, since: date | None, **options: Any) -> None:
    """Show what is known of a COMPANY; with options, change it."""
    cvr = session.company(company)
    with session.tracker() as tracker:
        current = tracker.company(cvr)
        facts, name = current.now if current else None, name_of(tracker, current)
        changes = {name: value for name, value in options.items() if value is not None}
        if changes:
            _change(session, tracker, cvr, facts, changes, since)
        else:
            _show_facts(session, cvr, facts, name)


_FIELDS = {
    "name": "name",
    "municipality": "municipality",
    "industry": "industry",
    "scheme": "industry_scheme",
    "size": "size_band",
    "protected": "advertising_protected",
    "form": "form",
}


def _change(
    session: Session,
    tracker: CampaignTracker,
    cvr: str,
    current: CompanyFacts | None,
    changes: dict[str, Any],
    since: date | None,
) -> None:
    from msgspec.structs import replace

    from campaign.terminal.event_sentences import in_words
    from domain.company import CompanyFacts

    clean = {_FIELDS[n]: needed_text(n, v) if isinstance(v, str) else v for n, v in changes.items()}
    new = replace(current or CompanyFacts(), **clean)
    if new.industry and not new.industry_scheme:
        new = replace(new, industry_scheme="DB07")
    if new.form != (current.form if current else "") and is_sole_trader(new.form) and current and current.name:
        session.note("What was logged under that name before stays in the log; from now on the name is kept apart.")
    act = session.act(anywhere=True)
    facts = confirmed(session, act, tracker.describe_company, cvr, new, since)
    if not facts:
        show_result(session, facts, f"That is known of {company_label(tracker, cvr)} already; nothing was changed.")
        return
    entry = short(facts[0].entry)
    show_result(session, facts, f"Logged: {in_words(facts[0])}, {cvr} (entry {entry}). Undo: campaign undo {entry}")


def _show_facts(session: Session, cvr: str, facts: CompanyFacts | None, name: str) -> None:

    if session.json:
        fields = {field: getattr(facts, field) for field in _FIELDS.values()} if facts else {}
        show_json({"cvr": cvr, "registered": facts is not None, **fields, **({"name": name} if facts else {})})
    elif facts is None:
        show(f"{cvr} is in no register here. Name it: campaign company {cvr} --name NAME")
    else:
        place = f"{facts.municipality} {offices().name(facts.municipality)}" if facts.municipality else ""
        industry = f"{facts.industry_scheme} {facts.industry} {industries().get(facts.industry[:2], '')}"
        protected = "protected" if facts.advertising_protected else "not protected"
        rows = [
            ("CVR number", cvr),
            ("name", name),
            ("form", facts.form),
            ("municipality", place),
            ("industry", industry.strip()),
            ("size", facts.size_band),
            ("advertising", protected),
        ]
        show_table([Column("fact"), Column("value", folds=True)], [[name, value or "-"] for name, value in rows])
