"""One formula for numbers and arrays: the array functions, for plain Python numbers.

Every rate is written once, over a namespace ``xp`` that is `numpy`, `jax.numpy`, `scalar`, or a wrapper of `keras.ops`.
"""

import math
import sys
from typing import TYPE_CHECKING, Any, Protocol, cast

import numpy as np

MAX_STEP = 2**63 - 1
"""Steps are below this, the largest 64-bit whole number."""


class Namespace(Protocol):
    """The functions that formulas use."""

    def exp(self, x: Any, /) -> Any: ...
    def log(self, x: Any, /) -> Any: ...
    def log1p(self, x: Any, /) -> Any: ...
    def sin(self, x: Any, /) -> Any: ...
    def abs(self, x: Any, /) -> Any: ...
    def minimum(self, x: Any, y: Any, /) -> Any: ...
    def maximum(self, x: Any, y: Any, /) -> Any: ...
    def where(self, condition: Any, x: Any, y: Any, /) -> Any: ...


class ArrayNamespace(Namespace, Protocol):
    """The functions that formulas use on arrays alone, where they look up tables."""

    def iinfo(self, dtype: Any, /) -> Any: ...
    def arange(self, stop: int, /) -> Any: ...
    def asarray(self, values: Any, /, dtype: Any = None) -> Any: ...
    def searchsorted(self, table: Any, value: Any, /, side: Any) -> Any: ...


class scalar:  # noqa: N801 - used in place of a module
    """The functions of an array namespace that the formulas use, on Python numbers."""

    exp = math.exp
    log = math.log
    log1p = math.log1p
    sin = math.sin
    abs = abs
    minimum = min
    maximum = max

    @staticmethod
    def where(condition: bool, x: float, y: float) -> float:
        """``x`` if the condition holds, otherwise ``y``."""
        return x if condition else y


if TYPE_CHECKING:
    _scalar: Namespace = scalar
    _numpy: ArrayNamespace = np


def between(low: Any, high: Any, share: Any, xp: Namespace) -> Any:
    """The point ``share`` of the way from ``low`` up to ``high``, exact at both ends and never beyond.

    ``low + (high - low) * 1`` can miss ``high`` by a rounding.
    """
    point = low + (high - low) * share
    if xp is scalar:  # the same without two calls: a rate is computed at every training step
        return point if share < 1 and point < high else high
    return xp.where(share >= 1, high, xp.minimum(point, high))


def power(base: float, exponent: Any, xp: Namespace) -> Any:
    """``base ** exponent`` for whole exponents, to the precision of the namespace.

    In float32 the base itself would be rounded, and its power with it; the logarithm is taken in double instead.
    """
    if xp is scalar or xp is np:
        return base**exponent
    return xp.exp(exponent * math.log(base))


def namespace(array: Any) -> Any:
    """The module of array functions that ``array`` belongs to, or None if it is not an array."""
    if isinstance(array, np.ndarray):
        return np
    return array.__array_namespace__() if hasattr(array, "__array_namespace__") else None


def is_traced(array: Any) -> bool:
    """Whether the array stands for values that are not known yet, inside a JAX transformation."""
    jax = sys.modules.get("jax")
    return jax is not None and isinstance(array, jax.core.Tracer)


def arrays(xp: Namespace) -> ArrayNamespace:
    """The namespace, known not to be `scalar`."""
    return cast(ArrayNamespace, xp)


def whole_type(xp: ArrayNamespace) -> Any:
    """The whole numbers in which steps are counted: 64-bit in numpy, what JAX is set to in `jax.numpy`."""
    return np.dtype(np.int64) if xp is np else xp.arange(0).dtype


def largest(xp: ArrayNamespace) -> int:
    """The largest whole number of that type."""
    return int(xp.iinfo(whole_type(xp)).max)


def reachable(step: int, xp: Namespace) -> int:
    """``step``, or the largest whole number of the namespace, beyond which there are no steps."""
    return step if xp is scalar else min(step, largest(arrays(xp)))


def remaining(end: int, whole: Any, xp: Namespace) -> Any:
    """``end - whole``, even if ``end`` is beyond the whole numbers of the namespace."""
    last = reachable(end, xp)
    return last - whole if last == end else (last - whole) + float(end - last)
