"""The campaign and the company that a person means: found by slug, CVR number or part of a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol, TypeAlias

from domain.cvr import cvr_number
from domain.refusals import CampaignUnknown, Refusal
from domain.texts import clean_text, folded, quoted

_SHOWN = 10
_NUMBER = r"\s*(?i:DK)?[\d\s.-]+"
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of events read so far, and the number there are."""


def ignore_progress(count: int, total: int) -> None:
    """A ``Progress`` that shows nothing."""


class CompanyUnknown(Refusal):
    """No company has that text in its name."""


class CompanyUnclear(Refusal):
    """Several companies have that text in their name."""


class CampaignUnclear(Refusal):
    """Several campaigns are open, and none was named."""


class FoundCampaign(NamedTuple):
    """A campaign with its current last day."""

    slug: str
    title: str
    first: date
    last: date
    is_open: bool


class FoundCompany(NamedTuple):
    """A company with its current name."""

    cvr: str
    name: str
    municipality: str


NOW = "known_to = 4611686018427387904 AND valid_to = '9999-12-31'"
"""The condition, in the SQL of both stores, for the rows of a read model that are current and effective today."""


def named_traders(names: Mapping[str, str], companies: Sequence[FoundCompany]) -> list[FoundCompany]:
    """The sole traders of ``names`` (by CVR number), with the municipality that read models have for them.

    One who has meanwhile another form has a name in ``companies``, and is left out.
    """
    places = {company.cvr: company.municipality for company in companies}
    renamed = {company.cvr for company in companies if company.name}
    return [FoundCompany(cvr, name, places.get(cvr, "")) for cvr, name in names.items() if cvr not in renamed]


class Lookup(Protocol):
    """What can be looked up in a workspace without a report."""

    def require(self) -> None:
        """Raises ``SettingsFault`` when there is no workspace here, or a newer version of the program made it."""

    def campaigns(self) -> list[FoundCampaign]:
        """Every campaign, oldest first."""

    def companies_named(self, words: Sequence[str], on_progress: Progress) -> list[FoundCompany]:
        """The companies whose name contains all these words, folded as by ``folded``; catches up first."""

    def companies_beginning(self, number: str, words: str, limit: int) -> list[FoundCompany]:
        """Companies whose number begins so or whose name contains that text, as far as the read models know."""

    def sole_traders(self, words: Sequence[str], limit: int = -1) -> list[FoundCompany]:
        """Sole traders whose name contains all these words, each with their municipality."""

    def consultants(self) -> list[str]:
        """Every consultant who logged a call or a visit, by name, as far as the read models know."""

    def size_bands(self) -> list[str]:
        """Every size band that a company has or had, as far as the read models know."""


def only_open_campaign(workspace: Lookup) -> str:
    """The slug of the only open campaign. Refused when none is open, and with a list when several are."""
    workspace.require()
    slugs = [c.slug for c in workspace.campaigns() if c.is_open]
    if not slugs:
        raise CampaignUnknown(
            "No campaign is open here. Plan one: campaign plan SLUG --title TITLE --from DAY --to DAY"
        )
    if len(slugs) > 1:
        raise CampaignUnclear(
            f"{len(slugs)} campaigns are open: {', '.join(slugs)}. Say which: --campaign SLUG, or set CAMPAIGN_SLUG."
        )
    return slugs[0]


def company_named(workspace: Lookup, text: str, on_progress: Progress = ignore_progress) -> str:
    """The CVR number of the company with that number, or with that text in its name.

    Refused when no company has it, and with a list when several have.
    """
    if re.fullmatch(_NUMBER, text):
        return cvr_number(text)
    name = clean_text("company", text)
    words = folded(name).split()
    matches = workspace.companies_named(words, on_progress)
    matches = [c for c in matches if folded(c.name) == " ".join(words)] or matches
    if not matches:
        raise CompanyUnknown(f"No company has {quoted(name)} in its name. Write its CVR number, 8 digits.")
    if len(matches) > 1:
        raise CompanyUnclear(_candidates(name, matches))
    return matches[0].cvr


def _candidates(name: str, matches: list[FoundCompany]) -> str:
    from campaign.reference import offices

    lines = [
        f"  {c.cvr}  {c.name}" + (f", {offices().name(c.municipality)}" if c.municipality else "") for c in matches
    ]
    more = [f"  and {len(matches) - _SHOWN:,} more"] if len(matches) > _SHOWN else []
    return "\n".join(
        [f"{len(matches):,} companies have {quoted(name)} in their name:", *lines[:_SHOWN], *more, _CHOOSE]
    )


_CHOOSE = "Write the CVR number, or more of the name."


def beginning(workspace: Lookup, typed: str, limit: int = 30) -> list[FoundCompany]:
    """Companies whose number begins so or whose name contains it, as far as the read models know; for completion."""
    companies = workspace.companies_beginning("".join(c for c in typed if c.isalnum()), folded(typed), limit)
    traders = workspace.sole_traders(folded(typed).split(), limit)
    return list({c.cvr: c for c in [*companies, *traders]}.values())[:limit]
