"""Groups compared with the whole: the figures of two statistics packages, and laws of our own."""

from fractions import Fraction
from math import isclose, sqrt
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import binom, norm
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint, proportions_ztest

from projections.measures import COUNTS, with_rates
from projections.questions.comparison import COMPARED, marks, with_marks
from projections.statistics import LEVEL, Z_OUTER, Z, funnel_limits, holm, p_value, wilson

many = settings(max_examples=400)


def rejected_by_statsmodels(family, level):
    with patch("gc.collect"):  # which takes 80 ms, and is done at every call
        return multipletests(family, alpha=level, method="holm")[0].tolist()


@st.composite
def shares(draw, most=100_000, least=1):
    """Numerator and denominator."""
    n = draw(st.integers(least, most))
    return draw(st.integers(0, n)), n


@st.composite
def wholes(draw):
    """A share that is neither 0 nor 1."""
    n = draw(st.integers(2, 100_000))
    return draw(st.integers(1, n - 1)), n


@many
@given(shares())
def test_wilsons_interval_is_that_of_statsmodels(share):
    assert wilson(*share) == pytest.approx(proportion_confint(*share, alpha=0.05, method="wilson"), abs=1e-12)


@many
@given(shares(), wholes())
def test_the_p_value_is_that_of_statsmodels(group, whole):
    p0 = whole[0] / whole[1]

    _, expected = proportions_ztest(*group, value=p0, prop_var=p0)

    assert p_value(group, whole) == pytest.approx(expected, rel=1e-9, abs=1e-300)


@many
@given(shares(), wholes(), st.sampled_from([0.2, 0.05, 0.01, 0.002]))
def test_a_group_differs_at_a_level_exactly_when_the_whole_lies_outside_its_wilson_interval(group, whole, level):
    low, high = proportion_confint(*group, alpha=level, method="wilson")
    p, p0 = p_value(group, whole), whole[0] / whole[1]
    assume(not isclose(p, level, rel_tol=1e-6))  # what lies on the line is for no float to say

    assert (p < level) == (not low <= p0 <= high)


@many
@given(shares(), wholes())
def test_a_group_alone_against_the_whole_is_told_by_the_interval_a_table_shows(group, whole):
    low, high = wilson(*group)
    p, p0 = p_value(group, whole), whole[0] / whole[1]
    assume(not isclose(p, 0.05, rel_tol=1e-6))

    assert (p < 0.05) == (not low <= p0 <= high)


p_values = st.floats(0, 1) | st.floats(0, 0.01) | st.sampled_from([0.0, 0.001, 0.0125, 0.05, 1.0])


@many
@given(st.lists(p_values, min_size=1, max_size=60), st.sampled_from([0.05, 0.01, 0.2]))
def test_holm_rejects_what_statsmodels_rejects(family, level):
    assert holm(family, level) == rejected_by_statsmodels(family, level)


@given(st.lists(p_values, min_size=2, max_size=30).flatmap(st.permutations))
def test_holm_does_not_mind_the_order(family):
    rejected = {p for p, yes in zip(family, holm(family), strict=True) if yes}

    assert rejected == {p for p, yes in zip(sorted(family), holm(sorted(family)), strict=True) if yes}


@many
@given(st.lists(shares(most=3_000, least=0), min_size=2, max_size=50))
def test_marks_are_those_of_statsmodels_over_the_groups_with_a_base(groups):
    whole = sum(k for k, _ in groups), sum(n for _, n in groups)
    assume(0 < whole[0] < whole[1] and sum(n > 0 for _, n in groups) > 1)
    p0 = Fraction(*whole)
    tested = [i for i, (_, n) in enumerate(groups) if n * min(p0, 1 - p0) >= 5]
    assume(tested)
    p0 = float(p0)

    p = [proportions_ztest(*groups[i], value=p0, prop_var=p0)[1] for i in tested]
    rejected = dict(zip(tested, rejected_by_statsmodels(p, LEVEL), strict=True))

    expected = [("above" if k / n > p0 else "below") if rejected.get(i) else None for i, (k, n) in enumerate(groups)]
    assert marks(groups, whole) == expected


def test_the_best_of_two_that_are_alike_is_not_marked_and_one_far_off_is():
    assert marks([(50, 100), (55, 100)], (105, 200)) == [None, None]
    assert marks([(90, 100), (55, 100), (15, 100)], (160, 300)) == ["above", None, "below"]


def test_what_one_office_alone_would_be_marked_for_is_chance_among_many():
    odd, whole = (62, 100), (2_512, 5_000)
    assert p_value(odd, whole) < 0.05

    assert marks([odd, *[(50, 100)] * 49], whole) == [None] * 50


def test_a_group_too_small_to_tell_is_not_marked_and_does_not_count_among_those_compared():
    far, rest, few = (65, 100), (1_000, 2_000), [(4, 4), (8, 9)]
    assert 0.05 / 30 < p_value(far, (1_065, 2_100)) < 0.05 / 2

    assert marks([far, rest], (1_065, 2_100)) == ["above", None]
    assert marks([far, rest, *few * 20], (1_065, 2_100)) == ["above", None, *[None] * 40]
    assert marks([far, rest, *[(10, 20)] * 40], (1_065, 2_100)) == [None] * 42


@pytest.mark.parametrize(("base", "mark"), [(50, "above"), (49, None)])
def test_at_least_five_hits_have_to_be_expected_of_a_group(base, mark):
    assert marks([(base, base), (150, 1_950)], (200, 2_000))[0] == mark
    assert marks([(0, base), (1_800, 1_950)], (1_800, 2_000))[0] == (mark and "below")


@pytest.mark.parametrize("share", [0.09, 0.33, 0.5])
@pytest.mark.parametrize("bases", [(5, 10), (20, 100), (50, 1_000)])
def test_of_offices_that_are_all_alike_few_tables_have_any_mark(share, bases):
    chance = Random(f"{share} {bases}")
    tables, marked = 200, 0
    for _ in range(tables):
        groups = [
            (sum(chance.random() < share for _ in range(n)), n) for n in (chance.randint(*bases) for _ in range(20))
        ]
        marked += any(marks(groups, (sum(k for k, _ in groups), sum(n for _, n in groups))))

    assert marked <= binom.ppf(0.9999, tables, LEVEL)


@pytest.mark.parametrize(
    ("groups", "whole"),
    [
        ([(0, 50), (0, 70)], (0, 120)),
        ([(50, 50), (70, 70)], (120, 120)),
        ([(9, 10)], (9, 1_000)),
        ([(9, 10), (0, 0)], (9, 1_000)),
        ([(0, 0), (0, 0)], (0, 0)),
        ([], (0, 0)),
    ],
    ids=["share of 0", "share of 1", "one group", "one group with a base", "no base", "no groups"],
)
def test_where_nothing_can_be_compared_nothing_is_marked(groups, whole):
    assert marks(groups, whole) == [None] * len(groups)


def test_rows_are_marked_in_three_rates_and_are_otherwise_as_they_were():
    high = with_rates(dict.fromkeys(COUNTS, 0) | {"visits_held": 100, "visits_with_yield": 90, "calls": 3})
    low = with_rates(dict.fromkeys(COUNTS, 0) | {"visits_held": 100, "visits_with_yield": 40, "calls": 900})
    total = with_rates({name: high[name] + low[name] for name in COUNTS})

    marked = with_marks([high, low], total)

    assert [row["visit_hit_rate_differs"] for row in marked] == ["above", "below"]
    assert {row[f"{rate}_differs"] for row in marked for rate in COMPARED[1:]} == {None}
    assert [{k: v for k, v in row.items() if not k.endswith("_differs")} for row in marked] == [high, low]
    assert "visit_hit_rate_differs" not in high


@pytest.mark.parametrize(("z", "outside"), [(Z, 0.05), (Z_OUTER, 0.002)])
def test_the_limits_stand_where_the_normal_distribution_says(z, outside):
    assert 2 * norm.sf(z) == pytest.approx(outside, rel=1e-12)


@given(st.floats(0, 1), st.lists(st.integers(1, 10_000), max_size=20))
def test_the_limits_of_a_funnel_lie_around_the_whole_and_close_in(p0, bases):
    limits = funnel_limits(p0, sorted(bases))

    assert [one.base for one in limits] == sorted(bases)
    for n, low, high, low_outer, high_outer in limits:
        assert 0 <= low_outer <= low <= p0 <= high <= high_outer <= 1
        assert low == pytest.approx(max(0, norm.ppf(0.025, p0, sqrt(p0 * (1 - p0) / n) or 1e-9)), abs=1e-7)
        assert high_outer == pytest.approx(min(1, norm.ppf(0.999, p0, sqrt(p0 * (1 - p0) / n) or 1e-9)), abs=1e-7)
    widths = [one.high - one.low for one in limits]
    assert widths == sorted(widths, reverse=True)


@many
@given(shares(most=5_000), wholes())
def test_the_inner_limits_leave_out_what_a_single_test_at_five_percent_would_mark(group, whole):
    ((_, low, high, _, _),) = funnel_limits(whole[0] / whole[1], [group[1]])
    p, share = p_value(group, whole), group[0] / group[1]
    assume(not isclose(p, 0.05, rel_tol=1e-6))

    assert (p < 0.05) == (not low <= share <= high)
