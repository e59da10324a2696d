"""The numbers of a parameter group, which may be tensors: these keep their identity, type and device."""

import math
from typing import Any

from torch import Tensor


def copied(number: Any) -> Any:
    """The number, as a new tensor if it is one."""
    return number.clone() if isinstance(number, Tensor) else number


def like(present: Any, value: float) -> Any:
    """The value, as a new tensor if the current one is a tensor."""
    return present.new_tensor(value) if isinstance(present, Tensor) else value


def put(group: dict[str, Any], name: str, value: float) -> None:
    """Set a number of a group: a tensor is filled in place, since compiled code and CUDA graphs refer to it."""
    if isinstance(group[name], Tensor):
        group[name].fill_(value)
    else:
        group[name] = value


def is_equal(number: Any, value: float) -> bool:
    """Whether the number is the value, to its precision; floats may differ by the rounding of a product."""
    if isinstance(number, Tensor):
        return bool(number == number.new_tensor(value))
    return math.isclose(number, value, rel_tol=1e-12)
