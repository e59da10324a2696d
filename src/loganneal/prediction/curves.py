"""What is fitted from a log: its validation loss if that is smooth, else its training loss, in groups of rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loganneal.diagnosis import Log
from loganneal.prediction.fit import Curve
from loganneal.prediction.prediction import Quantity
from loganneal.prediction.rates import Numbers, Rates, logged_rates, rates_of
from loganneal.schedules import Schedule

SKIPPED = 0.1
"""The first share of a run is not fitted: no law describes it."""

GROUPS = 60
"""Groups of rows that a curve is averaged in; a law needs no more points."""

FEWEST_POINTS = 15
"""Points of a curve below which it is not fitted."""


@dataclass(frozen=True, eq=False)
class Run:
    """A logged run, with its schedule if that is known.

    Args:
        log: The log of the run, with learning rates.
        schedule: The schedule that the run followed; None to take the rates from the log.

    Example:
        >>> import loganneal as la
        >>> run = Run(Log([1, 2, 3], [0.1, 0.1, 0.0], [2.3, 2.0, 1.9]), la.Linear(0.1, 3))
        >>> run.steps, run.peak
        (3, 0.1)
    """

    log: Log
    schedule: Schedule | None = None

    @property
    def steps(self) -> int:
        """Number of updates of the run, which is the last step of its log."""
        return int(self.log.step[-1])

    @property
    def peak(self) -> float:
        """The highest learning rate of the run."""
        return self.log.peak

    def rates(self, unit: float) -> Rates:
        """The learning rates of the run as shares of its peak.

        Args:
            unit: Number of updates that count as 1 on the time axis, above 0.

        Returns:
            The rates, in the form that the laws of the loss take.
        """
        if self.schedule is None:
            return logged_rates(self.log, self.peak, unit)
        return rates_of(self.schedule, self.steps, self.peak, unit)


def points(run: Run, quantity: Quantity) -> tuple[Numbers, Numbers]:
    """Steps and mean losses of the groups of rows after the first tenth of a run."""
    log = run.log
    training = quantity == "training loss"
    step, loss = (log.step, log.loss) if training else (log.validation_step, log.validation_loss)
    kept = step > SKIPPED * run.steps
    parts = np.array_split(np.flatnonzero(kept), max(1, min(GROUPS, int(kept.sum()))))
    means = [(step[part].mean(), loss[part].mean()) for part in parts if len(part)]
    steps, losses = np.array(means).T if means else np.zeros((2, 0))
    return steps, losses


def fitted_curve(run: Run, quantity: Quantity, unit: float) -> Curve:
    """The curve of a run, as a law is fitted to it."""
    steps, losses = points(run, quantity)
    return Curve(run.rates(unit), steps / unit, losses)


def roughness(losses: Numbers) -> float:
    """How far neighbouring points scatter, as a share of their mean: from second differences, to remove a trend.

    >>> round(roughness(np.linspace(3.0, 2.0, 50)), 12)
    0.0
    """
    scatter = np.sqrt(np.mean(np.diff(losses, n=2) ** 2) / 6.0)
    return float(scatter / np.mean(losses))


def best_quantity(runs: Sequence[Run]) -> Quantity:
    """The validation loss if every log has enough of it and it is no rougher than the training loss."""
    validation, training = (_roughest(runs, quantity) for quantity in ("validation loss", "training loss"))
    return "validation loss" if validation is not None and validation <= (training or 0.0) else "training loss"


def _roughest(runs: Sequence[Run], quantity: Quantity) -> float | None:
    """The scatter of the roughest curve; None if one has too few points."""
    curves = [points(run, quantity)[1] for run in runs]
    return None if min(map(len, curves)) < FEWEST_POINTS else max(map(roughness, curves))
