"""Power agrees with the published table and with simulation."""

import numpy as np
import pytest
from scipy import stats

from loganneal.studies.judge.power import (
    detectable_difference,
    detectable_tie,
    difference_power,
    fewest_replicates,
    power_sentence,
    replicates_to_settle,
    smallest_p,
    tie_power,
)


@pytest.mark.parametrize(
    ("replicates", "one", "four", "ten", "tie"),
    [(5, 1.68, 2.48, 3.16, 1.60), (10, 1.00, 1.28, 1.48, 1.00), (20, 0.66, 0.81, 0.91, 0.68)],
)
def test_table(replicates: int, one: float, four: float, ten: float, tie: float) -> None:
    """The detectable differences are those of the protocol's table, in standard deviations."""
    found = [detectable_difference(replicates, rivals) for rivals in (1, 4, 10)]
    assert [*found, detectable_tie(replicates)] == pytest.approx([one, four, ten, tie], abs=0.012)


def test_power_by_simulation() -> None:
    """80% of simulated paired t tests find the difference that is called detectable."""
    effect = detectable_difference(10, rivals=4)
    samples = np.random.default_rng(0).normal(effect, 1.0, (4000, 10))
    assert np.mean(stats.ttest_1samp(samples, 0, axis=1).pvalue < 0.05 / 4) == pytest.approx(0.8, abs=0.02)


def test_tie_power_by_simulation() -> None:
    """The power of the two one-sided tests holds for a true difference that is not zero."""
    samples = np.random.default_rng(0).normal(0.3, 1.0, (4000, 20))
    half = stats.t.ppf(0.95, 19) * samples.std(axis=1, ddof=1) / np.sqrt(20)
    means = samples.mean(axis=1)
    within = (means - half > -0.9) & (means + half < 0.9)
    assert tie_power(0.9, 0.3, 20) == pytest.approx(float(within.mean()), abs=0.02)


def test_two_replicates_need_a_huge_difference() -> None:
    """Two replicates give a number, and it is so large that nobody can misread it."""
    assert detectable_difference(2, rivals=4) > 20


@pytest.mark.parametrize(("rivals", "fewest"), [(1, 6), (4, 8), (10, 9)])
def test_fewest_replicates(rivals: int, fewest: int) -> None:
    """One replicate fewer cannot reach p < 0.05 after Holm's correction."""
    assert fewest_replicates(rivals) == fewest
    assert smallest_p(fewest, rivals) < 0.05 <= smallest_p(fewest - 1, rivals)


@pytest.mark.parametrize("replicates", [1024, 12_500, 100_000])
def test_thousands_of_replicates(replicates: int) -> None:
    """The smallest p falls below every float, and the detectable difference keeps falling."""
    assert 0 <= smallest_p(replicates, rivals=4) < 1e-300
    assert detectable_difference(replicates, 4) < detectable_difference(replicates // 2, 4)
    assert power_sentence(replicates, rivals=4).startswith(f"{replicates} replicates")


def test_settling_inverts_detection() -> None:
    """A difference detectable with ten replicates is settled by ten, when it is too large for a tie."""
    effect = detectable_difference(10, rivals=4)
    assert replicates_to_settle(1.001 * effect, 1.0, margin=0.5, rivals=4) == 10


def test_settling_by_a_tie() -> None:
    """No difference at all is settled as a tie, by enough replicates for the margin."""
    needed = replicates_to_settle(0.0, 1.0, margin=0.5, rivals=4)
    assert needed is not None
    assert tie_power(0.5, 0.0, needed) >= 0.8 > tie_power(0.5, 0.0, needed - 1)


def test_what_cannot_be_settled() -> None:
    """A difference on the edge of a tiny margin is not promised any number of replicates."""
    assert replicates_to_settle(0.01, 1.0, margin=0.01, rivals=4) is None


def test_sentence_says_points() -> None:
    """Before a run, the sentence says which difference in points it can detect, or that it can detect none."""
    assert "0.9 to 1.8 points" in power_sentence(10, rivals=4)
    assert difference_power(0.9 / 0.7, 10, 4) == pytest.approx(0.8, abs=0.02)
    assert "Too few" in power_sentence(7, rivals=4)
