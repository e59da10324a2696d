"""Many studies at once, resampled from a pool of real runs: what tuning chooses, and the verdicts on it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from loganneal import _checks
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.judge.power import ALPHA, smallest_p
from loganneal.studies.judge.statistics import holm, sign_flip_many
from loganneal.studies.result import VerdictName

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Size:
    """The size of a study.

    Args:
        replicates: Number of replicates, R.
        trials: Number of trials, K; it divides the number of the pool's peak rates.
        rivals: Number of comparisons with the reference.
    """

    replicates: int = 10
    trials: int = 4
    rivals: int = 1


@dataclass(frozen=True)
class Judgements:
    """What each of many studies says about each of its rivals; every array has one row per study.

    Args:
        verdicts: Names of verdicts.
        p_holm: Holm's p.
    """

    verdicts: NDArray[np.str_]
    p_holm: Floats

    def share(self, *names: VerdictName) -> float:
        """Share of the studies in which any rival has one of these verdicts."""
        return float(np.isin(self.verdicts, names).any(axis=1).mean())

    @property
    def found(self) -> float:
        """Share of the studies in which the test finds a difference for the first rival."""
        return float((self.p_holm[:, 0] < ALPHA).mean())


def chosen_scores(
    pool: Pool, size: Size, studies: int, random: np.random.Generator, *, shared_seeds: bool = False
) -> Floats:
    """Test scores that tuning gives one arm under several names, of shape (studies, replicates, names).

    In each replicate, every name has a draw of its own, one peak rate from each of K equal parts of the range, as in a
    scrambled Sobol sequence; its K trials share a seed. The first name is the reference.

    Args:
        pool: Real runs.
        size: Size of each study.
        studies: Number of studies.
        random: Generator of the draws.
        shared_seeds: Whether the names of a replicate share the seed, as the arms of a study do, instead of having one
            each.

    Raises:
        ValueError: The pool is too small.
    """
    names = size.rivals + 1
    seeds = _seeds(pool, size, studies, random, shared_seeds)
    peaks = draws(len(pool.peaks), size.trials, (studies, size.replicates, names), random)
    return _tuned(pool, seeds, peaks)


def draws(peaks: int, trials: int, shape: tuple[int, ...], random: np.random.Generator) -> Whole:
    """Positions of K peak rates, one in each of K equal parts of the grid, in random order; K is the last axis.

    Raises:
        ValueError: K does not divide the number of peak rates.
    """
    if trials < 1 or peaks % trials:
        _checks.fail("resampling", "trials", f"a divisor of the {peaks} peak rates of the pool", trials)
    width = peaks // trials
    parts = random.permuted(np.broadcast_to(np.arange(trials), (*shape, trials)), axis=-1)
    return parts * width + random.integers(width, size=(*shape, trials))


def judge_many(differences: Floats, margin: float) -> Judgements:
    """The verdicts of `loganneal.studies.judge.verdicts.judge` on many studies at once.

    Args:
        differences: Paired differences, of shape (studies, replicates, rivals), positive if the rival is better.
        margin: Margin of a tie, in the same unit.
    """
    replicates, rivals = differences.shape[1:]
    means, sds = differences.mean(axis=1), differences.std(axis=1, ddof=1)
    half = stats.t.ppf(0.95, replicates - 1) * sds / np.sqrt(replicates)
    p_holm = holm(sign_flip_many(np.swapaxes(differences, 1, 2)))
    decided = np.where(means > 0, "win", "loss")
    verdicts = np.where(p_holm < ALPHA, decided, "inconclusive")
    verdicts = np.where((means - half > -margin) & (means + half < margin), "tie", verdicts)
    if smallest_p(replicates, rivals) >= ALPHA:
        verdicts = np.full_like(verdicts, "no verdict", dtype="<U12")
    return Judgements(verdicts, p_holm)


def usual_differences(
    pool: Pool, reruns: int, trials: int, studies: int, random: np.random.Generator, *, shared_seeds: bool
) -> Floats:
    """Differences of the usual protocol for one arm under two names, of shape (studies, reruns).

    Each name is tuned once, with a seed and a draw of its own; the peak rate that validation chose is trained again
    with fresh seeds, and the test scores of these runs are compared.

    Args:
        pool: Real runs.
        reruns: Number of fresh seeds for each name.
        trials: Number of trials, K.
        studies: Number of studies.
        random: Generator of the draws.
        shared_seeds: Whether the reruns of the two names share their seeds.

    Raises:
        ValueError: The pool has too few seeds.
    """
    needed = 2 + reruns * (1 if shared_seeds else 2)
    count = _checks.whole("resampling", "seeds of the pool", len(pool.test), needed)
    order = _permutations(count, studies, random)
    peaks = draws(len(pool.peaks), trials, (studies, 2), random)
    chosen = np.take_along_axis(peaks, _best(pool, order[:, :2], peaks)[..., None], axis=-1)[..., 0]
    first = order[:, 2 : 2 + reruns]
    second = first if shared_seeds else order[:, 2 + reruns : 2 + 2 * reruns]
    differences: Floats = pool.test[first, chosen[:, :1]] - pool.test[second, chosen[:, 1:]]
    return differences


def _seeds(pool: Pool, size: Size, studies: int, random: np.random.Generator, shared: bool) -> Whole:
    """The row of the pool for each study, replicate and name.

    No row occurs twice for a name, nor in a replicate unless it is shared. The names take their rows from the same
    permutation, at equal distances.
    """
    names = size.rivals + 1
    count = _checks.whole("resampling", "seeds of the pool", len(pool.test), max(size.replicates, names))
    apart = 0 if shared else count // names
    places = (np.arange(size.replicates)[:, None] + np.arange(names) * apart) % count
    return _permutations(count, studies, random)[:, places]


def _permutations(count: int, studies: int, random: np.random.Generator) -> Whole:
    return random.permuted(np.broadcast_to(np.arange(count), (studies, count)), axis=1)


def _best(pool: Pool, seeds: Whole, peaks: Whole) -> Whole:
    places: Whole = np.argmax(pool.validation[seeds[..., None], peaks], axis=-1)  # of equals, the one drawn first
    return places


def _tuned(pool: Pool, seeds: Whole, peaks: Whole) -> Floats:
    tests = pool.test[seeds[..., None], peaks]
    scores: Floats = np.take_along_axis(tests, _best(pool, seeds, peaks)[..., None], axis=-1)[..., 0]
    return scores
