"""What is worth knowing about a design besides its curve."""

from dataclasses import dataclass

import numpy as np

from loganneal.schedules import Schedule, advise
from loganneal.schedules._peak_factor import peak_factor
from loganneal.studio.fitting import ends_elsewhere
from loganneal.studio.state import Design

EXACT_STEPS = 1_000_000
"""The mean of a longer schedule is over this many steps, one drawn from each of as many equal parts of the budget."""


@dataclass(frozen=True)
class CurveFacts:
    """One curve in numbers.

    Args:
        name: Its name.
        mean_over_peak: The mean rate over the stated peak.
        last_rate: The rate of the last update.
        cycles: How many cycles begin within the budget.
        factor: Factor by which to multiply a peak that was tuned for the chosen curve, to get one for this curve; None
            if it is not known.
    """

    name: str
    mean_over_peak: float
    last_rate: float
    cycles: int
    factor: float | None


def curve_facts(design: Design) -> list[CurveFacts]:
    """The facts of the design and of the curves beside it.

    Raises:
        ValueError: The schedule is invalid.
    """
    curves = design.curves()
    tuned = curves.get(design.tuned, design.schedule)
    return [_facts(name, schedule, tuned, design.total_steps) for name, schedule in curves.items()]


def _facts(name: str, schedule: Schedule, tuned: Schedule, total: int) -> CurveFacts:
    last = schedule.last_cycle(total - 1)
    factor = 1.0 if schedule == tuned else peak_factor(tuned, schedule, total) if total > 1 else None
    cycles = 0 if last is None else last.index + 1
    return CurveFacts(name, mean_over_peak(schedule, total), float(schedule(total - 1)), cycles, factor)


def mean_over_peak(schedule: Schedule, total_steps: int) -> float:
    """The mean rate of a budget over the stated peak; exact up to `EXACT_STEPS`, otherwise to about 0.001.

    >>> from loganneal import Linear
    >>> round(mean_over_peak(Linear(0.1, total_steps=1_000), 1_000), 4)
    0.5005
    """
    if total_steps <= EXACT_STEPS:
        return float(schedule.curve(total_steps).mean() / schedule.max_lr)
    # evenly spaced steps could all fall on the same place in a short cycle
    within = np.random.default_rng(0).random(EXACT_STEPS)
    steps = ((np.arange(EXACT_STEPS) + within) * (total_steps / EXACT_STEPS)).astype(np.int64)
    return float(np.mean(schedule(steps)) / schedule.max_lr)


def advice(design: Design) -> list[str]:
    """What looks like a mistake in the durations, in sentences.

    Raises:
        ValueError: The schedule is invalid.
    """
    return advise(design.schedule, design.total_steps, design.steps_per_epoch)


def can_fit(design: Design) -> bool:
    """Whether fitting the budget would change the schedule."""
    return ends_elsewhere(design.schedule, design.total_steps)
