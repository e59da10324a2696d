"""Whether two values say the same, up to the last bits of a number, which depend on the processor."""

import math
from typing import Any

TOLERANCE = 1e-12
"""The relative difference of numbers that agree to twelve digits."""


def agree(first: Any, second: Any) -> bool:
    """Whether JSON values are the same, with numbers equal to twelve digits."""
    if isinstance(first, int | float) and isinstance(second, int | float):
        return math.isclose(first, second, rel_tol=TOLERANCE)
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(agree(one, second[name]) for name, one in first.items())
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(agree, first, second))
    return type(first) is type(second) and bool(first == second)
