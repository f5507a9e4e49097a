"""Which days and offices a campaign takes, what its targets are, and what is refused."""

import pytest
from aggregate_fixtures import SLUG, act, day, event_names, imported_act, new_events, new_id, planned_campaign, replay

from domain.campaign import Campaign, Target
from domain.ids import campaign_id
from domain.refusals import (
    CampaignClosed,
    DayInFuture,
    DayOutsideCampaign,
    EntryRetractedAlready,
    EntryUnknown,
    PlanCannotBeRetracted,
)


def refuses(campaign, refusal, work, *words):
    """The refusal is raised, its sentence holds these words, and nothing is new."""
    new_events(campaign)
    with pytest.raises(refusal) as refused:
        work()
    assert type(refused.value) is refusal
    assert [word for word in words if word not in str(refused.value)] == []
    assert new_events(campaign) == []


def test_a_campaign_is_planned_for_a_period():
    campaign = Campaign.plan(act(), new_id(), SLUG, "Luk op", day("11-01"), day("12-31"))

    assert event_names(new_events(campaign)) == ["Planned"]
    assert (campaign.slug, campaign.title) == (SLUG, "Luk op")
    assert (campaign.first, campaign.last) == (day("11-01"), day("12-31"))
    assert campaign.id == Campaign.create_id(SLUG) == campaign_id(SLUG)
    assert campaign.is_open


def test_a_campaign_of_one_day_can_be_planned_but_none_that_ends_before_it_begins():
    assert Campaign.plan(act(), new_id(), SLUG, "Luk op", day("11-01"), day("11-01")).last == day("11-01")
    with pytest.raises(DayOutsideCampaign, match="2012-10-31"):
        Campaign.plan(act(), new_id(), SLUG, "Luk op", day("11-01"), day("10-31"))


def test_an_office_takes_part_once():
    campaign = planned_campaign()

    campaign.enrol(act(), new_id(), "306")
    campaign.enrol(act(), new_id(), "101")
    campaign.enrol(act(), new_id(), "306")

    assert event_names(new_events(campaign)) == ["OfficeEnrolled", "OfficeEnrolled"]
    assert campaign.offices == ["306", "101"]


def test_an_office_taken_back_takes_part_no_more_and_can_again():
    campaign, entry = planned_campaign(), new_id()
    campaign.enrol(act(), entry, "306")

    campaign.retract(act(), new_id(), entry, "wrong office")
    assert campaign.offices == []

    campaign.enrol(act(), new_id(), "306")
    assert campaign.offices == ["306"]


def test_a_target_says_what_is_to_be_reached_by_whom_and_why():
    campaign = planned_campaign()

    campaign.set_target(act(), new_id(), Target("visits_held", 180, day("12-20"), "306", because="as agreed"))

    fact = new_events(campaign)[0]
    assert event_names([fact]) == ["TargetSet"]
    assert (fact.measure, fact.number, fact.by_day) == ("visits_held", 180, day("12-20"))
    assert (fact.target_office, fact.because, fact.office) == ("306", "as agreed", "306")


def test_a_campaign_can_be_extended_and_shortened():
    campaign = planned_campaign(last="12-31")

    campaign.extend(act(), new_id(), day("2013-03-31"))
    assert campaign.last == day("2013-03-31")

    campaign.extend(act(), new_id(), day("12-15"))
    assert campaign.last == day("12-15")


def test_a_campaign_is_not_extended_to_before_it_began():
    campaign = planned_campaign()

    refuses(campaign, DayOutsideCampaign, lambda: campaign.extend(act(), new_id(), day("10-31")), "2012-10-31")


def test_an_extension_taken_back_leaves_the_day_before():
    campaign, entry = planned_campaign(last="12-31"), new_id()
    campaign.extend(act(), entry, day("2013-03-31"))

    campaign.retract(act(), new_id(), entry, "not agreed")

    assert campaign.last == day("12-31")


@pytest.mark.parametrize("at", ["11-01", "11-30"])
def test_the_first_and_the_last_day_belong_to_the_campaign(at):
    planned_campaign("11-01", "11-30").check_happened(act(at))


@pytest.mark.parametrize("how", [act, imported_act])
@pytest.mark.parametrize("at", ["10-31", "11-30"])
def test_a_day_outside_the_campaign_is_refused(how, at):
    campaign = planned_campaign("11-01", "11-29")

    refuses(campaign, DayOutsideCampaign, lambda: campaign.check_happened(how(at)), f"2012-{at}", "2012-11-29", SLUG)


@pytest.mark.parametrize("how", [act, imported_act])
def test_a_day_that_has_not_come_is_refused(how):
    campaign = planned_campaign()

    refuses(campaign, DayInFuture, lambda: campaign.check_happened(how("12-01")), "2012-12-01", "2012-11-30")


def test_a_day_of_the_extension_is_a_day_of_the_campaign():
    campaign = planned_campaign("11-01", "11-10")
    campaign.extend(act(), new_id(), day("11-20"))

    campaign.check_happened(act("11-20"))


def test_what_is_planned_lies_inside_the_campaign_and_may_lie_ahead():
    campaign = planned_campaign("11-01", "12-31")

    campaign.check_inside(day("12-31"))
    refuses(campaign, DayOutsideCampaign, lambda: campaign.check_inside(day("2013-01-01")), "2013-01-01")


def test_nothing_is_logged_by_hand_in_a_closed_campaign():
    campaign = planned_campaign()
    campaign.close(act(), new_id())

    assert not campaign.is_open
    refuses(campaign, CampaignClosed, lambda: campaign.check_happened(act()), SLUG)
    campaign.check_happened(imported_act())


def test_a_campaign_closed_in_error_is_open_again():
    campaign, entry = planned_campaign(), new_id()
    campaign.close(act(), entry)

    campaign.retract(act(), new_id(), entry, "too early")

    assert campaign.is_open


def test_the_plan_itself_stays():
    campaign = planned_campaign()
    plan = next(iter(campaign.facts))

    refuses(campaign, PlanCannotBeRetracted, lambda: campaign.retract(act(), new_id(), plan, "oops"), "Close it")


def test_only_what_is_here_and_stands_is_taken_back():
    campaign, entry = planned_campaign(), new_id()
    campaign.enrol(act(), entry, "306")
    campaign.retract(act(), new_id(), entry, "wrong")

    refuses(campaign, EntryUnknown, lambda: campaign.retract(act(), new_id(), new_id(), ""))
    refuses(campaign, EntryRetractedAlready, lambda: campaign.retract(act(), new_id(), entry, ""))


def test_a_history_replayed_is_the_same_campaign():
    campaign = Campaign.plan(act(), new_id(), SLUG, "Luk op", day("11-01"), day("12-31"))
    campaign.enrol(act(), new_id(), "306")
    campaign.set_target(act(), new_id(), Target("visits_held", 180))
    campaign.extend(act(), new_id(), day("2013-03-31"))
    campaign.close(act(), new_id())
    campaign.retract(act(), new_id(), list(campaign.facts)[-1], "too early")

    again = replay(new_events(campaign))

    assert (again.facts, again.retractions, again.version) == (campaign.facts, campaign.retractions, campaign.version)
    assert (again.slug, again.title, again.last, again.is_open) == (SLUG, "Luk op", day("2013-03-31"), True)


def test_what_a_contact_yields_may_come_after_the_last_day_but_not_before_the_first():
    campaign = planned_campaign("11-01", "11-10")

    campaign.check_happened(act("11-20"), inside=False)

    refuses(campaign, DayOutsideCampaign, lambda: campaign.check_happened(act("10-20"), inside=False), "2012-10-20")
    refuses(campaign, DayOutsideCampaign, lambda: campaign.check_happened(act("11-20")), "2012-11-20")


def test_personal_texts_are_kept_until_the_day_that_was_set_last():
    campaign = planned_campaign()
    assert campaign.keep_until is None

    campaign.set_retention(act(), new_id(), day("2013-06-30"))
    campaign.set_retention(act(), later := new_id(), day("2013-12-31"))
    campaign.set_retention(act(), new_id(), day("2013-12-31"))

    assert event_names(new_events(campaign)) == ["RetentionSet", "RetentionSet"]
    assert campaign.keep_until == day("2013-12-31")
    campaign.retract(act(), new_id(), later, "undone")
    assert campaign.keep_until == day("2013-06-30")


def test_personal_texts_are_kept_while_the_campaign_runs():
    campaign = planned_campaign()

    refuses(campaign, DayOutsideCampaign, lambda: campaign.set_retention(act(), new_id(), day("12-30")), "2012-12-31")
