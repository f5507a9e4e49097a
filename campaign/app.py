"""One method for each thing a person does: load, ask the domain, record; nothing here decides a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from msgspec.structs import replace

from campaign.log import Log, known, retried
from domain.acts import Act
from domain.calls import Call
from domain.campaign import Campaign, Forecast, HandOver, Target
from domain.company import Company, CompanyFacts
from domain.company_forms import is_sole_trader
from domain.facts import Fact
from domain.ids import campaign_id, company_id, outreach_id
from domain.outcomes import Status
from domain.outreach import Outreach
from domain.permissions import ContactBasis
from domain.refusals import CampaignExists, CampaignUnknown
from domain.texts import quoted
from domain.yields import Yield

if TYPE_CHECKING:  # loaded when a personal text is stored or read
    from campaign.storage.personal_texts import Text
    from campaign.storage.ports import Workspace

HANDED_OVER = "handed over"
"""The word that the entry of a hand-over has in its act."""


@contextmanager
def open_tracker(workspace: Workspace, any_log: bool = False) -> Iterator[CampaignTracker]:
    """Everything a person can do with the log of this workspace, which is closed afterwards.

    Raises ``CheckFault`` when it is not the log its read models have seen, unless ``any_log``.
    """
    with workspace.open_log(any_log) as log:
        yield CampaignTracker(log)


class CampaignTracker(Log):
    """Everything a person can do with a log. Every use case returns the facts it recorded."""

    # Campaigns and companies

    def campaigns(self) -> list[Campaign]:
        """Every campaign planned here, oldest first."""
        return [c for c in self.load(self.store.campaigns()).values() if isinstance(c, Campaign)]

    def campaign(self, slug: str) -> Campaign:
        """The campaign of that name; refused with a list of those that exist."""
        campaign = self.find(Campaign, campaign_id(slug))
        if campaign:
            return campaign
        planned = ", ".join(c.slug for c in self.campaigns()) or "none yet"
        raise CampaignUnknown(
            f"There is no campaign {quoted(slug)} here (planned: {planned}). Plan it with: campaign plan"
        )

    def company(self, cvr: str) -> Company | None:
        """What is known of the company itself; ``None`` when it is in no register that was imported."""
        return self.find(Company, company_id(cvr))

    def outreach(self, slug: str, cvr: str) -> Outreach | None:
        """Everything done towards the company in that campaign; ``None`` when nothing was."""
        return self.find(Outreach, outreach_id(slug, cvr))

    @retried
    def plan(
        self,
        act: Act,
        slug: str,
        title: str,
        first: date,
        last: date,
        offices: Sequence[str] = (),
        keep_until: date | None = None,
    ) -> list[Fact]:
        """Plans a campaign, or enrols more offices in it. Refused when it was planned with other facts.

        ``keep_until``: the last day on which personal texts of the campaign are stored.
        """
        campaign = self.find(Campaign, campaign_id(slug))
        campaign = campaign or Campaign.plan(act, act.entry("plan"), slug, title, first, last)
        if (campaign.title, campaign.first, campaign.last) != (title, first, last):
            raise CampaignExists(
                f"Campaign {slug} is planned already: {campaign.title!r}, {campaign.first} to {campaign.last}."
            )
        for office in offices:
            campaign.enrol(act, act.entry("office", office), office)
        if keep_until:
            campaign.set_retention(act, act.entry("retention"), keep_until)
        return self.record(campaign)

    @retried
    def set_retention(self, act: Act, slug: str, keep_until: date) -> list[Fact]:
        """Personal texts of the campaign are stored until that day."""
        campaign = self.campaign(slug)
        campaign.set_retention(act, act.entry("retention"), keep_until)
        return self.record(campaign)

    @retried
    def set_target(self, act: Act, slug: str, target: Target) -> list[Fact]:
        """Sets a number to reach, for the campaign, an office or a region, and for a kind of yield."""
        campaign = self.campaign(slug)
        campaign.check_not_ahead(act)
        campaign.set_target(act, act.entry("target"), target)
        return self.record(campaign)

    @retried
    def hand_over(self, act: Act, slug: str, extract: HandOver) -> list[Fact]:
        """Logs that entries of the campaign leave with personal texts; log it before any of them does."""
        campaign = self.campaign(slug)
        campaign.hand_over(act, act.entry(HANDED_OVER), extract)
        return self.record(campaign)

    @retried
    def keep_forecasts(self, act: Act, slug: str, forecasts: Sequence[Forecast]) -> list[Fact]:
        """Stores forecasts as they were made on the day of the act; none that was stored that day already."""
        campaign = self.campaign(slug)
        campaign.keep_forecasts(act, act.entry("forecasts"), forecasts)
        return self.record(campaign)

    @retried
    def describe_company(self, act: Act, cvr: str, facts: CompanyFacts, since: date | None = None) -> list[Fact]:
        """Registers a company, or changes its facts from ``since`` on; nothing when they are so already."""
        company = self.company(cvr)
        facts, texts = self._with_name_apart(act, cvr, company, facts)
        if company is None:
            company = Company.register(act, act.entry("company"), cvr, facts)
        else:
            company.change(act, act.entry("company"), facts, since)
        return self.record(company, texts=texts)

    def _with_name_apart(
        self, act: Act, cvr: str, company: Company | None, facts: CompanyFacts
    ) -> tuple[CompanyFacts, list[Text]]:
        """The facts with a sole trader's name stored apart, and the text of that name when it is new."""
        if not facts.name:
            return facts, []
        if not is_sole_trader(facts.form):
            return replace(facts, name_apart=None), []
        from campaign.storage.sole_traders import SoleTraderNames

        names = SoleTraderNames(self.people, [company] if company else [])
        return names.separate(act, cvr, company, facts), names.new

    # What a consultant does

    @retried
    def log_call(self, act: Act, slug: str, cvr: str, call: Call, visit_on: date | None = None) -> list[Fact]:
        """Logs a call, and the visit it booked if it did."""
        campaign, outreach = self._open(act, slug, cvr)
        outreach.log_call(act, act.entry("call"), call)
        if visit_on:
            campaign.check_inside(visit_on)
            outreach.book_visit(act, act.entry("visit"), visit_on, act.entry("call"))
        return self._save(act, outreach)

    @retried
    def book_visit(self, act: Act, slug: str, cvr: str, on: date) -> list[Fact]:
        """Logs a visit agreed for a day of the campaign."""
        campaign, outreach = self._open(act, slug, cvr)
        campaign.check_inside(on)
        outreach.book_visit(act, act.entry("visit"), on)
        return self._save(act, outreach)

    @retried
    def move_visit(self, act: Act, slug: str, cvr: str, to: date, visit: UUID | None = None) -> list[Fact]:
        """Moves the planned visit to another day of the campaign."""
        campaign, outreach = self._open(act, slug, cvr)
        campaign.check_inside(to)
        outreach.move_visit(act, act.entry("moved"), to, visit)
        return self._save(act, outreach)

    @retried
    def settle_visit(
        self,
        act: Act,
        slug: str,
        cvr: str,
        status: Status,
        visit: UUID | None = None,
        yields: Sequence[Yield] = (),
    ) -> list[Fact]:
        """Logs a visit as held, with what it yielded, or as missed, or as cancelled."""
        _, outreach = self._open(act, slug, cvr)
        if status is Status.HELD:
            _hold_visit(act, outreach, visit, yields)
        elif status is Status.NO_SHOW:
            outreach.miss_visit(act, act.entry(status), visit)
        else:
            outreach.cancel_visit(act, act.entry(status), visit)
        return self._save(act, outreach)

    @retried
    def record_yield(self, act: Act, slug: str, cvr: str, agreed: Yield) -> list[Fact]:
        """Logs what a visit or a call brought."""
        _, outreach = self._open(act, slug, cvr, inside=False)
        outreach.record_yield(act, act.entry("yield"), agreed)
        return self._save(act, outreach)

    @retried
    def settle_start(self, act: Act, slug: str, cvr: str, began: bool, recorded: UUID | None = None) -> list[Fact]:
        """Logs that what a yield agreed began, or that it never will."""
        _, outreach = self._open(act, slug, cvr, inside=False)
        outreach.settle_start(act, act.entry("start"), recorded, began)
        return self._save(act, outreach)

    @retried
    def allow_contact(self, act: Act, slug: str, cvr: str, basis: ContactBasis) -> list[Fact]:
        """Logs a basis for contacting a company that is protected from advertising."""
        _, outreach = self._open(act, slug, cvr, inside=None)
        outreach.allow_contact(act, act.entry("basis"), basis)
        return self._save(act, outreach)

    def _open(self, act: Act, slug: str, cvr: str, inside: bool | None = True) -> tuple[Campaign, Outreach]:
        """The campaign, which allows the act on its day, and the outreach, opened when it is not in the log."""
        loaded = self.load([campaign_id(slug), outreach_id(slug, cvr)])
        campaign = known(Campaign, loaded.get(campaign_id(slug))) or self.campaign(slug)
        campaign.check_happened(act, inside)
        outreach = known(Outreach, loaded.get(outreach_id(slug, cvr))) or Outreach.open(act, slug, cvr)
        return campaign, outreach

    def _save(self, act: Act, outreach: Outreach) -> list[Fact]:
        return self.record(outreach, texts=_take_note(act, outreach) if act.note else [])


def _hold_visit(act: Act, outreach: Outreach, visit: UUID | None, yields: Sequence[Yield]) -> None:
    entry = act.entry(Status.HELD)
    outreach.hold_visit(act, entry, visit)
    visit_held = outreach.facts[entry]
    assert isinstance(visit_held, Outreach.VisitHeld)
    confirmed = act._replace(repeated=False)
    for number, agreed in enumerate(yields):
        outreach.record_yield(confirmed, act.entry("yield", str(number)), agreed._replace(visit=visit_held.visit))


def _take_note(act: Act, outreach: Outreach) -> list[Text]:
    """Takes the note about the first fact of the act; none when every fact of it was logged before."""
    from campaign.storage.personal_texts import NOTE, Text

    entry = act.entry("note")
    pending = [event for event in outreach.pending_events if isinstance(event, Fact)]
    pending = [fact for fact in pending if not isinstance(fact, Outreach.Opened)]
    if not pending:
        return []
    text = Text.new(act, NOTE, entry, outreach.cvr, act.note, outreach.slug)
    outreach.take_note(act, entry, pending[0].entry, text.kept)
    return [text]
