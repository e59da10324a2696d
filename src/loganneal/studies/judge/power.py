"""What a comparison can detect, stated before it runs, and how many replicates would settle it afterwards."""

import math
from bisect import bisect_left
from collections.abc import Sequence

from scipy import optimize, stats

from loganneal.data.metric import ACCURACY, Metric

ALPHA = 0.05
"""Family-wise error rate of the comparisons with the reference."""

POWER = 0.8
"""Probability of finding a difference that is there."""

LARGEST_EFFECT = 1000.0
"""Upper end of the search for a detectable difference, in standard deviations; two pairs need hundreds."""

SEARCH_LIMIT = 2000
"""Largest number of replicates that `replicates_to_settle` considers."""


def smallest_p(replicates: int, rivals: int) -> float:
    """Smallest p that Holm's first step can give: the sign-flip test of R pairs gives no p below 2 / 2^R.

    >>> smallest_p(8, rivals=4)
    0.03125
    """
    return min(1.0, rivals * 2.0 ** (1 - replicates))


def fewest_replicates(rivals: int) -> int:
    """Fewest replicates with which anything can be decided against this many rivals.

    >>> fewest_replicates(4), fewest_replicates(1)
    (8, 6)
    """
    return next(count for count in range(2, 1000) if smallest_p(count, rivals) < ALPHA)


def difference_power(effect: float, replicates: int, rivals: int) -> float:
    r"""Probability that a paired t test at level alpha / rivals finds a true difference.

    .. math:: P(T > t_{1 - \alpha / 2m, R - 1}), \quad T \sim \text{noncentral } t_{R - 1}(d \sqrt R)

    Args:
        effect: The true mean difference d, in standard deviations of a paired difference.
        replicates: R, at least 2.
        rivals: m, the comparisons with the reference (Bonferroni, the first step of Holm).
    """
    freedom = replicates - 1
    critical = stats.t.ppf(1 - ALPHA / (2 * rivals), freedom)
    return float(stats.nct.sf(critical, freedom, effect * math.sqrt(replicates)))


def tie_power(margin: float, effect: float, replicates: int) -> float:
    """Probability that two one-sided tests show a tie, all in standard deviations of a paired difference."""
    freedom, root = replicates - 1, math.sqrt(replicates)
    critical = stats.t.ppf(1 - ALPHA, freedom)
    sides = (margin - abs(effect), margin + abs(effect))
    found = [float(stats.nct.sf(critical, freedom, side * root)) for side in sides]
    return max(0.0, sum(found) - 1)


def detectable_difference(replicates: int, rivals: int) -> float:
    """Smallest difference found with 80% power, in standard deviations of a paired difference.

    Args:
        replicates: R, at least 2.
        rivals: The comparisons with the reference.

    Example:
        >>> round(detectable_difference(10, rivals=4), 2)
        1.28

    Source: the noncentral t distribution, as in Cohen (1988).
    """
    return float(optimize.brentq(lambda d: difference_power(d, replicates, rivals) - POWER, 0.0, LARGEST_EFFECT))


def detectable_tie(replicates: int) -> float:
    """Smallest margin within which a true tie is shown with 80% power, in standard deviations.

    >>> round(detectable_tie(20), 2)
    0.68
    """
    return float(optimize.brentq(lambda margin: tie_power(margin, 0.0, replicates) - POWER, 0.0, LARGEST_EFFECT))


def replicates_to_settle(mean: float, sd: float, margin: float, rivals: int) -> int | None:
    """Fewest replicates that would give a verdict with 80% power if mean and deviation were the true ones.

    Args:
        mean: Mean paired difference, in points.
        sd: Standard deviation of a paired difference, in points, above 0.
        margin: The margin of a tie, in points.
        rivals: The comparisons with the reference.

    Returns:
        The number, or None if more than 2,000 would be needed.

    Example:
        >>> replicates_to_settle(mean=0.5, sd=1.0, margin=1.0, rivals=4)
        27
    """

    def settles(count: int) -> bool:
        tie = tie_power(margin / sd, mean / sd, count)
        return max(tie, difference_power(abs(mean) / sd, count, rivals)) >= POWER

    counts = range(fewest_replicates(rivals), SEARCH_LIMIT + 1)
    place = bisect_left(counts, True, key=settles)
    return counts[place] if place < len(counts) else None


TYPICAL_SD = (0.7, 1.4)
"""Standard deviation of a paired difference on small data, in points, measured with replicated tuning."""

MEASURED_SD = {"digits": (0.6, 1.8), "cifar10": (0.3, 1.3)}
"""The smallest and the largest in the committed records, by workload; an arm that does badly varies more."""


def power_sentence(
    replicates: int,
    rivals: int,
    *,
    deviations: Sequence[float] | None = None,
    workload: str | None = None,
    metric: Metric = ACCURACY,
) -> str:
    """What a comparison can detect, in words, stated before it runs.

    Args:
        replicates: R.
        rivals: The comparisons with the reference.
        deviations: Standard deviations of paired differences in the existing records of this comparison.
        workload: Name of the workload; without deviations, it selects the measured ones.
        metric: The metric.

    Example:
        >>> power_sentence(2, rivals=4)
        'Too few replicates for a verdict: 2 against 4 rivals; 8 are the fewest. This run only explores.'
        >>> power_sentence(10, rivals=1, deviations=[0.8])
        '10 replicates against 1 rival detect, with 80% power, a difference of 0.8 points (where paired differences \
vary by 0.8 points, as in the records there are).'
    """
    against = f"{rivals} rival" if rivals == 1 else f"{rivals} rivals"
    if smallest_p(replicates, rivals) >= ALPHA:
        needed = fewest_replicates(rivals)
        return (
            f"Too few replicates for a verdict: {replicates} against {against}; {needed} are the fewest. "
            "This run only explores."
        )
    size = _detectable(detectable_difference(replicates, rivals), deviations, workload, metric)
    return f"{replicates} replicates against {against} detect, with {POWER:.0%} power, a difference of {size}."


def _detectable(unit: float, deviations: Sequence[float] | None, workload: str | None, metric: Metric) -> str:
    found, source = _deviations(deviations, workload, metric)
    if not found:
        return f"{unit:.2f} standard deviations of a paired difference (how large one is here is not known in advance)"
    size, spread = _span([unit * sd for sd in found], metric), _span(found, metric)
    return f"{size} (where paired differences vary by {spread}, {source})"


def _deviations(
    deviations: Sequence[float] | None, workload: str | None, metric: Metric
) -> tuple[tuple[float, ...], str]:
    if deviations:
        return (min(deviations), max(deviations)), "as in the records there are"
    if workload in MEASURED_SD:
        return MEASURED_SD[workload], "as in earlier records of this workload"
    return (TYPICAL_SD, "as is usual on small data") if metric.unit == "points" else ((), "")


def _span(values: Sequence[float], metric: Metric) -> str:
    """The smallest and the largest value, with a digit less than the metric shows."""
    ends = list(dict.fromkeys(metric.rough(value) for value in (min(values), max(values))))
    return f"{' to '.join(ends)} {metric.unit}".strip()
