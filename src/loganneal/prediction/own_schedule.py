"""The learning rate of a log as a schedule."""

import numpy as np

from loganneal.diagnosis import Log
from loganneal.schedules import Piecewise, Schedule

MOST_POINTS = 200
"""Rows that a table is made of; a longer log is thinned."""

FEW_POINTS = 40
"""Points of a table in a file: few enough to read, and to fit budgets of a hundred updates."""


def own_schedule(log: Log) -> Piecewise:
    """The rates of a run as a table, with straight lines between rows.

    Args:
        log: A run with a learning rate and at least two rows.

    Example:
        >>> own_schedule(Log([1, 51, 101], [0.0, 0.1, 0.0], [2.0, 1.5, 1.0]))
        Piecewise(points=((0, 0.0), (50, 0.1), (100, 0.0)), interpolation='linear')
    """
    rows = np.unique(np.linspace(0, len(log.step) - 1, min(MOST_POINTS, len(log.step))).round().astype(int))
    first = 1 if log.step[0] >= 1 else 0  # a row has the rate of the last update, whose number from 0 is one less
    steps = np.round(log.step[rows] - first).astype(int)
    steps, kept = np.unique(steps, return_index=True)
    return Piecewise([(int(step), float(rate)) for step, rate in zip(steps, log.lr[rows][kept], strict=True)])


def point_shares(schedule: Schedule, steps: int) -> list[list[float]]:
    """A schedule as pairs of a share of the budget and a share of its peak, for a file.

    Args:
        schedule: The schedule.
        steps: Its budget.

    Example:
        >>> import loganneal as la
        >>> point_shares(la.Linear(0.2, 100), 100)[::20]
        [[0.0, 1.0], [0.5128, 0.49]]
    """
    shares = np.linspace(0.0, 1.0, FEW_POINTS)
    rates = np.asarray(schedule(np.minimum(np.round(shares * steps), steps).astype(int)), dtype=float)
    heights = rates / rates.max()
    return [[round(float(share), 4), round(float(height), 4)] for share, height in zip(shares, heights, strict=True)]
