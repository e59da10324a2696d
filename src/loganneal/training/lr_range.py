"""The learning-rate range test: one short run under a rate that grows exponentially, and what its losses say.

Source of the test: Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186; the exponential
form is that of fastai. The rule is ours, see `usable_peak`.
"""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from loganneal import Schedule, _checks
from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.measures import first_loss
from loganneal.runs import MetricsRow
from loganneal.runs.spec import RunSpec
from loganneal.schedules import Namespace, power

SMOOTHED_SHARE = 0.05
"""Share of the rows over which the smoothed loss is a mean."""

TOWER = 4.0
"""Losses above this multiple of the loss at the start are cut before smoothing, so that none hides a minimum."""

NOISE = 6.0
"""The fall to the minimum counts if it is more than this many standard errors of the smoothed loss."""

RISE = 0.1
"""The loss has left its minimum once it has lost this share of what it had gained."""

SAFETY = 0.5
"""The usable peak is this share of the rate at which the loss leaves its minimum."""

FEWEST = 10
"""Smallest number of losses that can show a peak."""


class ExponentialRise(Schedule):
    """A rate that grows from `min_lr` to `max_lr` by the same factor at each step.

    >>> ExponentialRise(max_lr=10.0, min_lr=0.001, total_steps=5)(2)
    0.1
    """

    min_lr: float
    total_steps: int

    def __init__(self, max_lr: float, min_lr: float, total_steps: int) -> None:
        owner = type(self).__name__
        high = _checks.number(owner, "max_lr", max_lr, 0, np.inf, bounds="()")
        low = _checks.number(owner, "min_lr", min_lr, 0, high, bounds="()")
        self._set(max_lr=high, min_lr=low, total_steps=_checks.whole(owner, "total_steps", total_steps, 2))

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        """The formula over the functions of `xp`."""
        left = xp.maximum(1 - (whole + fraction) / (self.total_steps - 1), 0)
        return self.max_lr * power(self.min_lr / self.max_lr, left, xp)


@dataclasses.dataclass(frozen=True, eq=False)
class RangeLosses:
    """The losses of a range test; those of a test that shows a usable peak are a `RangeTest`.

    Args:
        lr: The rate of each step.
        loss: The training loss of each step.
        smoothed: The loss without its noise.
    """

    lr: Numbers
    loss: Numbers
    smoothed: Numbers


class NoPeakError(ValueError):
    """The loss of a range test does not fall by more than its noise, so it shows no usable peak.

    Args:
        losses: The losses of the test.
    """

    def __init__(self, losses: RangeLosses) -> None:
        low, high = losses.lr[0], losses.lr[-1]
        super().__init__(
            f"The loss does not fall by more than its noise in {len(losses.lr)} steps at rates from {low:.2g} to "
            f"{high:.2g}, so they show no usable peak. Use more steps, or rates at which the network learns."
        )
        self.losses = losses


@dataclasses.dataclass(frozen=True, eq=False)
class RangeTest(RangeLosses):
    """The result of a range test: its losses, and the usable peak that they show.

    Args:
        lr: The rate of each step.
        loss: The training loss of each step.
        smoothed: The loss without its noise.
        lowest: The rate where the smoothed loss is lowest.
        leaving: The rate where it leaves this minimum; the last rate if it never does.
        usable: A peak rate to start with.
        left: Whether the loss left its minimum within the range.
    """

    lowest: float
    leaving: float
    usable: float
    left: bool


def lr_range(
    spec: RunSpec,
    *,
    low: float = 1e-5,
    high: float = 10.0,
    data_root: str | Path | None = None,
    on_row: Callable[[MetricsRow], None] | None = None,
) -> RangeTest:
    """Train as `spec` says, except that the rate grows from `low` to `high`, and find a usable peak.

    Args:
        spec: The run; its schedule is ignored, its steps are those of the test.
        low: The first rate, in (0, high).
        high: The last rate.
        data_root: Folder with the workload's data.
        on_row: Called after each step with its point of the curve.

    Raises:
        NoPeakError: The loss does not fall by more than its noise; the error has the losses.
        ValueError: A rate is not allowed, there are fewer than ten steps, or fewer than ten losses are finite.
        DataNotFoundError: The data set is not there.
    """
    from loganneal.training import train  # the rule needs no torch

    _checks.whole("lr_range", "spec.steps", spec.steps, FEWEST)
    rise = ExponentialRise(high, low, spec.steps)
    changes: dict[str, Any] = {"curve_points": spec.steps, "evaluations": 1, "averaging": ()}
    record = train(dataclasses.replace(spec, schedule=rise, **changes), data_root=data_root, on_row=on_row)
    rates, losses = np.array([(row.lr, row.loss) for row in record.metrics]).reshape(-1, 2).T
    return usable_peak(rates, losses, diverged=record.status != "completed")


def usable_peak(lr: Numbers, loss: Numbers, *, diverged: bool = False) -> RangeTest:
    """A peak from the losses of a range test: half of the rate at which the smoothed loss leaves its minimum.

    The loss leaves its minimum where it has lost a tenth of what it had gained there since the start. The steepest
    fall, which others use, says little: with normalised networks it is up to a thousand times too low, since the loss
    falls fastest as soon as anything is learned. docs/diagnosis.md has the measurements.

    Args:
        lr: The rates, increasing.
        loss: The training losses.
        diverged: Whether the run ended because its loss was not finite; then it has left its minimum.

    Raises:
        NoPeakError: The losses do not fall by more than their noise.
        ValueError: There are fewer than ten losses.

    Example:
        >>> lr = np.geomspace(0.001, 10, 81)
        >>> found = usable_peak(lr, np.where(lr < 1, 2.3 - 0.2 * np.arange(81) / 10, 4.0))
        >>> round(found.leaving, 1), round(found.usable, 2)
        (0.8, 0.4)
    """
    if len(lr) < FEWEST:
        _checks.fail("lr_range", "low", "a rate at which at least ten losses are finite", lr.tolist())
    smoothed = _smoothed(loss)
    lowest = int(np.argmin(smoothed))
    gained = smoothed[0] - smoothed[lowest]
    if gained <= NOISE * _error((loss - smoothed)[: lowest + 1], len(loss)):
        raise NoPeakError(RangeLosses(lr, loss, smoothed))
    above = smoothed[lowest:] > smoothed[lowest] + RISE * gained
    leaving = float(lr[lowest + int(np.argmax(above))] if above.any() else lr[-1])
    left = bool(above.any()) or diverged
    return RangeTest(lr, loss, smoothed, float(lr[lowest]), leaving, SAFETY * leaving, left)


def _error(noise: Numbers, rows: int) -> float:
    """Standard error of the smoothed loss, from what smoothing removed."""
    return float(np.std(noise)) / float(np.sqrt(2 * _half(rows) + 1))


def _half(rows: int) -> int:
    """Number of neighbours on each side over which a smoothed loss is a mean."""
    return max(1, round(SMOOTHED_SHARE * rows / 2))


def _smoothed(loss: Numbers) -> Numbers:
    """Mean of each loss and its neighbours on both sides, so that the curve does not lag behind."""
    half = _half(len(loss))
    cut = np.minimum(loss, TOWER * abs(first_loss(loss)))
    padded = np.pad(cut, half, mode="edge")
    smoothed: Numbers = np.convolve(padded, np.full(2 * half + 1, 1 / (2 * half + 1)), mode="valid")
    return smoothed
