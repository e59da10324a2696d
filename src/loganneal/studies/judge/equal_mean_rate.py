"""Two arms at equal mean rate: tuning once more, among the trials whose mean rate both arms have."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from loganneal.studies.judge.selection import Trial, best
from loganneal.studies.judge.statistics import t_interval

Summary = dict[str, Any]


def at_equal_mean_rate(arm: Summary, reference: Summary, sign: int) -> Summary | None:
    """The difference of an arm to the reference where both are tuned within the same mean rates.

    Arms share the range of the peak rate, so one with more area under its curve has the range of its mean rate
    higher up. Here each keeps only its trials between the two arms' larger lowest and smaller highest mean rate;
    among those validation chooses, and the test scores of the chosen are paired. A replicate in which either arm
    has no such trial is left out.

    Args:
        arm: An entry as `arm_entry` makes it, with its `trials`.
        reference: Likewise.
        sign: -1 where a lower score is better, so that a positive difference is always the better one.

    Returns:
        `low` and `high` of the mean rates, `replicates` that count, `mean` of the differences and their
        `interval95`; None where no replicate counts.

    Example:
        >>> def trial(rate, validation, test):
        ...     same = {"replicate": 0, "peak_lr": 1.0, "diverged": False}
        ...     return {**same, "mean_lr": rate, "validation_score": validation, "test_score": test}
        >>> arm = {"trials": [trial(0.7, 93.0, 94.0), trial(0.07, 91.0, 91.5)]}
        >>> reference = {"trials": [trial(0.5, 90.0, 90.5), trial(0.05, 92.0, 93.0)]}
        >>> found = at_equal_mean_rate(arm, reference, sign=1)
        >>> found["low"], found["high"], found["mean"]
        (0.07, 0.5, 1.0)
    """
    rates = [[trial["mean_lr"] for trial in one["trials"]] for one in (arm, reference)]
    if not all(rates):
        return None
    low, high = max(map(min, rates)), min(map(max, rates))
    own, others = (_chosen(one["trials"], low, high, sign) for one in (arm, reference))
    differences = [sign * (own[replicate] - others[replicate]) for replicate in own if replicate in others]
    if not differences:
        return None
    return {
        "low": low,
        "high": high,
        "replicates": len(differences),
        "mean": float(np.mean(differences)),
        "interval95": t_interval(differences, 0.95),
    }


def _chosen(trials: Sequence[Summary], low: float, high: float, sign: int) -> Mapping[int, float]:
    """Of each replicate the test score of the trial that validation chooses within the range."""
    within: dict[int, list[Trial]] = {}
    for trial in trials:
        if low <= trial["mean_lr"] <= high:
            found = Trial(trial["peak_lr"], trial["validation_score"], trial["test_score"], trial["diverged"])
            within.setdefault(trial["replicate"], []).append(found)
    return {replicate: found[best(found, sign)].test for replicate, found in within.items()}
