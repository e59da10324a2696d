"""The search space: peak rates drawn by a quasi-random sequence."""

import math

import numpy as np
from scipy.stats import qmc


def peak_rates(replicate: int, trials: int, low: float, high: float) -> tuple[float, ...]:
    r"""Draw the peak rates that all arms of one replicate share.

    $$ \eta_k = \text{low} \cdot (\text{high} / \text{low})^{u_k}, \quad u \text{ scrambled Sobol} $$

    The scramble is new in each replicate. The first K points are a prefix of the first K + 1, so that a
    comparison with more trials contains the smaller one.

    Args:
        replicate: Seed of the scramble, a whole number from 0.
        trials: How many rates, K.
        low: Lower end of the range, above 0.
        high: Upper end of the range.

    Returns:
        K rates in [low, high], in the order drawn.

    Example:
        >>> rates = peak_rates(0, 4, 0.03, 1.5)
        >>> len(rates), all(0.03 <= rate <= 1.5 for rate in rates)
        (4, True)

    Source: Sobol (1967), scrambled by Owen (1998), as in `scipy.stats.qmc.Sobol`.
    """
    sobol = qmc.Sobol(d=1, scramble=True, seed=replicate)
    # A power of two keeps the sequence balanced and scipy from warning; the surplus is left out.
    units = sobol.random_base2(max(0, math.ceil(math.log2(trials))))[:trials, 0]
    return tuple(float(rate) for rate in low * np.power(high / low, units))


def position(peak: float, low: float, high: float) -> float:
    """Where a peak rate lies in its range on the log scale: 0 at `low`, 1 at `high`.

    >>> round(position(0.1, 0.01, 1.0), 6)
    0.5
    """
    return math.log(peak / low) / math.log(high / low)
