"""Planning a campaign, and setting numbers it is to reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from campaign.commands.confirmation import confirmed, show_result
from campaign.terminal import completion
from campaign.terminal.filters import KIND, REGION, regions
from campaign.terminal.options import argument, command, json_option, option
from campaign.terminal.parameters import Day, Edge, MeasureName, OfficeCode, Slug
from campaign.terminal.session import Session
from domain.ids import short
from domain.texts import clean_text, needed_text


@command("plan")
@argument("slug", type=Slug(), help="a short name for it, such as luk-op")
@option("--title", metavar="TITLE", required=True, help="Its name, as people know it.")
@option("--from", "first", type=Edge(last=False, ahead=True), metavar="DAY", required=True, help="Its first day.")
@option("--to", "last", type=Edge(last=True, ahead=True), metavar="DAY", required=True, help="Its last day.")
@option(
    "--office",
    "offices",
    type=OfficeCode(),
    multiple=True,
    metavar="CODE",
    shell_complete=completion.offices,
    help="An office that takes part; repeat it for more. Without any, all may log.",
)
@option(
    "--keep-until",
    type=Edge(last=True, ahead=True),
    metavar="DAY",
    help="The last day contacts, notes and names are kept; later: campaign retention set.",
)
@json_option
def plan(
    session: Session,
    slug: str,
    title: str,
    first: date,
    last: date,
    offices: tuple[str, ...],
    keep_until: date | None,
) -> None:
    """Plan a campaign. Planned before with the same facts, it gets more offices."""

    act, name = session.act(anywhere=True), needed_text("title", title)
    with session.tracker() as tracker:
        facts = tracker.plan(act, slug, name, first, last, offices, keep_until)
    say_campaign(session, slug, facts)


@command("target")
@argument("slug", type=Slug(), help="the campaign", shell_complete=completion.campaigns)
@argument("measure", type=MeasureName(), help="a count, such as visits_held", shell_complete=completion.measures)
@argument("number", type=click.IntRange(0, 10_000_000), metavar="N", help="the number to reach")
@option("--office", type=OfficeCode(), metavar="CODE", shell_complete=completion.offices, help="For this office only.")
@option("--region", type=REGION, metavar="NAME", shell_complete=regions, help="For this region only.")
@option("--kind", type=KIND, metavar="KIND", shell_complete=completion.kinds, help="Of these yields only.")
@option(
    "--by",
    "by_day",
    type=Edge(last=True, ahead=True),
    metavar="DAY",
    help="The day it is to be reached by; default: the campaign's last.",
)
@option("--at", type=Day(), metavar="DAY", help="The day it was decided; default: today.")
@option("--because", default="", metavar="TEXT", help="Why, for whoever reads the history; of no person.")
@json_option
def target(
    session: Session,
    slug: str,
    measure: str,
    number: int,
    office: str | None,
    region: str | None,
    kind: str | None,
    by_day: date | None,
    at: date | None,
    because: str,
) -> None:
    """Set a number to reach of a MEASURE. A later one of the same takes its place from its day on."""
    from domain.campaign import Target

    reason = clean_text("reason", because)
    with session.tracker() as tracker:
        act = session.act(at, anywhere=True)
        number_to_reach = Target(measure, number, by_day, office, region, kind, reason)
        facts = confirmed(session, act, tracker.set_target, slug, number_to_reach)
    say_campaign(session, slug, facts)


def say_campaign(session: Session, slug: str, facts: list[Any]) -> None:
    """Says back what was decided about a campaign."""
    from campaign.terminal.event_sentences import in_words

    sentences = "; ".join(map(in_words, facts))
    if not facts:
        show_result(session, facts, f"Campaign {slug} is planned so already; nothing was changed.")
    elif sentences.startswith("campaign"):  # a plan cannot be taken back
        show_result(session, facts, f"Logged: {sentences} (entry {short(facts[0].entry)}).")
    else:
        entry = short(facts[0].entry)
        show_result(
            session, facts, f"Logged: {sentences}, campaign {slug} (entry {entry}). Undo: campaign undo {entry}"
        )
