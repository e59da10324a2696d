"""The line along which a rate rises to its peak."""

from typing import Any

from loganneal import _checks
from loganneal.schedules._numeric import Namespace, between, reachable, scalar


def check_warmup(owner: str, steps: Any, init_lr: Any, peak: float) -> tuple[int, float]:
    """The checked length and first rate of a warmup that leads to ``peak``."""
    length = _checks.whole(owner, "warmup_steps", steps, 0)
    remedy = "A warmup rises: it cannot begin above the peak."
    return length, _checks.number(owner, "warmup_init_lr", init_lr, 0, peak, remedy=remedy)


def warmup_rate(init_lr: float, peak: float, steps: int, position: Any, xp: Namespace) -> Any:
    """``init_lr + (peak - init_lr) position / steps``, the rate of a warmup at a position before its end."""
    return between(init_lr, peak, position / float(max(steps, 1)), xp)


def warmed(line: tuple[float, float, int], whole: Any, fraction: Any, rate: Any, xp: Namespace) -> Any:
    """``rate``, with a warmup before it.

    Args:
        line: The first rate of the warmup, the rate that it leads to, and its steps.
        whole: The whole part of the step.
        fraction: The fractional part of the step.
        rate: The rate from the end of the warmup on.
        xp: The functions of the namespace.
    """
    init_lr, peak, steps = line
    if xp is scalar and whole >= steps:
        return rate
    warm = warmup_rate(init_lr, peak, steps, whole + fraction, xp)
    return xp.where(whole < reachable(steps, xp), warm, rate)
