"""The rates of a log as a schedule."""

import numpy as np
import pytest
from lawful_logs import COSINE, PEAK, STEPS, lawful_log

import loganneal as la
from loganneal.diagnosis import Log
from loganneal.prediction.own_schedule import own_schedule, point_shares
from loganneal.studies.declare.builders import build_schedule


def test_the_table_gives_the_rates_of_the_log():
    """Between its points, too."""
    assert np.abs(own_schedule(lawful_log(COSINE)).curve(STEPS) - COSINE.curve(STEPS)).max() < 0.02 * PEAK


def test_a_log_that_counts_from_zero():
    """Its rows name the update itself."""
    assert own_schedule(Log([0, 50], [0.1, 0.0], [2.0, 1.0])).points == ((0, 0.1), (50, 0.0))


@pytest.mark.parametrize("steps", [100, 10_000])
def test_a_file_declares_the_same_shape(steps):
    """As shares of the budget and of the peak."""
    schedule = la.WarmupStableDecay(PEAK, STEPS, 20, 100)
    built = build_schedule("Piecewise", PEAK, steps, {"point_shares": point_shares(schedule, STEPS)})
    places = np.linspace(0.06, 0.94, 12)
    expected = schedule(np.round(places * STEPS).astype(int))
    assert np.abs(built(np.round(places * steps).astype(int)) - expected).max() < 0.08 * PEAK
