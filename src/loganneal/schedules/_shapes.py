"""How a cycle falls: from 1 at its peak to 0 at its end.

A shape is a function of ``q``, the share of the fall that is over, and ``r = 1 - q``, the share that is left. Both are
given, since each is exact where it is small: the form in ``q`` loses its digits near the floor, the form in ``r`` near
the peak. A last argument ``xp`` is the namespace whose functions it uses.
"""

import math
from collections.abc import Callable
from typing import Any

from loganneal.schedules._numeric import Namespace

Shape = Callable[[Any, Any, Namespace], Any]
"""A monotone fall ``s(q, r, xp)`` with ``s = 1`` at ``q = 0`` and ``s = 0`` at ``r = 0``."""


def cosine(q: Any, r: Any, xp: Namespace) -> Any:
    """``(1 + cos(pi q)) / 2``, Loshchilov & Hutter, arXiv:1608.03983, eq. 5."""
    return xp.sin(math.pi / 2 * r) ** 2


def linear(q: Any, r: Any, xp: Namespace) -> Any:
    """``1 - q``."""
    return r


def log(base: float) -> Shape:
    """The logarithm of Cyclical Log Annealing, made to run from 1 to 0.

    The height is ``1 - log(1 + (b - 1) q) / log(b)``, the same as ``-log(1 - (b - 1) r / b) / log(b)``. The base ``b``
    is the curvature: the initial slope is ``-(b - 1) / ln b``. At 1 it is the straight line; ``1 / b`` is the mirror
    image of ``b`` through the point (1/2, 1/2).
    """
    if base == 1:
        return linear
    from_peak, from_floor, log_base = base - 1, (1 - base) / base, math.log(base)

    def height(q: Any, r: Any, xp: Namespace) -> Any:
        early = q <= 0.5
        return early - xp.log1p(xp.where(early, from_peak * q, from_floor * r)) / log_base

    return height


def rex(q: Any, r: Any, xp: Namespace) -> Any:
    """``2 (1 - q) / (2 - q)``, Chen, Wolfe & Kyrillidis, arXiv:2107.04197."""
    return 2 * r / (1 + r)


def one_minus_sqrt(q: Any, r: Any, xp: Namespace) -> Any:
    """``1 - sqrt(q)``, Hägele et al., arXiv:2405.18392, in a form that keeps its digits near the floor."""
    return r / (1 + q**0.5)


def one_minus_square(q: Any, r: Any, xp: Namespace) -> Any:
    """``1 - q**2``, in a form that keeps its digits near the floor."""
    return r * (1 + q)


def power(exponent: float) -> Shape:
    """``(1 - q) ** p``, the polynomial decay."""

    def height(q: Any, r: Any, xp: Namespace) -> Any:
        return r**exponent

    return height
