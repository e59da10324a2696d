"""Statistics of paired differences: intervals, the exact sign-flip test and Holm's correction."""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from loganneal import _checks
from loganneal.studies.result.verdict import Interval, Paired

EXACT_LIMIT = 16
"""Up to this many pairs, every pattern of signs is counted; beyond that, 2^16 patterns are drawn."""

TOLERANCE = 100 * float(np.finfo(float).eps)
"""Difference within which two means count as equal, as in `scipy.stats.permutation_test`."""

_AT_ONCE = 512
"""Number of studies whose patterns of signs are in memory at the same time."""


def compare_pairs(arm: Sequence[float], reference: Sequence[float], sign: int = 1) -> Paired:
    """Describe the paired differences arm minus reference.

    Args:
        arm: One value per replicate.
        reference: The values of the reference in the same replicates.
        sign: -1 if a lower value is better, so that a positive difference is always the better one.

    Example:
        >>> paired = compare_pairs([91.0, 92.0, 94.0], [90.0, 90.0, 91.0])
        >>> paired.mean, paired.sd, paired.p
        (2.0, 1.0, 0.25)
    """
    first, second = np.asarray(arm, dtype=float), np.asarray(reference, dtype=float)
    differences = sign * (first - second)
    return Paired(
        differences=tuple(differences.tolist()),
        mean=float(differences.mean()),
        sd=standard_deviation(differences),
        interval95=t_interval(differences, 0.95),
        interval90=t_interval(differences, 0.90),
        p=sign_flip_p(differences),
        correlation=_correlation(first, second),
    )


def standard_deviation(values: Sequence[float] | NDArray[np.float64]) -> float | None:
    """Sample standard deviation; None with fewer than two values.

    >>> standard_deviation([1.0, 3.0, 5.0]), standard_deviation([1.0])
    (2.0, None)
    """
    return float(np.std(values, ddof=1)) if len(values) > 1 else None


def t_interval(values: Sequence[float] | NDArray[np.float64], level: float) -> Interval | None:
    r"""Student's interval of the mean; None with fewer than two values.

    .. math:: \bar d \pm t_{(1 + \text{level}) / 2, R - 1} \, s / \sqrt R

    Example:
        >>> low, high = t_interval([1.0, 2.0, 3.0], 0.95)
        >>> round(low, 2), round(high, 2)
        (-0.48, 4.48)
    """
    deviation = standard_deviation(values)
    if deviation is None:
        return None
    count, mean = len(values), float(np.mean(values))
    half = float(stats.t.ppf((1 + level) / 2, count - 1)) * deviation / math.sqrt(count)
    return mean - half, mean + half


def sign_flip_p(differences: Sequence[float] | NDArray[np.float64]) -> float:
    """Two-sided p of the mean if the sign of each difference is random.

    Exact up to 16 pairs, where it is at least 2 / 2^R; it stays valid with zeros and ties.

    Example:
        >>> sign_flip_p([1.0, 2.0, 0.5, 1.5])
        0.125

    Source: Fisher (1935); `scipy.stats.permutation_test` with `permutation_type="samples"`.
    """
    values = np.asarray(differences, dtype=float)
    if len(values) < 2:
        return 1.0
    test = stats.permutation_test(
        (values,),
        lambda sample, axis: np.mean(sample, axis=axis),
        permutation_type="samples",
        n_resamples=2 ** min(len(values), EXACT_LIMIT),
        batch=4096,
        random_state=np.random.default_rng(0),
    )
    return float(test.pvalue)


def sign_flip_many(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Exact `sign_flip_p` of many studies at once, with the differences of each study along the last axis.

    Args:
        differences: Paired differences, at most 16 in each study.

    Example:
        >>> sign_flip_many(np.array([[1.0, 2.0, 0.5, 1.5], [1.0, -1.0, 1.0, -1.0]]))
        array([0.125, 1.   ])
    """
    count = differences.shape[-1]
    _checks.whole("sign_flip_many", "differences", count, 2, EXACT_LIMIT)
    # The first sign is fixed, since flipping all signs gives a sum of the same size.
    patterns = np.array(list(product((1.0, -1.0), repeat=count - 1)))
    flat = differences.reshape(-1, count)
    observed = np.abs(flat.sum(axis=1)) * (1 - TOLERANCE)
    sums = np.empty(len(flat))
    for start in range(0, len(flat), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        flipped = np.abs(flat[part, :1] + flat[part, 1:] @ patterns.T)
        sums[part] = (flipped >= observed[part, None]).mean(axis=1)
    return sums.reshape(differences.shape[:-1])


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    r"""Holm's adjusted p values, in the order of the p values, for one study or for many with one study per row.

    .. math:: \tilde p_{(i)} = \max_{j \le i} \min(1, (m - j + 1) \, p_{(j)})

    Args:
        p_values: The p values of m tests along the last axis, each in [0, 1].

    Example:
        >>> holm([0.01, 0.04, 0.03]).tolist()
        [0.03, 0.06, 0.06]

    Source: Holm (1979), "A simple sequentially rejective multiple test procedure".
    """
    values = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(values, axis=-1, kind="stable")
    steps = np.take_along_axis(values, order, axis=-1) * np.arange(values.shape[-1], 0, -1)
    adjusted = np.empty_like(values)
    np.put_along_axis(adjusted, order, np.maximum.accumulate(np.minimum(steps, 1.0), axis=-1), axis=-1)
    return adjusted


def _correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float | None:
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
