"""Triangular cycles, the cyclical learning rates of Smith."""

from typing import Any

from loganneal import _checks
from loganneal.schedules._cycles import Cycles, Place, Segment
from loganneal.schedules._decays import power
from loganneal.schedules._numeric import Namespace, between
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._restarting import Restarting, check_cycles

MODES = ("triangular", "triangular2", "exp_range")


class CyclicalTriangular(Restarting):
    r"""Cyclical learning rates: a linear rise and a linear fall, again and again.

    .. math::
        \eta = \eta_{min} + (\eta_{max} - \eta_{min}) \, a \, h, \qquad h = \begin{cases}
        T_{cur} / u & T_{cur} < u \\ (T - T_{cur}) / (T - u) & T_{cur} \ge u \end{cases}

    with the rise :math:`u = \min(\lfloor s T + 1/2 \rfloor, T - 1)`, and the amplitude :math:`a` of the mode in cycle
    :math:`i`, at step :math:`t`:

    =================  ==================
    ``"triangular"``   :math:`1`
    ``"triangular2"``  :math:`1 / 2^i`
    ``"exp_range"``    :math:`\gamma^t`
    =================  ==================

    These are the cycles of ``torch.optim.lr_scheduler.CyclicLR``, with ``base_lr = min_lr``, ``step_size_up = u`` and
    ``step_size_down = T - u``. Unlike there, restarts are decided in whole numbers.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf); with "exp_range" and a factor below 1 it is not reached.
        cycle_steps: :math:`T`, the steps of a cycle, in [1, inf); whole, unless ``cycles`` are given.
        min_lr: :math:`\eta_{min}`, where cycles begin and end, in [0, max_lr].
        rise_share: :math:`s`, the share of a cycle that rises, in [0, 1).
        mode: "triangular", "triangular2" or "exp_range".
        gamma: :math:`\gamma`, the factor of each step, in (0, 1], for the mode "exp_range" and no other.
        cycles: How many cycles there are, at most a million, before the rate stays at ``min_lr``; None for no end.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = CyclicalTriangular(max_lr=0.1, cycle_steps=10, mode="triangular2")
    >>> [round(schedule(step), 4) for step in (0, 4, 5, 6, 10, 15)]
    [0.0, 0.08, 0.1, 0.08, 0.0, 0.05]

    Source: Smith, "Cyclical Learning Rates for Training Neural Networks", arXiv:1506.01186.
    """

    cycle_steps: float
    rise_share: float
    mode: str
    gamma: float
    cycles: int | None

    def __init__(
        self,
        max_lr: float,
        cycle_steps: float,
        min_lr: float = 0.0,
        rise_share: float = 0.5,
        mode: str = "triangular",
        gamma: float = 1.0,
        cycles: int | None = None,
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        length, _, count = check_cycles(owner, cycle_steps, 1, cycles)
        name = _checks.one_of(owner, "mode", mode, MODES)
        factor = _checks.number(owner, "gamma", gamma, 0, 1, bounds="(]", remedy="An amplitude cannot grow.")
        if factor != 1 and name != "exp_range":
            _checks.fail(owner, "gamma", "left out unless the mode is 'exp_range'", gamma)
        share = _checks.number(owner, "rise_share", rise_share, 0, 1, bounds="[)")
        turns = Cycles(length, 1, count, share)
        self._set(
            (Segment(turns, 0),),
            max_lr=peak,
            cycle_steps=length,
            min_lr=check_floor(owner, min_lr, peak),
            rise_share=share,
            mode=name,
            gamma=factor,
            cycles=count,
        )
        vars(self).update(_cycles=turns, peak_decay=0.5 if name == "triangular2" else 1.0)

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        cycle, elapsed, rise, climb, left, fall = place
        peak = self._peak(cycle, xp)
        if self.gamma != 1:
            peak = between(self.min_lr, self.max_lr, power(self.gamma, tau, fraction, 1, xp), xp)
        rising = (elapsed + fraction) / xp.maximum(climb, 1)
        falling = xp.minimum((left - fraction) / fall, 1)
        return between(self.min_lr, peak, xp.where(elapsed < rise, rising, falling), xp)
