"""What schedules that restart share: warmup, and then cycles."""

import math
from typing import Any

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._cycles import MAX_CYCLES, Cycles, Place
from loganneal.schedules._numeric import MAX_STEP, Namespace, arrays, largest, reachable, scalar
from loganneal.schedules._warmup import warmup_rate


def check_cycles(owner: str, cycle_steps: Any, cycle_mult: Any, cycles: Any) -> tuple[float, float, int | None]:
    """The checked length, growth and number of cycles, whole lengths as ints."""
    growth = _checks.number(owner, "cycle_mult", cycle_mult, 1, math.inf)
    if 1 < growth < 1.001:
        _checks.fail(owner, "cycle_mult", "1, or a number in [1.001, inf)", cycle_mult)
    count = None if cycles is None else _checks.whole(owner, "cycles", cycles, 1, MAX_CYCLES)
    first = _checks.number(owner, "cycle_steps", cycle_steps, 1, math.inf)
    if not first.is_integer():
        if growth == 1 and count is None:
            remedy = "Give a whole length, or the number of cycles."
            _checks.fail(owner, "cycle_steps", "a whole number for equal cycles without an end", cycle_steps, remedy)
        return first, growth, count
    return int(cycle_steps), growth, count


class Restarting(Schedule):
    """Warmup, then cycles; what a cycle looks like is said by subclasses in `_cycle_rate`."""

    min_lr: float
    warmup_steps: int
    warmup_init_lr: float
    _cycles: Cycles

    def _cycle_rate(self, place: Place, fraction: Any, xp: Namespace) -> Any:
        raise NotImplementedError

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        if xp is not scalar:
            return self._array_rate(whole, fraction, xp)
        tau = whole - self.warmup_steps
        if tau < 0:
            return self._warmup_rate(whole + fraction, xp)
        cycles = self._cycles
        if cycles.end is not None and tau >= cycles.end:
            return self.min_lr
        return self._cycle_rate(cycles.locate(tau, xp), fraction, xp)

    def _array_rate(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        tau = whole - reachable(self.warmup_steps, xp)
        end = min(self._cycles.end or MAX_STEP, largest(arrays(xp)))  # beyond the largest no step can lie
        rate = self._cycle_rate(self._cycles.locate(xp.minimum(xp.maximum(tau, 0), end - 1), xp), fraction, xp)
        rate = xp.where(tau >= end, self.min_lr, rate)
        return xp.where(tau < 0, self._warmup_rate(whole + fraction, xp), rate)

    def _warmup_rate(self, step: Any, xp: Namespace) -> Any:
        return warmup_rate(self.warmup_init_lr, self.max_lr, self.warmup_steps, step, xp)
