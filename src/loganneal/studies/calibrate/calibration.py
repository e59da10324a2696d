"""How often the verdicts are right: studies of one arm against itself, resampled from real runs.

Comparing an arm with itself should find no difference. Here that is done many times, with the protocol of this package
and, for comparison, with the usual one, which tunes once and trains the winner again with fresh seeds.
"""

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats

from loganneal import _checks, _limits
from loganneal.studies.calibrate.resampling import Floats, Size, chosen_scores, judge_many, usual_differences
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.calibrate.tables import Calibration, PlantedRow, PoolFacts, SameRow, TieRow, UsualRow
from loganneal.studies.judge.power import ALPHA, detectable_difference, detectable_tie, difference_power, tie_power
from loganneal.studies.judge.statistics import sign_flip_many

SIZES = (Size(8, 4, 1), Size(10, 4, 1), Size(16, 4, 1), Size(10, 2, 1), Size(10, 8, 1), Size(8, 4, 4), Size(10, 4, 4))
"""Sizes of studies of an arm against itself; the first with 10 replicates is that of the default comparison."""

POWERED = (Size(10, 4, 1), Size(10, 4, 4))
"""Sizes of the studies with a planted difference."""

EFFECTS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Planted differences, as shares of the detectable one."""

MARGINS = (0.75, 1.0, 1.25, 1.5)
"""Margins, as shares of the smallest margin within which a tie is found with 80% power."""

USUAL = tuple((trials, reruns) for trials in (4, 8, 16) for reruns in (5, 10, 16))
"""Trials and reruns of the usual protocol."""


def calibrate(pool: Pool, margin: float, studies: int = 2000, seed: int = 0) -> Calibration:
    """Resample studies from a pool, and count their verdicts.

    Args:
        pool: Real runs of one arm.
        margin: Margin of a tie, as the metric is shown.
        studies: Number of studies for each row.
        seed: Seed of the resampling.

    Returns:
        The tables; rows for which the pool is too small are left out.

    Raises:
        ValueError: The pool is too small for the default comparison, or a number is not allowed.
    """
    check_pool_size(len(pool.test), len(pool.peaks))
    _checks.whole("calibrate", "studies", studies, 1, _limits.RESAMPLED)
    _checks.number("calibrate", "margin", margin, 0.0, math.inf, bounds="()")
    seeds = len(pool.test)
    sizes = [size for size in SIZES if size.replicates <= seeds and len(pool.peaks) % size.trials == 0]
    usual = [(trials, reruns) for trials, reruns in USUAL if 2 + 2 * reruns <= seeds and len(pool.peaks) % trials == 0]
    return Calibration(
        pool=PoolFacts(pool.runs, seeds, pool.peaks),
        studies=studies,
        margin=margin,
        limit=ALPHA + 2 * standard_error(ALPHA, studies),
        same=tuple(
            _same(pool, size, shared, studies, margin, seed)
            for shared in (False, True)
            for size in sizes
            if not shared or size.trials < len(pool.peaks)  # otherwise both names would train the same runs
        ),
        planted=tuple(row for size in POWERED for row in _planted(pool, size, studies, margin, seed)),
        ties=tuple(_ties(pool, Size(), studies, seed)),
        usual=tuple(_usual(pool, *row, shared, studies, seed) for shared in (False, True) for row in usual),
    )


def check_pool_size(seeds: int, peaks: int) -> None:
    """Check that a pool has the seeds and the peak rates that every table needs.

    Args:
        seeds: Number of seeds.
        peaks: Number of peak rates.

    Raises:
        ValueError: There are too few seeds, or the peak rates cannot be divided among the trials.
    """
    _checks.whole("calibrate", "seeds", seeds, max(size.replicates for size in POWERED))
    trials = POWERED[0].trials
    if peaks < 1 or peaks % trials:
        _checks.fail("calibrate", "peaks", f"a multiple of {trials}", peaks)


def standard_error(share: float, studies: int) -> float:
    """Standard error of a share that is counted in independent studies.

    >>> round(standard_error(0.05, 2000), 4)
    0.0049
    """
    return math.sqrt(share * (1 - share) / studies)


def _same(pool: Pool, size: Size, shared: bool, studies: int, margin: float, seed: int) -> SameRow:
    differences = _differences(pool, size, shared, studies, seed)
    judged, sd = judge_many(differences, margin), _deviation(differences)
    return SameRow(
        **vars(size),
        shared_seeds=shared,
        sd=sd,
        decided=judged.share("win", "loss"),
        rejected=float((judged.p_holm < ALPHA).any(axis=1).mean()),
        tie=float((judged.verdicts[:, 0] == "tie").mean()),
        tie_predicted=tie_power(margin / sd, 0.0, size.replicates),
    )


def _planted(pool: Pool, size: Size, studies: int, margin: float, seed: int) -> Iterator[PlantedRow]:
    """The first rival is better by a known difference; the other rivals are the reference under other names."""
    differences = _differences(pool, size, False, studies, seed + 1)
    sd = _deviation(differences)
    for share in EFFECTS:
        effect = share * detectable_difference(size.replicates, size.rivals)
        shifted = differences.copy()
        shifted[:, :, 0] += effect * sd
        judged = judge_many(shifted, margin)
        first = judged.verdicts[:, 0]
        yield PlantedRow(
            **vars(size),
            shared_seeds=False,
            sd=sd,
            difference=effect * sd,
            difference_sd=effect,
            found=judged.found,
            predicted=difference_power(effect, size.replicates, size.rivals),
            win=float((first == "win").mean()),
            tie=float((first == "tie").mean()),
            loss=float((first == "loss").mean()),
            inconclusive=float((first == "inconclusive").mean()),
            tie_predicted=tie_power(margin / sd, effect, size.replicates),
        )


def _ties(pool: Pool, size: Size, studies: int, seed: int) -> Iterator[TieRow]:
    """Ties without a difference, and with a difference as large as the margin, which is no tie."""
    differences = _differences(pool, size, False, studies, seed + 2)
    sd = _deviation(differences)
    for share in MARGINS:
        margin = share * detectable_tie(size.replicates) * sd
        shares = {shift: judge_many(differences + shift, margin).share("tie") for shift in (0.0, margin)}
        yield TieRow(
            **vars(size),
            shared_seeds=False,
            sd=sd,
            margin=margin,
            margin_sd=margin / sd,
            tie=shares[0.0],
            tie_predicted=tie_power(margin / sd, 0.0, size.replicates),
            tie_at_margin=shares[margin],
        )


def _usual(pool: Pool, trials: int, reruns: int, shared: bool, studies: int, seed: int) -> UsualRow:
    random = np.random.default_rng([seed, trials, reruns, shared])
    differences = usual_differences(pool, reruns, trials, studies, random, shared_seeds=shared)
    different = sign_flip_many(differences) < ALPHA
    return UsualRow(
        trials=trials,
        reruns=reruns,
        shared_seeds=shared,
        different=float(different.mean()),
        different_t=float(_t_rejects(differences).mean()),
    )


def _t_rejects(differences: Floats) -> Floats:
    constant = np.ptp(differences, axis=1) == 0  # both names chose the same peak rate and share seeds: no difference
    spread = np.where(constant[:, None], np.arange(differences.shape[1]), differences)
    rejects: Floats = (stats.ttest_1samp(spread, 0.0, axis=1).pvalue < ALPHA) & ~constant
    return rejects


def _differences(pool: Pool, size: Size, shared: bool, studies: int, seed: int) -> Floats:
    random = np.random.default_rng([seed, size.replicates, size.trials, size.rivals, shared])
    scores = chosen_scores(pool, size, studies, random, shared_seeds=shared)
    return scores[:, :, 1:] - scores[:, :, :1]


def _deviation(differences: Floats) -> float:
    return float(differences.std())
