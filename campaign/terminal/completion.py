"""Shell completion: quick reads, and no offers at all after any error."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import click

from campaign.errors import Fault
from campaign.terminal.output import harmless
from campaign.terminal.session import Session
from domain.refusals import Refusal

if TYPE_CHECKING:  # only a shell that completes needs it
    from click.shell_completion import CompletionItem

    from campaign.storage.ports import Workspace

Offer = tuple[str, str]
Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def offering(find: Callable[[Session, str], Iterable[Offer]]) -> Completer:
    """A completer of what ``find`` offers for the text typed so far: the word, and what it means."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            offers = find(Session.of(ctx), incomplete)
            return [CompletionItem(_one_line(word), help=_one_line(meaning)) for word, meaning in offers]
        except (Refusal, Fault, click.ClickException, sqlite3.Error, OSError, ValueError):
            return []

    return complete


def _one_line(text: str) -> str:
    """Text as every shell can read it: one thing offered is one line, its word and its meaning parted by a tab."""
    return harmless(text).replace("\n", " ")


def _home(session: Session) -> Workspace:
    """The home, unless there is none or a newer version wrote it."""
    session.home.require()
    return session.home


def words(words: Sequence[str]) -> Completer:
    """A completer of these words."""
    return offering(lambda session, typed: [(word, "") for word in words if word.startswith(typed)])


@offering
def campaigns(session: Session, typed: str) -> Iterable[Offer]:
    """Slugs of campaigns."""
    return [(c.slug, c.title) for c in _home(session).campaigns() if c.slug.startswith(typed)]


@offering
def offices(session: Session, typed: str) -> Iterable[Offer]:
    """Codes of offices, by code or name."""
    from campaign.reference import offices

    known, start = offices(), typed.casefold()
    found = [(code, known.name(code)) for code in known.codes]
    return [o for o in found if o[0].startswith(start) or o[1].casefold().startswith(start)]


@offering
def consultants(session: Session, typed: str) -> Iterable[Offer]:
    """Consultants who logged something, as far as the read models know."""
    return [(name, "") for name in _home(session).consultants() if name.startswith(typed)]


@offering
def companies(session: Session, typed: str) -> Iterable[Offer]:
    """CVR numbers of companies, by number or a part of the name."""
    from campaign.company_lookup import beginning

    return [(c.cvr, c.name) for c in beginning(_home(session), typed)]


@offering
def outcomes(session: Session, typed: str) -> Iterable[Offer]:
    """Outcomes of a call."""
    from domain.outcomes import Outcome

    return [(o.value, "reached" if o.reached else "") for o in Outcome if o.value.startswith(typed)]


@offering
def reasons(session: Session, typed: str) -> Iterable[Offer]:
    """Reasons for a no that are in use."""
    from domain.outcomes import Reason

    return [(r.value, "") for r in Reason if r.value.startswith(typed) and (r.end is None or session.today < r.end)]


@offering
def kinds(session: Session, typed: str) -> Iterable[Offer]:
    """Kinds of yield."""
    from domain.yield_kinds import KINDS

    return [(k.name, k.name_en) for k in KINDS.values() if k.name.startswith(typed)]


@offering
def measures(session: Session, typed: str) -> Iterable[Offer]:
    """Counts a target can be set for."""
    from projections.measures import COUNTS

    return [(name, meaning) for name, meaning in COUNTS.items() if name.startswith(typed)]
