"""Tuning as a user does it: of K trials keep the best on validation, then read its test accuracy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loganneal.studies.space import position

EDGE = 0.125
"""Share of the range, at either end, whose choices the edge rule counts."""

EDGE_LIMIT = 0.2
"""Share of choices at one end above which the range should be widened."""


@dataclass(frozen=True)
class Trial:
    """The outcome of one training run, as tuning sees it.

    Args:
        peak: Peak learning rate.
        validation: Validation accuracy at the last step, in [0, 1]; the workload's floor when diverged.
        test: Test accuracy at the last step, in [0, 1]; the workload's floor when diverged.
        diverged: Whether the loss stopped being finite.
    """

    peak: float
    validation: float
    test: float
    diverged: bool = False


def best(trials: Sequence[Trial]) -> int:
    """Index of the trial with the highest validation accuracy; of equals, the one drawn first.

    >>> best([Trial(0.1, 0.8, 0.7), Trial(0.2, 0.9, 0.6), Trial(0.4, 0.9, 0.9)])
    1
    """
    return max(range(len(trials)), key=lambda index: trials[index].validation)


def best_of_first(trials: Sequence[Trial]) -> tuple[float, ...]:
    """Test accuracy that tuning with only the first k trials would have given, for k = 1 ... K.

    >>> best_of_first([Trial(0.1, 0.8, 0.7), Trial(0.2, 0.9, 0.6)])
    (0.7, 0.6)
    """
    return tuple(trials[best(trials[: k + 1])].test for k in range(len(trials)))


def edge_shares(peaks: Sequence[float], low: float, high: float) -> tuple[float, float]:
    """Shares of the chosen peaks that lie in the lowest and in the highest eighth of the range, log scale.

    >>> edge_shares([0.01, 0.1, 0.99, 1.0], 0.01, 1.0)
    (0.25, 0.5)
    """
    places = np.array([position(peak, low, high) for peak in peaks])
    return float(np.mean(places <= EDGE)), float(np.mean(places >= 1 - EDGE))
