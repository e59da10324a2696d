"""Tuning as a user does it: of K trials keep the best on validation, then read its test score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

EDGE = 0.125
"""Share of the range, at either end, whose choices the edge rule counts."""

EDGE_LIMIT = 0.2
"""Share of choices at one end above which the range should be widened."""


@dataclass(frozen=True)
class Trial:
    """The outcome of one training run, as tuning sees it.

    Args:
        peak: Peak learning rate.
        validation: Validation score at the last step; the workload's floor if the run diverged.
        test: Test score at the last step; the workload's floor if the run diverged.
        diverged: Whether the loss stopped being finite.
    """

    peak: float
    validation: float
    test: float
    diverged: bool = False


def best(trials: Sequence[Trial], sign: int = 1) -> int:
    """Index of the trial with the best validation score; of equals, the one drawn first.

    Args:
        trials: At least one trial, in the order drawn.
        sign: -1 if a lower score is better.

    Example:
        >>> best([Trial(0.1, 0.8, 0.7), Trial(0.2, 0.9, 0.6), Trial(0.4, 0.9, 0.9)])
        1
    """
    return best_score([trial.validation for trial in trials], sign)


def best_score(scores: Sequence[float], sign: int = 1) -> int:
    """Index of the best score; of equals, the first.

    >>> best_score([0.8, 0.9, 0.9])
    1
    """
    return max(range(len(scores)), key=lambda index: sign * scores[index])


def best_of_first(trials: Sequence[Trial], sign: int = 1) -> tuple[float, ...]:
    """Test score that tuning with only the first k trials would have given, for k = 1 ... K.

    >>> best_of_first([Trial(0.1, 0.8, 0.7), Trial(0.2, 0.9, 0.6)])
    (0.7, 0.6)
    """
    return tuple(trials[best(trials[: k + 1], sign)].test for k in range(len(trials)))


def edge_shares(places: Sequence[float]) -> tuple[float, float]:
    """Shares of the chosen values in the lowest and in the highest eighth of their range.

    Args:
        places: Position of each value in the range, 0 at the low end and 1 at the high one.

    Example:
        >>> edge_shares([0.0, 0.5, 0.98, 1.0])
        (0.25, 0.5)
    """
    found = np.asarray(places)
    return float(np.mean(found <= EDGE)), float(np.mean(found >= 1 - EDGE))


def best_arm(means: Mapping[str, float], sign: int) -> str:
    """The arm that a screening picks: the best mean score, of equals the one named first.

    Args:
        means: Mean score of each arm.
        sign: -1 if a lower score is better.

    Example:
        >>> best_arm({"cosine": 0.9, "linear": 0.9, "cla": 0.8}, sign=1)
        'cosine'
    """
    return max(means, key=lambda name: sign * means[name])
