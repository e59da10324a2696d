"""The checks of parameters that many schedules share."""

import math
from typing import Any

from loganneal import _checks


def check_peak(owner: str, max_lr: Any) -> float:
    """The checked peak."""
    return _checks.number(owner, "max_lr", max_lr, 0, math.inf, bounds="()")


def check_floor(owner: str, min_lr: Any, peak: float) -> float:
    """The checked floor below ``peak``."""
    return _checks.number(owner, "min_lr", min_lr, 0, peak, remedy="The floor cannot lie above the peak.")


def check_warmup(owner: str, steps: Any, init_lr: Any, peak: float) -> tuple[int, float]:
    """The checked length and first rate of a warmup that leads to ``peak``."""
    length = _checks.whole(owner, "warmup_steps", steps, 0)
    remedy = "A warmup rises: it cannot begin above the peak."
    return length, _checks.number(owner, "warmup_init_lr", init_lr, 0, peak, remedy=remedy)
