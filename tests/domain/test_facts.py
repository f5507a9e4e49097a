"""A fact is a value: frozen, equal to one that says the same, and complete or not at all."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from msgspec.structs import asdict

from domain.outreach import Outreach

SAID = {
    "originator_id": UUID(int=1),
    "originator_version": 2,
    "timestamp": datetime(2012, 11, 12, tzinfo=UTC),
    "entry": UUID(int=3),
    "act": UUID(int=4),
    "at": date(2012, 11, 12),
    "by": "anna",
    "office": "306",
    "batch": None,
    "call": UUID(int=3),
    "due": date(2012, 11, 19),
}


def follow_up(**changes):
    return Outreach.FollowUpSet(**(SAID | changes))


def test_facts_that_say_the_same_are_equal_and_others_are_not():
    assert follow_up() == follow_up()
    assert hash(follow_up()) == hash(follow_up())
    assert follow_up() != follow_up(due=date(2012, 11, 20))
    assert follow_up() != Outreach.InvitationSent(**{k: v for k, v in SAID.items() if k not in ("call", "due")})


def test_a_fact_does_not_change():
    fact = follow_up()

    with pytest.raises(AttributeError):
        fact.due = date(2012, 11, 20)
    with pytest.raises(AttributeError):
        del fact.due
    with pytest.raises(AttributeError):
        fact.remark = "more"
    assert asdict(fact) == SAID


@pytest.mark.parametrize("wrong", ["due", "entry", "timestamp"])
def test_a_fact_that_lacks_something_is_none(wrong):
    with pytest.raises(TypeError, match=wrong):
        Outreach.FollowUpSet(**{name: value for name, value in SAID.items() if name != wrong})


def test_a_fact_says_nothing_its_class_does_not_know():
    with pytest.raises(TypeError, match="colour"):
        follow_up(colour="red")


def test_a_fact_is_of_an_aggregate_with_an_id():
    with pytest.raises(TypeError, match="non-UUID"):
        follow_up(originator_id="1")


def test_a_fact_says_things_in_the_order_of_its_class_whatever_the_callers():
    backwards = Outreach.FollowUpSet(**dict(reversed(SAID.items())))

    assert list(asdict(backwards)) == list(SAID)


def test_a_fact_shows_what_it_says():
    assert repr(follow_up()).startswith("FollowUpSet(originator_id=UUID(")
    assert "due=datetime.date(2012, 11, 19)" in repr(follow_up())
