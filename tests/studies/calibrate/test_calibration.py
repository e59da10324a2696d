"""Calibration finds what is known about pools whose truth is known, and the committed one keeps its promise."""

import json
from pathlib import Path

import numpy as np
import pytest

from loganneal.studies.calibrate.calibration import calibrate, standard_error
from loganneal.studies.calibrate.run_grid import Pool
from loganneal.studies.calibrate.tables import Calibration

CALIBRATION = Path(__file__).parents[3] / "records" / "calibration" / "calibration.json"


def normal_pool(seeds: int = 40) -> Pool:
    """Sixteen peak rates of which one in the middle is best; tests follow validation with noise of their own."""
    random = np.random.default_rng(3)
    truth = 92 - 0.05 * (np.arange(16) - 9.0) ** 2
    return Pool(
        tuple(np.geomspace(0.03, 1.5, 16)),
        truth + random.normal(0, 0.5, (seeds, 16)),
        truth + random.normal(0, 0.5, (seeds, 16)),
    )


@pytest.fixture(scope="module")
def result() -> Calibration:
    """A calibration of 400 studies per row."""
    return calibrate(normal_pool(), margin=1.0, studies=400)


def test_nothing_is_found_where_nothing_is(result: Calibration) -> None:
    """An arm against itself is decided in few studies, with one rival and with four."""
    limit = 0.05 + 3 * standard_error(0.05, 400)
    assert {row.rivals for row in result.same} == {1, 4}
    assert all(row.decided <= row.rejected <= limit for row in result.same)


def test_power_and_ties_are_as_predicted(result: Calibration) -> None:
    """If differences are nearly normal, counts are close to the predictions of the t distribution."""
    one = [row for row in result.planted if row.rivals == 1]
    assert [row.found for row in one] == pytest.approx([row.predicted for row in one], abs=0.08)
    ties = result.ties
    assert [row.tie for row in ties] == pytest.approx([row.tie_predicted for row in ties], abs=0.08)
    assert all(row.tie_at_margin < 0.05 + 3 * standard_error(0.05, 400) for row in ties)


def test_the_usual_protocol_takes_luck_for_a_difference(result: Calibration) -> None:
    """Tuned once on noise, one arm against itself is often different, more often with more seeds."""
    rows = {(row.trials, row.reruns): row.different_t for row in result.usual if row.shared_seeds}
    assert rows[4, 16] > rows[4, 5]
    assert rows[4, 16] > 0.15


def test_same_seed_same_result(result: Calibration) -> None:
    """The simulation repeats, number by number."""
    assert calibrate(normal_pool(), margin=1.0, studies=400) == result


def test_what_the_pool_is_too_small_for_is_left_out() -> None:
    """Twelve seeds allow no study of 16 replicates, and no rerun of 10 fresh seeds for each name."""
    small = calibrate(normal_pool(12), margin=1.0, studies=20)
    assert {row.replicates for row in small.same} == {8, 10}
    assert {row.reruns for row in small.usual} == {5}


def test_the_committed_calibration_holds() -> None:
    """On real runs, at most 5% plus two standard errors of each row are a "win" or a "loss"."""
    if not CALIBRATION.exists():
        pytest.skip("The evidence is not part of a source distribution.")
    committed = Calibration.from_dict(json.loads(CALIBRATION.read_text()))
    assert committed.pool.runs >= 200
    assert committed.studies >= 2000
    assert committed.worst <= committed.limit
