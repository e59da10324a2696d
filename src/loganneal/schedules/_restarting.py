"""What schedules that restart share: warmup, and then cycles."""

import math
from typing import Any, Self

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._cycles import MAX_CYCLES, Cycles, Place
from loganneal.schedules._fit import check_budget, check_first_cycle, check_others, check_warmup_within, parameters_of
from loganneal.schedules._numeric import MAX_STEP, Namespace, arrays, between, largest, power, reachable, scalar
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._warmup import check_warmup, warmup_rate


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


def check_restarting(owner: str, given: dict[str, Any]) -> tuple[float, float, int | None]:
    """Check the parameters that all schedules with restarts share, in place, and return what their cycles are."""
    given["max_lr"] = peak = check_peak(owner, given["max_lr"])
    given["min_lr"] = check_floor(owner, given["min_lr"], peak)
    length, growth, count = check_cycles(owner, given["cycle_steps"], given["cycle_mult"], given["cycles"])
    given.update(cycle_steps=length, cycle_mult=growth, cycles=count)
    given["peak_decay"] = _checks.number(owner, "peak_decay", given["peak_decay"], 0, 1, bounds="(]")
    steps, init_lr = check_warmup(owner, given["warmup_steps"], given["warmup_init_lr"], peak)
    given.update(warmup_steps=steps, warmup_init_lr=init_lr)
    return length, growth, count


class Restarting(Schedule):
    """Warmup, then cycles; subclasses define the rate in a cycle in `_cycle_rate`."""

    min_lr: float
    peak_decay: float = 1.0
    warmup_steps: int = 0
    warmup_init_lr: float = 0.0
    _cycles: Cycles

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        """The rate in a cycle, ``tau`` whole steps after the warmup."""
        raise NotImplementedError

    def _peak(self, cycle: Any, xp: Namespace) -> Any:
        """The peak of a cycle: ``min_lr + (max_lr - min_lr) * peak_decay**cycle``."""
        if self.peak_decay == 1:
            return self.max_lr
        return between(self.min_lr, self.max_lr, power(self.peak_decay, cycle, xp), xp)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        if xp is not scalar:
            return self._array_rate(whole, fraction, xp)
        tau = whole - self.warmup_steps
        if tau < 0:
            return self._warmup_rate(whole + fraction, xp)
        cycles = self._cycles
        if cycles.end is not None and tau >= cycles.end:
            return self.min_lr
        return self._cycle_rate(tau, cycles.locate(tau, xp), fraction, xp)

    def _array_rate(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        tau = whole - reachable(self.warmup_steps, xp)
        end = min(self._cycles.end or MAX_STEP, largest(arrays(xp)))  # no step can be beyond the largest
        inside = xp.minimum(xp.maximum(tau, 0), end - 1)
        rate = self._cycle_rate(inside, self._cycles.locate(inside, xp), fraction, xp)
        rate = xp.where(tau >= end, self.min_lr, rate)
        return xp.where(tau < 0, self._warmup_rate(whole + fraction, xp), rate)

    def _warmup_rate(self, step: Any, xp: Namespace) -> Any:
        return warmup_rate(self.warmup_init_lr, self.max_lr, self.warmup_steps, step, xp)

    @classmethod
    def fit(
        cls,
        *,
        max_lr: float,
        total_steps: int | None = None,
        epochs: float | None = None,
        steps_per_epoch: int | None = None,
        cycles: int = 1,
        cycle_mult: float = 1,
        warmup_steps: int | None = None,
        warmup_share: float | None = None,
        **others: Any,
    ) -> Self:
        r"""The schedule whose last cycle ends exactly with a budget of steps.

        .. math::
            T_0 = \frac{N - W}{k} \quad (m = 1), \qquad T_0 = \frac{(N - W) (m - 1)}{m^k - 1} \quad (m > 1)

        Cycles start at whole steps, even if :math:`T_0` is not whole: two cycles in a budget of three epochs restart at
        2.0, not at 1.5. For restarts between epochs, count in steps.

        A schedule without a number of cycles, such as `PublishedLogAnnealing`, continues forever. Its equal cycles are
        made whole; if they do not fill the budget exactly, the last one is cut off.

        Args:
            max_lr: The peak, in (0, inf).
            total_steps: :math:`N`, the budget in steps, at least 1; left out if it is given in epochs.
            epochs: The budget in epochs, above 0, together with ``steps_per_epoch``.
            steps_per_epoch: The steps of one epoch, at least 1; times the epochs it must give a whole number.
            cycles: :math:`k`, how many whole cycles the budget holds, at least 1.
            cycle_mult: :math:`m`, the ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
            warmup_steps: :math:`W`, steps of warmup, counted in the budget; 0 unless given.
            warmup_share: The share of the budget, in [0, 1), that is warmup, in place of ``warmup_steps``. It is
                rounded up, as Transformers does, and leaves at least one step.
            **others: The other parameters of the class.

        Returns:
            The schedule.

        Raises:
            ValueError: If no budget, or two, are given, the first cycle would be shorter than one step, or a parameter
                is unknown or out of its range.

        >>> from loganneal import CyclicalLogAnnealing
        >>> schedule = CyclicalLogAnnealing.fit(total_steps=70, cycles=3, cycle_mult=2, max_lr=0.1)
        >>> schedule.restarts(70).tolist(), schedule(70)
        ([0, 10, 30], 0.0)
        >>> from loganneal import PublishedLogAnnealing
        >>> schedule = PublishedLogAnnealing.fit(max_lr=0.1, min_lr=0.001, total_steps=1_000, cycles=3)
        >>> schedule.restarts(1_000).tolist()
        [0, 334, 668]
        """
        owner = f"{cls.__name__}.fit"
        names = parameters_of(cls)
        check_others(cls, owner, others, [name for name in names if name != "cycle_steps"])
        total = check_budget(owner, total_steps, epochs, steps_per_epoch)
        if "warmup_steps" not in names and (warmup_steps or warmup_share):
            _checks.fail(owner, "warmup_steps", "left out, since each cycle rises", warmup_steps or warmup_share)
        warmup = check_warmup_within(owner, warmup_steps, warmup_share, total)
        if "cycle_mult" not in names and cycle_mult != 1:
            _checks.fail(owner, "cycle_mult", "1, since its cycles are equal", cycle_mult)
        first = check_first_cycle(owner, total - warmup, cycles, cycle_mult)
        if cycle_mult == 1 and "cycles" not in names:
            first = math.ceil(first)
        given = {"cycle_steps": first, "cycle_mult": cycle_mult, "warmup_steps": warmup, "cycles": cycles}
        return cls(**{"max_lr": max_lr, **{name: given[name] for name in given if name in names}, **others})
