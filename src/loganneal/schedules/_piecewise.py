"""A table of steps and rates, interpolated."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Self

import numpy as np

from loganneal import _checks
from loganneal.schedules._base import Schedule
from loganneal.schedules._cycles import Segment, one_cycle
from loganneal.schedules._fit import check_budget, steps_of_share
from loganneal.schedules._numeric import ArrayNamespace, Namespace, arrays, between, largest, scalar

INTERPOLATIONS = ("linear", "logarithmic")

Point = tuple[int, float]


class Piecewise(Schedule):
    r"""Rates at given steps, with lines between them, or curves that are lines on a logarithmic scale.

    Between the points :math:`(t_i, \eta_i)` and :math:`(t_{i+1}, \eta_{i+1})`, with :math:`q = (t - t_i) / (t_{i+1} -
    t_i)`,

    .. math::
        \eta = (1 - q) \, \eta_i + q \, \eta_{i+1} \quad \text{(linear)}, \qquad
        \eta = \eta_i^{1 - q} \, \eta_{i+1}^q \quad \text{(logarithmic)}

    Before the first point the rate is that of the first, and after the last one that of the last. The peak, ``max_lr``,
    is the largest rate of the table.

    Args:
        points: Two or more pairs of a step and a rate: the steps whole, rising, 0 or more; the rates 0 or more and not
            all 0, and above 0 for the logarithmic interpolation.
        interpolation: "linear" or "logarithmic".

    Raises:
        ValueError: If the points are not such pairs; the message names the one that is wrong.

    >>> schedule = Piecewise([(0, 0.0), (10, 0.1), (60, 0.1), (100, 0.02)])
    >>> schedule(5), schedule(30), round(schedule(80), 12), schedule(500)
    (0.05, 0.1, 0.06, 0.02)
    >>> round(Piecewise([(0, 0.1), (20, 0.001)], "logarithmic")(10), 12)
    0.01

    The linear table is Optax's ``piecewise_interpolate_schedule``; refined and predicted schedules are given as such
    tables.
    """

    points: tuple[Point, ...]
    interpolation: str
    _steps: list[int]
    _distances: list[float]

    def __init__(self, points: Sequence[Sequence[float]], interpolation: str = "linear") -> None:
        owner = type(self).__name__
        kind = _checks.one_of(owner, "interpolation", interpolation, INTERPOLATIONS)
        table = check_points(owner, points, kind)
        peak = max(rate for _, rate in table)
        self._set(from_the_peak(table, peak), points=table, interpolation=kind)
        logarithms = [math.log(rate) if kind == "logarithmic" else 0.0 for _, rate in table]
        distances = [first - last for first, last in pairwise(logarithms)]
        vars(self).update(max_lr=peak, _steps=[step for step, _ in table], _distances=distances)

    @classmethod
    def fit(
        cls,
        *,
        max_lr: float,
        point_shares: Sequence[Sequence[float]],
        interpolation: str = "linear",
        total_steps: int | None = None,
        epochs: float | None = None,
        steps_per_epoch: int | None = None,
    ) -> Self:
        """The table over a budget, given as shares of the budget and of the peak.

        Args:
            max_lr: The peak.
            point_shares: Two or more pairs: a share of the budget in [0, 1], and a share of the peak in [0, 1].
            interpolation: "linear" or "logarithmic".
            total_steps: The budget in steps, at least 1; left out if it is given in epochs.
            epochs: The budget in epochs, above 0, together with ``steps_per_epoch``.
            steps_per_epoch: The steps of one epoch, at least 1; times the epochs it must give a whole number.

        Returns:
            The table in steps and rates.

        Raises:
            ValueError: If no budget, or two, are given, or two points fall on one step.

        >>> Piecewise.fit(max_lr=0.1, total_steps=200, point_shares=[(0, 0), (0.1, 1), (1, 0.01)])
        Piecewise(points=((0, 0.0), (20, 0.1), (200, 0.001)), interpolation='linear')
        """
        owner = f"{cls.__name__}.fit"
        total = check_budget(owner, total_steps, epochs, steps_per_epoch)
        peak = _checks.number(owner, "max_lr", max_lr, 0, math.inf, bounds="()")
        points: list[tuple[float, float]] = []
        for i, pair in enumerate(check_pairs(owner, "point_shares", point_shares)):
            step = 0 if pair[0] == 0 else steps_of_share(owner, f"point_shares[{i}]", pair[0], total)
            points.append((step, peak * _checks.number(owner, f"point_shares[{i}]", pair[1], 0, 1)))
        return cls(points, interpolation)

    def in_steps(self, steps_per_epoch: int) -> Self:
        """The table with its steps read as epochs: each is multiplied by the steps of an epoch.

        Args:
            steps_per_epoch: A whole number, at least 1.

        Returns:
            A table with the same rates.

        Raises:
            ValueError: If it is not such a number.

        >>> Piecewise([(0, 0.1), (30, 0.01)]).in_steps(100).points
        ((0, 0.1), (3000, 0.01))
        """
        factor = _checks.whole(f"{type(self).__name__}.in_steps", "steps_per_epoch", steps_per_epoch, 1)
        return self.replace(points=tuple((step * factor, rate) for step, rate in self.points))

    def rate_at(self, whole: Any, fraction: Any, xp: Namespace) -> Any:
        if xp is not scalar:
            return self._array_rate(whole, fraction, arrays(xp))
        piece = bisect_right(self._steps, whole) - 1
        if piece < 0 or piece == len(self._steps) - 1:
            return self.points[max(piece, 0)][1]
        (begin, first), (end, last) = self.points[piece : piece + 2]
        q, r = (whole - begin + fraction) / (end - begin), (end - whole - fraction) / (end - begin)
        return self._between(first, last, self._distances[piece], q, r, xp)

    def _array_rate(self, whole: Any, fraction: Any, xp: ArrayNamespace) -> Any:
        table = columns(self.points, largest(xp))
        begins, ends, beyond, lengths, firsts, lasts = (xp.asarray(column) for column in table)
        distances = xp.asarray(np.array([*self._distances, 0.0]))
        piece = xp.maximum(xp.searchsorted(begins, whole, side="right") - 1, 0)
        length = lengths[piece]
        q = xp.minimum(xp.maximum((whole - begins[piece] + fraction) / length, 0), 1)
        r = xp.minimum(xp.maximum((ends[piece] - whole + beyond[piece] - fraction) / length, 0), 1)
        return self._between(firsts[piece], lasts[piece], distances[piece], q, r, xp)

    def _between(self, first: Any, last: Any, distance: Any, q: Any, r: Any, xp: Namespace) -> Any:
        """The rate at a share ``q`` of the way, exact at both ends; ``distance`` is that of the logarithms."""
        if self.interpolation == "linear":
            falls = first > last
            return between(xp.minimum(first, last), xp.maximum(first, last), xp.where(falls, r, q), xp)
        return xp.where(q <= 0.5, first * xp.exp(-distance * q), last * xp.exp(distance * r))


@lru_cache(maxsize=64)
def columns(points: tuple[Point, ...], last: int) -> tuple[Any, ...]:
    """The pieces of a table: begins, ends, by how much ends exceed ``last``, lengths, first and last rates.

    After the last point comes a piece of one step at its rate, which shares clipped to 1 keep forever.
    """
    final_step, final_rate = points[-1]
    pieces = [piece for piece in pairwise((*points, (final_step + 1, final_rate))) if piece[0][0] <= last]
    counter = np.min_scalar_type(-last - 1)
    return (
        np.array([begin for (begin, _), _ in pieces] or [last], dtype=counter),
        np.array([min(end, last) for _, (end, _) in pieces] or [last], dtype=counter),
        np.array([float(max(end - last, 0)) for _, (end, _) in pieces] or [0.0]),
        np.array([float(end - begin) for (begin, _), (end, _) in pieces] or [1.0]),
        np.array([rate for (_, rate), _ in pieces] or [points[0][1]]),
        np.array([rate for _, (_, rate) in pieces] or [points[0][1]]),
    )


def check_pairs(owner: str, name: str, value: Any) -> list[tuple[Any, Any]]:
    """The pairs of a table, their numbers not checked yet."""
    if not isinstance(value, Sequence | np.ndarray) or isinstance(value, str) or len(value) < 2:
        _checks.fail(owner, name, "a list of two or more pairs", value)
    for i, pair in enumerate(value):
        if not isinstance(pair, Sequence | np.ndarray) or isinstance(pair, str) or len(pair) != 2:
            _checks.fail(owner, f"{name}[{i}]", "a pair of a step and a rate", pair)
    return [(pair[0], pair[1]) for pair in value]


def check_points(owner: str, points: Any, interpolation: str) -> tuple[Point, ...]:
    """The checked table: steps rise, and some rate is above 0."""
    bounds = "()" if interpolation == "logarithmic" else "[)"
    table: list[Point] = []
    for i, (step, rate) in enumerate(check_pairs(owner, "points", points)):
        checked = _checks.whole(owner, f"points[{i}][0]", step, table[-1][0] + 1 if table else 0)
        table.append((checked, _checks.number(owner, f"points[{i}][1]", rate, 0, math.inf, bounds=bounds)))
    if not any(rate for _, rate in table):
        _checks.fail(owner, "points", "rates of which one is above 0", points)
    return tuple(table)


def from_the_peak(table: tuple[Point, ...], peak: float) -> tuple[Segment, ...]:
    """One cycle, from the first step at the peak to the last point; none if the peak comes last."""
    begin = next(step for step, rate in table if rate == peak)
    return one_cycle(begin, table[-1][0]) if begin < table[-1][0] else ()
