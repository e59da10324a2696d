"""The search space: settings drawn by a quasi-random sequence that all arms share."""

import math

import numpy as np
from numpy.typing import NDArray


def coordinates(replicate: int, trials: int, dimensions: int) -> NDArray[np.float64]:
    """Draw the coordinates that all arms of one replicate share, one row per trial, each in [0, 1).

    The scramble is new in each replicate. The first K points are a prefix of the first K + 1, so that a
    comparison with more trials contains the smaller one.

    Args:
        replicate: Seed of the scramble, at least 0.
        trials: Number of points, K.
        dimensions: Coordinates of a point: the peak rate, then the tuned parameters.

    Source: Sobol (1967), scrambled by Owen (1998), as in `scipy.stats.qmc.Sobol`.
    """
    from scipy.stats import qmc  # naming a schedule does not need it

    sobol = qmc.Sobol(d=dimensions, scramble=True, seed=replicate)
    # A power of two keeps the sequence balanced and scipy from warning; the surplus is left out.
    points: NDArray[np.float64] = sobol.random_base2(max(0, math.ceil(math.log2(trials))))[:trials]
    return points


def rates_at(units: NDArray[np.float64], low: float, high: float) -> tuple[float, ...]:
    r"""The peak rates at positions in [0, 1).

    .. math:: \eta_k = \text{low} \cdot (\text{high} / \text{low})^{u_k}

    >>> rates_at(np.array([0.0, 0.5]), 0.01, 1.0)
    (0.01, 0.1)
    """
    return tuple(low * (high / low) ** float(unit) for unit in units)  # numpy's power depends on the processor


def position(value: float, low: float, high: float) -> float:
    """The position of a value in its range on the log scale: 0 at `low`, 1 at `high`.

    >>> round(position(0.1, 0.01, 1.0), 6)
    0.5
    """
    return math.log(value / low) / math.log(high / low)
