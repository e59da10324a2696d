"""Two arms at equal mean learning rate: tuned once more, among the trials with mean rates that both arms cover."""

from collections.abc import Mapping, Sequence

import numpy as np

from loganneal.studies.judge.selection import best_score
from loganneal.studies.judge.statistics import t_interval
from loganneal.studies.result import EqualMeanRate, TrialResult


def at_equal_mean_rate(arm: Sequence[TrialResult], reference: Sequence[TrialResult], sign: int) -> EqualMeanRate | None:
    """The difference of an arm to the reference if both are tuned within the same mean rates.

    Arms share the range of the peak rate, so an arm with more area under its curve covers higher mean rates. Here each
    arm keeps only its trials between the larger of the two lowest mean rates and the smaller of the two highest.
    Validation chooses among those, and the test scores of the chosen trials are paired. A replicate in which either
    arm has no such trial is left out.

    Args:
        arm: The trials of the arm.
        reference: The trials of the reference.
        sign: -1 if a lower score is better, so that a positive difference is always the better one.

    Returns:
        The difference; None if no replicate counts.

    Example:
        >>> def trial(rate, validation, test):
        ...     return TrialResult(replicate=0, trial=0, peak_lr=1.0, mean_lr=rate, validation_score=validation,
        ...                        test_score=test, diverged=False, chosen=False, record="")
        >>> found = at_equal_mean_rate([trial(0.7, 93.0, 94.0), trial(0.07, 91.0, 91.5)],
        ...                            [trial(0.5, 90.0, 90.5), trial(0.05, 92.0, 93.0)], sign=1)
        >>> found.low, found.high, found.mean
        (0.07, 0.5, 1.0)
    """
    if not arm or not reference:
        return None
    rates = [[trial.mean_lr for trial in trials] for trials in (arm, reference)]
    low, high = max(map(min, rates)), min(map(max, rates))
    own, others = (_chosen(trials, low, high, sign) for trials in (arm, reference))
    differences = [sign * (own[replicate] - others[replicate]) for replicate in own if replicate in others]
    if not differences:
        return None
    mean, interval = float(np.mean(differences)), t_interval(differences, 0.95)
    return EqualMeanRate(low=low, high=high, replicates=len(differences), mean=mean, interval95=interval)


def _chosen(trials: Sequence[TrialResult], low: float, high: float, sign: int) -> Mapping[int, float]:
    """For each replicate, the test score of the trial that validation chooses within the range."""
    within: dict[int, list[TrialResult]] = {}
    for trial in trials:
        if low <= trial.mean_lr <= high:
            within.setdefault(trial.replicate, []).append(trial)
    return {
        replicate: found[best_score([trial.validation_score for trial in found], sign)].test_score
        for replicate, found in within.items()
    }
