"""Warmup-stable-decay: a plateau between a rise and a fall."""

from typing import Any

from loganneal import _checks
from loganneal.schedules._cycles import one_cycle
from loganneal.schedules._falls import Fall, check_fall
from loganneal.schedules._fit import Fitted
from loganneal.schedules._numeric import Namespace, reachable, remaining
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._warmup import check_warmup, warmed


class WarmupStableDecay(Fitted):
    r"""Warmup-stable-decay, WSD: a linear rise, a plateau, and a fall over the last steps of the budget.

    .. math::
        \eta = \begin{cases}
        \eta_{init} + (\eta_{max} - \eta_{init}) \, t / W & t < W \\
        \eta_{max} & W \le t \le N - D \\
        \eta_{min} + (\eta_{max} - \eta_{min}) \, s(q) & N - D < t < N, \quad q = (t - N + D) / D \\
        \eta_{min} & t \ge N \end{cases}

    with the fall that ``shape`` names:

    ======================  ===========================================================================
    ``"linear"``            :math:`s(q) = 1 - q`
    ``"cosine"``            :math:`s(q) = (1 + \cos \pi q) / 2`
    ``"one_minus_sqrt"``    :math:`s(q) = 1 - \sqrt q`
    ``"one_minus_square"``  :math:`s(q) = 1 - q^2`
    ``"power"``             :math:`s(q) = (1 - q)^p`
    ``"geometric"``         :math:`\eta = \eta_{max}^{1 - q} \, \eta_{min}^q`, which needs a floor above 0
    ======================  ===========================================================================

    Other falls can be joined: ``Join([Warmup(Constant(0.1), W), fall], [N - D])``; see also `cooldown`.

    Args:
        max_lr: :math:`\eta_{max}`, the rate of the plateau, in (0, inf).
        total_steps: :math:`N`, the budget, whole, at least 1; from here on the rate is ``min_lr``.
        warmup_steps: :math:`W`, the whole steps of the rise, from 0 to ``total_steps - 1``.
        decay_steps: :math:`D`, the whole steps of the fall, from 1 to ``total_steps - warmup_steps``.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        warmup_init_lr: :math:`\eta_{init}`, the rate of step 0 of the rise, in [0, max_lr].
        shape: The fall, one of the names above.
        power: :math:`p`, in (0, inf), for the shape ``"power"`` and no other.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = WarmupStableDecay(0.1, total_steps=100, warmup_steps=10, decay_steps=20)
    >>> schedule(5), schedule(10), schedule(80), schedule(90), schedule(100)
    (0.05, 0.1, 0.1, 0.05, 0.0)

    Source: Hu et al., "MiniCPM", arXiv:2404.06395, section 4; the shapes, Hägele et al., "Scaling Laws and
    Compute-Optimal Training Beyond Fixed Training Durations", arXiv:2405.18392; the geometric fall, MiniCPM; further
    falls, arXiv:2508.01483.
    """

    total_steps: int
    warmup_steps: int
    decay_steps: int
    min_lr: float
    warmup_init_lr: float
    shape: str
    power: float | None = None
    _fall: Fall

    def __init__(
        self,
        max_lr: float,
        total_steps: int,
        warmup_steps: int,
        decay_steps: int,
        min_lr: float = 0.0,
        warmup_init_lr: float = 0.0,
        shape: str = "linear",
        power: float | None = None,
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        total = _checks.whole(owner, "total_steps", total_steps, 1)
        warmup, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, peak)
        _checks.whole(owner, "warmup_steps", warmup, 0, total - 1)
        floor = check_floor(owner, min_lr, peak)
        name, exponent, fall = check_fall(owner, shape, power, floor)
        self._set(
            one_cycle(warmup, total),
            max_lr=peak,
            total_steps=total,
            warmup_steps=warmup,
            decay_steps=_checks.whole(owner, "decay_steps", decay_steps, 1, total - warmup),
            min_lr=floor,
            warmup_init_lr=init_lr,
            shape=name,
            **exponent,  # included only if given, so that the dictionaries of all others do not change
        )
        vars(self).update(_fall=fall)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        line = (self.warmup_init_lr, self.max_lr, self.warmup_steps)
        return warmed(line, whole, fraction, self._after_warmup(whole, fraction, xp), xp)

    def _after_warmup(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        """The plateau and the fall: what is over and what is left of the fall are each counted in whole numbers."""
        total, length = self.total_steps, float(self.decay_steps)
        over = whole - reachable(total - self.decay_steps, xp) + fraction
        left = remaining(total, whole, xp) - fraction
        q = xp.minimum(xp.maximum(over / length, 0), 1)
        r = xp.minimum(xp.maximum(left / length, 0), 1)
        return self._fall(self.min_lr, self.max_lr, q, r, xp)
