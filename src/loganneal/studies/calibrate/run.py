"""Running a calibration: train a pool and a study of an arm against itself, then resample."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from loganneal._disk import replace_file
from loganneal.data import find_workload
from loganneal.runs import Store
from loganneal.studies.calibrate.against_itself import against_itself, plan_against_itself
from loganneal.studies.calibrate.calibration import calibrate, check_pool_size
from loganneal.studies.calibrate.run_grid import plan_pool, pool_csv, read_pool
from loganneal.studies.calibrate.sequential import FEWEST_SEEDS, FIXED, sequential_rows
from loganneal.studies.calibrate.tables import Calibration
from loganneal.studies.declare.arms import Arm
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun
from loganneal.studies.declare.script import PEAK_FACTOR
from loganneal.studies.declare.study import study_of
from loganneal.studies.engines import Engine, run_missing, take_inventory
from loganneal.studies.engines.writer_lock import hold_study_folder
from loganneal.studies.judge.conclude import conclude_study
from loganneal.studies.result import StudyResult

POOL = "pool.csv"
AGAINST_ITSELF = "against-itself"
TRIALS, REPLICATES = 4, 10
"""Size of the study that is trained."""

APART = (1000, 2000)
"""Distances of the seeds of its two names from the pool's."""

OnRun = Callable[[int, int], None]
"""Called after each run with the number of runs that are done and the number of all runs."""


def train_pool(
    workload: str,
    arm: Arm,
    folder: Path,
    command: str,
    *,
    store: Store,
    engine: Engine,
    peaks: int,
    seeds: int,
    first_seed: int,
    on_run: OnRun,
    peak_range: tuple[float, float] | None = None,
) -> tuple[Path, StudyResult]:
    """Train the missing runs of a pool, and of a study of the arm against itself.

    Args:
        workload: A name, a path or `module:function`.
        arm: The schedule.
        folder: Folder to which `pool.csv` is written; it is held meanwhile.
        command: The command that trains the same runs; the study's result names it.
        store: Where records are read and written.
        engine: Where runs execute.
        peaks: Number of rates in the grid.
        seeds: Number of seeds, each of which is combined with every rate.
        first_seed: First seed of the pool.
        on_run: Called after every finished run.
        peak_range: Range that the grid covers; None for the workload's range.

    Returns:
        The pool's file, and the result of the study.

    Raises:
        ValueError: The pool would be too small for the tables.
        RunFailedError: Some runs raised an error; the others are kept.
        StudyInUseError: Another process runs in the folder.
    """
    check_pool_size(seeds, peaks)
    found = find_workload(workload)
    with hold_study_folder(folder):
        pool = _finish(plan_pool(found, arm, peaks, seeds, first_seed, peak_range), store, engine, on_run)
        replace_file(folder / POOL, pool_csv(pool, found.floor, found.metric).encode())
        first, second = (first_seed + apart for apart in APART)
        declared = against_itself(workload, arm, trials=TRIALS, replicates=REPLICATES, first_seed=first)
        runs = _finish(plan_against_itself(declared, second), store, engine, on_run)
    return folder / POOL, conclude_study(study_of(declared), runs, command)


def calibrate_pool(
    pool: Path, workload: str, *, margin: float | None = None, studies: int = 2000, peak_lr: float | None = None
) -> Calibration:
    """Resample studies from the pool in a file, and ten times as many with looks, from its peak rates around one.

    Args:
        pool: The file that `train_pool` wrote.
        workload: The workload that the pool was trained on.
        margin: Margin of a tie in hundredths of a score, as in `Comparison`; None for the workload's.
        studies: Number of studies for each row.
        peak_lr: The peak rate that works; None for the workload's. If neither is known, or the pool has too few seeds,
            plans with looks are left out.

    Raises:
        ValueError: The file holds no pool, or one that is too small.
    """
    found = find_workload(workload)
    shown = found.metric.margin(found.margin if margin is None else margin)
    runs, centre = read_pool(pool, found.metric), found.peak_lr if peak_lr is None else peak_lr
    result = calibrate(runs, shown, studies)
    if centre is None or len(runs.test) < FEWEST_SEEDS:
        return result
    near = runs.around(centre, PEAK_FACTOR, FIXED.trials)
    return replace(result, sequential=tuple(sequential_rows(near, shown, 10 * studies)))


def _finish(planned: Sequence[PlannedRun], store: Store, engine: Engine, on_run: OnRun) -> Sequence[FinishedRun]:
    inventory = take_inventory(planned, store)
    finished = list(inventory.finished)
    for run in run_missing(inventory.missing, store, engine):
        finished.append(run)
        on_run(len(finished), len(planned))
    return finished
