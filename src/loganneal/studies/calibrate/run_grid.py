"""A pool of real runs of one arm, at every peak rate of a grid with every seed, from which studies are resampled."""

import csv
import io
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from loganneal import _checks, _limits
from loganneal._reading import read_text
from loganneal.data import Workload
from loganneal.data.metric import ACCURACY, Metric
from loganneal.runs.spec import RunSpec
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.judge.selected_runs import as_trial

COLUMNS = ("seed", "peak_lr", "validation_score", "test_score", "diverged", "record")


@dataclass(frozen=True)
class Pool:
    """Scores of one arm, with one row per seed and one column per peak rate.

    Args:
        peaks: The peak rates, increasing and equally spaced on the log scale.
        validation: Validation scores as they are shown, but with higher ones better.
        test: Test scores, likewise.
    """

    peaks: tuple[float, ...]
    validation: NDArray[np.float64]
    test: NDArray[np.float64]

    @property
    def runs(self) -> int:
        """The number of runs in the pool."""
        return int(self.test.size)

    def around(self, peak_lr: float, factor: float, parts: int) -> "Pool":
        """The pool of the neighbouring peak rates within about a factor of one of them, a multiple of K in number.

        Args:
            peak_lr: The rate in the middle.
            factor: The factor, above 1.
            parts: Number of trials, K.

        Raises:
            ValueError: The pool has fewer than K peak rates.
        """
        _checks.whole("a pool", "peaks", len(self.peaks), parts)
        cell = math.log(self.peaks[-1] / self.peaks[0]) / (len(self.peaks) - 1)
        count = parts * min(max(1, round(2 * math.log(factor) / cell / parts)), len(self.peaks) // parts)
        start = min(max(0, bisect_left(self.peaks, peak_lr) - count // 2), len(self.peaks) - count)
        part = slice(start, start + count)
        return Pool(self.peaks[part], self.validation[:, part], self.test[:, part])


def grid(low: float, high: float, count: int) -> tuple[float, ...]:
    """Peak rates in the middles of equal parts of a range on the log scale.

    >>> grid(0.01, 1.0, 2)
    (0.0316..., 0.3162...)
    """
    return tuple(float(low * (high / low) ** ((place + 0.5) / count)) for place in range(count))


def plan_pool(
    workload: Workload,
    arm: Arm,
    peaks: int,
    seeds: int,
    first_seed: int,
    peak_range: tuple[float, float] | None = None,
) -> list[PlannedRun]:
    """The runs of a pool with the workload's own settings, seed by seed, so that a part of them is a pool too.

    Args:
        workload: The workload to train on.
        arm: The schedule.
        peaks: Number of rates in the grid.
        seeds: Number of seeds; each decides a split of the data, initial weights and an order of the examples.
        first_seed: The first seed; the others follow it.
        peak_range: Range that the grid covers; None for the workload's range.

    Raises:
        ValueError: A number is too small, or there are too many runs.
    """
    peaks = _checks.whole("plan_pool", "peaks", peaks, 1, _limits.RUNS)
    _checks.whole("plan_pool", "seeds", seeds, 1, _limits.RUNS // peaks)
    return [
        PlannedRun(number, arm.name, place, peak, _spec(workload, arm, peak, first_seed + number))
        for number in range(seeds)
        for place, peak in enumerate(grid(*(peak_range or workload.peak_range), peaks))
    ]


def _spec(workload: Workload, arm: Arm, peak: float, seed: int) -> RunSpec:
    return workload.spec(schedule=arm.build(peak, workload.steps), seed=seed, split_seed=seed)


def pool_csv(finished: Sequence[FinishedRun], floor: float, metric: Metric) -> str:
    """The CSV text of a pool: the columns of `COLUMNS`, a line for each run by seed and peak rate, scores as shown.

    Args:
        finished: Runs of a pool with their records.
        floor: The score of a diverged run.
        metric: The metric.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for run in sorted(finished, key=lambda run: (run.planned.replicate, run.planned.trial)):
        trial, spec = as_trial(run, floor), run.planned.spec
        scores = (metric.factor * trial.validation, metric.factor * trial.test)
        writer.writerow((spec.seed, trial.peak, *(round(score, 6) for score in scores), trial.diverged, spec.key))
    return text.getvalue()


def read_pool(path: str | Path, metric: Metric = ACCURACY) -> Pool:
    """The pool in a CSV file with the columns of `COLUMNS`.

    Args:
        path: The file.
        metric: Metric of the pool; scores that are better when lower change their sign.

    Raises:
        ValueError: The file does not have every peak rate with every seed, or a score is not a finite number.
        OSError: The file cannot be read.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(read_text(Path(path), _limits.CURVE_BYTES), newline="")))
        found = {(int(row["seed"]), float(row["peak_lr"])): row for row in rows}
        seeds, peaks = (sorted({key[place] for key in found}) for place in (0, 1))
        parts = [_table(found, seeds, peaks, name, metric.sign) for name in COLUMNS[2:4]]
        if not found or not np.isfinite(parts).all():
            raise ValueError
    except (KeyError, ValueError, TypeError, OverflowError, csv.Error):
        allowed = f"a CSV file with the columns {', '.join(COLUMNS[:4])} and every peak rate with every seed"
        _checks.fail("read_pool", "path", allowed, str(path))
    return Pool(tuple(float(peak) for peak in peaks), *parts)


def _table(
    found: dict[tuple[int, float], dict[str, str]],
    seeds: Sequence[float],
    peaks: Sequence[float],
    column: str,
    sign: int,
) -> NDArray[np.float64]:
    return sign * np.array([[float(found[int(seed), peak][column]) for peak in peaks] for seed in seeds])
