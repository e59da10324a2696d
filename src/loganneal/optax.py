"""Schedules in Optax: a schedule is itself an `optax.Schedule`; `as_optax` says so and checks it."""

from typing import Any

from loganneal import _checks
from loganneal.schedules import Schedule

try:
    import optax
except ModuleNotFoundError as error:
    raise ModuleNotFoundError("loganneal.optax needs JAX and Optax: pip install 'loganneal[optax]'") from error


def as_optax(schedule: Any) -> optax.Schedule:
    """The schedule as an `optax.Schedule`, a function from the count of updates to the rate: the schedule itself.

    Under `jit` a count is located in whole numbers, as many bits as JAX is set to, and the rate has JAX's default
    float. The traced program has one size, however many cycles there are.

    Args:
        schedule: Any schedule of loganneal.

    Raises:
        ValueError: If it is no schedule of loganneal.

    >>> import loganneal as la
    >>> optimizer = optax.adamw(as_optax(la.CyclicalLogAnnealing(max_lr=1e-3, cycle_steps=1_000, cycle_mult=2)))
    """
    if not isinstance(schedule, Schedule):
        remedy = "A function of the count is an optax.Schedule as it stands." if callable(schedule) else ""
        _checks.fail("as_optax", "schedule", "a schedule of loganneal", schedule, remedy)
    return schedule
