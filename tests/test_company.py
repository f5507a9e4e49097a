"""What is said of a company, and how it is changed and taken back."""

import pytest
from given import CVR, act, an_id, day, names, new, replayed

from domain.company import Company, CompanyFacts
from domain.identities import company_id
from domain.refusals import EntryRetractedAlready, EntryUnknown

AT_FIRST = CompanyFacts("Bageren", "306", "107120", "DB07", "2-4")
GROWN = CompanyFacts("Bageren", "306", "107120", "DB07", "5-9")


def a_company():
    company = Company.register(act(), an_id(), CVR, AT_FIRST)
    company.collect_events()
    return company


def test_a_company_is_registered_with_what_is_said_of_it():
    company = Company.register(act(), an_id(), CVR, AT_FIRST)

    assert names(new(company)) == ["Registered"]
    assert (company.cvr, company.now) == (CVR, AT_FIRST)
    assert company.id == Company.create_id(CVR) == company_id(CVR)


def test_other_facts_hold_from_a_day_on():
    company = a_company()

    assert company.change(act(), an_id(), GROWN, day("12-01")) is True

    fact = new(company)[0]
    assert (names([fact]), fact.said, fact.since) == (["FactsChanged"], GROWN, day("12-01"))
    assert company.now == GROWN


def test_what_holds_already_changes_nothing():
    company = a_company()

    assert company.change(act(), an_id(), AT_FIRST, day("12-01")) is False
    assert new(company) == []


def test_what_was_said_before_holds_again_when_a_change_is_taken_back():
    company, entry = a_company(), an_id()
    company.change(act(), entry, GROWN, None)

    company.retract(act(), an_id(), entry, "another company")

    assert company.now == AT_FIRST


def test_nothing_is_known_when_all_of_it_is_taken_back_and_then_something_again():
    company = a_company()
    company.retract(act(), an_id(), next(iter(company.facts)), "wrong file")
    assert company.now is None

    assert company.change(act(), an_id(), AT_FIRST, None) is True
    assert company.now == AT_FIRST


def test_only_what_is_here_and_stands_is_taken_back():
    company = a_company()
    entry = next(iter(company.facts))
    company.retract(act(), an_id(), entry, "wrong file")
    new(company)

    with pytest.raises(EntryUnknown):
        company.retract(act(), an_id(), an_id(), "")
    with pytest.raises(EntryRetractedAlready):
        company.retract(act(), an_id(), entry, "")
    assert new(company) == []


def test_a_history_replayed_is_the_same_company():
    company = Company.register(act(), an_id(), CVR, AT_FIRST)
    entry = an_id()
    company.change(act(), entry, GROWN, day("12-01"))
    company.retract(act(), an_id(), entry, "another company")

    again = replayed(new(company))

    assert (again.facts, again.retractions, again.version) == (company.facts, company.retractions, company.version)
    assert (again.cvr, again.now) == (CVR, AT_FIRST)
