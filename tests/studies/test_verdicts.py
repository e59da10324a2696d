"""Verdicts follow the declared rules, in their order."""

import numpy as np
import pytest

from loganneal.studies.statistics import Paired, compare_pairs
from loganneal.studies.verdicts import judge, not_informative

SHAPE = np.linspace(-1.0, 1.0, 10)  # ten differences with mean 0 and standard deviation 0.67


def paired(mean: float, sd: float = 0.67) -> Paired:
    """Ten differences with this mean and about this standard deviation."""
    return compare_pairs((mean + SHAPE * sd / 0.67).tolist(), [0.0] * 10)


def test_tie_comes_before_win() -> None:
    """A tiny difference is a tie even when it is significant: the interval lies within the margin."""
    found = paired(0.2, sd=0.1)
    assert found.p < 0.05
    assert judge(found, found.p, 1.0, 1, "Cosine").name == "tie"


@pytest.mark.parametrize(("mean", "name", "verb"), [(2.0, "win", "beats"), (-2.0, "loss", "loses to")])
def test_win_and_loss(mean: float, name: str, verb: str) -> None:
    """A clear difference is a win or a loss by its sign, and the sentence says so with the numbers."""
    verdict = judge(paired(mean), 0.01, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.small) == (name, False)
    assert f"{verb} Cosine: {mean:+.2f} points" in verdict.reason


def test_small_win() -> None:
    """A significant difference below the margin, not shown to be a tie, is a win that is called small."""
    verdict = judge(paired(0.8), 0.01, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.small) == ("win", True)
    assert "small" in verdict.reason


def test_inconclusive_says_how_many() -> None:
    """What is neither is inconclusive, with more replicates than there were."""
    verdict = judge(paired(0.8, sd=1.0), 0.2, 1.0, 4, "Cosine")
    assert verdict.name == "inconclusive"
    assert verdict.replicates_to_settle is not None
    assert verdict.replicates_to_settle > 10
    assert f"about {verdict.replicates_to_settle} replicates" in verdict.reason


def test_inconclusive_beyond_reach() -> None:
    """Where no reasonable number would settle it, the sentence says more than that."""
    verdict = judge(paired(0.5, sd=30.0), 0.9, 0.5, 4, "Cosine")
    assert verdict.replicates_to_settle is None
    assert "more than 2,000 replicates" in verdict.reason


@pytest.mark.parametrize("replicates", [1, 2, 7])
def test_too_few_replicates_get_no_verdict(replicates: int) -> None:
    """Below eight replicates with four rivals even a huge, constant difference gets none, with the reason."""
    found = compare_pairs([50.0] * replicates, [0.0] * replicates)
    verdict = judge(found, found.p, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.replicates_to_settle) == ("inconclusive", 8)
    assert "gets no verdict" in verdict.reason


def test_equal_in_every_replicate_is_a_tie() -> None:
    """Differences that are all zero have no deviation, and are a tie."""
    found = compare_pairs([90.0] * 10, [90.0] * 10)
    assert judge(found, found.p, 1.0, 4, "Cosine").name == "tie"


def test_not_informative() -> None:
    """Where the reference has hardly learned there is no verdict, and the reader learns why."""
    assert not_informative(0.12).name == "inconclusive"
    assert "12%" in not_informative(0.12).reason
