"""Why nothing can be predicted from some logs."""

import itertools
from collections.abc import Callable, Sequence

import numpy as np

from loganneal import _limits
from loganneal.diagnosis import Log
from loganneal.diagnosis.finding import look_at
from loganneal.diagnosis.instability import not_recovered
from loganneal.prediction.curves import FEWEST_POINTS, Run, best_quantity, points, roughness
from loganneal.prediction.prediction import Quantity

PEAKS_APART = 0.2
"""Peak rates of logs may differ by this share of the higher."""

ROUGHEST = 0.15
"""Largest scatter of a curve, as a share of its level."""

LITTLE = 0.02
"""A loss that falls by less than this share of itself leaves nothing to fit."""

FITTED = 0.15
"""A run whose training loss ends below this share of the first one has fitted its training set, ..."""

WIDE_GAP = 1 / 3
"""... and so has one whose validation loss ends above the training loss by more than this share of what it fell."""

CLOSING = 0.1
"""The last share of the rows whose mean is the loss at the end."""

LATE = 0.2
"""A log that begins after this share of its run does not say what the rates were before."""


def refuse_logs(runs: Sequence[Run]) -> str:
    """A sentence that says why nothing can be predicted from these logs; "" if something can be.

    Args:
        runs: The logs, at least one.
    """
    for number, run in enumerate(runs, 1):
        reason = next(filter(None, (check(run.log) for check in _REASONS)), "")
        if reason:
            return f"{_which(number, runs)} cannot be used: {reason}"
    return next(filter(None, (check(runs) for check in (_units, _twice, _peaks))), "")


def refuse(runs: Sequence[Run]) -> str:
    """The sentence of `refuse_logs`, or else that of `refuse_curves` about what would be fitted.

    Args:
        runs: The logs, at least one.
    """
    return refuse_logs(runs) or refuse_curves(runs, best_quantity(runs))


def refuse_curves(runs: Sequence[Run], quantity: Quantity) -> str:
    """The same for the curves that are to be fitted.

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
        return "it has no learning rate above 0, but the laws need the rate of every row."
    return ""


def _finite(log: Log) -> str:
    gaps = np.flatnonzero(~np.isfinite(log.loss))
    if log.diverged or (len(gaps) and gaps[-1] == len(log.loss) - 1):
        return "the run diverged; its loss is not finite at the end."
    if len(gaps):
        where = f"in {len(gaps):,} of {len(log.loss):,} rows, the first at step {log.step[gaps[0]]:g}"
        return f"its loss is not finite {where}. Leave out the rows in which nothing was measured."
    if np.min(log.loss) <= 0:
        return "its loss is not above 0 everywhere, but the laws describe losses that fall towards a level above 0."
    return ""


def _steps(log: Log) -> str:
    first, last = float(log.step[0]), float(log.step[-1])
    if first < 0:
        return f"its steps begin at {first:g}, but updates are counted from 0 or 1."
    if last > _limits.STEPS:
        most = f"at most {_limits.STEPS:,} are allowed. Count updates, rather than examples or frames"
        return f"its last step is {last:.4g}, but {most}."
    if len(log.step) > 1 and first - log.spacing > LATE * last:
        where = f"step {first:,.0f} of {last:,.0f}"
        return (
            f"it begins at {where}, and the learning rates before that are not known. Add the rows from the beginning."
        )
    return ""


def _ends_high(log: Log) -> str:
    run = look_at(log)
    if _closing(log) > run.first:
        return "its loss ends above the first one: the run diverged or did not train."
    if log.has_rate and (found := not_recovered(run)):
        return f"its loss rises after step {found.span[0]:,} and does not come back, which no law describes."
    return ""


def _relative(log: Log) -> str:
    if log.relative:
        return "its loss is measured against a reward or a reference, so its level says nothing."
    return ""


def _memorised(log: Log) -> str:
    start, end = look_at(log).first, _closing(log)
    if end < FITTED * start:
        share = f"{100 * end / start:.0f}% of the first"
        return f"its training loss ends at {share}: the run memorizes its training set, and the laws do not hold then."
    gap = log.validation_loss[-1] - end if len(log.validation_loss) else 0.0
    if gap > WIDE_GAP * max(start - end - gap, 0.0) > 0 or (gap > 0 and start - end - gap <= 0):
        return "its validation loss ends far above its training loss: the run memorizes, and then the laws do not hold."
    return ""


_REASONS: tuple[Callable[[Log], str], ...] = (_rates, _steps, _finite, _relative, _ends_high, _memorised)


def _closing(log: Log) -> float:
    return float(np.mean(log.loss[-max(1, round(CLOSING * len(log.loss))) :]))


def _curve(run: Run, quantity: Quantity) -> str:
    steps, losses = points(run, quantity)
    if len(steps) < FEWEST_POINTS:
        count = f"{len(steps)} row{'' if len(steps) == 1 else 's'}"
        return f"it has {count} after its first tenth, but {FEWEST_POINTS} are needed. Log more often."
    if roughness(losses) > ROUGHEST:
        scatter = f"{100 * roughness(losses):.0f}% from one group of rows to the next"
        remedy = "Log means over more updates."
        return f"its {quantity} scatters by {scatter}, but only {100 * ROUGHEST:.0f}% are allowed. {remedy}"
    if np.max(losses) - np.min(losses) < LITTLE * np.mean(losses):
        return f"its {quantity} hardly changes after the first tenth of the run."
    return ""


def _units(runs: Sequence[Run]) -> str:
    units = list(dict.fromkeys(run.log.unit for run in runs))
    if len(units) > 1:
        return (
            f"The logs cannot be used together: one counts {units[0]}, another {units[1]}. Log the same counter in "
            "each, or name it with --column step=NAME."
        )
    return ""


def _twice(runs: Sequence[Run]) -> str:
    for (one, first), (other, second) in itertools.combinations(enumerate(runs, 1), 2):
        if np.array_equal(first.log.step, second.log.step) and np.array_equal(first.log.loss, second.log.loss):
            return f"Logs {one} and {other} hold the same run: pass each run once, and choose runs with --run."
    return ""


def _peaks(runs: Sequence[Run]) -> str:
    peaks = [run.peak for run in runs]
    if min(peaks) < (1 - PEAKS_APART) * max(peaks):
        said = " and ".join(f"{peak:g}" for peak in peaks)
        return f"The logs cannot be used together: their peak learning rates, {said}, differ by more than 20%."
    return ""
