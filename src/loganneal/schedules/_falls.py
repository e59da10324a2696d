"""The falls to choose from at the end of a plateau: from a rate down to the floor."""

import math
from collections.abc import Callable
from typing import Any

from loganneal import _checks
from loganneal.schedules import _shapes
from loganneal.schedules._numeric import Namespace, between

Fall = Callable[[Any, Any, Any, Any, Namespace], Any]
"""The rate ``fall(floor, peak, q, r, xp)``, ``peak`` at ``q = 0`` and ``floor`` at ``r = 0``."""

SHAPES: dict[str, _shapes.Shape] = {
    "linear": _shapes.linear,
    "cosine": _shapes.cosine,
    "one_minus_sqrt": _shapes.one_minus_sqrt,
    "one_minus_square": _shapes.one_minus_square,
}
"""The falls whose height above the floor does not depend on the floor; "power" and "geometric" come on top."""


def along(shape: _shapes.Shape) -> Fall:
    """The fall from the peak to the floor along a shape."""

    def fall(low: Any, high: Any, q: Any, r: Any, xp: Namespace) -> Any:
        return between(low, high, shape(q, r, xp), xp)

    return fall


def geometric(low: Any, high: Any, q: Any, r: Any, xp: Namespace) -> Any:
    """``high**(1 - q) * low**q``: equal factors in equal times.

    Each half is counted from its own end, so that the ends are exact, and the exponents, which lose digits in float32,
    are small.
    """
    distance = math.log(high) - math.log(low) if isinstance(high, float) else xp.log(high / low)
    return xp.where(q <= 0.5, high * xp.exp(-distance * q), low * xp.exp(distance * r))


def check_fall(owner: str, shape: Any, power: Any, floor: float) -> tuple[str, dict[str, float], Fall]:
    """The checked name of a fall, its exponent if it has one, and the fall."""
    name = _checks.one_of(owner, "shape", shape, [*SHAPES, "power", "geometric"])
    if name == "power":
        exponent = _checks.number(owner, "power", power, 0, math.inf, bounds="()")
        return name, {"power": exponent}, along(_shapes.power(exponent))
    if power is not None:
        _checks.fail(owner, "power", "left out unless the shape is 'power'", power)
    if name == "geometric" and floor == 0:
        _checks.fail(owner, "min_lr", "above 0 for the shape 'geometric'", floor, "No factor leads to 0.")
    return name, {}, geometric if name == "geometric" else along(SHAPES[name])
