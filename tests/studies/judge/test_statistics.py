"""Paired differences agree with independent computations."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from loganneal.studies.judge.statistics import compare_pairs, holm, sign_flip_p, t_interval

POINTS = st.lists(st.integers(-40, 40).map(lambda tenths: tenths / 8), min_size=2, max_size=8)


@settings(deadline=None, max_examples=40)
@given(POINTS)
def test_sign_flip_counts_every_pattern(differences: list[float]) -> None:
    """The p value is the share of all patterns of signs at least as far out, counted one by one here."""
    observed = sum(differences)
    sums = [
        sum(sign * value for sign, value in zip(signs, differences, strict=True))
        for signs in itertools.product((-1, 1), repeat=len(differences))
    ]
    above, below = (np.mean([total >= observed for total in sums]), np.mean([total <= observed for total in sums]))
    assert sign_flip_p(differences) == pytest.approx(min(1.0, 2 * min(above, below)))


@pytest.mark.parametrize("pairs", [2, 5, 10])
def test_smallest_p(pairs: int) -> None:
    """When all differences have one sign, p is 2 / 2^R and cannot be smaller."""
    assert sign_flip_p([float(number + 1) for number in range(pairs)]) == 2 / 2**pairs


def test_many_pairs_repeat() -> None:
    """Beyond the exact limit patterns are drawn, and the same differences give the same p again."""
    differences = np.random.default_rng(0).normal(0.3, 1.0, 30).tolist()
    assert sign_flip_p(differences) == sign_flip_p(differences)
    assert sign_flip_p(differences) == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.02)


def test_interval_agrees_with_scipy() -> None:
    """The paired interval is that of scipy's paired t test."""
    arm, reference = [91.0, 93.5, 92.0, 95.0], [90.5, 92.0, 92.5, 93.0]
    expected = stats.ttest_rel(arm, reference).confidence_interval(0.9)
    assert compare_pairs(arm, reference).interval90 == pytest.approx((expected.low, expected.high))


def test_interval_covers() -> None:
    """Of 2,000 intervals from ten normal pairs, about 95% contain the true mean."""
    samples = np.random.default_rng(1).normal(0.5, 1.0, (2000, 10))
    held = [low <= 0.5 <= high for low, high in (t_interval(sample, 0.95) or (1, 0) for sample in samples)]
    assert 0.935 < np.mean(held) < 0.965


def test_one_pair_says_nothing() -> None:
    """With one replicate there is a mean, but neither deviation nor interval nor a p below 1."""
    paired = compare_pairs([91.0], [90.0])
    assert (paired.mean, paired.sd, paired.interval95, paired.p) == (1.0, None, None, 1.0)


def test_correlation() -> None:
    """The correlation of the pairs is that of numpy, and None if one of them does not vary."""
    assert compare_pairs([1, 2, 3, 4], [2, 1, 4, 3]).correlation == pytest.approx(0.6)
    assert compare_pairs([1, 2, 3, 4], [2, 2, 2, 2]).correlation is None


def test_holm_example() -> None:
    """Holm's own step-down: each p times the number of those not smaller, never falling, at most 1."""
    assert holm([0.01, 0.02, 0.03, 0.9]) == pytest.approx([0.04, 0.06, 0.06, 0.9])
    assert holm([0.6, 0.7]).tolist() == [1.0, 1.0]


def test_holm_takes_a_study_a_row() -> None:
    """Many studies at once are adjusted each by itself."""
    assert holm([[0.01, 0.04, 0.03], [0.04, 0.01, 0.5]]) == pytest.approx(
        np.array([[0.03, 0.06, 0.06], [0.08, 0.03, 0.5]])
    )


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_p_and_bonferroni(p_values: list[float]) -> None:
    """Holm never lowers a p value and never exceeds Bonferroni's."""
    for p, adjusted in zip(p_values, holm(p_values), strict=True):
        assert p <= adjusted <= min(1.0, len(p_values) * p) + 1e-12
