"""The rivals: schedules with one fall, or none, over a budget of steps."""

import math
from typing import Any

from loganneal import _checks
from loganneal.schedules import _shapes
from loganneal.schedules._cycles import one_cycle, round_half_up
from loganneal.schedules._fit import Fitted
from loganneal.schedules._numeric import Namespace, between, reachable, remaining
from loganneal.schedules._parameters import check_floor, check_peak


class Constant(Fitted):
    r"""The same learning rate at every step.

    .. math:: \eta = \eta_{max}

    Args:
        max_lr: :math:`\eta_{max}`, the rate, in (0, inf).

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> Constant(0.1)(1_000)
    0.1
    """

    def __init__(self, max_lr: float) -> None:
        self._set(max_lr=check_peak(type(self).__name__, max_lr))

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        # an array gives an array, NaN and shape included
        return self.max_lr + 0.0 * (whole + fraction)


class _Decay(Fitted):
    """One fall from ``max_lr`` to ``min_lr`` along a shape."""

    total_steps: int
    min_lr: float
    _shape: _shapes.Shape

    def _configure(self, shape: _shapes.Shape, max_lr: Any, total_steps: Any, min_lr: Any, **own: Any) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        floor = check_floor(owner, min_lr, peak)
        total = _checks.whole(owner, "total_steps", total_steps, 1)
        self._set(one_cycle(0, total), max_lr=peak, total_steps=total, min_lr=floor, **own)
        vars(self).update(_shape=shape)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        total = float(self.total_steps)
        q = xp.minimum((whole + fraction) / total, 1)
        r = xp.maximum((remaining(self.total_steps, whole, xp) - fraction) / total, 0)
        return between(self.min_lr, self.max_lr, self._shape(q, r, xp), xp)


class Cosine(_Decay):
    r"""Cosine decay without restarts.

    .. math:: \eta = \eta_{min} + (\eta_{max} - \eta_{min}) \frac{1 + \cos(\pi t / N)}{2}

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step 0.
        total_steps: :math:`N`, whole, at least 1; from here on the rate is ``min_lr``.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> round(Cosine(0.1, total_steps=100)(50), 12)
    0.05

    Source: Loshchilov & Hutter, arXiv:1608.03983, one cycle of it.
    """

    def __init__(self, max_lr: float, total_steps: int, min_lr: float = 0.0) -> None:
        self._configure(_shapes.cosine, max_lr, total_steps, min_lr)


class Linear(_Decay):
    r"""Linear decay from ``max_lr`` to ``min_lr`` over ``total_steps``.

    .. math:: \eta = \eta_{min} + (\eta_{max} - \eta_{min}) (1 - t / N)

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step 0.
        total_steps: :math:`N`, whole, at least 1; from here on the rate is ``min_lr``.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> Linear(0.1, total_steps=100)(75)
    0.025

    Source: Bergsma et al., "Straight to Zero", arXiv:2502.15938, on why it should end at 0.
    """

    def __init__(self, max_lr: float, total_steps: int, min_lr: float = 0.0) -> None:
        self._configure(_shapes.linear, max_lr, total_steps, min_lr)


class Polynomial(_Decay):
    r"""Polynomial decay.

    .. math:: \eta = \eta_{min} + (\eta_{max} - \eta_{min}) (1 - t / N)^p

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step 0.
        total_steps: :math:`N`, whole, at least 1; from here on the rate is ``min_lr``.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        power: :math:`p`, in (0, inf); 1 is `Linear`.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> Polynomial(0.1, total_steps=100, power=2)(50)
    0.025

    Source: Liu, Rabinovich & Berg, "ParseNet: Looking Wider to See Better", arXiv:1506.04579, section 3.1, where it is
    called "poly".
    """

    power: float

    def __init__(self, max_lr: float, total_steps: int, min_lr: float = 0.0, power: float = 2.0) -> None:
        exponent = _checks.number(type(self).__name__, "power", power, 0, math.inf, bounds="()")
        self._configure(_shapes.power(exponent), max_lr, total_steps, min_lr, power=exponent)


class Rex(_Decay):
    r"""REX: a decay that stays high and falls late, between the bases 1 and 0.1 of `CyclicalLogAnnealing`.

    .. math::
        \eta = \eta_{min} + (\eta_{max} - \eta_{min}) \frac{2 (1 - q)}{2 - q}, \qquad q = t / N

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step 0.
        total_steps: :math:`N`, whole, at least 1; from here on the rate is ``min_lr``.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> round(Rex(0.3, total_steps=100)(50), 12)
    0.2

    Source: Chen, Wolfe & Kyrillidis, "REX: Revisiting Budgeted Training with an Improved Schedule", arXiv:2107.04197.
    """

    def __init__(self, max_lr: float, total_steps: int, min_lr: float = 0.0) -> None:
        self._configure(_shapes.rex, max_lr, total_steps, min_lr)


class OneCycle(Fitted):
    r"""One-cycle: up along half a cosine, and down along another, to far below where it began.

    .. math::
        \eta = \begin{cases}
        \eta_0 + (\eta_{max} - \eta_0) \, \frac{1 - \cos(\pi t / R)}{2} & t < R \\
        \eta_1 + (\eta_{max} - \eta_1) \, \frac{1 + \cos(\pi (t - R) / (N - R))}{2} & R \le t < N \\
        \eta_1 & t \ge N \end{cases}
        \qquad \eta_0 = \eta_{max} / d_0, \quad \eta_1 = \eta_0 / d_1

    with the rise :math:`R = \min(\lfloor s N + 1/2 \rfloor, N - 1)`.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step :math:`R`.
        total_steps: :math:`N`, the budget, whole, at least 1; from here on the rate is constant.
        rise_share: :math:`s`, the share of the budget, in [0, 1), that rises; with a rise of zero steps the schedule
            begins at its peak.
        start_divisor: :math:`d_0`, the peak over the first rate, in [1, inf).
        end_divisor: :math:`d_1`, the first rate over the last, in [1, inf).

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = OneCycle(0.1, total_steps=100)
    >>> schedule(0), schedule(30), schedule(100)
    (0.004, 0.1, 4e-07)

    Source: Smith & Topin, "Super-Convergence", arXiv:1708.07120, with the cosine of its usual implementations.
    """

    total_steps: int
    rise_share: float
    start_divisor: float
    end_divisor: float

    def __init__(
        self,
        max_lr: float,
        total_steps: int,
        rise_share: float = 0.3,
        start_divisor: float = 25.0,
        end_divisor: float = 1e4,
    ) -> None:
        owner = type(self).__name__
        total = _checks.whole(owner, "total_steps", total_steps, 1)
        self._set(
            one_cycle(0, total),
            max_lr=check_peak(owner, max_lr),
            total_steps=total,
            rise_share=_checks.number(owner, "rise_share", rise_share, 0, 1, bounds="[)"),
            start_divisor=_checks.number(owner, "start_divisor", start_divisor, 1, math.inf),
            end_divisor=_checks.number(owner, "end_divisor", end_divisor, 1, math.inf),
        )

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        rise = min(round_half_up(self.rise_share * self.total_steps), self.total_steps - 1)
        fall = float(self.total_steps - rise)
        first = self.max_lr / self.start_divisor
        up = xp.minimum((whole + fraction) / float(max(rise, 1)), 1)
        left = (remaining(self.total_steps, whole, xp) - fraction) / fall
        left = xp.minimum(xp.maximum(left, 0), 1)
        rising = between(first, self.max_lr, _shapes.cosine(1 - up, up, xp), xp)
        falling = between(first / self.end_divisor, self.max_lr, _shapes.cosine(1 - left, left, xp), xp)
        return xp.where(whole < reachable(rise, xp), rising, falling)
