"""What JAX does with a schedule: steps that are known while something is traced, and lengths beyond its 32 bits."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import loganneal as la

COSINE = la.CyclicalCosineAnnealing(0.1, cycle_steps=4)

TRANSFORMED: dict[str, Callable[[Callable[[], Any]], Any]] = {
    "jit": lambda rate: jax.jit(lambda x: x * rate())(1.0),
    "grad": lambda rate: jax.grad(lambda x: x * rate())(1.0),
    "cond": lambda rate: jax.lax.cond(True, rate, lambda: jnp.zeros(())),
    "scan": lambda rate: jax.lax.scan(lambda total, _: (total + rate(), None), 0.0, None, length=1)[0],
    "vmap": lambda rate: jax.vmap(lambda x: x * rate())(jnp.ones(1))[0],
}


@pytest.mark.parametrize("transform", TRANSFORMED.values(), ids=TRANSFORMED)
def test_a_step_that_is_known_within_a_transformation(transform: Callable[[Callable[[], Any]], Any]) -> None:
    """A count that a traced function closes over has its rate there too, and a negative one is refused."""
    known, negative = jnp.int32(3), jnp.int32(-3)
    assert float(transform(lambda: COSINE(known))) == pytest.approx(COSINE(3), rel=2e-6)
    with pytest.raises(ValueError, match="'step' parameter of CyclicalCosineAnnealing"):
        transform(lambda: COSINE(negative))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("length", [2**31 - 1, 4 * 10**9, 10**12])
def test_a_rise_beyond_the_counts_of_32_bits(share: float, length: int) -> None:
    """Within a cycle longer than every count, the rate is on its rise where it should be."""
    steps = np.array([0, 1, 10**6, 10**9, 2**31 - 2])
    for cls in (la.CyclicalLinearAnnealing, la.CyclicalLogAnnealing):
        schedule = cls(1.0, length, restart_warmup_share=share)
        np.testing.assert_allclose(jax.jit(schedule)(jnp.asarray(steps)), schedule(steps), rtol=2e-6, atol=1e-12)


def test_a_short_fall_after_a_long_rise() -> None:
    """The steps of the fall are counted in whole numbers: float32 cannot tell the last steps of 2**30 apart."""
    length = 2**30 + 10
    schedule = la.CyclicalLogAnnealing(1.0, length, base=1000.0, restart_warmup_share=2**30 / length)
    steps = np.arange(2**30, length)
    np.testing.assert_allclose(jax.jit(schedule)(jnp.asarray(steps)), schedule(steps), rtol=2e-6, atol=2e-12)
