"""Damage to the log and rewriting of it, at a small size: every change is noticed, and no wrong figure is shown as right."""

from random import Random

from stress.damage import damage, rewrites


def test_damage_to_the_file_is_noticed_and_ends_in_sentences(tmp_path):
    found = damage(25, Random(7), tmp_path)

    assert found.faults == []
    assert found.count == 25


def test_rows_that_were_rewritten_are_noticed(tmp_path):
    found = rewrites(25, Random(7), tmp_path)

    assert found.faults == []
    assert found.told.startswith("noticed 25")
