"""What may go wrong with a database that offices share is rehearsed on real servers, every row at a small size."""

from collections import Counter
from random import Random

import pytest

from stress.server_answers import lost_answers
from stress.server_crowd import crowd
from stress.server_figures import both_stores
from stress.server_frozen import frozen
from stress.server_logs import miscounted, quantile
from stress.server_starts import starts
from stress.server_stops import promoted, stopped
from stress.server_writers import Job, Told, sayings

A_SLICE = 40  # every 40th company of the model campaign


def test_offices_log_at_once_and_who_follows_by_position_sees_every_entry_once_and_in_order(tmp_path):
    found = crowd(8, Random(1), tmp_path, processes=6)

    assert found.faults == []
    assert found.count == 48


def test_many_set_up_one_database_at_once_and_one_of_them_does_it(tmp_path):
    assert starts(1, Random(1), tmp_path, processes=6).faults == []


def test_an_answer_that_is_lost_is_neither_a_conflict_nor_a_second_entry(tmp_path):
    assert lost_answers(16, Random(1), tmp_path).faults == []


def test_who_is_frozen_while_it_holds_the_log_keeps_nobody_waiting_for_long(tmp_path):
    assert frozen(1, Random(1), tmp_path).faults == []


def test_a_server_that_is_killed_and_starts_again_has_all_that_was_told_as_saved(tmp_path):
    assert stopped(2, Random(1), tmp_path, writers=4).faults == []


def test_a_standby_that_takes_over_has_all_that_was_told_as_saved(tmp_path):
    assert promoted(1, Random(1), tmp_path, writers=4).faults == []


def test_a_file_and_a_server_give_the_same_figures(tmp_path):
    assert both_stores(1, Random(1), tmp_path, every=A_SLICE).faults == []


# What the rows count by


def told(act: str, *kinds: str, fault: str = "") -> Told:
    return Told(0, 0, act, list(kinds), False, 0.0, 1.0, 1, fault)


@pytest.mark.parametrize(
    ("acts", "there", "said"),
    [
        ([told("a", "CallLogged")], {("a", "CallLogged"): 1}, []),
        ([told("a", "CallLogged")], {}, ["lost 1, doubled 0"]),
        ([told("a", "CallLogged")], {("a", "CallLogged"): 2}, ["lost 0, doubled 1"]),
        ([told("a", "CallLogged", "VisitBooked")], {("a", "CallLogged"): 1}, ["lost 1, doubled 0"]),
        ([told("a", "CallLogged", fault="refused")], {}, []),
        ([told("a", "CallLogged", "VisitBooked", fault="refused")], {("a", "CallLogged"): 1}, ["lost 1, doubled 0"]),
        ([], {("b", "CallLogged"): 1}, ["no act anybody did"]),
        ([told("a", "CallLogged")], {("a", "CallLogged"): 1, ("a", "NoteTaken"): 1}, ["no act anybody did"]),
    ],
)
def test_what_is_lost_doubled_half_there_or_nobodys_is_found(acts, there, said):
    found = miscounted(acts, Counter(there))

    assert len(found) == len(said)
    assert all(words in fault for words, fault in zip(said, found, strict=True))


def test_half_take_at_most_the_median_and_all_at_most_the_longest():
    assert [quantile([3, 1, 2], share) for share in (0, 0.5, 0.99, 1)] == [1, 2, 3, 3]
    assert quantile([], 0.5) == 0


def test_two_writers_say_the_same_with_the_same_dice_and_call_different_companies():
    job = Job("log", 0, "", "306", seed=7)
    again, other = sayings(job), sayings(job._replace(seed=8, hundred=21))

    said = [next(again) for _ in range(200)]

    assert said == [saying for saying, _ in zip(sayings(job), range(200), strict=False)]
    assert not {saying.cvr for saying in said} & {next(other).cvr for _ in range(200)}
