"""The equation of the paper, literally."""

import math
from typing import Any, Self

from loganneal import _checks
from loganneal.schedules._cycles import Cycles, Place, Segment
from loganneal.schedules._fit import check_budget, check_first_cycle, check_names, check_warmup_within, parameters_of
from loganneal.schedules._numeric import Namespace
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._restarting import Restarting, check_cycles
from loganneal.schedules._warmup import check_warmup


class PublishedLogAnnealing(Restarting):
    r"""The equation of the paper as it was printed, kept so that it can be run, plotted and compared.

    .. math::
        \eta = \left| \eta_{min} + \frac{\eta_{max} - \eta_{min}}{2}
        \left(1 + \log_b \frac{\pi T_i}{T_{cur}}\right) \right|

    with :math:`T_{cur}` taken as at least 1. It has no bounds: with ``b = 1000`` it runs from about 1.08 to 0.58 of
    ``max_lr`` over a cycle of 1000 steps and never reaches ``min_lr``; with a small base it exceeds ``max_lr``, and
    with a base below 1 it rises. `CyclicalLogAnnealing` is the rule made to keep to its bounds.

    Args:
        max_lr: :math:`\eta_{max}`, in (0, inf).
        min_lr: :math:`\eta_{min}`, in [0, max_lr].
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); whole if ``cycle_mult`` is 1.
        cycle_mult: The length of a cycle over that of the one before: 1, or in [1.001, inf).
        base: :math:`b`, in (0, inf) but not 1; None for ``1 / min_lr``, which needs a floor above 0 and other than 1.
        warmup_steps: Whole steps that rise on a line to ``max_lr`` before the first cycle.
        warmup_init_lr: The rate of step 0 of the warmup, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = PublishedLogAnnealing(max_lr=0.1, min_lr=0.001, cycle_steps=1000)
    >>> [round(schedule(step), 4) for step in (1, 999)]
    [0.1082, 0.0587]

    Source: Naveen, arXiv:2403.14685, the paper's learning-rate rule.
    """

    base: float | None

    def __init__(
        self,
        max_lr: float,
        min_lr: float,
        cycle_steps: float,
        cycle_mult: float = 1,
        base: float | None = None,
        warmup_steps: int = 0,
        warmup_init_lr: float = 0.0,
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        floor = check_floor(owner, min_lr, peak)
        length, growth, _ = check_cycles(owner, cycle_steps, cycle_mult, None)
        chosen = None if base is None else _checks.number(owner, "base", base, 0, math.inf, bounds="()")
        if chosen == 1 or (chosen is None and floor in (0, 1)):
            remedy = f"It is 1 / min_lr unless given, and min_lr is {floor:g}." if chosen is None else ""
            _checks.fail(owner, "base", "a number in (0, inf) other than 1", base, remedy)
        steps, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, peak)
        cycles = Cycles(length, growth, None)
        self._set(
            (Segment(cycles, steps),),
            max_lr=peak,
            min_lr=floor,
            cycle_steps=length,
            cycle_mult=growth,
            base=chosen,
            warmup_steps=steps,
            warmup_init_lr=init_lr,
        )
        log_base = -math.log(floor) if chosen is None else math.log(chosen)
        vars(self).update(_cycles=cycles, _log_base=log_base)

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
        r"""The schedule whose first cycles fill a budget of steps; equal cycles are made whole, since it has no end.

        Args:
            max_lr: :math:`\eta_{max}`.
            total_steps: The budget in steps, at least 1; left out where it is given in epochs.
            epochs: The budget in epochs, above 0, together with ``steps_per_epoch``.
            steps_per_epoch: The steps of one epoch, at least 1; times the epochs it must give a whole number.
            cycles: How many cycles the budget holds; if it cannot hold them whole, the last one is cut off.
            cycle_mult: The growth of the cycles.
            warmup_steps: Steps of warmup, counted in the budget; 0 unless given.
            warmup_share: The share of the budget, in [0, 1), that is warmup, in place of ``warmup_steps``; rounded up.
            **others: The other parameters of the class, ``min_lr`` among them.

        Returns:
            The schedule.

        Raises:
            ValueError: If no budget, or two, are given, the first cycle would be shorter than one step, or a parameter
                is unknown or out of its range.

        >>> PublishedLogAnnealing.fit(max_lr=0.1, min_lr=0.001, total_steps=1_000, cycles=3).restarts(1_000).tolist()
        [0, 334, 668]
        """
        owner = f"{cls.__name__}.fit"
        total = check_budget(owner, total_steps, epochs, steps_per_epoch)
        warmup = check_warmup_within(owner, warmup_steps, warmup_share, total)
        names = parameters_of(cls)
        check_names(owner, others, [name for name in names if name != "cycle_steps"])
        first = check_first_cycle(owner, total - warmup, cycles, cycle_mult)
        length = math.ceil(first) if cycle_mult == 1 else first
        return cls(
            **{"max_lr": max_lr, "cycle_steps": length, "cycle_mult": cycle_mult, "warmup_steps": warmup, **others}
        )

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        _, elapsed, _, _, _, fall = place
        since = xp.maximum(elapsed + fraction, 1)
        logarithm = xp.log(math.pi * fall / since) / vars(self)["_log_base"]
        return xp.abs(self.min_lr + (self.max_lr - self.min_lr) / 2 * (1 + logarithm))
