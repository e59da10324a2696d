"""A pool is a grid of real runs, and survives a file unchanged."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loganneal.data import find_workload
from loganneal.data.metric import ACCURACY, METRICS
from loganneal.runs import MetricsRow, Record
from loganneal.studies.calibrate.run_grid import plan_pool, pool_csv, read_pool
from loganneal.studies.declare.arms import ARMS
from loganneal.studies.declare.comparison import FinishedRun, PlannedRun

DIGITS = find_workload("digits")


def finished(planned: list[PlannedRun], score: Callable[[PlannedRun], float | None]) -> list[FinishedRun]:
    """Records with these scores; None diverges."""
    curve = (MetricsRow(2, 0.1, 2.3),)

    def record(run: PlannedRun) -> Record:
        found = score(run)
        if found is None:
            return Record(run.spec, "diverged", None, None, curve, 1.0)
        return Record(run.spec, "completed", found, found / 2, curve, 1.0)

    return [FinishedRun(run, record(run)) for run in planned]


def test_a_grid_of_different_runs() -> None:
    """Every peak rate is combined with every seed, with the workload's own settings, and no two runs are the same."""
    planned = plan_pool(DIGITS, ARMS["cosine"], 4, 3, 1000)
    assert len({run.spec.key for run in planned}) == 12
    assert {run.spec.seed for run in planned} == {1000, 1001, 1002}
    assert {run.spec.steps for run in planned} == {DIGITS.steps}
    assert all(DIGITS.peak_range[0] < run.peak < DIGITS.peak_range[1] for run in planned)


def test_through_a_file(tmp_path: Path) -> None:
    """Scores come back as they are shown, seed by seed and peak by peak; a diverged run is at the floor."""
    planned = plan_pool(DIGITS, ARMS["cosine"], 4, 3, 1000)
    runs = finished(planned, lambda run: None if run.trial == 3 else 0.9 + run.replicate / 100 + run.trial / 1000)
    path = tmp_path / "pool.csv"
    path.write_text(pool_csv(runs[::-1], DIGITS.floor, ACCURACY))
    pool = read_pool(path)
    assert pool.peaks == tuple(run.peak for run in planned[:4])
    np.testing.assert_allclose(pool.validation[:, :3], 90 + np.arange(3)[:, None] + np.arange(3) / 10)
    np.testing.assert_allclose(pool.test[:, :3] * 2, pool.validation[:, :3])
    assert (pool.validation[:, 3] == 10.0).all()


def test_lower_scores_change_their_sign(tmp_path: Path) -> None:
    """In a pool of a metric that is better when lower, a higher number is better again."""
    runs = finished(plan_pool(DIGITS, ARMS["cosine"], 2, 2, 0), lambda run: 1.5 + run.trial)
    bits = METRICS["bits_per_character"]
    (tmp_path / "pool.csv").write_text(pool_csv(runs, 5.0, bits))
    assert read_pool(tmp_path / "pool.csv", bits).validation[0].tolist() == [-1.5, -2.5]


def test_holes_are_refused(tmp_path: Path) -> None:
    """A file without one of the runs is not a pool."""
    runs = finished(plan_pool(DIGITS, ARMS["cosine"], 2, 2, 0), lambda run: 0.5)
    (tmp_path / "pool.csv").write_text(pool_csv(runs[:-1], 0.1, ACCURACY))
    with pytest.raises(ValueError, match="every peak rate with every seed"):
        read_pool(tmp_path / "pool.csv")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seed,peak_lr,validation_score,test_score\n1000,0.1,nan,90\n",
        "seed,peak_lr,validation_score,test_score\n1000,0.1,inf,90\n",
        "seed,peak_lr,validation_score,test_score\n1000,0.1," + "9" * 200_000 + ",90\n",
        "seed,peak_lr,validation_score,test_score\n1000,0.1\n",
        "\0",
    ],
)
def test_a_pool_of_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever a file holds, it is a pool of finite scores or refused with the expected layout."""
    (tmp_path / "pool.csv").write_text(text)
    with pytest.raises(ValueError, match="a CSV file with the columns"):
        read_pool(tmp_path / "pool.csv")
