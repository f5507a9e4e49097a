"""What is said of a company, and how it is changed and taken back."""

from uuid import UUID

import pytest
from aggregate_fixtures import CVR, act, day, event_names, new_events, new_id, replay
from msgspec.structs import asdict

from domain.company import Company, CompanyFacts
from domain.ids import company_id, short
from domain.refusals import EntryRetractedAlready, EntryUnknown, NothingToErase
from domain.text_reference import TextReference

AT_FIRST = CompanyFacts("Bageren", "306", "107120", "DB07", "2-4")
GROWN = CompanyFacts("Bageren", "306", "107120", "DB07", "5-9")
CLOSED = CompanyFacts("Bageren", "306", "107120", "DB07", "0")


def a_company():
    company = Company.register(act(), new_id(), CVR, AT_FIRST)
    company.collect_events()
    return company


def test_a_company_is_registered_with_what_is_said_of_it():
    company = Company.register(act(), new_id(), CVR, AT_FIRST)

    assert event_names(new_events(company)) == ["Registered"]
    assert (company.cvr, company.now) == (CVR, AT_FIRST)
    assert company.id == Company.create_id(CVR) == company_id(CVR)


def test_other_facts_hold_from_a_day_on():
    company = a_company()

    assert company.change(act(), new_id(), GROWN, day("12-01")) is True

    fact = new_events(company)[0]
    assert (event_names([fact]), fact.said, fact.since) == (["FactsChanged"], GROWN, day("12-01"))
    assert company.now == GROWN


def test_what_holds_already_changes_nothing():
    company = a_company()

    assert company.change(act(), new_id(), AT_FIRST, day("12-01")) is False
    assert new_events(company) == []


def test_of_every_day_what_was_said_of_it_holds():
    company = a_company()
    company.change(act(), new_id(), GROWN, day("12-01"))
    company.change(act(), new_id(), CLOSED, day("12-10"))

    assert [company.on(day(on)) for on in ("11-30", "12-01", "12-09", "12-10")] == [AT_FIRST, GROWN, GROWN, CLOSED]
    assert company.on(None) == company.now == CLOSED


def test_of_two_statements_for_a_day_the_later_logged_holds():
    company = a_company()
    company.change(act(), new_id(), GROWN, day("12-01"))
    company.change(act(), new_id(), CLOSED, day("12-01"))

    assert company.on(day("12-01")) == CLOSED


def test_what_holds_on_that_day_is_no_change_whatever_holds_later():
    company = a_company()
    company.change(act(), new_id(), GROWN, day("12-10"))
    new_events(company)

    assert company.change(act(), new_id(), AT_FIRST, day("12-01")) is False
    assert company.change(act(), new_id(), GROWN, day("12-01")) is True
    assert company.change(act(), new_id(), GROWN, day("12-01")) is False
    assert len(new_events(company)) == 1


def test_before_anything_is_said_nothing_holds():
    company = a_company()
    company.change(act(), new_id(), GROWN, day("12-01"))
    company.retract(act(), new_id(), next(iter(company.facts)), "wrong file")

    assert company.on(day("11-30")) is None
    assert company.on(day("12-01")) == GROWN


def test_what_was_said_before_holds_again_when_a_change_is_taken_back():
    company, entry = a_company(), new_id()
    company.change(act(), entry, GROWN, None)

    company.retract(act(), new_id(), entry, "another company")

    assert company.now == AT_FIRST


def test_nothing_is_known_when_all_of_it_is_taken_back_and_then_something_again():
    company = a_company()
    company.retract(act(), new_id(), next(iter(company.facts)), "wrong file")
    assert company.now is None

    assert company.change(act(), new_id(), AT_FIRST, None) is True
    assert company.now == AT_FIRST


def test_where_the_register_says_nothing_there_is_nothing():
    assert CompanyFacts() == CompanyFacts("", "", "", "", "", False)


def test_what_was_said_cannot_be_altered():
    with pytest.raises(AttributeError):
        AT_FIRST.name = "Another"


def test_a_fact_is_what_was_said_whenever_and_with_whatever_it_was_logged():
    one, other, third = (
        Company.register(act("11-05", batch=batch), new_id(), CVR, said).facts.popitem()[1]
        for batch, said in ((None, AT_FIRST), (new_id(), AT_FIRST), (None, GROWN))
    )

    assert one != other
    assert one.content == other.content != third.content
    assert {"said", "cvr", "at", "by", "office"} <= set(one.content)


def test_a_fact_is_a_value():
    said = Company.register(act(), new_id(), CVR, AT_FIRST).facts.popitem()[1]
    fields = asdict(said)

    same = Company.Registered(**fields)
    assert (same, hash(same), repr(same)) == (said, hash(said), repr(said))
    assert same != Company.Registered(**{**fields, "cvr": "10000009"})
    with pytest.raises(AttributeError):
        said.cvr = "10000009"
    with pytest.raises(AttributeError):
        del said.cvr


def test_a_fact_has_all_its_fields_and_no_other():
    fields = asdict(Company.register(act(), new_id(), CVR, AT_FIRST).facts.popitem()[1])

    with pytest.raises(TypeError, match="bogus"):
        Company.Registered(**fields, bogus=1)
    with pytest.raises(TypeError, match="cvr"):
        Company.Registered(**{name: value for name, value in fields.items() if name != "cvr"})


def test_an_entry_goes_by_its_first_eight_digits():
    assert short(UUID("6ee51ad3-8c64-5ab3-a0de-0c1b9fd78bdd")) == "6ee51ad3"


def test_only_what_is_here_and_stands_is_taken_back():
    company = a_company()
    entry = next(iter(company.facts))
    company.retract(act(), new_id(), entry, "wrong file")
    new_events(company)

    with pytest.raises(EntryUnknown):
        company.retract(act(), new_id(), new_id(), "")
    with pytest.raises(EntryRetractedAlready):
        company.retract(act(), new_id(), entry, "")
    assert new_events(company) == []


def test_a_history_replayed_is_the_same_company():
    company = Company.register(act(), new_id(), CVR, AT_FIRST)
    entry = new_id()
    company.change(act(), entry, GROWN, day("12-01"))
    company.retract(act(), new_id(), entry, "another company")

    again = replay(new_events(company))

    assert (again.facts, again.retractions, again.version) == (company.facts, company.retractions, company.version)
    assert (again.cvr, again.now) == (CVR, AT_FIRST)


def test_what_is_said_for_all_days_takes_the_place_of_what_was_said_for_some():
    company = a_company()
    company.change(act(), new_id(), GROWN, day("11-10"))

    assert company.change(act(), new_id(), AT_FIRST, None)

    assert company.on(day("11-20")) == company.now == AT_FIRST


# Persons


def kept() -> TextReference:
    return TextReference(new_id(), "5f" * 32)


def a_contact(company):
    """A contact that was named, by its id, and what is kept of it."""
    entry, text = new_id(), kept()
    company.name_contact(act(), entry, text)
    return entry, text


def test_a_contact_is_named_changed_and_taken_back():
    company = a_company()
    person, first = a_contact(company)
    company.change_contact(act(), change := new_id(), person, second := kept())

    assert event_names(new_events(company)) == ["ContactNamed", "ContactChanged"]
    assert company.contacts == {person: second}
    company.retract(act(), new_id(), change, "undone")
    assert company.contacts == {person: first}
    company.retract(act(), new_id(), person, "undone")
    assert company.contacts == {}
    assert company.texts == {first.text, second.text}, "to be erased they have to be known"


def test_an_erased_contact_is_kept_no_more_whatever_was_taken_back():
    company = a_company()
    person, _ = a_contact(company)
    _, other = a_contact(company)
    company.retract(act(), new_id(), person, "undone")
    new_events(company)

    company.erase_person(act(), new_id(), person, "asked for it")

    assert event_names(new_events(company)) == ["PersonErased"]
    assert (company.texts, company.erased) == ({other.text}, {person})
    with pytest.raises(NothingToErase, match="Nothing is kept"):
        company.erase_person(act(), new_id(), person, "asked for it")
    with pytest.raises(EntryUnknown, match="no contact"):
        company.change_contact(act(), new_id(), person, kept())
    assert new_events(company) == []


def a_sole_trader(name):
    company = Company.register(act(), new_id(), CVR, CompanyFacts(form="10", name_apart=name))
    company.collect_events()
    return company


def test_the_name_of_a_sole_trader_is_erased_under_every_fact_that_had_it():
    company = a_sole_trader(first := kept())
    company.change(act(), new_id(), CompanyFacts(form="10", name_apart=(second := kept())), day("12-01"))
    new_events(company)

    assert (company.names_apart, company.texts) == ([first, second], {first.text, second.text})
    company.erase_person(act(), new_id(), company.owner, "asked for it")

    assert (company.names_apart, company.texts) == ([], set())
    with pytest.raises(NothingToErase, match=CVR):
        company.erase_person(act(), new_id(), company.owner, "asked for it")


def test_a_name_that_is_given_anew_after_an_erasure_is_kept():
    company = a_sole_trader(kept())
    company.erase_person(act(), new_id(), company.owner, "asked for it")
    company.change(act(), new_id(), CompanyFacts(form="10", name_apart=(again := kept())), None)

    assert company.names_apart == [again]
    company.erase_person(act(), new_id(), company.owner, "once more")
    assert company.names_apart == []


def test_a_company_that_is_no_sole_trader_has_no_owner_to_erase():
    company = a_company()

    with pytest.raises(NothingToErase, match="Nothing is kept"):
        company.erase_person(act(), new_id(), company.owner, "asked for it")


def test_what_is_said_of_a_sole_trader_after_the_erasure_brings_no_name_back():
    company = a_sole_trader(first := kept())
    company.erase_person(act(), new_id(), company.owner, "asked for it")
    company.change(act(), new_id(), CompanyFacts(size_band="5-9", form="10", name_apart=first), None)

    assert (company.names_apart, company.texts, company.texts_ever) == ([], set(), {first.text})
