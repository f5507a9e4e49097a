"""The tree of kinds of yield: its words, its support classes, its dates, and what a filter on a parent means."""

from datetime import date

import pytest

from domain.refusals import OutOfUse, WordUnknown
from domain.yield_kinds import KINDS, SUPPORT_CLASSES, children, kind_named, with_children


def test_every_kind_has_a_support_class_and_a_name_in_both_languages():
    assert {kind.support_class for kind in KINDS.values()} == set(SUPPORT_CLASSES)
    assert [k.name for k in KINDS.values() if not (k.name_en and k.name_da)] == []


def test_no_two_kinds_are_said_alike():
    spellings = [{s.casefold() for s in (k.name, k.name_en, k.name_da)} for k in KINDS.values()]

    assert len(set().union(*spellings)) == sum(map(len, spellings))


def test_every_parent_is_a_kind_and_no_kind_is_its_own_ancestor():
    for kind in KINDS.values():
        above, parent = set(), kind.parent
        while parent:
            assert parent not in above
            above.add(parent)
            parent = KINDS[parent].parent


def test_an_acute_job_is_an_ordinary_job():
    assert [kind.name for kind in children("ordinary-job")] == ["acute-job"]
    assert with_children("ordinary-job") == {"ordinary-job", "acute-job"}
    assert with_children("acute-job") == {"acute-job"}
    assert KINDS["acute-job"].support_class == KINDS["ordinary-job"].support_class == "ordinary"


def test_a_filter_on_a_support_class_means_every_kind_of_it():
    assert with_children("other") == {"mentorship"}
    assert with_children("ordinary") > with_children("ordinary-job")
    assert sorted(kind for word in SUPPORT_CLASSES for kind in with_children(word)) == sorted(KINDS)


def test_no_kind_is_called_as_a_support_class():
    assert set(KINDS).isdisjoint(SUPPORT_CLASSES)


def test_the_top_of_the_tree_and_what_is_below_it_are_all_kinds():
    below = [with_children(kind.name) for kind in children(None)]

    assert sum(map(len, below)) == len(KINDS)
    assert frozenset().union(*below) == set(KINDS)


@pytest.mark.parametrize(
    "word", ["wage-subsidy", "Wage-subsidy job", "Job med løntilskud", "job med LØNTILSKUD", "  wage-subsidy "]
)
def test_a_kind_is_known_by_its_name_in_any_language(word):
    assert kind_named(word).name == "wage-subsidy"


def test_a_word_that_is_no_kind_is_refused_with_those_that_are():
    with pytest.raises(WordUnknown, match=r"Did you mean internship\?") as refused:
        kind_named("intership")
    assert all(name in str(refused.value) for name in KINDS)


@pytest.mark.parametrize("on", [date(2012, 10, 1), date(2013, 6, 30)])
def test_a_kind_is_in_use_from_its_first_day_until_its_last(on):
    assert kind_named("acute-job", on).name == "acute-job"


@pytest.mark.parametrize("on", [date(2012, 9, 30), date(2013, 7, 1)])
def test_a_kind_out_of_use_is_refused_on_that_day_and_stays_readable(on):
    with pytest.raises(OutOfUse, match=f"2012-10-01 to 2013-07-01 only, not on {on}"):
        kind_named("acute-job", on)
    assert kind_named("acute-job").name == "acute-job"
