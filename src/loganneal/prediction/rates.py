"""The learning rate of a run in cells of time, which is all that a law needs to know of a schedule."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loganneal.diagnosis import Log
from loganneal.schedules import Schedule

Numbers = NDArray[np.float64]

CELLS = 200
"""Cells of a run; a run of fewer updates has one for each update."""

FLOOR = 1e-4
"""Smallest rate, as a share of the peak, in what is raised to a negative power."""


@dataclass(frozen=True, eq=False)
class Rates:
    """A run's learning rate over time. Time is in lengths of the reference run, rates are in shares of its peak.

    Args:
        edges: Where cells begin and end, increasing from 0.
        mean: Mean rate of each cell.
        square: Mean of the rate's square in each cell.
    """

    edges: Numbers
    mean: Numbers
    square: Numbers

    @property
    def width(self) -> Numbers:
        """Length of each cell."""
        return np.diff(self.edges)

    @property
    def end(self) -> float:
        """When the run ends."""
        return float(self.edges[-1])

    @property
    def area(self) -> Numbers:
        """The sum of the rates up to each edge."""
        return np.concatenate([[0.0], np.cumsum(self.mean * self.width)])

    def area_at(self, times: Numbers) -> Numbers:
        """The sum of the rates up to each time."""
        return np.interp(times, self.edges, self.area)

    @property
    def falls(self) -> Numbers:
        """The fall of the rate into each cell but the first; a warmup counts as none, a later rise is negative."""
        changes = -np.diff(self.mean)
        changes[: self.warmed] = 0.0
        return changes

    @property
    def warmed(self) -> int:
        """The cell in which the first rise is over."""
        falling = np.flatnonzero(np.diff(self.mean) < 0)
        return int(falling[0]) if len(falling) else len(self.mean) - 1


def rates_of(schedule: Schedule, steps: int, peak: float, unit: float) -> Rates:
    """The rates of a schedule.

    Args:
        schedule: The schedule.
        steps: Updates of the run.
        peak: The rate that counts as 1.
        unit: The number of updates that counts as 1.
    """
    return in_cells(schedule.curve(steps) / peak, unit)


def logged_rates(log: Log, peak: float, unit: float) -> Rates:
    """The rates of a run from its log; between rows they lie on straight lines.

    Args:
        log: The run.
        peak: The rate that counts as 1.
        unit: The number of updates that counts as 1.
    """
    steps = np.arange(1, int(log.step[-1]) + 1, dtype=float)
    if len(steps) > 50_000:  # a straight line needs no more points
        steps = np.linspace(1, log.step[-1], 50_000)
    rates = np.interp(steps, log.step, log.lr) / peak
    return in_cells(rates, unit * len(steps) / float(log.step[-1]))


def in_cells(rates: Numbers, unit: float) -> Rates:
    """Rates of single updates, all of one length, in cells."""
    bounds = np.unique(np.linspace(0, len(rates), min(CELLS, len(rates)) + 1).round().astype(int))
    counts = np.diff(bounds)
    mean = np.add.reduceat(rates, bounds[:-1]) / counts
    square = np.add.reduceat(rates**2, bounds[:-1]) / counts
    return Rates(bounds / unit, mean, square)
