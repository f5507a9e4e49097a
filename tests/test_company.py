"""What is said of a company, and how it is changed and taken back."""

from dataclasses import FrozenInstanceError
from uuid import UUID

import pytest
from given import CVR, act, an_id, day, names, new, replayed

from domain.company import Company, CompanyFacts
from domain.facts import short
from domain.identities import company_id
from domain.refusals import EntryRetractedAlready, EntryUnknown

AT_FIRST = CompanyFacts("Bageren", "306", "107120", "DB07", "2-4")
GROWN = CompanyFacts("Bageren", "306", "107120", "DB07", "5-9")
CLOSED = CompanyFacts("Bageren", "306", "107120", "DB07", "0")


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


def test_of_every_day_what_was_said_of_it_holds():
    company = a_company()
    company.change(act(), an_id(), GROWN, day("12-01"))
    company.change(act(), an_id(), CLOSED, day("12-10"))

    assert [company.on(day(on)) for on in ("11-30", "12-01", "12-09", "12-10")] == [AT_FIRST, GROWN, GROWN, CLOSED]
    assert company.on(None) == company.now == CLOSED


def test_of_two_statements_for_a_day_the_later_logged_holds():
    company = a_company()
    company.change(act(), an_id(), GROWN, day("12-01"))
    company.change(act(), an_id(), CLOSED, day("12-01"))

    assert company.on(day("12-01")) == CLOSED


def test_what_holds_on_that_day_is_no_change_whatever_holds_later():
    company = a_company()
    company.change(act(), an_id(), GROWN, day("12-10"))
    new(company)

    assert company.change(act(), an_id(), AT_FIRST, day("12-01")) is False
    assert company.change(act(), an_id(), GROWN, day("12-01")) is True
    assert company.change(act(), an_id(), GROWN, day("12-01")) is False
    assert len(new(company)) == 1


def test_before_anything_is_said_nothing_holds():
    company = a_company()
    company.change(act(), an_id(), GROWN, day("12-01"))
    company.retract(act(), an_id(), next(iter(company.facts)), "wrong file")

    assert company.on(day("11-30")) is None
    assert company.on(day("12-01")) == GROWN


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


def test_where_the_register_says_nothing_there_is_nothing():
    assert CompanyFacts() == CompanyFacts("", "", "", "", "", False)


def test_what_was_said_cannot_be_altered():
    with pytest.raises(AttributeError):
        AT_FIRST.name = "Another"


def test_a_fact_is_what_was_said_whenever_and_with_whatever_it_was_logged():
    one, other, third = (
        Company.register(act("11-05", batch=batch), an_id(), CVR, said).facts.popitem()[1]
        for batch, said in ((None, AT_FIRST), (an_id(), AT_FIRST), (None, GROWN))
    )

    assert one != other
    assert one.content == other.content != third.content
    assert {"said", "cvr", "at", "by", "office"} <= set(one.content)


def test_a_fact_is_a_value():
    said = Company.register(act(), an_id(), CVR, AT_FIRST).facts.popitem()[1]
    fields = vars(said)

    same = Company.Registered(**fields)
    assert (same, hash(same), repr(same)) == (said, hash(said), repr(said))
    assert same != Company.Registered(**{**fields, "cvr": "10000009"})
    with pytest.raises(FrozenInstanceError):
        said.cvr = "10000009"
    with pytest.raises(FrozenInstanceError):
        del said.cvr


def test_a_fact_has_all_its_fields_and_no_other():
    fields = vars(Company.register(act(), an_id(), CVR, AT_FIRST).facts.popitem()[1])

    with pytest.raises(TypeError, match=r"Company\.Registered.*: bogus"):
        Company.Registered(**fields, bogus=1)
    with pytest.raises(TypeError, match=r"Company\.Registered.*: cvr"):
        Company.Registered(**{name: value for name, value in fields.items() if name != "cvr"})


def test_an_entry_goes_by_its_first_eight_digits():
    assert short(UUID("6ee51ad3-8c64-5ab3-a0de-0c1b9fd78bdd")) == "6ee51ad3"


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


def test_what_is_said_for_all_days_takes_the_place_of_what_was_said_for_some():
    company = a_company()
    company.change(act(), an_id(), GROWN, day("11-10"))

    assert company.change(act(), an_id(), AT_FIRST, None)

    assert company.on(day("11-20")) == company.now == AT_FIRST
