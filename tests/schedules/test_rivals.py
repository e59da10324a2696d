"""The rivals and the wrappers: where they begin, peak and end, and that nothing happens beyond."""

import json
import subprocess
import sys
from typing import Any

import mpmath
import numpy as np
import pytest
from every_schedule import SAMPLES

import loganneal as la

BEYOND_60_STEPS = ("beyond 32 bits", "warmup beyond 32 bits")
"""They reach their peaks much later."""


@pytest.mark.parametrize(("name", "schedule"), SAMPLES.items(), ids=SAMPLES)
def test_they_are_values_too(name: str, schedule: la.Schedule) -> None:
    """Round trips by JSON and repr are equal; numbers and arrays agree; the stated peak is reached and not exceeded."""
    assert la.from_dict(json.loads(json.dumps(schedule.to_dict()))) == schedule
    assert eval(repr(schedule), {**vars(la)}) == schedule
    steps = np.arange(0, 60, 0.25)
    np.testing.assert_allclose(schedule(steps), [schedule(float(step)) for step in steps], rtol=0, atol=1e-15)
    if name not in BEYOND_60_STEPS and not isinstance(schedule, la.PublishedLogAnnealing):
        assert schedule.curve(60).max() == schedule.max_lr


@pytest.mark.parametrize("total", [1, 2, 7, 100])
def test_decays_run_from_their_peak_to_their_floor_and_stay(total: int) -> None:
    """Exactly max_lr at step 0, exactly min_lr at total_steps and ever after."""
    for cls in (la.Cosine, la.Linear, la.Polynomial):
        schedule = cls(0.3, total, 0.007)
        assert (schedule(0), schedule(total), schedule(10 * total)) == (0.3, 0.007, 0.007)
        assert np.all(np.diff(schedule.curve(total + 1)) < 0)


@pytest.mark.parametrize("step", [0, 1, 13, 50, 99])
def test_decays_have_their_exact_values(step: int) -> None:
    """Against 50-digit arithmetic, to 1e-14."""
    with mpmath.workdps(50):
        q = mpmath.mpf(step) / 100
        span, floor = mpmath.mpf(0.1) - mpmath.mpf(0.01), mpmath.mpf(0.01)
        exact = {
            la.Cosine: floor + span * (1 + mpmath.cos(mpmath.pi * q)) / 2,
            la.Linear: floor + span * (1 - q),
            la.Polynomial: floor + span * (1 - q) ** 2,
        }
        for cls, value in exact.items():
            assert cls(0.1, 100, 0.01)(step) == pytest.approx(float(value), rel=1e-14)


def test_one_cycle_survives_what_others_divide_by_zero_on() -> None:
    """A rise of one step, or none, is fine, and the rate never rises after the end."""
    for share in (0.0, 0.1, 0.99):
        rates = la.OneCycle(0.1, 10, rise_share=share).curve(30)
        assert rates.max() == 0.1
        assert np.all(np.diff(rates[rates.argmax() :]) <= 0)
        assert rates[10:].tolist() == [0.1 / 25 / 1e4] * 20


def test_a_warmup_leads_to_where_its_schedule_begins() -> None:
    """The rise ends at the schedule's first rate, even if that is not the peak."""
    schedule = la.Warmup(la.OneCycle(0.1, 40), 4)
    assert schedule.curve(5).tolist() == pytest.approx([0, 0.001, 0.002, 0.003, 0.004])
    assert schedule(4 + 12) == schedule.max_lr == 0.1


def test_a_join_begins_each_part_at_its_own_first_step() -> None:
    """At a boundary the next part's step 0 is due, exactly."""
    part = la.CyclicalLogAnnealing(0.05, 7)
    schedule = la.Join([la.Linear(0.1, 10), part], [10])
    assert schedule(9) > 0
    assert schedule(10) == 0.05
    assert schedule(10 + 6.5) == part(6.5)
    assert schedule.max_lr == 0.1


CYCLES: list[tuple[la.Schedule, list[int], list[int]]] = [
    (la.CyclicalLogAnnealing(0.1, 10), [0, 10, 20], [9, 19]),
    (la.CyclicalLogAnnealing(0.1, 10, warmup_steps=3), [3, 13, 23], [12, 22]),
    (la.CyclicalLogAnnealing(0.1, 10, cycles=2), [0, 10], [9, 19]),
    (la.CyclicalLogAnnealing(0.1, 8, cycle_mult=2), [0, 8, 24], [7, 23]),
    (la.Constant(0.1), [], []),
    (la.Linear(0.1, 25), [0], [24]),
    (la.Linear(0.1, 26), [0], []),
    (la.Warmup(la.Linear(0.1, 10), 5), [5], [14]),
    (la.Join([la.CyclicalLogAnnealing(0.1, 10), la.Linear(0.1, 5)], [15]), [0, 10, 15], [9, 14, 19]),
    (la.Scale(la.CyclicalLogAnnealing(0.1, 10), 2), [0, 10, 20], [9, 19]),
    (la.InverseMomentum(la.Warmup(la.Linear(0.1, 10), 5)), [5], [14]),
    (la.WarmupStableDecay(0.1, 20, 5, 5), [5], [19]),
    (la.PublishedLogAnnealing(0.1, 0.01, 8, 1.5, warmup_steps=1), [1, 9, 21], [8, 20]),
]


@pytest.mark.parametrize(("schedule", "starts", "ends"), CYCLES)
def test_restarts_and_cycle_ends(schedule: la.Schedule, starts: list[int], ends: list[int]) -> None:
    """Below 25 steps: where cycles begin, the first included, and the last step of each that ends."""
    assert schedule.restarts(25).tolist() == starts
    assert schedule.cycle_ends(25).tolist() == ends
    assert schedule.ends_within_cycle(25) == bool(starts and (not ends or len(ends) < len(starts)))
    assert schedule.restarts(0).tolist() == schedule.cycle_ends(0).tolist() == []


@pytest.mark.parametrize("schedule", [schedule for schedule, *_ in CYCLES])
def test_a_step_is_located_in_its_cycle(schedule: la.Schedule) -> None:
    """At each step the cycle that `restarts` and `cycle_ends` give, or None outside; fractions belong to their step."""
    starts, ends = schedule.restarts(40), schedule.cycle_ends(40)
    for step in range(40):
        index = int(np.searchsorted(starts, step, side="right")) - 1
        over = index < 0 or (index < len(ends) and step > ends[index])
        cycle = schedule.locate(step)
        assert cycle == schedule.locate(step + 0.75)
        assert (cycle is None) == over
        if cycle is not None:
            assert (cycle.index, cycle.start) == (index, starts[index])
            assert index == len(ends) or cycle.end == ends[index] + 1


def test_a_cycle_is_located_far_out() -> None:
    """By a division, or by bisection, at step 1e15."""
    assert la.CyclicalLogAnnealing(0.1, 7).locate(10**15) == (10**15 // 7, 10**15 // 7 * 7, 10**15 // 7 * 7 + 7)
    growing = la.CyclicalLogAnnealing(0.1, 10, cycle_mult=3)
    index, start, end = growing.locate(10**15) or (0, 0, 0)
    assert start <= 10**15 < end
    assert growing(start) == 0.1
    assert growing.locate(end) == (index + 1, end, 10 * (3 ** (index + 2) - 1) // 2)


@pytest.mark.parametrize("step", [-1, np.nan, "3", 2**63])
def test_what_is_no_step_is_not_located(step: Any) -> None:
    """The message names the parameter and its range."""
    with pytest.raises(ValueError, match="'step' parameter of CyclicalLogAnnealing"):
        la.CyclicalLogAnnealing(0.1, 10).locate(step)


def test_epochs_become_steps() -> None:
    """Every duration is multiplied, in nested schedules too, and nothing else is."""
    inner = la.CyclicalLogAnnealing(0.1, 2.5, cycle_mult=2, warmup_steps=1, restart_warmup_share=0.2, cycles=3)
    schedule = la.Join([la.Warmup(inner, 2), la.MultiStepDecay(0.1, [3, 5]), la.InverseSquareRoot(0.1, 4)], [30, 40])
    expected = la.Join(
        [
            la.Warmup(inner.replace(cycle_steps=25, warmup_steps=10), 20),
            la.MultiStepDecay(0.1, [30, 50]),
            la.InverseSquareRoot(0.1, 40),
        ],
        [300, 400],
    )
    assert schedule.in_steps(10) == expected
    with pytest.raises(ValueError, match=r"'steps_per_epoch' parameter of Join.in_steps must be a whole number"):
        schedule.in_steps(0.5)  # type: ignore[arg-type] # that is what it refuses


def test_a_momentum_goes_against_the_rate() -> None:
    """Lowest at the peak and beyond, highest at rate 0, both exactly; the sum of the shares is 1 between."""
    rate = la.PublishedLogAnnealing(0.1, 0.001, 1000)
    momentum = la.InverseMomentum(rate, 0.8, 0.9)
    assert momentum(1) == 0.8 < momentum(999)
    cycle = la.CyclicalLogAnnealing(0.1, 10, cycles=1)
    against = la.InverseMomentum(cycle, 0.7, 0.95)
    assert (against(0), against(10)) == (0.7, 0.95)
    share = (against.curve(10) - 0.7) / 0.25
    np.testing.assert_allclose(share + cycle.curve(10) / 0.1, 1, rtol=1e-14)
    with pytest.raises(ValueError, match="'min_momentum' parameter of InverseMomentum"):
        la.InverseMomentum(cycle, 0.9, 0.8)
    with pytest.raises(ValueError, match="'factor' parameter of Scale"):
        la.Scale(cycle, 0)


def test_the_published_equation_has_the_faults_that_its_page_tells() -> None:
    """It exceeds max_lr, never reaches min_lr, and rises for a base below 1."""
    schedule = la.PublishedLogAnnealing(max_lr=1.0, min_lr=0.001, cycle_steps=1000)
    assert schedule(1) == pytest.approx(1.08, abs=0.01)
    assert schedule(999) == pytest.approx(0.58, abs=0.01)
    rising = la.PublishedLogAnnealing(max_lr=1.0, min_lr=0.001, cycle_steps=1000, base=1e-9).curve(1000)
    assert np.all(np.diff(rising[1:]) > 0)


def test_the_cost_does_not_grow_with_the_step() -> None:
    """A step of 1e12 is found by a division or by bisection of a table of tens of thousands of entries, made once."""
    schedule: Any = la.CyclicalLogAnnealing(0.1, 1, cycle_mult=1.001)
    schedule(10**12)
    table = schedule._cycles._starts
    assert len(table) < 50_000
    schedule(10**18)
    assert schedule._cycles._starts is table


def test_import_loads_no_framework() -> None:
    """`import loganneal` imports numpy and nothing else that is heavy."""
    heavy = {
        "torch", "jax", "optax", "keras", "tensorflow", "timm", "lightning", "transformers", "ray",
        "matplotlib", "plotext", "scipy", "rich",
    }  # fmt: skip
    code = "import sys, loganneal; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "numpy" in answer.stdout.split()
    assert heavy.isdisjoint(answer.stdout.split())
