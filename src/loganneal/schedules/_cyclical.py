"""Cycles that fall from a peak to the floor along a shape, and restart: logarithm, cosine and line."""

from typing import Any

from loganneal import _checks
from loganneal.schedules import _shapes
from loganneal.schedules._cycles import Cycles, Place, Segment
from loganneal.schedules._numeric import Namespace, between
from loganneal.schedules._restarting import Restarting, check_restarting


class Cyclical(Restarting):
    """Cycles of one shape that fall from ``peak_i`` to ``min_lr`` and restart; the public classes derive from it."""

    cycle_steps: float
    cycle_mult: float
    restart_warmup_share: float
    cycles: int | None
    _shape: _shapes.Shape

    def _configure(self, shape: _shapes.Shape, **given: Any) -> None:
        owner = type(self).__name__
        length, growth, count = check_restarting(owner, given)
        share = _checks.number(owner, "restart_warmup_share", given["restart_warmup_share"], 0, 1, bounds="[)")
        given.update(restart_warmup_share=share)
        cycles = Cycles(length, growth, count, share, first_rises=given["warmup_steps"] == 0)
        self._set((Segment(cycles, given["warmup_steps"]),), **given)
        vars(self).update(_shape=shape, _cycles=cycles)

    def _cycle_rate(self, tau: Any, place: Place, fraction: Any, xp: Namespace) -> Any:
        cycle, elapsed, rise, climb, left, fall = place
        peak = self._peak(cycle, xp)
        q, r = (elapsed - rise + fraction) / fall, (left - fraction) / fall
        if not self.restart_warmup_share:
            return between(self.min_lr, peak, self._shape(q, r, xp), xp)
        falling = self._shape(xp.maximum(q, 0), xp.minimum(r, 1), xp)
        rising = (elapsed + fraction) / xp.maximum(climb, 1)
        return between(self.min_lr, peak, xp.where(elapsed < rise, rising, falling), xp)


class CyclicalLogAnnealing(Cyclical):
    r"""Cyclical Log Annealing: sharp restarts, and a fall along a logarithm.

    After the warmup, step :math:`T_{cur}` of a cycle of :math:`T_i` steps that begins at its peak has the rate

    .. math::
        \eta = \eta_{min} + (peak_i - \eta_{min}) \left(1 - \frac{\log(1 + (b - 1) q)}{\log b}\right),
        \qquad q = T_{cur} / T_i

    with :math:`peak_i = \eta_{min} + (\eta_{max} - \eta_{min}) \gamma^i`. The last step of a cycle is one step above
    the floor.

    Cycle :math:`i` starts :math:`S_i = \lfloor x_i + 1/2 \rfloor` steps after the warmup and has :math:`T_i = S_{i+1} -
    S_i`, where :math:`x_i = i \, T_0` for equal cycles and :math:`T_0 (m^i - 1) / (m - 1)` for cycles that grow by
    :math:`m`, evaluated in double precision: with ``cycle_steps=10, cycle_mult=1.05`` the number :math:`x_2` is 20.5
    exactly and 20.499... in double, and the start is 20. So cycles always start at whole steps; a schedule whose steps
    are epochs never restarts in the middle of an epoch.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf).
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); it need not be whole, unless equal cycles
            continue forever.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        cycle_mult: :math:`m`, the ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
        base: :math:`b`, in [1e-6, 1e6], the curvature: above 1 a steep fall that flattens (10 starts 3.9 times as steep
            as the straight line), at 1 the straight line, below 1 a fall that comes late.
        peak_decay: :math:`\gamma`, in (0, 1], the height of a peak above the floor, relative to the previous one.
        warmup_steps: Whole steps of linear rise to ``max_lr`` before the first cycle.
        warmup_init_lr: The rate of step 0 of the warmup, in [0, max_lr].
        restart_warmup_share: The share of each cycle, in [0, 1), that rises linearly from ``min_lr`` to the peak; a
            warmup replaces the rise of the first cycle.
        cycles: How many cycles there are, at most a million, before the rate stays at ``min_lr``; None for no end.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = CyclicalLogAnnealing(max_lr=0.1, cycle_steps=10)
    >>> [round(schedule(step), 4) for step in (0, 1, 5, 9, 10)]
    [0.1, 0.0721, 0.026, 0.0041, 0.1]

    Source: Naveen, "Cyclical Log Annealing as a Learning Rate Scheduler", arXiv:2403.14685, modified to stay within its
    bounds; the equation as printed is `PublishedLogAnnealing`.
    """

    base: float

    def __init__(
        self,
        max_lr: float,
        cycle_steps: float,
        min_lr: float = 0.0,
        cycle_mult: float = 1,
        base: float = 10.0,
        peak_decay: float = 1.0,
        warmup_steps: int = 0,
        warmup_init_lr: float = 0.0,
        restart_warmup_share: float = 0.0,
        cycles: int | None = None,
    ) -> None:
        base = _checks.number(type(self).__name__, "base", base, 1e-6, 1e6)
        self._configure(
            _shapes.log(base),
            max_lr=max_lr,
            cycle_steps=cycle_steps,
            min_lr=min_lr,
            cycle_mult=cycle_mult,
            base=base,
            peak_decay=peak_decay,
            warmup_steps=warmup_steps,
            warmup_init_lr=warmup_init_lr,
            restart_warmup_share=restart_warmup_share,
            cycles=cycles,
        )


class _Plain(Cyclical):
    """The forms whose shape has no parameter."""

    _form: _shapes.Shape

    def __init__(
        self,
        max_lr: float,
        cycle_steps: float,
        min_lr: float = 0.0,
        cycle_mult: float = 1,
        peak_decay: float = 1.0,
        warmup_steps: int = 0,
        warmup_init_lr: float = 0.0,
        restart_warmup_share: float = 0.0,
        cycles: int | None = None,
    ) -> None:
        self._configure(
            type(self)._form,
            max_lr=max_lr,
            cycle_steps=cycle_steps,
            min_lr=min_lr,
            cycle_mult=cycle_mult,
            peak_decay=peak_decay,
            warmup_steps=warmup_steps,
            warmup_init_lr=warmup_init_lr,
            restart_warmup_share=restart_warmup_share,
            cycles=cycles,
        )


class CyclicalCosineAnnealing(_Plain):
    r"""Cosine annealing with warm restarts, SGDR.

    .. math:: \eta = \eta_{min} + (peak_i - \eta_{min}) \frac{1 + \cos(\pi T_{cur} / T_i)}{2}

    Peaks, restarts and rises are those of `CyclicalLogAnnealing`.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf).
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); it need not be whole, unless equal cycles
            continue forever.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        cycle_mult: The ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
        peak_decay: :math:`\gamma`, in (0, 1], the height of a peak above the floor, relative to the previous one.
        warmup_steps: Whole steps of linear rise to ``max_lr`` before the first cycle.
        warmup_init_lr: The rate of step 0 of the warmup, in [0, max_lr].
        restart_warmup_share: The share of each cycle, in [0, 1), that rises linearly from ``min_lr`` to the peak; a
            warmup replaces the rise of the first cycle.
        cycles: How many cycles there are, at most a million, before the rate stays at ``min_lr``; None for no end.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = CyclicalCosineAnnealing(max_lr=0.1, cycle_steps=10, cycle_mult=2)
    >>> schedule.restarts(100).tolist()
    [0, 10, 30, 70]

    Source: Loshchilov & Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983, eq. 5.
    """

    _form = staticmethod(_shapes.cosine)


class CyclicalLinearAnnealing(_Plain):
    r"""Linear decay that restarts, the same as a base of 1 in `CyclicalLogAnnealing`.

    .. math:: \eta = \eta_{min} + (peak_i - \eta_{min}) (1 - T_{cur} / T_i)

    Peaks, restarts and rises are those of `CyclicalLogAnnealing`.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf).
        cycle_steps: :math:`T_0`, the steps of the first cycle, in [1, inf); it need not be whole, unless equal cycles
            continue forever.
        min_lr: :math:`\eta_{min}`, the floor, in [0, max_lr].
        cycle_mult: The ratio of a cycle's length to that of the previous one: 1, or in [1.001, inf).
        peak_decay: :math:`\gamma`, in (0, 1], the height of a peak above the floor, relative to the previous one.
        warmup_steps: Whole steps of linear rise to ``max_lr`` before the first cycle.
        warmup_init_lr: The rate of step 0 of the warmup, in [0, max_lr].
        restart_warmup_share: The share of each cycle, in [0, 1), that rises linearly from ``min_lr`` to the peak; a
            warmup replaces the rise of the first cycle.
        cycles: How many cycles there are, at most a million, before the rate stays at ``min_lr``; None for no end.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> CyclicalLinearAnnealing(max_lr=0.1, cycle_steps=10)(5)
    0.05
    """

    _form = staticmethod(_shapes.linear)
