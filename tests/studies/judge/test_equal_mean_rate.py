"""Two arms tuned within the mean rates that both cover."""

import pytest

from loganneal.studies.judge.equal_mean_rate import at_equal_mean_rate
from loganneal.studies.result import TrialResult


def trials(*scores: tuple[int, float, float, float]) -> list[TrialResult]:
    """Trials by replicate, mean rate, validation score and test score."""
    fixed = {"trial": 0, "peak_lr": 1.0, "diverged": False, "chosen": False, "record": ""}
    names = ("replicate", "mean_lr", "validation_score", "test_score")
    return [TrialResult(**fixed, **dict(zip(names, row, strict=True))) for row in scores]


REFERENCE = trials((0, 0.1, 80, 81), (0, 0.5, 85, 86), (1, 0.1, 80, 80), (1, 0.5, 79, 70))


def test_trials_outside_the_common_rates_are_not_chosen() -> None:
    """The best setting of an arm does not count if the reference had no rate as high."""
    wide = trials((0, 0.2, 80, 83), (0, 0.9, 99, 99), (1, 0.2, 70, 72), (1, 0.4, 81, 82))
    found = at_equal_mean_rate(wide, REFERENCE, sign=1)
    assert found is not None
    assert (found.low, found.high, found.replicates) == (0.2, 0.5, 2)
    assert found.mean == pytest.approx(((83 - 86) + (82 - 70)) / 2)
    assert found.interval95 is not None


def test_replicates_without_a_common_rate_are_left_out() -> None:
    """They are not counted; a single difference has no interval; without a difference there is no result."""
    partly = trials((0, 0.2, 80, 83), (1, 0.9, 99, 99))
    found = at_equal_mean_rate(partly, REFERENCE, sign=1)
    assert found is not None
    assert (found.replicates, found.mean, found.interval95) == (1, -3.0, None)
    assert at_equal_mean_rate(trials((0, 0.9, 99, 99)), REFERENCE, sign=1) is None
    assert at_equal_mean_rate([], REFERENCE, sign=1) is None


def test_lower_is_better() -> None:
    """Then the smallest validation score is chosen, and a smaller test score is a positive difference."""
    rival = trials((0, 0.1, 70, 60), (0, 0.5, 90, 99))
    found = at_equal_mean_rate(rival, trials((0, 0.1, 80, 81), (0, 0.5, 85, 86)), sign=-1)
    assert found is not None
    assert found.mean == 21.0


def test_with_the_same_rates_nothing_is_left_out() -> None:
    """If both arms have the same mean rates, each replicate's best by validation counts, as in the main table."""
    rival = trials((0, 0.1, 90, 70), (0, 0.5, 85, 99), (1, 0.1, 80, 75), (1, 0.5, 99, 60))
    found = at_equal_mean_rate(rival, REFERENCE, sign=1)
    assert found is not None
    assert (found.low, found.high, found.replicates) == (0.1, 0.5, 2)
    assert found.mean == pytest.approx(((70 - 86) + (60 - 80)) / 2)
