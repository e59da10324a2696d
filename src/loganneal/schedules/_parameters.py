"""Parameters that many schedules share: their checks."""

import math
from collections.abc import Iterable
from typing import Any

from loganneal import _checks


def check_peak(owner: str, max_lr: Any) -> float:
    """The checked peak."""
    return _checks.number(owner, "max_lr", max_lr, 0, math.inf, bounds="()")


def check_floor(owner: str, min_lr: Any, peak: float) -> float:
    """The checked floor below ``peak``."""
    return _checks.number(owner, "min_lr", min_lr, 0, peak, remedy="The floor cannot lie above the peak.")


def check_rising(owner: str, name: str, steps: Iterable[Any]) -> tuple[int, ...]:
    """The checked steps, whole, at least 1, each above the one before."""
    rising: list[int] = []
    for i, step in enumerate(steps):
        rising.append(_checks.whole(owner, f"{name}[{i}]", step, rising[-1] + 1 if rising else 1))
    return tuple(rising)
