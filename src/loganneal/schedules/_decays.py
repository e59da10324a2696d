"""Decays without an end: by steps, at milestones, and exponential."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from loganneal import _checks
from loganneal.schedules._fit import Fitted
from loganneal.schedules._numeric import Namespace, arrays, between, largest, scalar, whole_type
from loganneal.schedules._parameters import check_floor, check_peak, check_rising

HALVINGS = 1076
"""This many halvings bring 1 to 0 in double precision."""


def check_factor(owner: str, factor: Any) -> float:
    """The checked factor of a decay."""
    return _checks.number(owner, "factor", factor, 0, 1, bounds="(]", remedy="A decay cannot rise.")


def periods(whole: Any, length: int, xp: Namespace) -> Any:
    """How many periods of ``length`` steps are over."""
    if xp is scalar or length <= largest(arrays(xp)):
        return whole // length
    return 0 * whole


def power(factor: float, whole: Any, fraction: Any, length: int, xp: Namespace) -> Any:
    """``factor ** ((whole + fraction) / length)``, to the precision of the namespace.

    A large exponent keeps few of its digits after the point in float32. There, whole halvings are looked up in a table
    computed in double, and only the rest, an exponent of at most 1, is computed in float32.
    """
    if xp is scalar or xp is np:
        return factor ** ((whole + fraction) / length)
    slope = math.log(factor) / length
    last = largest(arrays(xp))
    halving = last if -slope * last <= math.log(2) else math.ceil(math.log(2) / -slope)
    turns = whole // halving
    table = arrays(xp).asarray(np.exp(slope * halving * np.arange(HALVINGS)))
    rest = whole - turns * halving + fraction
    return table[xp.minimum(turns, HALVINGS - 1)] * xp.exp(slope * rest)


class StepDecay(Fitted):
    r"""A rate that is multiplied by a factor at regular intervals.

    .. math:: \eta = \eta_{max} \, f^{\lfloor t / k \rfloor}

    Args:
        max_lr: :math:`\eta_{max}`, the rate of the first ``every_steps`` steps, in (0, inf).
        every_steps: :math:`k`, the steps from one fall to the next, whole, at least 1.
        factor: :math:`f`, the rate after a fall over that before it, in (0, 1].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = StepDecay(0.1, every_steps=30, factor=0.5)
    >>> schedule(29), schedule(30), schedule(60)
    (0.1, 0.05, 0.025)

    Source: Krizhevsky, Sutskever & Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012),
    whose rate was divided by 10 three times; as in ``StepLR`` and Caffe's ``step``.
    """

    every_steps: int
    factor: float

    def __init__(self, max_lr: float, every_steps: int, factor: float = 0.1) -> None:
        owner = type(self).__name__
        self._set(
            max_lr=check_peak(owner, max_lr),
            every_steps=_checks.whole(owner, "every_steps", every_steps, 1),
            factor=check_factor(owner, factor),
        )

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        falls = periods(whole, self.every_steps, xp)
        return self.max_lr * power(self.factor, falls, 0.0, 1, xp)


class MultiStepDecay(Fitted):
    r"""A rate that falls by a factor at each of several steps.

    .. math:: \eta = \eta_{max} \, f^{\,n(t)}, \qquad n(t) = \text{the number of milestones} \le t

    Args:
        max_lr: :math:`\eta_{max}`, the rate before the first milestone, in (0, inf).
        milestones: The steps at which the rate falls: one or more, whole, rising, at least 1.
        factor: :math:`f`, the rate after a fall over that before it, in (0, 1].

    Raises:
        ValueError: If a parameter is outside its range, or the milestones do not rise; the message names it.

    >>> schedule = MultiStepDecay(0.1, milestones=[32_000, 48_000], factor=0.5)
    >>> schedule(31_999), schedule(32_000), schedule(48_000)
    (0.1, 0.05, 0.025)

    Source: He, Zhang, Ren & Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385, section 4.2.
    """

    milestones: tuple[int, ...]
    factor: float
    _rates: list[float]

    def __init__(self, max_lr: float, milestones: Sequence[int], factor: float = 0.1) -> None:
        owner = type(self).__name__
        peak, ratio = check_peak(owner, max_lr), check_factor(owner, factor)
        steps = check_milestones(owner, milestones)
        self._set(max_lr=peak, milestones=steps, factor=ratio)
        vars(self).update(_rates=[peak * ratio**falls for falls in range(len(steps) + 1)])

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        if xp is scalar:
            return self._rates[bisect_right(self.milestones, whole)]
        tables = arrays(xp)
        reached = self.milestones[: bisect_right(self.milestones, largest(tables))]
        falls = tables.searchsorted(tables.asarray(reached, dtype=whole_type(tables)), whole, side="right")
        return tables.asarray(np.array(self._rates))[falls]


def check_milestones(owner: str, milestones: Any) -> tuple[int, ...]:
    """The checked milestones, each above the one before."""
    if not isinstance(milestones, Sequence | np.ndarray) or isinstance(milestones, str) or not len(milestones):
        _checks.fail(owner, "milestones", "a list of one or more steps", milestones)
    return check_rising(owner, "milestones", milestones)


class ExponentialDecay(Fitted):
    r"""A rate whose height above the floor decays smoothly, by a factor every ``every_steps`` steps.

    .. math:: \eta = \eta_{min} + (\eta_{max} - \eta_{min}) \, f^{\,t / k}

    The floor is approached and never crossed. With a factor of 1/2, :math:`k` is the half-life.

    Args:
        max_lr: :math:`\eta_{max}`, the rate of step 0, in (0, inf).
        every_steps: :math:`k`, the steps in which the height falls by ``factor``, whole, at least 1; for a factor per
            epoch, the steps of an epoch.
        factor: :math:`f`, in (0, 1].
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = ExponentialDecay(0.1, every_steps=1_000, factor=0.25)
    >>> schedule(0), schedule(500), schedule(1_000)
    (0.1, 0.05, 0.025)

    Source: the smooth form of `StepDecay`, as in ``tf.train.exponential_decay``.
    """

    every_steps: int
    factor: float
    min_lr: float

    def __init__(self, max_lr: float, every_steps: int, factor: float = 0.1, min_lr: float = 0.0) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        self._set(
            max_lr=peak,
            every_steps=_checks.whole(owner, "every_steps", every_steps, 1),
            factor=check_factor(owner, factor),
            min_lr=check_floor(owner, min_lr, peak),
        )

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        return between(self.min_lr, self.max_lr, power(self.factor, whole, fraction, self.every_steps, xp), xp)
