"""Which facts commute: two people logged at once, and whoever came first, it means the same; others share a matter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from domain.campaign import Campaign
from domain.company import Company
from domain.facts import Fact
from domain.outreach import Outreach
from domain.permissions import ContactBasis

ConflictKeys = Callable[[Any], tuple[object, ...]]

_BOOKING = "a visit of this company"
_CONTACT = "whether the company may be contacted"
_FACTS = "what is said of the company"
_PLAN = "the campaign's last day"

# Calls, letters, notes and new contacts are about nothing that another fact could be about: they happened.
_CONFLICT_KEYS: dict[type[Fact], ConflictKeys] = {
    Outreach.VisitBooked: lambda f: (_BOOKING, _CONTACT, f.visit),
    Outreach.VisitHeld: lambda f: (_BOOKING, f.visit) if f.begins else (f.visit,),
    Outreach.VisitMoved: lambda f: (f.visit,),
    Outreach.VisitMissed: lambda f: (f.visit,),
    Outreach.VisitCancelled: lambda f: (f.visit,),
    Outreach.FollowUpSet: lambda f: (_CONTACT,),
    Outreach.ContactRefused: lambda f: (_CONTACT, *ContactBasis),
    Outreach.YieldRecorded: lambda f: ((f.kind, f.visit or f.call),),
    Outreach.StartSettled: lambda f: (f.recorded,),
    Outreach.ContactAllowed: lambda f: (f.basis,),
    Outreach.NoteErased: lambda f: (f.note,),
    Outreach.EntryRetracted: lambda f: (f.target,),
    Campaign.TargetSet: lambda f: (f.subject,),
    Campaign.ForecastsKept: lambda f: (f.at,),
    Campaign.Extended: lambda f: (_PLAN,),
    Campaign.Closed: lambda f: (_PLAN,),
    Campaign.RetentionSet: lambda f: ("how long personal texts are kept",),
    Campaign.EntryRetracted: lambda f: (f.target,),
    Company.Registered: lambda f: (_FACTS,),
    Company.FactsChanged: lambda f: (_FACTS,),
    Company.ContactChanged: lambda f: (f.person,),
    Company.PersonErased: lambda f: (f.person,),
    Company.EntryRetracted: lambda f: (f.target,),
}


_ALWAYS_COMPATIBLE = (
    Outreach.InvitationSent,
    Outreach.CallLogged,
    Outreach.NoteTaken,
    Company.ContactNamed,
    Campaign.OfficeEnrolled,
)
"""They are about no matter, so they commute with everything."""


def always_compatible_kinds(mine: Iterable[Fact]) -> tuple[type[Fact], ...] | None:
    """The kinds of facts that make no difference to mine whatever they say; None: all kinds.

    It is said by the kind alone, so that a store can go by it; ``conflicting`` knows more once it has the facts. What
    came with an import is not asked.
    """
    facts = list(mine)
    if any(fact.batch or isinstance(fact, Outreach.Opened) for fact in facts):
        return ()
    return None if all(isinstance(fact, _ALWAYS_COMPATIBLE) for fact in facts) else _ALWAYS_COMPATIBLE


def conflicting(mine: Iterable[Fact], other_facts: Iterable[Fact]) -> list[Fact]:
    """Those of the others' facts that do not commute with mine. Two that say the very same always do.

    A retraction is about what it takes back: also when that is what mine builds on, as far as mine names it.
    """
    own_facts = list(mine)
    return [other_fact for other_fact in other_facts if any(not _compatible(fact, other_fact) for fact in own_facts)]


def _compatible(mine: Fact, other_fact: Fact) -> bool:
    if mine.originator_id != other_fact.originator_id or mine.act == other_fact.act:
        return True
    if type(mine) is type(other_fact) and mine.content == other_fact.content:
        return True
    return not set(_conflict_keys(mine)).intersection(_conflict_keys(other_fact))


def _conflict_keys(fact: Fact) -> tuple[object, ...]:
    return _CONFLICT_KEYS[type(fact)](fact) if type(fact) in _CONFLICT_KEYS else ()
