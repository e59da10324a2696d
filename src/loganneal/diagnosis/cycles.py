"""Where a logged rate restarts, and the cycles between."""

import itertools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.thresholds import RESTART_RISE


class Cycle(NamedTuple):
    """Rows of a log: the first, that of the highest rate, and the one after the last."""

    start: int
    peak: int
    stop: int


def restarts(lr: Numbers) -> list[int]:
    """The rows at which the rate restarts.

    A restart is a rise by more than 20 % of the highest rate of all, in one step or in steps that follow one another,
    to be counted from its first step. A rise from the lowest rate so far is a warmup and no restart.

    >>> restarts(np.array([0.0, 0.5, 1.0, 0.5, 0.1, 1.0, 0.5, 0.1]))
    [5]
    """
    rising = np.diff(lr) > 0
    edges = np.diff(np.concatenate([[0], rising, [0]]).astype(np.int8))
    lows, tops = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    highest = np.maximum.accumulate(lr)
    kept = (lr[tops] - lr[lows] > RESTART_RISE * highest[-1]) & (highest[lows] > lr[lows])
    return [int(row) + 1 for row in lows[kept]]


def cycles(lr: Numbers) -> list[Cycle]:
    """The whole log, cut where the rate restarts.

    >>> cycles(np.array([0.0, 0.5, 1.0, 0.5, 0.1, 1.0, 0.5, 0.1]))
    [Cycle(start=0, peak=2, stop=5), Cycle(start=5, peak=5, stop=8)]
    """
    bounds = [0, *restarts(lr), len(lr)]
    return [Cycle(a, a + int(np.argmax(lr[a:b])), b) for a, b in itertools.pairwise(bounds)]


def low_stretch(lr: Numbers, cycle: Cycle, share: float) -> NDArray[np.intp]:
    """The rows of a cycle, after its peak, whose rate is below a share of it."""
    rows = np.arange(cycle.peak, cycle.stop)
    low: NDArray[np.intp] = rows[lr[rows] < share * lr[cycle.peak]]
    return low
