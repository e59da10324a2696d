"""Schedules in Optax: `as_optax` turns a schedule into an `optax.Schedule`."""

import functools
import numbers
from typing import Any

from loganneal import _checks
from loganneal.schedules import Schedule

try:
    import jax.numpy as jnp
    import optax
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.optax needs JAX and Optax: pip install 'loganneal[optax]'") from error

__all__ = ["as_optax"]


def as_optax(schedule: Any) -> optax.Schedule:
    r"""The schedule as an `optax.Schedule`, a function from the count of updates to the learning rate.

    .. math:: count \mapsto s(\max(count, 0))

    A negative count is treated as 0, inside and outside ``jit``: `optax.join_schedules` calls its later schedules with
    such counts before their turn. The schedule itself raises for a negative step that it can see.

    Under ``jit`` a count is located in whole numbers of as many bits as JAX is set to, and the rate is JAX's default
    float. The traced program has one size, however many cycles there are.

    Args:
        schedule: Any schedule of loganneal.

    Returns:
        A function of the count, which may be a number or an array of numbers, from Python, NumPy or JAX.

    Raises:
        ValueError: If it is not a schedule of loganneal.

    >>> import loganneal as la
    >>> fall = as_optax(la.CyclicalLogAnnealing(max_lr=1e-3, cycle_steps=1_000, cycle_mult=2))
    >>> optimizer = optax.adamw(optax.join_schedules([optax.linear_schedule(0.0, 1e-3, 100), fall], [100]))
    >>> fall(-5)
    0.001
    """
    if not isinstance(schedule, Schedule):
        remedy = "A function of the count is already an optax.Schedule." if callable(schedule) else ""
        _checks.fail("as_optax", "schedule", "a schedule of loganneal", schedule, remedy)
    return functools.partial(_rate, schedule)  # pickles, as the schedule does


def _rate(schedule: Schedule, count: Any) -> Any:
    return schedule(max(count, 0) if isinstance(count, numbers.Real) else jnp.maximum(count, 0))
