"""The equation of the paper, literally."""

import math
from typing import Any

from loganneal import _checks
from loganneal.schedules._cycles import Cycles, Place, Segment
from loganneal.schedules._numeric import Namespace
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._restarting import Restarting, check_cycles
from loganneal.schedules._warmup import check_warmup


class PublishedLogAnnealing(Restarting):
    r"""The equation of the paper as printed, kept so that it can be run, plotted and compared.

    .. math::
        \eta = \left| \eta_{min} + \frac{\eta_{max} - \eta_{min}}{2}
        \left(1 + \log_b \frac{\pi T_i}{T_{cur}}\right) \right|

    with :math:`T_{cur}` taken as at least 1. It has no bounds: with ``b = 1000`` it runs from about 1.08 to 0.58 of
    ``max_lr`` over a cycle of 1000 steps and never reaches ``min_lr``; with a small base it exceeds ``max_lr``, and
    with a base below 1 it rises. `CyclicalLogAnnealing` is the rule modified to stay within its bounds.

    Args:
        max_lr: :math:`\eta_{max}`, in (0, inf).
        min_lr: :math:`\eta_{min}`, in [0, max_lr].
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); whole if ``cycle_mult`` is 1.
        cycle_mult: The ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
        base: :math:`b`, in (0, inf) but not 1; None for ``1 / min_lr``, which needs a floor above 0 and other than 1.
        warmup_steps: Whole steps of linear rise to ``max_lr`` before the first cycle.
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

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        _, elapsed, _, _, _, fall = place
        since = xp.maximum(elapsed + fraction, 1)
        logarithm = xp.log(math.pi * fall / since) / vars(self)["_log_base"]
        return xp.abs(self.min_lr + (self.max_lr - self.min_lr) / 2 * (1 + logarithm))
