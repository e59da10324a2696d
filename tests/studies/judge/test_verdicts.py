"""Verdicts follow the declared rules, in their order."""

import numpy as np
import pytest

from loganneal.data.metric import METRICS
from loganneal.studies.judge.statistics import Paired, compare_pairs
from loganneal.studies.judge.verdicts import judge, not_informative

SHAPE = np.linspace(-1.0, 1.0, 10)  # ten differences with mean 0 and standard deviation 0.67


def paired(mean: float, sd: float = 0.67) -> Paired:
    """Ten differences with this mean and about this standard deviation."""
    return compare_pairs((mean + SHAPE * sd / 0.67).tolist(), [0.0] * 10)


def test_tie_comes_before_win() -> None:
    """A tiny difference is a tie even when it is significant: the interval lies within the margin."""
    found = paired(0.2, sd=0.1)
    assert found.p < 0.05
    assert judge(found, found.p, 1.0, 1, "Cosine").name == "tie"


@pytest.mark.parametrize(("mean", "name", "word"), [(2.0, "win", "better"), (-2.0, "loss", "worse")])
def test_win_and_loss(mean: float, name: str, word: str) -> None:
    """A clear difference is a win or a loss by its sign, and the sentence says so with the numbers."""
    verdict = judge(paired(mean), 0.01, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.small) == (name, False)
    assert f"is {word} than Cosine by 2.00 points, 95% interval 1.52 to 2.48, p = 0.010" in verdict.reason


def test_small_win() -> None:
    """A significant difference below the margin, not shown to be a tie, is a win that is called small."""
    verdict = judge(paired(0.8), 0.01, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.small) == ("win", True)
    assert "small" in verdict.reason


def test_inconclusive_says_how_many() -> None:
    """A difference that is neither is inconclusive, and the verdict asks for more replicates than there were."""
    verdict = judge(paired(0.8, sd=1.0), 0.2, 1.0, 4, "Cosine")
    assert verdict.name == "inconclusive"
    assert verdict.replicates_to_settle is not None
    assert verdict.replicates_to_settle > 10
    more = verdict.replicates_to_settle - 10
    assert f"about {verdict.replicates_to_settle} replicates ({more} more)" in verdict.reason


def test_inconclusive_beyond_reach() -> None:
    """If no reasonable number would settle it, the reason says that it takes more than the limit."""
    verdict = judge(paired(0.5, sd=30.0), 0.9, 0.5, 4, "Cosine")
    assert verdict.replicates_to_settle is None
    assert "more than 2,000 replicates" in verdict.reason


@pytest.mark.parametrize("replicates", [1, 2, 7])
def test_too_few_replicates_get_no_verdict(replicates: int) -> None:
    """Below eight replicates with four rivals even a huge, constant difference gets none, with the reason."""
    found = compare_pairs([50.0] * replicates, [0.0] * replicates)
    verdict = judge(found, found.p, 1.0, 4, "Cosine")
    assert (verdict.name, verdict.replicates_to_settle) == ("no verdict", 8)
    assert "gets no verdict" in verdict.reason


def test_equal_in_every_replicate_is_a_tie() -> None:
    """Differences that are all zero have no deviation, and are a tie."""
    found = compare_pairs([90.0] * 10, [90.0] * 10)
    assert judge(found, found.p, 1.0, 4, "Cosine").name == "tie"


def test_not_informative() -> None:
    """If the reference has hardly learned, there is no verdict, and the reason says why."""
    assert not_informative(0.12).name == "no verdict"
    assert "12%" in not_informative(0.12).reason


def test_not_worse_is_a_bound() -> None:
    """An arm is called not worse if the lower 95% bound is above minus the margin, not if nothing was found."""
    vague, safe = judge(paired(0.0, sd=3.0), 0.9, 1.0, 4, "Cosine"), judge(paired(0.9, sd=1.5), 0.2, 1.0, 4, "Cosine")
    assert (vague.name, vague.not_worse) == ("inconclusive", False)
    assert "it may be worse by 1 or more" in vague.reason
    assert (safe.name, safe.not_worse) == ("inconclusive", True)
    assert "it is not worse by 1 or more" in safe.reason


def test_sentences_have_the_unit_of_the_metric() -> None:
    """A difference in bits is given in bits, with a third decimal."""
    bits = METRICS["bits_per_character"]
    assert "by 0.080 bits, 95% interval 0.0" in judge(paired(0.08, sd=0.02), 0.01, 0.02, 4, "Cosine", bits).reason
