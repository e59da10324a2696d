"""Schedules as Optax schedules: exact, of one traced size, resumed by their count, and before their turn."""

import importlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from every_schedule import SAMPLES
from family_golden import FAMILY
from golden import GOLDEN, Golden

import loganneal as la
from loganneal.optax import as_optax

# where JAX has it: it was experimental at first
enable_x64 = jax.enable_x64 if hasattr(jax, "enable_x64") else importlib.import_module("jax.experimental").enable_x64

SCHEDULE = la.CyclicalLogAnnealing(0.1, 7, cycle_mult=2, warmup_steps=3)
PARAMETERS = jnp.ones(3)
EXACT = GOLDEN + FAMILY


def error(golden: Golden) -> float:
    """The error of the rate that Optax's own transformation uses at the count of an exact value."""
    state = optax.ScaleByScheduleState(count=jnp.asarray(golden.step))
    scaled, _ = optax.scale_by_schedule(as_optax(golden.schedule)).update(jnp.ones(()), state)
    return golden.error(float(scaled))


def rates(
    optimizer: optax.GradientTransformation, state: optax.OptState, steps: int
) -> tuple[list[float], optax.OptState]:
    """The rates of plain gradient descent, read off its updates to a gradient of ones."""
    update = jax.jit(optimizer.update)
    used = []
    for _ in range(steps):
        updates, state = update(PARAMETERS, state, PARAMETERS)
        used.append(-float(updates[0]))
    return used, state


def test_gradient_descent_follows_the_schedule_and_resumes_by_its_count() -> None:
    """The rates of a jitted optimizer are the schedule's, from a saved state too."""
    optimizer = optax.sgd(as_optax(SCHEDULE))
    first, state = rates(optimizer, optimizer.init(PARAMETERS), 20)
    rest, _ = rates(optimizer, state, 20)
    np.testing.assert_allclose(first + rest, SCHEDULE.curve(40), rtol=2e-6)


def test_the_count_alone_resumes() -> None:
    """At every cut, a fresh state with its count set continues with the rates that were due."""
    optimizer = optax.scale_by_schedule(as_optax(SCHEDULE))
    due = SCHEDULE.curve(31)
    for cut in range(30):
        rest, _ = rates(optimizer, optax.ScaleByScheduleState(count=jnp.int32(cut)), 2 if cut < 29 else 1)
        np.testing.assert_allclose(-np.array(rest), due[cut : cut + len(rest)], rtol=2e-6)


@pytest.mark.slow
def test_all_exact_values_in_float32() -> None:
    """Counts of 32 bits: all rates that they reach, of every schedule, are right to 2e-6."""
    reached = [golden for golden in EXACT if golden.step < 2**31 - 1]
    assert len(reached) > 420
    assert max(map(error, reached)) <= 2e-6


@pytest.mark.slow
def test_all_exact_values_in_float64() -> None:
    """Counts of 64 bits, up to 1e12: all rates of every schedule are right to 1e-12."""
    with enable_x64(True):
        assert jnp.asarray(0).dtype == jnp.int64
        assert max(map(error, EXACT)) <= 1e-12


def test_a_jitted_count_of_64_bits_finds_its_restart() -> None:
    """Under jit, 1e12 cycles of three steps later the peak is due, and one step later it is not."""
    with enable_x64(True):
        schedule = jax.jit(la.CyclicalLogAnnealing(0.1, 3))
        assert float(schedule(jnp.int64(3 * 10**12))) == 0.1
        assert float(schedule(jnp.int64(3 * 10**12 + 1))) < 0.1


def test_hyperparameters_show_the_rate() -> None:
    """Under inject_hyperparams the current rate is in the state."""
    optimizer = optax.inject_hyperparams(optax.adamw)(learning_rate=as_optax(SCHEDULE))
    state = optimizer.init(PARAMETERS)
    for step in range(12):
        _, state = jax.jit(optimizer.update)(PARAMETERS, state, PARAMETERS)
        assert float(state.hyperparams["learning_rate"]) == pytest.approx(SCHEDULE(step), rel=2e-6)


@pytest.mark.parametrize("schedule", SAMPLES.values(), ids=SAMPLES)
def test_every_schedule_under_jit(schedule: la.Schedule) -> None:
    """An array of counts, traced, has the rates of the curve, whatever the schedule."""
    rates = np.asarray(jax.jit(as_optax(schedule))(jnp.arange(60)))
    np.testing.assert_allclose(rates, schedule.curve(60), rtol=2e-6, atol=2e-12 * schedule.max_lr)


def test_scan_and_vmap() -> None:
    """Inside scan, and over a batch of counts, the rates are those of the curve."""
    _, scanned = jax.lax.scan(lambda count, _: (count + 1, SCHEDULE(count)), jnp.int32(0), length=40)
    np.testing.assert_allclose(scanned, SCHEDULE.curve(40), rtol=2e-6)
    np.testing.assert_allclose(jax.vmap(SCHEDULE)(jnp.arange(40)), SCHEDULE.curve(40), rtol=2e-6)


@pytest.mark.parametrize("growth", [1, 1.01, 2])
def test_the_traced_program_does_not_grow_with_the_cycles(growth: float) -> None:
    """3 cycles, 300, and as many as there are steps take the same operations, and text but for digits of numbers."""
    endings = [3, 300, None]
    programs = [
        jax.make_jaxpr(la.CyclicalLogAnnealing(0.1, 10, cycle_mult=growth, cycles=k))(jnp.int32(0)) for k in endings
    ]
    assert len({len(program.eqns) for program in programs}) == 1
    sizes = [len(str(program)) for program in programs]
    assert max(sizes) < 1.03 * min(sizes)


def test_steps_beyond_two_to_the_24_are_told_apart() -> None:
    """Float32 cannot tell 2**24 from 2**24 + 1; a restart that falls there is found."""
    schedule = la.CyclicalLogAnnealing(0.1, 2**24 + 1)
    before, restart = jax.jit(jax.vmap(schedule))(jnp.array([2**24, 2**24 + 1]))
    assert float(restart) == pytest.approx(0.1)
    assert float(before) < 1e-6


BEYOND = [
    la.Cosine(0.1, 2**40),
    la.Linear(0.1, 2**31 + 10),
    la.OneCycle(0.1, 2**50),
    la.Warmup(la.Cosine(0.1, 2**40), 2**35),
    la.Join([la.Linear(0.1, 2**33), la.Constant(0.2)], [2**45]),
    la.CyclicalLogAnnealing(0.1, 2**40, warmup_steps=2**33, warmup_init_lr=0.01),
    la.Scale(la.CyclicalCosineAnnealing(0.1, 2**32, warmup_steps=2**31), 0.5),
    la.InverseMomentum(la.Polynomial(0.1, 2**32)),
]


@pytest.mark.parametrize("schedule", BEYOND, ids=repr)
def test_durations_beyond_the_counts_of_32_bits(schedule: la.Schedule) -> None:
    """A budget, a warmup or a boundary that no count of 32 bits reaches is not an error, and the rates are right."""
    steps = np.array([0, 1, 10**6, 2**30, 2**31 - 2])
    np.testing.assert_allclose(jax.jit(schedule)(jnp.asarray(steps)), schedule(steps), rtol=2e-6)


KNOWN = jnp.int32(4)
"""A step whose value can be read, while other things are traced."""

AROUND: dict[str, Callable[[Callable[[Any], Any]], Any]] = {
    "jit": lambda rate: jax.jit(lambda x: x * rate(KNOWN))(1.0),
    "grad": lambda rate: jax.grad(lambda x: x * rate(KNOWN))(1.0),
    "vmap": lambda rate: jax.vmap(lambda x: x * rate(KNOWN))(jnp.ones(2))[0],
    "cond": lambda rate: jax.lax.cond(True, lambda: rate(KNOWN) * 1.0, lambda: 0.0),
    "scan": lambda rate: jax.lax.scan(lambda sum_, _: (sum_ + rate(KNOWN), None), 0.0, None, length=3)[0] / 3,
    "an array of numpy": lambda rate: jax.jit(lambda x: x * rate(np.array(4)))(1.0),
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("rate", [SCHEDULE, as_optax(SCHEDULE)], ids=["schedule", "as_optax"])
def test_a_known_step_while_something_is_traced(rate: Any, around: Callable[[Any], Any]) -> None:
    """JAX stages operations on known arrays, too: no error, and the rate of the step."""
    assert float(around(rate)) == pytest.approx(SCHEDULE(4), rel=1e-6)


def test_apply_if_finite_outside_jit() -> None:
    """Optax itself puts the known count into a `cond` there; updates that are not finite do not count."""
    optimizer = optax.apply_if_finite(optax.sgd(as_optax(SCHEDULE)), max_consecutive_errors=3)
    state, used = optimizer.init(PARAMETERS), []
    for gradient in (1.0, jnp.nan, 1.0, 1.0, 1.0):
        updates, state = optimizer.update(jnp.full(3, gradient), state, PARAMETERS)
        used.append(-float(updates[0]))
    assert used == pytest.approx([SCHEDULE(0), 0.0, SCHEDULE(1), SCHEDULE(2), SCHEDULE(3)], rel=1e-6)


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("count", [-3, np.int64(-3), np.array(-3), jnp.int32(-3), jnp.array([-3, 0])], ids=repr)
def test_a_negative_count_is_taken_for_0(count: Any, compiled: bool) -> None:
    """Inside `jit` and outside; the schedule itself refuses one that it can see."""
    rate = as_optax(la.Linear(0.1, 10))
    assert np.ravel((jax.jit(rate) if compiled else rate)(count)).tolist() == pytest.approx([0.1] * np.size(count))
    with pytest.raises(ValueError, match="The 'step' parameter of Linear must be"):
        la.Linear(0.1, 10)(count)


@pytest.mark.parametrize("compiled", [False, True])
def test_a_schedule_that_is_joined(compiled: bool) -> None:
    """`optax.join_schedules` asks its later schedules for negative counts before their turn."""
    joined = optax.join_schedules([optax.linear_schedule(0.0, 0.1, 5), as_optax(SCHEDULE)], [5])
    rate = jax.jit(joined) if compiled else joined
    assert [float(rate(t)) for t in range(20)] == pytest.approx(
        [0.02 * t for t in range(5)] + SCHEDULE.curve(15).tolist(), rel=1e-5
    )


def test_what_as_optax_makes_can_be_pickled() -> None:
    """Like the schedule, for a program of several processes."""
    assert pickle.loads(pickle.dumps(as_optax(SCHEDULE)))(4) == SCHEDULE(4)


def test_what_is_no_schedule_is_refused() -> None:
    """The error for a function says that it needs no wrapping."""
    with pytest.raises(ValueError, match=r"'schedule' parameter of as_optax.*is already an optax\.Schedule\.$"):
        as_optax(lambda count: 0.1)
    with pytest.raises(ValueError, match="'schedule' parameter of as_optax"):
        as_optax(0.1)


def test_a_missing_framework_is_told_in_one_sentence() -> None:
    """Without Optax, the extra that brings it is named; the schedules themselves need neither it nor JAX."""
    code = "import sys, loganneal; assert 'jax' not in sys.modules; sys.modules['optax'] = None; import loganneal.optax"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    sentence = "ModuleNotFoundError: loganneal.optax needs JAX and Optax: pip install 'loganneal[optax]'"
    assert answer.stderr.strip().endswith(sentence)
