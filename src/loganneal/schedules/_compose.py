"""Schedules made of schedules: a warmup before one, several in sequence, a factor, a momentum."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._cycles import Segment
from loganneal.schedules._numeric import Namespace, between, reachable
from loganneal.schedules._parameters import check_rising
from loganneal.schedules._warmup import check_warmup, warmed


def check_schedule(owner: str, name: str, value: Any) -> Schedule:
    """Return ``value``, or raise unless it is a schedule."""
    if not isinstance(value, Schedule):
        _checks.fail(owner, name, "a schedule of loganneal", value)
    return value


class Warmup(Schedule):
    r"""A linear rise to the first rate of a schedule, and then the schedule.

    .. math::
        \eta(t) = \begin{cases}
        \eta_{init} + (f(0) - \eta_{init}) \, t / W & t < W \\
        f(t - W) & t \ge W \end{cases}

    Args:
        schedule: :math:`f`, the schedule; its step 0 comes at ``warmup_steps``.
        warmup_steps: :math:`W`, the whole steps of the rise, 0 or more.
        warmup_init_lr: :math:`\eta_{init}`, the rate of step 0, from 0 to the first rate of the schedule.

    Raises:
        ValueError: If a parameter is outside its range, or schedules are nested more than 64 deep.

    >>> from loganneal import Cosine
    >>> schedule = Warmup(Cosine(0.1, total_steps=90), warmup_steps=10)
    >>> schedule(0), schedule(5), schedule(10), schedule(100)
    (0.0, 0.05, 0.1, 0.0)
    """

    schedule: Schedule
    warmup_steps: int
    warmup_init_lr: float
    _first: float

    def __init__(self, schedule: Schedule, warmup_steps: int, warmup_init_lr: float = 0.0) -> None:
        owner = type(self).__name__
        inner = check_schedule(owner, "schedule", schedule)
        first = inner(0)
        steps, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, first)
        segments = tuple(segment.moved(steps) for segment in inner._segments)
        self._set(segments, schedule=inner, warmup_steps=steps, warmup_init_lr=init_lr)
        vars(self).update(max_lr=inner.max_lr, _first=first)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        warmup = reachable(self.warmup_steps, xp)
        rate = self.schedule.rate_at(xp.maximum(whole - warmup, 0), fraction, xp)
        return warmed((self.warmup_init_lr, self._first, self.warmup_steps), whole, fraction, rate, xp)


class Join(Schedule):
    r"""Schedules one after the other, each from its own step 0.

    .. math:: \eta(t) = f_i(t - b_i), \qquad b_i \le t < b_{i+1}, \quad b_0 = 0

    The peak, ``max_lr``, is the largest of theirs.

    Args:
        schedules: :math:`f_0, f_1, \ldots`, one schedule or more.
        boundaries: :math:`b_1, b_2, \ldots`, the steps at which the second and later ones begin: whole, rising, 1 or
            more, one fewer than the schedules.

    Raises:
        ValueError: If a parameter is outside its range, or schedules are nested more than 64 deep.

    >>> from loganneal import Constant, Linear
    >>> schedule = Join([Constant(0.1), Linear(0.1, total_steps=50)], boundaries=[50])
    >>> schedule(49), schedule(75), schedule(100)
    (0.1, 0.05, 0.0)
    """

    schedules: tuple[Schedule, ...]
    boundaries: tuple[int, ...]

    def __init__(self, schedules: Sequence[Schedule], boundaries: Sequence[int]) -> None:
        owner = type(self).__name__
        for name, value in (("schedules", schedules), ("boundaries", boundaries)):
            if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str):
                _checks.fail(owner, name, "a list", value)
        parts = tuple(check_schedule(owner, f"schedules[{i}]", part) for i, part in enumerate(schedules))
        if not parts or len(boundaries) != len(parts) - 1:
            allowed = f"a list of {max(len(parts) - 1, 0)} steps, one fewer than the schedules"
            _checks.fail(owner, "boundaries", allowed, list(boundaries))
        bounds = check_rising(owner, "boundaries", boundaries)
        self._set(tuple(joined(parts, bounds)), schedules=parts, boundaries=bounds)
        vars(self).update(max_lr=max(part.max_lr for part in parts))

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        rate = self.schedules[0].rate_at(whole, fraction, xp)
        for boundary, part in zip(self.boundaries, self.schedules[1:], strict=True):
            start = reachable(boundary, xp)
            own = part.rate_at(xp.maximum(whole - start, 0), fraction, xp)
            rate = xp.where(whole >= start, own, rate)
        return rate


def joined(parts: Sequence[Schedule], boundaries: Sequence[int]) -> Iterator[Segment]:
    """The segments of all parts, each from its own beginning to that of the next one."""
    for part, begin, end in zip(parts, (0, *boundaries), (*boundaries, math.inf), strict=True):
        for segment in part._segments:
            moved = segment.moved(begin)
            if moved.begin < end:
                yield moved._replace(end=min(moved.end, end))


class Scale(Schedule):
    r"""A schedule times a factor.

    .. math:: \eta(t) = c \, f(t)

    Args:
        schedule: :math:`f`, the schedule.
        factor: :math:`c`, what every rate, and the stated peak, is multiplied by, in (0, inf).

    Raises:
        ValueError: If a parameter is outside its range, or schedules are nested more than 64 deep.

    >>> from loganneal import Linear
    >>> schedule = Scale(Linear(0.1, total_steps=100), factor=0.5)
    >>> schedule(0), schedule(50), schedule.max_lr
    (0.05, 0.025, 0.05)
    """

    schedule: Schedule
    factor: float

    def __init__(self, schedule: Schedule, factor: float) -> None:
        owner = type(self).__name__
        inner = check_schedule(owner, "schedule", schedule)
        ratio = _checks.number(owner, "factor", factor, 0, math.inf, bounds="()")
        self._set(inner._segments, schedule=inner, factor=ratio)
        vars(self).update(max_lr=inner.max_lr * ratio)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        return self.factor * self.schedule.rate_at(whole, fraction, xp)


class InverseMomentum(Schedule):
    r"""A momentum that falls while the rate rises, and rises while it falls.

    .. math:: m = m_{max} - (m_{max} - m_{min}) \, \eta / \eta_{max}

    A rate of 0 gives the highest momentum; the stated peak, and any rate above it, gives the lowest.

    Args:
        schedule: The schedule of the learning rate.
        min_momentum: :math:`m_{min}`, in [0, max_momentum].
        max_momentum: :math:`m_{max}`, in (0, 1).

    Raises:
        ValueError: If a parameter is outside its range, or schedules are nested more than 64 deep.

    >>> from loganneal import Linear
    >>> schedule = InverseMomentum(Linear(0.1, total_steps=100))
    >>> schedule(0), round(schedule(50), 12), schedule(100)
    (0.85, 0.9, 0.95)

    Source: Smith, "A disciplined approach to neural network hyper-parameters", arXiv:1803.09820, section 4.3.
    """

    schedule: Schedule
    min_momentum: float
    max_momentum: float

    def __init__(self, schedule: Schedule, min_momentum: float = 0.85, max_momentum: float = 0.95) -> None:
        owner = type(self).__name__
        inner = check_schedule(owner, "schedule", schedule)
        high = _checks.number(owner, "max_momentum", max_momentum, 0, 1, bounds="()")
        self._set(
            inner._segments,
            schedule=inner,
            min_momentum=_checks.number(owner, "min_momentum", min_momentum, 0, high),
            max_momentum=high,
        )
        vars(self).update(max_lr=high)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        share = self.schedule.rate_at(whole, fraction, xp) / self.schedule.max_lr
        return between(self.min_momentum, self.max_momentum, xp.maximum(1 - share, 0), xp)
