"""Decays by a power of the step: inverse time, inverse square root, and the power scheduler."""

import math
from typing import Any, Self

from loganneal import _checks
from loganneal.schedules._cycles import one_cycle
from loganneal.schedules._falls import geometric
from loganneal.schedules._fit import Fitted
from loganneal.schedules._numeric import Namespace, reachable, remaining
from loganneal.schedules._parameters import check_floor, check_peak
from loganneal.schedules._warmup import check_warmup, warmed


def check_timescale(owner: str, steps: Any) -> float:
    """The checked steps in which a power law changes."""
    return _checks.number(owner, "timescale_steps", steps, 0, math.inf, bounds="()")


def check_root(owner: str, warmup: int, steps: Any) -> float | None:
    """The checked timescale of an inverse square root; None for the length of its warmup, which then must not be 0."""
    if steps is None and warmup == 0:
        remedy = "It is warmup_steps unless given, and they are 0."
        _checks.fail(owner, "timescale_steps", "a number in (0, inf)", steps, remedy)
    return None if steps is None else check_timescale(owner, steps)


class InverseTimeDecay(Fitted):
    r"""A rate that falls as the inverse of the step.

    .. math:: \eta = \frac{\eta_{max}}{1 + t / s}

    Args:
        max_lr: :math:`\eta_{max}`, the rate of step 0, in (0, inf).
        timescale_steps: :math:`s`, in (0, inf): after this many steps the rate is one half of its start, after twice as
            many one third. In Keras' ``InverseTimeDecay`` it is ``decay_steps / decay_rate``.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = InverseTimeDecay(0.1, timescale_steps=1_000)
    >>> schedule(0), schedule(1_000), schedule(3_000)
    (0.1, 0.05, 0.025)

    Source: Robbins & Monro, "A Stochastic Approximation Method" (1951), whose rates fall as ``1 / t``.
    """

    timescale_steps: float

    def __init__(self, max_lr: float, timescale_steps: float) -> None:
        owner = type(self).__name__
        self._set(max_lr=check_peak(owner, max_lr), timescale_steps=check_timescale(owner, timescale_steps))

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        return self.max_lr / (1 + (whole + fraction) / self.timescale_steps)


class InverseSquareRoot(Fitted):
    r"""A linear rise, and then a fall as the inverse square root of the step.

    .. math::
        \eta = \eta_{init} + (\eta_{max} - \eta_{init}) \, t / W \quad (t < W), \qquad
        \eta = \eta_{max} \sqrt{\frac{s}{s + t - W}} \quad (t \ge W)

    With :math:`s = W`, the default, the fall is :math:`\eta_{max} \sqrt{W / t}`, the Transformer's rule.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step ``warmup_steps``.
        warmup_steps: :math:`W`, the whole steps of the rise, 0 or more; 0 needs a ``timescale_steps``.
        warmup_init_lr: :math:`\eta_{init}`, the rate of step 0 of the rise, in [0, max_lr].
        timescale_steps: :math:`s`, in (0, inf): this many steps after the peak the rate is 0.71 of it, after three
            times as many one half; None for ``warmup_steps``.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = InverseSquareRoot(0.1, warmup_steps=4_000)
    >>> schedule(1_000), schedule(4_000), schedule(16_000)
    (0.025, 0.1, 0.05)

    Source: Vaswani et al., "Attention Is All You Need", arXiv:1706.03762, section 5.3, where
    ``max_lr = (model_width * warmup_steps) ** -0.5``; the timescale is that of Zhai et al., arXiv:2106.04560.
    """

    warmup_steps: int
    warmup_init_lr: float
    timescale_steps: float | None

    def __init__(
        self, max_lr: float, warmup_steps: int, warmup_init_lr: float = 0.0, timescale_steps: float | None = None
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        warmup, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, peak)
        timescale = check_root(owner, warmup, timescale_steps)
        self._set(max_lr=peak, warmup_steps=warmup, warmup_init_lr=init_lr, timescale_steps=timescale)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        line = (self.warmup_init_lr, self.max_lr, self.warmup_steps)
        return warmed(line, whole, fraction, self._root(whole, fraction, xp), xp)

    def _root(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        scale = float(self.warmup_steps if self.timescale_steps is None else self.timescale_steps)
        after = xp.maximum(whole - reachable(self.warmup_steps, xp) + fraction, 0)
        return self.max_lr / (1 + after / scale) ** 0.5


class InverseSquareRootCooldown(InverseSquareRoot):
    r"""The inverse square root with an end: over the last steps of the budget it is brought down to 0 linearly.

    .. math::
        \eta = \eta_{max} \sqrt{\frac{s}{s + t - W}} \; \min\left(1, \frac{N - t}{D}\right) \quad (W \le t < N)

    Before step :math:`W` the rate rises like that of `InverseSquareRoot`, and from step :math:`N` on it is 0.

    Args:
        max_lr: :math:`\eta_{max}`, the peak, in (0, inf), at step ``warmup_steps``.
        total_steps: :math:`N`, the budget, whole, at least 1.
        warmup_steps: :math:`W`, the whole steps of the rise, from 0 to ``total_steps - 1``; 0 needs a
            ``timescale_steps``.
        decay_steps: :math:`D`, the whole steps of the cooldown, from 1 to ``total_steps - warmup_steps``.
        warmup_init_lr: :math:`\eta_{init}`, the rate of step 0 of the rise, in [0, max_lr].
        timescale_steps: :math:`s`, in (0, inf): this many steps after the peak the root is 0.71 of it; None for
            ``warmup_steps``.

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = InverseSquareRootCooldown(0.1, total_steps=100, warmup_steps=4, decay_steps=36)
    >>> schedule(4), schedule(16), schedule(64), schedule(100)
    (0.1, 0.05, 0.025, 0.0)

    Source: Zhai et al., "Scaling Vision Transformers", arXiv:2106.04560, section 3.5; ``rsqrt`` in big_vision.
    """

    total_steps: int
    decay_steps: int

    def __init__(
        self,
        max_lr: float,
        total_steps: int,
        warmup_steps: int,
        decay_steps: int,
        warmup_init_lr: float = 0.0,
        timescale_steps: float | None = None,
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        total = _checks.whole(owner, "total_steps", total_steps, 1)
        warmup, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, peak)
        _checks.whole(owner, "warmup_steps", warmup, 0, total - 1)
        self._set(
            one_cycle(warmup, total),
            max_lr=peak,
            total_steps=total,
            warmup_steps=warmup,
            decay_steps=_checks.whole(owner, "decay_steps", decay_steps, 1, total - warmup),
            warmup_init_lr=init_lr,
            timescale_steps=check_root(owner, warmup, timescale_steps),
        )

    def _root(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        left = (remaining(self.total_steps, whole, xp) - fraction) / float(self.decay_steps)
        return super()._root(whole, fraction, xp) * xp.minimum(xp.maximum(left, 0), 1)


class PowerScheduler(Fitted):
    r"""The power scheduler: a rate that falls as a power of the step, and exponentially at the end of the budget.

    .. math::
        \eta = \begin{cases}
        \eta_{init} + (\eta_{max} - \eta_{init}) \, t / W & t < W \\
        p(t) = \eta_{max} \min(1, (t / s)^b) & W \le t \le N - D \\
        p(N - D)^{1 - q} \, \eta_{min}^q & N - D < t < N, \quad q = (t - N + D) / D \\
        \eta_{min} & t \ge N \end{cases}

    In the paper's notation, :math:`p = \min(\eta_{max}, \beta a n^b)` after :math:`n` tokens: `from_tokens` takes those
    parameters.

    Args:
        max_lr: :math:`\eta_{max}`, the cap, in (0, inf).
        total_steps: :math:`N`, the budget, whole, at least 1; from here on the rate is ``min_lr``.
        warmup_steps: :math:`W`, the whole steps of the rise, from 0 to the smaller of ``total_steps - 1`` and
            ``timescale_steps``.
        decay_steps: :math:`D`, the whole steps of the exponential fall, from 1 to ``total_steps - warmup_steps``.
        timescale_steps: :math:`s`, in (0, inf), the step at which the power leaves the cap.
        min_lr: :math:`\eta_{min}`, the floor, above 0 and at most the rate where the exponential fall begins.
        exponent: :math:`b`, in [-10, 0).
        warmup_init_lr: :math:`\eta_{init}`, the rate of step 0 of the rise, in [0, max_lr].

    Raises:
        ValueError: If a parameter is outside its range; the message names it.

    >>> schedule = PowerScheduler(
    ...     0.1, total_steps=100, warmup_steps=4, decay_steps=19, timescale_steps=9, min_lr=0.001, exponent=-0.5
    ... )
    >>> [round(schedule(step), 6) for step in (2, 9, 36, 81, 100)]
    [0.05, 0.1, 0.05, 0.033333, 0.001]

    Source: Shen et al., "Power Scheduler: A Batch Size and Token Number Agnostic Learning Rate Scheduler",
    arXiv:2408.13359.
    """

    total_steps: int
    warmup_steps: int
    decay_steps: int
    timescale_steps: float
    min_lr: float
    exponent: float
    warmup_init_lr: float
    _before_fall: float

    def __init__(
        self,
        max_lr: float,
        total_steps: int,
        warmup_steps: int,
        decay_steps: int,
        timescale_steps: float,
        min_lr: float,
        exponent: float = -0.51,
        warmup_init_lr: float = 0.0,
    ) -> None:
        owner = type(self).__name__
        peak = check_peak(owner, max_lr)
        total = _checks.whole(owner, "total_steps", total_steps, 1)
        scale = check_timescale(owner, timescale_steps)
        warmup, init_lr = check_warmup(owner, warmup_steps, warmup_init_lr, peak)
        remedy = "It ends before the power leaves its cap, at timescale_steps."
        _checks.whole(owner, "warmup_steps", warmup, 0, min(total - 1, math.floor(scale)), remedy=remedy)
        decay = _checks.whole(owner, "decay_steps", decay_steps, 1, total - warmup)
        power = _checks.number(owner, "exponent", exponent, -10, 0, bounds="[)")
        before = peak * max((total - decay) / scale, 1.0) ** power
        if min_lr == 0:
            _checks.fail(owner, "min_lr", "above 0", min_lr, "The fall is exponential, and no factor leads to 0.")
        self._set(
            one_cycle(warmup, total),
            max_lr=peak,
            total_steps=total,
            warmup_steps=warmup,
            decay_steps=decay,
            timescale_steps=scale,
            min_lr=check_floor(owner, min_lr, before),
            exponent=power,
            warmup_init_lr=init_lr,
        )
        vars(self).update(_before_fall=before)

    @classmethod
    def from_tokens(
        cls,
        *,
        max_lr: float,
        total_steps: int,
        tokens_per_step: float,
        batch_size: float,
        amplitude: float = 4.0,
        exponent: float = -0.51,
        **others: Any,
    ) -> Self:
        """The schedule in the paper's terms: after ``n`` tokens the rate is ``batch_size * amplitude * n**exponent``.

        Args:
            max_lr: The cap.
            total_steps: The budget in steps.
            tokens_per_step: Tokens of one step, in (0, inf).
            batch_size: The paper's beta, in (0, inf): sequences of one step.
            amplitude: The paper's a, in (0, inf); implementations default to 4 with an exponent of -0.51.
            exponent: The paper's b, in [-10, 0).
            **others: The other parameters of the class.

        Returns:
            The schedule in steps.

        Raises:
            ValueError: If a parameter is outside its range; the message names it.

        >>> schedule = PowerScheduler.from_tokens(
        ...     max_lr=0.02, total_steps=100_000, tokens_per_step=2**22, batch_size=1024,
        ...     warmup_steps=1_000, decay_steps=10_000, min_lr=1e-5,
        ... )
        >>> round(schedule(50_000), 6) == round(1024 * 4.0 * (50_000 * 2**22) ** -0.51, 6)
        True
        """
        owner = f"{cls.__name__}.from_tokens"
        peak, power = check_peak(owner, max_lr), _checks.number(owner, "exponent", exponent, -10, 0, bounds="[)")
        named = {"tokens_per_step": tokens_per_step, "batch_size": batch_size, "amplitude": amplitude}
        tokens, beta, a = (_checks.number(owner, key, value, 0, math.inf, bounds="()") for key, value in named.items())
        timescale = (peak / (beta * a)) ** (1 / power) / tokens
        return cls(max_lr=peak, total_steps=total_steps, timescale_steps=timescale, exponent=power, **others)

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        line = (self.warmup_init_lr, self.max_lr, self.warmup_steps)
        return warmed(line, whole, fraction, self._after_warmup(whole, fraction, xp), xp)

    def _after_warmup(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        begin, length = reachable(self.total_steps - self.decay_steps, xp), float(self.decay_steps)
        rate = self.max_lr * xp.maximum((whole + fraction) / self.timescale_steps, 1) ** self.exponent
        q = xp.minimum(xp.maximum((whole - begin + fraction) / length, 0), 1)
        r = xp.minimum(xp.maximum((remaining(self.total_steps, whole, xp) - fraction) / length, 0), 1)
        return xp.where(whole >= begin, geometric(self.min_lr, self._before_fall, q, r, xp), rate)
