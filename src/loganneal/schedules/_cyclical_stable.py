"""Warmup-stable-decay again and again: a plateau and a fall in each cycle."""

from typing import Any

from loganneal import _checks
from loganneal.schedules._cycles import Cycles, Place, Segment
from loganneal.schedules._falls import Fall, check_fall
from loganneal.schedules._numeric import Namespace
from loganneal.schedules._restarting import Restarting, check_restarting


class CyclicalStableDecay(Restarting):
    r"""Warmup-stable-decay that repeats, WSD-S: a plateau, a fall, and the plateau again from the cooled weights.

    Every cycle ends with weights that can be used, and training continues from them. With the last
    :math:`D_i = T_i - \lfloor (1 - d) T_i + 1/2 \rfloor` steps of cycle :math:`i`, at least one, for its fall,

    .. math::
        \eta = \begin{cases}
        peak_i & T_{cur} \le T_i - D_i \\
        \eta_{min} + (peak_i - \eta_{min}) \, s(q) & T_{cur} > T_i - D_i, \quad q = (T_{cur} - T_i + D_i) / D_i
        \end{cases}

    and :math:`peak_i = \eta_{min} + (\eta_{max} - \eta_{min}) \gamma^i`. The shapes :math:`s` are those of
    `WarmupStableDecay`.

    Args:
        max_lr: :math:`\eta_{max}`, the rate of the plateau, in (0, inf).
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); it need not be whole, unless equal cycles
            continue forever.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        cycle_mult: The ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
        decay_share: :math:`d`, the share of each cycle that falls, in (0, 1].
        shape: The fall: "linear", "cosine", "one_minus_sqrt", "one_minus_square", "power" or "geometric".
        power: :math:`p`, in (0, inf), for the shape "power" and no other.
        peak_decay: :math:`\gamma`, in (0, 1], the height of a plateau above the floor, relative to the previous one.
        warmup_steps: Whole steps of linear rise to ``max_lr`` before the first cycle.
        warmup_init_lr: The rate of step 0 of the warmup, in [0, max_lr].
        cycles: How many cycles there are, at most a million, before the rate stays at ``min_lr``; None for no end.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = CyclicalStableDecay(max_lr=0.1, cycle_steps=10, cycle_mult=2, decay_share=0.2)
    >>> [round(schedule(step), 4) for step in (0, 8, 9, 10, 26, 28, 30)]
    [0.1, 0.1, 0.05, 0.1, 0.1, 0.05, 0.1]

    Source: Wen et al., "Understanding Warmup-Stable-Decay Learning Rates: A River Valley Loss Landscape Perspective",
    arXiv:2410.05192, whose WSD-S this is.
    """

    cycle_steps: float
    cycle_mult: float
    decay_share: float
    shape: str
    power: float | None = None
    cycles: int | None
    _fall: Fall

    def __init__(
        self,
        max_lr: float,
        cycle_steps: float,
        min_lr: float = 0.0,
        cycle_mult: float = 1,
        decay_share: float = 0.1,
        shape: str = "linear",
        power: float | None = None,
        peak_decay: float = 1.0,
        warmup_steps: int = 0,
        warmup_init_lr: float = 0.0,
        cycles: int | None = None,
    ) -> None:
        owner = type(self).__name__
        given: dict[str, Any] = {"max_lr": max_lr, "cycle_steps": cycle_steps, "min_lr": min_lr}
        given |= {"cycle_mult": cycle_mult, "decay_share": decay_share, "shape": shape, "peak_decay": peak_decay}
        given |= {"warmup_steps": warmup_steps, "warmup_init_lr": warmup_init_lr, "cycles": cycles}
        length, growth, count = check_restarting(owner, given)
        given["decay_share"] = share = _checks.number(owner, "decay_share", decay_share, 0, 1, bounds="(]")
        given["shape"], exponent, fall = check_fall(owner, shape, power, given["min_lr"])
        plateaus = Cycles(length, growth, count, rise_share=1 - share)
        self._set((Segment(plateaus, given["warmup_steps"]),), **given, **exponent)
        vars(self).update(_cycles=plateaus, _fall=fall)

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        cycle, elapsed, plateau, _, left, fall = place
        q = xp.minimum(xp.maximum((elapsed - plateau + fraction) / fall, 0), 1)
        r = xp.minimum(xp.maximum((left - fraction) / fall, 0), 1)
        return self._fall(self.min_lr, self._peak(cycle, xp), q, r, xp)
