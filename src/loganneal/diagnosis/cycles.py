"""Where a logged learning rate restarts, and the cycles between."""

import itertools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from loganneal.diagnosis.log import Numbers
from loganneal.diagnosis.thresholds import OPENING_ROWS, OPENING_SHARE, RESTART_RISE


class Cycle(NamedTuple):
    """A cycle of a logged learning rate, as rows of the log.

    Args:
        start: The first row.
        peak: The row with the highest rate.
        stop: The row after the last.

    Example:
        >>> Cycle(start=0, peak=2, stop=5)
        Cycle(start=0, peak=2, stop=5)
    """

    start: int
    peak: int
    stop: int


def restarts(lr: Numbers) -> list[int]:
    """Find the rows at which a learning rate restarts.

    A restart is a rise by more than 20% of the highest rate since the previous restart. It may take several steps, as
    long as the rate does not fall between them, and is counted from the first of them. A rise before the rate has
    fallen is a warmup and not a restart.

    Args:
        lr: The learning rate of each row, at least one.

    Returns:
        The first row of each restart, in order.

    Example:
        >>> restarts(np.array([0.0, 0.5, 1.0, 0.5, 0.1, 1.0, 0.5, 0.1]))
        [5]
        >>> restarts(np.array([1.0, 0.5, 0.0, 0.1, 0.05, 0.0, 0.01, 0.0]))  # each peak a tenth of the one before
        []
    """
    found: list[int] = []
    highest = float(lr[0])
    for low, top in _rises(lr):
        highest = max(highest, float(lr[low]))
        if highest > lr[low] and lr[top] - lr[low] > RESTART_RISE * highest:
            found.append(low + 1)
            highest = float(lr[top])
        highest = max(highest, float(lr[top]))
    return found


def _rises(lr: Numbers) -> Iterator[tuple[int, int]]:
    """Rows of the bottom and the top of each rise; rows at the same rate neither begin nor end one."""
    last = np.flatnonzero(np.append(np.diff(lr) != 0, True))  # the last row of those at the same rate
    rising = np.diff(lr[last]) > 0
    edges = np.diff(np.concatenate([[0], rising, [0]]).astype(np.int8))
    lows, tops = last[np.flatnonzero(edges == 1)], last[np.flatnonzero(edges == -1)]
    return zip(lows.tolist(), tops.tolist(), strict=True)


def cycles(lr: Numbers) -> list[Cycle]:
    """Divide a log into cycles: it is cut at each of its `restarts`.

    Args:
        lr: The learning rate of each row, at least one.

    Returns:
        The cycles in order. Together they contain every row; without a restart there is one cycle.

    Example:
        >>> cycles(np.array([0.0, 0.5, 1.0, 0.5, 0.1, 1.0, 0.5, 0.1]))
        [Cycle(start=0, peak=2, stop=5), Cycle(start=5, peak=5, stop=8)]
    """
    bounds = [0, *restarts(lr), len(lr)]
    return [Cycle(a, a + int(np.argmax(lr[a:b])), b) for a, b in itertools.pairwise(bounds)]


def opening(cycle: Cycle) -> tuple[int, int]:
    """The opening of a cycle, as its first row and the row after its last: from the peak on, where a warmup is over.

    >>> opening(Cycle(start=0, peak=4, stop=44))
    (4, 14)
    """
    rows = max(round(OPENING_SHARE * (cycle.stop - cycle.peak)), OPENING_ROWS)
    return cycle.peak, min(cycle.peak + rows, cycle.stop)


def low_stretch(lr: Numbers, cycle: Cycle, share: float) -> NDArray[np.intp]:
    """The rows of a cycle, after its peak, whose rate is below a share of it."""
    rows = np.arange(cycle.peak, cycle.stop)
    low: NDArray[np.intp] = rows[lr[rows] < share * lr[cycle.peak]]
    return low
