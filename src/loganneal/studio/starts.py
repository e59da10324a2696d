"""The schedule that a class starts with when it is chosen."""

from inspect import signature

from loganneal.schedules import (
    SCHEDULES,
    Cosine,
    InverseMomentum,
    Join,
    Linear,
    Scale,
    Schedule,
    Warmup,
)
from loganneal.studies.declare.builders import build_schedule, parameters_of, warmup_steps

LEAST = 40
"""Minimum budget that a class starts with: shorter ones have no room for two cycles and two milestones."""

WRAPPERS = ("Warmup", "Scale", "InverseMomentum")
"""Choosing one of these wraps the current schedule."""


def starting_schedule(name: str, peak: float, total_steps: int) -> Schedule:
    """The schedule of a class over a budget, as a study would build it; without a warmup if the class has none.

    Args:
        name: One of `loganneal.schedules.SCHEDULES`.
        peak: The highest rate.
        total_steps: The budget, at least 1.

    >>> starting_schedule("CyclicalCosineAnnealing", 0.1, 1_000).restarts(1_000).tolist()
    [50, 525]
    >>> starting_schedule("Linear", 0.1, 1_000)
    Linear(max_lr=0.1, total_steps=1000, min_lr=0.0)
    """
    total = max(total_steps, LEAST)
    if name == "Join":
        return Join([Cosine(peak, total // 2), Linear(peak, total - total // 2)], [total // 2])
    if name in WRAPPERS:
        return wrapped(name, Cosine(peak, total), total)
    known = parameters_of(name)
    parameters = {"cycles": 2} if "cycles" in known else {}
    if "warmup_share" in known and "warmup_steps" not in signature(SCHEDULES[name]).parameters:
        parameters["warmup_share"] = 0
    return build_schedule(name, peak, total, parameters)


def wrapped(name: str, schedule: Schedule, total_steps: int) -> Schedule:
    """A schedule within a `Warmup`, a `Scale` or an `InverseMomentum`."""
    if name == "Warmup":
        return Warmup(schedule, warmup_steps(max(total_steps, LEAST)))
    return Scale(schedule, 0.5) if name == "Scale" else InverseMomentum(schedule)
