"""Schedules made of schedules: a warmup before one, and several in sequence."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._numeric import MAX_STEP, between
from loganneal.schedules._parameters import check_warmup


def check_schedule(owner: str, name: str, value: Any) -> Schedule:
    """Return ``value``, or raise unless it is a schedule."""
    if not isinstance(value, Schedule):
        _checks.fail(owner, name, "a schedule of loganneal", value)
    return value


class Warmup(Schedule):
    """A line up to where a schedule begins, and then the schedule.

    Args:
        schedule: The schedule; its step 0 comes at ``warmup_steps``.
        warmup_steps: The whole steps of the rise, 0 or more.
        warmup_init_lr: The rate of step 0, from 0 to the first rate of the schedule.

    >>> from loganneal import Cosine
    >>> schedule = Warmup(Cosine(0.1, total_steps=90), warmup_steps=10)
    >>> schedule(0), schedule(5), schedule(10), schedule(100)
    (0.0, 0.05, 0.1, 0.0)
    """

    schedule: Schedule
    warmup_steps: int
    warmup_init_lr: float

    def __init__(self, schedule: Schedule, warmup_steps: int, warmup_init_lr: float = 0.0) -> None:
        owner = type(self).__name__
        inner = check_schedule(owner, "schedule", schedule)
        steps, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, inner(0))
        self._set(schedule=inner, warmup_steps=steps, warmup_init_lr=init_lr)
        vars(self).update(max_lr=inner.max_lr)

    def _rate(self, whole: Any, fraction: Any, xp: Any) -> Any:
        rate = self.schedule._rate(xp.maximum(whole - self.warmup_steps, 0), fraction, xp)
        share = (whole + fraction) / max(self.warmup_steps, 1)
        warm = between(self.warmup_init_lr, self.schedule(0), share, xp)
        return xp.where(whole < self.warmup_steps, warm, rate)

    def _cycle_spans(self, limit: int) -> npt.NDArray[np.int64]:
        return self.schedule._cycle_spans(max(limit - self.warmup_steps, 0)) + self.warmup_steps


class Join(Schedule):
    """Schedules one after the other, each from its own step 0.

    Args:
        schedules: Two or more schedules.
        boundaries: The steps at which the second and later ones begin, rising, whole, one fewer than the schedules.

    >>> from loganneal import Constant, Linear
    >>> schedule = Join([Constant(0.1), Linear(0.1, total_steps=50)], boundaries=[50])
    >>> schedule(49), schedule(75), schedule(100)
    (0.1, 0.05, 0.0)
    """

    schedules: tuple[Schedule, ...]
    boundaries: tuple[int, ...]

    def __init__(self, schedules: Sequence[Schedule], boundaries: Sequence[int]) -> None:
        owner = type(self).__name__
        parts = tuple(check_schedule(owner, f"schedules[{i}]", part) for i, part in enumerate(schedules))
        if not parts or len(boundaries) != len(parts) - 1:
            allowed = f"a list of {max(len(parts) - 1, 0)} steps, one fewer than the schedules"
            _checks.fail(owner, "boundaries", allowed, list(boundaries))
        bounds: list[int] = []
        for i, bound in enumerate(boundaries):
            bounds.append(_checks.whole(owner, f"boundaries[{i}]", bound, bounds[-1] + 1 if bounds else 1))
        self._set(schedules=parts, boundaries=tuple(bounds))
        vars(self).update(max_lr=max(part.max_lr for part in parts))

    def _rate(self, whole: Any, fraction: Any, xp: Any) -> Any:
        rate = self.schedules[0]._rate(whole, fraction, xp)
        for start, part in zip(self.boundaries, self.schedules[1:], strict=True):
            own = part._rate(xp.maximum(whole - start, 0), fraction, xp)
            rate = xp.where(whole >= start, own, rate)
        return rate

    def _cycle_spans(self, limit: int) -> npt.NDArray[np.int64]:
        begins = (0, *self.boundaries)
        ends = (*self.boundaries, MAX_STEP)
        return np.concatenate(
            [
                np.minimum(part._cycle_spans(max(min(end, limit) - begin, 0)) + begin, end)
                for part, begin, end in zip(self.schedules, begins, ends, strict=True)
            ]
        )
