"""Every schedule gives the exact values of the specification, however it is asked."""

import json
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from golden import GOLDEN, Golden

import loganneal as la

WAYS: dict[str, Callable[[Golden], float]] = {
    "int": lambda g: g.schedule(g.step),
    "float": lambda g: g.schedule(float(g.step)),
    "numpy integer": lambda g: g.schedule(np.int64(g.step)),
    "numpy float": lambda g: g.schedule(np.float64(g.step)),
    "array": lambda g: g.schedule(np.array([g.step, 0]))[0],
    "array of floats": lambda g: g.schedule(np.array([[float(g.step)]]))[0, 0],
    "json": lambda g: la.from_dict(json.loads(json.dumps(g.schedule.to_dict())))(g.step),
    "repr": lambda g: eval(repr(g.schedule), {**vars(la)})(g.step),
}


@pytest.mark.parametrize("way", WAYS)
def test_all_rows_are_within_the_float64_tolerance(way: str) -> None:
    """All 340 rates are right to 1e-12, at steps up to 1.1e12, by number, array, JSON and repr."""
    assert len(GOLDEN) == 340
    worst = max(GOLDEN, key=lambda golden: golden.error(WAYS[way](golden)))
    assert worst.error(WAYS[way](worst)) <= 1e-12, worst


def test_numbers_are_answered_by_plain_floats() -> None:
    """The rate at a number is a Python float, which every framework accepts."""
    assert {type(way(GOLDEN[0])) for name, way in WAYS.items() if "array" not in name} == {float}


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_jax_in_float32_is_within_its_tolerance(part: int) -> None:
    """Inside jit, in 32-bit numbers, all rates that such steps reach are right to 2e-6: cycles are located exactly."""
    rows = [golden for golden in GOLDEN if golden.step < 2**31 - 1][part::4]
    assert len(rows) > 75
    together = jax.jit(lambda steps: [golden.schedule(step) for golden, step in zip(rows, steps, strict=True)])
    rates = together([jnp.int32(golden.step) for golden in rows])
    worst = max(zip(rows, rates, strict=True), key=lambda pair: pair[0].error(float(pair[1])))
    assert worst[0].error(float(worst[1])) <= 2e-6, worst


def test_jax_arrays_are_answered_in_their_own_namespace() -> None:
    """A JAX array gives a JAX array of its shape; a grid under vmap, the same."""
    schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=7, cycle_mult=2)
    steps = jnp.arange(12).reshape(3, 4)
    rates = schedule(steps)
    assert isinstance(rates, jax.Array)
    np.testing.assert_allclose(rates, schedule(np.arange(12)).reshape(3, 4), rtol=2e-6)
    np.testing.assert_allclose(jax.vmap(jax.vmap(schedule))(steps), rates, rtol=2e-6)


def test_traced_steps_out_of_range_are_clipped() -> None:
    """A traced value cannot be inspected, so a negative step is taken as 0; a known one is refused."""
    schedule = la.CyclicalLogAnnealing(max_lr=0.1, cycle_steps=7)
    assert float(jax.jit(schedule)(jnp.int32(-3))) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="'step' parameter"):
        schedule(jnp.array([-3]))
