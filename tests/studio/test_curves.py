"""What is drawn is what the library says."""

import json
import math

import numpy as np
import pytest
from every_schedule import SAMPLES

import loganneal as la
from loganneal.studio.curves import figure, reading
from loganneal.studio.facts import EXACT_STEPS, curve_facts, mean_over_peak
from loganneal.studio.state import Design


@pytest.mark.parametrize("sample", SAMPLES)
@pytest.mark.parametrize("total", [50, 1_000_000])
def test_drawn_rates_are_those_of_the_schedule(sample: str, total: int) -> None:
    """Each point of a curve is exactly the rate at its step, and the picture is JSON."""
    design = Design(SAMPLES[sample].to_dict(), total)
    curve, marks = figure(design)["data"]
    for trace in (curve, marks):
        assert [SAMPLES[sample](step) for step in trace["x"]] == pytest.approx(trace["y"], rel=1e-15)
    assert (curve["x"][0], curve["x"][-1]) == (0, total - 1)
    json.dumps(curve, allow_nan=False)


@pytest.mark.parametrize("cycles", [3, 37, 400])
def test_a_long_curve_is_thinned_and_keeps_its_restarts(cycles: int) -> None:
    """A million steps are drawn through few points, with both sides of every restart among them."""
    schedule = la.CyclicalLogAnnealing.fit(max_lr=0.1, total_steps=10**6, cycles=cycles)
    steps = figure(Design(schedule.to_dict(), 10**6))["data"][0]["x"]
    assert len(steps) <= 1_200 + 2 * cycles
    assert set(schedule.restarts(10**6)) | set(schedule.cycle_ends(10**6)) <= set(steps)


def test_every_point_says_its_epoch_and_cycle() -> None:
    """The pointer shows epochs in steps per epoch, and cycles counted from 1, with none in the warmup."""
    schedule = la.CyclicalLogAnnealing(0.1, 10, warmup_steps=5, cycles=2)
    curve = figure(Design(schedule.to_dict(), 30, 4))["data"][0]
    assert [curve["customdata"][step] for step in (0, 5, 14, 15, 25)] == [
        [0.0, "none"],
        [1.25, 1],
        [3.5, 1],
        [3.75, 2],
        [6.25, "none"],
    ]


def test_a_step_is_read() -> None:
    """The sentence has the step, the epoch, the rate and the cycle."""
    design = Design(la.CyclicalLogAnnealing(0.1, 1_000).to_dict(), 5_000, 500)
    assert reading(design, 2_000) == "Step 2,000: epoch 4.00, rate 0.1, cycle 3, from step 2,000 to 3,000."


@pytest.mark.parametrize("schedule", [la.Linear(0.1, 10**6), la.CyclicalTriangular(0.1, 2), la.Constant(0.3)])
def test_the_mean_of_a_long_schedule_is_nearly_right(schedule: la.Schedule) -> None:
    """The mean over the sampled steps is that of all steps, even if cycles are as long as the parts."""
    total = 2 * EXACT_STEPS
    assert mean_over_peak(schedule, total) == pytest.approx(schedule.curve(total).mean() / schedule.max_lr, abs=1e-3)


def test_the_factor_is_that_of_the_convex_bound() -> None:
    """A peak that was tuned with linear decay is about half for warmup-stable-decay, and not known for restarts."""
    wsd = la.WarmupStableDecay(0.1, 1_000, 0, 200)
    design = Design(
        wsd.to_dict(), 1_000, kept=(la.Linear(0.1, 1_000), la.CyclicalLogAnnealing(0.1, 500)), tuned="kept 1"
    )
    own, linear, restarting = curve_facts(design)
    assert own.factor is not None
    assert math.isclose(own.factor, 0.51, abs_tol=0.01)
    assert (linear.factor, restarting.factor) == (1.0, None)


def test_facts_are_those_of_the_curve() -> None:
    """Mean, last rate and cycles of a design are those of its curve."""
    schedule = la.CyclicalLogAnnealing(0.1, 300)
    (facts,) = curve_facts(Design(schedule.to_dict(), 1_000))
    curve = schedule.curve(1_000)
    assert (facts.mean_over_peak, facts.last_rate, facts.cycles) == (np.mean(curve) / 0.1, curve[-1], 4)
