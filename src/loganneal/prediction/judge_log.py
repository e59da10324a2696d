"""Why logs cannot be predicted from, if they cannot."""

from collections.abc import Callable, Sequence

import numpy as np

from loganneal.diagnosis import Log
from loganneal.diagnosis.measures import first_loss
from loganneal.prediction.curves import FEWEST_POINTS, Run, points, roughness
from loganneal.prediction.prediction import Quantity

PEAKS_APART = 0.2
"""Peak rates of logs may differ by this share of the higher."""

ROUGHEST = 0.15
"""Largest scatter of a curve, as a share of its level."""

LITTLE = 0.02
"""A loss that falls by less than this share of itself holds nothing to fit."""

FITTED = 0.15
"""A run whose training loss ends below this share of the first one has fitted its training set, ..."""

WIDE_GAP = 1 / 3
"""... and so has one whose validation loss ends above the training loss by more than this share of what it fell."""

CLOSING = 0.1
"""The last share of the rows whose mean is the loss at the end."""


def refuse_logs(runs: Sequence[Run]) -> str:
    """A sentence that says why nothing can be predicted from these logs; "" where something may be.

    Args:
        runs: The logs, one at least.
    """
    for number, run in enumerate(runs, 1):
        reason = next(filter(None, (check(run.log) for check in _REASONS)), "")
        if reason:
            return f"{_which(number, runs)} cannot be used: {reason}"
    return _peaks(runs)


def refuse_curves(runs: Sequence[Run], quantity: Quantity) -> str:
    """The same, of the curves that are to be fitted.

    Args:
        runs: Logs that `refuse_logs` let through.
        quantity: What is to be fitted.
    """
    for number, run in enumerate(runs, 1):
        reason = _curve(run, quantity)
        if reason:
            return f"{_which(number, runs)} cannot be used: {reason}"
    return ""


def _which(number: int, runs: Sequence[Run]) -> str:
    return f"Log {number}" if len(runs) > 1 else "The log"


def _rates(log: Log) -> str:
    if not log.has_rate or not log.peak > 0:
        return "it has no learning rate above 0."
    return ""


def _finite(log: Log) -> str:
    if log.diverged or not np.all(np.isfinite(log.loss)):
        return "the run diverged; its loss is not finite."
    if np.min(log.loss) <= 0:
        return "its loss is not above 0 everywhere, and the laws are about losses that fall towards a level above 0."
    return ""


def _relative(log: Log) -> str:
    if log.relative:
        return "its loss is measured against a reward or a reference, so that its level says nothing."
    return ""


def _memorised(log: Log) -> str:
    start, end = first_loss(log.loss), _closing(log)
    if end < FITTED * start:
        share = f"{100 * end / start:.0f} % of the first"
        return (
            f"its training loss ends at {share}; the run has fitted its training set, and the laws do not hold there."
        )
    gap = log.validation_loss[-1] - end if len(log.validation_loss) else 0.0
    if gap > WIDE_GAP * max(start - end - gap, 0.0) > 0 or (gap > 0 and start - end - gap <= 0):
        return (
            "its validation loss ends far above its training loss; the run memorises, and the laws do not hold there."
        )
    return ""


_REASONS: tuple[Callable[[Log], str], ...] = (_rates, _finite, _relative, _memorised)


def _closing(log: Log) -> float:
    return float(np.mean(log.loss[-max(1, round(CLOSING * len(log.loss))) :]))


def _curve(run: Run, quantity: Quantity) -> str:
    steps, losses = points(run, quantity)
    if len(steps) < FEWEST_POINTS:
        return f"it has {len(steps)} rows after its first tenth, and {FEWEST_POINTS} are needed."
    if roughness(losses) > ROUGHEST:
        scatter = f"{100 * roughness(losses):.0f} % from one group of rows to the next"
        return f"its {quantity} scatters by {scatter}, and {100 * ROUGHEST:.0f} % are allowed."
    if np.max(losses) - np.min(losses) < LITTLE * np.mean(losses):
        return f"its {quantity} hardly changes after the first tenth of the run."
    return ""


def _peaks(runs: Sequence[Run]) -> str:
    peaks = [run.peak for run in runs]
    if min(peaks) < (1 - PEAKS_APART) * max(peaks):
        said = " and ".join(f"{peak:g}" for peak in peaks)
        return f"The logs cannot be used together: their peak learning rates, {said}, differ by more than 20 %."
    return ""
