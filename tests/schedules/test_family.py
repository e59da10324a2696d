"""The decays have their exact rates, however they are asked, and refuse what they cannot be."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from family_golden import FAMILY, TABLE, Golden
from hypothesis import given
from hypothesis import strategies as st

import loganneal as la

SCRIPT = Path(__file__).with_name("make_family_golden.py")

WAYS: dict[str, Callable[[Golden], float]] = {
    "int": lambda g: g.schedule(g.step),
    "float": lambda g: g.schedule(float(g.step)),
    "array": lambda g: g.schedule(np.array([g.step, 0]))[0],
    "array of floats": lambda g: g.schedule(np.array([[float(g.step)]]))[0, 0],
    "json": lambda g: la.from_dict(json.loads(json.dumps(g.schedule.to_dict())))(g.step),
    "repr": lambda g: eval(repr(g.schedule), {**vars(la)})(g.step),
}

BAD: list[tuple[type[la.Schedule], dict[str, Any], str]] = [
    (la.StepDecay, {"max_lr": 0.1, "every_steps": 0}, "every_steps"),
    (la.StepDecay, {"max_lr": 0.1, "every_steps": 2.5}, "every_steps"),
    (la.StepDecay, {"max_lr": 0.1, "every_steps": 10, "factor": 0}, "factor"),
    (la.StepDecay, {"max_lr": 0.1, "every_steps": 10, "factor": 10}, "factor"),
    (la.StepDecay, {"max_lr": math.nan, "every_steps": 10}, "max_lr"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": []}, "milestones"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": 30}, "milestones"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": "30"}, "milestones"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": [0, 3]}, r"milestones\[0\]"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": [3, 3]}, r"milestones\[1\]"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": [3, 4.5]}, r"milestones\[1\]"),
    (la.MultiStepDecay, {"max_lr": 0.1, "milestones": [3], "factor": -1}, "factor"),
    (la.ExponentialDecay, {"max_lr": 0.1, "every_steps": 0.5}, "every_steps"),
    (la.ExponentialDecay, {"max_lr": 0.1, "every_steps": 5, "factor": 1.01}, "factor"),
    (la.ExponentialDecay, {"max_lr": 0.1, "every_steps": 5, "min_lr": 0.2}, "min_lr"),
    (la.InverseSquareRoot, {"max_lr": 0.1, "warmup_steps": 0}, "timescale_steps"),
    (la.InverseSquareRoot, {"max_lr": 0.1, "warmup_steps": 5, "timescale_steps": 0}, "timescale_steps"),
    (la.InverseSquareRoot, {"max_lr": 0.1, "warmup_steps": -5}, "warmup_steps"),
    (la.InverseSquareRoot, {"max_lr": 0.1, "warmup_steps": 5, "warmup_init_lr": 0.2}, "warmup_init_lr"),
    (la.WarmupStableDecay, {"max_lr": 0.1, "total_steps": 0, "warmup_steps": 0, "decay_steps": 1}, "total_steps"),
    (la.WarmupStableDecay, {"max_lr": 0.1, "total_steps": 9, "warmup_steps": 9, "decay_steps": 1}, "warmup_steps"),
    (la.WarmupStableDecay, {"max_lr": 0.1, "total_steps": 9, "warmup_steps": 4, "decay_steps": 6}, "decay_steps"),
    (la.WarmupStableDecay, {"max_lr": 0.1, "total_steps": 9, "warmup_steps": 4, "decay_steps": 0}, "decay_steps"),
]


@pytest.mark.parametrize("way", WAYS)
def test_all_rows_are_within_the_float64_tolerance(way: str) -> None:
    """All rates are right to 1e-12, at steps up to 1e12, by number, array, JSON and repr."""
    assert len(FAMILY) == 347
    assert {type(golden.schedule) for golden in FAMILY} >= {cls for cls, _, _ in BAD}
    worst = max(FAMILY, key=lambda golden: golden.error(WAYS[way](golden)))
    assert worst.error(WAYS[way](worst)) <= 1e-12, worst


def test_jax_in_float32_is_within_its_tolerance() -> None:
    """Inside jit, in 32-bit numbers, all rates that such steps reach are right to 2e-6."""
    reached = [golden for golden in FAMILY if golden.step < 2**31 - 1]
    rates = [float(jax.jit(golden.schedule)(jnp.int32(golden.step))) for golden in reached]
    worst = max(zip(reached, rates, strict=True), key=lambda pair: pair[0].error(pair[1]))
    assert worst[0].error(worst[1]) <= 2e-6, worst
    assert len(reached) > 120


def test_the_table_is_what_its_script_writes() -> None:
    """The committed values come from the formulas alone: the script imports nothing of loganneal."""
    code = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__'); assert 'loganneal' not in sys.modules"
    written = subprocess.run(
        [sys.executable, "-c", code, str(SCRIPT)], capture_output=True, text=True, check=True
    ).stdout
    assert written == TABLE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("cls", "parameters", "name"), BAD)
def test_a_bad_parameter_names_itself(cls: Any, parameters: dict[str, Any], name: str) -> None:
    """The error has the one form: parameter, owner, what is allowed, what was given."""
    with pytest.raises(ValueError, match=rf"The '{name}' parameter of {cls.__name__} must be .*\. Got .* instead\."):
        cls(**parameters)


def test_a_misspelt_shape_is_told_the_right_one() -> None:
    """The nearest name is the remedy."""
    with pytest.raises(ValueError, match=r"Did you mean 'cosine'\?"):
        la.WarmupStableDecay(0.1, 100, 10, 20, shape="cosin")


@given(
    factor=st.sampled_from([1e-300, 1e-7, 0.1, 0.5, 0.9999, 1 - 1e-9, 1.0]) | st.floats(1e-6, 1),
    length=st.integers(1, 50) | st.integers(1, 2**33),
    steps=st.lists(st.integers(0, 2**31 - 2), min_size=8, max_size=8),
)
def test_powers_keep_their_precision_in_float32(factor: float, length: int, steps: list[int]) -> None:
    """Powers of any factor, near 1 or near 0, at any step: float32 is right to 2e-6."""
    near = [step % (5 * length) % (2**31 - 1) for step in steps]
    for schedule in (la.StepDecay(0.1, length, factor), la.ExponentialDecay(0.1, length, factor)):
        exact = schedule(np.array(steps + near))
        rates = np.asarray(schedule(jnp.array(steps + near, dtype=jnp.int32)), dtype=np.float64)
        assert np.all(np.abs(rates - exact) <= 2e-6 * np.maximum(exact, 1e-6 * schedule.max_lr))


RISING = (la.CyclicalStableDecay, la.CyclicalTriangular, la.Piecewise, la.OneCycle)
"""They rise beyond their warmup."""


@pytest.mark.parametrize("schedule", dict.fromkeys(golden.schedule for golden in FAMILY), ids=repr)
def test_rates_stay_within_their_bounds(schedule: Any) -> None:
    """No rate is above the peak or below the floor, and after the warmup none rises, to the bit."""
    rates = schedule.curve(2_000)
    warmup = getattr(schedule, "warmup_steps", 0)
    assert rates.max() <= schedule.max_lr
    assert rates.min() >= min(getattr(schedule, "min_lr", 0), getattr(schedule, "warmup_init_lr", 0))
    assert isinstance(schedule, RISING) or np.all(np.diff(rates[warmup:]) <= 0)


def test_fractions_of_a_step_belong_to_the_step_that_they_follow() -> None:
    """A quarter of a step before the fall the rate is still the plateau's, a quarter after it has fallen."""
    steps = np.array([79.75, 80.0, 80.25])
    schedule = la.WarmupStableDecay(0.1, 100, 10, 20)
    assert schedule(steps).tolist() == pytest.approx([0.1, 0.1, 0.1 - 0.1 / 80])
    assert la.StepDecay(0.1, 80)(steps).tolist() == pytest.approx([0.1, 0.01, 0.01])
    assert la.InverseSquareRoot(0.1, 80)(steps).tolist() == pytest.approx([0.0996875, 0.1, 0.1 * (80 / 80.25) ** 0.5])


def test_a_staircase_goes_along_its_exponential() -> None:
    """At the beginning of each stair both have the same rate; in between, the staircase is above."""
    stairs, smooth = la.StepDecay(0.1, 50, 0.7).curve(500), la.ExponentialDecay(0.1, 50, 0.7).curve(500)
    np.testing.assert_allclose(stairs[::50], smooth[::50], rtol=1e-14)
    assert np.all(stairs >= smooth * (1 - 1e-14))


def test_equal_distances_make_the_two_stairs_one() -> None:
    """Milestones at each multiple are the same as a decay every so many steps."""
    many = la.MultiStepDecay(0.1, np.arange(30, 300, 30), 0.5)
    assert many.curve(300).tolist() == la.StepDecay(0.1, 30, 0.5).curve(300).tolist()
    assert many.milestones[0] == 30
    assert type(many.milestones[0]) is int


def test_only_the_budget_is_a_cycle() -> None:
    """Warmup-stable-decay is one cycle from its peak to its floor; decays without an end have none."""
    schedule = la.WarmupStableDecay(0.1, 100, 10, 20)
    assert schedule.restarts(200).tolist() == [10]
    assert schedule.cycle_ends(200).tolist() == [99]
    assert schedule.restarts(10).tolist() == []
    assert schedule.ends_within_cycle(99)
    assert not schedule.ends_within_cycle(100)
    assert la.StepDecay(0.1, 30).restarts(100).tolist() == []
    assert not la.InverseSquareRoot(0.1, 30).ends_within_cycle(100)


@pytest.mark.parametrize("huge", [2**31 - 1, 2**63, 10**30])
def test_what_lies_beyond_every_step_is_not_reached(huge: int) -> None:
    """Lengths and milestones beyond the whole numbers of numpy or JAX are as good as never, and do not overflow."""
    schedules = [
        la.StepDecay(0.1, huge, 0.5),
        la.MultiStepDecay(0.1, [huge, huge + 1], 0.5),
        la.ExponentialDecay(0.1, huge, 0.5),
        la.InverseSquareRoot(0.1, 5, timescale_steps=huge),
        la.WarmupStableDecay(0.1, huge, 5, huge // 2),
    ]
    for schedule in schedules:
        rates = [schedule(5), schedule(np.array([5]))[0], float(jax.jit(schedule)(jnp.int32(5)))]
        np.testing.assert_allclose(rates, 0.1, rtol=1e-6)
