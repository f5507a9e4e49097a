"""What a rate is a share of, and how sure it is."""

from math import inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projections.measures import COUNTS, RATES, RATIOS, base, share, with_rates
from projections.statistics import wilson


def solved(numerator: int, denominator: int) -> tuple[float, float]:
    """The bounds by bisection: shares whose score test just does not reject what was seen, at 95 %."""
    seen = numerator / denominator

    def rejected(p: float) -> bool:
        spread = sqrt(p * (1 - p) / denominator)
        return (abs(seen - p) / spread if spread else 0 if seen == p else inf) > 1.959963984540054

    return _edge(rejected, seen, 0.0), _edge(rejected, seen, 1.0)


def _edge(rejected, inside: float, outside: float) -> float:
    if not rejected(outside):
        return outside
    for _ in range(100):
        middle = (inside + outside) / 2
        inside, outside = (inside, middle) if rejected(middle) else (middle, outside)
    return inside


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 10, 0.0179, 0.4042),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),  # Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3
        (15, 148, 0.0624, 0.1605),  # the same
        (0, 20, 0.0, 0.1611),  # the same
        (1, 29, 0.0061, 0.1718),  # the same
    ],
)
def test_the_interval_is_the_published_one(numerator: int, denominator: int, low: float, high: float):
    assert wilson(numerator, denominator) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 5_000), st.data())
def test_the_interval_solves_the_score_equation(denominator: int, data: st.DataObject):
    numerator = data.draw(st.integers(0, denominator))

    assert wilson(numerator, denominator) == pytest.approx(solved(numerator, denominator), abs=1e-7)


@given(st.integers(1, 10**6), st.data())
def test_a_rate_lies_between_0_and_1_and_inside_its_interval(denominator: int, data: st.DataObject):
    numerator = data.draw(st.integers(0, denominator))

    low, high = wilson(numerator, denominator) or (2.0, -1.0)

    assert 0 <= low <= numerator / denominator <= high <= 1


def test_nothing_of_nothing_is_no_value():
    assert share(0, 0) is None
    assert wilson(0, 0) is None

    row = with_rates(dict.fromkeys(COUNTS, 0))

    assert {row[name] for name in row if name not in COUNTS} == {None}


def test_every_rate_has_its_interval_and_every_base_is_a_count():
    row = with_rates(dict.fromkeys(COUNTS, 1))

    for rate, (numerator, denominator) in (RATES | RATIOS).items():
        assert {numerator, *denominator} <= set(COUNTS)
        assert row[rate] is not None
    assert [name for name in row if name.endswith("_low")] == [f"{rate}_low" for rate in RATES]


def test_cancelled_visits_are_in_the_base_of_the_held_rate_and_not_of_the_no_show_rate():
    counts = {"visits_held": 6, "visits_no_show": 2, "visits_cancelled": 4}

    assert base(counts, "held_rate") == (6, 12)
    assert base(counts, "no_show_rate") == (2, 8)
