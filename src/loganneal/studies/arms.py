"""The schedules that a comparison can put side by side."""

from collections.abc import Callable
from dataclasses import dataclass

import loganneal as la

WARMUP_SHARE = 0.05
"""Share of all steps spent warming up, alike in every arm."""

RESTART_CYCLES = 2
"""Cycles of the arms with restarts."""

Build = Callable[[float, int], la.Schedule]


@dataclass(frozen=True)
class Arm:
    """One schedule under comparison.

    Args:
        name: Its name on the command line.
        title: Its name in tables and figures.
        colour: The colour of its curves, legible on white and on black.
        build: Gives the schedule from a peak rate and a number of steps.
    """

    name: str
    title: str
    colour: str
    build: Build


def warmup_steps(steps: int) -> int:
    """Whole number of warmup steps in a run of `steps`, at least one.

    >>> warmup_steps(100), warmup_steps(8)
    (5, 1)
    """
    return max(1, round(WARMUP_SHARE * steps))


def _log(base: float, cycles: int) -> Build:
    return lambda peak, steps: la.CyclicalLogAnnealing.fit(
        total_steps=steps, cycles=cycles, max_lr=peak, warmup_steps=warmup_steps(steps), base=base
    )


def _cosine_restarts(peak: float, steps: int) -> la.Schedule:
    return la.CyclicalCosineAnnealing.fit(
        total_steps=steps, cycles=RESTART_CYCLES, max_lr=peak, warmup_steps=warmup_steps(steps)
    )


def _cosine(peak: float, steps: int) -> la.Schedule:
    warmup = warmup_steps(steps)
    return la.Warmup(la.Cosine(peak, steps - warmup), warmup)


def _linear(peak: float, steps: int) -> la.Schedule:
    warmup = warmup_steps(steps)
    return la.Warmup(la.Linear(peak, steps - warmup), warmup)


def _constant(peak: float, steps: int) -> la.Schedule:
    return la.Warmup(la.Constant(peak), warmup_steps(steps))


def _one_cycle(peak: float, steps: int) -> la.Schedule:
    """Its own rise stands for the warmup."""
    return la.OneCycle(peak, steps)


_ALL = (
    Arm("cla", "CLA (base 10, 2 cycles)", "#e0512f", _log(10.0, RESTART_CYCLES)),
    Arm("cosine", "Cosine", "#808890", _cosine),
    Arm("sgdr", "SGDR (2 cycles)", "#159a80", _cosine_restarts),
    Arm("linear", "Linear", "#3b82d6", _linear),
    Arm("one-cycle", "One-cycle", "#9a5fd6", _one_cycle),
    Arm("cla-1", "CLA (base 10, 1 cycle)", "#d9902f", _log(10.0, 1)),
    Arm("cla-late", "CLA (base 0.1, 1 cycle)", "#c9408c", _log(0.1, 1)),
    Arm("constant", "Constant", "#94723f", _constant),
)

ARMS: dict[str, Arm] = {arm.name: arm for arm in _ALL}
"""Every arm by its name.

>>> ARMS["cosine"].build(0.5, 100)(5)
0.5
"""

DEFAULT_ARMS = ("cla", "cosine", "sgdr", "linear", "one-cycle")
"""The arms of a comparison that names none."""


def mean_rate_over_peak(arm: Arm, steps: int) -> float:
    """Area under the arm's curve: mean of the rate over the peak rate, in [0, 1].

    >>> round(mean_rate_over_peak(ARMS["constant"], 100), 2)
    0.97
    """
    return float(arm.build(1.0, steps).curve(steps).mean())
