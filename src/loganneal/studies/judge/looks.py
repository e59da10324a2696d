r"""Looks: a paired t test that may end a comparison early, at the error rate of one that may not.

A study looks at its results after numbers of replicates that were declared before the first run. If each look were
tested at 5%, three looks would find a difference that is not there in about 10% of studies. Here the 5% are spread
over the looks: after a share t of the replicates, alpha(t) of them is spent.

.. math:: \alpha(t) = \alpha \ln(1 + (e - 1) t)

Sources: Lan and DeMets (1983), "Discrete sequential boundaries for clinical trials"; Pocock (1977) for the shape;
Jennison and Turnbull (1989) for repeated confidence intervals.
"""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from loganneal.studies.judge.power import ALPHA, POWER
from loganneal.studies.judge.statistics import t_interval
from loganneal.studies.result.verdict import Look, Paired

Floats = NDArray[np.float64]

SIMULATED = 18
"""Number of simulated studies from which nominal levels are computed, as a power of 2; their error is below 1%."""

ENOUGH_FOR_POWER = 2**14
"""Number of these studies that is enough for a power to two digits."""

LARGEST = 20.0
"""A difference, in standard deviations, that any look finds."""


def spent(share: float, alpha: float = ALPHA) -> float:
    """How much of an error rate is spent after a share of the replicates, in [0, 1].

    >>> round(spent(0.5), 4), spent(1.0)
    (0.031, 0.05)
    """
    return alpha * math.log1p((math.e - 1) * min(share, 1.0))


@lru_cache
def nominal_levels(looks: tuple[int, ...], most: int, *, sides: int = 2, alpha: float = ALPHA) -> tuple[float, ...]:
    """For each look, the p of a t test at or below which it decides, so that all looks together err at the rate alpha.

    Args:
        looks: Increasing numbers of pairs, each at least 3.
        most: Number of pairs at which all of alpha is spent; at least the last look.
        sides: 2 for a difference in either direction, 1 for one of the tests that show a tie.
        alpha: The error rate.

    Example:
        >>> [round(level, 3) for level in nominal_levels((4, 6, 8), 8)]
        [0.031, 0.018, 0.016]

    Normal tables would be wrong with so few pairs; the levels are quantiles of simulated t statistics, from a
    quasi-random sequence that is the same each time.
    """
    p = p_many(_null_studies(most), looks, sides)
    alive, before, levels = np.ones(len(p), dtype=bool), 0.0, []
    for place, look in enumerate(looks):
        now = spent(look / most, alpha)
        wanted = round((now - before) * len(p))
        values = np.sort(p[alive, place])
        levels.append(float(values[wanted - 1]))
        alive &= p[:, place] > levels[-1]
        before = now
    return tuple(levels)


def look_at(looks: tuple[int, ...], most: int) -> Look:
    """The last of these looks, with its levels; the looks before it decided nothing.

    Args:
        looks: Increasing numbers of complete replicates.
        most: Total number of replicates.

    Example:
        >>> look = look_at((4, 6), 8)
        >>> look.number, look.replicates, round(look.level, 3), round(look.tie_level, 3)
        (2, 6, 0.018, 0.02)
    """
    different, tie = nominal_levels(looks, most), nominal_levels(looks, most, sides=1)
    return Look(len(looks), looks[-1], different[-1], tie[-1])


def as_seen_at(look: Look, paired: Paired) -> Paired:
    """The same differences with the p and the repeated intervals of a look.

    Args:
        look: The look.
        paired: Differences and their statistics.

    Returns:
        A copy whose p is that of the paired t test, and whose intervals hold at all looks together. If the differences
        do not vary, p is 1: equal differences come from runs that share more than a seed, and decide nothing.
    """
    differences = np.array(paired.differences)
    return replace(
        paired,
        interval95=t_interval(differences, 1 - look.level),
        interval90=t_interval(differences, 1 - 2 * look.tie_level),
        p=t_p(paired),
    )


def t_p(paired: Paired) -> float:
    """Two-sided p of the paired t test; 1 if the differences do not vary."""
    deviation, count = paired.sd, len(paired.differences)
    if not deviation:
        return 1.0
    return float(2 * stats.t.sf(abs(paired.mean) * math.sqrt(count) / deviation, count - 1))


def p_many(differences: Floats, looks: tuple[int, ...], sides: int = 2) -> Floats:
    """The p values of t tests of many studies at their looks, of shape (studies, looks).

    Args:
        differences: Paired differences, of shape (studies, replicates).
        looks: Numbers of replicates.
        sides: 2, or 1 for the p of a mean above 0.
    """
    columns = []
    for look in looks:
        part = differences[:, :look]
        deviation = part.std(axis=1, ddof=1)
        varies = deviation > 0
        t = part.mean(axis=1) * math.sqrt(look) / np.where(varies, deviation, 1.0)
        p = 2 * special.stdtr(look - 1, -np.abs(t)) if sides == 2 else special.stdtr(look - 1, -t)
        columns.append(np.where(varies, p, 1.0))
    return np.stack(columns, axis=1)


@lru_cache
def detectable_at_looks(looks: tuple[int, ...]) -> float:
    """Smallest difference that one of the looks finds with 80% power, in standard deviations of a paired difference.

    >>> round(detectable_at_looks((4, 6, 8)), 1)
    1.4
    """
    studies, levels = _null_studies(looks[-1])[:ENOUGH_FOR_POWER], np.array(nominal_levels(looks, looks[-1]))

    def missing(effect: float) -> float:
        return POWER - float((p_many(studies + effect, looks) <= levels).any(axis=1).mean())

    return float(optimize.brentq(missing, 0.0, LARGEST, xtol=0.01))


def looks_sentence(looks: tuple[int, ...], detectable: float) -> str:
    """What a plan with looks can detect, in words.

    >>> looks_sentence((4, 6, 8), 1.4)
    'It may end after 4, 6 or 8 replicates; with 80% power it finds a difference of 1.4 standard deviations of a \
paired difference.'
    """
    *before, last = map(str, looks)
    after = f"{', '.join(before)} or {last}" if before else last
    return (
        f"It may end after {after} replicates; with {POWER:.0%} power it finds a difference of {detectable:.1f} "
        "standard deviations of a paired difference."
    )


@lru_cache
def _null_studies(replicates: int) -> Floats:
    """Differences of studies of two equal arms, one study per row."""
    points = stats.qmc.Sobol(replicates, seed=0).random_base2(SIMULATED)
    studies: Floats = special.ndtri(points)
    return studies
