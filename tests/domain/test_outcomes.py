"""What each outcome of a call means, and that outcomes and reasons out of use stay readable."""

from datetime import date

import pytest

from domain.outcomes import OUTCOMES, REASONS, Outcome, Reason, outcome_named, reason_named
from domain.refusals import OutOfUse, WordUnknown

FRIDAY = date(2012, 11, 30)

#            word: reached, accepted, try again, days, needs reason, needs follow-up, ends contact
MEANT = {
    "no-answer": (False, False, True, 1, False, False, False),
    "busy": (False, False, True, 1, False, False, False),
    "left-message": (False, False, True, 3, False, False, False),
    "wrong-number": (False, False, False, None, False, False, False),
    "call-back": (True, False, True, 7, False, True, False),
    "accepted": (True, True, False, None, False, False, False),
    "declined": (True, False, False, None, True, False, False),
    "refused-contact": (True, False, False, None, False, False, True),
}


def test_every_outcome_is_told_of_here():
    assert list(OUTCOMES) == list(MEANT)


@pytest.mark.parametrize("word", MEANT)
def test_an_outcome_means_what_it_does(word):
    o = outcome_named(word)

    meant = (o.reached, o.accepted, o.try_again, o.delay, o.needs_reason, o.needs_follow_up, o.ends_contact)
    assert meant == MEANT[word]
    assert str(o) == f"{o}" == word


def test_a_new_attempt_is_proposed_after_the_outcomes_delay():
    assert Outcome.LEFT_MESSAGE.next_call(FRIDAY) == date(2012, 12, 3)
    assert Outcome.ACCEPTED.next_call(FRIDAY) is None


@pytest.mark.parametrize(
    ("word", "nearest"), [("acepted", "accepted"), ("noanswer", "no-answer"), ("ACCEPTED", None), ("", None)]
)
def test_a_word_that_is_no_outcome_is_refused_with_those_that_are(word, nearest):
    with pytest.raises(WordUnknown) as refused:
        outcome_named(word)

    assert all(known in str(refused.value) for known in MEANT)
    assert nearest is None or f"Did you mean {nearest}?" in str(refused.value)


def test_a_word_that_is_no_reason_is_refused_with_those_that_are():
    with pytest.raises(WordUnknown, match=r"Did you mean no-time\?"):
        reason_named("notime")
    assert reason_named("no-time") is Reason.NO_TIME
    assert list(REASONS) == [
        "no-need",
        "no-time",
        "own-network",
        "job-portals",
        "bad-experience",
        "already-cooperates",
        "other",
    ]


@pytest.mark.parametrize(
    ("named", "word", "member"),
    [(outcome_named, "busy", Outcome.BUSY), (reason_named, "other", Reason.OTHER)],
)
def test_a_word_out_of_use_is_refused_from_its_last_day_on_and_stays_readable(monkeypatch, named, word, member):
    monkeypatch.setattr(member, "end", FRIDAY)

    assert named(word) is named(word, date(2012, 11, 29)) is member
    with pytest.raises(OutOfUse, match="2012-11-30"):
        named(word, FRIDAY)
