"""How often plans with looks are right: one arm against itself, or a known difference, resampled from real runs."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from loganneal.studies.calibrate.resampling import Floats, Size, Whole, chosen_scores
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.calibrate.tables import SequentialRow
from loganneal.studies.declare.sequential import LOOKS, SCREEN_REPLICATES, TRIALS
from loganneal.studies.judge.looks import nominal_levels, p_many
from loganneal.studies.judge.power import ALPHA
from loganneal.studies.judge.statistics import sign_flip_many

STUDIES = 20_000
"""Number of studies for each row; the standard error of 5% is then 0.15%."""

EFFECTS = (1.0, 1.5, 2.0)
"""Planted differences, in standard deviations of a paired difference."""

SCREENED = (3, 5)
"""Numbers of arms from which a screening picks the rival, including the reference."""

FEWEST_SEEDS = SCREEN_REPLICATES + LOOKS[-1]
"""Fewest seeds of a pool, since no seed is used twice in a study."""

FIXED = Size(replicates=10, trials=4, rivals=1)
"""The plan without looks against which the others are measured."""


class Ended(NamedTuple):
    """How each of many studies with looks ended: its verdict, and after how many replicates."""

    verdicts: NDArray[np.str_]
    replicates: Whole

    def share(self, name: str) -> float:
        """Share of the studies with this verdict."""
        return float((self.verdicts == name).mean())


def sequential_rows(pool: Pool, margin: float, studies: int = STUDIES, seed: int = 0) -> Iterator[SequentialRow]:
    """Resample studies with looks.

    Args:
        pool: Real runs of one arm, at peak rates around the one that works; see `Pool.around`.
        margin: Margin of a tie, as the metric is shown.
        studies: Number of studies for each row.
        seed: Seed of the resampling.
    """
    own = _differences(pool, False, studies, seed)
    for shared in (False, True):
        differences = own if not shared else _differences(pool, True, studies, seed)
        yield _row(differences, differences, margin, shared, 0.0, _fixed_found(pool, 0.0, shared, studies, seed))
    for effect in EFFECTS:
        shift = effect * float(own.std())
        found = _fixed_found(pool, shift, False, studies, seed)
        yield _row(own + shift, own, margin, False, effect, found)
    for arms in SCREENED:
        yield _screened(pool, arms, margin, studies, seed)


def end(differences: Floats, margin: float, looks: tuple[int, ...] = LOOKS) -> Ended:
    """The verdict of each of many studies with looks, and when it ends, as `loganneal.studies.judge.conclude` decides.

    Args:
        differences: Paired differences, of shape (studies, replicates), positive if the rival is better.
        margin: Margin of a tie, in the same unit.
        looks: Numbers of replicates.
    """
    verdicts = np.full(len(differences), "inconclusive", dtype="<U12")
    replicates = np.full(len(differences), looks[-1])
    open_ = np.ones(len(differences), dtype=bool)
    p = p_many(differences, looks)
    levels = zip(nominal_levels(looks, looks[-1]), nominal_levels(looks, looks[-1], sides=1), strict=True)
    for place, (look, (level, tie_level)) in enumerate(zip(looks, levels, strict=True)):
        part = differences[:, :look]
        mean, deviation = part.mean(axis=1), part.std(axis=1, ddof=1)
        half = stats.t.ppf(1 - tie_level, look - 1) * deviation / np.sqrt(look)
        tie = (np.abs(mean) + half < margin) & (deviation > 0)
        now = np.where(tie, "tie", np.where(p[:, place] > level, "inconclusive", np.where(mean > 0, "win", "loss")))
        ends = open_ & (now != "inconclusive")
        verdicts[ends], replicates[ends] = now[ends], look
        open_ &= ~ends
    return Ended(verdicts, replicates)


def _row(
    differences: Floats, null: Floats, margin: float, shared: bool, effect: float, fixed_found: float
) -> SequentialRow:
    ended = end(differences, margin)
    return SequentialRow(
        studies=len(differences),
        looks=LOOKS,
        trials=TRIALS,
        arms=2,
        shared_seeds=shared,
        sd=float(null.std()),
        difference_sd=effect,
        win=ended.share("win"),
        loss=ended.share("loss"),
        tie=ended.share("tie"),
        fixed_found=fixed_found,
        replicates=float(ended.replicates.mean()),
        runs=2 * TRIALS * float(ended.replicates.mean()),
    )


def _screened(pool: Pool, arms: int, margin: float, studies: int, seed: int) -> SequentialRow:
    """One arm under several names: the best of a screening against the reference, on seeds that did not screen."""
    size = Size(SCREEN_REPLICATES + LOOKS[-1], TRIALS, arms - 1)
    scores = chosen_scores(pool, size, studies, np.random.default_rng([seed, arms, 3]))
    picks = scores[:, :SCREEN_REPLICATES].mean(axis=1).argmax(axis=1)
    duel = scores[:, SCREEN_REPLICATES:]
    differences = np.take_along_axis(duel, picks[:, None, None], axis=2)[..., 0] - duel[..., 0]
    ended, held = end(differences, margin), picks > 0
    replicates = float(np.where(held, ended.replicates, 0).mean())
    shares = {name: float(((ended.verdicts == name) & held).mean()) for name in ("win", "loss", "tie")}
    return SequentialRow(
        studies=studies,
        looks=LOOKS,
        trials=TRIALS,
        arms=arms,
        shared_seeds=False,
        sd=float(differences[held].std()),
        difference_sd=0.0,
        fixed_found=None,
        replicates=replicates,
        runs=TRIALS * (arms * SCREEN_REPLICATES + 2 * replicates),
        **shares,
    )


def _differences(pool: Pool, shared: bool, studies: int, seed: int, size: Size | None = None) -> Floats:
    size = size or Size(LOOKS[-1], TRIALS, 1)
    random = np.random.default_rng([seed, size.replicates, size.trials, shared, 3])
    scores = chosen_scores(pool, size, studies, random, shared_seeds=shared)
    differences: Floats = scores[..., 1] - scores[..., 0]
    return differences


def _fixed_found(pool: Pool, shift: float, shared: bool, studies: int, seed: int) -> float:
    """Share of the studies in which the plan without looks finds a difference on the same peak rates."""
    differences = _differences(pool, shared, studies, seed, FIXED) + shift
    return float((sign_flip_many(differences) < ALPHA).mean())
